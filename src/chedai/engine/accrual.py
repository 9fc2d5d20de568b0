"""What being late costs: penalty interest (罚息) on overdue principal, compound interest (复利) on overdue interest.

Chinese banks count by daily products (积数): the overdue balance of each day added up, times the daily penalty rate,
rounded once when the charge is posted. An amount that stays unpaid from its due date to a later day therefore costs
`amount * days * rate / basis`; a part paid earlier is a piece of its own with fewer days. Nothing is stored by day.

The penalty rate is the contract rate with a markup (30 % to 50 %, and 50 % to 100 % for misused money, of which only
the higher applies, 银发〔2003〕251号) or a rate of its own. Within the grace days nothing is charged; when they pass
unused, the contract says whether the charge reaches back to the due date or starts after the grace. Penalty bears no
penalty unless a contract names it among what bears. When a lender calls the whole loan (提前到期), the balance is a
piece due on the day of the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from chedai.engine.columns import proportion, row_column, row_offsets, row_sums
from chedai.engine.errors import AmountOverflow, InvalidArgument
from chedai.engine.money import RATE_SCALE, FenColumn, Rounding, divide, fen_column, same_length
from chedai.engine.waterfall import Component


class GraceMissed(StrEnum):
    """From when a charge runs once the grace days have passed unpaid."""

    BACKDATED = "backdated"  # from the due date, as if there had been no grace
    AFTER_GRACE = "after_grace"  # from the end of the grace


@dataclass(frozen=True, slots=True, kw_only=True)
class PenaltyTerms:
    """What a contract says about lateness. `rate` is the penalty rate a year (1e-8), see `penalty_rate`.

    `bearing` names the components that bear penalty. A cap is an amount in fen, or a share (1e-8) of the overdue
    amounts charged on, whichever is lower; None is no cap.
    """

    rate: int
    basis: int = 360
    grace_days: int = 0
    grace_missed: GraceMissed = GraceMissed.BACKDATED
    bearing: tuple[Component, ...] = (Component.PRINCIPAL, Component.INTEREST)
    cap_amount: int | None = None
    cap_share: int | None = None
    rounding: Rounding = Rounding.HALF_UP

    def __post_init__(self) -> None:
        _basis(self.basis)
        for argument in ("rate", "grace_days", "cap_amount", "cap_share"):
            value = getattr(self, argument)
            if value is not None and value < 0:
                raise InvalidArgument(argument, "must be at least 0", "不得小于 0", value=value)


@dataclass(frozen=True, slots=True)
class Piece:
    """An amount in fen that was due on `due_on` and stayed unpaid until `until` (the day of payment, or today)."""

    component: Component
    amount: int
    due_on: date
    until: date

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise InvalidArgument("amount", "must be at least 0", "不得小于 0", value=self.amount)


@dataclass(frozen=True, slots=True)
class PenaltyLine:
    """One piece explained: `amount` fen for `days` days on `base`. The lines of a statement add up to its total."""

    component: Component
    base: int
    due_on: date
    until: date
    days: int
    rate: int
    amount: int


@dataclass(frozen=True, slots=True)
class PenaltyStatement:
    """The charge of one posting. `total` is what is charged, `waived` what the cap took off."""

    lines: tuple[PenaltyLine, ...]
    total: int
    waived: int


class Capped(NamedTuple):
    """Columns: what may still be charged, and what the cap takes off."""

    charged: FenColumn
    waived: FenColumn


def penalty_rate(
    contract_rate: int, markup: int = 0, *, own_rate: int | None = None, misuse_markup: int | None = None
) -> int:
    """The penalty rate a year (1e-8): the contract rate with the markup (50 % is 50_000_000), or `own_rate` instead.

    For misused money pass `misuse_markup`: the higher of the two markups applies, never both (银发〔2003〕251号).
    The result is rounded half-up to 1e-8; any contract rate of four decimals with whole percents of markup is exact.
    """
    arguments = {"contract_rate": contract_rate, "markup": markup, "own_rate": own_rate, "misuse_markup": misuse_markup}
    for argument, value in arguments.items():
        if value is not None and value < 0:
            raise InvalidArgument(argument, "must be at least 0", "不得小于 0", value=value)
    if own_rate is not None:
        return own_rate
    return contract_rate + divide(contract_rate * max(markup, misuse_markup or 0), RATE_SCALE)


def penalty_days(
    due_on: ArrayLike,
    until: ArrayLike,
    grace_days: ArrayLike = 0,
    grace_missed: GraceMissed = GraceMissed.BACKDATED,
) -> FenColumn:
    """The days charged on amounts due on `due_on` and unpaid until `until`; columns of day numbers (`date.toordinal`).

    The day after the due date is the first; an amount paid within the grace, or not yet due, is charged for 0 days.
    """
    start, end, grace = same_length(
        due_on=fen_column("due_on", due_on),
        until=fen_column("until", until),
        grace_days=fen_column("grace_days", grace_days, least=0),
    )
    late = end - start
    counted = late if grace_missed is GraceMissed.BACKDATED else late - grace
    return np.where(late > grace, counted, 0)


def penalty(
    base: ArrayLike,
    days: ArrayLike,
    rate: ArrayLike,
    *,
    offsets: ArrayLike | None = None,
    basis: int = 360,
    rounding: Rounding = Rounding.HALF_UP,
) -> FenColumn:
    """Penalty in fen of each posting: daily products summed over its pieces, times the rate, rounded once.

    `base` fen and `days`, one row a piece; `offsets` int64[posting + 1] says which pieces a posting holds (None: each
    piece is a posting of its own); `rate` is a year's penalty rate (1e-8), one for all or one a posting.
    """
    amounts, lengths = same_length(base=fen_column("base", base, least=0), days=fen_column("days", days, least=0))
    wide = np.flatnonzero(amounts.astype(np.float64) * lengths >= 2.0**62)
    if wide.size:
        raise AmountOverflow("base", "times its days is beyond int64", "积数超出 int64", row=int(wide[0]))
    products = amounts * lengths
    if offsets is not None:
        products = row_sums("base", products, row_offsets("offsets", offsets, items=products.size))
    rates = row_column("rate", rate, products.size)
    return proportion(products, rates, _basis(basis) * RATE_SCALE, argument="base", rounding=rounding)


def capped(charge: ArrayLike, charged_before: ArrayLike, cap: ArrayLike) -> Capped:
    """What of `charge` still fits under `cap` after `charged_before`, in fen, one row a loan or instalment."""
    asked, before, limit = same_length(
        charge=fen_column("charge", charge, least=0),
        charged_before=fen_column("charged_before", charged_before, least=0),
        cap=fen_column("cap", cap, least=0),
    )
    charged = np.clip(limit - before, 0, asked)
    return Capped(charged, asked - charged)


def penalty_statement(pieces: Sequence[Piece], terms: PenaltyTerms, *, charged_before: int = 0) -> PenaltyStatement:
    """The penalty of one loan explained piece by piece, grouped by what it is charged on.

    Each component is one posting, rounded once; a line gets what the rounded running total of its component grows by,
    so the lines add up to the fen. `charged_before` counts against the cap.
    """
    bearing = [p for component in terms.bearing for p in pieces if p.component == component]
    cap = _cap(bearing, terms)
    lines: list[PenaltyLine] = []
    products = posted = total = waived = 0
    for row, piece in enumerate(bearing):
        if row == 0 or piece.component != bearing[row - 1].component:
            products = posted = 0
        late = (piece.until - piece.due_on).days
        days = int(penalty_days(0, late, terms.grace_days, terms.grace_missed)[0])
        products += piece.amount * days
        running = divide(products * terms.rate, terms.basis * RATE_SCALE, terms.rounding)
        asked, posted = running - posted, running
        amount = asked if cap is None else max(0, min(asked, cap - charged_before - total))
        lines.append(PenaltyLine(piece.component, piece.amount, piece.due_on, piece.until, days, terms.rate, amount))
        total, waived = total + amount, waived + asked - amount
    return PenaltyStatement(tuple(lines), total, waived)


def _cap(bearing: Sequence[Piece], terms: PenaltyTerms) -> int | None:
    limits = [] if terms.cap_amount is None else [terms.cap_amount]
    if terms.cap_share is not None:
        limits.append(divide(sum(p.amount for p in bearing) * terms.cap_share, RATE_SCALE))
    return min(limits, default=None)


def _basis(basis: int) -> int:
    if basis not in (360, 365):
        raise InvalidArgument("basis", "must be 360 or 365", "必须是 360 或 365", value=basis)
    return basis
