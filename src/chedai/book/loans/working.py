"""Everything that follows from a loan's events, worked out at once: the one way by which anything of it is written.

`loan_rebuild` replays the loan twice: as the ledger has it, and as it is. It writes open items, lateness, plan and the
loan's own figures, posts the difference to the ledger, and brings what will accrue into step. So a reversal, a
back-dated receipt or a new plan needs no rule of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import msgspec

from chedai.book.ledger import chart
from chedai.book.ledger.chart import Code
from chedai.book.ledger.journal import journal_post
from chedai.book.ledger.kinds import EntryKind
from chedai.book.ledger.rules import NOTHING, Balances, explained, postings
from chedai.book.loans.cohorts import cohorts_add, cohorts_of
from chedai.book.loans.events import BucketChanged, LoanBecameOverdue, LoanCured, LoanSettled
from chedai.book.loans.history import events_of
from chedai.book.loans.lateness import NOT_LATE, buckets_on
from chedai.book.loans.models import BucketMove, Delinquency, Loan, LoanEvent, OpenItem, Plan
from chedai.book.loans.plans import PlanRows, anchor_day, pack, rows_planned, unpack
from chedai.book.loans.rules import Lateness, balances_of, is_settled, lateness_of, move, written_off
from chedai.book.loans.selectors import worked_out
from chedai.book.loans.states import RECEIPTS, BookKind, EventKind, LoanStatus
from chedai.engine.errors import EngineError
from chedai.engine.life import Entry, Figures, LoanState
from chedai.engine.money import yuan_grouped
from chedai.platform.actors import Actor
from chedai.platform.errors import Conflict
from chedai.platform.work import emit

_ITEM = ("due_on", "principal", "interest", "fee", "late_principal", "late_interest", "penalty_levied", "penalty_paid")


@dataclass(frozen=True, slots=True)
class Moved:
    """The money of a rebuild: fen that came in (negative: went out), on which account, and what the entry is about.

    `voided` are the events it takes back because they leave the loan without a plan: of these the ledger may never have
    heard, and then no money goes back either.
    """

    kind: EntryKind
    cash: int = 0
    account: Code = chart.BANK
    voided: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A loan as it was worked out: the replay, its figures, and what the ledger holds of it now."""

    state: LoanState
    figures: Figures
    balances: Balances

    def entry(self, row: LoanEvent) -> Entry | None:
        """Where the money of an event went."""
        return next((one for one in self.state.entries if one.event.id == str(row.seq)), None)


def loan_rebuild(
    loan: Loan,
    *,
    booked: Sequence[LoanEvent],
    rows: Sequence[LoanEvent],
    day: date,
    moved: Moved,
    actor: Actor,
    suspend: bool = False,
    heals: bool = False,
) -> Rebuilt:
    """Work a locked loan out on `day` and write all that follows. `booked` are the events the ledger has, `rows` all.

    Nothing is written where the events make no plan. With `suspend` its interest counts off the balance sheet from
    `day`; a loan that owes nothing late any more comes back by itself. With `heals` it leaves quarantine.
    Errors: `EngineError`; `ledger.rules.Unbalanced` where the balances do not explain the money; `Conflict` where a
    settlement that stands would take another amount.
    """
    items = list(OpenItem.objects.filter(loan=loan))
    before, cash = _booked(loan, booked, items, moved)
    state, figures = worked_out(loan, events_of(rows), day)
    refuse_moved_payoff(rows, state)
    refuse_refunded(rows, figures)
    was_counted, plan, late = _counts(loan), _plan_in_force(loan), lateness_of(figures)
    if suspend or (loan.suspended_since is not None and late is None):
        loan.suspended_since = day if suspend else None
    loan.quarantine = "" if heals else loan.quarantine
    after = balances_at(loan, rows, figures)
    if moved.voided:
        before = explained(before, after, cash)
    transfers = postings(before, after, cash, account=moved.account) if loan.book == BookKind.OWN else ()
    settled = _settle(loan, rows, state, figures)
    _write_lateness(loan, late, figures)
    _write_items(loan, figures, items)
    fresh = _write_plan(loan, state, figures, plan, day)
    _write_loan(loan, state, figures, fresh or plan, credit_of(rows, figures))
    _accrue(loan, was_counted, plan, fresh)
    if transfers:
        journal_post(day=day, kind=moved.kind, subject=f"loan:{loan.pk}", transfers=transfers, actor=actor)
    if settled:
        emit(LoanSettled(loan.pk))
    return Rebuilt(state, figures, after)


def refuse_moved_payoff(rows: Sequence[LoanEvent], state: LoanState) -> None:
    """Errors: `Conflict` where a settlement that stands would take another amount than came in."""
    asked = {one.event.id: one.amount for one in state.entries}
    for row in rows:
        now = asked.get(str(row.seq))
        if row.kind == EventKind.PAYOFF and now is not None and now != row.amount:
            told = yuan_grouped(row.amount)
            zh = f"提前结清时已收 {told} 元，请先冲销该笔结清"
            raise Conflict(
                "payoff-stands", zh, f"the loan was settled with {told} yuan; take the settlement back first"
            )


def write_off_of(rows: Sequence[LoanEvent]) -> LoanEvent | None:
    """The write-off that stands."""
    gone = {row.of_id for row in rows if row.of_id is not None}
    return next((row for row in rows if row.kind == EventKind.WRITE_OFF and row.pk not in gone), None)


def refunded_of(rows: Iterable[LoanEvent]) -> int:
    """What of the customer's credit was paid back, and stands (fen)."""
    held = list(rows)
    gone = {row.of_id for row in held if row.of_id is not None}
    return sum(row.amount for row in held if row.kind == EventKind.REFUND and row.pk not in gone)


def credit_of(rows: Iterable[LoanEvent], figures: Figures) -> int:
    """What is held for the customer: what the replay held, less what was paid back."""
    return figures.held - refunded_of(rows)


def refuse_refunded(rows: Iterable[LoanEvent], figures: Figures) -> None:
    """Errors: `Conflict` where money that was paid back would be needed after all."""
    if credit_of(rows, figures) < 0:
        zh, en = "溢缴款已退还客户，请先冲销退款", "the credit was paid back; take the refund back first"
        raise Conflict("credit-refunded", zh, en)


def balances_at(loan: Loan, rows: Sequence[LoanEvent], figures: Figures) -> Balances:
    """What the ledger must hold: of a loan written off, what stood then, and what was recovered since."""
    off = write_off_of(rows)
    if off is None:
        stands = balances_of(figures, suspended=loan.suspended_since is not None)
        return replace(stands, credit=credit_of(rows, figures))
    gone = {row.of_id for row in rows if row.of_id is not None}
    later = [row for row in rows if row.kind in RECEIPTS and row.seq > off.seq and row.pk not in gone]
    stood = msgspec.json.decode(bytes(off.body), type=Balances)
    return replace(stood, recovered=sum(row.amount for row in later))


def write_off_body(loan: Loan, figures: Figures) -> bytes:
    """What a write-off leaves on the books, kept with its event."""
    return msgspec.json.encode(written_off(balances_of(figures, suspended=loan.suspended_since is not None)))


def _booked(loan: Loan, booked: Sequence[LoanEvent], items: Sequence[OpenItem], moved: Moved) -> tuple[Balances, int]:
    """What the ledger holds, and the money that moves: what fell due up to the last billing is booked, nothing later.

    Where the events make no plan and some are voided, what the others tell, as far as it stands otherwise in the books.
    """
    if not booked:
        return NOTHING, moved.cash
    day = max([loan.worked_on or loan.disbursed_on, *(item.due_on for item in items)])
    try:
        return balances_at(loan, booked, worked_out(loan, events_of(booked), day)[1]), moved.cash
    except EngineError:
        rest = [row for row in booked if row.pk not in moved.voided]
        if len(rest) == len(booked):
            raise
    figures = worked_out(loan, events_of(rest), day)[1]
    told = balances_at(loan, rest, figures)
    heard = _stored(loan, items) != (*_parts(figures, rest), sum(row.penalty_paid for row in figures.open))
    return (told if write_off_of(rest) else _as_stored(told, loan, items)), moved.cash if heard else 0


def _parts(figures: Figures, rows: Sequence[LoanEvent]) -> tuple[int, int, int, int]:
    return figures.principal, credit_of(rows, figures), figures.due.interest, figures.due.fee


def _stored(loan: Loan, items: Sequence[OpenItem]) -> tuple[int, ...]:
    """Principal, credit, interest and fees due, penalty paid of what is open, as it was last written."""
    sums = (sum(getattr(item, name) for item in items) for name in ("interest", "fee", "penalty_paid"))
    return loan.owed, loan.credit, *sums


def _as_stored(told: Balances, loan: Loan, items: Sequence[OpenItem]) -> Balances:
    owed, credit, interest, fee, _ = _stored(loan, items)
    return replace(told, principal=owed, credit=credit, interest_due=interest, fee_due=fee)


def _counts(loan: Loan) -> bool:
    """Whether the interest of a loan accrues on the balance sheet."""
    active = loan.state == LoanStatus.ACTIVE and loan.plan_version > 0
    return loan.book == BookKind.OWN and active and loan.suspended_since is None and not loan.quarantine


def _settle(loan: Loan, rows: Sequence[LoanEvent], state: LoanState, figures: Figures) -> bool:
    """Move the loan between living, written off and settled; whether it is settled by this.

    Who hears of it reads what is saved.
    """
    off = write_off_of(rows)
    if off is not None and loan.written_off_on is None:
        loan.state, loan.written_off_on = move(LoanStatus(loan.state), "write_off"), off.on
    elif off is None and loan.written_off_on is not None:
        loan.state, loan.written_off_on = LoanStatus.ACTIVE, None
    now = LoanStatus(loan.state)
    if is_settled(state, figures):
        if now is not LoanStatus.SETTLED:
            loan.state, loan.settled_on = move(now, "settle"), figures.ended_on or figures.as_of
            return True
    elif now is LoanStatus.SETTLED:
        reopened = LoanStatus.WRITTEN_OFF if loan.written_off_on else move(now, "reopen")
        loan.state, loan.settled_on = reopened, None
    return False


def _plan_in_force(loan: Loan) -> PlanRows | None:
    packed = Plan.objects.filter(loan=loan, version=loan.plan_version).values_list("packed", flat=True)
    return next((unpack(bytes(one)) for one in packed), None)


def _write_plan(loan: Loan, state: LoanState, figures: Figures, held: PlanRows | None, day: date) -> PlanRows | None:
    """A new version where what is still to come differs from the plan in force; None where it does not."""
    if held is not None and (figures.ended_on is not None or _same_ahead(held, rows_planned(state.rows), day)):
        return None
    fresh = rows_planned(state.rows)
    loan.plan_version = loan.plan_version + 1 if held is not None else 1
    ahead = fresh.due[fresh.due > day.toordinal()]
    due_day = anchor_day(ahead) if ahead.size else 0
    Plan.objects.create(loan=loan, version=loan.plan_version, due_day=due_day, from_day=day, packed=pack(fresh))
    return fresh


def _same_ahead(held: PlanRows, made: PlanRows, day: date) -> bool:
    """Whether two plans have the same numbers of rows, and agree on what falls due after a day."""
    if held.due.size != made.due.size or (held.due != made.due).any():
        return False
    ahead = held.due > day.toordinal()
    pairs = zip(held[1:], made[1:], strict=True)
    return all((old[ahead] == new[ahead]).all() for old, new in pairs)


def _write_loan(loan: Loan, state: LoanState, figures: Figures, plan: PlanRows | None, credit: int) -> None:
    """Write the loan's own figures. A penalty that falls due later is in no plan: the close looks at it every day."""
    day = figures.as_of
    if plan is not None:
        ahead = plan.due[plan.due > day.toordinal()]
        levied = any(row.penalties and row.due_date > day for row in state.rows)
        loan.due_day = 0 if levied else anchor_day(ahead) if ahead.size else loan.due_day
    loan.owed, loan.credit, loan.worked_on = figures.principal, credit, day
    loan.save()


def _accrue(loan: Loan, counted: bool, old: PlanRows | None, fresh: PlanRows | None) -> None:
    """Take out what no longer accrues, put in what accrues from now on."""
    counts = _counts(loan)
    if counted == counts and fresh is None:
        return
    if counted and old is not None:
        cohorts_add([cohorts_of(old, loan.disbursed_on)], -1)
    now = fresh or old
    if counts and now is not None:
        cohorts_add([cohorts_of(now, loan.disbursed_on)])


def _write_items(loan: Loan, figures: Figures, held: Sequence[OpenItem]) -> None:
    """Bring the open items into step; only what changed is written."""
    before = {item.n: item for item in held}
    wanted = {row.n: row for row in figures.open}
    fresh, changed = [], []
    for n, row in wanted.items():
        values = {name: getattr(row, name) for name in _ITEM}
        item = before.get(n)
        if item is None:
            fresh.append(OpenItem(loan=loan, n=n, **values))
        elif any(getattr(item, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(item, name, value)
            changed.append(item)
    gone = [item.pk for n, item in before.items() if n not in wanted]
    if gone:
        OpenItem.objects.filter(pk__in=gone).delete()
    if changed:
        OpenItem.objects.bulk_update(changed, _ITEM)
    if fresh:
        OpenItem.objects.bulk_create(fresh)


def _write_lateness(loan: Loan, late: Lateness | None, figures: Figures) -> None:
    """Bring the loan's lateness into step, and tell of it."""
    held: Delinquency | None = getattr(loan, "delinquency", None)
    day, was = figures.as_of, held.bucket if held else NOT_LATE
    if late is None:
        if held is not None:
            held.delete()
            _moved(loan, was, NOT_LATE, 0, 0, figures)
            emit(LoanCured(loan.pk))
        return
    buckets, days = buckets_on(day), (day - late.since).days
    bucket = buckets.of(days)
    row = Delinquency(
        loan=loan,
        since=late.since,
        bucket=bucket,
        missed=late.missed,
        overdue=late.overdue,
        balance=figures.principal,
        stands_from=day + timedelta(1),
    )
    row.save(force_insert=held is None)
    if bucket != was:
        _moved(loan, was, bucket, late.overdue, late.missed, figures)
        emit(LoanBecameOverdue(loan.pk, day) if was == NOT_LATE else BucketChanged(loan.pk, was, bucket, day))


def _moved(loan: Loan, was: str, now: str, overdue: int, missed: int, figures: Figures) -> None:
    BucketMove.objects.create(
        loan=loan, day=figures.as_of, was=was, now=now, overdue=overdue, balance=figures.principal, missed=missed
    )
