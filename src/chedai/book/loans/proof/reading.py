"""What the proof reads: contracts, plans and payments on one side, what is stored beside them on the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from chedai.book.loans.lateness import Buckets, place_of
from chedai.book.loans.plan_rules import RULE, Matrices, matrices
from chedai.book.loans.plans import side_by_side, unpack_many
from chedai.book.loans.plans_stored import IS_RULED, plans_in_force, ruled_bytes
from chedai.book.loans.proof.standing import Payments
from chedai.engine.money import FenColumn
from chedai.platform.bulk import Day, Take, columns_read

Columns = dict[str, NDArray[Any]]

_LOANS: Final[dict[str, Take]] = {
    "loan": "l.id",
    "form": "l.form_id",
    "principal": "l.principal",
    "rate": "l.annual_rate",
    "owed": "l.owed",
    "credit": "l.credit",
    "settled": "CASE WHEN l.state = 'settled' THEN 1 ELSE 0 END",
    "suspended": "CASE WHEN l.suspended_since IS NULL THEN 0 ELSE 1 END",
    "apart": "CASE WHEN l.plan_version > 1 OR l.quarantine <> '' OR l.state = 'written_off' THEN 1 ELSE 0 END",
    "worked_on": Day("l.worked_on"),
    "disbursed": Day("l.disbursed_on"),
    "ruled": IS_RULED,
}
ITEM: Final = (
    "loan", "n", "due_on", "principal", "interest", "fee", "late_principal", "late_interest", "levied", "penalty_paid",
)  # fmt: skip
LATE: Final = ("loan", "since", "bucket", "missed", "overdue", "balance")


def spans(size: int) -> Iterator[tuple[int, int]]:
    """The numbers of all loans, in stretches of `size`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM book_loan")
        first, last = cursor.fetchone()
    for start in range(first, last + 1, size):
        yield start, min(start + size - 1, last)


@dataclass(frozen=True, slots=True)
class Batch:
    """Ordinary loans in order of their numbers, with their plans."""

    loans: Columns
    plans: Matrices

    def take(self, at: FenColumn) -> Batch:
        """The loans at some places."""
        return Batch({name: column[at] for name, column in self.loans.items()}, self.plans.take(at))


@dataclass(frozen=True, slots=True)
class Span:
    """The loans of a stretch: batches of ordinary ones, and the numbers of those that are replayed one by one."""

    batches: tuple[Batch, ...]
    apart: list[int]


def span_read(first: int, last: int) -> Span:
    """The loans of the own book from `first` to `last`. Apart are those with agreements, written off, set aside.

    Both tables are told the span: a database that joins them does not carry it from one to the other.
    """
    query = (
        "FROM book_loan l JOIN book_plan p ON p.loan_id = l.id AND p.version = l.plan_version "
        "WHERE l.id BETWEEN %s AND %s AND p.loan_id BETWEEN %s AND %s AND l.book = 'own' ORDER BY l.id"
    )
    read = columns_read({**_LOANS, "plan": ruled_bytes()}, query, [first, last, first, last])
    kept, apart = _ordinary(read, _with_agreements(first, last))
    ruled = read["ruled"][kept] > 0
    by_rule, listed = kept[ruled], kept[~ruled]
    rules = np.ascontiguousarray(read["plan"][by_rule]).view(RULE)
    batches = [_batch(read, by_rule, matrices(rules))] if rules.size else []
    if listed.size:
        batches.append(_batch(read, listed, side_by_side(unpack_many(plans_in_force(read["loan"][listed].tolist())))))
    return Span(tuple(batches), apart)


def _batch(columns: Columns, kept: FenColumn, plans: Matrices) -> Batch:
    return Batch({name: columns[name][kept] for name in _LOANS}, plans)


def _with_agreements(first: int, last: int) -> FenColumn:
    kinds = "kind NOT IN ('disbursement', 'repayment')"
    rest = f"FROM book_loan_event WHERE loan_id BETWEEN %s AND %s AND {kinds} GROUP BY loan_id"
    return columns_read({"loan": "loan_id"}, rest, [first, last])["loan"]


def _ordinary(loans: Columns, agreed: FenColumn) -> tuple[FenColumn, list[int]]:
    """Places of the loans that columns work out, and the numbers of the others."""
    apart = (loans["apart"] > 0) | np.isin(loans["loan"], agreed)
    return np.flatnonzero(~apart), loans["loan"][apart].tolist()


def payments(loans: FenColumn) -> Payments:
    """What was received for `loans` (ascending), by loan and day."""
    takes: dict[str, Take] = {"loan": "loan_id", "paid_on": Day('"on"'), "amount": "amount"}
    span = [int(loans[0]), int(loans[-1])]
    rest = (
        "FROM book_loan_event WHERE loan_id BETWEEN %s AND %s AND kind = 'repayment' "
        'ORDER BY loan_id, "on", sequence, seq'
    )
    read = _only(columns_read(takes, rest, span), loans)
    return Payments(np.searchsorted(read["loan"], np.append(loans, loans[-1] + 1)), read["paid_on"], read["amount"])


def open_items(loans: FenColumn) -> Columns:
    """The open items stored for `loans`, by loan and instalment."""
    takes: dict[str, Take] = {name: name for name in ITEM}
    takes |= {"loan": "loan_id", "due_on": Day("due_on"), "levied": "penalty_levied"}
    rest = "FROM book_open_item WHERE loan_id BETWEEN %s AND %s ORDER BY loan_id, n"
    return _only(columns_read(takes, rest, [int(loans[0]), int(loans[-1])]), loans)


def delinquencies(loans: FenColumn, buckets: Buckets) -> Columns:
    """How late `loans` are stored to be; `bucket` is the place of the bucket in the policy, 0 for another."""
    takes: dict[str, Take] = {name: name for name in LATE}
    takes |= {"loan": "loan_id", "since": Day("since"), "bucket": place_of("bucket", buckets.codes)}
    rest = "FROM book_delinquency WHERE loan_id BETWEEN %s AND %s ORDER BY loan_id"
    return _only(columns_read(takes, rest, [int(loans[0]), int(loans[-1])]), loans)


def _only(columns: Columns, loans: FenColumn) -> Columns:
    """The rows of `loans`; between them may be others, which are looked at elsewhere."""
    place = np.minimum(np.searchsorted(loans, columns["loan"]), loans.size - 1)
    own = loans[place] == columns["loan"]
    return columns if own.all() else {name: column[own] for name, column in columns.items()}
