"""What is agreed anew: previewed beside the old plan, approved by another person, done exactly as it was previewed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from chedai.book.loans import selectors
from chedai.book.loans.changes import (
    Change,
    DueDateChange,
    Extending,
    RateChanging,
    Reamortising,
    Restructuring,
    Reversing,
    Waiving,
    WritingOff,
)
from chedai.book.loans.cohorts import AccrualCohort
from chedai.book.loans.models import Delinquency, LoanChange, LoanEvent, Plan
from chedai.book.loans.plans import unpack
from chedai.book.loans.services.changing import ACTION, Preview, loan_change_ask, loan_change_preview
from chedai.book.loans.services.keeping import loan_bring, loan_suspend
from chedai.book.loans.services.receiving import receipt_reverse
from chedai.book.risk.portfolio import losses
from chedai.engine.life.events import Disposition
from chedai.engine.waterfall import Component
from chedai.org.models import AuthorityLimit, Staff
from chedai.platform.actors import system
from chedai.platform.approvals.services import approval_decide
from chedai.platform.approvals.states import Verdict
from chedai.platform.errors import Conflict, Refusal
from tests import cast

from .lending import INSTALMENT, Lent, is_balanced, lend, on, stands

pytestmark = pytest.mark.django_db

DAY = date(2025, 6, 20)
"""Two instalments are missed: the first for 41 days, the second for 10."""


@dataclass
class Parties:
    """A loan with two missed instalments, who asks and who approves."""

    lent: Lent
    manager: Staff

    def preview(self, change: Change, day: date = DAY) -> Preview:
        with on(day):
            return loan_change_preview(loan_id=self.lent.loan_id, change=change)

    def ask(self, change: Change, day: date = DAY) -> LoanChange:
        seen = self.preview(change, day)
        with on(day):
            return loan_change_ask(
                loan_id=self.lent.loan_id,
                change=change,
                digest=seen.digest,
                reason="客户收入中断",
                actor=cast.acting(self.lent.officer),
            )

    def decide(
        self, asked: LoanChange, verdict: Verdict = Verdict.APPROVE, who: Staff | None = None, day: date = DAY
    ) -> LoanChange:
        assert asked.approval is not None
        with on(day):
            approval_decide(
                approval_id=asked.approval.pk,
                verdict=verdict,
                digest=asked.approval.digest,
                capacities=frozenset({"manager"}),
                actor=cast.acting(who or self.manager),
                opinion="同意",
            )
        asked.refresh_from_db()
        return asked

    def agree(self, change: Change, day: date = DAY) -> LoanChange:
        return self.decide(self.ask(change, day), day=day)


@pytest.fixture
def parties() -> Parties:
    lent = lend()
    AuthorityLimit.objects.create(action=ACTION, since=date(2025, 1, 1), role="manager", amount=200_000_00, deviation=0)
    with on(DAY):
        assert loan_bring(loan_id=lent.loan_id, day=DAY, actor=system("close"))
    return Parties(lent, cast.person("xu", "许宁", cast.store(), "manager"))


def test_a_preview_shows_both_plans_and_keeps_nothing(parties: Parties) -> None:
    change = Restructuring(on=DAY, first_due=date(2025, 7, 20), periods=48, interest=Disposition.CAPITALISE)
    seen = parties.preview(change)
    assert (len(seen.before), len(seen.after)) == (36, 51)
    # Interest: two periods of 500.00 and ten days of the third on what stands under the plan.
    assert seen.new.capitalised.interest == 500_00 + 487_29 + 158_17
    assert seen.new.principal == 100_000_00 + 1_145_46
    assert seen.difference == seen.outstanding_after - seen.outstanding_before > 0
    assert (LoanChange.objects.count(), LoanEvent.objects.count(), Plan.objects.count()) == (0, 1, 1)


def test_a_restructure_is_done_as_it_was_previewed_and_the_loan_is_observed(parties: Parties) -> None:
    change = Restructuring(
        on=DAY,
        first_due=date(2025, 7, 20),
        periods=48,
        interest=Disposition.CAPITALISE,
        penalties=Disposition.WAIVE,
    )
    seen = parties.preview(change)
    asked = parties.ask(change)
    assert (asked.state, asked.approval is not None, parties.lent.loan.plan_version) == ("asked", True, 1)
    done = parties.decide(asked)
    loan = parties.lent.loan
    assert (done.state, loan.plan_version, loan.due_day) == ("done", 2, 20)
    assert loan.restructured_until == date(2026, 7, 20)
    assert (loan.owed, parties.lent.parts(), Delinquency.objects.count()) == (101_145_46, [], 0)
    old, new = (unpack(bytes(plan.packed)) for plan in Plan.objects.order_by("version"))
    assert (old.due.size, new.due.size) == (36, 51)
    assert [row.outstanding for row in selectors.loan_state(loan, DAY).rows] == [row.outstanding for row in seen.after]
    assert stands(DAY, "1301", "1132", "6012") == {"1301": 101_145_46, "1132": 0, "6012": 0}
    assert is_balanced(DAY)


def test_who_asks_does_not_approve_and_what_is_refused_changes_nothing(parties: Parties) -> None:
    asked = parties.ask(Extending(on=DAY, periods=6))
    with pytest.raises(Refusal):
        parties.decide(asked, who=parties.lent.officer)
    with pytest.raises(Conflict) as twice:
        parties.ask(Reamortising(on=DAY))
    assert twice.value.code == "change-asked"
    ended = parties.decide(asked, Verdict.DECLINE)
    assert (ended.state, parties.lent.loan.plan_version, LoanEvent.objects.count()) == ("refused", 1, 1)


def test_a_loan_that_has_moved_on_lets_the_change_lapse(parties: Parties) -> None:
    asked = parties.ask(Extending(on=DAY, periods=6))
    parties.lent.pay(100_00, DAY)
    ended = parties.decide(asked)
    assert (ended.state, parties.lent.loan.plan_version) == ("lapsed", 1)


def test_a_change_approved_after_its_day_lapses_and_can_be_asked_for_again(parties: Parties) -> None:
    asked = parties.ask(Extending(on=DAY, periods=6))
    ended = parties.decide(asked, day=date(2025, 6, 21))
    assert (ended.state, parties.lent.loan.plan_version, LoanEvent.objects.count()) == ("lapsed", 1, 1)
    assert parties.ask(Extending(on=DAY, periods=6)).state == "asked"


def test_a_restructure_taken_back_is_observed_no_more_unless_another_stands(parties: Parties) -> None:
    for change in (Reamortising(on=DAY), Extending(on=DAY, periods=6)):
        parties.agree(change)
    spread, longer = LoanEvent.objects.filter(kind__in=("reamortise", "term_extension")).order_by("seq")
    for event, until in ((longer, date(2026, 6, 20)), (spread, None)):
        parties.agree(Reversing(on=DAY, event=event.seq))
        assert parties.lent.loan.restructured_until == until


def test_a_second_agreement_shortens_no_observation_and_taken_back_leaves_that_of_the_first(parties: Parties) -> None:
    """A restructure whose first due day is in December is observed longer than an extension of the same day."""
    first_due = date(2025, 12, 20)
    parties.agree(Restructuring(on=DAY, first_due=first_due, periods=24))
    assert parties.lent.loan.restructured_until == date(2026, 12, 20)
    parties.agree(Extending(on=DAY, periods=6))
    assert parties.lent.loan.restructured_until == date(2026, 12, 20)
    parties.agree(Reversing(on=DAY, event=LoanEvent.objects.get(kind="restructure").seq))
    assert parties.lent.loan.restructured_until == date(2026, 6, 20)


def test_in_arrears_no_due_day_is_moved_unless_the_loan_was_restructured(parties: Parties) -> None:
    move = DueDateChange(on=DAY, due=date(2025, 7, 10), to=date(2025, 7, 25))
    with pytest.raises(Conflict) as refused:
        parties.preview(move)
    assert refused.value.code == "due-date-in-arrears"
    parties.lent.pay(2 * INSTALMENT + 100_00, DAY)
    parties.agree(move)
    loan = parties.lent.loan
    assert (loan.due_day, loan.plan_version, loan.restructured_until) == (25, 2, None)


def test_an_extension_and_a_spreading_of_arrears(parties: Parties) -> None:
    parties.agree(Reamortising(on=DAY))
    # Only the penalties of the old instalments stay open: they make nobody late.
    assert (parties.lent.parts(), Delinquency.objects.count()) == ([(1, 0, 0, 0), (2, 0, 0, 0)], 0)
    assert parties.lent.loan.restructured_until == date(2026, 6, 20)
    longer = parties.preview(Extending(on=DAY, periods=12))
    assert len(longer.after) == 48
    assert longer.after[5].total < longer.before[5].total


def test_a_new_rate_counts_from_its_day(parties: Parties) -> None:
    seen = parties.preview(RateChanging(on=date(2025, 7, 11), annual_rate=5_000_000))
    assert seen.after[2].interest == seen.before[2].interest
    assert seen.after[3].interest * 6 < seen.before[3].interest * 5 + 600
    with pytest.raises(Refusal) as refused:
        parties.preview(RateChanging(on=date(2025, 6, 19), annual_rate=5_000_000))
    assert refused.value.field == "on"


def test_a_penalty_is_forgiven_component_by_component(parties: Parties) -> None:
    seen = parties.preview(Waiving(on=DAY, component=Component.PENALTY, amount=30_00))
    # 41 days of 3,042.19 and 10 days of it, at 9 % over 360: 31.18 and 7.61, each rounded by component.
    assert (seen.old.due.penalty, seen.new.due.penalty, seen.forgiven) == (38_80, 8_80, 30_00)
    with pytest.raises(Refusal) as refused:
        parties.preview(Waiving(on=DAY, component=Component.PENALTY, amount=38_81))
    assert (refused.value.field, refused.value.zh) == ("amount", "不得超过到期未付的 38.80 元")
    parties.agree(Waiving(on=DAY, component=Component.INTEREST, amount=500_00))
    assert parties.lent.parts() == [(1, 2_542_19, 0, 0), (2, 2_554_90, 487_29, 0)]
    assert stands(DAY, "1132", "6011") == {"1132": 487_29, "6011": -500_00}


def test_a_write_off_uses_the_allowance_and_what_comes_later_is_a_recovery(parties: Parties) -> None:
    with on(DAY):
        assert loan_suspend(loan_id=parties.lent.loan_id, day=DAY, actor=system("close"))
    assert stands(DAY, "1132", "9101") == {"1132": 0, "9101": 987_29}
    parties.agree(WritingOff(on=DAY))
    loan = parties.lent.loan
    assert (loan.state, loan.written_off_on, loan.owed) == ("written_off", DAY, 100_000_00)
    assert stands(DAY, "1301", "1231", "9101") == {"1301": 0, "1231": -100_000_00, "9101": 0}
    receipt = parties.lent.pay(500_00, date(2025, 6, 25))
    assert stands(date(2025, 6, 25), "6702", "1301") == {"6702": 500_00, "1301": 0}
    may, june = losses((date(2025, 5, 31), date(2025, 6, 30)))
    assert (may.net, june.written_off, june.recovered, june.net) == (0, 100_000_00, 500_00, 99_500_00)
    with on(date(2025, 6, 25)):
        receipt_reverse(event_id=receipt.event_id, reason="退票", actor=parties.lent.money)
    assert stands(date(2025, 6, 25), "6702") == {"6702": 0}
    assert [one.net for one in losses((date(2025, 6, 30),))] == [100_000_00]
    off = LoanEvent.objects.get(kind="write_off")
    parties.agree(Reversing(on=date(2025, 6, 25), event=off.seq), date(2025, 6, 25))
    assert (parties.lent.loan.state, stands(date(2025, 6, 25), "1301")["1301"]) == ("active", 100_000_00)
    assert is_balanced(date(2025, 6, 25))


def test_interest_in_suspense_comes_back_when_everything_late_is_paid(parties: Parties) -> None:
    with on(DAY):
        assert loan_suspend(loan_id=parties.lent.loan_id, day=DAY, actor=system("close"))
    parties.lent.pay(2 * INSTALMENT + 38_80, DAY)
    assert parties.lent.loan.suspended_since is None
    assert stands(DAY, "1132", "9101", "6012") == {"1132": 0, "9101": 0, "6012": 38_80}
    assert is_balanced(DAY)


@pytest.mark.parametrize(
    "change",
    [
        Waiving(on=DAY, component=Component.INTEREST, amount=500_00),
        Extending(on=DAY, periods=6),
        Restructuring(on=DAY, first_due=date(2025, 7, 20), periods=48),
        RateChanging(on=date(2025, 7, 11), annual_rate=5_000_000),
        WritingOff(on=DAY),
    ],
    ids=lambda change: change.__struct_config__.tag,
)
def test_what_two_people_decided_is_taken_back_by_two(parties: Parties, change: Change) -> None:
    accounts = ("1301", "1132", "6011", "1231", "9101")
    before = stands(DAY, *accounts), parties.lent.parts(), running()
    event = parties.agree(change).event
    assert event is not None
    with on(DAY), pytest.raises(Conflict) as alone:
        receipt_reverse(event_id=event.pk, reason="改主意", actor=parties.lent.money)
    assert (alone.value.code, LoanEvent.objects.filter(of=event).count()) == ("agreed-by-two", 0)
    asked = parties.ask(Reversing(on=DAY, event=event.seq))
    with pytest.raises(Refusal):
        parties.decide(asked, who=parties.lent.officer)
    assert LoanEvent.objects.filter(of=event).count() == 0
    done = parties.decide(asked)
    assert (done.state, done.event.of_id if done.event else None) == ("done", event.pk)
    assert (stands(DAY, *accounts), parties.lent.parts(), running()) == before
    assert (parties.lent.loan.state, is_balanced(DAY)) == ("active", True)


def running() -> list[tuple[date, int]]:
    """The interest that accrues, by the day it falls due."""
    return list(AccrualCohort.objects.exclude(interest=0).order_by("due_on", "start").values_list("due_on", "interest"))


def test_a_loan_written_off_accrues_no_more(parties: Parties) -> None:
    assert running()
    parties.agree(WritingOff(on=DAY))
    assert running() == []


def test_the_reversal_of_an_agreement_lapses_where_the_loan_has_moved_on(parties: Parties) -> None:
    event = parties.agree(Waiving(on=DAY, component=Component.INTEREST, amount=500_00)).event
    assert event is not None
    asked = parties.ask(Reversing(on=DAY, event=event.seq))
    parties.lent.pay(100_00, DAY)
    assert parties.decide(asked).state == "lapsed"
    assert LoanEvent.objects.filter(of=event).count() == 0


def test_what_one_person_booked_is_not_asked_for_and_a_reversal_is_once(parties: Parties) -> None:
    receipt = parties.lent.pay(100_00, DAY)
    event = parties.agree(Extending(on=DAY, periods=6)).event
    assert event is not None
    parties.agree(Reversing(on=DAY, event=event.seq))
    for seq, code in (
        (parties.lent.event(receipt).seq, "taken-back-alone"),
        (99, "no-such-event"),
        (event.seq, "reversed-already"),
    ):
        with pytest.raises(Refusal) as refused:
            parties.preview(Reversing(on=DAY, event=seq))
        assert refused.value.code == code
