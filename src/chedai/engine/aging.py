"""How late a loan is: days past due, missed instalments, overdue buckets (M0 to M7+), and the two overdue ratios.

A loan is as old as its oldest unpaid instalment: days past due (逾期天数) run from that due date, the day after it
being day 1, and paying the newest instalment does not make it younger. Counting missed instalments gives a second age,
which the credit report uses for its digits. Nothing here is stored by day: the age on any date follows from what is
due, what is paid and the date.

The overdue ratio has two honest definitions: the overdue part over the whole book (小口径), or the whole balance of
every loan that is overdue (大口径). 6 instalments of 1,000 with the first missed are 1,000 or 6,000 overdue. A third,
for instalment loans to people, takes the part up to 90 days and the whole balance beyond.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from chedai.engine.accrual import GraceMissed, penalty_days
from chedai.engine.columns import Share, day_number, exact_sum, row_column, row_offsets, row_sums
from chedai.engine.errors import InvalidArgument
from chedai.engine.money import FenColumn, fen_column, same_length


class Aging(NamedTuple):
    """One row a loan. A loan that is not overdue has 0 in every column."""

    days_past_due: FenColumn
    missed: FenColumn  # instalments overdue and not fully paid
    overdue: FenColumn  # what of them is unpaid, in fen
    oldest: FenColumn  # the oldest unpaid due date as a day number


@dataclass(frozen=True, slots=True)
class Buckets:
    """The edges of the overdue buckets: `last_days[k]` is the last day of bucket k, beyond the last one is M7+.

    The default is the one of the credit report (1-30, 31-60 ... over 180); some lenders cut at 29, 59, 89.
    """

    last_days: tuple[int, ...] = (0, 30, 60, 90, 120, 150, 180)

    def __post_init__(self) -> None:
        if not self.last_days or self.last_days[0] < 0:
            raise InvalidArgument("last_days", "must start at 0 or later", "首档截止日不得小于 0")
        for row in range(1, len(self.last_days)):
            if self.last_days[row] <= self.last_days[row - 1]:
                raise InvalidArgument("last_days", "must rise", "须递增", row=row, value=self.last_days[row])

    @property
    def names(self) -> tuple[str, ...]:
        """M0, M1 ... and the open one, M7+."""
        top = len(self.last_days)
        return (*(f"M{k}" for k in range(top)), f"M{top}+")

    def by_days(self, days_past_due: ArrayLike) -> FenColumn:
        """The bucket number of each loan by its days past due."""
        days = fen_column("days_past_due", days_past_due, least=0)
        return np.searchsorted(np.array(self.last_days, dtype=np.int64), days, side="left").astype(np.int64)

    def by_count(self, missed: ArrayLike) -> FenColumn:
        """The bucket number of each loan by its missed instalments: one missed is M1."""
        return np.minimum(fen_column("missed", missed, least=0), len(self.last_days))


class OverdueDefinition(StrEnum):
    """What of an overdue loan counts as overdue."""

    SMALL = "small"  # 小口径: the overdue part
    LARGE = "large"  # 大口径: the whole balance
    RETAIL = "retail"  # the overdue part up to a number of days, the whole balance beyond


def aging(
    due_on: ArrayLike,
    due: ArrayLike,
    paid: ArrayLike,
    offsets: ArrayLike,
    as_of: date | ArrayLike,
    *,
    grace_days: ArrayLike = 0,
    grace_missed: GraceMissed = GraceMissed.BACKDATED,
    tolerance: int = 0,
) -> Aging:
    """The age of one loan or of a million on `as_of`.

    `due_on` (day numbers, `date.toordinal`), `due` and `paid` (fen) have one row an instalment; `offsets`
    int64[loan + 1] says which belong to a loan, in any order. `as_of` and `grace_days` are one for all or one a loan.
    Inside the grace an instalment is not overdue. An unpaid rest of up to `tolerance` fen an instalment is overlooked.

    Errors: `InvalidArgument` (an instalment overpaid, a negative amount), `LengthMismatch`.
    """
    dates = fen_column("due_on", due_on)
    amounts = row_column("due", due, dates.size, stretch=False)
    received = row_column("paid", paid, dates.size, stretch=False)
    starts = row_offsets("offsets", offsets, items=dates.size)
    loans = starts.size - 1
    today = row_column("as_of", day_number("as_of", as_of), loans)
    grace = row_column("grace_days", grace_days, loans)
    rest = amounts - received
    over = np.flatnonzero(rest < 0)
    if over.size:
        raise InvalidArgument("paid", "is more than was due", "超过应还金额", row=int(over[0]))
    # Most instalments are paid or not yet due: only what is open is looked at.
    item = np.flatnonzero(rest > tolerance)
    loan = np.searchsorted(starts, item, side="right") - 1
    late = penalty_days(dates[item], today[loan], grace[loan], grace_missed)
    item, loan, late = item[late > 0], loan[late > 0], late[late > 0]
    own = np.searchsorted(item, starts)
    days, oldest = np.zeros(loans, dtype=np.int64), np.full(loans, np.iinfo(np.int64).max)
    np.maximum.at(days, loan, late)
    np.minimum.at(oldest, loan, dates[item])
    return Aging(days, np.diff(own), row_sums("due", rest[item], own), np.where(days > 0, oldest, 0))


def aging_matrix(due_on: ArrayLike, due: ArrayLike, paid: ArrayLike, as_of: date | ArrayLike) -> Aging:
    """`aging` for loans with the same number of instalments: matrices [loan, instalment], one row for one loan."""
    dates = np.atleast_2d(np.asarray(due_on))
    offsets = np.arange(dates.shape[0] + 1, dtype=np.int64) * dates.shape[1]
    return aging(dates.reshape(-1), np.ravel(due), np.ravel(paid), offsets, as_of)


def overdue_balance(
    days_past_due: ArrayLike,
    overdue: ArrayLike,
    balance: ArrayLike,
    definition: OverdueDefinition,
    *,
    whole_above: int = 90,
) -> FenColumn:
    """What of each loan counts as overdue, in fen; `overdue` and `balance` in the same measure."""
    days, part, whole = same_length(
        days_past_due=fen_column("days_past_due", days_past_due, least=0),
        overdue=fen_column("overdue", overdue, least=0),
        balance=fen_column("balance", balance, least=0),
    )
    above = {OverdueDefinition.LARGE: 0, OverdueDefinition.RETAIL: whole_above}
    counted = part if definition is OverdueDefinition.SMALL else np.where(days > above[definition], whole, part)
    return np.where(days > 0, counted, 0)


def overdue_ratio(
    days_past_due: ArrayLike,
    overdue: ArrayLike,
    balance: ArrayLike,
    definition: OverdueDefinition,
    *,
    whole_above: int = 90,
) -> Share:
    """The overdue ratio of a book: the overdue sum over the sum of all balances, exact."""
    counted = overdue_balance(days_past_due, overdue, balance, definition, whole_above=whole_above)
    return Share(exact_sum(counted), exact_sum(fen_column("balance", balance)))
