"""A loan lives any legal life: after every step money is conserved, the ledger says what the replay says, and nothing
that is stored differs from what its events tell.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from chedai.book.ledger.balances import account_balance
from chedai.book.loans import cohorts, selectors
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
from chedai.book.loans.close import nightly
from chedai.book.loans.close.ageing import loans_age
from chedai.book.loans.close.billing import loans_bill, unbilled_on
from chedai.book.loans.close.snapshots import overdue_snapshot
from chedai.book.loans.close.suspending import loans_suspend
from chedai.book.loans.cohorts import AccrualCohort
from chedai.book.loans.history import events_of
from chedai.book.loans.models import BucketMove, Delinquency, LoanEvent, OpenItem, Plan
from chedai.book.loans.plans import unpack
from chedai.book.loans.rules import lateness_of
from chedai.book.loans.selectors import standings_on
from chedai.book.loans.services.changing import ACTION, loan_change_ask, loan_change_preview
from chedai.book.loans.services.charging import charge_levy
from chedai.book.loans.services.keeping import loan_bring, loan_heal, loan_suspend, quarantine
from chedai.book.loans.services.receiving import loan_prepay, loan_repay, loan_settle_early, receipt_reverse
from chedai.book.loans.states import AGREED as AGREED_BY_TWO
from chedai.book.loans.then import stood
from chedai.engine.errors import EngineError
from chedai.engine.life.events import ChargeKind, Disposition, PrepaymentChoice
from chedai.engine.waterfall import Component
from chedai.org.models import AuthorityLimit
from chedai.platform.actors import system
from chedai.platform.approvals.services import approval_decide
from chedai.platform.approvals.states import Verdict
from chedai.platform.errors import Refusal
from chedai.platform.work import work
from tests import cast

from .lending import AGREED, OUT, TERMS, Lent, is_balanced, lend, on

CLOSE = system("close")
AMOUNTS = st.one_of(st.integers(1, 20_000_00), st.sampled_from([8_606_64, 2 * 8_606_64, 100_00]))
DISPOSITIONS = st.sampled_from(Disposition)


class LoanLife(RuleBasedStateMachine):
    """One loan of twelve instalments; every rule is one thing somebody does, refused or done."""

    def __init__(self) -> None:
        super().__init__()
        self.room = transaction.atomic()
        self.room.__enter__()
        cast.store()
        self.lent: Lent = lend(replace(AGREED, terms=replace(TERMS, periods=12)))
        self.manager = cast.person("xu", "许宁", cast.store(), "manager")
        AuthorityLimit.objects.create(action=ACTION, since=OUT, role="manager", amount=10**12, deviation=0)
        self.today = OUT
        self.bank = -TERMS.principal
        self.keys = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.room.__exit__(None, None, None)

    def _try(self, service: Any, **given: Any) -> Any:
        """What is refused changes nothing; that is asked of the whole state by the invariants that follow."""
        try:
            with on(self.today), transaction.atomic():
                return service(**given)
        except Refusal:
            return None

    def _key(self) -> str:
        self.keys += 1
        return f"key-{self.keys}"

    @property
    def _money(self) -> dict[str, Any]:
        return {"loan_id": self.lent.loan_id, "actor": self.lent.money, "key": self._key()}

    @rule(days=st.sampled_from([1, 5, 16, 31, 45, 100]))
    def nights_pass(self, days: int) -> None:
        """Every day is closed as the house closes it, by columns; what a replay tells of the loan is the same."""
        for _ in range(days):
            since, self.today = self.today, self.today + timedelta(1)
            with on(self.today):
                loans_bill(day=self.today, actor=CLOSE, after=0)
                loans_age(day=self.today, actor=CLOSE, after=0, closed=since)
                overdue_snapshot(day=self.today, actor=CLOSE, closed=since)
        late = Delinquency.objects.values_list("since", "bucket", "overdue", "balance")
        assert list(standings_on(self.today).values_list("since", "bucket", "overdue", "balance")) == list(late)
        with on(self.today):
            loans_suspend(day=self.today, actor=CLOSE, after=0)
            nightly.accrue(day=self.today, actor=CLOSE)
            assert account_balance("1133", self.today) == cohorts.accrued_on(self.today) + unbilled_on(self.today)

    @rule(days=st.integers(2, 40), act=st.integers(0, 5), amount=AMOUNTS, back=st.sampled_from([0, 9]))
    def nights_are_made_up_for(self, days: int, act: int, amount: int, back: int) -> None:
        """Something happens before the closes of days that were missed: each tells the overdue as they stood then."""
        first, self.today = self.today + timedelta(1), self.today + timedelta(days)
        acts = (
            partial(self.somebody_pays, amount, back),
            partial(self.somebody_prepays, amount, PrepaymentChoice.LOWER_INSTALMENT),
            self.somebody_settles,
            partial(self.something_is_taken_back, amount),
            partial(self.it_is_put_aside_and_healed, amount),
            partial(self.it_is_restructured, 6, *[Disposition.CARRY_FORWARD] * 3),
        )
        acts[act]()
        for n in range(days):
            day = first + timedelta(n)
            with on(self.today):
                loans_bill(day=day, actor=CLOSE, after=0)
                loans_age(day=day, actor=CLOSE, after=0, closed=day - timedelta(1))
                loans_suspend(day=day, actor=CLOSE, after=0)
                overdue_snapshot(day=day, actor=CLOSE, closed=day - timedelta(1))
            then = stood([self.lent.loan_id], day)[self.lent.loan_id]
            late = [(then.late.since, then.late.overdue, then.owed)] if then.late else []
            assert list(standings_on(day).values_list("since", "overdue", "balance")) == late
        with on(self.today):
            nightly.accrue(day=self.today, actor=CLOSE)

    @rule()
    def it_is_worked_out_again(self) -> None:
        with on(self.today):
            loan_bring(loan_id=self.lent.loan_id, day=self.today, actor=CLOSE)
            before = self._stored()
            loan_bring(loan_id=self.lent.loan_id, day=self.today, actor=CLOSE)
            assert self._stored() == before

    @rule(amount=AMOUNTS, back=st.sampled_from([0, 0, 0, 3, 40]))
    def somebody_pays(self, amount: int, back: int) -> None:
        day = max(self.today - timedelta(back), OUT)
        if self._try(loan_repay, amount=amount, received_on=day, **self._money):
            self.bank += amount

    @rule(amount=AMOUNTS, choice=st.sampled_from(PrepaymentChoice))
    def somebody_prepays(self, amount: int, choice: PrepaymentChoice) -> None:
        if self._try(loan_prepay, amount=amount, received_on=self.today, choice=choice, **self._money):
            self.bank += amount

    @rule()
    def somebody_settles(self) -> None:
        try:
            total = selectors.payoff_quote(self.lent.loan, self.today).total
        except EngineError:
            return
        if self._try(loan_settle_early, amount=total, received_on=self.today, **self._money):
            self.bank += total

    @rule(pick=st.integers(0, 50))
    def something_is_taken_back(self, pick: int) -> None:
        rows = LoanEvent.objects.filter(loan_id=self.lent.loan_id, reversal=None).exclude(kind="reversal")
        row = rows.order_by("seq")[pick % rows.count()]
        if row.kind in AGREED_BY_TWO:
            self._change(Reversing(on=self.today, event=row.seq))
        elif self._try(receipt_reverse, event_id=row.pk, reason="记错", actor=self.lent.money):
            self.bank -= row.amount if row.kind in {"repayment", "prepayment", "payoff"} else 0

    @rule(amount=AMOUNTS)
    def it_is_put_aside_and_healed(self, amount: int) -> None:
        """What comes in meanwhile waits, and is applied where the loan can take it; else it goes back."""
        with on(self.today), work():
            quarantine(selectors.loan_lock(self.lent.loan_id), "测试|test", CLOSE)
        receipt = self._try(loan_repay, amount=amount, received_on=self.today, **self._money)
        assert receipt.parked
        given = {"loan_id": self.lent.loan_id, "reason": "看过", "actor": self.lent.money}
        if self._try(loan_heal, **given):
            self.bank += amount
        else:
            self._try(receipt_reverse, event_id=receipt.event_id, reason="退回", actor=self.lent.money)
            assert self._try(loan_heal, **given)
        assert account_balance("2242", self.today) == 0

    @rule(kind=st.sampled_from(ChargeKind), amount=st.integers(1, 500_00))
    def a_charge_is_levied(self, kind: ChargeKind, amount: int) -> None:
        given = {"loan_id": self.lent.loan_id, "reason": "拖车", "actor": self.lent.money}
        self._try(charge_levy, kind=kind, amount=amount, **given)

    @rule(periods=st.integers(1, 12), interest=DISPOSITIONS, fees=DISPOSITIONS, penalties=DISPOSITIONS)
    def it_is_restructured(
        self, periods: int, interest: Disposition, fees: Disposition, penalties: Disposition
    ) -> None:
        first = self.today + timedelta(20)
        parts = {"interest": interest, "fees": fees, "penalties": penalties}
        self._change(Restructuring(on=self.today, first_due=first, periods=periods, **parts))

    @rule(which=st.integers(0, 5), size=st.integers(1, 600_00))
    def something_else_is_agreed(self, which: int, size: int) -> None:
        due = next((r.due_date for r in self._state().rows if r.due_date > self.today), self.today)
        changes: tuple[Change, ...] = (
            Extending(on=self.today, periods=3),
            DueDateChange(on=self.today, due=due, to=due + timedelta(9)),
            Reamortising(on=self.today),
            RateChanging(on=self.today + timedelta(1), annual_rate=4_000_000),
            Waiving(on=self.today, component=Component.INTEREST, amount=size),
            Waiving(on=self.today, component=Component.PENALTY, amount=size),
        )
        self._change(changes[which])

    @rule()
    def it_is_suspended(self) -> None:
        if Delinquency.objects.filter(loan_id=self.lent.loan_id).exists() and self.lent.loan.state == "active":
            with on(self.today):
                loan_suspend(loan_id=self.lent.loan_id, day=self.today, actor=CLOSE)

    @precondition(lambda self: (self.today - OUT).days > 200)
    @rule()
    def it_is_written_off(self) -> None:
        self._change(WritingOff(on=self.today))

    def _change(self, change: Change) -> None:
        seen = self._try(loan_change_preview, loan_id=self.lent.loan_id, change=change)
        if seen is None:
            return
        by = cast.acting(self.lent.officer)
        given = {"loan_id": self.lent.loan_id, "change": change, "digest": seen.digest}
        asked = self._try(loan_change_ask, reason="协商", actor=by, **given)
        if asked is None:
            return
        decided = {"approval_id": asked.approval.pk, "digest": asked.approval.digest, "opinion": "同意"}
        self._try(
            approval_decide,
            verdict=Verdict.APPROVE,
            capacities=frozenset({"manager"}),
            actor=cast.acting(self.manager),
            **decided,
        )

    def _state(self) -> Any:
        return selectors.loan_state(self.lent.loan, self.today)

    def _stored(self) -> Any:
        loan = self.lent.loan
        items = list(OpenItem.objects.filter(loan=loan).order_by("n").values())
        codes = ("1301", "1132", "1133", "1134", "2241", "6011", "6012", "6013", "9101")
        late = list(Delinquency.objects.filter(loan=loan).values())
        sums = [account_balance(code, self.today) for code in codes]
        return loan.owed, loan.credit, loan.state, loan.plan_version, items, late, sums, BucketMove.objects.count()

    @invariant()
    def money_is_conserved_and_the_ledger_balances(self) -> None:
        assert account_balance("1002", self.today) == self.bank
        assert is_balanced(self.today)

    @invariant()
    def what_is_stored_is_what_the_events_tell(self) -> None:
        loan = self.lent.loan
        day, rows = self.today, selectors.rows_of(loan.pk)
        state, figures = selectors.worked_out(loan, events_of(rows), day)
        billed = selectors.worked_out(loan, events_of(rows), selectors.booked_through(loan, day))[1]
        assert (loan.owed, loan.credit) == (billed.principal, billed.held)
        stored = [(i.n, i.principal, i.interest, i.fee) for i in OpenItem.objects.filter(loan=loan).order_by("n")]
        assert stored == [(r.n, r.principal, r.interest, r.fee) for r in billed.open]
        late, held = lateness_of(figures), Delinquency.objects.filter(loan=loan).first()
        assert (late is None) == (held is None)
        if late is not None and held is not None:
            assert (held.since, held.missed, held.overdue) == (late.since, late.missed, late.overdue)
        plan = unpack(bytes(Plan.objects.get(loan=loan, version=loan.plan_version).packed))
        if figures.ended_on is None:
            ahead = [(r.due_date.toordinal(), r.principal, r.interest) for r in state.rows if r.due_date > day]
            columns = zip(plan.due.tolist(), plan.principal.tolist(), plan.interest.tolist(), strict=True)
            assert [one for one in columns if one[0] > day.toordinal()] == ahead

    @invariant()
    def what_accrues_is_its_plan(self) -> None:
        """As long as it lives, is in order and its interest counts: of every period once, else of none."""
        loan = self.lent.loan
        plan = unpack(bytes(Plan.objects.get(loan=loan, version=loan.plan_version).packed))
        counts = loan.state == "active" and loan.suspended_since is None
        found = AccrualCohort.objects.exclude(interest=0).values_list("start", "due_on", "interest")
        told = {(start.toordinal(), due.toordinal()): interest for start, due, interest in found}
        assert told == (cohorts.cohorts_of(plan, loan.disbursed_on) if counts else {})

    @invariant()
    def the_accounts_are_the_loan(self) -> None:
        loan, day = self.lent.loan, self.today
        if loan.written_off_on is not None:
            assert account_balance("1301", day) == 0
            return
        items = list(OpenItem.objects.filter(loan=loan))
        interest = sum(item.interest for item in items)
        suspended = loan.suspended_since is not None
        assert account_balance("1301", day) == loan.owed
        assert account_balance("2241", day) == loan.credit
        assert account_balance("1134", day) == sum(item.fee for item in items)
        assert account_balance("1132", day) == (0 if suspended else interest)
        assert account_balance("9101", day) == (interest if suspended else 0)


@pytest.mark.django_db
def test_a_loan_lives_any_legal_life() -> None:
    searching = os.environ.get("HYPOTHESIS_PROFILE") == "search"
    many, long = (300, 40) if searching else (6, 12)
    how = settings(max_examples=many, stateful_step_count=long, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(LoanLife, settings=how)  # type: ignore[no-untyped-call]
