"""What this room listens to and what comes round in it, for the table of the top floor."""

from __future__ import annotations

from datetime import time
from typing import Final

from chedai.deals.quotes.services import quotes_expire
from chedai.platform.actors import system
from chedai.platform.jobs.handlers import Handler, Payload, Progress, Result
from chedai.platform.jobs.schedule import Round


def expire(payload: Payload, progress: Progress) -> Result:
    """Close the offers whose last day is over."""
    return {"quotes": quotes_expire(actor=system("scheduler"))}


JOBS: Final = {"quotes.expire": Handler(expire, words=("关闭过期报价", "close expired quotes"))}
ROUNDS: Final = (Round("quotes.expire", at=time(0, 10)),)
