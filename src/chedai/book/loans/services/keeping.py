"""Rebuilding a locked loan after something was written down, and what happens where its events make no plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from chedai.book.ledger import chart
from chedai.book.ledger.journal import journal_post
from chedai.book.ledger.kinds import EntryKind
from chedai.book.ledger.rules import Transfer, Unbalanced
from chedai.book.loans.cohorts import cohorts_add, cohorts_of
from chedai.book.loans.events import LoanQuarantined
from chedai.book.loans.models import Loan, LoanEvent, ParkedMoney
from chedai.book.loans.noting import loan_record
from chedai.book.loans.plans import unpack
from chedai.book.loans.rules import refusal_of
from chedai.book.loans.selectors import loan_lock, parked_of, rows_of
from chedai.book.loans.services.taking_back import money_undone
from chedai.book.loans.states import LoanStatus
from chedai.book.loans.working import Moved, Rebuilt, loan_rebuild
from chedai.engine.errors import EngineError
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.work import emit, service


def rebuilt(
    loan: Loan,
    fresh: Sequence[LoanEvent],
    held: Sequence[LoanEvent],
    *,
    moved: Moved,
    actor: Actor,
    heals: bool = False,
) -> Rebuilt:
    """Work out a loan whose new events are `fresh`, `held` those the ledger has. Nothing is kept of what is refused.

    Errors: `Refusal` as the engine words it, and where the books would not balance; `Conflict` where a payoff that
    stands would take another amount.
    """
    day, rows = clock.business_date(), [*held, *fresh]
    try:
        return loan_rebuild(loan, booked=held, rows=rows, day=day, moved=moved, actor=actor, heals=heals)
    except EngineError as error:
        raise refusal_of(error) from error
    except Unbalanced as error:
        raise Refusal("unbalanced", error.rule_zh, error.rule) from error


@service
def loan_bring(*, loan_id: int, day: date, actor: Actor) -> bool:
    """Work a loan out on `day` as the close does, one that columns cannot carry on.

    False where its events make no plan: it is put in quarantine with the reason, and stays payable.
    """
    loan = loan_lock(loan_id)
    if loan.quarantine:
        return False
    rows = rows_of(loan_id)
    try:
        loan_rebuild(loan, booked=rows, rows=rows, day=day, moved=Moved(EntryKind.BILLING), actor=actor)
    except (ValueError, Refusal) as error:
        quarantine(loan_lock(loan_id), reason_of(error), actor)
        return False
    return True


@service
def loan_suspend(*, loan_id: int, day: date, actor: Actor) -> bool:
    """From `day` on the interest of a loan counts off the balance sheet. False where it cannot be replayed."""
    loan = loan_lock(loan_id)
    if loan.quarantine:
        return False
    rows = rows_of(loan_id)
    try:
        for moved, suspend in ((Moved(EntryKind.BILLING), False), (Moved(EntryKind.SUSPENSE), True)):
            loan_rebuild(loan, booked=rows, rows=rows, day=day, moved=moved, actor=actor, suspend=suspend)
    except (ValueError, Refusal) as error:
        quarantine(loan_lock(loan_id), reason_of(error), actor)
        return False
    return True


def reason_of(error: ValueError | Refusal) -> str:
    """Why a loan cannot be replayed, `中文|English`."""
    if isinstance(error, Unbalanced):
        return f"{error.rule_zh}|{error.rule}"
    if isinstance(error, (EngineError, Refusal)):
        return f"{error.text('zh')}|{error.text('en')}"
    return f"无法计算：{error}|cannot be worked out: {error}"


def quarantine(loan: Loan, reason: str, actor: Actor) -> None:
    """Put a locked loan aside (`reason` as `中文|English`): it accrues no more, stays payable, its money is parked."""
    if loan.state == LoanStatus.ACTIVE and loan.suspended_since is None and not loan.quarantine:
        packed = loan.plans.filter(version=loan.plan_version).values_list("packed", flat=True).first()
        if packed is not None:
            cohorts_add([cohorts_of(unpack(bytes(packed)), loan.disbursed_on)], -1)
    loan.quarantine = reason[:300]
    loan.save(update_fields=["quarantine"])
    loan_record(loan, "loan.quarantined", {"why": loan.quarantine}, actor)
    emit(LoanQuarantined(loan.pk))


def money_park(loan: Loan, row: LoanEvent, actor: Actor) -> None:
    """Hold the money of a receipt that cannot be applied: bank against unallocated receipts."""
    day = clock.business_date()
    ParkedMoney.objects.create(event=row, loan=loan, amount=row.amount, since=day)
    transfers = [Transfer(chart.BANK, chart.UNALLOCATED, row.amount)]
    journal_post(day=day, kind=EntryKind.PARKED, subject=f"loan:{loan.pk}", transfers=transfers, actor=actor)
    loan.save(update_fields=["last_seq"])


@service
def loan_heal(*, loan_id: int, reason: str, actor: Actor) -> Loan:
    """Somebody has looked: the loan is replayed with all that was parked, and lives again.

    Errors: `Conflict` where it is in no quarantine; `Refusal` where its events still make no plan.
    """
    loan = loan_lock(loan_id)
    if not loan.quarantine:
        raise Conflict("not-quarantined", "该贷款没有被隔离", "the loan is in no quarantine")
    if not reason.strip():
        raise Refusal("reason-missing", "请写明处理说明", "say what was done", field="reason")
    healed(loan, rows_of(loan_id), actor, reason=reason.strip())
    return loan


def healed(
    loan: Loan,
    held: Sequence[LoanEvent],
    actor: Actor,
    *,
    voided: Sequence[LoanEvent] = (),
    fresh: Sequence[LoanEvent] = (),
    reason: str = "",
) -> None:
    """Let a locked loan out of quarantine: what is `voided` goes (by the rows `fresh`), then what was parked comes.

    Errors: `Refusal` where no plan comes of it.
    """
    was, parked = loan.quarantine, parked_of(loan.pk)
    waits = {row.pk for row in held if row.pk in parked}
    known = [row for row in held if row.pk not in waits and row.of_id not in waits]
    if voided:
        cash = sum(money_undone(row) for row in voided)
        moved = Moved(EntryKind.REVERSAL, cash, voided=frozenset(row.pk for row in voided))
        rebuilt(loan, fresh, known, moved=moved, actor=actor, heals=True)
    applied = sum(one.amount for one in parked.values())
    waiting = [row for row in held if row not in known]
    moved = Moved(EntryKind.ALLOCATED, applied, chart.UNALLOCATED)
    rebuilt(loan, waiting, [*known, *fresh], moved=moved, actor=actor, heals=True)
    ParkedMoney.objects.filter(pk__in=[one.pk for one in parked.values()]).update(applied_on=clock.business_date())
    facts: dict[str, Scalar] = {"why": was, "applied": applied}
    loan_record(loan, "loan.healed", facts, actor, reason=reason)
