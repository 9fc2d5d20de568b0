"""Changing what was agreed: previewed by one person, approved by another, done exactly as it was previewed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import msgspec

from chedai.book.ledger.kinds import EntryKind
from chedai.book.loans import changes, rules
from chedai.book.loans.changes import RELIEF, Change, Voiding, Waiving, Withdrawal
from chedai.book.loans.events import LoanRestructured, LoanWrittenOff
from chedai.book.loans.history import body_of, events_of
from chedai.book.loans.history import kind_of as event_kind
from chedai.book.loans.models import Loan, LoanChange, LoanEvent
from chedai.book.loans.noting import loan_record, row_note
from chedai.book.loans.observing import observed_after
from chedai.book.loans.selectors import loan_lock, loan_read, open_items, parked_of, rows_of, worked_out
from chedai.book.loans.services.keeping import healed, rebuilt
from chedai.book.loans.services.taking_back import event_undo, event_undone, money_undone, refuse_irreversible, undone
from chedai.book.loans.states import AGREED, CHANGE_MOVES, ChangeKind, ChangeState, EventKind, LoanStatus
from chedai.book.loans.working import Moved, refuse_moved_payoff, write_off_body
from chedai.engine.errors import EngineError
from chedai.engine.life import Figures, LoanState, Row
from chedai.engine.money import yuan_grouped
from chedai.org.authority import steps_for
from chedai.platform import clock
from chedai.platform.actors import Actor, system
from chedai.platform.approvals.events import ApprovalClosed
from chedai.platform.approvals.services import approval_request
from chedai.platform.approvals.states import State
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.work import emit, service

ACTION: Final = "loan.change"
ACTOR: Final = system("loans")
_ENTRIES: Final = {
    ChangeKind.RATE: EntryKind.RATE_CHANGE,
    ChangeKind.WAIVER: EntryKind.WAIVER,
    ChangeKind.WRITE_OFF: EntryKind.WRITE_OFF,
}


@dataclass(frozen=True, slots=True)
class Preview:
    """A change tried out: the schedule before and after, side by side, and what it does to the sums. Nothing is kept.

    `digest` is of the change and of all that has happened to the loan so far: what is approved is this, or nothing.
    A loan whose events make no plan has no schedule before (`old` is None), and nothing outstanding by it.
    """

    change: Change
    before: tuple[Row, ...]
    after: tuple[Row, ...]
    old: Figures | None
    new: Figures
    outstanding_before: int
    outstanding_after: int
    digest: str

    @property
    def difference(self) -> int:
        """What the customer pays more (or, negative, less) in all from now on, in fen."""
        return self.outstanding_after - self.outstanding_before

    @property
    def forgiven(self) -> int:
        """What is given up by this change, in fen; negative: what is asked for again."""
        if self.old is None:
            return 0
        old, new = self.old.waived, self.new.waived
        return sum(getattr(new, name) - getattr(old, name) for name in ("fee", "penalty", "interest", "principal"))


def loan_change_preview(*, loan_id: int, change: Change) -> Preview:
    """Try a change out. Errors: `Refusal` at its field, as the engine or the policy words it; `Conflict`."""
    loan = loan_read(loan_id)
    rows = rows_of(loan_id)
    _refuse(loan, change, rows)
    day = max(change.on, clock.business_date())
    try:
        new, after = _tried(loan, change, rows, day)
        old, before = _as_it_is(loan, rows, day)
    except EngineError as error:
        raise rules.refusal_of(error) from error
    return Preview(
        change,
        old.rows if old else (),
        new.rows,
        before,
        after,
        old.totals.outstanding if old else 0,
        new.totals.outstanding,
        changes.digest_of(change, loan.last_seq),
    )


def _as_it_is(loan: Loan, rows: list[LoanEvent], day: date) -> tuple[LoanState | None, Figures | None]:
    """The loan by its events; nothing where it is in quarantine because they make no plan."""
    try:
        return worked_out(loan, events_of(rows), day)
    except EngineError:
        if not loan.quarantine:
            raise
        return None, None


def _tried(loan: Loan, change: Change, rows: list[LoanEvent], day: date) -> tuple[LoanState, Figures]:
    today, seq = clock.business_date(), loan.last_seq + 1
    if isinstance(change, Withdrawal):
        more = undone(changes.events_taken(change), rows, seq, today)
    else:
        event = changes.event_of(change)
        more = [replace(event, id=str(seq), sequence=seq, recorded_on=today)] if event is not None else []
    state, figures = worked_out(loan, [*events_of(rows), *more], day)
    refuse_moved_payoff(rows, state)
    return state, figures


@service
def loan_change_ask(*, loan_id: int, change: Change, digest: str, reason: str, actor: Actor) -> LoanChange:
    """Ask for a change that was previewed (`digest`); who approves it is another person.

    Errors: `Conflict` where the loan has moved on since the preview, or a change is asked for already; `Refusal` as the
    preview, and where nobody's authority suffices.
    """
    loan = loan_lock(loan_id)
    if not reason.strip():
        raise Refusal("reason-missing", "请写明理由", "say why", field="reason")
    if LoanChange.objects.filter(loan=loan, state=ChangeState.ASKED).exists():
        raise Conflict("change-asked", "该贷款已有待审批的变更", "a change of this loan waits for approval already")
    seen = loan_change_preview(loan_id=loan_id, change=change)
    if seen.digest != digest:
        raise Conflict("loan-moved-on", "贷款在预览后有变动，请重新预览", "the loan has moved on; preview it again")
    made = LoanChange(
        loan=loan,
        kind=changes.kind_of(change),
        body=changes.body_of(change),
        digest=digest,
        asked_by_id=actor.ref,
        asked_at=clock.now(),
    )
    money = sum(money_undone(row) for row in _taken(change, rows_of(loan_id)))
    amount = seen.forgiven if isinstance(change, Waiving) else max(loan.owed, seen.new.principal, abs(money))
    steps = steps_for(ACTION, amount=amount, deviation=0, store_id=loan.store_id, on=clock.business_date())
    made.approval = approval_request(
        action=ACTION,
        subject=f"loan:{loan.pk}",
        document=_document(loan, made, seen, reason.strip()) | ({"money": yuan_grouped(money)} if money else {}),
        steps=steps,
        actor=actor,
        amount=amount,
        unit=loan.store_id,
    )
    made.save()
    facts = {"change": made.kind, "digest": digest, "steps": ",".join(steps)}
    loan_record(loan, "loan.change_asked", facts, actor, reason=reason.strip())
    return made


def _taken(change: Change, rows: list[LoanEvent]) -> list[LoanEvent]:
    """The events a change takes back."""
    by_seq = {row.seq: row for row in rows}
    return [by_seq[seq] for seq in changes.events_taken(change)] if isinstance(change, Withdrawal) else []


def _document(loan: Loan, made: LoanChange, seen: Preview, reason: str) -> dict[str, Any]:
    """What the approver sees and signs: the change in full, and what it does."""
    return {
        "loan": loan.number,
        "change": msgspec.to_builtins(seen.change),
        "reason": reason,
        "instalments": {"before": len(seen.before), "after": len(seen.after)},
        "last_due": {"before": _last(seen.before), "after": _last(seen.after)},
        "to_pay": {"before": yuan_grouped(seen.outstanding_before), "after": yuan_grouped(seen.outstanding_after)},
        "forgiven": yuan_grouped(seen.forgiven),
        "digest": made.digest,
    }


def _last(rows: tuple[Row, ...]) -> str:
    return rows[-1].due_date.isoformat() if rows else ""


@service
def loan_change_close(event: ApprovalClosed) -> None:
    """The approval of a change ended: it is done exactly as it was previewed, or not at all."""
    found = LoanChange.objects.filter(approval_id=event.approval_id, state=ChangeState.ASKED).first()
    if found is None:
        return
    loan = loan_lock(found.loan_id)
    change = changes.change_from(bytes(found.body))
    act = "refuse"
    if event.state is State.APPROVED:
        act = "approve" if _still_fits(loan, change, found.digest) else "lapse"
    if act == "approve":
        found.event = _do(loan, change)
    found.state, found.ended_at = CHANGE_MOVES[ChangeState(found.state), act], clock.now()
    found.save(update_fields=["state", "ended_at", "event"])
    loan_record(loan, f"loan.change_{found.state}", {"change": found.kind, "digest": found.digest}, ACTOR)


def _still_fits(loan: Loan, change: Change, digest: str) -> bool:
    """Whether what was previewed may be done still: nothing happened since, its day is not over, the loan is fit."""
    if changes.digest_of(change, loan.last_seq) != digest:
        return False
    try:
        _refuse(loan, change, rows_of(loan.pk))
    except Refusal:
        return False
    return True


def _do(loan: Loan, change: Change) -> LoanEvent:
    held = rows_of(loan.pk)
    if isinstance(change, Withdrawal):
        return _withdraw(loan, change, held)
    kind, event = changes.kind_of(change), changes.event_of(change)
    if event is None:
        row = _write_off(loan, held)
    else:
        amount = change.amount if isinstance(change, Waiving) else 0
        row = row_note(loan, event_kind(event), change.on, actor=ACTOR, amount=amount, body=body_of(event))
    if kind in RELIEF:
        loan.restructured_until = observed_after([*held, row])
    moved = Moved(_ENTRIES.get(kind, EntryKind.RESTRUCTURE))
    rebuilt(loan, [row], held, moved=moved, actor=ACTOR)
    if kind in RELIEF:
        emit(LoanRestructured(loan.pk))
    if kind is ChangeKind.WRITE_OFF:
        emit(LoanWrittenOff(loan.pk))
    return row


def _withdraw(loan: Loan, change: Withdrawal, held: list[LoanEvent]) -> LoanEvent:
    """Take events back: of a loan in order the ledger gets the difference, of one in quarantine it leaves it."""
    taken = _taken(change, held)
    fresh: list[LoanEvent] = []
    for of in taken:
        if of.pk not in {row.of_id for row in fresh}:  # the fee of a prepayment goes with it
            fresh += event_undo(loan, of, [*held, *fresh], actor=ACTOR)
    if isinstance(change, Voiding):
        healed(loan, held, ACTOR, voided=taken, fresh=fresh)
    else:
        cash = sum(money_undone(row) for row in taken)
        rebuilt(loan, fresh, held, moved=Moved(EntryKind.REVERSAL, cash), actor=ACTOR)
    for of in taken:
        event_undone(loan, of, ACTOR)
    return fresh[0]


def _write_off(loan: Loan, held: list[LoanEvent]) -> LoanEvent:
    """What stands is taken off the books; the customer owes it as before."""
    today = clock.business_date()
    figures = worked_out(loan, events_of(held), today)[1]
    body = write_off_body(loan, figures)
    return row_note(loan, EventKind.WRITE_OFF, today, actor=ACTOR, amount=figures.principal, body=body)


def _refuse(loan: Loan, change: Change, rows: list[LoanEvent]) -> None:
    """Errors: `Conflict`, `Refusal` for what the loan's state or the policy does not allow."""
    rules.refuse_of_bank(loan.book)
    today = clock.business_date()
    if isinstance(change, Withdrawal):
        rules.refuse_change(changes.kind_of(change), change.on, today, late=False, observed=False)
        _refuse_withdrawal(loan, change, rows)
        return
    _refuse_unfit(loan)
    late = any(item.due_on < today for item in open_items(loan, today))
    rules.refuse_change(changes.kind_of(change), change.on, today, late=late, observed=_observed(loan, today))


def _refuse_unfit(loan: Loan) -> None:
    if loan.quarantine:
        raise Conflict("quarantined", "贷款已隔离，请先处理", "the loan is in quarantine; heal it first")
    if loan.state != LoanStatus.ACTIVE:
        raise Conflict("not-active", "贷款不在还款中", "the loan is not active")


def _refuse_withdrawal(loan: Loan, change: Withdrawal, rows: list[LoanEvent]) -> None:
    """Errors: `Conflict` where quarantine and the change do not go together; `Refusal` for an event that cannot go."""
    voids = isinstance(change, Voiding)
    if bool(loan.quarantine) is not voids:
        told = (
            ("该贷款没有被隔离", "the loan is in no quarantine") if voids else ("贷款已隔离，请先处理", "heal it first")
        )
        raise Conflict("not-quarantined" if voids else "quarantined", *told)
    field = "events" if voids else "event"
    by_seq, parked = {row.seq: row for row in rows}, parked_of(loan.pk)
    for seq in changes.events_taken(change):
        of = by_seq.get(seq)
        if of is None:
            raise Refusal("no-such-event", f"没有第 {seq} 笔登记", f"there is no event {seq}", field=field)
        if of.pk in parked or not (voids or of.kind in AGREED):
            raise Refusal("taken-back-alone", "该笔可直接冲销", "this is taken back without approval", field=field)
        refuse_irreversible(of, rows, field=field)
    if not changes.events_taken(change):
        raise Refusal("events-missing", "请选择要作废的事项", "say which events are void", field=field)


def _observed(loan: Loan, today: date) -> bool:
    return loan.restructured_until is not None and loan.restructured_until >= today
