"""The demo group: every stage there, everything conserved. A small one, built as the large one is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from django.contrib.auth.hashers import check_password
from django.db.models import Sum
from stdnum.cn import ric

from chedai.book.collection.models import CollectionCase, Contact, LegalClaim
from chedai.book.ledger.balances import account_balance
from chedai.book.ledger.exports import beancount
from chedai.book.ledger.selectors import first_day
from chedai.book.ledger.verify import ledger_verify
from chedai.book.loans.models import Delinquency, Loan, LoanChange, LoanEvent, OpenItem
from chedai.book.loans.proof.proving import book_prove
from chedai.book.risk.models import WatchItem
from chedai.book.risk.portfolio import months_kept
from chedai.catalog.vehicles.rules import vin_refusal
from chedai.crm.customers.models import Customer
from chedai.crm.reception.models import Visit
from chedai.crm.reception.states import VisitState
from chedai.deals.disbursement.models import PayoutOrder
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.states import Mode
from chedai.deals.quotes.models import AdviceText
from chedai.journey.demo import building, desk, diary
from chedai.journey.demo.building import ENDINGS, Ending, demo_build, demo_logins, lenders_answer_at
from chedai.journey.demo.house import PASSWORD, House
from chedai.journey.demo.papers import paper
from chedai.journey.demo.people import person, vin
from chedai.journey.management.commands import demo
from chedai.org.models import Staff, Store
from chedai.platform import clock
from chedai.platform.accounts.models import User
from chedai.platform.audit.models import AuditEntry
from chedai.platform.audit.services import log_verify
from chedai.platform.days.models import DayClose
from chedai.platform.errors import Conflict
from chedai.platform.files.rules import media_type
from tests.conftest import MOMENT
from tests.support.beancount import bean_check

pytestmark = pytest.mark.django_db

SMALL = tuple(Ending(one.name, 6 if one.name == "complete" else 1, one.most, one.least) for one in ENDINGS)


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> Iterator[building.Built]:
    """One deal for each ending, of those paid out seven, all on our own book; and six people beside."""
    monkeypatch.setattr(building, "ENDINGS", SMALL)
    monkeypatch.setattr(building, "PAID_OUT", (Mode.OWN_BOOK,))
    monkeypatch.setattr(building, "CUSTOMERS", 21)
    monkeypatch.setattr(diary, "MONTHS", 0)
    heard: list[tuple[str, int, int]] = []
    with clock.frozen(MOMENT):
        made = demo_build(lambda *told: heard.append(told))
        assert heard[0] == ("house", 1, 1)
        assert heard[1] == ("customers", 21, 21)
        assert heard[-1][0] == "book" and heard[-1][1] == heard[-1][2]
        yield made


def test_the_sizes_of_the_group_are_those_it_promises() -> None:
    assert sum(one.count for one in ENDINGS) == 150
    assert building.CUSTOMERS == 400


def test_a_small_group_is_whole(built: building.Built, tmp_path: Path) -> None:
    """One building, many questions: every stage, money conserved, a sound log, nothing ahead of its time."""
    assert (Store.objects.count(), Staff.objects.count(), Customer.objects.count()) == (3, 25, 21)
    stages = {"quote", "application", "decision", "contract", "disbursement", "collateral", "complete"}
    assert set(Deal.objects.values_list("stage", flat=True)) <= stages
    assert {"open", "funded", "lost"} == set(Deal.objects.values_list("state", flat=True))
    funded = Deal.objects.filter(state="funded")
    paid = PayoutOrder.objects.filter(deal__in=funded, state="released")
    assert paid.count() == funded.count() == 7
    assert paid.aggregate(n=Sum("amount"))["n"] == funded.aggregate(n=Sum("amount"))["n"]
    waiting = Visit.objects.filter(state=VisitState.WAITING)
    assert {(one.store.code, MOMENT - one.arrived_at) for one in waiting} == {
        (code, timedelta(minutes=17)) for code in ("A1", "A2", "B1")
    }
    assert sorted(AdviceText.objects.values_list("state", flat=True)) == ["draft", *["published"] * 3]
    assert log_verify().findings == ()
    the_book_lives()
    the_ledger_is_the_loans(tmp_path)
    assert not AuditEntry.objects.filter(at__gt=MOMENT).exists()
    for rows, moment in ((Customer, "registered_at"), (Deal, "opened_at")):
        came = list(rows.objects.order_by("pk").values_list(moment, flat=True))
        assert came == sorted(came)
    assert len({role for _, _, role in demo_logins()}) == 9
    assert check_password(PASSWORD, User.objects.get(username="officer3").password)
    with pytest.raises(Conflict):
        demo_build(lambda *told: None)
    assert Staff.objects.count() == 25
    assert lenders_answer_at("http://127.0.0.1:8901", "secret-of-both-sides") == 6


def the_book_lives() -> None:
    """Repaid, late, settled early, prepaid, agreed anew; every day of the month closed; people work on what is late."""
    days = list(DayClose.objects.order_by("day").values_list("day", flat=True))
    assert days == [date(2026, 11, n) for n in range(1, 21)]
    assert not DayClose.objects.filter(ended_at=None).exists()
    assert [str(one) for one in months_kept()] == [
        "2025-12-31",
        *(f"{m - timedelta(1)}" for m in (date(2026, n, 1) for n in range(2, 12))),
    ]
    states = sorted(Loan.objects.values_list("state", flat=True))
    assert states == ["active"] * 6 + ["settled"]
    assert sorted(Delinquency.objects.values_list("missed", flat=True)) == [2, 5]
    kinds = set(LoanEvent.objects.values_list("kind", flat=True))
    assert kinds == {"disbursement", "repayment", "prepayment", "charge", "payoff", "restructure"}
    change = LoanChange.objects.select_related("approval").get()
    assert (change.state, change.approval and change.approval.state) == ("done", "approved")
    assert CollectionCase.objects.filter(state="open").count() == 2
    assert Contact.objects.exclude(result="").count() == Contact.objects.count() > 0
    assert LegalClaim.objects.get().stage == "filed"
    assert set(WatchItem.objects.filter(ended_on=None).values_list("reason", flat=True)) == {
        "exposure",
        "grade",
        "restructured",
    }


def the_ledger_is_the_loans(folder: Path) -> None:
    """What is stored is what contracts and payments give; an independent program takes the books."""
    proof = book_prove(date(2026, 11, 20))
    assert proof.differences == []
    assert (proof.by_columns + proof.replayed, proof.set_aside) == (7, [])
    owed = Loan.objects.aggregate(owed=Sum("owed"), credit=Sum("credit"))
    items = OpenItem.objects.aggregate(interest=Sum("interest"), fee=Sum("fee"))
    suspended = OpenItem.objects.filter(loan__suspended_since__isnull=False).aggregate(n=Sum("interest"))["n"]
    assert suspended > 0
    held = {code: account_balance(code, MOMENT.date()) for code in ("1301", "1132", "1134", "2241", "9101")}
    assert held == {
        "1301": owed["owed"],
        "1132": items["interest"] - suspended,
        "1134": items["fee"],
        "2241": owed["credit"],
        "9101": suspended,
    }
    assert ledger_verify().findings == ()
    assert bean_check(beancount(first_day() or MOMENT.date(), MOMENT.date()), folder) == []


def test_nobody_is_called_before_the_morning() -> None:
    """Built in the night of a Monday: there is no collector to be asked for in this house, and none is."""
    night = datetime(2026, 11, 16, 2, tzinfo=clock.SHANGHAI)
    today = diary.Diary(House(), date(2026, 11, 16), night, desk.mornings)
    desk.mornings(today)
    with pytest.raises(KeyError, match="collector"):
        desk.mornings(replace(today, last=night.replace(hour=20)))


def test_papers_are_pictures_and_no_two_are_the_same() -> None:
    one, other = (paper("身份证正反面", f"{number} id_card 1") for number in (1, 2))
    assert one != other
    assert media_type(one) == media_type(other) == "image/png"


def test_invented_people_pass_every_check() -> None:
    made = [person(Random(number), number) for number in range(400)]
    assert len({one.id_number for one in made}) == len({one.phone for one in made}) == 400
    assert all(ric.is_valid(one.id_number) for one in made)
    assert all(re.fullmatch(r"1[3-9]\d{9}", one.phone) for one in made)
    assert all(vin_refusal(vin(number)) is None for number in range(200))


def test_the_secret_of_the_lenders_is_never_taken_for_an_option() -> None:
    """One in sixty-four began with a dash, and the demo ended before it was open."""
    drawn = [demo._secret() for _ in range(2000)]
    assert not [one for one in drawn if one.startswith("-")]
    assert len(set(drawn)) == 2000
