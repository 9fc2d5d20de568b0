"""The portfolio page's figures: matrices from the month ends, rolled, aged and added up by the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from chedai.book.loans.models import Loan, LoanEvent
from chedai.book.loans.selectors import first_due_unpaid
from chedai.book.loans.states import RECEIPTS, EventKind
from chedai.book.risk.models import MonthEnd
from chedai.book.risk.monthends import ROW, month_rows
from chedai.engine.classify import BadShare, RiskClass, bad_share, provision_coverage
from chedai.engine.columns import Share
from chedai.engine.portfolio import (
    NOT_YET,
    SETTLED,
    EarlyDefault,
    Vintage,
    first_payment_default,
    roll_balances,
    roll_counts,
    vintage,
)

Column = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class History:
    """The own book at its month ends: `states`, `owed`, `overdue`, `allowance`, `classes` are month by loan.

    The loans are sorted by the month of their payout; `cohorts` are those months, cohort i holds loans `offsets[i]` to
    `offsets[i + 1]`.
    """

    months: tuple[date, ...]
    loans: Column
    cohorts: tuple[date, ...]
    offsets: Column
    principal: Column
    states: NDArray[np.uint8]
    classes: NDArray[np.uint8]
    owed: Column
    overdue: Column
    allowance: Column


@dataclass(frozen=True, slots=True)
class MonthSummary:
    """One month end of the book: fen, and the shares that follow. `coverage` is None where no loan is bad."""

    month_end: date
    loans: int
    owed: int
    overdue: int
    whole: int  # the balance of loans that are overdue (大口径)
    allowance: int
    bad: BadShare
    coverage: Share | None
    provisioned: Share


@dataclass(frozen=True, slots=True)
class Loss:
    """Of one month, in fen: principal written off (核销), and what came in of loans that were (核销后收回)."""

    month_end: date
    written_off: int
    recovered: int

    @property
    def net(self) -> int:
        """The loss that is left."""
        return self.written_off - self.recovered


def months_kept() -> list[date]:
    """The month ends there are, oldest first."""
    return sorted(set(MonthEnd.objects.values_list("month_end", flat=True)))


def history(months: Sequence[date], *, loans: QuerySet[Loan] | None = None) -> History | None:
    """The book over `months` (consecutive month ends, oldest first), of `loans` only where given; None: no loans."""
    rows = [np.concatenate([np.zeros(0, ROW), *month_rows(month)]) for month in months]
    kept = set(np.concatenate([one["loan"] for one in rows]).tolist())
    chosen = Loan.objects.all() if loans is None else loans
    given = chosen.values_list("disbursed_on", "pk", "principal")
    facts = sorted((on.replace(day=1), pk, principal) for on, pk, principal in given if pk in kept)
    if not facts:
        return None
    order = np.array([pk for _, pk, _ in facts], np.int64)
    by_key = np.argsort(order)
    shape = (len(months), order.size)
    states = np.full(shape, NOT_YET, np.uint8)
    classes = np.ones(shape, np.uint8)
    figures = {name: np.zeros(shape, np.int64) for name in ("owed", "overdue", "allowance")}
    for month, one in enumerate(rows):
        if month:  # who has ended stays ended; a loan that is not in a month any more has ended before
            gone = states[month - 1] != NOT_YET
            states[month, gone] = np.maximum(states[month - 1, gone], SETTLED)
        if not one.size:
            continue
        spot = np.searchsorted(order[by_key], one["loan"])
        known = (spot < order.size) & (order[by_key][np.minimum(spot, order.size - 1)] == one["loan"])
        place = by_key[spot[known]]
        states[month, place] = one["state"][known]
        classes[month, place] = one["cls"][known]
        for name, figure in figures.items():
            figure[month, place] = one[name][known]
    cohorts = [(month, len(list(group))) for month, group in groupby(facts, key=lambda fact: fact[0])]
    return History(
        months=tuple(months),
        loans=order,
        cohorts=tuple(month for month, _ in cohorts),
        offsets=np.concatenate([[0], np.cumsum([size for _, size in cohorts])]),
        principal=np.array([sum_ for _, _, sum_ in facts], np.int64),
        states=states,
        classes=classes,
        **figures,
    )


def rolls(seen: History) -> tuple[Column, Column]:
    """Counts and balances of every move from month to month."""
    return roll_counts(seen.states), roll_balances(seen.states, seen.owed)


def vintages(seen: History, *, at_least: int, ever: bool = False) -> Vintage:
    """By month of payout and month on book, the balance in bucket `at_least` or worse; what was lent before the first
    month kept counts from there on."""
    first = seen.months[0].replace(day=1)
    numbers = [(c.year - first.year) * 12 + c.month - first.month for c in seen.cohorts]
    start = sum(number < 0 for number in numbers)
    cut = int(seen.offsets[start])
    return vintage(
        seen.states[:, cut:],
        seen.owed[:, cut:],
        offsets=seen.offsets[start:] - cut,
        paid_out=numbers[start:],
        base=seen.principal[cut:],
        at_least=at_least,
        ever=ever,
    )


def summaries(seen: History) -> list[MonthSummary]:
    """The book at each month end at which anything was owed."""
    found = []
    for month, month_end in enumerate(seen.months):
        live = seen.states[month] < SETTLED
        classes, owed = seen.classes[month][live], seen.owed[month][live]
        overdue, allowance = seen.overdue[month][live], seen.allowance[month][live]
        if not owed.any():
            continue
        is_bad = bool((classes >= RiskClass.SUBSTANDARD).any())
        coverage = provision_coverage(classes, allowance, owed)[0] if is_bad else None
        found.append(
            MonthSummary(
                month_end=month_end,
                loans=int(live.sum()),
                owed=int(owed.sum()),
                overdue=int(overdue.sum()),
                whole=int(owed[overdue > 0].sum()),
                allowance=int(allowance.sum()),
                bad=bad_share(classes, overdue, owed),
                coverage=coverage,
                provisioned=Share(int(allowance.sum()), int(owed.sum())),
            )
        )
    return found


def losses(months: Sequence[date], *, loans: QuerySet[Loan] | None = None) -> list[Loss]:
    """What was written off in each of `months` (month ends) and what came in afterwards of what was written off."""
    chosen = Loan.objects.all() if loans is None else loans
    kinds = (EventKind.WRITE_OFF, *RECEIPTS)
    told = LoanEvent.objects.filter(loan__in=chosen.exclude(written_off_on=None), kind__in=kinds, reversal=None)
    off, back = dict.fromkeys(months, 0), dict.fromkeys(months, 0)
    gone: set[int] = set()
    for loan, kind, on, amount in told.order_by("loan_id", "seq").values_list("loan_id", "kind", "on", "amount"):
        figures = off if kind == EventKind.WRITE_OFF else back
        if kind == EventKind.WRITE_OFF:
            gone.add(loan)
        if loan in gone and (month := _month_end(on)) in figures:
            figures[month] += amount
    return [Loss(month, off[month], back[month]) for month in months]


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def loans_of(stores: frozenset[int] | None) -> QuerySet[Loan]:
    """The loans of some stores; None: of all."""
    return Loan.objects.all() if stores is None else Loan.objects.filter(store__in=stores)


def first_payments(*, loans: QuerySet[Loan], on: date, days: int, by: str) -> list[tuple[str, int, int]]:
    """FPD of `loans` by `store`, `officer`, `product` or `month` of payout (2026-03): key, how many late, of how many.

    A first instalment was so late where the loan stood overdue since that very day.
    """
    key = {"store": "store_id", "officer": "officer_id", "product": "product_code", "month": "disbursed_on"}[by]
    rows = loans.filter(first_due__lte=on).order_by("pk").values_list("pk", "first_due", key)
    given = [(pk, due, f"{group:%Y-%m}" if isinstance(group, date) else str(group)) for pk, due, group in rows]
    if not given:
        return []
    reached = set(first_due_unpaid(loans.filter(first_due__lte=on), days).values_list("pk", flat=True))
    names = sorted({group for _, _, group in given})
    place = {name: k for k, name in enumerate(names)}
    found: EarlyDefault = first_payment_default(
        [due.toordinal() for _, due, _ in given],
        [0 if pk in reached else due.toordinal() for pk, due, _ in given],
        on,
        days=days,
        group=[place[group] for _, _, group in given],
        groups=len(names),
    )
    return [(name, int(found.reached[k]), int(found.ripe[k])) for name, k in place.items()]
