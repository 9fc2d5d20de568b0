"""How long a loan is observed after its plan was eased (重组观察期)."""

from __future__ import annotations

from datetime import date
from typing import Final

from chedai.book.loans.history import event_of
from chedai.book.loans.models import LoanEvent
from chedai.engine.daycount import add_months
from chedai.platform.policies.selectors import book_in_force

OBSERVED: Final = "classification.restructure_observation"
"""The policy that says how many months a restructured loan is observed."""


def observed_until(row: LoanEvent) -> date:
    """The last day of observation after this agreement, by the policy of the day it was booked."""
    months = book_in_force().in_force(OBSERVED, row.recorded_on, lender_type="auto_finance").number
    event = event_of(row)
    return add_months(getattr(event, "first_due", event.on), months)
