"""The state of a loan, slowly: day by day and item by item in `Decimal`, written without the closed forms it judges.

Amounts are yuan, rates and shares plain decimals (0.06), dates are dates. Nothing is vectorised and nothing is shared
with the fast modules, so that a fault in one is not a fault in the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import pairwise
from typing import Final

FEN: Final = Decimal("0.01")
_PRECISION: Final = 60
_DAY: Final = timedelta(days=1)


def allocate(
    instalments: Sequence[Mapping[str, Decimal]], payment: Decimal, components: Sequence[str], vertical: bool
) -> tuple[list[dict[str, Decimal]], Decimal]:
    """What each component of each instalment (oldest first) gets of a payment, and what is left of it."""
    paid = [dict.fromkeys(instalment, Decimal(0)) for instalment in instalments]
    if vertical:
        steps = [(k, name) for name in components for k in range(len(instalments))]
    else:
        steps = [(k, name) for k in range(len(instalments)) for name in components]
    for k, name in steps:
        amount = min(payment, instalments[k][name])
        paid[k][name] += amount
        payment -= amount
    return paid, payment


def penalty(
    pieces: Sequence[tuple[Decimal, date, date]],
    rate: Decimal,
    *,
    basis: int = 360,
    grace_days: int = 0,
    backdated: bool = True,
) -> Decimal:
    """The penalty on amounts (amount, due on, unpaid until), counted on every single day, rounded to fen at the end."""
    daily_products = Decimal(0)
    for amount, due_on, until in pieces:
        last_grace_day = due_on + grace_days * _DAY
        if until <= last_grace_day:
            continue
        day = due_on + _DAY
        while day <= until:
            if backdated or day > last_grace_day:
                daily_products += amount
            day += _DAY
    with localcontext(prec=_PRECISION):
        return (daily_products * rate / basis).quantize(FEN, ROUND_HALF_UP)


def age(
    instalments: Sequence[tuple[date, Decimal, Decimal]], as_of: date, *, grace_days: int = 0, backdated: bool = True
) -> tuple[int, int, Decimal]:
    """Days past due, missed instalments and the overdue amount of (due on, due, paid), by walking to `as_of`."""
    missed = [(due_on, due - paid) for due_on, due, paid in instalments if due > paid]
    missed = [(due_on, rest) for due_on, rest in missed if as_of > due_on + grace_days * _DAY]
    days = 0
    if missed:
        day = min(due_on for due_on, _ in missed)
        if not backdated:
            day += grace_days * _DAY
        while day < as_of:
            day += _DAY
            days += 1
    return days, len(missed), sum((rest for _, rest in missed), Decimal(0))


def bucket(days: int, last_days: Sequence[int]) -> int:
    """The overdue bucket by trying the edges one by one."""
    for number, last in enumerate(last_days):
        if days <= last:
            return number
    return len(last_days)


def risk_class(
    days: int,
    *,
    technical: bool = False,
    impaired: bool = False,
    loss_share: Decimal = Decimal(0),
    fact_floor: int = 1,
) -> int:
    """The floor of the five classes by the rule of 2023: 1 normal ... 5 loss."""
    found = [fact_floor, 1]
    if days > 0 and not (technical and days <= 7):
        found.append(2)
    for edge, number in ((90, 3), (270, 4), (360, 5)):
        if days > edge:
            found.append(number)
    if impaired:
        found.append(3)
        if loss_share >= Decimal("0.5"):
            found.append(4)
        if loss_share >= Decimal("0.9"):
            found.append(5)
    return max(found)


def expected_loss(
    exposure: Sequence[Decimal],
    exposure_now: Decimal,
    stage: int,
    eir: Decimal,
    scenarios: Sequence[tuple[Decimal, Sequence[Decimal], Decimal]],
) -> Decimal:
    """The provision over (weight, survival by month, loss given default) scenarios, month by month.

    A month's coefficient is rounded to 1e-12 before it meets money, as the definition says; the sum to fen half-up.
    """
    unit = Decimal(1).scaleb(-12)
    total = Decimal(0)
    with localcontext(prec=_PRECISION):
        if stage == 3:
            lost = sum((weight * lgd for weight, _, lgd in scenarios), Decimal(0))
            return (exposure_now * lost.quantize(unit)).quantize(FEN, ROUND_HALF_UP)
        for month, owed in enumerate(exposure, start=1):
            if stage == 1 and month > 12:
                break
            chance = sum((w * (s[month - 1] - s[month]) * lgd for w, s, lgd in scenarios), Decimal(0))
            present = (1 + eir) ** (Decimal(-month) / 12)
            total += owed * (chance * present).quantize(unit)
        return total.quantize(FEN, ROUND_HALF_UP)


def level_instalment(principal: Decimal, annual_rate: Decimal, periods: int) -> Decimal:
    """The level monthly instalment: the present value of `periods` payments of 1, counted payment by payment."""
    with localcontext(prec=_PRECISION):
        present, factor = Decimal(0), Decimal(1)
        for _ in range(periods):
            factor /= 1 + annual_rate / 12
            present += factor
        return (principal / present).quantize(FEN, ROUND_HALF_UP)


def car_value(price: Decimal, knots: Sequence[tuple[int, Decimal]], age: int, months: int) -> Decimal:
    """A car's value `months` after it was bought at `age` months, on straight lines between the knots."""
    with localcontext(prec=_PRECISION):
        return (price * _share(knots, age + months) / _share(knots, age)).quantize(FEN, ROUND_HALF_UP)


def _share(knots: Sequence[tuple[int, Decimal]], month: int) -> Decimal:
    for (start, high), (end, low) in pairwise(knots):
        if start <= month <= end:
            between = high + (low - high) * (month - start) / (end - start)
            return between.quantize(Decimal(1).scaleb(-8), ROUND_HALF_UP)
    return knots[-1][1]
