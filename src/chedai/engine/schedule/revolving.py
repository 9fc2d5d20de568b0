"""随借随还: draw and repay on any day, pay interest for the days and the money really used.

Interest is the sum of the daily balances x annual rate / basis, rounded once when it is settled, never by the day. A
day counts with the balance it closes with: money drawn today bears interest from today, money repaid today no longer
does (算头不算尾).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from chedai.engine.errors import InvalidArgument
from chedai.engine.money import RATE_SCALE, Rounding, divide


class Movement(NamedTuple):
    """Money drawn (`amount` > 0) or repaid (`amount` < 0) on a day, in fen."""

    on: date
    amount: int


class Stretch(NamedTuple):
    """Days with one balance: `products` is balance x days, what interest is counted on."""

    start: date
    end: date
    days: int
    balance: int
    products: int


@dataclass(frozen=True, slots=True)
class Statement:
    """How the interest of a revolving loan came about. `balance` is the principal owed at the end."""

    stretches: tuple[Stretch, ...]
    interest: int
    balance: int


def revolving_interest(
    movements: Sequence[Movement],
    annual_rate: int,
    until: date,
    *,
    opening: int = 0,
    since: date | None = None,
    basis: int = 360,
    limit: int | None = None,
    rounding: Rounding = Rounding.HALF_UP,
) -> Statement:
    """Interest up to `until` (not included), from the first movement or, with a balance carried over, from `since`.

    `annual_rate` in units of 1e-8, `basis` days a year, `limit` the credit line in fen. Movements come in order of
    date; several on a day are taken one after the other. Source: docs/algorithms/revolving.md.
    Errors: `InvalidArgument` with the row of a movement out of order, beyond the line, or repaying more than is owed.
    """
    for argument, value, least in (("annual_rate", annual_rate, 0), ("opening", opening, 0), ("basis", basis, 1)):
        if value < least:
            raise InvalidArgument(argument, f"must be at least {least}", f"不得小于 {least}", value=value)
    if opening and since is None:
        raise InvalidArgument("since", "is needed with a balance carried over", "有期初余额时须给出起始日")
    balance, start = opening, since or (movements[0].on if movements else until)
    stretches: list[Stretch] = []
    for row, movement in enumerate(movements):
        if movement.on < start or movement.on > until:
            rule = "must be in order of date and not after the end"
            raise InvalidArgument("movements", rule, "须按日期先后,且不晚于截止日", row=row, value=movement.on)
        stretches += _stretch(start, movement.on, balance)
        balance, start = balance + movement.amount, movement.on
        if balance < 0:
            raise InvalidArgument(
                "movements", "repays more than is owed", "还款超过所欠本金", row=row, value=movement.amount
            )
        if limit is not None and balance > limit:
            raise InvalidArgument("movements", "draws beyond the line", "超出授信额度", row=row, value=movement.amount)
    stretches += _stretch(start, until, balance)
    products = sum(stretch.products for stretch in stretches)
    return Statement(tuple(stretches), divide(products * annual_rate, RATE_SCALE * basis, rounding), balance)


def _stretch(start: date, end: date, balance: int) -> list[Stretch]:
    days = (end - start).days
    return [Stretch(start, end, days, balance, balance * days)] if days and balance else []
