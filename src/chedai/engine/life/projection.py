"""What is due on every instalment, seen from one day.

Interest runs on the principal really outstanding, day by day, up to the day of view. From there on the plan is assumed
to be kept: what is overdue is paid on the day of view, what is still to come on its due date. So overdue principal
bears interest for exactly the days it has been overdue, and money paid ahead of time saves interest from its day on.

Interest belongs to the instalment in whose period it accrues, unless that instalment is already settled: then it is
carried to the next one that is not. The carried amount is the difference of rounded sums, so no part of a fen is lost.
The last instalment that is not settled takes whatever principal is left; those behind it are empty.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final, TypeAlias

from chedai.engine.daycount import Period, whole_fraction, year_fraction
from chedai.engine.life.book import NOT_YET, Book, Instalment, Move, Passed
from chedai.engine.life.conventions import Recalculation
from chedai.engine.money import divide

Ratio: TypeAlias = tuple[int, int]
"""An exact amount as numerator and denominator; a `Fraction` would be reduced at every step, for nothing."""

_NOTHING: Final = (0, 1)
_MOST: Final = 2**70


@dataclass(slots=True)
class Projection:
    """By position in `book.instalments`: what is due in all, paid or not.

    `opening` is the balance the period opens with, `accrued` its exact interest. `carried` came from settled rows,
    `brought` from rows that do not collect; both are part of `interest`. `last` is the position of the instalment that
    takes the rest of the principal.
    """

    interest: list[int] = field(default_factory=list)
    principal: list[int] = field(default_factory=list)
    opening: list[int] = field(default_factory=list)
    accrued: list[Ratio] = field(default_factory=list)
    carried: list[int] = field(default_factory=list)
    brought: list[int] = field(default_factory=list)
    last: int | None = None

    def due(self, k: int) -> int:
        """Principal and interest of instalment `k`."""
        return self.interest[k] + self.principal[k]


def project(
    book: Book, as_of: date | None, until: date | None = None, *, as_agreed: bool = False, ends: bool = False
) -> Projection:
    """The dues seen from `as_of`; with `until`, interest accrues up to that day only; if the plan `ends` there, stated
    interest does too.

    Seen from no day (None), whatever is or was late counts as paid when due: arrears are not for the rows to come.
    `as_agreed` leaves payments out: the plan as if every instalment were paid on its due date. It is the only view of a
    loan whose interest does not follow payments.
    """
    if as_agreed or book.follows_payments:
        return _Walk(book, as_of, until, as_agreed, ends).over_all()
    seen = _kept(book) if until is None and book.steady else _Walk(book, as_of, until, True, ends).over_all()
    _fit_to_paid(book, seen)
    return seen


def _kept(book: Book) -> Projection:
    """The plan as agreed, worked out once: no payment changes it."""
    if book.agreed is None:
        seen = _Walk(book, None, None, True, False).over_all()
        book.agreed = tuple(seen.interest), tuple(seen.principal)
    interest, principal = book.agreed
    return Projection(list(interest), list(principal))


def _fit_to_paid(book: Book, seen: Projection) -> None:
    """Where a plan changed after money came in, what a row holds beyond its new agreement is not owed again later."""
    left = book.owed
    for k, row in enumerate(book.instalments):
        seen.interest[k] = max(seen.interest[k], row.paid.interest)
        unpaid = min(max(seen.principal[k] - row.paid.principal, 0), left)
        seen.principal[k] = row.paid.principal + unpaid
        left -= unpaid


def _past(rows: list[Instalment]) -> Projection:
    """The rows that are settled and over: what was paid on them is what was due."""
    none = [0] * len(rows)
    interest = [row.paid.interest for row in rows]
    principal = [row.paid.principal for row in rows]
    return Projection(interest, principal, none[:], [_NOTHING] * len(rows), none[:], none)


class _Walk:
    """One walk over the instalments, oldest first."""

    def __init__(self, book: Book, as_of: date | None, until: date | None, as_agreed: bool, ends: bool) -> None:
        self.book = book
        self.as_agreed = as_agreed
        self.as_of = date.min if as_agreed or as_of is None else as_of
        self.until = until
        self.ends = ends
        self.daily = book.conventions.recalculation is Recalculation.DAILY
        self.by_period = book.conventions.recalculation is Recalculation.PER_PERIOD
        self.rounding = book.terms.rounding
        self.moves = book.advances if as_agreed else book.timely if as_of is None else book.moves
        self.remaining = sum(move.amount for move in book.advances) if as_agreed else book.owed
        self.assumed = 0  # principal of the rows passed so far that is assumed paid, not yet in `moves`
        self.real = not as_agreed and as_of is not None
        self.passed = book.passed if self.real else NOT_YET
        self.carried = self.passed.carried
        self.held = self.passed.held  # interest of rows that do not collect
        self.pool = self.passed.pool  # the same before rounding
        self.seen = _past(book.instalments[: self.passed.rows])

    def over_all(self) -> Projection:
        rows, moves, seen = self.book.instalments, self.moves, self.seen
        final = next((k for k in range(len(rows) - 1, -1, -1) if not self._done(rows[k])), None)
        at, balance = self.passed.moves, self.passed.balance
        for k, row in enumerate(rows[self.passed.rows :], self.passed.rows):
            start = row.period.start
            while at < len(moves) and moves[at].on <= start:
                balance += moves[at].amount
                at += 1
            opening = balance - (self.assumed if start >= self.as_of else 0)
            accrued = self._accrued(row, opening, at)
            seen.opening.append(opening)
            seen.accrued.append(accrued)
            seen.carried.append(self.carried)
            seen.brought.append(0)
            self._fall_due(row, k, accrued, is_final=k == final)
            if self.real and row.settled and row.period.due <= self.as_of and k == self.book.passed.rows:
                self.book.passed = Passed(k + 1, at, balance, self.carried, self.held, self.pool)
        if self.carried > 0 and seen.last is not None:
            seen.interest[seen.last] += self.carried
        return seen

    def _done(self, row: Instalment) -> bool:
        return row.closed or ((row.settled or row.spared) and not self.as_agreed)

    def _accrued(self, row: Instalment, opening: int, at: int) -> Ratio:
        """Interest of the period on what is really outstanding, before rounding."""
        period, moves, until = row.period, self.moves, self.until
        start, end = period.start, period.due
        if until is not None and until < end:
            end = until
        if row.flat or row.free or row.closed or end <= start:
            return _NOTHING
        if self.by_period and end < period.due:
            return self._to_period_end(period, opening, at, end)
        overdue = self.assumed if self.daily and start < self.as_of < end else 0
        if not overdue and (at >= len(moves) or moves[at].on >= end):
            numerator, denominator = self.book.factor(start, end, period)
            return (opening * numerator, denominator) if opening > 0 else _NOTHING
        changes = moves[at : bisect_left(moves, Move(end, -_MOST), lo=at)]
        if overdue:
            changes = sorted([*changes, Move(self.as_of, -overdue)])
        return self._piecewise(period, opening, changes, end)

    def _to_period_end(self, period: Period, opening: int, at: int, until: date) -> Ratio:
        """By period: accrued to a day, but to the end of the period on what is overdue or was paid late in it."""
        start = bisect_left(self.moves, Move(until, _MOST), lo=at)
        late = self.assumed - sum(move.amount for move in self.moves[start:] if move.on <= period.due)
        so_far = Fraction(*self._piecewise(period, opening, self.moves[at:start], until))
        numerator, denominator = self.book.factor(until, period.due, period)
        whole = so_far + Fraction(late * numerator, denominator)
        return whole.numerator, whole.denominator

    def _piecewise(self, period: Period, balance: int, changes: list[Move], end: date) -> Ratio:
        total, start = Fraction(0), period.start
        for day, amount in [*changes, Move(end, 0)]:
            if day > start and balance > 0:
                numerator, denominator = self.book.factor(start, day, period)
                total += Fraction(balance * numerator, denominator)
            start, balance = day, balance + amount
        return total.numerator, total.denominator

    def _fall_due(self, row: Instalment, k: int, accrued: Ratio, *, is_final: bool) -> None:
        """What of the interest and of the remaining principal is due on row `k`."""
        ignored = self.as_agreed and not row.closed
        paid_interest, paid_principal = (0, 0) if ignored else (row.paid.interest, row.paid.principal)
        own = self._stated(row) + row.arrears + row.beside + self.carried + self._rounded(row, accrued)
        behind = self.seen.last is not None and not row.flat
        if behind and self.as_agreed and accrued[0] and not self._done(row):
            # All principal was repaid inside this period: what it bore until then is of this row, not of one long due.
            unpaid, due, self.carried = 0, self._collected(row, k, own, paid_interest), 0
        elif self._done(row) or behind:
            unpaid, due = 0, paid_interest
            self._pass_on(row, own - due)
        else:
            paid_own = max(paid_interest - self.held, 0)
            interest, unpaid = _agreed(row, own, paid_own, paid_principal)
            if self.seen.last is None and (is_final or unpaid >= self.remaining):
                interest, unpaid = max(own, paid_own), self.remaining
                self.seen.last = k
            unpaid = min(unpaid, self.remaining)
            self.carried = own - interest
            due = self._collected(row, k, interest, paid_interest)
        gone = unpaid + (paid_principal if self.as_agreed else 0)
        self.remaining -= gone
        self.assumed += gone
        self.seen.interest.append(due)
        self.seen.principal.append(paid_principal + unpaid)

    def _stated(self, row: Instalment) -> int:
        """Stated interest; where the plan ends on a day, its share by then."""
        until, period = self.until, row.period
        if until is None or not (self.ends and row.stated_interest) or until >= period.due:
            return row.stated_interest
        if until <= period.start:
            return 0
        day_count = self.book.terms.day_count
        share = year_fraction(day_count, period.start, until, period) / whole_fraction(day_count, period)
        return divide(row.stated_interest * share.numerator, share.denominator, self.rounding)

    def _pass_on(self, row: Instalment, left: int) -> None:
        """What a row that takes no more leaves: to the next row, or to the one that collects later."""
        if row.closed:
            self.carried = 0
        elif row.collects:
            self.carried, self.held = self.held + left, 0
        else:
            self.carried, self.held = 0, self.held + left

    def _rounded(self, row: Instalment, accrued: Ratio) -> int:
        if row.pools or self.pool:
            pooled = self.pool + Fraction(*accrued)
            self.pool = pooled if row.pools else Fraction(0)
            accrued = _NOTHING if row.pools else (pooled.numerator, pooled.denominator)
        return divide(accrued[0], accrued[1], self.rounding) if accrued[0] else 0

    def _collected(self, row: Instalment, k: int, interest: int, paid: int) -> int:
        """The interest really due on a row: none where it is left to a later one, else with what was left to it."""
        self.held += interest
        if not row.collects:
            return paid
        due, self.held = self.held, 0
        self.seen.brought[k] = due - interest
        return max(due, paid)


def _agreed(row: Instalment, own: int, paid_interest: int, paid_principal: int) -> tuple[int, int]:
    """Interest and unpaid principal of a row by its own agreement, when `own` interest falls to it."""
    if row.principal is not None:
        return max(own, paid_interest), max(row.principal - paid_principal, 0)
    if paid_principal > max(row.total - own, 0):
        interest = paid_interest  # paid ahead: principal has used up the agreed amount, the interest is carried
    else:
        interest = max(min(own, row.total), paid_interest)
    return interest, max(row.total - interest - paid_principal, 0)
