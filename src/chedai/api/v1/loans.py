"""Loans: what is owed and why, on any day; money received and taken back; settlements and changes of the plan."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from chedai.api.loan_schemas import (
    ChangeAskIn,
    ChangeIn,
    ChangeOut,
    Day,
    HealIn,
    LoanOut,
    MoneyIn,
    OpenItemOut,
    PayoffOut,
    PrepaymentIn,
    PreviewOut,
    ReceiptOut,
    ReversalIn,
    RowOut,
    RowPenaltyOut,
    SettlementIn,
    StatementOfLoan,
)
from chedai.api.operations import KEY, caller_of, changing, reading
from chedai.api.pages import Cut, Page, page
from chedai.api.schemas import Number
from chedai.api.v1.contracts import person_of
from chedai.book.loans import selectors
from chedai.book.loans.rules import refusal_of
from chedai.book.loans.services import changing as changes
from chedai.book.loans.services import keeping, receiving
from chedai.book.loans.states import ChangeKind, Channel, LoanStatus
from chedai.engine.errors import EngineError
from chedai.org.permissions import Permission
from chedai.platform import clock
from chedai.platform.errors import Conflict, Refusal

router = Router(tags=["loans"])

READ: Permission = "loan.read"
REPAY: Permission = "loan.repay"
REVERSE: Permission = "loan.reverse"
SETTLE: Permission = "loan.settle"
CHANGE: Permission = "loan.change"
HEAL: Permission = "loan.heal"
_TAKING_BACK: dict[ChangeKind, Permission] = {ChangeKind.REVERSAL: REVERSE, ChangeKind.VOID: HEAL}
"""What takes events back takes the right to as well."""

LoanNumber = Path[Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,40}$")]]


def _held(request: HttpRequest, number: str, permission: Permission) -> Any:
    loan = selectors.loan_of_number(number)
    caller_of(request).require(permission, store_id=loan.store_id, owner_id=loan.officer_id)
    return loan


def _key(request: HttpRequest) -> str:
    """The client's key as the loan keeps it: two callers may use the same one."""
    return f"{caller_of(request).actor.key}:{request.headers[KEY]}"


def _as_replayed(loan: Any) -> None:
    """Errors: `Refusal` for a bank's loan, which has no account here; `Conflict` in quarantine."""
    if loan.book == "bank":
        zh = "资方贷款的还款、计息和结清金额由资方计算，本公司没有账户，请向资方查询"
        en = "the bank works out payments, interest and payoff of its loan; it has no account here, ask the bank"
        raise Refusal("bank-book", zh, en)
    if loan.quarantine:
        raise Conflict("quarantined", "贷款已隔离，请先处理", "the loan is in quarantine; heal it first")


@reading(router, "/loans", READ, response=Page[LoanOut])
def loans(request: HttpRequest, cut: Query[Cut], state: LoanStatus | None = None) -> dict[str, Any]:
    """Loans the caller may see, newest first."""
    found = selectors.loans_seen(caller_of(request).access.records(READ, store="store_id", owner="officer_id"))
    return page(found.filter(state=state) if state else found, cut)


@reading(router, "/loans/{number}", READ, response=LoanOut)
def loan(request: HttpRequest, number: LoanNumber) -> Any:
    """One loan."""
    return _held(request, number, READ)


@reading(router, "/loans/{number}/open-items", READ, response=list[OpenItemOut])
def open_items(request: HttpRequest, number: LoanNumber) -> Any:
    """What has fallen due and is unpaid, oldest first."""
    return selectors.open_items(_held(request, number, READ), clock.business_date())


@reading(router, "/loans/{number}/schedule", READ, response=list[RowOut])
def schedule(request: HttpRequest, number: LoanNumber, on: Day | None = None, known_on: Day | None = None) -> Any:
    """The schedule as it stands on a day, as known now or as known then."""
    found = _held(request, number, READ)
    _as_replayed(found)
    return list(selectors.loan_state(found, on or clock.business_date(), known_on).rows)


@reading(router, "/loans/{number}/statement", READ, response=StatementOfLoan)
def statement(request: HttpRequest, number: LoanNumber, on: Day | None = None, known_on: Day | None = None) -> Any:
    """The account on a day: every event, and where its money went."""
    found = _held(request, number, READ)
    _as_replayed(found)
    day = on or clock.business_date()
    account = selectors.account_of(found, day, known_on)
    due = account.figures.due
    sums = {"owed": account.figures.principal, "credit": account.credit}
    sums["due"] = due.fee + due.penalty + due.interest + due.principal
    return {"number": number, "on": day, "known_on": known_on, **sums, "lines": [_line(x) for x in account.lines]}


def _line(line: selectors.StatementLine) -> dict[str, Any]:
    names = ("seq", "kind", "on", "recorded_on", "amount", "channel", "reference")
    said = {name: getattr(line.event, name) for name in names}
    postings = line.entry.postings if line.entry else ()
    return said | {
        "id": line.event.pk,
        "balance": line.entry.balance if line.entry else None,
        "taken_back": line.taken_back,
        "parked": line.parked,
        "postings": [
            {"n": one.n, "due_on": one.due_date, "component": one.component, "amount": one.amount} for one in postings
        ],
    }


@reading(router, "/loans/{number}/penalties", READ, response=list[RowPenaltyOut])
def penalties(request: HttpRequest, number: LoanNumber, on: Day | None = None) -> Any:
    """How the penalty of each instalment came about, line by line."""
    found = _held(request, number, READ)
    _as_replayed(found)
    return list(selectors.penalties_of(found, on or clock.business_date()))


@reading(router, "/loans/{number}/payoff", READ, response=PayoffOut)
def payoff(request: HttpRequest, number: LoanNumber, on: Day | None = None, good_through: Day | None = None) -> Any:
    """What settling the loan on a day takes, line by line."""
    found = _held(request, number, READ)
    _as_replayed(found)
    day: date = on or clock.business_date()
    if day < clock.business_date():
        raise Refusal("day-outside", "结清日不得早于今天", "a settlement is of today or later", field="on")
    try:
        return selectors.payoff_offer(found, day, good_through)
    except EngineError as error:
        raise refusal_of(error) from error


@changing(router, "/loans/{number}/repayments", REPAY, response=ReceiptOut, status=201)
def repay(request: HttpRequest, number: LoanNumber, given: MoneyIn) -> Any:
    """Book money received, in any amount."""
    found = _held(request, number, REPAY)
    return receiving.loan_repay(loan_id=found.pk, **_money(request, given))


@changing(router, "/loans/{number}/prepayments", SETTLE, response=ReceiptOut, status=201)
def prepay(request: HttpRequest, number: LoanNumber, given: PrepaymentIn) -> Any:
    """Book principal paid before it is due."""
    found = _held(request, number, SETTLE)
    return receiving.loan_prepay(loan_id=found.pk, choice=given.choice, **_money(request, given))


@changing(router, "/loans/{number}/settlement", SETTLE, response=ReceiptOut, status=201)
def settle(request: HttpRequest, number: LoanNumber, given: SettlementIn) -> Any:
    """Settle the loan with exactly what the quote of the day says."""
    found = _held(request, number, SETTLE)
    return receiving.loan_settle_early(loan_id=found.pk, **_money(request, given))


def _money(request: HttpRequest, given: MoneyIn) -> dict[str, Any]:
    said = {"amount": given.amount, "received_on": given.received_on, "reference": given.reference}
    return said | {"actor": person_of(request), "key": _key(request), "channel": Channel.API}


@changing(router, "/loan-events/{event_id}/reversal", REVERSE, response=LoanOut)
def reverse(request: HttpRequest, event_id: Path[Number], given: ReversalIn) -> Any:
    """Take back what was booked; what two people agreed on is asked for as a change of the kind `reversal`."""
    event = selectors.event_read(event_id)
    caller_of(request).require(REVERSE, store_id=event.loan.store_id, owner_id=event.loan.officer_id)
    receiving.receipt_reverse(event_id=event_id, reason=given.reason, actor=person_of(request), key=_key(request))
    return selectors.loan_read(event.loan_id)


@changing(router, "/loans/{number}/heal", HEAL, response=LoanOut)
def heal(request: HttpRequest, number: LoanNumber, given: HealIn) -> Any:
    """Work a loan in quarantine out again, with all that is parked; void events that make no plan first."""
    found = _held(request, number, HEAL)
    keeping.loan_heal(loan_id=found.pk, reason=given.reason, actor=person_of(request))
    return selectors.loan_read(found.pk)


def _changed(request: HttpRequest, number: str, given: ChangeIn) -> Any:
    found = _held(request, number, CHANGE)
    return _held(request, number, _TAKING_BACK[given.kind]) if given.kind in _TAKING_BACK else found


@changing(router, "/loans/{number}/changes/preview", CHANGE, response=PreviewOut)
def preview(request: HttpRequest, number: LoanNumber, given: ChangeIn) -> Any:
    """Try a change of the plan out; nothing is kept."""
    found = _changed(request, number, given)
    return changes.loan_change_preview(loan_id=found.pk, change=given.change())


@changing(router, "/loans/{number}/changes", CHANGE, response=ChangeOut, status=201)
def ask(request: HttpRequest, number: LoanNumber, given: ChangeAskIn) -> Any:
    """Ask for a change that was previewed; another person approves it."""
    found = _changed(request, number, given)
    return changes.loan_change_ask(
        loan_id=found.pk,
        change=given.change(),
        digest=given.digest,
        reason=given.reason,
        actor=person_of(request),
    )


@reading(router, "/loans/{number}/changes", READ, response=list[ChangeOut])
def asked(request: HttpRequest, number: LoanNumber) -> Any:
    """The changes ever asked for, newest first."""
    return selectors.changes_of(_held(request, number, READ).pk)
