"""Pages of the menu beside the car. The cost is asked for and shown only where the menu is kept."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from chedai.catalog.products import menu
from chedai.catalog.products.states import AddOnKind
from chedai.engine.rates import Payee
from chedai.web.catalog import words
from chedai.web.catalog.forms import AddOnChangeForm, AddOnForm
from chedai.web.catalog.lenders import FORM
from chedai.web.catalog.lists import ADD_ONS, MANAGE, READ
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.page import list_page


@require_http_methods(["GET", "POST"])
@door(READ)
def add_ons(request: Request) -> HttpResponse:
    """The whole menu."""
    return list_page(request, ADD_ONS)


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def add_on_new(request: Request) -> HttpResponse:
    """Put a line on the menu."""

    def save(data: dict[str, Any], request: Request) -> str:
        kinds = {"kind": AddOnKind(data["kind"]), "payee": Payee(data["payee"]), "months": data["months"] or 0}
        menu.add_on_register(**{**data, **kinds}, actor=request.actor)
        return reverse("add_ons")

    page = FormPage(
        key="add_on.new",
        form=AddOnForm,
        template=FORM,
        save=save,
        done=gettext_lazy("已登记加装"),
        initial={"kind": AddOnKind.ACCESSORY.value, "payee": Payee.DEALER.value},
        context={"title": _("登记加装"), "verb": _("登记加装"), "back": reverse("add_ons"), "wide": True},
    )
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def add_on(request: Request, code: str) -> HttpResponse:
    """Change price and cost of a line, or take it off the menu."""
    found = menu.add_on_of(code)

    def save(data: dict[str, Any], request: Request) -> str:
        menu.add_on_change(code=code, actor=request.actor, **data)
        return reverse("add_ons")

    page = FormPage(
        key=f"add_on.{found.pk}",
        form=AddOnChangeForm,
        template=FORM,
        save=save,
        done=gettext_lazy("已保存加装"),
        initial={"price": found.price, "cost": menu.cost_of(code), "is_offered": found.is_offered},
        context={"title": words.name(found), "subtitle": code, "verb": _("保存加装"), "back": reverse("add_ons")},
        drafts=False,
    )
    return form_page(request, page)
