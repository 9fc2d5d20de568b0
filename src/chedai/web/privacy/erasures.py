"""Deletion of personal data: asked for, held back by a law until a day, carried out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.crm.customers.selectors import customer_on_file, subjects_gone
from chedai.platform import clock
from chedai.platform.audit.selectors import entries_of
from chedai.platform.errors import NotFound
from chedai.platform.privacy import selectors, services
from chedai.platform.privacy.states import ErasureState
from chedai.web import words
from chedai.web.audit.lists import actor_names
from chedai.web.customers.pages import customer_seen
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.page import list_page
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Row, Text, View

ERASE: Final = "privacy.erase"
STATES: Final[dict[str, Promise]] = {
    ErasureState.RESTRICTED: gettext_lazy("依法保存"),
    ErasureState.ERASED: gettext_lazy("已删除"),
}


class ErasureForm(forms.Form):
    """How the customer asked, and that it is meant."""

    reason = forms.CharField(
        label=gettext_lazy("申请方式"),
        max_length=200,
        help_text=gettext_lazy("客户怎样提出的，如“本人到店书面申请”；不要写姓名、电话或证件号"),
    )
    sure = forms.BooleanField(label=gettext_lazy("我已核对客户身份与上面的说明；删除后不能恢复"))


def _seen(request: Request) -> QuerySet[Any]:
    """The requests about customers in the person's reach."""
    return selectors.erasures().filter(subject__in=subjects_gone(request.access.records(ERASE)))


def _names(rows: Sequence[Row]) -> None:
    found = words.people(row.asked_by for row in rows)
    for row in rows:
        row.asked_name = found.get(row.asked_by, "")


def _may_go(row: Row) -> bool:
    """Whether the hold of a request has ended."""
    held = row.held_until is not None and row.held_until >= clock.business_date()
    return row.state == ErasureState.RESTRICTED and not held


def _over() -> Q:
    return Q(state=ErasureState.RESTRICTED, held_until__lt=clock.business_date())


def _states(request: Request) -> Sequence[tuple[str, Text]]:
    return [*STATES.items(), ("over", gettext_lazy("保存期满"))]


ERASURES: Final = ListSpec(
    key="erasures",
    title=gettext_lazy("个人信息删除"),
    unit=gettext_lazy("项"),
    permission=ERASE,
    rows=_seen,
    columns=(
        Column(
            "subject",
            gettext_lazy("对象"),
            lambda row: words.subject(row.subject),
            link=lambda row: reverse("erasure", args=[row.pk]),
        ),
        Column(
            "state",
            gettext_lazy("状态"),
            lambda row: STATES[row.state],
            Kind.TAG,
            sort="state",
            group="state",
            tint=lambda row: "amber" if row.state == ErasureState.RESTRICTED else "green",
        ),
        Column("until", gettext_lazy("法定保存至"), lambda row: row.held_until, Kind.DAY, sort="held_until"),
        Column("rule", gettext_lazy("依据"), lambda row: row.hold, Kind.CODE),
        Column("asked", gettext_lazy("申请时间"), lambda row: row.asked_at, Kind.MOMENT, sort="pk"),
        Column("by", gettext_lazy("经办"), lambda row: row.asked_name),
        Column("erased", gettext_lazy("删除时间"), lambda row: row.erased_at, Kind.MOMENT, sort="erased_at"),
    ),
    sort="-asked",
    filters=(
        Choice(
            "state",
            gettext_lazy("状态"),
            _states,
            lambda value: _over() if value == "over" else Q(state=value),
        ),
        Days("until", gettext_lazy("法定保存至"), "held_until"),
    ),
    views=(
        View(gettext_lazy("依法保存"), "state=restricted"),
        View(gettext_lazy("保存期满"), "state=over", red=True),
        View(gettext_lazy("已删除"), "state=erased"),
    ),
    empty=gettext_lazy("还没有删除申请。客户提出时，在客户页面上登记。"),
    enrich=_names,
)


@require_http_methods(["GET", "POST"])
@door("privacy.erase")
def erasures(request: Request) -> HttpResponse:
    """Every request for deletion, with what holds it and until when."""
    return list_page(request, ERASURES)


@require_http_methods(["GET", "POST"])
@door("privacy.erase")
def erasure_new(request: Request, pk: int) -> HttpResponse:
    """A customer wants to be deleted: what a law holds until when is shown first, then it is done."""
    customer = customer_seen(request, pk, ERASE)
    subject = f"customer:{customer.pk}"

    def save(data: dict[str, Any], request: Request) -> str:
        made = services.erasure_ask(subject=subject, actor=request.actor, reason=data["reason"].strip())
        said = _("已删除个人信息") if made.state == ErasureState.ERASED else _("已停用，法定保存期满后删除")
        messages.success(request, said)
        return reverse("erasure", args=[made.pk])

    hold = selectors.hold_on(subject, clock.business_date())
    page = FormPage(
        key=f"erasure.new.{pk}",
        form=ErasureForm,
        template="web/privacy/new.html",
        save=save,
        context={
            "customer": customer,
            "hold": hold,
            "verb": _("停用并到期删除") if hold else _("删除个人信息"),
            "back": reverse("customer", args=[pk]),
        },
        drafts=False,
    )
    return form_page(request, page)


def _found(request: Request, pk: int) -> Any:
    """The request, if its customer is in the person's reach. Errors: `NotFound`."""
    found = _seen(request).filter(pk=pk).first()
    if found is None:
        raise NotFound("no-such-erasure", "没有这项删除申请", "there is no such request for deletion")
    return found


@require_GET
@door("privacy.erase")
def erasure(request: Request, pk: int) -> HttpResponse:
    """One request: what is held by which rule until when, and what the log says of it."""
    found = _found(request, pk)
    _names([found])
    entries = [e for e in entries_of(found.subject)[:200] if e.action.startswith("personal.")][:20]
    actor_names(entries)
    customer = customer_on_file(int(found.subject.partition(":")[2]))
    context = {"erasure": found, "state": STATES[found.state], "entries": entries, "store": customer.store.name}
    return render(request, "web/privacy/erasure.html", context | {"may_go": _may_go(found)})


@require_POST
@door("privacy.erase")
def erasure_do(request: Request, pk: int) -> HttpResponse:
    """The hold has ended: delete now instead of tonight."""
    found = _found(request, pk)
    services.erasure_carry_out(erasure_id=found.pk, actor=request.actor)
    messages.success(request, _("已删除个人信息"))
    return HttpResponseRedirect(reverse("erasure", args=[pk]))
