"""Changing what was agreed: chosen, tried out side by side, and asked for; another person approves it in the queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.book.loans import changes, selectors
from chedai.book.loans.changes import Change
from chedai.book.loans.services.changing import Preview, loan_change_ask, loan_change_preview
from chedai.book.loans.services.keeping import loan_heal
from chedai.book.loans.states import ChangeKind, ChangeState
from chedai.book.risk.classes import class_set
from chedai.book.risk.watching import watch_add
from chedai.engine.classify import CLASS_ZH, RiskClass
from chedai.engine.life.events import Disposition
from chedai.engine.waterfall import Component
from chedai.platform import clock
from chedai.platform.errors import NotFound, Refusal
from chedai.web.doors import Request, door
from chedai.web.forms.fields import DayField, MoneyField, RateField
from chedai.web.forms.page import FormPage, form_page, refuse
from chedai.web.loans import words
from chedai.web.loans.frame import frame, loan_seen

KINDS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        ChangeKind.RESTRUCTURE: gettext_lazy("重组"),
        ChangeKind.EXTENSION: gettext_lazy("展期"),
        ChangeKind.DUE_DATE: gettext_lazy("变更还款日"),
        ChangeKind.REAMORTISATION: gettext_lazy("逾期款均摊"),
        ChangeKind.RATE: gettext_lazy("利率调整"),
        ChangeKind.WAIVER: gettext_lazy("减免"),
        ChangeKind.WRITE_OFF: gettext_lazy("核销"),
    }
)
STATES: Final[Mapping[str, tuple[Promise, str]]] = MappingProxyType(
    {
        ChangeState.ASKED: (gettext_lazy("待审批"), "blue"),
        ChangeState.DONE: (gettext_lazy("已执行"), "green"),
        ChangeState.REFUSED: (gettext_lazy("未批准"), "red"),
        ChangeState.LAPSED: (gettext_lazy("已失效"), ""),
    }
)
_DISPOSITIONS: Final = [
    (Disposition.CARRY_FORWARD.value, gettext_lazy("挂账，随新计划首期归还")),
    (Disposition.CAPITALISE.value, gettext_lazy("转为本金，计息")),
    (Disposition.WAIVE.value, gettext_lazy("减免")),
]
CLASSES_EN: Final = ("normal", "special mention", "substandard", "doubtful", "loss")


class OnForm(forms.Form):
    """The day from which the change holds."""

    on = DayField(label=gettext_lazy("生效日"))


class RestructureForm(OnForm):
    """A new plan for what is owed."""

    first_due = DayField(label=gettext_lazy("新计划首个还款日"))
    periods = forms.IntegerField(label=gettext_lazy("新计划期数"), min_value=1, max_value=120)
    annual_rate = RateField(label=gettext_lazy("新年利率（%），不填为不变"), required=False)
    interest = forms.ChoiceField(label=gettext_lazy("欠息"), choices=_DISPOSITIONS)
    fees = forms.ChoiceField(label=gettext_lazy("欠费"), choices=_DISPOSITIONS)
    penalties = forms.ChoiceField(label=gettext_lazy("罚息"), choices=_DISPOSITIONS)
    waived_principal = MoneyField(label=gettext_lazy("减免本金"), required=False)


class ExtensionForm(OnForm):
    """More instalments."""

    periods = forms.IntegerField(label=gettext_lazy("增加期数"), min_value=1, max_value=60)


class DueDateForm(OnForm):
    """Another day of the month."""

    due = DayField(label=gettext_lazy("从哪一期的还款日起"))
    to = DayField(label=gettext_lazy("改到"))


class RateForm(OnForm):
    """Another rate."""

    annual_rate = RateField(label=gettext_lazy("新年利率（%）"))


class WaiverForm(OnForm):
    """How much of which component is forgiven."""

    component = forms.ChoiceField(
        label=gettext_lazy("减免项目"), choices=[(c.value, words.COMPONENTS[c]) for c in Component]
    )
    amount = MoneyField(label=gettext_lazy("减免金额"), least=1)


_FORMS: Final[Mapping[str, tuple[type[forms.Form], Callable[[dict[str, Any]], Change]]]] = MappingProxyType(
    {
        ChangeKind.RESTRUCTURE: (
            RestructureForm,
            lambda data: changes.Restructuring(
                on=data["on"],
                first_due=data["first_due"],
                periods=data["periods"],
                annual_rate=data["annual_rate"],
                interest=Disposition(data["interest"]),
                fees=Disposition(data["fees"]),
                penalties=Disposition(data["penalties"]),
                waived_principal=data["waived_principal"] or 0,
            ),
        ),
        ChangeKind.EXTENSION: (ExtensionForm, lambda data: changes.Extending(**data)),
        ChangeKind.DUE_DATE: (DueDateForm, lambda data: changes.DueDateChange(**data)),
        ChangeKind.REAMORTISATION: (OnForm, lambda data: changes.Reamortising(**data)),
        ChangeKind.RATE: (RateForm, lambda data: changes.RateChanging(**data)),
        ChangeKind.WAIVER: (
            WaiverForm,
            lambda data: changes.Waiving(on=data["on"], component=Component(data["component"]), amount=data["amount"]),
        ),
        ChangeKind.WRITE_OFF: (OnForm, lambda data: changes.WritingOff(**data)),
    }
)


@require_GET
@door("loan.read")
def loan_changes(request: Request, number: str) -> HttpResponse:
    """What was ever asked for, and what may be asked for now."""
    loan = loan_seen(request, number)

    def may(right: str) -> bool:
        return bool(request.access.may(right, store_id=loan.store_id, owner_id=loan.officer_id))

    asked = [(one, KINDS[one.kind], STATES[one.state]) for one in selectors.changes_of(loan.pk)]
    context = {
        "asked": asked,
        "kinds": list(KINDS.items()) if may("loan.change") and loan.book == "own" else [],
        "waits": any(one.state == ChangeState.ASKED for one, _kind, _state in asked),
        "may_heal": bool(loan.quarantine) and may("loan.heal"),
        "may_watch": may("risk.act"),
        "may_class": may("risk.class"),
        "classes": [(int(c), CLASS_ZH[c] if words.is_chinese() else CLASSES_EN[c - 1]) for c in RiskClass],
    }
    return render(request, "web/loans/changes.html", frame(request, loan, "changes") | context)


@require_http_methods(["GET", "POST"])
@door("loan.change")
def change(request: Request, number: str, kind: str) -> HttpResponse:
    """Fill the change in, see what it does, ask for it."""
    loan = loan_seen(request, number, "loan.change")
    if kind not in _FORMS:
        raise NotFound("no-such-change", "没有这种变更", "there is no such change")
    shape, made_of = _FORMS[kind]
    form = shape(request.POST) if request.method == "POST" else shape(initial=_initial(loan, kind))
    seen: Preview | None = None
    status = 200
    if request.method == "POST":
        try:
            seen = loan_change_preview(loan_id=loan.pk, change=made_of(form.cleaned_data)) if form.is_valid() else None
            if seen is not None and "ask" in request.POST:
                return _ask(request, loan, seen)
        except Refusal as refused:
            refuse(form, refused)
        status = 200 if seen is not None and not form.errors else 422
    context = {
        "kind": kind,
        "word": KINDS[kind],
        "form": form,
        "seen": seen,
        "today": clock.business_date(),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "web/loans/change.html", frame(request, loan, "changes") | context, status=status)


def _ask(request: Request, loan: Any, seen: Preview) -> HttpResponse:
    """The digest is of what the person had before their eyes: if the loan moved on, it is refused."""
    loan_change_ask(
        loan_id=loan.pk,
        change=seen.change,
        digest=request.POST.get("digest", ""),
        reason=request.POST.get("reason", "")[:200],
        actor=request.actor,
    )
    messages.success(request, _("已提交变更，等待审批"))
    return HttpResponseRedirect(reverse("loan_changes", args=[loan.number]))


def _initial(loan: Any, kind: str) -> dict[str, Any]:
    today: date = clock.business_date()
    return {"on": today, "periods": 12 if kind == ChangeKind.RESTRUCTURE else 6}


@require_http_methods(["GET", "POST"])
@door("loan.heal")
def heal(request: Request, number: str) -> HttpResponse:
    """Try the loan again: if its events make a plan now, parked money is applied."""
    loan = loan_seen(request, number, "loan.heal")

    def save(data: dict[str, Any], req: Request) -> str:
        loan_heal(loan_id=loan.pk, reason=data["reason"], actor=req.actor)
        return reverse("loan", args=[loan.number])

    page = FormPage(
        key=f"loan.heal.{loan.pk}",
        form=WhyForm,
        template="web/loans/counter.html",
        save=save,
        done=gettext_lazy("已解除隔离"),
        context=frame(request, loan, "changes")
        | {"title": gettext_lazy("解除隔离"), "verb": gettext_lazy("重新计算并解除隔离")},
    )
    return form_page(request, page)


class WhyForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=gettext_lazy("处理说明"), max_length=200)


@require_POST
@door("risk.act")
def watch_this(request: Request, number: str) -> HttpResponse:
    """Put the loan on the watch list."""
    loan = loan_seen(request, number, "risk.act")
    watch_add(loan_id=loan.pk, reason=request.POST.get("reason", "")[:200], actor=request.actor)
    messages.success(request, _("已列入关注名单"))
    return HttpResponseRedirect(reverse("loan_changes", args=[loan.number]))


@require_POST
@door("risk.class")
def class_this(request: Request, number: str) -> HttpResponse:
    """Set a worse class by hand, or take it back."""
    loan = loan_seen(request, number, "risk.class")
    typed = request.POST.get("cls", "")
    cls = int(typed) if typed.isdecimal() and len(typed) == 1 else -1
    class_set(loan_id=loan.pk, cls=cls, reason=request.POST.get("reason", "")[:200], actor=request.actor)
    messages.success(request, _("已设定风险分类，下个月末生效"))
    return HttpResponseRedirect(reverse("loan_changes", args=[loan.number]))
