"""The observation after a restructure: kept, broken by a missed payment or a second agreement, begun anew."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from chedai.book.loans.changes import Extending, Restructuring
from chedai.book.loans.models import BucketMove, Loan
from chedai.book.loans.services.keeping import loan_bring
from chedai.book.risk.classes import class_set, floor_of
from chedai.book.risk.models import WatchItem
from chedai.book.risk.monthends import month_end_keep, month_rows
from chedai.book.risk.observation import Agreed, Observation, Spell, observation, observation_of
from chedai.book.risk.watching import watch_refresh
from chedai.engine.classify import RiskClass
from chedai.engine.life.events import Disposition
from chedai.platform.actors import system
from chedai.platform.errors import Refusal
from chedai.platform.policies.selectors import book_in_force
from tests import cast
from tests.book.loans.lending import on
from tests.book.loans.test_changing import DAY, Parties
from tests.book.loans.test_changing import parties as parties

MADE, FIRST, UNTIL = date(2025, 6, 20), date(2025, 7, 20), date(2026, 7, 20)
ONE = Agreed(MADE, FIRST, UNTIL)


def late(since: date, over: date) -> Spell:
    return Spell(since, over)


@pytest.mark.parametrize(
    ("spells", "until", "broken"),
    [
        ([], UNTIL, False),
        ([late(date(2025, 5, 11), MADE)], UNTIL, False),  # what was late before it was eased
        ([late(date(2025, 5, 11), date(2025, 7, 28))], UNTIL, False),  # seven days from its first due day on
        ([late(date(2025, 5, 11), date(2025, 7, 29))], date(2026, 7, 29), True),
        ([late(date(2025, 9, 21), date(2025, 9, 28))], UNTIL, False),  # technical: 7 days
        ([late(date(2025, 9, 21), date(2025, 9, 29))], date(2026, 9, 29), True),  # eight
        ([late(date(2026, 7, 21), date(2026, 7, 29))], date(2027, 7, 29), True),  # due on its last day
        ([late(date(2026, 7, 22), date(2026, 9, 29))], UNTIL, False),  # due a day after it
        (
            [late(date(2025, 9, 21), date(2025, 9, 29)), late(date(2026, 8, 21), date(2026, 9, 1))],
            date(2027, 9, 1),  # the second falls into what began anew
            True,
        ),
    ],
)
def test_a_missed_payment_within_it_breaks_an_observation_which_lasts_a_year_from_when_nothing_is_late(
    spells: list[Spell], until: date, broken: bool
) -> None:
    assert observation([ONE], spells, 12, 7) == Observation(until, broken)


@pytest.mark.parametrize(
    ("again", "until", "broken"),
    [
        (Agreed(MADE, MADE, date(2026, 6, 20)), UNTIL, False),  # of the same day: one agreement
        (Agreed(date(2025, 6, 21), date(2025, 6, 21), date(2026, 6, 21)), UNTIL, True),
        (Agreed(UNTIL, UNTIL, date(2027, 7, 20)), date(2027, 7, 20), True),
        (Agreed(UNTIL + timedelta(1), UNTIL, date(2027, 7, 21)), date(2027, 7, 21), False),  # an observation of its own
    ],
)
def test_a_second_agreement_within_it_breaks_an_observation(again: Agreed, until: date, broken: bool) -> None:
    assert observation([ONE, again], [], 12, 7) == Observation(until, broken)
    assert observation([], [late(MADE, UNTIL)], 12, 7) is None


def test_whose_observation_is_over_and_is_late_when_eased_again_is_not_whole_by_it() -> None:
    late_at_its_end = late(date(2026, 7, 1), date(2026, 9, 1))
    again = Agreed(date(2026, 8, 1), date(2026, 9, 1), date(2027, 9, 1))
    assert observation([ONE, again], [late_at_its_end], 12, 7) == Observation(date(2027, 9, 1), broken=True)


def test_the_class_says_when_an_observation_ends() -> None:
    whole, broken = Observation(UNTIL), Observation(UNTIL, broken=True)
    after = UNTIL + timedelta(1)
    assert (whole.floor(UNTIL), broken.floor(UNTIL)) == (RiskClass.SPECIAL_MENTION, RiskClass.SUBSTANDARD)
    assert (whole.floor(after), broken.floor(after)) == (RiskClass.NORMAL, RiskClass.NORMAL)


def bring(loan: Loan, day: date) -> None:
    with on(day):
        loan_bring(loan_id=loan.pk, day=day, actor=system("close"))


def kept(month_end: date) -> list[tuple[int, int]]:
    """Class and days overdue at the end of a month."""
    with on(month_end + timedelta(1)):
        month_end_keep(day=month_end + timedelta(1), actor=system("close"))
    return [(int(row["cls"]), int(row["dpd"])) for part in month_rows(month_end) for row in part]


def eased(parties: Parties) -> Loan:
    change = Restructuring(on=DAY, first_due=FIRST, periods=48, interest=Disposition.CAPITALISE)
    parties.agree(change)
    return parties.lent.loan


@pytest.mark.django_db
def test_a_missed_instalment_makes_it_substandard_until_a_year_after_it_was_paid(parties: Parties) -> None:
    loan = eased(parties)
    assert kept(date(2025, 6, 30)) == [(2, 0)]
    bring(loan, date(2025, 7, 21))
    bring(loan, date(2025, 7, 28))
    with on(date(2025, 7, 27)):
        assert observation_of(loan, date(2025, 7, 27)) == Observation(UNTIL)
    with on(date(2025, 7, 28)):
        assert observation_of(loan, date(2025, 7, 28)) == Observation(date(2026, 7, 29), broken=True)
        assert floor_of(loan) == RiskClass.SUBSTANDARD
        with pytest.raises(Refusal, match="substandard"):
            class_set(loan_id=loan.pk, cls=2, reason="已还清", actor=cast.acting(parties.manager))
    assert kept(date(2025, 7, 31)) == [(3, 11)]
    paid_on = date(2025, 8, 5)
    parties.lent.pay(10_000_00, paid_on)
    assert list(BucketMove.objects.order_by("pk").values_list("was", "now", "day"))[-2:] == [
        ("M0", "M1", date(2025, 7, 21)),
        ("M1", "M0", paid_on),
    ]
    assert observation_of(parties.lent.loan, date(2026, 8, 5)) == Observation(date(2026, 8, 5), broken=True)
    assert parties.lent.loan.restructured_until == UNTIL  # what its agreement says stays
    for day, watched in ((UNTIL + timedelta(1), True), (date(2026, 8, 6), False)):
        watch_refresh(day=day, rules=book_in_force())
        assert WatchItem.objects.filter(reason="restructured", ended_on=None).exists() is watched, day
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(parties.lent.officer.user)
    with on(date(2025, 8, 6)):
        page = client.get("/loans/CD-one/").content.decode()
    assert "2026-08-05" in page and "观察期内违约或再次重组，已重新计算，分类不优于次级" in page


@pytest.mark.django_db
def test_eased_again_while_it_is_observed_it_is_substandard(parties: Parties) -> None:
    loan = eased(parties)
    parties.agree(Extending(on=date(2025, 7, 1), periods=6), date(2025, 7, 1))
    with on(date(2025, 7, 2)):
        assert (observation_of(loan, date(2025, 6, 30)), floor_of(parties.lent.loan)) == (
            Observation(UNTIL),
            RiskClass.SUBSTANDARD,
        )
    assert kept(date(2025, 7, 31))[0][0] == 3
