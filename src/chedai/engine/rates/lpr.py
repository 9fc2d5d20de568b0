"""LPR 加点: a rate that follows a published benchmark.

R = LPR in force at the contract or repricing date + spread in basis points. On each repricing date (重定价日) the LPR
last published on or before that day is taken; in between nothing moves. The path holds the dates at which the rate
really changes: a repricing at an unchanged LPR leaves the plan, and its fen, as it was.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias

from chedai.engine.errors import InvalidArgument

BASIS_POINT: Final = 10_000
"""Rate units in one basis point (0.01 %)."""

DatedRate: TypeAlias = tuple[date, int]
"""The first day of a rate and the rate in units of 1e-8 a year."""


class Repricing(StrEnum):
    """When a floating rate is set anew."""

    FIXED = "fixed"  # never
    YEARLY_JANUARY = "yearly_january"  # every 1 January
    YEARLY = "yearly"  # every anniversary of the contract date (对月对日)
    HALF_YEARLY = "half_yearly"  # every six months from the contract date
    QUARTERLY = "quarterly"  # every three months from the contract date


_MONTHS: Final = {Repricing.YEARLY: 12, Repricing.HALF_YEARLY: 6, Repricing.QUARTERLY: 3}


def rate_on(series: Sequence[DatedRate], day: date) -> int:
    """The benchmark in force on `day`: the last one published on or before it. None published yet is refused."""
    published = [rate for since, rate in _ascending(series) if since <= day]
    if not published:
        raise InvalidArgument("series", "has no rate published by then", "该日之前没有已公布的利率", value=day)
    return published[-1]


def rate_path(
    series: Sequence[DatedRate], spread: int, contract_date: date, repricing: Repricing, until: date
) -> tuple[DatedRate, ...]:
    """The loan's rates from the contract to `until` (exclusive): the first at the contract date, then each change.

    `series` is the benchmark as (published on, rate in 1e-8), ascending; `spread` in basis points, may be negative.
    Errors: `InvalidArgument` for a series out of order or too short, an end before the contract, a rate below 0.
    """
    if until <= contract_date:
        raise InvalidArgument("until", "must be after the contract date", "必须晚于合同日", value=until)
    path: list[DatedRate] = []
    for day in _repricing_dates(contract_date, repricing, until):
        rate = rate_on(series, day) + spread * BASIS_POINT
        if rate < 0:
            raise InvalidArgument("spread", "takes the rate below 0", "加点后利率低于 0", value=spread)
        if not path or rate != path[-1][1]:
            path.append((day, rate))
    return tuple(path)


def _repricing_dates(contract_date: date, repricing: Repricing, until: date) -> Iterator[date]:
    """The contract date and every repricing date before `until`; a day the month does not have becomes its last."""
    yield contract_date
    if repricing is Repricing.YEARLY_JANUARY:
        yield from (
            date(year, 1, 1) for year in range(contract_date.year + 1, until.year + 1) if date(year, 1, 1) < until
        )
    step = _MONTHS.get(repricing)
    count = 1
    while step is not None:
        year, month = divmod(contract_date.year * 12 + contract_date.month - 1 + step * count, 12)
        day = date(year, month + 1, min(contract_date.day, monthrange(year, month + 1)[1]))
        if day >= until:
            return
        yield day
        count += 1


def _ascending(series: Sequence[DatedRate]) -> Sequence[DatedRate]:
    """The series, refused where two entries are not in order of their dates."""
    for row in range(1, len(series)):
        if series[row][0] <= series[row - 1][0]:
            raise InvalidArgument("series", "must ascend by date", "必须按日期升序", row=row, value=series[row][0])
    return series
