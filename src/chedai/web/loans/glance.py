"""A loan at a glance: what is owed now, what comes next, how far it is. On its own page and on that of its deal."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chedai.book.loans import selectors
from chedai.book.loans.bulk.bank_lists import bank_lines_of
from chedai.book.loans.bulk.by_contract import contract_rows
from chedai.book.loans.rules import refusal_of
from chedai.book.loans.states import BookKind
from chedai.engine.errors import EngineError
from chedai.platform import clock
from chedai.web.deals.jacket import jacket
from chedai.web.doors import Request, door
from chedai.web.loans import words


@require_GET
@door("loan.read")
def deal_loan(request: Request, number: str) -> HttpResponse:
    """The loan a deal became, on the page of the deal; before the payout a sentence says what will stand here."""
    context = jacket(request, number, "loan")
    deal = context["deal"]
    request.access.require("loan.read", store_id=deal.store_id, owner_id=deal.officer_id)
    loan = selectors.loan_of_deal(deal.pk)
    if loan is not None:
        today = clock.business_date()
        late = getattr(loan, "delinquency", None)
        context |= glance(loan, today)[0] | {
            "loan": loan,
            "state": words.STATES[loan.state],
            "book": words.BOOKS[loan.book],
            "late": late,
            "late_days": (today - late.since).days if late else 0,
        }
    return render(request, "web/loans/of_deal.html", context)


def glance(loan: Any, today: date) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """What a page shows of a loan in four figures and a list, and the rows of its plan."""
    if loan.book == BookKind.BANK:
        listed = contract_rows(loan)
        return _of_bank(loan, listed, today) | {"fault": ""}, listed
    state, fault = state_of(loan, today)
    rows = state.rows if state else ()
    return {
        "fault": fault,
        **unpaid(rows, today),
        "next": next((row for row in rows if row.due_date > today and row.outstanding), None),
        "paid": sum(1 for row in rows if not row.outstanding),
        "count": len(rows),
        "totals": state.totals if state else None,
        "receipts": list(selectors.receipts_of(loan.pk)[:5]),
    }, rows


def unpaid(rows: Any, today: date) -> dict[str, Any]:
    """What is due and not paid, each with its days overdue, and the sum of it with the penalty of today."""
    late = [row for row in rows if row.due_date <= today and row.outstanding]
    return {
        "open": [(row, (today - row.due_date).days) for row in late],
        "due_now": sum(row.outstanding for row in late),
    }


def _of_bank(loan: Any, rows: Any, today: date) -> dict[str, Any]:
    """A loan of a bank's book: what its newest list says, and of the plan by contract what lies ahead."""
    return {
        "is_bank": True,
        "told": bank_lines_of(loan.pk).first(),
        "next": next((row for row in rows if row.due_date > today), None),
        "paid": sum(1 for row in rows if row.due_date <= today),
        "count": len(rows),
        "receipts": list(selectors.receipts_of(loan.pk)[:5]),
    }


def state_of(loan: Any, on: Any, known_on: Any = None) -> tuple[Any, str]:
    """The loan on a day, or the reason why its events make no plan."""
    try:
        return selectors.loan_state(loan, on, known_on), ""
    except EngineError as error:
        refused = refusal_of(error)
        return None, refused.zh if words.is_chinese() else refused.en
