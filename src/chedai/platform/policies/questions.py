"""Questions that take more than one row: the LPR, the cap that binds, the longest term, the calendar.

Every answer names the rows it used and carries the warnings that touch it, so that what a customer is told today can be
explained later from the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from chedai.engine.calendar import BusinessCalendar
from chedai.platform.policies.book import PolicyBook
from chedai.platform.policies.errors import Finding, NoPolicyInForce
from chedai.platform.policies.rows import PolicyRow
from chedai.platform.policies.values import CalendarYear, Cap

LOAN_CAPS: Final = "rate_caps.loan."
"""Every series of this family bounds the annual all-in cost of one loan."""


class Tenor(StrEnum):
    """The two terms the LPR is published for."""

    ONE_YEAR = "1y"
    OVER_FIVE_YEARS = "5y"


@dataclass(frozen=True, slots=True)
class Fixing:
    """The LPR of a day in rate units, the row it stands in, and a warning where that row was not verified lately."""

    rate: int
    row: PolicyRow
    warnings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class CapLine:
    """One cap that applies, worked out for the day, in rate units."""

    rate: int
    row: PolicyRow


@dataclass(frozen=True, slots=True)
class RateCap:
    """The lowest of all caps that apply. `lines` are all of them, lowest first; `rows` all rows used, the LPR's too."""

    rate: int
    binding: tuple[str, ...]
    lines: tuple[CapLine, ...]
    rows: tuple[PolicyRow, ...]
    warnings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class PublishedCalendar:
    """The engine's calendar of the years asked for, and the rows it was taken from."""

    calendar: BusinessCalendar
    rows: tuple[PolicyRow, ...]


def lpr(book: PolicyBook, tenor: Tenor, on: date) -> Fixing:
    """The LPR in force on a day, from its publication day on. Errors: `NoPolicyInForce` before 2019-08-20."""
    key = f"lpr.{tenor}"
    row = book.in_force(key, on)
    return Fixing(row.rate, row, tuple(book.warnings(on, key)))


def binding_rate_cap(book: PolicyBook, contract_on: date, *, lender_type: str, region: str, channel: str) -> RateCap:
    """The cap on the annual all-in cost of a loan signed on a day: all that apply are worked out, the lowest binds.

    A multiple of the LPR takes the LPR of one year in force at the contract date. Compare the higher of the two annual
    rates with it. Errors: `NoPolicyInForce` where no cap is on file for the scope: that is not the same as no cap.
    """
    found = [
        book.find(key, contract_on, lender_type=lender_type, region=region, channel=channel)
        for key in book.keys(LOAN_CAPS)
    ]
    caps = [(row, row.typed(Cap)) for row in found if row is not None]
    if not caps:
        raise NoPolicyInForce(
            LOAN_CAPS,
            f"no cap on file on {contract_on} for {lender_type}, {region}, {channel}",
            f"{contract_on} 对（{lender_type}、{region}、{channel}）没有收录任何利率上限",
        )
    linked = any(cap.times_lpr_1y for _, cap in caps)
    fixing = lpr(book, Tenor.ONE_YEAR, contract_on) if linked else None
    lines = sorted((CapLine(_worked_out(cap, fixing), row) for row, cap in caps), key=lambda line: line.rate)
    lowest = lines[0].rate
    return RateCap(
        rate=lowest,
        binding=tuple(line.row.id for line in lines if line.rate == lowest),
        lines=tuple(lines),
        rows=(*(line.row for line in lines), *((fixing.row,) if fixing else ())),
        warnings=fixing.warnings if fixing else (),
    )


def max_term(
    book: PolicyBook, on: date, *, lender_type: str, vehicle_kind: str, long_term_need: bool = False
) -> PolicyRow:
    """The row of the longest term in months, extensions included.

    `long_term_need`: the customer was found to have a long-term need for consumer credit, the condition under which a
    bank may go beyond 60 months since 2025. Where no longer term is on file the ordinary one answers.
    """
    scope = {"lender_type": lender_type, "vehicle_kind": vehicle_kind}
    ordinary = book.in_force("loan_term.auto", on, **scope)
    longer = book.find("loan_term.consumption_long_need", on, **scope) if long_term_need else None
    return longer or ordinary


def business_calendar(book: PolicyBook, first_year: int, last_year: int) -> PublishedCalendar:
    """Which days are worked from the first year to the last.

    Errors: `NoPolicyInForce` for a year whose notice is not on file.
    """
    rows = tuple(book.in_force("calendar_cn.year", date(year, 1, 1)) for year in range(first_year, last_year + 1))
    years = [row.typed(CalendarYear) for row in rows]
    calendar = BusinessCalendar(
        holidays=frozenset(day for year in years for day in year.days_off()),
        make_up_days=frozenset(day for year in years for day in year.make_up_workdays),
        first=date(first_year, 1, 1),
        last=date(last_year, 12, 31),
    )
    return PublishedCalendar(calendar, rows)


def _worked_out(cap: Cap, fixing: Fixing | None) -> int:
    """A fixed rate, a multiple of the LPR, or the lower of both."""
    rates = [] if cap.at_most is None else [cap.at_most]
    if cap.times_lpr_1y is not None and fixing is not None:
        rates.append(cap.times_lpr_1y * fixing.rate)
    return min(rates)
