"""Reading the closes of days."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from chedai.platform.days.models import DayClose
from chedai.platform.statements import ask, day_answered


def closed_through() -> date | None:
    """The last day the books were brought to; None before the first close."""
    return DayClose.objects.filter(ended_at__isnull=False).order_by("-day").values_list("day", flat=True).first()


def closing_now() -> DayClose | None:
    """The close that was begun and has not ended."""
    return DayClose.objects.filter(ended_at__isnull=True).order_by("day").first()


def closed_before(day: date) -> date | None:
    """The last closed day before `day`."""
    ((last,),) = ask(
        "SELECT max(day) FROM platform_day_close WHERE ended_at IS NOT NULL AND day < %s", [day.isoformat()]
    )
    return day_answered(last)


def closes(most: int = 30) -> QuerySet[DayClose]:
    """The last closes with their steps, newest first."""
    return DayClose.objects.order_by("-day").prefetch_related("steps")[:most]
