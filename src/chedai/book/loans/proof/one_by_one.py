"""Loans with agreements, worked out by their replay and compared with what is stored of them."""

from __future__ import annotations

from datetime import date

import numpy as np

from chedai.book.ledger.rules import Balances
from chedai.book.loans.history import events_of
from chedai.book.loans.lateness import Buckets
from chedai.book.loans.models import Loan, Plan
from chedai.book.loans.plans import PlanColumns, PlanRows, rows_planned, side_by_side, unpack
from chedai.book.loans.proof import reading
from chedai.book.loans.proof.by_columns import LOAN, compare
from chedai.book.loans.proof.periods import Periods
from chedai.book.loans.proof.reading import ITEM, LATE, Columns
from chedai.book.loans.proof.results import Difference, Proof
from chedai.book.loans.rules import is_settled, lateness_of
from chedai.book.loans.selectors import booked_through, rows_of, worked_out
from chedai.book.loans.states import LoanStatus
from chedai.book.loans.working import balances_at, credit_of
from chedai.engine.errors import EngineError
from chedai.engine.life import Figures, LoanState


def prove_apart(proof: Proof, loan_id: int, buckets: Buckets, periods: Periods) -> None:
    """Replay one loan and compare. One in quarantine is named and left out: its events make no plan.

    What stays on the books of such a loan is taken as it is stored, so that the ledger can be compared.
    """
    loan = Loan.objects.select_related("form").get(pk=loan_id)
    as_of = max(loan.worked_on or proof.day, proof.day)
    rows = rows_of(loan_id)
    if loan.quarantine:
        _set_aside(proof, loan)
        return
    try:
        standing = worked_out(loan, events_of(rows), as_of)[1]
        state, figures = worked_out(loan, events_of(rows), booked_through(loan, proof.day))
    except EngineError as error:
        proof.differences.append(Difference(f"loan:{loan_id}", f"replay: {error.rule}", None, None))
        return
    proof.replayed += 1
    number = np.array([loan_id], dtype=np.int64)
    proof.differences += compare(_items(loan_id, standing, figures.as_of), reading.open_items(number), ITEM, keys=2)
    late = _late(loan_id, standing, figures.principal, buckets)
    proof.differences += compare(late, reading.delinquencies(number, buckets), LATE, keys=1)
    stored = {"loan": loan_id, "owed": loan.owed, "credit": loan.credit, "settled": loan.state == LoanStatus.SETTLED}
    credit = credit_of(rows, figures)
    proved = {"loan": loan_id, "owed": figures.principal, "credit": credit, "settled": is_settled(state, figures)}
    proof.differences += compare(_row(proved), _row(stored), ("loan", *LOAN), keys=1)
    _sum_up(proof, balances_at(loan, rows, figures))
    _prove_plan(proof, loan, state, as_of, periods)


def _row(values: dict[str, int]) -> Columns:
    return {name: np.array([value], dtype=np.int64) for name, value in values.items()}


def _items(loan_id: int, figures: Figures, billed: date) -> Columns:
    rows = [
        (
            loan_id, row.n, row.due_on.toordinal(), row.principal, row.interest, row.fee, row.late_principal,
            row.late_interest, row.penalty_levied, row.penalty_paid,
        )
        for row in sorted(figures.open, key=lambda row: row.n)
        if row.due_on <= billed
    ]  # fmt: skip
    table = np.array(rows, dtype=np.int64).reshape(-1, len(ITEM))
    return dict(zip(ITEM, table.T, strict=True))


def _late(loan_id: int, figures: Figures, owed: int, buckets: Buckets) -> Columns:
    late = lateness_of(figures)
    rows: list[tuple[int, ...]] = []
    if late is not None:
        days = (figures.as_of - late.since).days
        place = int(buckets.places(np.array([days]))[0])
        rows.append((loan_id, late.since.toordinal(), place, late.missed, late.overdue, owed))
    table = np.array(rows, dtype=np.int64).reshape(-1, len(LATE))
    return dict(zip(LATE, table.T, strict=True))


def _sum_up(proof: Proof, balances: Balances) -> None:
    proof.sums.principal += balances.principal
    proof.sums.credit += balances.credit
    proof.sums.fees += balances.fee_due
    if balances.suspended:
        proof.sums.suspended += balances.interest_due
    else:
        proof.sums.interest += balances.interest_due


def _set_aside(proof: Proof, loan: Loan) -> None:
    """A loan in quarantine as it is stored."""
    proof.set_aside.append(loan.pk)
    items = reading.open_items(np.array([loan.pk], dtype=np.int64))
    interest, fees = int(items["interest"].sum()), int(items["fee"].sum())
    suspended = loan.suspended_since is not None
    standing = Balances(
        principal=loan.owed, credit=loan.credit, interest_due=interest, fee_due=fees, suspended=suspended
    )
    _sum_up(proof, standing)


def _prove_plan(proof: Proof, loan: Loan, state: LoanState, as_of: date, periods: Periods) -> None:
    """The plan in force says of every day to come what the replay says."""
    stored = unpack(bytes(Plan.objects.get(loan=loan, version=loan.plan_version).packed))
    if loan.state != LoanStatus.SETTLED and _ahead(stored, as_of) != _ahead(rows_planned(state.rows), as_of):
        proof.differences.append(Difference(f"loan:{loan.pk}", "plan", loan.plan_version, None))
    counted = loan.state == LoanStatus.ACTIVE and loan.suspended_since is None
    plan = side_by_side(PlanColumns(np.array([0, stored.due.size]), *stored))
    worked_on = np.array([booked_through(loan, as_of).toordinal()])
    periods.add(plan, np.array([loan.disbursed_on.toordinal()]), np.array([counted]), worked_on)


def _ahead(plan: PlanRows, day: date) -> list[list[int]]:
    later = plan.due > day.toordinal()
    return [column[later].tolist() for column in plan]
