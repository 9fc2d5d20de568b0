"""The desk: what is asked on the left, the answer on the right, no button between them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chedai.catalog.vehicles.selectors import models_found
from chedai.crm.reception.guests import NOBODY, Guest, guest_of
from chedai.crm.reception.selectors import need_in_force
from chedai.deals.pipeline.selectors import deal_of_number
from chedai.deals.quotes import tray
from chedai.deals.quotes.explaining import explain
from chedai.deals.quotes.freezing import freeze
from chedai.deals.quotes.selectors import quote_answer, whom_of, wish_of
from chedai.deals.quotes.services import quote_make
from chedai.engine.compare import VehicleKind
from chedai.org.selectors import home_of
from chedai.platform.errors import NotFound, Refusal
from chedai.web.doors import Request, door
from chedai.web.formats import money
from chedai.web.forms.page import refuse
from chedai.web.quotes.addresses import desk_url, filled
from chedai.web.quotes.desk import all_reasons, answered, language, loan_hint
from chedai.web.quotes.forms import DeskForm
from chedai.web.quotes.sheets import seen
from chedai.web.quotes.whom import guest_named

MODELS_SHOWN = 30

_THEN = {"print": "quote_print", "image": "quote_image", "share": "quote", "deal": "quote_deal", "menu": "quote_menu"}


@require_GET
@door("quote.make")
def desk(request: Request) -> HttpResponse:
    """The desk in the state its address says."""
    deal = _deal(request, request.GET.get("deal", ""))
    guest = guest_named(request, request.GET.get("whom", "")) if deal is None else None
    data = filled(_from_need(request.GET, deal, guest))
    form = DeskForm(data)
    context = _answer(form, data) | {"deal": deal}
    context |= _frame(request, form)
    return render(request, "web/quotes/desk.html", context)


@require_GET
@door("quote.make")
def answer(request: Request) -> HttpResponse:
    """The answer alone, while somebody types. What is wrong with the wish is said above; the last answer stays."""
    data = filled(request.GET)
    form = DeskForm(data)
    context = _answer(form, data) | {"form": form, "is_part": True}
    if form.errors:
        found = render(request, "web/quotes/errors.html", context, status=422)
        found.headers["HX-Retarget"], found.headers["HX-Reswap"] = "#desk-errors", "innerHTML"
        return found
    found = render(request, "web/quotes/answer.html", context)
    found.headers["HX-Replace-Url"] = desk_url(data)
    return found


@require_GET
@door("quote.make")
def models(request: Request) -> HttpResponse:
    """Models with every word that was typed, as options of the field."""
    found = models_found(request.GET.get("car", "")[:60])[:MODELS_SHOWN]
    return render(request, "web/quotes/models.html", {"models": found})


@require_GET
@door("quote.make")
def rows(request: Request) -> HttpResponse:
    """Every instalment of one plan, in a drawer."""
    form, plan_key = DeskForm(filled(request.GET)), request.GET.get("plan", "")
    if not form.is_valid():
        raise NotFound("no-such-plan", "没有这个方案", "there is no such plan")
    found = quote_answer(form.wish)
    plan = next((p for p in found.comparison.plans if not p.is_cash and tray.key_of(p) == plan_key), None)
    if plan is None:
        raise NotFound("no-such-plan", "没有这个方案", "there is no such plan")
    one = freeze(plan, found.desk)
    return render(request, "web/quotes/rows.html", {"plan": one, "made": explain(one, language())})


@require_GET
@door("quote.make")
def reasons(request: Request) -> HttpResponse:
    """Every plan that fell out and every bound it breaks, in a drawer."""
    form = DeskForm(filled(request.GET))
    told = all_reasons(quote_answer(form.wish)) if form.is_valid() else []
    return render(request, "web/quotes/reasons.html", {"reasons": told})


@require_POST
@door("quote.make")
def keep(request: Request) -> HttpResponse:
    """Keep the answer as a version, offer it, and go on to what was asked for. A version that says the same is used
    again."""
    data = filled(request.POST)
    form = DeskForm(data)
    if form.is_valid():
        try:
            quote = _version(request, form)
            return HttpResponseRedirect(reverse(_THEN.get(request.POST.get("then", ""), "quote"), args=[quote.pk]))
        except Refusal as refused:
            refuse(form, refused)
    context = _answer(form, data) | _frame(request, form)
    return render(request, "web/quotes/desk.html", context, status=422)


@require_GET
@door("quote.make")
def revise(request: Request, quote_id: int) -> HttpResponse:
    """Back to the desk with the wish of a version."""
    quote = seen(request, quote_id, "quote.make")
    messages.info(
        request, _("已载入 %(number)s 第 %(version)s 版") % {"number": quote.number, "version": quote.version}
    )
    return HttpResponseRedirect(desk_url(_state_of(quote)))


def _frame(request: Request, form: DeskForm) -> dict[str, Any]:
    """What stands around the answer."""
    more = [form[name] for name in (*form.MORE, *form.USED)]
    kept = _kept(request, form)
    guest = guest_of(whom_of(kept)) if kept else guest_named(request, form.data.get("whom", ""))
    return {"form": form, "kept": kept, "guest": guest, "models": models_found("")[:MODELS_SHOWN], "more": more}


def _answer(form: DeskForm, data: QueryDict) -> dict[str, Any]:
    """The answer, or what is wrong with the question, which then stands in the form."""
    if not form.is_valid():
        return {}
    try:
        found = answered(form, data)
    except Refusal as refused:
        field = {"down_payment": "down", "trade_in": "trade_value"}.get(refused.field or "", refused.field)
        refuse(form, Refusal(refused.code, refused.zh, refused.en, field=field))
        return {}
    form.fields["down"].hint = loan_hint(form)  # type: ignore[attr-defined]
    return found | {"query": desk_url(data).partition("?")[2]}


def _kept(request: Request, form: DeskForm) -> Any:
    """The version the desk goes on from, if its address names one."""
    number = form.cleaned_data.get("quote") if hasattr(form, "cleaned_data") else None
    return None if number is None else seen(request, number, "quote.make")


def _deal(request: Request, number: str) -> Any:
    """The deal that is quoted for, if one is named. Errors: `NotFound`, `NotAllowed`."""
    if not number:
        return None
    deal = deal_of_number(number)
    request.access.require("quote.make", store_id=deal.store_id, owner_id=deal.officer_id)
    return deal


def _from_need(query: QueryDict, deal: Any, guest: Guest | None) -> QueryDict:
    """What the customer said, at reception or in the needs interview, stands in the desk, as long as nothing else was
    typed."""
    customer = deal.customer if deal is not None else guest.customer if guest is not None else None
    need = None if customer is None else need_in_force(customer.pk)
    data = query.copy()
    if "price" in query:
        return data
    if guest is not None and guest.interest:
        data["car"] = guest.interest
    if need is None:
        return data
    amounts = {"price": need.budget, "down": need.down_payment, "ceiling": need.instalment}
    data.update({name: money(amount) for name, amount in amounts.items() if amount})
    if need.interest:
        data["car"] = need.interest
    return data


def _version(request: Request, form: DeskForm) -> Any:
    """An offered version with this wish and these plans: the one at hand, or the next."""
    data = form.cleaned_data
    before = _kept(request, form)
    deal = _deal(request, data["deal"]) if before is None else None
    guest = guest_named(request, data["whom"]) if before is None and deal is None else None
    me = request.access.staff_id
    return quote_make(
        desk=form.wish,
        quote_id=None if before is None else before.pk,
        chosen=form.keys,
        preferred=data["preferred"],
        store_id=home_of(me) if deal is None else deal.store_id,
        officer_id=me if deal is None else deal.officer_id,
        deal_id=None if deal is None else deal.pk,
        need_id=data["need"],
        whom=NOBODY if guest is None else guest.whom,
        actor=request.actor,
    )


def _state_of(quote: Any) -> QueryDict:
    """The desk as it stood when a version was made."""
    wish = wish_of(quote)
    amounts = {"price": wish.price, "down": wish.down_payment, "ceiling": wish.instalment_most, "cash": wish.cash_most}
    amounts |= {"list_price": wish.list_price, "appraisal": wish.appraisal, "subsidy": wish.government_subsidy or None}
    if wish.trade_in is not None:
        amounts |= {"trade_value": wish.trade_in.value, "trade_payoff": wish.trade_in.payoff}
    use, _sep, energy = wish.vehicle_kind.partition("_")
    used = wish.vehicle_kind is VehicleKind.USED
    plain = {
        "car": wish.vehicle,
        "used": "used" if used else "new",
        "energy": "nev" if used else energy,
        "use": "own" if used else use,
        "term": "" if wish.term is None else str(wish.term),
        "region": wish.region,
        "customer": wish.customer_kind.value,
        "age": str(wish.vehicle_age or ""),
        "tray": ",".join(quote.chosen),
        "preferred": "".join(quote.chosen[quote.preferred - 1 : quote.preferred]),
        "quote": str(quote.pk),
    }
    data = QueryDict(mutable=True)
    data.update({name: money(amount) for name, amount in amounts.items() if amount is not None} | plain)
    return data
