"""The page of periods: which months are locked, and asking a second person to lock or to open one."""

from __future__ import annotations

from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chedai.book.ledger import selectors
from chedai.book.ledger.periods import LOCK, UNLOCK, Period, is_over, period_lock_ask, period_unlock_ask
from chedai.book.ledger.periods import periods as months
from chedai.org.publication import publication_steps
from chedai.platform import clock
from chedai.platform.errors import Refusal
from chedai.web.doors import Request, door

_ASKS: Final = {LOCK: period_lock_ask, UNLOCK: period_unlock_ask}


class AskForm(forms.Form):
    """Which month, whether to lock or to open it, and why."""

    act = forms.ChoiceField(choices=[(act, act) for act in _ASKS])
    month = forms.DateField()
    reason = forms.CharField(required=False, max_length=200)


@require_GET
@door("ledger.read")
def periods(request: Request) -> HttpResponse:
    """The months, newest first, and how the lock moved."""
    today = clock.business_date()
    found = months(today)
    through = selectors.locked_through()
    context = {
        "periods": found,
        "lockable": _lockable(found),
        "unlockable": next((p.code for p in found if p.last == through and p.waiting is None), ""),
        "through": through,
        "may_lock": request.access.may("ledger.lock"),
        "moves": list(selectors.moves()[:20]),
        "lock": LOCK,
        "unlock": UNLOCK,
    }
    return render(request, "web/ledger/periods.html", context)


def _lockable(found: list[Period]) -> str:
    """The oldest open month, where it is over and closed and nobody asked for it yet."""
    still_open = [period for period in found if not period.locked]
    first = still_open[-1] if still_open else None
    return first.code if first is not None and first.waiting is None and is_over(first.last) else ""


@require_POST
@door("ledger.lock")
def ask(request: Request) -> HttpResponse:
    """Ask for a month to be locked, or opened. Errors: `Refusal` for what is no month, and those of the service."""
    form = AskForm(request.POST)
    if not form.is_valid():
        raise Refusal("period-form", "请选择期间", "name the month", field="month")
    act, month = form.cleaned_data["act"], form.cleaned_data["month"]
    steps = publication_steps(act, "ledger.lock", clock.business_date())
    _ASKS[act](month=month, steps=steps, reason=form.cleaned_data["reason"], actor=request.actor)
    messages.success(request, _("已提交，等待另一人审批"))
    return HttpResponseRedirect(reverse("periods"))
