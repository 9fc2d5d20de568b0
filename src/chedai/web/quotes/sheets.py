"""A kept version: its sheet on screen, on paper, as PDF and picture; who has it; what may be done with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.deals.quotes.selectors import (
    answers_of,
    asks_of,
    plans_of,
    quote_read,
    quotes_of,
    shares_of,
    versions_of,
)
from chedai.deals.quotes.services import quote_accept, quote_offer, quote_withdraw
from chedai.deals.quotes.sharing import quote_share, share_revoke
from chedai.deals.quotes.sheet import sheet_of
from chedai.deals.quotes.states import QuoteState
from chedai.engine.errors import Language
from chedai.platform.documents.rendering import pdf, png
from chedai.platform.errors import NotFound
from chedai.web.deals.jacket import jacket
from chedai.web.doors import Request, door
from chedai.web.lists.page import list_page
from chedai.web.quotes.desk import Head, blocks_of, language
from chedai.web.quotes.lists import QUOTES, TINTS


@require_http_methods(["GET", "POST"])
@door("quote.read")
def quotes(request: Request) -> HttpResponse:
    """Every version the person may see."""
    return list_page(request, QUOTES)


@require_GET
@door("quote.read")
def quote(request: Request, quote_id: int) -> HttpResponse:
    """One version: the sheet, its links and who opened them, the other versions, what may be done next."""
    return render(request, "web/quotes/quote.html", context_of(request, quote_id))


@require_GET
@door("quote.read")
def printed(request: Request, quote_id: int) -> HttpResponse:
    """The sheet alone, to be printed on one page."""
    found = seen(request, quote_id, "quote.read")
    return render(request, "web/quotes/print.html", {"quote": found} | sheet_context(found, language()))


@require_GET
@door("quote.read")
def as_pdf(request: Request, quote_id: int) -> HttpResponse:
    """The sheet as PDF."""
    return pdf_answer(seen(request, quote_id, "quote.read"), language())


@require_GET
@door("quote.read")
def as_image(request: Request, quote_id: int) -> HttpResponse:
    """The sheet as a picture for 朋友圈; it names no customer."""
    return image_answer(seen(request, quote_id, "quote.read"), language())


@require_GET
@door("quote.read")
def plan(request: Request, number: str) -> HttpResponse:
    """The tab of a deal that shows its plan: the version that counts, and all the others."""
    context = jacket(request, number, "plan")
    deal = context["deal"]
    request.access.require("quote.read", store_id=deal.store_id, owner_id=deal.officer_id)
    versions = quotes_of(deal.pk)
    accepted = [one for one in versions if one.state == QuoteState.ACCEPTED]
    shown = next(iter([*accepted, *versions]), None)
    may = request.access.may("quote.make", store_id=deal.store_id, owner_id=deal.officer_id)
    context |= {"shown": shown, "versions": versions, "may_make": may}
    return render(request, "web/quotes/plan.html", context | (sheet_context(shown, language()) if shown else {}))


@require_POST
@door("quote.make")
def offer(request: Request, quote_id: int) -> HttpResponse:
    """Put a draft before the customer."""
    found = quote_offer(quote_id=seen(request, quote_id, "quote.make").pk, actor=request.actor)
    messages.success(request, _("已报出第 %s 版") % found.version)
    return _back(found.pk)


@require_POST
@door("quote.make")
def share(request: Request, quote_id: int) -> HttpResponse:
    """Make a link; its address is shown this once."""
    found = seen(request, quote_id, "quote.make")
    made = quote_share(quote_id=found.pk, staff_id=request.access.staff_id, actor=request.actor)
    address = request.build_absolute_uri(reverse("quote_public", args=[made.token]))
    return render(request, "web/quotes/quote.html", context_of(request, found.pk) | {"link": address, "made": made})


@require_POST
@door("quote.make")
def revoke(request: Request, quote_id: int, share_id: int) -> HttpResponse:
    """Take a link back."""
    found = seen(request, quote_id, "quote.make")
    if not shares_of(found.pk).filter(pk=share_id).exists():
        raise NotFound("no-such-link", "没有这个链接", "there is no such link")
    share_revoke(share_id=share_id, actor=request.actor)
    messages.success(request, _("已收回链接"))
    return _back(quote_id)


@require_POST
@door("quote.make")
def accept(request: Request, quote_id: int) -> HttpResponse:
    """The customer took one of the plans."""
    found = seen(request, quote_id, "quote.make")
    at = request.POST.get("plan", "")
    quote_accept(quote_id=found.pk, plan=int(at) if at.isdecimal() else -1, actor=request.actor)
    messages.success(request, _("已按客户选定的方案转进件"))
    return HttpResponseRedirect(reverse("deal", args=[found.deal.number]))


@require_POST
@door("quote.make")
def withdraw(request: Request, quote_id: int) -> HttpResponse:
    """Take a version back, with the reason."""
    found = seen(request, quote_id, "quote.make")
    quote_withdraw(quote_id=found.pk, reason=request.POST.get("reason", ""), actor=request.actor)
    messages.success(request, _("已撤回第 %s 版") % found.version)
    return _back(quote_id)


def seen(request: Request, quote_id: int, permission: str) -> Any:
    """A version, where the person may do that to it. Errors: `NotFound`, `NotAllowed`."""
    found = quote_read(quote_id)
    request.access.require(permission, store_id=found.store_id, owner_id=found.officer_id)
    return found


def context_of(request: Request, quote_id: int) -> dict[str, Any]:
    """Everything the page of a version shows."""
    found = seen(request, quote_id, "quote.read")
    may = request.access.may("quote.make", store_id=found.store_id, owner_id=found.officer_id)
    plans = plans_of(found)
    return sheet_context(found, language()) | {
        "quote": found,
        "plans": list(enumerate(plans))[1:],
        "tint": TINTS.get(QuoteState(found.state), ""),
        "versions": versions_of(found.number),
        "shares": list(shares_of(found.pk)),
        "answers": answers_of(found.number),
        "asks": asks_of(found.number),
        "may_make": may,
    }


def sheet_context(found: Any, spoken: Language) -> dict[str, Any]:
    """The sheet and its table, for the templates that draw it."""
    sheet = sheet_of(found, spoken)
    heads = [Head(column, str(at)) for at, column in enumerate(sheet.table.columns)]
    blocks = blocks_of(plans_of(found), sheet.table)
    return {"sheet": sheet, "table": sheet.table, "heads": heads, "blocks": blocks}


def pdf_answer(found: Any, spoken: Language) -> HttpResponse:
    """The PDF of a version, to be kept under its number."""
    answer = HttpResponse(pdf("quote", sheet_of(found, spoken).data()), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{found.number}-v{found.version}.pdf"'
    return answer


def image_answer(found: Any, spoken: Language) -> HttpResponse:
    """The picture of a version."""
    answer = HttpResponse(png("quote", sheet_of(found, spoken).data()), content_type="image/png")
    answer.headers["Content-Disposition"] = f'inline; filename="{found.number}-v{found.version}.png"'
    return answer


def _back(quote_id: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("quote", args=[quote_id]))
