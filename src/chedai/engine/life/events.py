"""What can happen to a loan after the contract is signed, each with its day.

An event carries two dates. `on` is the day it takes effect, `recorded_on` the day the books learnt of it; a back-dated
receipt has `recorded_on` later than `on`. Asking for a balance "as known then" leaves out what was recorded later, "as
known now" leaves out nothing. Events are never edited: a wrong one is taken back by a `Reversal`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from chedai.engine.terms import Unit
from chedai.engine.waterfall import Component


class ChargeKind(StrEnum):
    """What a charge is booked as."""

    FEE = "fee"
    PENALTY = "penalty"


class PrepaymentChoice(StrEnum):
    """What a partial prepayment buys."""

    SHORTER_TERM = "shorter_term"  # 缩期: the instalment stays, the loan ends earlier
    LOWER_INSTALMENT = "lower_instalment"  # 减额: the dates stay, the instalment is solved anew


class Disposition(StrEnum):
    """What a restructure does with one component of the arrears."""

    WAIVE = "waive"  # 减免: no longer owed
    CAPITALISE = "capitalise"  # 转本: becomes principal and bears interest
    CARRY_FORWARD = "carry_forward"  # 挂账: stays owed as it is, due with the first new instalment


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseEvent:
    """`on` is the value date, `id` what a reversal names, `recorded_on` the day the books learnt of it (None: `on`).

    `sequence` orders the acts of one day where the order matters (a fee before or after the payment); the order in
    which events arrive never does.
    """

    on: date
    id: str = ""
    recorded_on: date | None = None
    sequence: int = 0

    @property
    def known_on(self) -> date:
        """The day the books learnt of it."""
        return self.recorded_on or self.on


@dataclass(frozen=True, slots=True, kw_only=True)
class Disbursement(BaseEvent):
    """Money paid out."""

    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Repayment(BaseEvent):
    """Money received, in any amount; what exceeds everything owed stands as a credit balance."""

    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Payoff(BaseEvent):
    """Everything owed that day is paid and the loan closes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge(BaseEvent):
    """A fee or penalty levied `on` a day and due on `due_on` (None: the same day)."""

    kind: ChargeKind
    amount: int
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateChange(BaseEvent):
    """`on` is the first day at the new rate (units of 1e-8 a year); the instalment is solved anew."""

    annual_rate: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDateShift(BaseEvent):
    """The instalment due on `due` moves to `to`, and all later ones follow from there."""

    due: date
    to: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TermExtension(BaseEvent):
    """`periods` more instalments (展期)."""

    periods: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestPause(BaseEvent):
    """The days from `start` to `end`, both included, bear no interest."""

    start: date
    end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Reamortise(BaseEvent):
    """What is unpaid of instalments already due is spread over the remaining ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reage(BaseEvent):
    """Everything unpaid is spread over `periods` new instalments, the first due on `first_due`."""

    first_due: date
    periods: int
    every: int = 1
    unit: Unit = Unit.MONTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal(BaseEvent):
    """Takes back the event with the id `of`: from the day this is recorded it never happened."""

    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepayment(BaseEvent):
    """Principal paid before it is due (部分提前还款): what has fallen due comes first, the rest is principal."""

    amount: int
    choice: PrepaymentChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Restructure(BaseEvent):
    """The parties agree on a new plan for what is owed (重组); the old schedule is kept beside the new one.

    Principal always goes into the new plan, unless `waived_principal` says how much of it is forgiven.
    """

    first_due: date
    periods: int
    interest: Disposition = Disposition.CAPITALISE
    fees: Disposition = Disposition.CARRY_FORWARD
    penalties: Disposition = Disposition.CARRY_FORWARD
    waived_principal: int = 0
    annual_rate: int | None = None
    every: int = 1
    unit: Unit = Unit.MONTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver(BaseEvent):
    """`amount` of one component that has fallen due is forgiven (减免), the oldest first; the plan goes on."""

    component: Component
    amount: int


Agreement: TypeAlias = RateChange | DueDateShift | TermExtension | InterestPause | Reamortise | Reage | Restructure
"""What changes the plan and moves no money."""

Act: TypeAlias = Disbursement | Repayment | Prepayment | Payoff | Charge | Waiver | Agreement
"""What changes the loan."""

Event: TypeAlias = Act | Reversal
"""What can be recorded."""
