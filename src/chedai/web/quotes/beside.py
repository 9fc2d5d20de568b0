"""Beside a quote: the menu of products, and terms off the catalogue."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chedai.catalog.products.menu import menu
from chedai.deals.quotes.bespoke import bespoke_ask, bespoke_take
from chedai.deals.quotes.frozen import FrozenAddOn
from chedai.deals.quotes.menu import add_on_answer, add_ons_take, bare, effect_of, taken
from chedai.deals.quotes.selectors import answers_of, asks_of, plans_of
from chedai.deals.quotes.services import quote_offer
from chedai.deals.quotes.spoken import Words
from chedai.deals.quotes.states import AddOnChoice
from chedai.platform.errors import NotFound, Refusal
from chedai.web.doors import Request, door
from chedai.web.forms.page import refuse
from chedai.web.quotes.desk import language
from chedai.web.quotes.forms import AnswerForm, BespokeForm
from chedai.web.quotes.sheets import seen


@require_http_methods(["GET", "POST"])
@door("quote.make")
def products(request: Request, quote_id: int) -> HttpResponse:
    """The menu: each product alone with its price and its effect; nothing is ticked beforehand."""
    quote = seen(request, quote_id, "quote.make")
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _answered(request, quote, form.cleaned_data)
            return HttpResponseRedirect(reverse("quote_menu", args=[quote.pk]))
        except Refusal as refused:
            refuse(form, refused)
    status = 422 if form.errors else 200
    return render(request, "web/quotes/menu.html", _menu(quote) | {"form": form}, status=status)


@require_POST
@door("quote.make")
def products_take(request: Request, quote_id: int) -> HttpResponse:
    """What was taken goes into a new version, which is offered."""
    quote = seen(request, quote_id, "quote.make")
    made = add_ons_take(quote_id=quote.pk, actor=request.actor)
    quote_offer(quote_id=made.pk, actor=request.actor)
    messages.success(request, _("已并入方案，报出第 %s 版") % made.version)
    return HttpResponseRedirect(reverse("quote", args=[made.pk]))


@require_http_methods(["GET", "POST"])
@door("quote.make")
def terms(request: Request, quote_id: int) -> HttpResponse:
    """Ask for terms off the catalogue; the drawer says who must approve them."""
    quote = seen(request, quote_id, "quote.make")
    plans = plans_of(quote)
    form = BespokeForm(request.POST or None, initial={"plan": quote.preferred, "days": 5})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            bespoke_ask(
                quote_id=quote.pk,
                plan=data["plan"],
                asked=form.asked,
                reason=data["reason"],
                days=data["days"],
                staff_id=request.access.staff_id,
                actor=request.actor,
            )
            messages.success(request, _("已提交个性化条件"))
            return HttpResponseRedirect(reverse("quote_terms", args=[quote.pk]))
        except Refusal as refused:
            refuse(form, refused)
    context = {"quote": quote, "form": form, "best": plans[quote.preferred], "asks": asks_of(quote.number)}
    context |= {"best_name": _name(plans[quote.preferred])}
    return render(request, "web/quotes/terms.html", context, status=422 if form.errors else 200)


@require_POST
@door("quote.make")
def terms_take(request: Request, quote_id: int, ask_id: int) -> HttpResponse:
    """Approved terms go into a new version, which is offered."""
    quote = seen(request, quote_id, "quote.make")
    if ask_id not in {ask.pk for ask in asks_of(quote.number)}:
        raise NotFound("no-such-ask", "没有这项定制申请", "there is no such ask")
    made = bespoke_take(ask_id=ask_id, actor=request.actor)
    quote_offer(quote_id=made.pk, actor=request.actor)
    messages.success(request, _("已按批复条件报出第 %s 版") % made.version)
    return HttpResponseRedirect(reverse("quote", args=[made.pk]))


def _name(plan: Any) -> str:
    say = Words(language())
    return f"{say.lender(plan)} · {say.product(plan)} · {say.term(plan)}"


def _menu(quote: Any) -> dict[str, Any]:
    """The walk: the base, what was answered with its effect, what is still to be offered with what it would do."""
    said, plan = answers_of(quote.number), bare(plans_of(quote)[quote.preferred])
    before = taken(said)
    answered = {answer.code for answer in said}
    open_lines = []
    for item in menu():
        if item.code not in answered:
            ways = [FrozenAddOn(item.code, item.name, item.price, financed) for financed in (True, False)]
            financed, paid = (effect_of(plan, before, one) for one in ways)
            open_lines.append({"item": item, "financed": financed, "paid": paid})
    now = next(
        (answer.instalment for answer in reversed(said) if answer.choice == AddOnChoice.ACCEPTED), plan.instalment
    )
    return {
        "quote": quote,
        "base": plan,
        "base_name": _name(plan),
        "said": said,
        "lines": open_lines,
        "now": now,
        "has_taken": bool(before) and plans_of(quote)[quote.preferred].add_ons != before,
        "words": Words(language()),
    }


def _answered(request: Request, quote: Any, data: dict[str, Any]) -> None:
    head, _comma, drawn = data["signature"].partition(",")
    try:
        signature = base64.b64decode(drawn, validate=True) if head.startswith("data:image/png") else b""
    except binascii.Error:
        signature = b""
    add_on_answer(
        quote_id=quote.pk,
        code=data["code"],
        choice=AddOnChoice(data["choice"]),
        financed=data["financed"],
        signature=signature,
        actor=request.actor,
    )
    messages.success(request, _("已记录答复"))
