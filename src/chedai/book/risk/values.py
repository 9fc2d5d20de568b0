"""What the cars behind the loans are worth by now (车辆价值波动), and where less than what is owed.

A car follows the depreciation curve of the policy from the newest figure anybody put down: a valuation, or the price on
its invoice on the day of the payout. Past the end of the curve it keeps the last share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from django.db.models import QuerySet

from chedai.book.loans.models import Loan
from chedai.book.loans.states import LoanStatus
from chedai.book.risk import limits
from chedai.catalog.vehicles.models import Valuation
from chedai.engine.columns import proportion
from chedai.engine.money import FenColumn
from chedai.engine.valuation import DepreciationCurve
from chedai.platform.policies.book import PolicyBook

_DAYS_A_MONTH: Final = 365 / 12
_BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class Base:
    """A figure and its day, and the day the car was new."""

    amount: int
    on: date
    new_on: date


def worth_less(day: date, rules: PolicyBook) -> Iterator[tuple[Loan, int]]:
    """Loans that owe more than their car is worth on `day`, with its value in fen."""
    curve = limits.depreciation_on(rules, day)
    alive = Loan.objects.filter(state=LoanStatus.ACTIVE, vehicle__isnull=False, owed__gt=0).select_related("vehicle")
    batch: list[Loan] = []
    for loan in alive.order_by("pk").iterator(_BATCH):
        batch.append(loan)
        if len(batch) == _BATCH:
            yield from _below(batch, day, curve)
            batch = []
    yield from _below(batch, day, curve)


def values_over_time(loan: Loan, days: list[date], rules: PolicyBook, on: date) -> list[int] | None:
    """The value of the car of a loan on each of `days`; None where nobody put a figure down."""
    base = _bases([loan]).get(loan.pk)
    if base is None:
        return None
    curve = limits.depreciation_on(rules, on)
    return [int(_values([base], day, curve)[0]) for day in days]


def _below(loans: list[Loan], day: date, curve: DepreciationCurve) -> Iterator[tuple[Loan, int]]:
    bases = _bases(loans)
    known = [loan for loan in loans if loan.pk in bases]
    if not known:
        return
    for loan, value in zip(known, _values([bases[loan.pk] for loan in known], day, curve).tolist(), strict=True):
        if value < loan.owed:
            yield loan, value


def _bases(loans: list[Loan]) -> dict[int, Base]:
    newest: dict[int, Valuation] = {}
    valuations: QuerySet[Valuation] = Valuation.objects.filter(vehicle__in=[loan.vehicle_id for loan in loans])
    for valuation in valuations.order_by("valued_on", "pk"):
        newest[valuation.vehicle_id] = valuation
    found = {}
    for loan in loans:
        car = loan.vehicle
        if car is None:
            continue
        new_on = car.first_registered or loan.disbursed_on
        if (seen := newest.get(car.pk)) is not None:
            found[loan.pk] = Base(seen.amount, seen.valued_on, min(new_on, seen.valued_on))
        elif car.invoice_price:
            found[loan.pk] = Base(car.invoice_price, loan.disbursed_on, min(new_on, loan.disbursed_on))
    return found


def _values(bases: list[Base], day: date, curve: DepreciationCurve) -> FenColumn:
    amount = np.array([base.amount for base in bases], np.int64)
    then = curve.share_at(_ages([base.on for base in bases], bases, curve))
    now = curve.share_at(_ages([max(day, base.on) for base in bases], bases, curve))
    return proportion(amount, now, then, argument="value")


def _ages(days: list[date], bases: list[Base], curve: DepreciationCurve) -> FenColumn:
    months = [int((day - base.new_on).days / _DAYS_A_MONTH) for day, base in zip(days, bases, strict=True)]
    return np.minimum(np.array(months, np.int64), curve.months[-1])
