"""Periods are locked and opened by two people, in order; what comes late is booked on the first open day."""

from __future__ import annotations

import pytest

from chedai.book.ledger.balances import account_balance
from chedai.book.ledger.closing import accrual_post
from chedai.book.ledger.models import JournalEntry, PeriodMove
from chedai.book.ledger.periods import month_end, period_lock_ask, period_unlock_ask, periods
from chedai.book.ledger.selectors import entry, first_open_day, head, locked_through
from chedai.book.ledger.verify import ledger_verify
from chedai.journey.wiring import wire
from chedai.org.models import Staff
from chedai.platform.approvals.models import Approval
from chedai.platform.approvals.services import approval_decide
from chedai.platform.approvals.states import Verdict
from chedai.platform.audit.models import AuditEntry
from chedai.platform.clock import business_date
from chedai.platform.days.models import DayClose
from chedai.platform.errors import Conflict, NotAllowed, Refusal
from chedai.platform.work import service
from tests import cast
from tests.book.ledger.test_journal import BY, closed, day, payout, post, repayment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock", "begun")]

SEPTEMBER, OCTOBER, NOVEMBER = day("2026-09-01"), day("2026-10-01"), day("2026-11-01")
STEPS = ("compliance",)


@pytest.fixture
def begun() -> None:
    wire()
    post(payout("2026-09-15"))
    closed("2026-11-01")


@pytest.fixture
def maker() -> Staff:
    return cast.person("xu", "许宁", cast.store(), "finance")


@pytest.fixture
def checker() -> Staff:
    return cast.person("he", "何洁", cast.store(), "compliance")


def decide(approval: Approval, who: Staff, verdict: Verdict = Verdict.APPROVE) -> None:
    approval_decide(
        approval_id=approval.pk,
        verdict=verdict,
        digest=approval.digest,
        capacities=frozenset(STEPS),
        actor=cast.acting(who),
        opinion="余额有误",
    )


def lock(month: object, maker: Staff, checker: Staff) -> None:
    decide(period_lock_ask(month=month, steps=STEPS, reason="", actor=cast.acting(maker)), checker)  # type: ignore[arg-type]


def test_two_people_lock_and_open_the_periods_in_order(maker: Staff, checker: Staff) -> None:
    with pytest.raises(Refusal) as early:
        period_lock_ask(month=OCTOBER, steps=STEPS, reason="", actor=cast.acting(maker))
    assert early.value.zh == "请先锁定 2026-09"
    lock(SEPTEMBER, maker, checker)
    lock(OCTOBER, maker, checker)
    assert (locked_through(), first_open_day()) == (day("2026-10-31"), NOVEMBER)
    assert [(p.code, p.locked) for p in periods(business_date())] == [
        ("2026-11", False),
        ("2026-10", True),
        ("2026-09", True),
    ]
    with pytest.raises(Refusal, match="only the period locked last"):
        period_unlock_ask(month=SEPTEMBER, steps=STEPS, reason="补记", actor=cast.acting(maker))
    asked = period_unlock_ask(month=OCTOBER, steps=STEPS, reason="补记十月的还款", actor=cast.acting(maker))
    assert periods(business_date())[1].waiting == asked
    decide(asked, checker)
    assert first_open_day() == OCTOBER
    last = PeriodMove.objects.latest("pk")
    assert (last.asked_by_id, last.released_by_id) == (maker.user_id, checker.user_id)
    moved = AuditEntry.objects.filter(action__in=("period.locked", "period.unlocked")).order_by("seq")
    assert [(x.action, x.actor) for x in moved] == [
        ("period.locked", f"person:{checker.user_id}"),
        ("period.locked", f"person:{checker.user_id}"),
        ("period.unlocked", f"person:{checker.user_id}"),
    ]


def test_nobody_locks_alone_and_a_declined_lock_moves_nothing(maker: Staff, checker: Staff) -> None:
    asked = period_lock_ask(month=SEPTEMBER, steps=STEPS, reason="", actor=cast.acting(maker))
    with pytest.raises(NotAllowed):
        decide(asked, maker)
    with pytest.raises(Conflict, match="waits for approval"):
        period_lock_ask(month=SEPTEMBER, steps=STEPS, reason="", actor=cast.acting(checker))
    decide(asked, checker, Verdict.DECLINE)
    assert locked_through() is None


def test_a_month_that_runs_or_is_locked_is_not_locked(maker: Staff, checker: Staff) -> None:
    lock(SEPTEMBER, maker, checker)
    with pytest.raises(Conflict, match="locked already"):
        period_lock_ask(month=SEPTEMBER, steps=STEPS, reason="", actor=cast.acting(maker))
    with pytest.raises(Refusal, match="not closed yet"):
        period_lock_ask(month=NOVEMBER, steps=STEPS, reason="", actor=cast.acting(maker))
    with pytest.raises(Refusal, match="say why"):
        period_unlock_ask(month=SEPTEMBER, steps=STEPS, reason=" ", actor=cast.acting(maker))


def test_a_month_is_locked_once_the_first_of_the_next_was_closed_because_that_posts_its_allowance(maker: Staff) -> None:
    DayClose.objects.update(day=day("2026-09-30"))
    with pytest.raises(Refusal, match="not closed yet"):
        period_lock_ask(month=SEPTEMBER, steps=STEPS, reason="", actor=cast.acting(maker))
    closed("2026-10-01")
    assert period_lock_ask(month=SEPTEMBER, steps=STEPS, reason="", actor=cast.acting(maker)).action == "period.lock"


def test_a_lock_that_was_overtaken_is_refused(maker: Staff, checker: Staff) -> None:
    asked = period_lock_ask(month=SEPTEMBER, steps=STEPS, reason="", actor=cast.acting(maker))
    other = Approval.objects.create(requested_by=maker.user, requested_at=asked.requested_at, steps=[], frozen=b"")
    PeriodMove.objects.create(
        through=month_end(SEPTEMBER),
        asked_by=maker.user,
        released_by=checker.user,
        approval=other,
        moved_at=asked.requested_at,
    )
    with pytest.raises(Conflict, match="moved meanwhile"):
        decide(asked, checker)
    assert PeriodMove.objects.count() == 1


def test_what_comes_late_is_booked_on_the_first_open_day_and_keeps_its_own(maker: Staff, checker: Staff) -> None:
    lock(SEPTEMBER, maker, checker)
    lock(OCTOBER, maker, checker)
    frozen = account_balance("1301", day("2026-10-31"))
    made = post(repayment("2026-10-28"))[0]
    found = entry(made.seq)
    assert (found.day, found.value_on) == (NOVEMBER, day("2026-10-28"))
    assert b'"day":"2026-11-01"' in bytes(found.body)
    assert b'"value_on":"2026-10-28"' in bytes(found.body)
    assert (account_balance("1301", day("2026-10-31")), account_balance("1301", NOVEMBER)) == (frozen, frozen - 270_000)


def test_an_entry_of_its_day_only_is_refused_by_a_locked_period(maker: Staff, checker: Staff) -> None:
    lock(SEPTEMBER, maker, checker)
    before = head()
    with pytest.raises(Conflict) as refused:
        accrual_post(day=day("2026-09-30"), target=5, actor=BY)
    assert (refused.value.code, refused.value.field, head()) == ("period-locked", "day", before)


@service
def _overtaken(maker: Staff, checker: Staff) -> JournalEntry:
    """A receipt of a month that is locked before it is written."""
    late = post(repayment("2026-09-28"))[0]
    lock(SEPTEMBER, maker, checker)
    return late


def test_a_lock_that_came_first_moves_what_still_waits_to_be_written(maker: Staff, checker: Staff) -> None:
    late = _overtaken(maker, checker)
    assert (entry(late.seq).day, entry(late.seq).value_on) == (OCTOBER, day("2026-09-28"))
    assert account_balance("1301", day("2026-09-30")) == 10_000_000
    assert ledger_verify().sound
