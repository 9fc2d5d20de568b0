"""G1: a million schedules of 36 to 60 periods, every method, beside a Decimal loop, numpy-financial and memcpy.

Two questions. Is it right: every instalment of every method is computed again with Python's unbounded integers, in
plain loops that share no code with the engine, and compared to the fen; all 48 million, not a sample. Is it fast: CPU
seconds of the whole call, level amounts solved and arguments checked, in batches that write into the arrays of the
batch before. The arrays are padded to 60 rows, so more is written than the 48 million instalments; memcpy copies as
much. The peers run on samples of the same loans and are carried to the full number by instalment.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

import numpy as np
import numpy_financial

from benchmarks.harness import Report, Timing, calibrate, measure
from chedai.engine.money import Rounding
from chedai.engine.schedule import (
    ScheduleColumns,
    YearParts,
    schedule,
    schedule_columns,
    timetable_columns,
    year_part_columns,
)
from chedai.engine.terms import Amortisation, DayCount, InterestMethod, LoanTerms, Step, StepKind

SEED = 20260101
LOANS = 1_000_000
BATCH = 16_384
LONGEST = 60
DECIMAL_LOANS = 500
PEER_LOANS = 20_000
CENT = Decimal("0.01")

Rows = tuple[list[int], list[int]]
"""Principal and interest of one loan."""


@dataclass(frozen=True)
class Book:
    """The loans, one column each: fen, rate units of 1e-8, periods."""

    principal: Any
    rate: Any
    periods: Any

    def batches(self) -> Iterator[slice]:
        for first in range(0, LOANS, BATCH):
            yield slice(first, min(first + BATCH, LOANS))


@cache
def book() -> Book:
    """A million car loans of 30,000 to 300,000 yuan at 2 to 15 %, 36 to 60 months."""
    draw = np.random.default_rng(SEED)
    return Book(
        draw.integers(3_000_000, 30_000_000, LOANS),
        draw.integers(200, 1_500, LOANS) * 10_000,
        draw.integers(36, LONGEST + 1, LOANS),
    )


@cache
def calendar_parts() -> YearParts:
    """Act/365 from one payout day for all: the matrix path, without a million calendars in the timing."""
    dates = timetable_columns(np.array([date(2026, 1, 31)], "datetime64[D]"), LONGEST)
    days = year_part_columns(DayCount.ACT_365, dates)
    return YearParts(np.repeat(np.asarray(days.numerator), BATCH, axis=1), days.denominator)


@dataclass(frozen=True)
class Method:
    """A method of repayment: how the engine is called, and how plain integers say the same of one loan."""

    name: str
    exact: Callable[[int, int, int], Rows]
    facts: dict[str, Any] = field(default_factory=dict)
    columns: Callable[[Any], dict[str, Any]] = lambda principal: {}

    def run(self, loans: slice, out: ScheduleColumns | None = None) -> ScheduleColumns:
        of = book()
        principal, periods = of.principal[loans], of.periods[loans]
        facts = self.facts | self.columns(principal)
        if "steps" in facts:
            periods = LONGEST
        if "year_parts" in facts:
            parts = facts["year_parts"]
            facts["year_parts"] = YearParts(parts.numerator[: periods.max(), : principal.size], parts.denominator)
        return schedule_columns(principal, of.rate[loans], periods, **facts, out=out)

    @property
    def instalments(self) -> int:
        return LOANS * LONGEST if "steps" in self.facts else int(book().periods.sum())

    def all_loans(self) -> None:
        made = None
        for loans in book().batches():
            made = self.run(loans, made)


def half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def half_even(numerator: int, denominator: int) -> int:
    whole, rest = divmod(numerator, denominator)
    return whole + (2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1))


YEAR = 12 * 10**8


def rows(balance: int, weights: list[int], amounts: list[int], pays: bool, scale: int, rounded: Any) -> Rows:
    """Interest on the balance; `amounts` are payments that hold it, or principal parts with it on top."""
    principal, interest = [], []
    for weight, amount in zip(weights[:-1], amounts, strict=False):
        due = rounded(balance * weight, scale)
        part = max(amount - due, 0) if pays else amount
        if part > balance:
            part = balance
        balance -= part
        principal.append(part)
        interest.append(due)
    return [*principal, balance], [*interest, rounded(balance * weights[-1], scale)]


def solved(balance: int, rate: int, periods: int, tail: int, rounded: Any) -> int:
    """(B (1+f)^n - T) f / ((1+f)^n - 1), one fraction of two integers."""
    growth, scale = (YEAR + rate) ** periods, YEAR**periods
    return int(rounded((balance * growth - tail * scale) * rate, YEAR * (growth - scale)))


def level(balance: int, rate: int, periods: int, tail: int = 0, grace: int = 0, rounded: Any = half_up) -> Rows:
    amount = solved(balance, rate, periods - grace, tail, rounded)
    months = [rate] * periods
    if not grace:
        return rows(balance, months, [amount] * periods, True, YEAR, rounded)
    first = [rounded(balance * rate, YEAR)] * grace
    principal, interest = rows(balance, months[grace:], [amount] * periods, True, YEAR, rounded)
    return [0] * grace + principal, first + interest


def stated(balance: int, rate: int, periods: int) -> Rows:
    return rows(balance, [rate] * periods, [balance // 80] * periods, True, YEAR, half_up)


def equal_principal(balance: int, rate: int, periods: int) -> Rows:
    return rows(balance, [rate] * periods, [half_up(balance, periods)] * periods, False, YEAR, half_up)


def interest_first(balance: int, rate: int, periods: int) -> Rows:
    return [0] * (periods - 1) + [balance], [half_up(balance * rate, YEAR)] * periods


def bullet(balance: int, rate: int, periods: int) -> Rows:
    nothing = [0] * (periods - 1)
    return [*nothing, balance], [*nothing, half_up(balance * rate * periods, YEAR)]


def flat(balance: int, rate: int, periods: int) -> Rows:
    total = half_up(balance * rate * periods, YEAR)
    share, amount = half_up(total, periods), half_up(balance + total, periods)
    before, part = periods - 1, amount - half_up(total, periods)
    return [part] * before + [balance - part * before], [share] * before + [total - share * before]


def stepped(balance: int, rate: int, _: int) -> Rows:
    return level(balance, rate, LONGEST, grace=12)


def by_calendar(balance: int, rate: int, periods: int) -> Rows:
    days = np.asarray(calendar_parts().numerator)[:periods, 0].tolist()
    scale = 365 * 10**8
    weights = [rate * day for day in days]
    growth, annuity, unit = 1, 0, 1
    for weight in weights:
        unit *= scale
        annuity = annuity * (scale + weight) + unit
        growth *= scale + weight
    return rows(balance, weights, [half_up(balance * growth, annuity)] * periods, True, scale, half_up)


def methods() -> list[Method]:
    stepped_facts = (Step(12, StepKind.INTEREST_ONLY), Step(48, StepKind.SOLVE))
    even: Any = lambda b, r, n: level(b, r, n, rounded=half_even)  # noqa: E731
    balloon: Any = lambda b, r, n: level(b, r, n, tail=b // 3)  # noqa: E731
    grace: Any = lambda b, r, n: level(b, r, n, grace=6)  # noqa: E731
    kind = Amortisation
    return [
        Method("level", level),
        Method("level, half to even", even, {"rounding": Rounding.HALF_EVEN}),
        Method("level by act/365", by_calendar, {"year_parts": calendar_parts()}),
        Method("6 months of interest, then level", grace, {"grace_principal": 6}),
        Method("equal principal", equal_principal, {"amortisation": kind.EQUAL_PRINCIPAL}),
        Method("interest first", interest_first, {"amortisation": kind.INTEREST_FIRST}),
        Method("bullet", bullet, {"amortisation": kind.BULLET}),
        Method("balloon, tail fixed", balloon, {"amortisation": kind.BALLOON}, lambda p: {"balloon": p // 3}),
        Method("balloon, payment fixed", stated, {"amortisation": kind.BALLOON}, lambda p: {"instalment": p // 80}),
        Method("flat", flat, {"interest_method": InterestMethod.FLAT}),
        Method("stepped", stepped, {"amortisation": kind.STEPPED, "steps": stepped_facts}),
    ]


def wrong(task: tuple[int, int]) -> tuple[int, int]:
    """Instalments checked and instalments that differ, for one method and one batch."""
    method, loans = methods()[task[0]], list(book().batches())[task[1]]
    made, of = method.run(loans), book()
    checked = differ = 0
    found = zip(made.principal.T.tolist(), made.interest.T.tolist(), made.periods.tolist(), strict=True)
    terms = zip(of.principal[loans].tolist(), of.rate[loans].tolist(), strict=True)
    for (principal, interest, periods), (balance, rate) in zip(found, terms, strict=True):
        exact = method.exact(balance, rate, periods)
        checked += periods
        if (principal[:periods], interest[:periods]) != exact or any(principal[periods:]) or any(interest[periods:]):
            pairs = zip(principal, interest, *exact, strict=False)
            differ += max(1, sum(1 for p, i, q, j in pairs if (p, i) != (q, j)))
    return checked, differ


def check_all() -> dict[str, tuple[int, int]]:
    """Every instalment of every method against plain integers, on all cores."""
    batches = range(len(list(book().batches())))
    names = [method.name for method in methods()]
    with multiprocessing.get_context("fork").Pool() as pool:
        counted = {name: pool.map(wrong, [(index, batch) for batch in batches]) for index, name in enumerate(names)}
    return {name: (sum(c for c, _ in found), sum(d for _, d in found)) for name, found in counted.items()}


def decimal_loop() -> list[tuple[int, Decimal, Decimal, Decimal, Decimal]]:
    """How schedules are usually written: one loan and one instalment at a time, each figure rounded, rows kept."""
    of, table = book(), []
    for loan in range(DECIMAL_LOANS):
        balance, periods = Decimal(int(of.principal[loan])) / 100, int(of.periods[loan])
        annual = Decimal(int(of.rate[loan])) / 10**8
        growth = (1 + annual / 12) ** periods
        amount = (balance * annual / 12 * growth / (growth - 1)).quantize(CENT, ROUND_HALF_UP)
        for n in range(1, periods + 1):
            interest = (balance * annual / 12).quantize(CENT, ROUND_HALF_UP)
            principal = balance if n == periods else (amount - interest).quantize(CENT, ROUND_HALF_UP)
            balance = (balance - principal).quantize(CENT, ROUND_HALF_UP)
            table.append((n, principal + interest, principal, interest, balance))
    return table


def lean_decimal_loop() -> None:
    """The same with everything hoisted that can be, one rounding an instalment, and no row kept."""
    of = book()
    for loan in range(DECIMAL_LOANS):
        balance, periods = Decimal(int(of.principal[loan])) / 100, int(of.periods[loan])
        factor = Decimal(int(of.rate[loan])) / YEAR
        growth = (1 + factor) ** periods
        amount = (balance * factor * growth / (growth - 1)).quantize(CENT, ROUND_HALF_UP)
        for n in range(1, periods + 1):
            interest = (balance * factor).quantize(CENT, ROUND_HALF_UP)
            balance -= balance if n == periods else amount - interest


def broadcast() -> None:
    """numpy-financial over a matrix of periods and loans; in floats, not rounded to the fen."""
    of, sample = book(), slice(0, PEER_LOANS)
    rate, periods = of.rate[sample] / YEAR, of.periods[sample]
    n = np.arange(1, LONGEST + 1)[:, None]
    numpy_financial.ppmt(rate, n, periods, -of.principal[sample])
    numpy_financial.ipmt(rate, n, periods, -of.principal[sample])


def single_quote() -> None:
    terms = LoanTerms(principal=10_000_000, annual_rate=5_880_000, periods=36, disbursed_on=date(2026, 1, 31))
    for _ in range(1_000):
        schedule(terms)


def main() -> None:
    of = book()
    instalments = int(of.periods.sum())
    report = Report("schedules", "a million schedules of 36 to 60 periods", SEED, ("numpy", "numpy-financial"))
    timings: dict[str, Timing] = {}
    for method in methods():
        timings[method.name] = measure(method.all_loans, repeats=5 if method.name == "level" else 3)
        report.row(method.name, timings[method.name], per_unit="instalment", n=method.instalments)
    for name, peer, loans, cells in (
        ("Decimal loop", decimal_loop, DECIMAL_LOANS, int(of.periods[:DECIMAL_LOANS].sum())),
        ("lean Decimal loop", lean_decimal_loop, DECIMAL_LOANS, int(of.periods[:DECIMAL_LOANS].sum())),
        ("numpy-financial", broadcast, PEER_LOANS, PEER_LOANS * LONGEST),
    ):
        timings[name] = measure(peer).scaled(instalments / cells)
        report.row(f"{name}, on {loans:,} loans", timings[name], per_unit="instalment", n=instalments)
    copied = calibrate().memcpy(LOANS * LONGEST * 2 * 8)
    report.row("memcpy of the output", copied, per_unit="instalment", n=instalments)
    report.row("one loan, rows and dates", measure(single_quote), per_unit="loan", n=1_000)
    fast = timings["level"]
    checked = check_all()
    for name, (count, differ) in checked.items():
        report.ratio(f"fen wrong, {name}, of {count:,} instalments", differ, "== 0")
    report.ratio("level beside a Decimal loop", fast.over(timings["Decimal loop"]), ">= 100")
    report.ratio("level beside numpy-financial", fast.over(timings["numpy-financial"]), ">= 15")
    report.ratio("level over memcpy of its output", copied.over(fast), "<= 4")
    report.print()
    report.save()


if __name__ == "__main__":
    main()
