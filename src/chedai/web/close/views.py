"""The page of the closes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chedai.journey.close_of_day import STEPS, days_to_close
from chedai.journey.night import KIND, Turn, close_ask, day_turn, may_turn
from chedai.platform import clock
from chedai.platform.days import selectors
from chedai.platform.jobs.selectors import jobs
from chedai.platform.jobs.states import OPEN
from chedai.web.doors import Request, door

_SHOWN: Final = 20
_WORDS: Final = {step.code: (step.zh, step.en) for step in STEPS}


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of a close as it is shown; `share` is its part of the time of the close, in percent."""

    words: str
    looked: int
    changed: int
    left_out: int
    seconds: str
    share: int


@dataclass(frozen=True, slots=True)
class CloseLine:
    """One close as it is shown."""

    day: object
    began_at: object
    took: timedelta | None
    seconds: str
    looked: int
    changed: int
    left_out: int
    steps: tuple[StepLine, ...]


class TurnForm(forms.Form):
    """How far the books are turned."""

    turn = forms.ChoiceField(choices=[(one.value, one.value) for one in Turn])


@require_GET
@door("business_date.turn")
def closes(request: Request) -> HttpResponse:
    """The last closes with what each step did, the one that runs now, and what is missing."""
    today = clock.business_date()
    running = jobs().filter(kind=KIND, state__in=OPEN).first()
    context = {
        "closes": list(_lines()),
        "today": today,
        "missing": days_to_close(today),
        "running": running,
        "may_turn": may_turn(),
    }
    return render(request, "web/close/closes.html", context)


def _lines() -> list[CloseLine]:
    place = 0 if (get_language() or "zh").startswith("zh") else 1
    made = []
    for close in selectors.closes(_SHOWN):
        rows = list(close.steps.all())
        whole = sum(row.milliseconds for row in rows) or 1
        steps = tuple(
            StepLine(
                _WORDS[row.code][place] if row.code in _WORDS else row.code,
                row.looked,
                row.changed,
                row.left_out,
                f"{row.milliseconds / 1000:.2f}",
                round(100 * row.milliseconds / whole),
            )
            for row in rows
        )
        took = close.ended_at - close.began_at if close.ended_at else None
        seconds = f"{sum(row.milliseconds for row in rows) / 1000:.2f}"
        made.append(
            CloseLine(close.day, close.began_at, took, seconds, close.looked, close.changed, close.left_out, steps)
        )
    return made


@require_POST
@door("business_date.turn")
def now(request: Request) -> HttpResponse:
    """Close every missed day, as a job: whoever holds the right may, for a second close changes nothing."""
    close_ask(actor=request.actor)
    messages.success(request, _("日终已排入后台任务"))
    return HttpResponseRedirect(reverse("closes"))


@require_POST
@door("business_date.turn")
def turn(request: Request) -> HttpResponse:
    """Turn the books forward by a day or a month, where the installation is for training."""
    form = TurnForm(request.POST)
    if form.is_valid():
        request.access.require_for("business_date.turn", None)
        day_turn(turn=Turn(form.cleaned_data["turn"]), actor=request.actor)
        messages.success(request, _("营业日期已推进，日终在后台进行"))
    return HttpResponseRedirect(reverse("closes"))
