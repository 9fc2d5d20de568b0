"""Running the steps of a close so that each part is done once, whenever the process dies.

Where a step stands is a row locked and written in the transaction of the part itself: either the part and its count are
both there, or neither is. The steps are given; what they are is one table of the journey.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from time import perf_counter
from typing import Final, TypeAlias

from django.db import OperationalError

from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.days.models import DayClose, DayStep
from chedai.platform.days.report import PartStep, Step, StepReport
from chedai.platform.work import record, work

Tell: TypeAlias = Callable[[str, int, int], None]
"""How a close tells how far it is: the code of the step, steps done, steps in all."""

_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class NightStep:
    """One line of the table of a close: its code, its words, what is done."""

    code: str
    zh: str
    en: str
    run: PartStep


def whole(step: Step) -> PartStep:
    """A step done in one go."""

    def run(*, day: date, actor: Actor, after: int) -> StepReport:
        return step(day=day, actor=actor)

    return run


def close_run(*, day: date, steps: Sequence[NightStep], actor: Actor, tell: Tell) -> DayClose:
    """Bring the books to `day` by all `steps`, from wherever an earlier run stopped; nothing where it is done."""
    with work():
        close, _ = DayClose.objects.get_or_create(day=day, defaults={"began_at": clock.now(), "actor": actor.key})
        if close.ended_at is None:
            rows = (DayStep(close=close, code=step.code, place=place) for place, step in enumerate(steps))
            DayStep.objects.bulk_create(rows, ignore_conflicts=True)
    if close.ended_at is not None:
        return close
    for place, step in enumerate(steps):
        tell(step.code, place, len(steps))
        while not _part_done(close, step, actor):
            tell(step.code, place, len(steps))
    with work():
        close = DayClose.objects.select_for_update(no_key=True).get(pk=close.pk)
        if close.ended_at is None:
            _end(close, actor)
    tell("", len(steps), len(steps))
    return close


def _part_done(close: DayClose, step: NightStep, actor: Actor) -> bool:
    """Do one part; whether the step is over. A part the database gave up (a deadlock) is begun again."""
    for left in reversed(range(_TRIES)):
        try:
            with work():
                return _part(close, step, actor)
        except OperationalError:
            if not left:
                raise
    raise AssertionError("unreachable")


def _part(close: DayClose, step: NightStep, actor: Actor) -> bool:
    row = DayStep.objects.select_for_update(no_key=True).get(close=close, code=step.code)
    if row.ended_at is not None:
        return True
    begun = perf_counter()
    report = step.run(day=close.day, actor=actor, after=row.after)
    row.looked, row.changed = row.looked + report.looked, row.changed + report.changed
    row.left_out, row.parts = row.left_out + report.left_out, row.parts + 1
    row.milliseconds += round((perf_counter() - begun) * 1000)
    if report.after is None:
        row.ended_at = clock.now()
    else:
        row.after = report.after
    row.save()
    return row.ended_at is not None


def _end(close: DayClose, actor: Actor) -> None:
    rows = list(close.steps.all())
    close.looked, close.changed, close.left_out = (
        sum(getattr(row, name) for row in rows) for name in ("looked", "changed", "left_out")
    )
    close.ended_at = clock.now()
    close.save()
    facts = {"looked": close.looked, "changed": close.changed, "left_out": close.left_out}
    record(actor=actor, action="day.closed", subject=f"day:{close.day.isoformat()}", facts=facts)
