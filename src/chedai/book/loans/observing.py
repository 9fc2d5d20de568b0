"""How long a loan is observed after its plan was eased (重组观察期)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from chedai.book.loans.history import event_of
from chedai.book.loans.models import LoanEvent
from chedai.book.loans.states import OBSERVED_AFTER
from chedai.engine.daycount import add_months
from chedai.platform.policies.selectors import book_in_force

OBSERVED: Final = "classification.restructure_observation"
"""The policy that says how many months a restructured loan is observed."""


def observed_until(row: LoanEvent) -> date:
    """The last day of observation after this agreement, by the policy of the day it was booked."""
    return add_months(observed_from(row), observed_months(row.recorded_on))


def observed_from(row: LoanEvent) -> date:
    """The first day of observation: the first due day of the new plan, else the day from which the agreement holds."""
    event = event_of(row)
    return getattr(event, "first_due", event.on)


def observed_months(day: date) -> int:
    """For how many months an observation that begins now lasts."""
    return book_in_force().in_force(OBSERVED, day, lender_type="auto_finance").number


def observed_after(rows: Iterable[LoanEvent]) -> date | None:
    """The last day of observation of a loan with these events: the latest of the agreements that stand; None for none.

    A second agreement begins an observation of its own and shortens none.
    """
    held = list(rows)
    gone = {row.of_id for row in held if row.of_id is not None}
    eased = (row for row in held if row.kind in OBSERVED_AFTER and row.pk not in gone)
    return max((observed_until(row) for row in eased), default=None)
