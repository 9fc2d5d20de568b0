"""Where many loans stand after their payments, by columns: what `engine.life.replay` says of loans without agreements.

For loans whose contract interest stands (`Recalculation.NONE`), whose payments fill the oldest instalment first and
then the next one (`Direction.HORIZONTAL`, `AdvanceRule.NEXT`), and whose penalty has no cap. Payments run in rounds:
the first of every loan, then the second; in a round every step takes each payment to one instalment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from chedai.engine.accrual import GraceMissed, PenaltyTerms
from chedai.engine.columns import proportion
from chedai.engine.life import AdvanceRule, Conventions, Recalculation
from chedai.engine.money import RATE_SCALE, FenColumn
from chedai.engine.waterfall import Component, Direction

FEE, INTEREST, PRINCIPAL = 0, 1, 2
_COMPONENTS: Final = (Component.FEE, Component.INTEREST, Component.PRINCIPAL)


class Payments(NamedTuple):
    """Receipts ordered by loan and by day: loan `k` has rows `offsets[k]` to `offsets[k + 1]`; fen, day numbers."""

    offsets: FenColumn
    on: FenColumn
    amount: FenColumn


def fits(conventions: Conventions) -> bool:
    """Whether loans of these conventions may be worked out by columns."""
    penalty = conventions.penalty
    capped = penalty is not None and (penalty.cap_amount is not None or penalty.cap_share is not None)
    bears_itself = penalty is not None and Component.PENALTY in penalty.bearing
    return not (
        capped
        or bears_itself
        or conventions.recalculation is not Recalculation.NONE
        or conventions.advance_rule is not AdvanceRule.NEXT
        or conventions.direction is not Direction.HORIZONTAL
    )


@dataclass(slots=True)
class Standing:
    """Instalments of many loans, [component, period, loan]: `unpaid` fen, `late` daily products of parts paid late,
    and `counted` those of them that bear penalty (the same but for days of grace).

    `due` and `penalty_paid` are [period, loan], `over` [loan] is money that found nothing to pay, `rate` [loan] the
    penalty rate a year (1e-8). A loan with fewer periods has rows of nothing at its end.
    """

    due: FenColumn
    unpaid: FenColumn
    late: FenColumn
    counted: FenColumn
    penalty_paid: FenColumn
    over: FenColumn
    rate: FenColumn
    conventions: Conventions

    @classmethod
    def opened(
        cls,
        due: FenColumn,
        parts: tuple[FenColumn, FenColumn, FenColumn],
        rate: FenColumn,
        conventions: Conventions,
    ) -> Standing:
        """Loans on which nothing is paid; `parts` are fees, interest and principal, all columns [period, loan]."""
        unpaid = np.stack(parts)
        nothing = np.zeros(due.shape[1], dtype=np.int64)
        late = np.zeros_like(unpaid)
        graced = conventions.penalty is not None and conventions.penalty.grace_days > 0
        counted = np.zeros_like(unpaid) if graced else late
        return cls(due, unpaid, late, counted, np.zeros_like(due), nothing, rate, conventions)

    def pay(self, payments: Payments) -> None:
        """Book all payments."""
        count = np.diff(payments.offsets)
        place = np.zeros(count.size, dtype=np.int64)
        for turn in range(int(count.max(initial=0))):
            loan = np.flatnonzero(count > turn)
            row = payments.offsets[loan] + turn
            self._round(loan, payments.on[row], payments.amount[row].copy(), place)

    def _round(self, loan: FenColumn, on: FenColumn, money: FenColumn, place: FenColumn) -> None:
        """One payment of each of `loan`; `place` is the first instalment of every loan that is not settled."""
        while loan.size:
            k = place[loan]
            over = k >= self.due.shape[0]
            if over.any():
                self.over[loan[over]] += money[over]
                loan, on, money, k = loan[~over], on[~over], money[~over], k[~over]
            settled = self._instalment(k, loan, on, money)
            place[loan[settled]] += 1
            more = settled & (money > 0)
            loan, on, money = loan[more], on[more], money[more]

    def _instalment(self, k: FenColumn, loan: FenColumn, on: FenColumn, money: FenColumn) -> NDArray[np.bool_]:
        """Pay one instalment of each loan in the order of the contract; which of them are settled."""
        due = self.due[k, loan]
        days, counted = np.maximum(on - due, 0), self.days(due, on)
        penalty = self.penalty(k, loan, counted) - self.penalty_paid[k, loan]
        settled = np.ones(loan.size, dtype=np.bool_)
        for component in self.conventions.allocation:
            if component is Component.PENALTY:
                open_ = penalty
                paid = np.minimum(open_, money)
                self.penalty_paid[k, loan] += paid
            else:
                c = _COMPONENTS.index(component)
                open_ = self.unpaid[c, k, loan]
                paid = np.minimum(open_, money)
                self.unpaid[c, k, loan] = open_ - paid
                self.late[c, k, loan] += paid * days
                if self.counted is not self.late:
                    self.counted[c, k, loan] += paid * counted
            money -= paid
            settled &= paid == open_
        return settled

    def days(self, due: FenColumn, on: FenColumn) -> FenColumn:
        """Days that count as late: none within the grace."""
        late: FenColumn = np.maximum(on - due, 0)
        terms = self.conventions.penalty
        if terms is None or not terms.grace_days:
            return late
        counted = late if terms.grace_missed is GraceMissed.BACKDATED else late - terms.grace_days
        return np.where(late > terms.grace_days, counted, 0)

    def penalty(self, k: FenColumn, loan: FenColumn, days: FenColumn) -> FenColumn:
        """The penalty of instalments that have been late so many days: a posting a component, rounded once each."""
        terms = self.conventions.penalty
        total = np.zeros(loan.size, dtype=np.int64)
        if terms is None:
            return total
        for c, component in enumerate(_COMPONENTS):
            if component in terms.bearing:
                products = self.counted[c, k, loan] + self.unpaid[c, k, loan] * days
                total += charge(products, self.rate[loan], terms)
        return total


def charge(products: FenColumn, rate: FenColumn, terms: PenaltyTerms) -> FenColumn:
    """The penalty of daily products at yearly rates, in fen."""
    charged = np.zeros(products.size, dtype=np.int64)
    some = np.flatnonzero(products)
    if some.size:
        scale = terms.basis * RATE_SCALE
        charged[some] = proportion(products[some], rate[some], scale, argument="base", rounding=terms.rounding)
    return charged
