"""What every page of one loan shows around its tab, and the day a page is asked for."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chedai.book.closing.selectors import ask_open
from chedai.book.loans.selectors import loan_of_number
from chedai.book.loans.states import BookKind, LoanStatus
from chedai.platform import clock
from chedai.web.doors import Request
from chedai.web.loans import words

TABS: Final = (
    ("overview", _("概览"), "loan"),
    ("plan", _("还款计划"), "loan_plan"),
    ("account", _("账户明细"), "loan_account"),
    ("payoff", _("结清试算"), "loan_payoff"),
    ("debit", _("代扣与提醒"), "loan_debit"),
    ("closure", _("结清手续"), "loan_closure"),
    ("changes", _("变更"), "loan_changes"),
)


def loan_seen(request: Request, number: str, right: str = "loan.read") -> Any:
    """The loan, where the person holds the right on it. Errors: `NotFound`, `NotAllowed`."""
    loan = loan_of_number(number)
    request.access.require("loan.read", store_id=loan.store_id, owner_id=loan.officer_id)
    request.access.require(right, store_id=loan.store_id, owner_id=loan.officer_id)
    return loan


def frame(request: Request, loan: Any, tab: str) -> dict[str, Any]:
    """The strip, the tabs and the acts of a loan."""
    late = getattr(loan, "delinquency", None)

    def may(right: str) -> bool:
        return bool(request.access.may(right, store_id=loan.store_id, owner_id=loan.officer_id))

    lives = loan.book == BookKind.OWN and loan.state == LoanStatus.ACTIVE
    return {
        "loan": loan,
        "tab": tab,
        "tabs": [(key, word, reverse(name, args=[loan.number])) for key, word, name in TABS],
        "state": words.STATES[loan.state],
        "book": words.BOOKS[loan.book],
        "late": late,
        "asked": ask_open(loan.pk),
        "late_days": (clock.business_date() - late.since).days if late else 0,
        "may_repay": loan.book == BookKind.OWN and loan.state != LoanStatus.SETTLED and may("loan.repay"),
        "may_settle": lives and not loan.quarantine and may("loan.settle"),
        "may_advance": loan.book == BookKind.BANK and may("advance.make"),
        "may_reverse": loan.book == BookKind.OWN and may("loan.reverse"),
    }


def day_of(text: str, otherwise: date) -> date:
    """A day as it stands in an address; what is none is `otherwise`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise
