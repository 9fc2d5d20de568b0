"""Pages of products and their versions: side by side, written, submitted, given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.catalog.partners.selectors import lenders as every_lender
from chedai.catalog.products import selectors, services
from chedai.catalog.products.promotions import promotions
from chedai.catalog.products.requirements import Requirements, requirements_of
from chedai.catalog.products.rules import product_terms
from chedai.catalog.products.states import VersionState
from chedai.platform import clock
from chedai.platform.approvals.states import State
from chedai.web.catalog import words
from chedai.web.catalog.forms import ProductForm
from chedai.web.catalog.lenders import FORM
from chedai.web.catalog.lists import MANAGE, PRODUCTS, READ
from chedai.web.catalog.shown import Said, differences, side_by_side
from chedai.web.catalog.version_form import VersionForm, initial, typed_needs, typed_terms
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.page import list_page

COLUMNS: Final = 3
"""How many versions stand side by side at most."""


def address(code: str) -> str:
    """The page of a product."""
    return reverse("product", args=[code])


@require_http_methods(["GET", "POST"])
@door(READ)
def products(request: Request) -> HttpResponse:
    """Every product."""
    return list_page(request, PRODUCTS)


@require_GET
@door(READ)
def product(request: Request, code: str) -> HttpResponse:
    """One product: its versions side by side, the newest first, and what differs."""
    found, today = selectors.product_of_code(code), clock.business_date()
    versions = list(selectors.versions_of(found.pk))
    now = selectors.version_on(found.pk, today)
    asked = {int(number) for number in request.GET.getlist("v") if number.isdecimal() and len(number) < 6}
    chosen = [one for one in versions if one.number in asked][:COLUMNS] or _usual(versions, now)
    groups = side_by_side([said_of(one, is_now=one == now) for one in chosen])
    may = request.access.may(MANAGE)
    context = {
        "product": found,
        "title": words.name(found),
        "lender": words.name(found.lender),
        "now": now,
        "columns": [said_of(one, is_now=one == now) for one in chosen],
        "groups": groups,
        "differing": differences(groups) if len(chosen) > 1 else 0,
        "versions": [_version(one, now, chosen, request, may) for one in versions],
        "promotions": [(one, words.name(one)) for one in promotions() if code in one.terms["products"]],
        "may_manage": may,
        "open": next((one for one in versions if one.state in (VersionState.DRAFT, VersionState.PENDING)), None),
    }
    return render(request, "web/catalog/product.html", context)


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def product_new(request: Request) -> HttpResponse:
    """Register a product; its first version is written next."""
    lenders = {str(one.pk): words.name(one) for one in every_lender()}

    def save(data: dict[str, Any], request: Request) -> str:
        given = {name: data[name] for name in ("code", "name", "name_en")}
        made = services.product_register(lender_id=int(data["lender"]), actor=request.actor, **given)
        return reverse("version_new", args=[made.code])

    page = FormPage(
        key="product.new",
        form=ProductForm,
        template=FORM,
        save=save,
        done=gettext_lazy("已登记产品，请写第一版"),
        options={"lenders": list(lenders.items())},
        context={"title": _("登记产品"), "verb": _("登记产品"), "back": reverse("products")},
    )
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def version_new(request: Request, code: str) -> HttpResponse:
    """Write the next version, beginning with what is sold now."""
    found, today = selectors.product_of_code(code), clock.business_date()
    base = selectors.version_on(found.pk, today) or selectors.versions_of(found.pk).first()
    return _write(request, found, base, None)


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def version_edit(request: Request, pk: int) -> HttpResponse:
    """Go on with a draft."""
    draft = selectors.version_written(pk, request.actor.ref)
    return _write(request, draft.product, draft, draft)


@require_POST
@door(MANAGE)
def version_submit(request: Request, pk: int) -> HttpResponse:
    """Ask a second person to publish it."""
    version = services.version_submit(version_id=pk, actor=request.actor)
    messages.success(request, _("已提交发布，等待另一人审批"))
    return HttpResponseRedirect(address(version.product.code))


@require_POST
@door(MANAGE)
def version_withdraw(request: Request, pk: int) -> HttpResponse:
    """Give it up."""
    version = services.version_withdraw(version_id=pk, actor=request.actor)
    messages.success(request, _("已撤回这一版"))
    return HttpResponseRedirect(address(version.product.code))


def said_of(version: Any, *, is_now: bool) -> Said:
    """A version as a column."""
    state, tint = words.VERSIONS[version.state]
    word, colour = (_("现行"), "green") if is_now else (str(state), tint)
    return Said(
        head=_("第 %s 版") % version.number,
        note=version.note,
        starts=version.starts,
        ends=version.ends,
        terms=product_terms(version.terms),
        needs=version.requirements,
        state=word,
        tint=colour,
        is_chosen=is_now,
    )


def publication(approval: Any, content: dict[str, Any]) -> dict[str, Any]:
    """The part of an approval: what is sold on the day before it would begin, beside what was frozen."""
    product = selectors.product_of_code(content["product"])
    frozen = Said(
        head=_("第 %s 版") % content["version"],
        note="",
        starts=date.fromisoformat(content["starts"]),
        ends=date.fromisoformat(content["ends"]) if content["ends"] else None,
        terms=product_terms(content["terms"]),
        needs=requirements_of(content["requirements"]),
        state=_("待发布") if approval.state == State.PENDING else "",
        tint="amber",
        is_chosen=True,
    )
    before = selectors.version_on(product.pk, frozen.starts - timedelta(days=1))
    is_other = before is not None and before.number != content["version"]
    columns = [frozen, *([replace(said_of(before, is_now=True), is_chosen=False)] if is_other else [])]
    groups = side_by_side(columns)
    return {
        "template": "web/catalog/part.html",
        "columns": columns,
        "groups": groups,
        "differing": differences(groups),
        "title": f"{words.name(product.lender)} {words.name(product)}",
    }


def _usual(versions: Sequence[Any], now: Any) -> list[Any]:
    """What is shown unasked: the newest that counts, beside what is sold now."""
    live = [one for one in versions if one.state != VersionState.WITHDRAWN]
    chosen = live[:1] + [one for one in live[1:] if one == now or (live and live[0] == now)][:1]
    return chosen or list(versions[:1])


def _version(one: Any, now: Any, chosen: Sequence[Any], request: Request, may: bool) -> dict[str, Any]:
    state, tint = words.VERSIONS[one.state]
    mine = may and one.written_by_id in (None, request.actor.ref)
    return {
        "version": one,
        "state": _("现行") if one == now else state,
        "tint": "green" if one == now else "" if one.state == VersionState.PUBLISHED else tint,
        "is_shown": one in chosen,
        "may_edit": mine and one.state == VersionState.DRAFT,
        "may_withdraw": mine and one.state in (VersionState.DRAFT, VersionState.PENDING),
    }


def _write(request: Request, product: Any, base: Any, draft: Any) -> HttpResponse:
    terms = product_terms(base.terms) if base else None
    needs = base.requirements if base else Requirements()
    today = clock.business_date()

    def save(data: Mapping[str, Any], request: Request) -> str:
        services.version_draft(
            product_id=product.pk,
            starts=data["starts"],
            ends=data["ends"],
            terms=typed_terms(data, terms),
            requirements=typed_needs(data, needs),
            note=data["note"],
            version_id=draft.pk if draft else None,
            actor=request.actor,
        )
        return address(product.code)

    given = initial(terms, needs, draft.starts if draft else today + timedelta(days=1), draft.ends if draft else None)
    page = FormPage(
        key=f"product.version.{draft.pk}" if draft else f"product.version.new.{product.pk}",
        form=VersionForm,
        template="web/catalog/version.html",
        save=save,
        done=gettext_lazy("已保存草稿，核对后提交发布"),
        initial=given | {"note": draft.note if draft else ""},
        context={
            "product": product,
            "title": words.name(product),
            "lender": words.name(product.lender),
            "base": base,
            "draft": draft,
            "back": address(product.code),
            "verb": _("保存草稿"),
        },
        drafts=False,
    )
    return form_page(request, page)
