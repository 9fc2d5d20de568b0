"""Pages of vehicle models and of single cars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chedai.catalog.vehicles import rules, selectors, services
from chedai.catalog.vehicles.states import Energy, ValuationSource
from chedai.deals.pipeline.selectors import deal_numbers
from chedai.engine.compare import VehicleKind
from chedai.platform import clock
from chedai.platform.errors import Refusal
from chedai.web.catalog import words
from chedai.web.catalog.forms import (
    BundledForm,
    ModelChangeForm,
    ModelForm,
    ValuationForm,
    VehicleChangeForm,
    VehicleForm,
)
from chedai.web.catalog.lenders import FORM
from chedai.web.catalog.lists import MANAGE, MODELS, READ, VEHICLES
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.page import list_page

REGISTER = "vehicle.register"


@require_http_methods(["GET", "POST"])
@door(READ)
def models(request: Request) -> HttpResponse:
    """Every model."""
    return list_page(request, MODELS)


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def model_new(request: Request) -> HttpResponse:
    """List a model."""

    def save(data: dict[str, Any], request: Request) -> str:
        kinds = {"kind": VehicleKind(data["kind"]), "energy": Energy(data["energy"])}
        services.model_list(**{**data, **kinds}, actor=request.actor)
        return reverse("models")

    page = FormPage(
        key="model.new",
        form=ModelForm,
        template=FORM,
        save=save,
        done=gettext_lazy("已登记车型"),
        initial={"year": clock.business_date().year},
        context={"title": _("登记车型"), "verb": _("登记车型"), "back": reverse("models"), "wide": True},
    )
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def model(request: Request, code: str) -> HttpResponse:
    """Change what may change of a model."""
    found = selectors.vehicle_model(code)

    def save(data: dict[str, Any], request: Request) -> str:
        services.model_change(code=code, actor=request.actor, **data)
        return reverse("models")

    page = FormPage(
        key=f"model.{found.pk}",
        form=ModelChangeForm,
        template=FORM,
        save=save,
        done=gettext_lazy("已保存车型"),
        initial={"guide_price": found.guide_price, "is_sold": found.is_sold},
        context={"title": str(found), "subtitle": code, "verb": _("保存车型"), "back": reverse("models")},
        drafts=False,
    )
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door(READ)
def vehicles(request: Request) -> HttpResponse:
    """Every car."""
    return list_page(request, VEHICLES)


@require_http_methods(["GET", "POST"])
@door(REGISTER)
def vehicle_new(request: Request) -> HttpResponse:
    """Register a car by its VIN."""

    def save(data: dict[str, Any], request: Request) -> str:
        given = data | {"model_code": data["model"], "mileage": data["mileage"] or 0}
        del given["model"]
        return address(services.vehicle_register(**given, actor=request.actor).pk)

    listed = [(one.code, str(one)) for one in selectors.vehicle_models().filter(is_sold=True)]
    page = FormPage(
        key="vehicle.new",
        form=VehicleForm,
        template=FORM,
        save=save,
        done=gettext_lazy("已登记车辆"),
        options={"models": listed},
        context={"title": _("登记车辆"), "verb": _("登记车辆"), "back": reverse("vehicles"), "wide": True},
    )
    return form_page(request, page)


@require_GET
@door(REGISTER)
def vehicle_check(request: Request) -> HttpResponse:
    """What a VIN says while it is typed: what is wrong with it, or whose it is already."""
    vin = rules.normal_vin(request.GET.get("vin", ""))
    refused = rules.vin_refusal(vin) if vin else None
    context = {
        "vin": vin,
        "refused": refused.text(get_language() or "zh-hans") if refused else "",
        "known": selectors.vehicle_of_vin(vin) if vin and not refused else None,
    }
    return render(request, "web/catalog/vin.html", context)


@require_GET
@door(READ)
def vehicle(request: Request, pk: int) -> HttpResponse:
    """One car: what it is, what it is worth by whom, where it is bound."""
    found, today = selectors.vehicle_read(pk), clock.business_date()
    value, missing = None, ""
    try:
        value = selectors.vehicle_value(found, today)
    except Refusal as refused:
        missing = refused.text(get_language() or "zh-hans")
    bindings = list(selectors.bindings_of(pk))
    mine = request.access.records("deal.read", owner="officer_id")
    numbers = deal_numbers(mine, [one.deal_id for one in bindings])
    valuations = [(one, words.said(words.SOURCES, one.source)) for one in selectors.valuations_of(pk)]
    context = {
        "vehicle": found,
        "kind": words.said(words.VEHICLES, found.kind),
        "energy": words.said(words.ENERGIES, found.model.energy),
        "value": value,
        "missing": missing,
        "valuations": valuations,
        "fresh": today - selectors.valuing_on(today).fresh,
        "bundled": list(found.bundled.order_by("pk")),
        "bindings": [(one, numbers.get(one.deal_id, "")) for one in bindings],
        "bound": selectors.binding_of(pk),
        "may_register": request.access.may(REGISTER),
    }
    return render(request, "web/catalog/vehicle.html", context)


@require_http_methods(["GET", "POST"])
@door(REGISTER)
def vehicle_change(request: Request, pk: int) -> HttpResponse:
    """Note what has become known of a car."""
    found = selectors.vehicle_read(pk)
    given = {name: getattr(found, name) for name in ("plate", "mileage", "colour", "invoice_price")}

    def save(data: dict[str, Any], request: Request) -> str:
        services.vehicle_change(vehicle_id=pk, actor=request.actor, **data)
        return address(pk)

    return _small(request, found, "change", VehicleChangeForm, save, _("更改车辆"), gettext_lazy("已保存车辆"), given)


@require_http_methods(["GET", "POST"])
@door(REGISTER)
def valuation_new(request: Request, pk: int) -> HttpResponse:
    """Note what a source says a car is worth."""
    found = selectors.vehicle_read(pk)

    def save(data: dict[str, Any], request: Request) -> str:
        given = data | {"source": ValuationSource(data["source"])}
        services.valuation_add(vehicle_id=pk, actor=request.actor, **given)
        return address(pk)

    given = {"valued_on": clock.business_date()}
    return _small(request, found, "value", ValuationForm, save, _("登记估值"), gettext_lazy("已登记估值"), given)


@require_http_methods(["GET", "POST"])
@door(REGISTER)
def bundled_new(request: Request, pk: int) -> HttpResponse:
    """Note what inside the invoice is not the car."""
    found = selectors.vehicle_read(pk)

    def save(data: dict[str, Any], request: Request) -> str:
        services.bundled_item_add(vehicle_id=pk, actor=request.actor, **data)
        return address(pk)

    return _small(request, found, "bundled", BundledForm, save, _("登记捆绑项目"), gettext_lazy("已登记捆绑项目"), {})


def address(pk: int) -> str:
    """The page of a car."""
    return reverse("vehicle", args=[pk])


def _small(
    request: Request,
    found: Any,
    what: str,
    form: Any,
    save: Callable[[dict[str, Any], Request], str],
    verb: str,
    done: Any,
    given: dict[str, Any],
) -> HttpResponse:
    page = FormPage(
        key=f"vehicle.{what}.{found.pk}",
        form=form,
        template=FORM,
        save=save,
        done=done,
        initial=given,
        context={"title": verb, "verb": verb, "subtitle": f"{found.model} · {found.vin}", "back": address(found.pk)},
        drafts=False,
    )
    return form_page(request, page)
