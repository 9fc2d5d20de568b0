"""What it costs to leave early: the settlement quote for a date (提前结清), explained line by line.

A payoff is not the balance. It is the principal still owed, the interest accrued since the last due date, whatever was
due and is not paid, penalties, and the fee the contract asks for leaving early, less money already held for the
customer. The borrower owes interest for the time he really had the money unless agreed otherwise (民法典 677); the fee
is a matter of contract: none, a share of the principal, by tiers of months paid, or some months' interest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from chedai.engine.errors import Infeasible, InvalidArgument
from chedai.engine.money import RATE_SCALE, Rounding, divide, percent, yuan_grouped


class FeeBase(StrEnum):
    """What the fee for leaving early is a share of."""

    REMAINING = "remaining"  # all principal still owed, overdue principal included (剩余本金)
    PREPAID = "prepaid"  # the principal repaid before it is due (提前还款本金)


@dataclass(frozen=True, slots=True)
class FeeTier:
    """Up to and including `months` instalments paid, the fee is `share` (1e-8) of the base."""

    months: int
    share: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementFee:
    """What the contract asks for leaving early. The default asks nothing.

    `tiers` by instalments paid, in rising order; after the last tier `share` applies. `interest_months` adds that many
    months' interest on the base at the contract rate. Before `locked_months` instalments are paid, no settlement.
    """

    base: FeeBase = FeeBase.REMAINING
    share: int = 0
    tiers: tuple[FeeTier, ...] = ()
    interest_months: int = 0
    locked_months: int = 0

    def __post_init__(self) -> None:
        for argument in ("share", "interest_months", "locked_months"):
            if getattr(self, argument) < 0:
                raise InvalidArgument(argument, "must be at least 0", "不得小于 0", value=getattr(self, argument))
        bounds = [tier.months for tier in self.tiers]
        for row, tier in enumerate(self.tiers):
            if tier.months < 0 or tier.share < 0:
                raise InvalidArgument("tiers", "must not be negative", "不得为负", row=row)
            if row and bounds[row] <= bounds[row - 1]:
                raise InvalidArgument("tiers", "must rise by months paid", "须按已还期数递增", row=row)

    def share_after(self, months_paid: int) -> int:
        """The share (1e-8) asked when `months_paid` instalments are paid."""
        return next((tier.share for tier in self.tiers if months_paid <= tier.months), self.share)

    def amount(self, months_paid: int, base: int, annual_rate: int, rounding: Rounding = Rounding.HALF_UP) -> int:
        """The fee in fen on `base`. Inside the lock-up no principal is repaid early; where none is left, none is."""
        if base and months_paid < self.locked_months:
            rule = f"settlement is possible after {self.locked_months} instalments"
            raise Infeasible("months_paid", rule, f"还满 {self.locked_months} 期后方可提前结清", value=months_paid)
        fee = divide(base * self.share_after(months_paid), RATE_SCALE, rounding)
        return fee + divide(base * annual_rate * self.interest_months, 12 * RATE_SCALE, rounding)


class LineKind(StrEnum):
    """What a line of a settlement quote is."""

    PRINCIPAL = "principal"  # principal not yet due
    ACCRUED = "accrued"  # interest since the last due date
    DUE_PRINCIPAL = "due_principal"
    DUE_INTEREST = "due_interest"
    DUE_FEE = "due_fee"
    PENALTY = "penalty"
    FUTURE_FEE = "future_fee"  # contract fees that do not fall away
    SETTLEMENT_FEE = "settlement_fee"
    CREDIT = "credit"  # money held for the customer, taken off


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """One line: `amount` fen, with `base`, `rate` (1e-8) and `days` where it was computed from them, in words."""

    kind: LineKind
    amount: int
    base: int = 0
    rate: int = 0
    days: int = 0
    text_zh: str = ""
    text_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What one loan owes on the day of settlement, in fen, before the fee for leaving early.

    `principal` is not yet due; `accrued_days` run since the last due date (or the payout). `day_interest` is the exact
    interest of one of these days where the contract counts it otherwise than `principal * annual_rate / basis`.
    """

    principal: int
    annual_rate: int
    accrued_days: int
    months_paid: int
    basis: int = 360
    day_interest: Fraction | None = None
    due_principal: int = 0
    due_interest: int = 0
    due_fee: int = 0
    penalty: int = 0
    future_fee: int = 0
    credit: int = 0

    def __post_init__(self) -> None:
        for argument in self.__dataclass_fields__:
            value = getattr(self, argument)
            if value is not None and value < 0:
                raise InvalidArgument(argument, "must be at least 0", "不得小于 0", value=value)
        if self.basis not in (360, 365):
            raise InvalidArgument("basis", "must be 360 or 365", "必须是 360 或 365", value=self.basis)

    def interest_for(self, days: int, rounding: Rounding = Rounding.HALF_UP) -> int:
        """The interest of `days` days on the principal not yet due, in fen, rounded once."""
        a_day = self.day_interest
        if a_day is None:
            a_day = Fraction(self.principal * self.annual_rate, self.basis * RATE_SCALE)
        return divide(a_day.numerator * days, a_day.denominator, rounding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The quote. `total` is the money that closes the loan on any day from `value_on` to `good_through`.

    `per_day` is what each further day costs in interest, for the customer who asks; `balance` is all principal owed.
    """

    value_on: date
    good_through: date
    lines: tuple[SettlementLine, ...]
    balance: int
    per_day: int
    total: int

    @property
    def beyond_balance(self) -> tuple[SettlementLine, ...]:
        """Why the payoff is not the balance: the lines that are not principal. They add up to `total - balance`."""
        return tuple(x for x in self.lines if x.kind not in (LineKind.PRINCIPAL, LineKind.DUE_PRINCIPAL))

    @property
    def payable(self) -> int:
        """The money it takes: nothing where what is held is more than what is owed."""
        return max(self.total, 0)

    @property
    def over(self) -> int:
        """What is left of the money held, for the customer to get back."""
        return max(-self.total, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRow:
    """One instalment of the contract schedule, in fen; `open_...` is what is unpaid of it once it has fallen due."""

    due_on: date
    principal: int
    interest: int
    fee: int = 0
    open_principal: int = 0
    open_interest: int = 0
    open_fee: int = 0


def position_on(
    value_on: date,
    rows: Sequence[ContractRow],
    *,
    disbursed_on: date,
    annual_rate: int,
    basis: int | None = 360,
    penalty: int = 0,
    credit: int = 0,
    fees_fall_away: bool = True,
) -> Position:
    """Where a contract schedule, oldest instalment first (a down payment is none), stands on `value_on`.

    `basis` 360 or 365 counts the running interest by days; None takes the running instalment's contract interest in
    proportion to the days of its period. `fees_fall_away` false keeps the later instalments' fees owed.
    """
    if value_on < disbursed_on:
        raise InvalidArgument("value_on", "must not be before the payout", "不得早于放款日", value=value_on)
    opened = [disbursed_on, *(row.due_on for row in rows)]
    for number, row in enumerate(rows):
        if row.due_on <= opened[number]:
            raise InvalidArgument("rows", "must rise by due date", "须按应还日递增", row=number, value=row.due_on)
    due = [row for row in rows if row.due_on <= value_on]
    later = rows[len(due) :]
    days = (value_on - opened[len(due)]).days if later else 0
    a_day = None
    if basis is None:
        a_day = Fraction(later[0].interest, (later[0].due_on - opened[len(due)]).days) if later else Fraction(0)
    return Position(
        principal=sum(row.principal for row in later),
        annual_rate=annual_rate,
        accrued_days=days,
        months_paid=sum(1 for row in due if not (row.open_principal or row.open_interest or row.open_fee)),
        basis=360 if basis is None else basis,
        day_interest=a_day,
        due_principal=sum(row.open_principal for row in due),
        due_interest=sum(row.open_interest for row in due),
        due_fee=sum(row.open_fee for row in due),
        penalty=penalty,
        future_fee=0 if fees_fall_away else sum(row.fee for row in later),
        credit=credit,
    )


def settle(
    position: Position,
    fee: SettlementFee,
    value_on: date,
    *,
    good_through: date | None = None,
    rounding: Rounding = Rounding.HALF_UP,
) -> Settlement:
    """The settlement quote for `value_on`, held until `good_through` (None: that day only).

    Errors: `Infeasible` inside the lock-up, `InvalidArgument` on a negative amount or a validity that ends too early.
    """
    until = value_on if good_through is None else good_through
    if until < value_on:
        raise InvalidArgument("good_through", "must not be before the value date", "不得早于结清日", value=until)
    lines = _lines(position, fee, rounding)
    return Settlement(
        value_on=value_on,
        good_through=until,
        lines=tuple(x for x in lines if x.amount or x.kind is LineKind.PRINCIPAL),
        balance=position.principal + position.due_principal,
        per_day=position.interest_for(1, rounding),
        total=sum(x.amount for x in lines),
    )


_WORDS: Final = {
    LineKind.PRINCIPAL: ("未到期本金", "principal not yet due"),
    LineKind.DUE_PRINCIPAL: ("已到期未还本金", "principal due and unpaid"),
    LineKind.DUE_INTEREST: ("已到期未还利息", "interest due and unpaid"),
    LineKind.DUE_FEE: ("已到期未付费用", "fees due and unpaid"),
    LineKind.PENALTY: ("罚息与复利", "penalty and compound interest"),
    LineKind.FUTURE_FEE: ("合同约定不减免的后续费用", "later contract fees"),
    LineKind.CREDIT: ("减：客户贷方余额", "less money held for the customer"),
}


def _lines(position: Position, fee: SettlementFee, rounding: Rounding) -> list[SettlementLine]:
    p = position
    return [
        _plain(LineKind.PRINCIPAL, p.principal),
        _accrued_line(p, rounding),
        _plain(LineKind.DUE_PRINCIPAL, p.due_principal),
        _plain(LineKind.DUE_INTEREST, p.due_interest),
        _plain(LineKind.DUE_FEE, p.due_fee),
        _plain(LineKind.PENALTY, p.penalty),
        _plain(LineKind.FUTURE_FEE, p.future_fee),
        _fee_line(p, fee, rounding),
        _plain(LineKind.CREDIT, -p.credit),
    ]


def _plain(kind: LineKind, amount: int) -> SettlementLine:
    zh, en = _WORDS[kind]
    return SettlementLine(kind, amount, text_zh=zh, text_en=en)


def _accrued_line(p: Position, rounding: Rounding) -> SettlementLine:
    days, base, rate = p.accrued_days, yuan_grouped(p.principal), f"{percent(p.annual_rate)}%"
    return SettlementLine(
        LineKind.ACCRUED,
        p.interest_for(days, rounding),
        p.principal,
        p.annual_rate,
        days,
        f"上一还款日至结清日 {days} 天的利息，本金 {base}，年利率 {rate}",
        f"interest for {days} days since the last due date on {base} at {rate} a year",
    )


def _fee_line(p: Position, fee: SettlementFee, rounding: Rounding) -> SettlementLine:
    base = p.principal + (p.due_principal if fee.base is FeeBase.REMAINING else 0)
    on = yuan_grouped(base)
    share = fee.share_after(p.months_paid)
    return SettlementLine(
        LineKind.SETTLEMENT_FEE,
        fee.amount(p.months_paid, base, p.annual_rate, rounding),
        base,
        share,
        0,
        f"提前结清违约金：已还 {p.months_paid} 期，基数 {on}，{_fee_words(fee, share, 'zh')}",
        f"early settlement fee: {p.months_paid} instalments paid, on {on}, {_fee_words(fee, share, 'en')}",
    )


def _fee_words(fee: SettlementFee, share: int, language: str) -> str:
    words = [f"{percent(share)}%"]
    if fee.interest_months:
        words.append(
            f"{fee.interest_months} 个月利息" if language == "zh" else f"{fee.interest_months} months' interest"
        )
    return " + ".join(words)
