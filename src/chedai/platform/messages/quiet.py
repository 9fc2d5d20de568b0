"""The hours in which nobody is sent what they did not ask for.

Conduct forbids reminders at night (GB/T 45251-2025; the bankers' association's guideline of 2026; the hours are
policy). It is looked at when a message is asked for, and again when it goes out: a channel that was away, or a worker
that stood still, must not deliver in the night what was asked for in the evening.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from chedai.platform import clock
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.policies.values import Hours

QUIET: Final = "collection_conduct.quiet_hours"


def quiet_until(moment: datetime) -> datetime | None:
    """When the quiet hours that hold at a moment end; None where none do."""
    now = moment.astimezone(clock.SHANGHAI)
    quiet = book_in_force().in_force(QUIET, now.date(), lender_type="bank").typed(Hours)
    if not quiet.hold(now.time()):
        return None
    ends = datetime.combine(now.date(), quiet.end, clock.SHANGHAI)
    return ends if ends > now else ends + timedelta(days=1)
