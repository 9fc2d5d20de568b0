"""Turning the business date, and reading it."""

from __future__ import annotations

from datetime import date

from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.days.models import BusinessDay
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
    """Turn the books to a day, or (None) back to the clock. They never go back behind a day they have been on.

    Following the clock again is refused while the clock is behind the day the books are on.
    """
    row, _ = BusinessDay.objects.select_for_update(no_key=True).get_or_create(pk=_ROW)
    if to is not None and row.on is not None and to < row.on:
        zh, en = f"营业日期不能早于 {row.on}", f"the business date does not go back behind {row.on}"
        raise Refusal("day-back", zh, en, field="to")
    if not reason.strip():
        raise Refusal("reason-missing", "请写明原因", "say why", field="reason")
    before, after = (str(day) if day else None for day in (row.on, to))
    facts: dict[str, Scalar] = {"from": before, "to": after}
    row.on = to
    row.save(update_fields=["on"])
    record(actor=actor, action="business_date.turned", subject="business_date:1", facts=facts, reason=reason)
