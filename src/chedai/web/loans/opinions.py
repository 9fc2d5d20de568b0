"""The tab of changes: what was asked for, what may be, and what people think of the loan: watched, of a worse class.

What is refused is shown at its field, on the page it was typed on.
"""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from chedai.book.loans import selectors
from chedai.book.loans.states import ChangeState
from chedai.book.risk.classes import class_set
from chedai.book.risk.watching import watch_add
from chedai.engine.classify import CLASS_ZH, RiskClass
from chedai.platform.errors import Conflict, Refusal
from chedai.web.doors import Request, door
from chedai.web.forms.page import refuse
from chedai.web.loans import words
from chedai.web.loans.changing import KINDS, STATES, offered
from chedai.web.loans.frame import frame, loan_seen

CLASSES_EN: Final = ("normal", "special mention", "substandard", "doubtful", "loss")


class WatchForm(forms.Form):
    """Why somebody looks at the loan."""

    reason = forms.CharField(label=gettext_lazy("列入原因"), max_length=200)


class ClassForm(forms.Form):
    """The class somebody gives the loan, and why."""

    cls = forms.TypedChoiceField(label=gettext_lazy("风险分类"), coerce=int)
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(int(c), CLASS_ZH[c] if words.is_chinese() else CLASSES_EN[c - 1]) for c in RiskClass]
        field = self.fields["cls"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(0, gettext_lazy("取消人工分类")), *named]


@require_GET
@door("loan.read")
def loan_changes(request: Request, number: str) -> HttpResponse:
    """What was ever asked for, and what may be asked for now."""
    return _page(request, loan_seen(request, number))


def _page(
    request: Request,
    loan: Any,
    *,
    watching: forms.Form | None = None,
    classing: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    def may(right: str) -> bool:
        return bool(request.access.may(right, store_id=loan.store_id, owner_id=loan.officer_id))

    asked = [(one, KINDS[one.kind], STATES[one.state]) for one in selectors.changes_of(loan.pk)]
    context = {
        "changes": asked,
        "kinds": offered(request, loan),
        "waits": any(one.state == ChangeState.ASKED for one, _kind, _state in asked),
        "may_heal": bool(loan.quarantine) and may("loan.heal"),
        "watching": (watching or WatchForm(auto_id="watch_%s")) if may("risk.act") else None,
        "classing": (classing or ClassForm(auto_id="class_%s")) if may("risk.class") else None,
    }
    return render(request, "web/loans/changes.html", frame(request, loan, "changes") | context, status=status)


@require_POST
@door("risk.act")
def watch_this(request: Request, number: str) -> HttpResponse:
    """Put the loan on the watch list."""
    loan = loan_seen(request, number, "risk.act")
    form, status = WatchForm(request.POST, auto_id="watch_%s"), 422
    if form.is_valid():
        try:
            watch_add(loan_id=loan.pk, reason=form.cleaned_data["reason"], actor=request.actor)
        except Refusal as refused:
            refuse(form, refused)
            status = _status(refused)
        else:
            messages.success(request, _("已列入关注名单"))
            return _back(loan)
    return _page(request, loan, watching=form, status=status)


@require_POST
@door("risk.class")
def class_this(request: Request, number: str) -> HttpResponse:
    """Set a worse class by hand, or take it back."""
    loan = loan_seen(request, number, "risk.class")
    form, status = ClassForm(request.POST, auto_id="class_%s"), 422
    if form.is_valid():
        try:
            class_set(loan_id=loan.pk, actor=request.actor, **form.cleaned_data)
        except Refusal as refused:
            refuse(form, refused)
            status = _status(refused)
        else:
            messages.success(request, _("已设定风险分类，下个月末生效"))
            return _back(loan)
    return _page(request, loan, classing=form, status=status)


def _status(refused: Refusal) -> int:
    return 409 if isinstance(refused, Conflict) else 422


def _back(loan: Any) -> HttpResponse:
    return HttpResponseRedirect(reverse("loan_changes", args=[loan.number]))
