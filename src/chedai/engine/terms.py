"""What the paper says: the terms of one loan, frozen at the quote and never recomputed from the product.

`LoanTerms` is the one value that travels the whole road: a quote freezes it, the contract signs it, the schedule is
generated from it once. It holds what was agreed, not what follows from it; dates are resolved by `calendar`, year
fractions by `daycount`, instalments by `schedule`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chedai.engine.errors import InvalidArgument
from chedai.engine.money import FEN_MAX, Rounding


class Unit(StrEnum):
    """What a period is counted in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class MonthEnd(StrEnum):
    """Where a due date goes whose anchor day the month does not have (对月对日, anchor 31)."""

    CLAMP = "clamp"  # 31 Jan, 28 Feb, 31 Mar
    ROLL = "roll"  # 31 Jan, 1 Mar, 31 Mar


class InterestMethod(StrEnum):
    """What interest is counted on."""

    DECLINING_BALANCE = "declining_balance"  # the principal still owed
    FLAT = "flat"  # the original principal, 等本等息


class Amortisation(StrEnum):
    """How the principal comes back."""

    EQUAL_INSTALMENT = "equal_instalment"  # 等额本息
    EQUAL_PRINCIPAL = "equal_principal"  # 等额本金
    INTEREST_FIRST = "interest_first"  # 先息后本
    BULLET = "bullet"  # 到期还本付息
    BALLOON = "balloon"  # 气球贷, 弹性尾款
    STEPPED = "stepped"  # 阶梯, 分段, 不规则


class DayCount(StrEnum):
    """How a stretch of days becomes a part of a year; `daycount` holds the definitions."""

    THIRTY_360 = "30/360"
    ACT_365 = "act/365"
    ACT_360 = "act/360"
    ACT_ACT = "act/act"
    ACT_ACT_FEB29 = "act/act-feb29"
    PERIOD = "period"
    MONTH_ODD = "month+odd"


class Stub(StrEnum):
    """What happens to the odd days before the first regular period (a fixed due day, a chosen first date)."""

    LONGER = "longer"  # they join the first period
    SHORTER = "shorter"  # the first period is the odd days alone
    INTEREST_ONLY = "interest_only"  # their interest is collected on a row of its own, the plan starts after it
    NONE = "none"  # they bear no interest


class Residue(StrEnum):
    """Who carries the fen that a rounded instalment leaves over."""

    LAST = "last"  # the last instalment
    SPREAD = "spread"  # all instalments, when it exceeds half a fen an instalment; what is left, the last


class Shift(StrEnum):
    """What happens to a due date that is no business day (default: nothing, the debit is taken earlier)."""

    NONE = "none"
    FOLLOWING = "following"
    MODIFIED_FOLLOWING = "modified_following"
    PRECEDING = "preceding"


class StepKind(StrEnum):
    """What one segment of a stepped plan fixes."""

    INTEREST_ONLY = "interest_only"
    INSTALMENT = "instalment"  # a stated instalment
    PRINCIPAL = "principal"  # a stated principal part, interest on top
    SOLVE = "solve"  # the free amount: level, solved so that the plan ends at 0 (at most one segment)


@dataclass(frozen=True, slots=True)
class Step:
    """`periods` instalments of one kind; `amount` in fen where the kind states one."""

    periods: int
    kind: StepKind
    amount: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanTerms:
    """The agreed terms of one loan. Amounts in fen, the rate in units of 1e-8 a year (`money.RATE_SCALE`)."""

    principal: int
    annual_rate: int
    periods: int
    disbursed_on: date
    first_due: date | None = None  # None: one period after disbursement
    every: int = 1
    unit: Unit = Unit.MONTH
    interest_method: InterestMethod = InterestMethod.DECLINING_BALANCE
    amortisation: Amortisation = Amortisation.EQUAL_INSTALMENT
    day_count: DayCount = DayCount.THIRTY_360
    rounding: Rounding = Rounding.HALF_UP
    residue: Residue = Residue.LAST
    month_end: MonthEnd = MonthEnd.CLAMP
    due_day: int | None = None  # a fixed day of the month, 1-31
    stub: Stub = Stub.LONGER
    shift: Shift = Shift.NONE
    grace_principal: int = 0  # the first n instalments hold no principal
    grace_interest: int = 0  # the interest of the first n is collected with n + 1
    interest_free_periods: int = 0  # the first n periods bear no interest
    down_payment: int = 0  # taken from the principal on the day of disbursement
    balloon: int = 0  # the tail, due with the last instalment
    instalment: int | None = None  # a fixed instalment; with BALLOON the tail is solved from it
    instalment_multiple: int = 1  # instalments are whole multiples of this many fen
    steps: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        for argument, least in _LEAST.items():
            value = getattr(self, argument)
            if not isinstance(value, int):
                raise InvalidArgument(argument, "must be a whole number", "必须是整数", value=value)
            if value < least:
                raise InvalidArgument(argument, f"must be at least {least}", f"不得小于 {least}", value=value)
        if self.principal > FEN_MAX // 1_000_000:
            raise InvalidArgument(
                "principal", "is beyond what a loan can be", "超出贷款金额的合理范围", value=self.principal
            )
        for argument in ("grace_principal", "grace_interest"):
            if getattr(self, argument) >= self.periods:
                value = getattr(self, argument)
                raise InvalidArgument(argument, "must leave an instalment", "宽限期数必须小于期数", value=value)
        if self.interest_free_periods > self.periods:
            value = self.interest_free_periods
            raise InvalidArgument(
                "interest_free_periods", "is longer than the loan", "免息期数不得超过期数", value=value
            )
        if self.instalment is not None and self.instalment < 1:
            raise InvalidArgument("instalment", "must be at least 1", "不得小于 1", value=self.instalment)
        if self.due_day is not None and not 1 <= self.due_day <= 31:
            raise InvalidArgument("due_day", "must be a day of the month", "必须是 1 至 31 日", value=self.due_day)
        if self.first_due is not None and self.first_due <= self.disbursed_on:
            raise InvalidArgument("first_due", "must be after the disbursement", "必须晚于放款日", value=self.first_due)
        for argument in ("down_payment", "balloon"):
            if getattr(self, argument) >= self.principal:
                value = getattr(self, argument)
                raise InvalidArgument(argument, "must be below the principal", "必须小于本金", value=value)
        if self.amortisation is Amortisation.STEPPED and sum(s.periods for s in self.steps) != self.periods:
            value = sum(s.periods for s in self.steps)
            raise InvalidArgument(
                "steps", f"must cover {self.periods} periods", f"各段期数之和必须为 {self.periods}", value=value
            )


_LEAST = {
    "principal": 1,
    "annual_rate": 0,
    "periods": 1,
    "every": 1,
    "grace_principal": 0,
    "grace_interest": 0,
    "interest_free_periods": 0,
    "down_payment": 0,
    "balloon": 0,
    "instalment_multiple": 1,
}
