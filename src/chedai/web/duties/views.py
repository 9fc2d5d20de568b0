"""The responsibility map (K04): which role answers for which stage, store by store."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from chedai.org import responsibility
from chedai.org.stages import stages
from chedai.platform import clock
from chedai.platform.errors import NotFound
from chedai.web import words
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.staff.acts import stores_for
from chedai.web.staff.forms import role_options
from chedai.web.staff.pages import said


class MapForm(forms.Form):
    """One accountable role for each stage."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        roles = [("", "—"), *role_options()]
        for stage, name in stages().items():
            self.fields[stage] = forms.ChoiceField(label=said(name), choices=roles, required=False)


def _store(request: Request, pk: int, permission: str) -> str:
    """The name of a store the person reaches. Errors: `NotFound`."""
    found = dict(stores_for(request, permission)).get(str(pk))
    if found is None:
        raise NotFound("no-such-store", "没有这家门店", "there is no such store")
    return str(found)


@require_GET
@door("responsibility.read")
def duties(request: Request) -> HttpResponse:
    """Every store with its map, vacancies first to be seen."""
    today = clock.business_date()
    stores = []
    for number, name in stores_for(request, "responsibility.read"):
        rows = responsibility.responsibility_map(int(number), today)
        lines = [(said(stages()[d.stage]), words.role(d.role) if d.role else "", d.holders) for d in rows]
        stores.append((int(number), name, lines, sum(d.is_vacant for d in rows)))
    context = {"stores": stores, "may_publish": request.access.may("responsibility.publish")}
    return render(request, "web/duties/duties.html", context)


@require_http_methods(["GET", "POST"])
@door("responsibility.publish")
def duties_publish(request: Request, pk: int) -> HttpResponse:
    """Publish the map of a store; each stage that nobody would answer for is explained at its field."""
    name = _store(request, pk, "responsibility.publish")
    now = responsibility.responsibility_map(pk, clock.business_date())

    def save(data: dict[str, Any], request: Request) -> str:
        version = data.pop("version")
        responsibility.responsibility_publish(store_id=pk, roles=data, version=version, actor=request.actor)
        return reverse("duties")

    page = FormPage(
        key=f"duties.{pk}",
        form=MapForm,
        template="web/staff/form.html",
        save=save,
        done=gettext_lazy("已发布职责表"),
        initial={"version": responsibility.version_of(pk), **{d.stage: d.role for d in now}},
        context={
            "title": _("职责表"),
            "subtitle": name,
            "lead": _("每个环节恰有一个负责角色；本店无人担任的角色不能发布。"),
            "verb": _("发布"),
            "back": reverse("duties"),
        },
        drafts=False,
    )
    return form_page(request, page)
