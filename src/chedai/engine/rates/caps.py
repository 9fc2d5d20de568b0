"""利率与综合成本上限: all caps that apply are checked, the tightest binds.

At pricing the higher of both annual figures must not exceed any cap. On a live loan, interest, penalty and fees
charged so far must not exceed the cap on the principal really outstanding, day by day; the excess is kept as
`waivable` and never becomes a receivable (法发〔2017〕22号 第二条; 民法典 680). Which caps apply to whom and when is
policy, and an argument here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chedai.engine.errors import InvalidArgument, Language
from chedai.engine.money import RATE_SCALE, percent
from chedai.engine.rates.annual import AnnualRates, percent_text

TOLERANCE: Final = 1e-8
"""How far a computed rate may lie above a cap and still be it: instalments are rounded to fen."""


@dataclass(frozen=True, slots=True)
class Cap:
    """An upper limit of the annual cost, `rate` in units of 1e-8 a year; `source` names the rule it comes from."""

    name: str
    rate: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class CapBreach:
    """One cap exceeded, as a sentence for the desk."""

    cap: Cap
    figure: float

    def text(self, language: Language = "zh") -> str:
        """Which cap, its rate, and the figure above it."""
        limit, figure = f"{percent(self.cap.rate)}%", percent_text(self.figure, 4)
        if language == "zh":
            return f"年化综合成本 {figure} 超过{self.cap.name}上限 {limit}"
        return f"annual cost {figure} exceeds the cap {self.cap.name} of {limit}"


@dataclass(frozen=True, slots=True)
class CapVerdict:
    """`margin` is what is left under the binding cap (negative: exceeded); None where no cap applies."""

    ok: bool
    figure: float
    binding: Cap | None
    margin: float | None
    reasons: tuple[CapBreach, ...]


@dataclass(frozen=True, slots=True)
class ChargeRoom:
    """The guard's answer, in fen: charged = receivable + waivable, receivable <= allowed."""

    allowed: int
    receivable: int
    waivable: int


def check_caps(rates: AnnualRates, caps: Sequence[Cap]) -> CapVerdict:
    """The higher annual figure against every cap; the lowest cap binds, every cap exceeded is a reason."""
    figure = rates.higher
    binding = min(caps, key=lambda cap: cap.rate, default=None)
    reasons = tuple(CapBreach(cap, figure) for cap in caps if figure > cap.rate / RATE_SCALE + TOLERANCE)
    margin = None if binding is None else binding.rate / RATE_SCALE - figure
    return CapVerdict(not reasons, figure, binding, margin, reasons)


def charge_room(charged: int, stretches: Sequence[tuple[int, int]], cap_rate: int, *, basis: int = 360) -> ChargeRoom:
    """What may stand of `charged` fen (interest, penalty, fees so far) under `cap_rate` (1e-8 a year).

    `stretches` are (days, principal outstanding in fen); `basis` is the days of a year, 360 or 365. The allowance is
    rounded down: a cap is never passed by half a fen. Errors: `InvalidArgument` with the row.
    """
    if basis not in (360, 365):
        raise InvalidArgument("basis", "must be 360 or 365", "必须是 360 或 365", value=basis)
    for argument, value in (("charged", charged), ("cap_rate", cap_rate)):
        if value < 0:
            raise InvalidArgument(argument, "must not be negative", "不得为负", value=value)
    for row, (days, outstanding) in enumerate(stretches):
        if days < 0 or outstanding < 0:
            raise InvalidArgument(
                "stretches",
                "days and principal must not be negative",
                "天数与本金不得为负",
                row=row,
                value=(days, outstanding),
            )
    fen_days = sum(days * outstanding for days, outstanding in stretches)
    allowed = fen_days * cap_rate // (RATE_SCALE * basis)
    return ChargeRoom(allowed, min(charged, allowed), max(charged - allowed, 0))
