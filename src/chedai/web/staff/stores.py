"""Stores: what they are called, and in which province they stand; products, caps and fraud signals ask for that."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from chedai.org import selectors, services
from chedai.platform.policies import Region
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.page import list_page
from chedai.web.lists.spec import Column, Kind, ListSpec, Primary
from chedai.web.quotes.forms import REGIONS
from chedai.web.staff.acts import TEMPLATE

MANAGE: Final = "store.manage"
STORES: Final = ListSpec(
    key="stores",
    title=gettext_lazy("门店"),
    unit=gettext_lazy("家"),
    permission=MANAGE,
    rows=lambda request: selectors.stores_listed(),
    columns=(
        Column(
            "name",
            gettext_lazy("门店"),
            lambda store: store.name,
            sort="name",
            note=lambda store: store.code,
            link=lambda store: reverse("store_change", args=[store.pk]),
        ),
        Column("region", gettext_lazy("省份"), lambda store: REGIONS.get(store.region, _("未填")), group="region"),
        Column("city", gettext_lazy("城市"), lambda store: store.city),
        Column("people", gettext_lazy("在职人数"), lambda store: store.people, Kind.NUMBER, sort="people"),
        Column("code", gettext_lazy("门店编号"), lambda store: store.code, Kind.CODE, sort="code", shown=False),
    ),
    sort="code",
    primary=Primary(gettext_lazy("新门店"), "store_new", "plus", MANAGE),
)


class StoreForm(forms.Form):
    """What is known of a store."""

    code = forms.CharField(label=gettext_lazy("门店编号"), max_length=20)
    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    region = forms.ChoiceField(
        label=gettext_lazy("省份"), choices=[("", "—"), *((one.value, REGIONS[one.value]) for one in Region)]
    )
    city = forms.CharField(label=gettext_lazy("城市"), max_length=40, required=False)


class StoreChangeForm(StoreForm):
    """The same for a store that is there: its code stays."""

    code = None  # type: ignore[assignment]


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def stores(request: Request) -> HttpResponse:
    """Every store of the group."""
    return list_page(request, STORES)


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def store_new(request: Request) -> HttpResponse:
    """Open a store, for who may act for the whole group."""

    def save(data: dict[str, Any], request: Request) -> str:
        request.access.require_for(MANAGE, None)
        services.store_open(**data, actor=request.actor)
        return reverse("stores")

    context = {"title": _("新门店"), "verb": _("建立门店"), "back": reverse("stores")}
    page = FormPage("store.new", StoreForm, TEMPLATE, save, gettext_lazy("已建立门店"), context=context)
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def store_change(request: Request, pk: int) -> HttpResponse:
    """Correct what is known of a store."""
    request.access.require_for(MANAGE, pk)
    found = selectors.store_read(pk)

    def save(data: dict[str, Any], request: Request) -> str:
        services.store_change(store_id=pk, actor=request.actor, **data)
        return reverse("stores")

    page = FormPage(
        key=f"store.change.{pk}",
        form=StoreChangeForm,
        template=TEMPLATE,
        save=save,
        done=gettext_lazy("已保存"),
        initial={"name": found.name, "region": found.region, "city": found.city},
        context={"title": _("门店资料"), "subtitle": found.code, "verb": _("保存"), "back": reverse("stores")},
    )
    return form_page(request, page)
