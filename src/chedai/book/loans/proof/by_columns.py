"""Ordinary loans worked out by columns and compared with what is stored of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from chedai.book.loans.lateness import Buckets
from chedai.book.loans.plan_rules import Matrices
from chedai.book.loans.proof import reading
from chedai.book.loans.proof.reading import ITEM, LATE, Batch, Columns
from chedai.book.loans.proof.results import Difference, Proof
from chedai.book.loans.proof.standing import FEE, INTEREST, PRINCIPAL, Standing
from chedai.engine.life import Conventions
from chedai.engine.money import FenColumn

LOAN: Final = ("owed", "credit", "settled")


@dataclass(frozen=True, slots=True)
class Fallen:
    """What of the plans has fallen due and is billed, as matrices [period, loan] with rows of nothing where a loan has
    fewer. `as_of` is the day each loan stands on."""

    as_of: FenColumn
    count: FenColumn
    due: FenColumn
    fees: FenColumn
    interest: FenColumn
    principal: FenColumn
    ahead: FenColumn  # what falls due later, [loan]

    @classmethod
    def of(cls, plans: Matrices, as_of: FenColumn, billed: FenColumn) -> Fallen:
        """The part of `plans` that is due by the day through which each loan is `billed`."""
        most = plans.interest.shape[0]
        fell = (plans.due(most) <= billed) & (np.arange(most)[:, None] < plans.size)
        count = fell.sum(axis=0)
        held = fell[: int(count.max(initial=0))]
        due, fees, interest, principal = (
            np.where(held, column[: held.shape[0]], 0)
            for column in (plans.due(held.shape[0]), plans.fees, plans.interest, plans.principal)
        )
        ahead = np.zeros(count.size, dtype=np.int64)
        for column, fallen in ((plans.fees, fees), (plans.interest, interest), (plans.principal, principal)):
            ahead += column.sum(axis=0) - fallen.sum(axis=0)
        return cls(as_of, count, due, fees, interest, principal, ahead)


def prove_columns(proof: Proof, batch: Batch, conventions: Conventions, buckets: Buckets) -> None:
    """Work out the loans of a batch, which share their conventions, and compare."""
    loans = batch.loans
    day, worked_on = proof.day.toordinal(), loans["worked_on"]
    as_of = np.maximum(worked_on, day)
    fallen = Fallen.of(batch.plans, as_of, np.maximum(worked_on, day - 1))
    rate = np.full(as_of.size, conventions.penalty.rate if conventions.penalty else 0, dtype=np.int64)
    standing = Standing.opened(fallen.due, (fallen.fees, fallen.interest, fallen.principal), rate, conventions)
    standing.pay(reading.payments(loans["loan"]))
    items = _items(loans["loan"], fallen, standing)
    proof.differences += compare(items, reading.open_items(loans["loan"]), ITEM, keys=2)
    proved = _loans(loans, fallen, standing, items["loan"])
    late = _late(proved, fallen, standing.unpaid.sum(axis=0), buckets)
    proof.differences += compare(late, reading.delinquencies(loans["loan"], buckets), LATE, keys=1)
    proof.differences += compare(proved, {name: loans[name] for name in proved}, ("loan", *LOAN), keys=1)
    _sum_up(proof, loans, proved, standing.unpaid)
    proof.by_columns += as_of.size


def _items(loan: FenColumn, fallen: Fallen, standing: Standing) -> Columns:
    """What is open, by loan and instalment."""
    periods, loans = fallen.due.shape
    k, at = np.divmod(np.arange(periods * loans), max(loans, 1))
    days = standing.days(fallen.due.reshape(-1), fallen.as_of[at])
    penalty = standing.penalty(k, at, days) - standing.penalty_paid.reshape(-1)
    open_ = (standing.unpaid.sum(axis=0).reshape(-1) > 0) | (penalty > 0)
    open_ &= k < fallen.count[at]
    k, at = k[open_], at[open_]
    order = np.lexsort((k, at))
    k, at = k[order], at[order]
    none = np.zeros(k.size, dtype=np.int64)
    columns = (
        loan[at], k + 1, fallen.due[k, at], standing.unpaid[PRINCIPAL, k, at], standing.unpaid[INTEREST, k, at],
        standing.unpaid[FEE, k, at], standing.late[PRINCIPAL, k, at], standing.late[INTEREST, k, at], none,
        standing.penalty_paid[k, at],
    )  # fmt: skip
    return dict(zip(ITEM, columns, strict=True))


def _late(loans: Columns, fallen: Fallen, unpaid: FenColumn, buckets: Buckets) -> Columns:
    """How late the loans are that are late."""
    overdue = np.where(fallen.due < fallen.as_of, unpaid, 0)
    at = np.flatnonzero(overdue.any(axis=0))
    since = np.where(overdue[:, at] > 0, fallen.due[:, at], np.iinfo(np.int64).max).min(axis=0, initial=2**62)
    bucket = buckets.places(fallen.as_of[at] - since)
    columns = (
        loans["loan"][at], since, bucket, (overdue[:, at] > 0).sum(axis=0), overdue[:, at].sum(axis=0),
        loans["owed"][at],
    )  # fmt: skip
    return dict(zip(LATE, columns, strict=True))


def _loans(loans: Columns, fallen: Fallen, standing: Standing, open_: FenColumn) -> Columns:
    """The figures kept on the loans themselves; `open_` are the loans with something open."""
    repaid = (fallen.principal - standing.unpaid[PRINCIPAL]).sum(axis=0)
    owed = loans["principal"] - repaid
    still = np.zeros(owed.size, dtype=np.bool_)
    still[np.searchsorted(loans["loan"], open_)] = True
    settled = ~still & (owed == 0) & (fallen.ahead == 0)
    return {"loan": loans["loan"], "owed": owed, "credit": standing.over, "settled": settled.astype(np.int64)}


def _sum_up(proof: Proof, loans: Columns, proved: Columns, unpaid: FenColumn) -> None:
    interest, suspended = unpaid[INTEREST].sum(axis=0), loans["suspended"] > 0
    proof.sums.principal += int(proved["owed"].sum())
    proof.sums.credit += int(proved["credit"].sum())
    proof.sums.interest += int(interest[~suspended].sum())
    proof.sums.suspended += int(interest[suspended].sum())
    proof.sums.fees += int(unpaid[FEE].sum())


def compare(proved: Columns, stored: Columns, names: tuple[str, ...], *, keys: int) -> list[Difference]:
    """Rows of the same keys (the first `keys` columns, ascending) beside each other; every difference by its column."""
    if all(np.array_equal(proved[name], stored[name]) for name in names):
        return []
    mine, theirs = (
        {row[:keys]: row for row in zip(*(side[name].tolist() for name in names), strict=True)}
        for side in (proved, stored)
    )
    found = []
    for key in sorted(mine.keys() | theirs.keys()):
        subject = f"loan:{key[0]}" + "".join(f"/{part}" for part in key[1:])
        one, other = mine.get(key), theirs.get(key)
        if one is None or other is None:
            found.append(Difference(subject, "row", 0 if other is None else 1, 0 if one is None else 1))
            continue
        for name, proof, kept in zip(names[keys:], one[keys:], other[keys:], strict=True):
            if proof != kept:
                found.append(Difference(subject, name, kept, proof))
    return found
