"""年化利率: one rate a period, two annual figures, each with its label and the proof of the flows behind it.

人民银行公告〔2021〕第3号 asks for the annual rate of all loan costs on the principal really outstanding, by the IRR
method; the simple figure may be shown if it says 单利. The practice prints IRR × 12 (单利); the compound figure is (1
+ IRR)^12 - 1. Both are computed and kept, never one without its label; caps are checked on the higher one. `digest`
is the SHA-256 of the canonical flows, so that a printed rate can be proven or disproven later.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from numpy.typing import ArrayLike

from chedai.engine.errors import InvalidArgument, Language, NoRate
from chedai.engine.money import fen_column
from chedai.engine.rates.irr import irr
from chedai.engine.rates.xirr import YEAR_DAYS, xirr
from chedai.engine.terms import Unit

_A_YEAR: Final = {Unit.MONTH: Fraction(12), Unit.WEEK: Fraction(YEAR_DAYS, 7), Unit.DAY: Fraction(YEAR_DAYS)}


@dataclass(frozen=True, slots=True)
class AnnualRates:
    """A rate a period and what it is a year. Fractions, not percent: 0.0794 is 7.94 %."""

    period: float
    nominal: float  # 单利: the period rate × periods a year
    effective: float  # 复利: (1 + period rate) ^ periods a year - 1
    periods_a_year: Fraction
    digest: str  # SHA-256 of the canonical flows

    @property
    def higher(self) -> float:
        """The figure a cap is checked on."""
        return max(self.nominal, self.effective)

    def labelled(self, language: Language = "zh") -> tuple[tuple[str, str], tuple[str, str]]:
        """Both figures as (label, percentage with two decimals); the simple one first, as the practice prints it."""
        times = f"{float(self.periods_a_year):.4g}"
        simple, compound = f"IRR×{times}", f"(1+IRR)^{times}-1"
        names = (f"年化利率(单利,{simple})", f"年化利率(复利,{compound})")
        if language == "en":
            names = (f"annual rate (simple, {simple})", f"annual rate (compound, {compound})")
        return (names[0], percent_text(self.nominal)), (names[1], percent_text(self.effective))


def percent_text(rate: float, decimals: int = 2) -> str:
    """A rate as a percentage for print: 0.079359 -> "7.94%"; a rate that rounds to nothing has no minus sign."""
    text = f"{rate * 100:.{decimals}f}%"
    return text.lstrip("-") if not text.strip("-0.%") else text


def periods_a_year(unit: Unit, every: int = 1) -> Fraction:
    """How many periods of `every` units a year has; days and weeks by a year of 365 days, as XIRR counts."""
    if every < 1:
        raise InvalidArgument("every", "must be at least 1", "不得小于 1", value=every)
    return _A_YEAR[unit] / every


def annual_rates(flows: ArrayLike, *, unit: Unit = Unit.MONTH, every: int = 1) -> AnnualRates:
    """Annual rates of one row of flows (fen, one a period of `every` `unit`s, the payout first). Errors: as `irr`."""
    a_year = periods_a_year(unit, every)
    return annual_from_period(irr(flows), a_year, flows_digest(flows, f"every {every} {unit}"))


def annual_rates_dated(flows: ArrayLike, days: Sequence[date]) -> AnnualRates:
    """Annual rates of flows on any dates: compound is the XIRR, simple 12 × its monthly equivalent."""
    effective = xirr(flows, days)
    period = math.expm1(math.log1p(effective) / 12)
    digest = flows_digest(flows, ",".join(day.isoformat() for day in days))
    return AnnualRates(period, 12 * period, effective, Fraction(12), digest)


def annual_from_period(period: float, a_year: Fraction, digest: str) -> AnnualRates:
    """Both annual figures of a rate a period. Errors: `NoRate` where the compound figure leaves float64."""
    try:
        effective = math.expm1(math.log1p(period) * float(a_year))
    except OverflowError:
        raise NoRate("flows", "have a rate beyond any figure", "内部收益率超出可表示的范围", value=period) from None
    return AnnualRates(period, period * float(a_year), effective, a_year, digest)


def flows_digest(flows: ArrayLike, times: str) -> str:
    """SHA-256 (hex) of the canonical text of flows: version, how they are timed, the amounts in fen."""
    amounts = ",".join(str(a) for a in fen_column("flows", flows).tolist())
    return hashlib.sha256(f"flows/1\n{times}\n{amounts}\n".encode()).hexdigest()
