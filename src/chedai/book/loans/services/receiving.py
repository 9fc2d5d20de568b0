"""Money comes in: a repayment of any amount, a prepayment, the settlement; and what was booked by mistake goes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chedai.book.ledger import chart
from chedai.book.ledger.journal import journal_post
from chedai.book.ledger.kinds import EntryKind
from chedai.book.ledger.rules import Transfer
from chedai.book.loans import rules
from chedai.book.loans.events import LoanRepaid
from chedai.book.loans.history import events_of
from chedai.book.loans.models import Loan, LoanEvent, ParkedMoney
from chedai.book.loans.noting import event_note, loan_record
from chedai.book.loans.prepaying import prepayment_fee
from chedai.book.loans.selectors import (
    account_of,
    event_read,
    fees_falling_away,
    loan_lock,
    loan_read,
    parked_of,
    quote_met,
    rows_of,
)
from chedai.book.loans.services.keeping import money_park, quarantine, rebuilt
from chedai.book.loans.services.taking_back import (
    GOES_WITH,
    event_undo,
    event_undone,
    money_undone,
    refuse_irreversible,
)
from chedai.book.loans.states import AGREED, Channel, EventKind, LoanStatus
from chedai.book.loans.working import Moved
from chedai.engine.errors import EngineError
from chedai.engine.life import Entry
from chedai.engine.life.events import (
    Charge,
    ChargeKind,
    Payoff,
    Prepayment,
    PrepaymentChoice,
    Repayment,
    Reversal,
)
from chedai.engine.settlement import LineKind
from chedai.engine.waterfall import Component
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.work import emit, service


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """What of the money went to a component of instalment `n`; neither for money held as a credit."""

    n: int | None
    due_on: date | None
    component: Component | None
    amount: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as the customer gets it. `parked`: the loan is being looked at, the money is safe, not yet applied."""

    event_id: int
    loan_id: int
    number: str
    amount: int
    received_on: date
    lines: tuple[ReceiptLine, ...]
    owed: int
    credit: int
    parked: bool = False


@service
@clock.one_reading()
def loan_repay(
    *,
    loan_id: int,
    amount: int,
    received_on: date,
    actor: Actor,
    key: str,
    channel: Channel = Channel.COUNTER,
    reference: str = "",
    park: bool = False,
) -> Receipt:
    """Book money received on a day, in any amount. The same `key` is the same receipt, however often it is sent.

    What is due is paid in the order of the contract, the rest is held and pays what falls due next. Money for a loan in
    quarantine is parked; with `park` (bank files, debits) so is money that the loan cannot take, and the loan goes into
    quarantine. Errors: `Refusal` at its field; `Conflict` for a bank's loan, or a key that was used for something else.
    """
    loan = loan_lock(loan_id)
    said = _said_before(loan, key, EventKind.REPAYMENT, amount)
    if said is not None:
        return receipt_of(said)
    rules.refuse_of_bank(loan.book)
    rules.refuse_amount(amount)
    rules.refuse_day(received_on, loan.disbursed_on, clock.business_date(), field="received_on")
    held = rows_of(loan_id)
    event = Repayment(on=received_on, amount=amount)
    row = event_note(loan, event, actor=actor, channel=channel, reference=reference, key=key)
    if loan.quarantine:
        return _parked(loan, row, actor)
    kind = EntryKind.RECOVERY if loan.state == LoanStatus.WRITTEN_OFF else EntryKind.REPAYMENT
    try:
        made = rebuilt(loan, [row], held, moved=Moved(kind, amount), actor=actor)
    except Refusal as refused:
        if not park:
            raise
        loan = loan_lock(loan_id)
        loan.last_seq = row.seq
        quarantine(loan, f"{refused.zh}|{refused.en}", actor)
        return _parked(loan, row, actor)
    return _booked(loan, row, made.entry(row), actor)


@service
def loan_prepay(
    *,
    loan_id: int,
    amount: int,
    received_on: date,
    choice: PrepaymentChoice,
    actor: Actor,
    key: str,
    channel: Channel = Channel.COUNTER,
    reference: str = "",
    chosen: bool = True,
) -> Receipt:
    """Principal paid before it is due: the customer chooses a shorter term or a lower instalment.

    What has fallen due comes first; the contract's fee for leaving early is asked on the rest, due with the next
    instalment. Money that nobody chose to pay ahead (`chosen` false: a car that was sold) bears no fee, knows no
    lock-up and may be all that is owed. Errors: as `loan_repay`; `Refusal` for all that is owed: that is a settlement;
    inside the lock-up.
    """
    loan = loan_lock(loan_id)
    said = _said_before(loan, key, EventKind.PREPAYMENT, amount)
    if said is not None:
        return receipt_of(said)
    rules.refuse_of_bank(loan.book)
    rules.refuse_amount(amount)
    rules.refuse_day(received_on, loan.disbursed_on, clock.business_date(), field="received_on")
    _refuse_unfit(loan)
    if chosen and amount >= loan.owed:
        zh, en = "还清全部本金请办理提前结清", "to repay everything, settle the loan"
        raise Refusal("is-a-settlement", zh, en, field="amount")
    held = rows_of(loan_id)
    fees = prepayment_fee(loan, events_of(held), amount, received_on, clock.business_date()) if chosen else []
    with_it = f"{GOES_WITH}{loan.last_seq}"
    fresh = [event_note(loan, fee, actor=actor, channel=channel, reference=with_it) for fee in fees]
    event = Prepayment(on=received_on, amount=amount, choice=choice)
    row = event_note(loan, event, actor=actor, channel=channel, reference=reference, key=key)
    made = rebuilt(loan, [*fresh, row], held, moved=Moved(EntryKind.PREPAYMENT, amount), actor=actor)
    return _booked(loan, row, made.entry(row), actor)


@service
def loan_settle_early(
    *,
    loan_id: int,
    amount: int,
    received_on: date,
    actor: Actor,
    key: str,
    channel: Channel = Channel.COUNTER,
    reference: str = "",
) -> Receipt:
    """Settle a loan with exactly what the quote of the day says; the fee of the contract is charged with it.

    The sum of an earlier day whose quote is still good settles as of that day. Where more is held than is owed it takes
    nothing, and what is left stays held for the customer. Errors: as `loan_repay`; `Refusal` for another amount than
    the quote, and inside the lock-up.
    """
    loan = loan_lock(loan_id)
    said = _said_before(loan, key, EventKind.PAYOFF, amount)
    if said is not None:
        return receipt_of(said)
    rules.refuse_of_bank(loan.book)
    rules.refuse_day(received_on, loan.disbursed_on, clock.business_date(), field="received_on")
    _refuse_unfit(loan)
    try:
        quote = quote_met(loan, amount, received_on)
    except EngineError as error:
        raise rules.refusal_of(error) from error
    rules.refuse_other_amount(amount, quote.payable)
    held = rows_of(loan_id)
    fee = sum(line.amount for line in quote.lines if line.kind is LineKind.SETTLEMENT_FEE)
    with_it = f"{GOES_WITH}{loan.last_seq}"
    fresh = _stop_fees(loan, held, quote.value_on, actor, with_it)
    if fee:
        levied = Charge(on=quote.value_on, kind=ChargeKind.FEE, amount=fee)
        fresh.append(event_note(loan, levied, actor=actor, channel=channel, reference=with_it))
    row = event_note(
        loan, Payoff(on=quote.value_on), actor=actor, amount=amount, channel=channel, reference=reference, key=key
    )
    made = rebuilt(loan, [*fresh, row], held, moved=Moved(EntryKind.PAYOFF, amount), actor=actor)
    return _booked(loan, row, made.entry(row), actor)


def _stop_fees(loan: Loan, held: list[LoanEvent], on: date, actor: Actor, with_it: str) -> list[LoanEvent]:
    """Take the fees of later instalments back."""
    by_seq = {str(row.seq): row for row in held}
    charges = fees_falling_away(loan, events_of(held), on)
    return [
        event_note(loan, Reversal(on=on, of=one.id), actor=actor, of=by_seq[one.id], reference=with_it)
        for one in charges
    ]


@service
def receipt_reverse(*, event_id: int, reason: str, actor: Actor, key: str = "") -> LoanEvent:
    """Take back what was booked: it never happened. The money of a receipt goes back.

    With a settlement or a prepayment goes its fee. Errors: `Conflict` where it was taken back already, moves a
    settlement that stands, or came before a write-off, for what two people agreed on (`loan_change_ask` takes it back),
    and for a key that was used for something else.
    """
    of = event_read(event_id)
    loan = loan_lock(of.loan_id)
    rows = rows_of(loan.pk)
    said = LoanEvent.objects.filter(key=key).first() if key else None
    if said is not None:
        if said.of_id != of.pk:
            raise Conflict("key-used", "该幂等键已用于另一笔登记", "this key was used for something else", field="key")
        return said
    if not reason.strip():
        raise Refusal("reason-missing", "冲销须写明原因", "say why it is taken back", field="reason")
    if of.kind in AGREED:
        zh, en = "该事项经两人批准，请申请冲销，由另一人审批", "two people agreed on this; ask for its reversal"
        raise Conflict("agreed-by-two", zh, en, field="event")
    refuse_irreversible(of, rows)
    parked = parked_of(loan.pk)
    fresh = event_undo(loan, of, rows, actor=actor, key=key)
    cash = money_undone(of)
    if of.pk in parked:
        _unpark(loan, parked[of.pk], actor)
    elif loan.quarantine:
        raise Conflict("quarantined", "贷款已隔离，请先处理", "the loan is in quarantine; heal it first")
    else:
        rebuilt(loan, fresh, rows, moved=Moved(EntryKind.REVERSAL, cash), actor=actor)
    event_undone(loan, of, actor, reason.strip())
    return fresh[0]


def _unpark(loan: Loan, money: ParkedMoney, actor: Actor) -> None:
    """Parked money goes back to where it came from."""
    today = clock.business_date()
    money.applied_on = today
    money.save(update_fields=["applied_on"])
    loan.save(update_fields=["last_seq"])
    transfers = [Transfer(chart.UNALLOCATED, chart.BANK, money.amount)]
    journal_post(day=today, kind=EntryKind.REVERSAL, subject=f"loan:{loan.pk}", transfers=transfers, actor=actor)


def receipt_of(row: LoanEvent) -> Receipt:
    """The receipt of an event as it was given: by what was known when it was booked."""
    loan = loan_read(row.loan_id)
    if ParkedMoney.objects.filter(event=row).exists():
        return _receipt(loan, row, None, parked=True)
    account = account_of(loan, row.recorded_on, row.recorded_on, until=row.seq)
    entry = next((line.entry for line in account.lines if line.event.pk == row.pk), None)
    return _receipt(loan, row, entry, owed=account.figures.principal, credit=account.credit)


def _said_before(loan: Loan, key: str, kind: EventKind, amount: int) -> LoanEvent | None:
    """The event of this key. Errors: `Refusal` for none; `Conflict` where the key said something else."""
    if not key.strip() or len(key) > 120:
        raise Refusal("key-missing", "缺少幂等键", "an idempotency key is missing", field="key")
    row = next(iter(LoanEvent.objects.filter(key=key)), None)
    if row is not None and (row.loan_id != loan.pk or row.kind != kind or row.amount != amount):
        zh, en = "该幂等键已用于另一笔登记", "this key was used for something else"
        raise Conflict("key-used", zh, en, field="key")
    return row


def _refuse_unfit(loan: Loan) -> None:
    """Errors: `Conflict` where the loan is not alive and in order."""
    if loan.quarantine:
        raise Conflict("quarantined", "贷款已隔离，请先处理", "the loan is in quarantine; heal it first")
    if loan.state != LoanStatus.ACTIVE:
        raise Conflict("not-active", "贷款不在还款中", "the loan is not active")


def _parked(loan: Loan, row: LoanEvent, actor: Actor) -> Receipt:
    money_park(loan, row, actor)
    loan_record(loan, "loan.parked", {"event": row.seq, "amount": row.amount}, actor)
    return _receipt(loan, row, None, parked=True)


def _booked(loan: Loan, row: LoanEvent, entry: Entry | None, actor: Actor) -> Receipt:
    facts: dict[str, Scalar] = {"event": row.seq, "kind": row.kind, "amount": row.amount}
    facts |= {"on": row.on.isoformat(), "channel": row.channel}
    loan_record(loan, "loan.repaid", facts, actor)
    emit(LoanRepaid(loan.pk, row.pk))
    return _receipt(loan, row, entry)


def _receipt(
    loan: Loan,
    row: LoanEvent,
    entry: Entry | None,
    *,
    parked: bool = False,
    owed: int | None = None,
    credit: int | None = None,
) -> Receipt:
    postings = entry.postings if entry else ()
    return Receipt(
        event_id=row.pk,
        loan_id=loan.pk,
        number=f"{loan.number}-{row.seq:04}",
        amount=row.amount,
        received_on=row.on,
        lines=tuple(ReceiptLine(one.n, one.due_date, one.component, one.amount) for one in postings),
        owed=loan.owed if owed is None else owed,
        credit=loan.credit if credit is None else credit,
        parked=parked,
    )
