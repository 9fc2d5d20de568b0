"""Jobs that come round: every so many minutes, or every day at an hour of Shanghai.

The scheduler asks for each round with a key that names it, so two schedulers, or one started twice, ask once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.jobs.services import job_ask

SCHEDULER = system("scheduler")


@dataclass(frozen=True, slots=True)
class Round:
    """A kind of job that comes round: `at` an hour of the day, or `every` so many minutes counted from midnight."""

    kind: str
    at: time | None = None
    every: int = 0


_rounds: tuple[Round, ...] = ()


def install(table: Sequence[Round]) -> None:
    """Install what comes round."""
    global _rounds
    _rounds = tuple(table)


def rounds() -> tuple[Round, ...]:
    """What comes round."""
    return _rounds


def last_round(rule: Round, moment: datetime) -> datetime:
    """The beginning of the round that `moment` falls into."""
    local = moment.astimezone(clock.SHANGHAI)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if rule.at is not None:
        today = local.replace(hour=rule.at.hour, minute=rule.at.minute, second=0, microsecond=0)
        return today if today <= local else today - timedelta(days=1)
    minutes = int((local - midnight).total_seconds() // 60)
    return midnight + timedelta(minutes=minutes - minutes % rule.every)


def rounds_ask(table: Sequence[Round]) -> None:
    """Ask for the current round of each rule, once."""
    moment = clock.now()
    for rule in table:
        begun = last_round(rule, moment)
        key = f"{rule.kind}@{begun:%Y-%m-%dT%H:%M}"
        job_ask(kind=rule.kind, payload={"round": begun.isoformat()}, actor=SCHEDULER, key=key)
