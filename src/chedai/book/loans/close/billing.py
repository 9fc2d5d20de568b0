"""What fell due yesterday and was not paid becomes an open item. One slice of the book, by columns.

Whoever paid on the due day was worked out then and is passed over, so the work follows those who did not. Money held
for a loan (its credit) pays what fell due in the order of its contract; the rest is an open item. Loans that columns
cannot bill (written off, of no fixed day, in suspense with money held, settled by it) are replayed.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from chedai.book.ledger import rules as ledger
from chedai.book.ledger.journal import journal_post
from chedai.book.ledger.kinds import EntryKind
from chedai.book.ledger.rules import Balances, Transfer
from chedai.book.loans import cohorts
from chedai.book.loans.close.slices import Slice, part_end, slices, worked_since
from chedai.book.loans.forms import conventions_of
from chedai.book.loans.models import OpenItem
from chedai.book.loans.services.keeping import loan_bring
from chedai.book.loans.stripes import stripes_hold
from chedai.engine.life import AdvanceRule, Recalculation
from chedai.engine.money import FenColumn
from chedai.engine.waterfall import COMPONENTS, Component, PayOrder, allocate_open
from chedai.platform.actors import Actor
from chedai.platform.bulk import columns_insert
from chedai.platform.days.report import StepReport
from chedai.platform.work import service

_FEE, _INTEREST, _PRINCIPAL = (COMPONENTS.index(c) for c in (Component.FEE, Component.INTEREST, Component.PRINCIPAL))


class Due(NamedTuple):
    """What falls due on a day: positions of the loans in their slice, numbers of the instalments, dues [row, 4]."""

    at: FenColumn
    n: FenColumn
    parts: FenColumn


class Billed(NamedTuple):
    """What the ledger hears of a slice, in fen."""

    interest: int
    fees: int
    suspended: int
    used: FenColumn  # credit used, by component


@service
def loans_bill(*, day: date, actor: Actor, after: int) -> StepReport:
    """Bill one part of the loans above `after`: what fell due the day before `day`. It is booked on its due day."""
    due_on = day - timedelta(days=1)
    last = part_end(after)
    if last is None:
        return StepReport()
    stripes_hold(after + 1, last)
    looked = changed = left_out = 0
    for part in slices(due_on, after, last):
        looked += part.loan.size
        due = falling_due(part, due_on)
        own = ~_apart(part, due)
        apart = np.unique(part.loan[due.at[~own]]).tolist()
        left_out += sum(not loan_bring(loan_id=loan_id, day=due_on, actor=actor) for loan_id in apart)
        due = Due(due.at[own], due.n[own], due.parts[own])
        _post(_bill(part, due, due_on), due_on, actor)
        changed += due.at.size + len(apart)
    more = part_end(last) is not None
    return StepReport(looked=looked, changed=changed, left_out=left_out, after=last if more else None)


def unbilled_on(day: date) -> int:
    """The interest that falls due on `day` and is billed nowhere yet: of all loans less those worked out since; fen."""
    billed = 0
    for part in worked_since(day):
        due = falling_due(part, day)
        billed += int(due.parts[part.counts[due.at], _INTEREST].sum())
    return cohorts.due_on(day) - billed


def falling_due(part: Slice, day: date) -> Due:
    """The instalments of a slice that fall due on `day`; those of nothing are left out."""
    plans = part.plans
    rows = np.flatnonzero(plans.due == day.toordinal())
    rows = rows[(plans.principal[rows] + plans.interest[rows] + plans.fees[rows]) > 0]
    at = np.searchsorted(plans.offsets, rows, side="right") - 1
    parts = np.zeros((rows.size, len(COMPONENTS)), dtype=np.int64)
    parts[:, _FEE], parts[:, _INTEREST], parts[:, _PRINCIPAL] = (
        plans.fees[rows],
        plans.interest[rows],
        plans.principal[rows],
    )
    return Due(at, rows - plans.offsets[at] + 1, parts)


def _apart(part: Slice, due: Due) -> NDArray[np.bool_]:
    """Which instalments columns cannot bill: money is held that pays in an order of its own, or settles the loan."""
    held, last = part.credit[due.at] > 0, due.n == np.diff(part.plans.offsets)[due.at]
    forms, kind = np.unique(part.form, return_inverse=True)
    agreed = conventions_of(forms.tolist())
    odd = np.array([agreed[form].advance_rule is not AdvanceRule.NEXT for form in forms.tolist()], dtype=np.bool_)
    moves = np.array([agreed[form].recalculation is not Recalculation.NONE for form in forms.tolist()], dtype=np.bool_)
    own = kind[due.at]
    wrong: NDArray[np.bool_] = part.apart[due.at] | moves[own] | (held & (odd[own] | last))
    return wrong


def _bill(part: Slice, due: Due, day: date) -> Billed:
    rest, used = due.parts.copy(), np.zeros(len(COMPONENTS), dtype=np.int64)
    held = np.flatnonzero(part.credit[due.at] > 0)
    if held.size:
        paid = _use_credit(part, due, held, day)
        rest[held] -= paid
        used = paid.sum(axis=0)
    open_ = rest.sum(axis=1) > 0
    columns_insert(
        OpenItem,
        {
            "loan": part.loan[due.at[open_]],
            "n": due.n[open_],
            "due_on": day.toordinal(),
            "principal": rest[open_, _PRINCIPAL],
            "interest": rest[open_, _INTEREST],
            "fee": rest[open_, _FEE],
            "late_principal": 0,
            "late_interest": 0,
            "penalty_levied": 0,
            "penalty_paid": 0,
        },
    )
    suspended = part.suspended[due.at]
    interest = due.parts[:, _INTEREST]
    return Billed(int(interest[~suspended].sum()), int(due.parts[:, _FEE].sum()), int(interest[suspended].sum()), used)


def _use_credit(part: Slice, due: Due, held: FenColumn, day: date) -> FenColumn:
    """Pay from the money held; one instalment a loan first, what a second one of the day gets is what is left."""
    paid = np.zeros((held.size, len(COMPONENTS)), dtype=np.int64)
    loans, first = np.unique(due.at[held], return_index=True)
    offsets = np.append(first, held.size)
    forms, kind = np.unique(part.form[loans], return_inverse=True)
    agreed = conventions_of(forms.tolist())
    orders = [PayOrder(agreed[form].allocation) for form in forms.tolist()]
    allocation = allocate_open(due.parts[held], offsets, part.credit[loans], orders, kind)
    paid[:] = allocation.paid
    principal = np.add.reduceat(paid[:, _PRINCIPAL], first)
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE book_delinquency SET balance = balance - %s, stands_from = %s WHERE loan_id = %s",
            [
                (repaid, (day + timedelta(days=1)).isoformat(), loan)
                for repaid, loan in zip(principal.tolist(), part.loan[loans].tolist(), strict=True)
            ],
        )
        cursor.executemany(
            "UPDATE book_loan SET owed = owed - %s, credit = %s, worked_on = %s WHERE id = %s",
            [
                (repaid, left, day.isoformat(), loan)
                for repaid, left, loan in zip(
                    principal.tolist(), allocation.left.tolist(), part.loan[loans].tolist(), strict=True
                )
            ],
        )
    return paid


def _post(billed: Billed, day: date, actor: Actor) -> None:
    transfers = (*_standing(billed), *_in_suspense(billed))
    if transfers:
        subject = f"close:{day.isoformat()}"
        journal_post(day=day, kind=EntryKind.BILLING, subject=subject, transfers=transfers, actor=actor)


def _standing(billed: Billed) -> tuple[Transfer, ...]:
    """Loans on the balance sheet: one sum, because what is posted is linear in the balances."""
    paid_fee, paid_interest, paid_principal = (int(billed.used[c]) for c in (_FEE, _INTEREST, _PRINCIPAL))
    before = Balances(principal=paid_principal, credit=paid_fee + paid_interest + paid_principal)
    after = Balances(
        interest_due=billed.interest - paid_interest,
        fee_due=billed.fees - paid_fee,
        interest_billed=billed.interest,
        fee_billed=billed.fees,
    )
    return ledger.postings(before, after, 0)


def _in_suspense(billed: Billed) -> tuple[Transfer, ...]:
    owed = Balances(interest_due=billed.suspended, interest_billed=billed.suspended, suspended=True)
    return ledger.postings(Balances(suspended=True), owed, 0)
