"""Direct debit (代扣): what falls due and what is overdue of a store's loans with a mandate, one batch a day.

A batch is made, looked at, and sent: from then on its file can be taken to the bank. The bank's answer comes back as a
file (`debit_returns`); what failed is asked for again by the next batch, as long as the mandate stands.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db.models import Count, Q, QuerySet, Sum

from chedai.book.loans.bulk.models import DebitBatch, DebitLine, DebitMandate
from chedai.book.loans.bulk.states import DebitState, LineState
from chedai.book.loans.close.slices import due_days
from chedai.book.loans.selectors import loan_state
from chedai.book.loans.states import BookKind, LoanStatus
from chedai.engine.errors import EngineError
from chedai.org.models import Store
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.audit.entries import Scalar
from chedai.platform.days.selectors import closed_through
from chedai.platform.errors import Conflict, NotFound, Refusal
from chedai.platform.work import record, service

_AHEAD: Final = 5
"""Days a batch may be made ahead: a bank takes files of the coming days."""
_MONTH: Final = 28


@service
def debit_make(*, day: date, store_id: int, actor: Actor) -> DebitBatch:
    """Make the batch of a store for a day: each loan with a mandate, with all it owes on that day, to the fen.

    Left out: loans in quarantine or whose events make no plan, and those whose last debit the bank has not answered.
    Errors: `Refusal` for a day that does not fit, or where nothing is due; `Conflict` for a second batch of the day.
    """
    store = Store.objects.select_for_update(no_key=True).get(pk=store_id)
    today = clock.business_date()
    if not today <= day <= today + timedelta(_AHEAD):
        zh, en = f"扣款日为今天起 {_AHEAD} 天以内", f"the day lies within {_AHEAD} days from today"
        raise Refusal("day-outside", zh, en, field="day")
    if DebitBatch.objects.filter(day=day, store=store).exists():
        raise Conflict("debit-made", f"{day} 已有代扣批次", f"there is a batch for {day}")
    wanted = [(mandate, owed) for mandate in _mandates(day, store_id) if (owed := _owed(mandate, day)) > 0]
    if not wanted:
        raise Refusal("debit-nothing", "没有到期或逾期的代扣", "nothing is due from a mandate", field="day")
    batch = DebitBatch.objects.create(
        number=f"DK{day:%Y%m%d}-{store.code}",
        day=day,
        store=store,
        count=len(wanted),
        total=sum(owed for _, owed in wanted),
        made_by_id=actor.ref if actor.kind is ActorKind.PERSON else None,
        made_at=clock.now(),
    )
    lines = enumerate(wanted, start=1)
    DebitLine.objects.bulk_create(
        [DebitLine(batch=batch, n=n, loan_id=m.loan_id, mandate=m, amount=owed) for n, (m, owed) in lines]
    )
    _record(batch, "debit.made", actor)
    return batch


@service
def debit_send(*, batch_id: int, actor: Actor) -> DebitBatch:
    """Say that the batch goes to the bank: its file can be taken, its lines wait for an answer. Errors: `Conflict`."""
    batch = debit_lock(batch_id, DebitState.MADE)
    batch.state, batch.sent_at = DebitState.SENT, clock.now()
    batch.save(update_fields=["state", "sent_at"])
    _record(batch, "debit.sent", actor)
    return batch


@service
def debit_drop(*, batch_id: int, reason: str, actor: Actor) -> None:
    """Throw away a batch that has not been sent, so that it can be made anew. Errors: `Refusal`, `Conflict`."""
    if not reason.strip():
        raise Refusal("reason-missing", "请写明作废原因", "say why it is dropped", field="reason")
    batch = debit_lock(batch_id, DebitState.MADE)
    _record(batch, "debit.dropped", actor, reason.strip())
    batch.lines.all().delete()
    batch.delete()


def debit_lock(batch_id: int, *states: DebitState) -> DebitBatch:
    """A batch, locked. Errors: `NotFound`; `Conflict` where it is in none of the states."""
    batch = DebitBatch.objects.select_for_update(no_key=True).filter(pk=batch_id).first()
    if batch is None:
        raise NotFound("no-such-debit", "没有这个代扣批次", "there is no such batch")
    if states and batch.state not in states:
        raise Conflict("debit-state", "批次当前状态不能办理", "the state of the batch does not allow this")
    return batch


def debit_of_number(number: str) -> DebitBatch:
    """A batch by its number. Errors: `NotFound`."""
    found = DebitBatch.objects.filter(number=number).select_related("store", "made_by").first()
    if found is None:
        raise NotFound("no-such-debit", "没有这个代扣批次", "there is no such batch")
    return found


def debits_seen(records: Q) -> QuerySet[DebitBatch]:
    """The batches of the stores `records` (of `store_id`) leaves to see, with how many lines were paid and failed."""
    paid, failed = Q(lines__state=LineState.PAID), Q(lines__state=LineState.FAILED)
    found = DebitBatch.objects.filter(records).select_related("store")
    return found.annotate(
        paid=Count("lines", filter=paid),
        failed=Count("lines", filter=failed),
        paid_total=Sum("lines__amount", filter=paid, default=0),
    )


def in_state(state: str) -> Q:
    """The batches of a state."""
    return Q(state=state)


def numbered(typed: str) -> Q:
    """The batches whose number begins so."""
    return Q(number__startswith=typed.strip().upper())


def debit_sums(batch: DebitBatch) -> dict[LineState, tuple[int, int]]:
    """How many lines and how many fen are in each state: together they are the batch."""
    rows = batch.lines.values("state").annotate(many=Count("pk"), sum=Sum("amount")).order_by()
    found = {row["state"]: (row["many"], row["sum"]) for row in rows}
    return {state: found.get(state, (0, 0)) for state in LineState}


def lines_of(batch: DebitBatch) -> QuerySet[DebitLine]:
    """The lines of a batch in the order of its file."""
    return batch.lines.select_related("loan__customer", "mandate").order_by("n")


def debits_of_loan(loan_id: int) -> list[DebitLine]:
    """Every debit asked for a loan, newest first."""
    return list(DebitLine.objects.filter(loan_id=loan_id).select_related("batch").order_by("-pk"))


def _mandates(day: date, store_id: int) -> QuerySet[DebitMandate]:
    """The mandates of loans that may owe something on a day."""
    loans = Q(loan__store_id=store_id, loan__book=BookKind.OWN, loan__state=LoanStatus.ACTIVE, loan__quarantine="")
    found = DebitMandate.objects.filter(loans, ended_on=None, agreed_on__lte=day)
    if (ahead := _days_unbilled(day)) is not None:
        found = found.filter(Q(loan__open_items__isnull=False) | Q(loan__due_day__in=ahead))
    waiting = DebitLine.objects.filter(state=LineState.WAITING).values("loan_id")
    return found.exclude(loan_id__in=waiting).select_related("loan__form").order_by("loan__number").distinct()


def _days_unbilled(day: date) -> set[int] | None:
    """Days of the month up to `day` that no close has billed yet, its own among them; None where that may be any."""
    closed = closed_through()
    if closed is None or (day - closed).days >= _MONTH:
        return None
    return {one for back in range((day - closed).days + 1) for one in due_days(day - timedelta(back))}


def _owed(mandate: DebitMandate, day: date) -> int:
    """All that is due and unpaid on a day, penalties to that day included; nothing where no plan can be made."""
    try:
        state = loan_state(mandate.loan, day)
    except EngineError:
        return 0
    return sum(row.outstanding for row in state.rows if row.due_date <= day)


def _record(batch: DebitBatch, action: str, actor: Actor, reason: str = "") -> None:
    facts: dict[str, Scalar] = {"batch": batch.number, "lines": batch.count, "total": batch.total}
    record(actor=actor, action=action, subject=f"debit:{batch.pk}", facts=facts, reason=reason)
