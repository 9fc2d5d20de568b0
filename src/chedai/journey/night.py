"""When days are closed: every night, when somebody asks, and when a training turns the books forward."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from django.conf import settings

from chedai.journey.close_of_day import STEPS, close_day, days_to_close
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind, system
from chedai.platform.days.services import business_day_turn
from chedai.platform.errors import Conflict
from chedai.platform.jobs.handlers import Payload, Progress, Result
from chedai.platform.jobs.models import Job
from chedai.platform.jobs.services import job_ask
from chedai.platform.work import record, service

KIND: Final = "day.close"
WORDS: Final = ("日终", "close the day")
_NIGHT: Final = system("close")


class Turn(StrEnum):
    """How far a training turns the books."""

    DAY = "day"
    MONTH = "month"


def may_turn() -> bool:
    """Whether this installation is for training: only there does anybody turn the books day by day on a screen."""
    return bool(settings.TRAINING)


@service
def close_ask(*, actor: Actor) -> Job:
    """Ask for the close of every missed day up to the business date. Asked twice it is one job."""
    day = clock.business_date()
    record(actor=actor, action="day.close_asked", subject=f"day:{day.isoformat()}")
    return _ask(day, actor)


@service
def day_turn(*, turn: Turn, actor: Actor) -> Job:
    """Turn the business date forward by a day or a month; every day in between is closed, by a job.

    Errors: `Conflict` where the installation is not for training, or while days before are not closed yet.
    """
    if not may_turn():
        zh, en = "只有培训环境可以推进营业日期", "only an installation for training turns its days"
        raise Conflict("no-training", zh, en)
    today = clock.business_date()
    to = today + timedelta(1) if turn is Turn.DAY else month_later(today)
    business_day_turn(to=to, reason="training", actor=actor)
    return _ask(to, actor)


def month_later(day: date) -> date:
    """The same day of the next month, or its last."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _ask(day: date, actor: Actor) -> Job:
    payload = {"day": day.isoformat(), "by": actor.ref if actor.kind is ActorKind.PERSON else 0}
    return job_ask(kind=KIND, payload=payload, actor=actor, key=f"{KIND}:{day.isoformat()}:{clock.now():%H%M}")


def close_night(payload: Payload, progress: Progress) -> Result:
    """The job: close every missed day up to the one asked for, or up to the business date."""
    day = date.fromisoformat(payload["day"]) if "day" in payload else clock.business_date()
    missing = days_to_close(day)
    total = max(len(missing) * len(STEPS), 1)
    done = _Done(progress, total)
    closes = close_day(day=day, actor=_NIGHT, tell=done.tell)
    return {"days": len(closes), "left_out": closes[-1].left_out if closes else 0}


class _Done:
    """How far a run over several days is: steps done, of all."""

    def __init__(self, progress: Progress, total: int) -> None:
        self.progress, self.total, self.before = progress, total, 0

    def tell(self, code: str, place: int, steps: int) -> None:
        """A step of a day is reached; the last call of a day has all of them."""
        self.progress.tell(min(self.before + place, self.total), self.total)
        if place == steps:
            self.before += steps
