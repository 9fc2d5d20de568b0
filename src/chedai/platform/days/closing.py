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
from chedai.platform.bulk import is_postgres
from chedai.platform.days.models import DayClose, DayStep
from chedai.platform.days.report import PartStep, Step, StepReport
from chedai.platform.statements import ask, moment_asked
from chedai.platform.work import record, work

Tell: TypeAlias = Callable[[str, int, int], None]
"""How a close tells how far it is: the code of the step, steps done, steps in all."""

_TRIES: Final = 3
_STEP: Final = 'SELECT id, ended_at IS NOT NULL, "after" FROM platform_day_step WHERE close_id = %s AND code = %s'
_STEP_LOCKED: Final = f"{_STEP} FOR NO KEY UPDATE"
_COUNTED: Final = (
    "UPDATE platform_day_step SET parts = parts + 1, looked = looked + %s, changed = changed + %s, "
    'left_out = left_out + %s, milliseconds = milliseconds + %s, "after" = %s, ended_at = %s WHERE id = %s'
)


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
    ((row, ended, after),) = ask(_STEP_LOCKED if is_postgres() else _STEP, [close.pk, step.code])
    if ended:
        return True
    begun = perf_counter()
    report = step.run(day=close.day, actor=actor, after=after)
    over = report.after is None
    spent = round((perf_counter() - begun) * 1000)
    counts = [report.looked, report.changed, report.left_out, spent]
    ask(_COUNTED, [*counts, report.after or after, moment_asked(clock.now()) if over else None, row])
    return over


def _end(close: DayClose, actor: Actor) -> None:
    rows = list(close.steps.all())
    close.looked, close.changed, close.left_out = (
        sum(getattr(row, name) for row in rows) for name in ("looked", "changed", "left_out")
    )
    close.ended_at = clock.now()
    close.save()
    facts = {"looked": close.looked, "changed": close.changed, "left_out": close.left_out}
    record(actor=actor, action="day.closed", subject=f"day:{close.day.isoformat()}", facts=facts)
