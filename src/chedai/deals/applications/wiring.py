"""What this room listens to, what leaves it by the outbox, and what comes round, for the table of the top floor."""

from __future__ import annotations

from datetime import time
from typing import Any, Final

from chedai.deals.applications import sending, steps
from chedai.deals.applications.services.opening import application_open_on_accept
from chedai.deals.applications.services.papers import papers_expire
from chedai.deals.applications.services.submitting import application_close_on_lost
from chedai.deals.pipeline.events import DealLost
from chedai.deals.quotes.events import QuoteAccepted
from chedai.platform import clock
from chedai.platform.events import Handler as Hears
from chedai.platform.jobs.handlers import Handler, Payload, Progress, Result
from chedai.platform.jobs.schedule import Round

HANDLERS: Final[dict[type[Any], Hears]] = {
    QuoteAccepted: application_open_on_accept,
    DealLost: application_close_on_lost,
}


def expire(payload: Payload, progress: Progress) -> Result:
    """Papers whose last day has passed."""
    return {"papers": papers_expire(clock.business_date(), steps.HOUSE)}


JOBS: Final = {
    **sending.HANDLERS,
    "papers.expire": Handler(expire, words=("资料到期", "papers whose last day has passed")),
}
ROUNDS: Final = (Round("papers.expire", at=time(0, 20)),)
