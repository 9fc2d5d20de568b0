"""How a whole book ages: roll rates, vintages and first-payment defaults, from one byte a loan a month.

A month-end snapshot says of every loan which bucket it is in. Side by side the snapshots are a matrix months x loans of
bytes; everything an analyst asks of a book's past is a count or a sum over it. A roll rate (滚动率) is the part of what
stood in one bucket that stands in the next a month later. A vintage (账龄) follows the loans paid out in one month:
month on book 0 (MOB0) is the month of the payout itself, MOB1 the first full month. A first-payment default (首逾,
FPD) looks at the first instalment alone, and only at loans whose first due date is long enough ago to tell.
"""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chedai.engine.columns import day_number, row_column, row_offsets
from chedai.engine.errors import InvalidArgument, LengthMismatch
from chedai.engine.money import FenColumn, fen_column, same_length

States: TypeAlias = NDArray[np.uint8]

SETTLED: Final = 13
"""The loan is repaid."""
WRITTEN_OFF: Final = 14
NOT_YET: Final = 15
"""The loan is not paid out yet."""
CODES: Final = 16
"""States a byte can say: buckets M0, M1 ... up to 12, then the three above."""

_EXACT: Final = 2**53  # float64 counts whole numbers up to here
_LIMB: Final = 2**26
_STRETCH: Final = 2**17


class Vintage(NamedTuple):
    """One row a payout month, one column a month on book; -1 where that month is not over yet."""

    amount: FenColumn  # what is in the asked buckets
    base: FenColumn  # one a row: what was paid out


class EarlyDefault(NamedTuple):
    """One row a group: loans whose instalment reached the days, and loans old enough to tell."""

    reached: FenColumn
    ripe: FenColumn


def states(values: ArrayLike) -> States:
    """`values` as uint8[month, loan]; refuses what is no state."""
    raw = np.asarray(values)
    if raw.ndim != 2:
        raise InvalidArgument(
            "states", "must be a matrix of months by loans", "必须是月份乘贷款的矩阵", value=raw.shape
        )
    if raw.size and not (raw.max() < CODES and (raw.dtype == np.uint8 or raw.min() >= 0)):
        row = int(((raw < 0) | (raw >= CODES)).any(axis=1).argmax())
        raise InvalidArgument("states", f"must be 0 to {CODES - 1}", f"必须是 0 至 {CODES - 1}", row=row)
    return np.ascontiguousarray(raw, dtype=np.uint8)


def roll_counts(matrix: ArrayLike) -> FenColumn:
    """How many loans went from which state to which: int64[month - 1, from, to].

    Most loans stay where they are, so only those that move are counted; who stays follows from how many there were.
    """
    seen = states(matrix)
    out = np.zeros((max(seen.shape[0] - 1, 0), CODES, CODES), np.int64)
    standing = np.bincount(seen[0], minlength=CODES) if seen.size else np.zeros(CODES, np.int64)
    for month, moves in enumerate(out):
        was, now = seen[month], seen[month + 1]
        moved = np.flatnonzero(was != now)
        pairs = was[moved].astype(np.int64) * CODES + now[moved]
        moves[:] = np.bincount(pairs, minlength=CODES * CODES).reshape(CODES, CODES)
        gone = moves.sum(axis=1)
        moves[np.diag_indices(CODES)] = standing - gone
        standing = moves.sum(axis=0)
    return out


def roll_balances(matrix: ArrayLike, balance: ArrayLike) -> FenColumn:
    """The fen behind the counts: the balance of the earlier month, int64[month - 1, from, to]."""
    seen = states(matrix)
    amounts = np.asarray(balance)
    if amounts.shape != seen.shape:
        rule, rule_zh = f"must be {seen.shape[0]} months of {seen.shape[1]} loans", "形状必须与状态矩阵相同"
        raise LengthMismatch("balance", rule, rule_zh)
    out = np.zeros((max(seen.shape[0] - 1, 0), CODES, CODES), np.int64)
    for month, moves in enumerate(out):
        row = fen_column("balance", amounts[month], least=0)
        pairs = (seen[month] << 4) | seen[month + 1]
        moves[:] = _weighed(pairs, row).reshape(CODES, CODES)
    return out


def vintage(
    matrix: ArrayLike,
    amount: ArrayLike,
    *,
    offsets: ArrayLike,
    paid_out: ArrayLike,
    base: ArrayLike,
    at_least: int,
    ever: bool = False,
) -> Vintage:
    """What of each payout month stands in bucket `at_least` or worse, by month on book; written off counts as worse.

    The loans (columns of `matrix`, and of `amount` int64[month, loan]) are sorted by payout month: cohort i holds loans
    `offsets[i]` to `offsets[i + 1]` and was paid out in month number `paid_out[i]` (rising) of the matrix; `base` is
    what was paid out, one a loan. `ever` keeps a loan that was that bad once, whatever became of it.
    """
    seen, amounts = states(matrix), np.asarray(amount)
    if amounts.shape != seen.shape:
        rule, rule_zh = f"must be {seen.shape[0]} months of {seen.shape[1]} loans", "形状必须与状态矩阵相同"
        raise LengthMismatch("amount", rule, rule_zh)
    edges = row_offsets("offsets", offsets, items=seen.shape[1])
    months = row_column("paid_out", paid_out, edges.size - 1)
    if (np.diff(months) < 0).any():
        raise InvalidArgument("paid_out", "must never fall", "不得递减", row=int((np.diff(months) < 0).argmax()) + 1)
    bad = np.zeros(-(-seen.shape[1] // 8) * 8, np.bool_)
    out = np.full((months.size, seen.shape[0]), -1, np.int64)
    for month, row in enumerate(seen):
        born = months[: np.searchsorted(months, month, side="right")]
        lent = row[: edges[born.size]]  # who comes later is not looked at yet
        hit = _hits(lent, bad, min(at_least, WRITTEN_OFF), ever)
        sums = _by_cohort(amounts[month].take(hit), np.searchsorted(hit, edges[: born.size + 1]))
        out[np.arange(born.size), month - born] = sums
    return Vintage(out, _by_cohort(row_column("base", base, seen.shape[1], copy=False), edges))


def first_payment_default(
    due_on: ArrayLike, paid_on: ArrayLike, as_of: date, *, days: int, group: ArrayLike = 0, groups: int = 1
) -> EarlyDefault:
    """FPD: loans whose instalment due on `due_on` was `days` days late or more, among those old enough to tell.

    `due_on` and `paid_on` are day numbers (`date.toordinal`), `paid_on` 0 where it is unpaid. The second and third
    instalments give SPD and TPD. `group` (a number below `groups`, one a loan) tells dealers or officers apart.
    """
    due, paid = same_length(due_on=day_number("due_on", due_on), paid_on=fen_column("paid_on", paid_on, least=0))
    of = row_column("group", group, due.size)
    if of.size and int(of.max()) >= groups:
        row = int((of >= groups).argmax())
        raise InvalidArgument("group", f"must be below {groups}", f"必须小于 {groups}", row=row, value=int(of[row]))
    today = as_of.toordinal()
    ripe = today - due >= days
    reached = ripe & (np.where(paid == 0, today, np.minimum(paid, today)) - due >= days)
    return EarlyDefault(np.bincount(of[reached], minlength=groups), np.bincount(of[ripe], minlength=groups))


def _hits(row: States, bad: NDArray[np.bool_], least: int, ever: bool) -> FenColumn:
    """The loans of `row` that are in bucket `least` or worse, or (`ever`) have been; `bad` keeps who is, word by word.

    Few are: words of eight loans of which none is bad are passed over, which costs less than asking of each loan. A
    stretch at a time, because what the processor has just seen it need not fetch.
    """
    found = [np.zeros(0, np.int64)]
    over, held = np.empty(min(row.size, _STRETCH), np.uint8), np.empty(min(row.size, _STRETCH), np.bool_)
    for first in range(0, row.size, _STRETCH):
        part = row[first : first + _STRETCH]
        now, over, held = bad[first : first + part.size], over[: part.size], held[: part.size]
        np.bitwise_and(part, SETTLED, out=over)
        np.not_equal(over, SETTLED, out=held)  # settled and not yet paid out, which alone have all its bits, are not
        if ever:
            np.logical_or(now, held & (part >= least), out=now)
        else:
            np.logical_and(held, np.greater_equal(part, least, out=now), out=now)
        words = bad[first : first + -(-part.size // 8) * 8].view(np.uint64)
        some = np.flatnonzero(words != 0)
        place = np.flatnonzero(words[some].view(np.bool_))
        loan = some[place >> 3]
        loan <<= 3
        place &= 7
        loan += place
        loan += first
        found.append(loan)
    return np.concatenate(found)


def _weighed(pairs: States, amount: FenColumn) -> FenColumn:
    """Sums by move; where float64 could lose a fen, the halves of the amounts are summed apart."""
    if float(amount.sum(dtype=np.float64)) < _EXACT:
        return np.bincount(pairs, amount, CODES * CODES).astype(np.int64)
    high, low = np.divmod(amount, _LIMB)
    parts = [np.bincount(pairs, part, CODES * CODES).astype(np.int64) for part in (high, low)]
    return parts[0] * _LIMB + parts[1]


def _by_cohort(amount: FenColumn, edges: FenColumn) -> FenColumn:
    out = np.zeros(edges.size - 1, np.int64)
    full = np.diff(edges) > 0
    if full.any():
        out[full] = np.add.reduceat(amount, edges[:-1][full])
    return out
