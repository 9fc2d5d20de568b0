"""Turning the business date, and reading it."""

from __future__ import annotations

from datetime import date

from django.db.models import Max

from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.days.models import BusinessDay, DayClose
from chedai.platform.errors import Refusal
from chedai.platform.statements import ask
from chedai.platform.work import record, service

_ROW = 1
_ON = f'SELECT "on" FROM platform_business_day WHERE id = {_ROW}'


def business_day() -> date | None:
    """The day the books were turned to; None where they follow the clock. Every act asks, so in plain SQL."""
    found = ask(_ON)
    day = found[0][0] if found else None
    return date.fromisoformat(day) if isinstance(day, str) else day


@service
def business_day_turn(*, to: date | None, reason: str, actor: Actor) -> None:
    """Turn the books to a day, or (None) back to the clock.

    They are turned to no day before the one they were turned to, and never go back behind a day whose close has begun:
    following the clock again is refused while the clock is behind it. Errors: `Refusal` at its field.
    """
    row, _ = BusinessDay.objects.select_for_update(no_key=True).get_or_create(pk=_ROW)
    begun = DayClose.objects.aggregate(last=Max("day"))["last"] or date.min
    least = max(begun, row.on) if row.on is not None and to is not None else begun
    if (to or clock.wall_date()) < least:
        zh, en = f"营业日期不能早于 {least}", f"the business date does not go back behind {least}"
        raise Refusal("day-back", zh, en, field="to")
    if not reason.strip():
        raise Refusal("reason-missing", "请写明原因", "say why", field="reason")
    before, after = (str(day) if day else None for day in (row.on, to))
    facts: dict[str, Scalar] = {"from": before, "to": after}
    row.on = to
    row.save(update_fields=["on"])
    record(actor=actor, action="business_date.turned", subject="business_date:1", facts=facts, reason=reason)
