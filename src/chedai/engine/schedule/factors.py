"""Interest factors: the annual rate times the part of a year of each period, exact.

Every method of repayment works on these alone; it never asks what day it is. `daycount` defines the parts of a year.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from chedai.engine.calendar import Timetable
from chedai.engine.daycount import whole_fraction
from chedai.engine.money import RATE_SCALE
from chedai.engine.terms import DayCount, LoanTerms, Unit

_SAME_EVERY_PERIOD: Final = {
    *((day_count, unit) for day_count in (DayCount.THIRTY_360, DayCount.PERIOD) for unit in Unit),
    *((day_count, unit) for day_count in (DayCount.ACT_365, DayCount.ACT_360) for unit in (Unit.DAY, Unit.WEEK)),
    (DayCount.MONTH_ODD, Unit.MONTH),
}
"""Conventions under which all regular periods are the same part of a year, whatever the calendar says."""


def year_parts(terms: LoanTerms, dates: Timetable) -> list[Fraction]:
    """The part of a year of every period; 0 in the interest-free ones."""
    if (terms.day_count, terms.unit) in _SAME_EVERY_PERIOD:
        parts = _same_every_period(terms, dates)
    else:
        parts = [whole_fraction(terms.day_count, dates.period(k)) for k in range(terms.periods)]
    free = terms.interest_free_periods
    return [Fraction(0)] * free + parts[free:] if free else parts


def at_rate(annual_rate: int, parts: list[Fraction]) -> list[Fraction]:
    """Interest of every period for one fen of balance; `annual_rate` in units of 1e-8. Equal parts stay one object."""
    rate = Fraction(annual_rate, RATE_SCALE)
    known = {id(part): rate * part for part in parts}
    return [known[id(part)] for part in parts]


def period_factors(terms: LoanTerms, dates: Timetable) -> list[Fraction]:
    """Interest of every period for one fen of balance, at the rate of the terms."""
    return at_rate(terms.annual_rate, year_parts(terms, dates))


def _same_every_period(terms: LoanTerms, dates: Timetable) -> list[Fraction]:
    regular = next((k for k in range(terms.periods) if k not in dates.odd), 0)
    parts = [whole_fraction(terms.day_count, dates.period(regular))] * terms.periods
    for k in dates.odd:
        parts[k] = whole_fraction(terms.day_count, dates.period(k))
    return parts
