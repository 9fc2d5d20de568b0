"""The case document: the terms of one loan and the dated events of its life, as JSON.

This is the published form, one name for each thing; `docs/schemas/replay-case.schema.json` is generated from these
types. What `spellings` accepts beside it never reaches this module. Amounts are yuan and rates are percent, as text or
as JSON numbers, and always exact: a number is read from its digits, never through a float.
"""

from __future__ import annotations

from datetime import date as Day
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias, get_args, get_origin, get_type_hints

import msgspec

from chedai.engine.accrual import GraceMissed
from chedai.engine.life.conventions import STATUTORY_ORDER, AdvanceRule, Component, Direction, Recalculation
from chedai.engine.life.events import ChargeKind, Disposition, PrepaymentChoice
from chedai.engine.money import Rounding
from chedai.engine.terms import Amortisation, DayCount, InterestMethod, MonthEnd, Residue, StepKind, Stub, Unit

_DIGITS = {"type": ["string", "number"], "format": "decimal"}

Amount: TypeAlias = Annotated[
    Decimal, msgspec.Meta(description="yuan, at most two decimals", extra_json_schema=_DIGITS)
]
Percent: TypeAlias = Annotated[
    Decimal, msgspec.Meta(description="percent, at most six decimals", extra_json_schema=_DIGITS)
]
Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
Positive: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
DayOfMonth: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=31)]


class Published(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every part of the document shares: closed, frozen, written without its defaults."""


class StepCase(Published, frozen=True, kw_only=True):
    """One segment of a stepped plan: `periods` instalments of one kind, `amount` where the kind states one."""

    periods: Positive
    kind: StepKind
    amount: Amount = Decimal(0)


class PenaltyCase(Published, frozen=True, kw_only=True):
    """Penalty on what is overdue: its yearly rate over `basis` days, the days of grace, what bears it, and its cap.

    `cap_pct` is a share of the overdue amounts charged on; of two caps the lower holds.
    """

    annual_rate_pct: Percent
    basis: Literal[360, 365] = 360
    grace_days: Count = 0
    grace_missed: GraceMissed = GraceMissed.BACKDATED
    bearing: tuple[Component, ...] = (Component.PRINCIPAL, Component.INTEREST)
    cap_amount: Amount | None = None
    cap_pct: Percent | None = None


class TermsCase(Published, frozen=True, kw_only=True):
    """The agreed terms. `instalment` fixes the instalment (with a balloon the tail is solved from it)."""

    principal: Amount
    annual_rate_pct: Percent
    periods: Positive
    disbursement_date: Day
    first_due_date: Day | None = None
    every: Positive = 1
    unit: Unit = Unit.MONTH
    interest_method: InterestMethod = InterestMethod.DECLINING_BALANCE
    amortisation: Amortisation = Amortisation.EQUAL_INSTALMENT
    grace_principal: Count = 0
    grace_interest: Count = 0
    interest_free_periods: Count = 0
    down_payment_pct: Percent = Decimal(0)
    down_payment_auto: bool = False
    instalment_multiple: Amount = Decimal("0.01")
    instalment: Amount | None = None
    balloon: Amount = Decimal(0)
    steps: tuple[StepCase, ...] = ()
    month_end: MonthEnd = MonthEnd.CLAMP
    due_day: DayOfMonth | None = None
    stub: Stub = Stub.LONGER
    rounding: Rounding = Rounding.HALF_UP
    residue: Residue = Residue.SPREAD
    allocation: tuple[Component, ...] = STATUTORY_ORDER
    allocation_direction: Direction = Direction.HORIZONTAL
    penalty: PenaltyCase | None = None


class EventCase(Published, frozen=True, kw_only=True, tag_field="type"):
    """What every event shares: `show` asks for the schedule after it; on `recorded_on` the books learnt of it."""

    id: str = ""
    show: bool = False
    recorded_on: Day | None = None


class DisbursementCase(EventCase, frozen=True, kw_only=True, tag="disbursement"):
    """Money paid out; several are allowed. Without `amount` it is the principal of the terms."""

    date: Day
    amount: Amount | None = None


class RepaymentCase(EventCase, frozen=True, kw_only=True, tag="repayment"):
    """Money received on `date`, early or late, part or more than is due."""

    date: Day
    amount: Amount


class PrepaymentCase(EventCase, frozen=True, kw_only=True, tag="prepayment"):
    """Principal paid before it is due; `choice` says whether the term or the instalment gives way."""

    date: Day
    amount: Amount
    choice: PrepaymentChoice = PrepaymentChoice.SHORTER_TERM


class PayoffCase(EventCase, frozen=True, kw_only=True, tag="payoff"):
    """Everything owed on `date` is paid."""

    date: Day


class ChargeCase(EventCase, frozen=True, kw_only=True, tag="charge"):
    """A fee or a penalty due on `due_date`; `date` is the day it was levied."""

    kind: ChargeKind
    due_date: Day
    amount: Amount
    date: Day | None = None


class RateChangeCase(EventCase, frozen=True, kw_only=True, tag="rate_change"):
    """The day that closes on `date` is the first at the new rate; the instalment is computed anew."""

    date: Day
    annual_rate_pct: Percent


class DueDateShiftCase(EventCase, frozen=True, kw_only=True, tag="due_date_shift"):
    """The instalment due on `due_date` moves to `new_due_date`, and all later ones with it; `date` is the agreement."""

    due_date: Day
    new_due_date: Day
    date: Day | None = None


class TermExtensionCase(EventCase, frozen=True, kw_only=True, tag="term_extension"):
    """`periods` more instalments; `date` is the agreement."""

    periods: Positive
    date: Day | None = None


class InterestPauseCase(EventCase, frozen=True, kw_only=True, tag="interest_pause"):
    """No interest for the days that close on `start_date` to `end_date`, both included; `date` is the agreement."""

    start_date: Day
    end_date: Day
    date: Day | None = None


class ReamortiseCase(EventCase, frozen=True, kw_only=True, tag="reamortise"):
    """What is unpaid of past instalments is spread over the remaining ones."""

    date: Day


class ReageCase(EventCase, frozen=True, kw_only=True, tag="reage"):
    """Everything unpaid is spread over `periods` new instalments; `every` and `unit` as in the terms unless stated."""

    date: Day
    periods: Positive
    first_due_date: Day
    every: Positive | None = None
    unit: Unit | None = None


class RestructureCase(EventCase, frozen=True, kw_only=True, tag="restructure"):
    """A new plan for what is owed; each component is waived, capitalised or carried forward."""

    date: Day
    periods: Positive
    first_due_date: Day
    interest: Disposition = Disposition.CAPITALISE
    fees: Disposition = Disposition.CARRY_FORWARD
    penalties: Disposition = Disposition.CARRY_FORWARD
    waived_principal: Amount = Decimal(0)
    annual_rate_pct: Percent | None = None
    every: Positive | None = None
    unit: Unit | None = None


class ReversalCase(EventCase, frozen=True, kw_only=True, tag="reversal"):
    """Takes back an earlier event: `of` is its id, or its place in `events` counted from 0."""

    of: str | int
    date: Day | None = None


AnyEvent: TypeAlias = (
    DisbursementCase
    | RepaymentCase
    | PrepaymentCase
    | PayoffCase
    | ChargeCase
    | RateChangeCase
    | DueDateShiftCase
    | TermExtensionCase
    | InterestPauseCase
    | ReamortiseCase
    | ReageCase
    | RestructureCase
    | ReversalCase
)


class Case(Published, frozen=True, kw_only=True):
    """One loan: its terms, the conventions it is counted by, and what happened to it.

    `as_of` is the day the schedule is asked for (default: the day of the last event); `known_on` leaves out what was
    recorded later. `show` asks for the schedule after each event, after the last, or after the events listed by id or
    place. Without a disbursement among the events the principal is paid out on the disbursement date.
    """

    terms: TermsCase
    name: str = ""
    day_count: DayCount = DayCount.THIRTY_360
    recalculation: Recalculation = Recalculation.NONE
    advance_rule: AdvanceRule = AdvanceRule.NEXT
    as_of: Day | None = None
    known_on: Day | None = None
    show: Literal["each", "last"] | tuple[str | int, ...] = "last"
    events: tuple[AnyEvent, ...] = ()


EVENT_TYPES: dict[str, type[EventCase]] = {str(kind.__struct_config__.tag): kind for kind in EventCase.__subclasses__()}
"""The types of events by the name they carry in the document."""


def choices(kind: type[msgspec.Struct]) -> dict[str, tuple[str, ...]]:
    """The fields of a part of the document that hold one word out of a list, with the list."""
    found = {}
    for name, hint in get_type_hints(kind).items():
        for option in get_args(hint) or (hint,):
            if isinstance(option, type) and issubclass(option, StrEnum) and get_origin(hint) is not tuple:
                found[name] = tuple(word.value for word in option)
    return found
