"""Pages of lenders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.catalog.partners import rules, selectors, services
from chedai.catalog.partners.states import Channel, LenderState
from chedai.catalog.products.selectors import products_listed
from chedai.engine.compare import LenderKind
from chedai.platform import clock
from chedai.platform.errors import NotFound
from chedai.platform.files.selectors import paper_content, papers_of
from chedai.platform.files.services import paper_hand_in
from chedai.web.approvals.papers import inline
from chedai.web.catalog import words
from chedai.web.catalog.forms import AgreementForm, ContactForm, LenderChangeForm, LenderForm, ReasonForm
from chedai.web.catalog.lists import LENDERS, MANAGE, READ, hang_versions, terms_and_rates
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.page import list_page

FORM = "web/catalog/form.html"


def address(code: str) -> str:
    """The page of a lender."""
    return reverse("lender", args=[code])


@require_http_methods(["GET", "POST"])
@door(READ)
def lenders(request: Request) -> HttpResponse:
    """Every lender."""
    expiring = list(selectors.agreements_expiring(clock.business_date()))
    return list_page(request, LENDERS, {"before": "web/catalog/expiring.html", "expiring": expiring})


@require_GET
@door(READ)
def lender(request: Request, code: str) -> HttpResponse:
    """One lender: its agreements, its proof, its products, who is asked about what."""
    found, today = selectors.lender_of(code), clock.business_date()
    agreements = [
        (one, one.starts <= today <= one.ends, rules.expires_soon(one.ends, today))
        for one in selectors.agreements_of(found.pk)
    ]
    products = list(products_listed(today).filter(lender=found.pk))
    hang_versions(products)
    context = {
        "lender": found,
        "title": words.name(found),
        "kind": words.said(words.LENDERS, found.kind),
        "channel": words.said(words.CHANNELS, found.channel),
        "is_blocked": found.state == LenderState.BLOCKED,
        "agreements": agreements,
        "holds": any(holds for _one, holds, _soon in agreements),
        "products": [(one, words.name(one), *terms_and_rates(one)) for one in products],
        "contacts": list(found.contacts.all()),
        "may_manage": request.access.may(MANAGE),
    }
    return render(request, "web/catalog/lender.html", context)


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def lender_new(request: Request) -> HttpResponse:
    """Register a lender."""

    def save(data: dict[str, Any], request: Request) -> str:
        made = services.lender_register(
            code=data["code"],
            name=data["name"],
            name_en=data["name_en"],
            kind=LenderKind(data["kind"]),
            own_book=data["own_book"],
            actor=request.actor,
            **_reached(data),
        )
        _file(made, data, request)
        return address(made.code)

    page = FormPage(
        key="lender.new",
        form=LenderForm,
        template=FORM,
        save=save,
        done=gettext_lazy("已登记机构"),
        initial={"channel": Channel.MANUAL.value},
        context={"title": _("登记机构"), "verb": _("登记机构"), "back": reverse("lenders"), "wide": True},
        drafts=False,
    )
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def lender_change(request: Request, code: str) -> HttpResponse:
    """Change a lender."""
    found = selectors.lender_of(code)

    def save(data: dict[str, Any], request: Request) -> str:
        services.lender_change(
            lender_id=found.pk,
            name=data["name"],
            name_en=data["name_en"],
            actor=request.actor,
            **_reached(data),
        )
        _file(found, data, request)
        return address(code)

    given = {name: getattr(found, name) for name in ("name", "name_en", "channel", "endpoint", "filing_number")}
    page = FormPage(
        key=f"lender.change.{found.pk}",
        form=LenderChangeForm,
        template=FORM,
        save=save,
        done=gettext_lazy("已保存机构"),
        initial=given,
        context=_around(found, _("更改机构"), _("保存机构")) | {"wide": True},
        drafts=False,
    )
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def agreement_new(request: Request, code: str) -> HttpResponse:
    """Enter a signed agreement."""
    found = selectors.lender_of(code)

    def save(data: dict[str, Any], request: Request) -> str:
        paper = _hand_in(found, "agreement", data["paper"], request)
        services.agreement_sign(
            lender_id=found.pk,
            number=data["number"],
            starts=data["starts"],
            ends=data["ends"],
            paper_id=paper,
            actor=request.actor,
        )
        return address(code)

    return _small(request, found, "agreement", AgreementForm, save, _("登记协议"), gettext_lazy("已登记协议"))


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def contact_new(request: Request, code: str) -> HttpResponse:
    """Note somebody at a lender."""
    found = selectors.lender_of(code)

    def save(data: dict[str, Any], request: Request) -> str:
        services.contact_add(lender_id=found.pk, actor=request.actor, **data)
        return address(code)

    return _small(request, found, "contact", ContactForm, save, _("添加联系人"), gettext_lazy("已添加联系人"))


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def lender_block(request: Request, code: str) -> HttpResponse:
    """No new business with a lender."""
    found = selectors.lender_of(code)

    def save(data: dict[str, Any], request: Request) -> str:
        services.lender_block(lender_id=found.pk, reason=data["reason"], actor=request.actor)
        return address(code)

    return _small(request, found, "block", ReasonForm, save, _("停用机构"), gettext_lazy("已停用机构"))


@require_POST
@door(MANAGE)
def lender_unblock(request: Request, code: str) -> HttpResponse:
    """Business goes on."""
    services.lender_unblock(lender_id=selectors.lender_of(code).pk, actor=request.actor)
    messages.success(request, _("已恢复合作"))
    return HttpResponseRedirect(address(code))


@require_GET
@door(READ)
def lender_paper(request: Request, code: str, paper_id: int) -> HttpResponse:
    """A proof of a lender."""
    subject = f"lender:{selectors.lender_of(code).pk}"
    if not papers_of(subject).filter(pk=paper_id).exists():
        raise NotFound("no-such-paper", "没有这份文件", "there is no such paper")
    return inline(*paper_content(paper_id))


def _small(request: Request, found: Any, what: str, form: Any, save: Any, verb: str, done: Any) -> HttpResponse:
    page = FormPage(
        key=f"lender.{what}.{found.pk}",
        form=form,
        template=FORM,
        save=save,
        done=done,
        context=_around(found, verb, verb),
        drafts=False,
    )
    return form_page(request, page)


def _around(found: Any, title: str, verb: str) -> dict[str, Any]:
    return {"title": title, "verb": verb, "subtitle": words.name(found), "back": address(found.code)}


def _reached(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "channel": Channel(data["channel"]),
        "endpoint": data["endpoint"],
        "secret": data["secret"],
        "filing_number": data["filing_number"],
    }


def _file(found: Any, data: Mapping[str, Any], request: Request) -> None:
    paper = _hand_in(found, "filing", data["filing"], request)
    if paper is not None:
        services.lender_change(lender_id=found.pk, filing_paper_id=paper, actor=request.actor)


def _hand_in(found: Any, purpose: str, file: Any, request: Request) -> int | None:
    if not file:
        return None
    paper = paper_hand_in(
        subject=f"lender:{found.pk}", purpose=purpose, name=file.name, content=file.read(), actor=request.actor
    )
    return paper.pk
