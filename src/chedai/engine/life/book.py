"""The working book of one replay: instalments, principal really outstanding, rates and pauses.

It is the only thing that changes while events are replayed, and it never leaves this package: callers get a
`LoanState`. An instalment knows what was agreed for it and what was paid on it; what is due on it follows from the
agreement, the days and the money really outstanding, and is worked out by `projection` whenever somebody asks.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Final, NamedTuple

from chedai.engine.calendar import BusinessCalendar
from chedai.engine.daycount import Period, year_fraction
from chedai.engine.life.conventions import Conventions, Recalculation
from chedai.engine.life.events import Event
from chedai.engine.life.state import Row
from chedai.engine.money import RATE_SCALE
from chedai.engine.terms import LoanTerms, Step
from chedai.engine.waterfall import Component


@dataclass(slots=True)
class Parts:
    """An amount in fen by component."""

    fee: int = 0
    penalty: int = 0
    interest: int = 0
    principal: int = 0

    @property
    def total(self) -> int:
        return self.fee + self.penalty + self.interest + self.principal

    def of(self, component: Component) -> int:
        amount: int = getattr(self, component.value)
        return amount

    def add(self, component: Component, amount: int) -> None:
        setattr(self, component.value, self.of(component) + amount)


class Receipt(NamedTuple):
    """Money booked on a row; where it is `waived`, nobody paid it."""

    on: date
    component: Component
    amount: int
    waived: bool = False


class Levy(NamedTuple):
    """A fee or penalty charged on a row."""

    due_on: date
    component: Component
    amount: int


@dataclass(slots=True)
class Instalment:
    """One row of the plan: its interest period, what was agreed, what was charged and paid.

    Either `total` is agreed and the principal is what the interest leaves of it, or `principal` is agreed and the
    interest comes on top. A row in `grace` holds no principal; `step` is its segment of a stepped plan.

    `stated_interest` is owed whatever the balance does; a `flat` row bears nothing else, a `free` row nothing at all.
    `arrears` is unpaid interest of rows that ended, collected here within what was agreed; `beside` is such interest
    carried forward as it is (挂账), on top of it. A row that does not `collect` leaves its interest to the next one;
    where it `pools`, before rounding.

    Once `settled`, the interest of a row is final, and what accrues later in its period is carried to the next row. A
    row that money paid ahead has emptied is `spared`: the loan got shorter. A `closed` row has ended at what was paid
    on it: its debt went into a new plan, or the loan was paid off. What is `waived` counts as paid, by nobody.
    """

    period: Period
    due: date
    total: int = 0
    principal: int | None = None
    stated_interest: int = 0
    arrears: int = 0
    beside: int = 0
    flat: bool = False
    free: bool = False
    collects: bool = True
    pools: bool = False
    grace: bool = False
    step: Step | None = None
    settled: bool = False
    spared: bool = False
    closed: bool = False
    levies: list[Levy] = field(default_factory=list)
    accrued_penalty: int = 0
    paid: Parts = field(default_factory=Parts)
    receipts: list[Receipt] = field(default_factory=list)
    waived: Parts = field(default_factory=Parts)

    def charged(self, component: Component) -> int:
        """Fees or penalties charged so far."""
        accrued = self.accrued_penalty if component is Component.PENALTY else 0
        if not self.levies:
            return accrued
        return accrued + sum(levy.amount for levy in self.levies if levy.component is component)


class Move(NamedTuple):
    """The principal that bears interest changes by `amount` from `on`."""

    on: date
    amount: int


class RateFrom(NamedTuple):
    """`rate` (1e-8 a year) holds for interest from `start` on."""

    start: date
    rate: int


class Passed(NamedTuple):
    """How far the past is final: so many leading rows are settled and over, and this is what they left behind."""

    rows: int = 0
    moves: int = 0
    balance: int = 0
    carried: int = 0
    held: int = 0
    pool: Fraction = Fraction(0)


NOT_YET: Final = Passed()


class Booking(NamedTuple):
    """One line of an entry: `amount` of `component` on `row`; no row for money held as a credit."""

    row: Instalment | None
    component: Component | None
    amount: int


class BookEntry(NamedTuple):
    """One event as booked, with the principal owed after it."""

    event: Event
    amount: int
    bookings: tuple[Booking, ...]
    balance: int


@dataclass(slots=True)
class Book:
    """The working state.

    Rows: `instalments` is the plan that bears interest; `singles` are sums of principal due on one day (down payments,
    prepayments); `later` holds charges due after the last instalment. Due dates keep `anchor_day`, the agreed day of
    the month, and move to `business_days` where the terms say so. `superseded` keeps the rows of replaced plans.

    Principal: `advances` is what was put under the plan, `moves` the same and what was repaid of it, `timely` as if
    nothing had been repaid late, `owed` what is left. `payouts` is money paid out; `paid_out`, where the balance column
    starts, counts in what was capitalised or waived. `waived` and `capitalised` sum up what was forgiven and what was
    made principal. While the plan is `steady` (money moves, nothing is agreed) `agreed` keeps it as it was worked out.
    """

    terms: LoanTerms
    conventions: Conventions
    instalments: list[Instalment]
    rates: list[RateFrom]
    anchor_day: int
    business_days: BusinessCalendar | None = None
    singles: list[Instalment] = field(default_factory=list)
    later: list[Instalment] = field(default_factory=list)
    pauses: list[tuple[date, date]] = field(default_factory=list)
    advances: list[Move] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    timely: list[Move] = field(default_factory=list)
    payouts: list[Move] = field(default_factory=list)
    paid_out: list[Move] = field(default_factory=list)
    entries: list[BookEntry] = field(default_factory=list)
    superseded: list[tuple[Row, ...]] = field(default_factory=list)
    owed: int = 0
    credit: int = 0
    closed_on: date | None = None
    factors: dict[tuple[date, date], tuple[int, int]] = field(default_factory=dict)
    passed: Passed = NOT_YET
    waived: Parts = field(default_factory=Parts)
    capitalised: Parts = field(default_factory=Parts)
    steady: bool = False
    agreed: tuple[tuple[int, ...], tuple[int, ...]] | None = None

    @property
    def follows_payments(self) -> bool:
        """Whether interest follows what is really paid."""
        return self.conventions.recalculation is not Recalculation.NONE

    @property
    def rows(self) -> list[Instalment]:
        """All rows of the schedule in the order they fall due."""
        return sorted([*self.instalments, *self.singles, *self.later], key=lambda row: row.due)

    def advance(self, on: date, amount: int) -> None:
        """Put `amount` more principal under the plan (less, where negative)."""
        for moves in (self.advances, self.moves, self.timely):
            put(moves, on, amount)
        self.owed += amount

    def repay(self, on: date, due: date, amount: int) -> None:
        """Take off `amount` of the principal due on a day; it bears no interest from `on`."""
        put(self.moves, on, -amount)
        put(self.timely, min(on, due), -amount)
        self.owed -= amount

    def forget(self) -> None:
        """Drop what was worked out before dates, rates or the plan changed."""
        self.factors.clear()
        self.passed = NOT_YET

    def factor(self, start: date, end: date, period: Period) -> tuple[int, int]:
        """Interest on one fen of balance from `start` to `end`, inside `period`: numerator and denominator."""
        known = self.factors.get((start, end))
        if known is None:
            fraction = self._factor(start, end, period)
            known = self.factors[start, end] = fraction.numerator, fraction.denominator
        return known

    def _factor(self, start: date, end: date, period: Period) -> Fraction:
        days = {start, end}
        days.update(change.start for change in self.rates if start < change.start < end)
        days.update(day for pause in self.pauses for day in pause if start < day < end)
        bounds = sorted(days)
        total = Fraction(0)
        for low, high in pairwise(bounds):
            if not any(first <= low and high <= last for first, last in self.pauses):
                total += year_fraction(self.terms.day_count, low, high, period) * self.rate_on(low)
        return total / RATE_SCALE

    def rate_on(self, day: date) -> int:
        """The annual rate for interest from `day` on."""
        return next(change.rate for change in reversed(self.rates) if change.start <= day)


def put(moves: list[Move], on: date, amount: int) -> None:
    """Insert a move behind those of its day: what was walked already keeps its place."""
    insort(moves, Move(on, amount), key=_day)


def _day(move: Move) -> date:
    return move.on
