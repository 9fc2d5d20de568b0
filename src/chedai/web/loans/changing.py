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
from django.views.decorators.http import require_http_methods

from chedai.book.loans import changes, selectors
from chedai.book.loans.changes import Change
from chedai.book.loans.services.changing import Preview, loan_change_ask, loan_change_preview
from chedai.book.loans.services.keeping import loan_heal
from chedai.book.loans.states import AGREED, BookKind, ChangeKind, ChangeState
from chedai.engine.life.events import Disposition
from chedai.engine.waterfall import Component
from chedai.org.permissions import Permission
from chedai.platform import clock
from chedai.platform.errors import NotFound, Refusal
from chedai.web.doors import Request, door
from chedai.web.formats import day, money
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
        ChangeKind.REVERSAL: gettext_lazy("冲销已批准的变更"),
        ChangeKind.VOID: gettext_lazy("作废无法计算的事项"),
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


class OnForm(forms.Form):
    """The day from which the change holds."""

    on = DayField(label=gettext_lazy("生效日"))


class RestructureForm(OnForm):
    """A new plan for what is owed."""

    first_due = DayField(label=gettext_lazy("新计划首个还款日"))
    periods = forms.IntegerField(label=gettext_lazy("新计划期数"), min_value=1, max_value=120)
    annual_rate = RateField(label=gettext_lazy("新年利率（%）"), required=False, help_text=gettext_lazy("不填为不变"))
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


class ReversalForm(forms.Form):
    """Which agreement is taken back."""

    event = forms.TypedChoiceField(label=gettext_lazy("冲销哪一项"), coerce=int)


class VoidForm(forms.Form):
    """Which events never happened."""

    events = forms.TypedMultipleChoiceField(
        label=gettext_lazy("作废哪些事项"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("事项仍留在账户明细中，计算时不计，已记的账冲回。暂挂的款项在解除隔离时入账。"),
    )


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
        ChangeKind.REVERSAL: (
            ReversalForm,
            lambda data: changes.Reversing(on=clock.business_date(), event=data["event"]),
        ),
        ChangeKind.VOID: (
            VoidForm,
            lambda data: changes.Voiding(on=clock.business_date(), events=tuple(data["events"])),
        ),
    }
)
_RIGHTS: Final[Mapping[str, Permission]] = MappingProxyType(
    {ChangeKind.REVERSAL: "loan.reverse", ChangeKind.VOID: "loan.heal"}
)
"""What takes back takes the right to take back as well."""


def _takeable(loan: Any, kind: str) -> list[tuple[int, str]]:
    """The events of a loan that this kind of change takes back, newest first; nothing for the other kinds."""
    if kind not in _RIGHTS or bool(loan.quarantine) is not (kind == ChangeKind.VOID):
        return []
    rows = [row for row in selectors.standing_rows(loan.pk) if kind == ChangeKind.VOID or row.kind in AGREED]
    return [(row.seq, _told(row)) for row in rows]


def _told(row: Any) -> str:
    amount = f" {money(row.amount)}" if row.amount else ""
    return f"{row.seq} {words.kind(row.kind)} {day(row.on)}{amount}"


def _shape(loan: Any, kind: str, shape: type[forms.Form], **given: Any) -> forms.Form:
    form = shape(**given)
    for name in {"event", "events"} & form.fields.keys():
        field = form.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _takeable(loan, kind)
    return form


def offered(request: Request, loan: Any) -> list[tuple[str, Promise]]:
    """The kinds of change the person may ask for now, with their words."""

    def may(right: Permission) -> bool:
        return bool(request.access.may(right, store_id=loan.store_id, owner_id=loan.officer_id))

    def fits(kind: str) -> bool:
        if kind in _RIGHTS:
            return may(_RIGHTS[kind]) and bool(_takeable(loan, kind))
        return not loan.quarantine

    asks = may("loan.change") and loan.book == BookKind.OWN
    return [(kind, word) for kind, word in KINDS.items() if fits(kind)] if asks else []


@require_http_methods(["GET", "POST"])
@door("loan.change")
def change(request: Request, number: str, kind: str) -> HttpResponse:
    """Fill the change in, see what it does, ask for it."""
    loan = loan_seen(request, number, "loan.change")
    if kind not in _FORMS:
        raise NotFound("no-such-change", "没有这种变更", "there is no such change")
    if kind in _RIGHTS:
        loan_seen(request, number, _RIGHTS[kind])
    shape, made_of = _FORMS[kind]
    given = {"data": request.POST} if request.method == "POST" else {"initial": _initial(request, kind)}
    form = _shape(loan, kind, shape, **given)
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


def _initial(request: Request, kind: str) -> dict[str, Any]:
    today: date = clock.business_date()
    picked = request.GET.get("event", "")
    return {"on": today, "periods": 12 if kind == ChangeKind.RESTRUCTURE else 6, "event": picked}


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
