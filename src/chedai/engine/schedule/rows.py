"""A repayment schedule as people read it: one row an instalment, all amounts in fen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class Instalment(NamedTuple):
    """One row. `n` counts from 1; a down payment and the interest of a stub before the plan are rows with n = 0.

    Interest runs from `start` for `days` days; `due` is the day the money is due, later than that only where it was
    moved to a business day. `balance` is the principal still owed after the row.
    """

    n: int
    start: date
    due: date
    days: int
    principal: int
    interest: int
    total: int
    balance: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """All rows of one loan. `instalment` is the level amount (月供); None where the plan has none."""

    rows: tuple[Instalment, ...]
    instalment: int | None

    @property
    def principal(self) -> int:
        """Sum of the principal parts: exactly the principal of the terms."""
        return sum(row.principal for row in self.rows)

    @property
    def interest(self) -> int:
        """Sum of the interest of all rows."""
        return sum(row.interest for row in self.rows)

    @property
    def total(self) -> int:
        """What the customer pays in all."""
        return self.principal + self.interest


class Amounts(NamedTuple):
    """Principal and interest parts of n instalments, without dates. `instalment` as in `Schedule`."""

    principal: list[int]
    interest: list[int]
    instalment: int | None
