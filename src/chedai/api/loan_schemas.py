"""What the API says and hears of loans. Amounts in fen, rates in 1e-8 a year."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from chedai.api.schemas import Masked
from chedai.book.loans.changes import (
    Change,
    DueDateChange,
    Extending,
    RateChanging,
    Reamortising,
    Restructuring,
    Reversing,
    Voiding,
    Waiving,
    WritingOff,
)
from chedai.book.loans.states import BookKind, ChangeKind, ChangeState, Channel, EventKind, LoanStatus
from chedai.engine.life.events import Disposition, PrepaymentChoice
from chedai.engine.settlement import LineKind
from chedai.engine.waterfall import Component
from chedai.platform import clock
from chedai.platform.errors import Refusal

Amount = Annotated[int, Field(gt=0, lt=10**15)]
Rate = Annotated[int, Field(ge=0, lt=10**9)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
Periods = Annotated[int, Field(ge=1, le=360)]
Reason = Annotated[str, Field(min_length=1, max_length=200)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class LoanOut(Schema):
    """A loan. `owed` is principal not repaid, `credit` money held for the customer."""

    id: int
    number: str
    deal: Annotated[str | None, Field(validation_alias="deal.number")] = None
    book: BookKind
    state: LoanStatus
    customer: Annotated[Masked, Field(validation_alias="customer.name")]
    lender_code: str
    product_code: str
    principal: int
    annual_rate: int
    periods: int
    disbursed_on: date
    first_due: date
    due_day: int
    owed: int
    credit: int
    restructured_until: date | None
    suspended_since: date | None
    settled_on: date | None
    quarantine: str


class RowOut(Schema):
    """One instalment as it stands; `carried` is the part of its interest carried forward from an earlier plan."""

    n: int
    due_date: date
    principal: int
    interest: int
    carried: int
    fees: int
    penalties: int
    total: int
    balance: int
    paid: int
    outstanding: int


class PenaltyLineOut(Schema):
    """One piece of a penalty: `amount` for `days` days on `base` at `rate` a year."""

    component: Component
    base: int
    due_on: date
    until: date
    days: int
    rate: int
    amount: int


class RowPenaltyOut(Schema):
    """How the penalty of one instalment came about; `capped` is what a cap took off."""

    n: int
    due_on: date
    lines: list[PenaltyLineOut]
    total: int
    capped: int


class OpenItemOut(Schema):
    """What of an instalment has fallen due and is unpaid, penalties aside."""

    n: int
    due_on: date
    principal: int
    interest: int
    fee: int


class PostingOut(Schema):
    """Where a part of the money went; no instalment for money held as a credit."""

    n: int | None
    due_on: date | None
    component: Component | None
    amount: int


class StatementLineOut(Schema):
    """One event of the account."""

    id: int
    seq: int
    kind: EventKind
    on: date
    recorded_on: date
    amount: int
    channel: Channel
    reference: str
    balance: int | None
    taken_back: bool
    parked: bool
    postings: list[PostingOut]


class StatementOfLoan(Schema):
    """The account of a loan on a day."""

    number: str
    on: date
    known_on: date | None
    owed: int
    credit: int
    due: int
    lines: list[StatementLineOut]


class ReceiptOut(Schema):
    """A receipt."""

    event_id: int
    number: str
    amount: int
    received_on: date
    lines: list[PostingOut]
    owed: int
    credit: int
    parked: bool


class QuoteLineOut(Schema):
    """One line of a settlement quote, with what it was worked out from."""

    kind: LineKind
    amount: int
    base: int
    rate: int
    days: int
    text_zh: str
    text_en: str


class PayoffOut(Schema):
    """What settling takes on any day from `value_on` to `good_through`: `total` is the sum of the lines.

    `payable` is the money it takes; `over` what of the money held goes back to the customer.
    """

    value_on: date
    good_through: date
    lines: list[QuoteLineOut]
    balance: int
    per_day: int
    total: int
    payable: int
    over: int


class MoneyIn(Schema):
    """Money received."""

    amount: Amount
    received_on: Day
    reference: Annotated[str, Field(max_length=80)] = ""


class SettlementIn(MoneyIn):
    """Exactly what settles the loan; nothing where what is held suffices."""

    amount: Annotated[int, Field(ge=0, lt=10**15)]


class PrepaymentIn(MoneyIn):
    """Money for principal before it is due, and what it buys."""

    choice: PrepaymentChoice


class ReversalIn(Schema):
    """Why something is taken back."""

    reason: Reason


class HealIn(Schema):
    """What was done about a loan in quarantine."""

    reason: Reason


class ChangeIn(Schema):
    """A change to be tried out or asked for; which fields it takes depends on its kind. `on`: today where not given.

    `event` is the number (`seq`) of what a reversal takes back, `events` are those that are void.
    """

    kind: ChangeKind
    on: Day | None = None
    first_due: Day | None = None
    periods: Periods | None = None
    interest: Disposition = Disposition.CARRY_FORWARD
    fees: Disposition = Disposition.CARRY_FORWARD
    penalties: Disposition = Disposition.CARRY_FORWARD
    waived_principal: Annotated[int, Field(ge=0, lt=10**15)] = 0
    annual_rate: Rate | None = None
    due: Day | None = None
    to: Day | None = None
    component: Component | None = None
    amount: Amount | None = None
    event: Annotated[int | None, Field(ge=1, le=10**6)] = None
    events: Annotated[tuple[Annotated[int, Field(ge=1, le=10**6)], ...], Field(max_length=100)] = ()

    def change(self) -> Change:
        """The change. Errors: `Refusal` at the field that is missing."""
        on = self.on or clock.business_date()
        match self.kind:
            case ChangeKind.RESTRUCTURE:
                given = {name: getattr(self, name) for name in ("interest", "fees", "penalties", "waived_principal")}
                need = {name: self._need(name) for name in ("first_due", "periods")}
                return Restructuring(on=on, annual_rate=self.annual_rate, **given, **need)
            case ChangeKind.EXTENSION:
                return Extending(on=on, periods=self._need("periods"))
            case ChangeKind.DUE_DATE:
                return DueDateChange(on=on, due=self._need("due"), to=self._need("to"))
            case ChangeKind.REAMORTISATION:
                return Reamortising(on=on)
            case ChangeKind.RATE:
                return RateChanging(on=on, annual_rate=self._need("annual_rate"))
            case ChangeKind.WAIVER:
                return Waiving(on=on, component=self._need("component"), amount=self._need("amount"))
            case ChangeKind.WRITE_OFF:
                return WritingOff(on=on)
            case ChangeKind.REVERSAL:
                return Reversing(on=on, event=self._need("event"))
            case ChangeKind.VOID:
                return Voiding(on=on, events=self.events)

    def _need(self, name: str) -> Any:
        value = getattr(self, name)
        if value is None:
            raise Refusal("field-missing", "缺少该项", "this field is missing", field=name)
        return value


class ChangeAskIn(ChangeIn):
    """A change that was previewed: `digest` is the preview's."""

    digest: Digest
    reason: Reason


class PreviewOut(Schema):
    """The schedule before and after, side by side, and what the change does to the sums.

    A loan whose events make no plan has no schedule before, and nothing outstanding by it.
    """

    before: list[RowOut]
    after: list[RowOut]
    outstanding_before: int
    outstanding_after: int
    difference: int
    forgiven: int
    digest: str


class ChangeOut(Schema):
    """A change that was asked for."""

    id: int
    kind: ChangeKind
    state: ChangeState
    digest: str
    approval_id: int | None
    asked_at: datetime
    ended_at: datetime | None
