"""From a quote to a deal: the customer is named, known or new, and takes the plan, or only looks at it further."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from chedai.catalog.partners.selectors import lender_of
from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.selectors import customers_seen, known_as
from chedai.crm.customers.services import customer_register
from chedai.deals.pipeline.services import deal_open
from chedai.deals.pipeline.states import Mode
from chedai.deals.quotes.selectors import plans_of
from chedai.deals.quotes.services import quote_accept, quote_attach
from chedai.deals.quotes.spoken import Words
from chedai.platform.errors import Refusal
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.quotes.desk import language
from chedai.web.quotes.sheets import seen

_DIGITS: Final = 11


class CaseForm(forms.Form):
    """Who the customer is, on whose book the loan will be, and whether the plan is taken."""

    phone = forms.CharField(label=gettext_lazy("手机号"), max_length=20)
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=40, required=False)
    customer = forms.IntegerField(required=False, widget=forms.HiddenInput)
    mode = forms.ChoiceField(
        label=gettext_lazy("业务模式"),
        choices=[
            (Mode.DEALER_DESK.value, gettext_lazy("店端金融")),
            (Mode.BROKER.value, gettext_lazy("居间助贷")),
            (Mode.OWN_BOOK.value, gettext_lazy("自营放款")),
        ],
        widget=forms.RadioSelect,
    )
    plan = forms.ChoiceField(label=gettext_lazy("客户选定的方案"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, plans: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["plan"].choices = [*plans, ("", _("客户还在考虑，只建案卷"))]  # type: ignore[attr-defined]
        self.fields["plan"].required = False
        self.fields["name"].hint = _("新客户必填")  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@door("deal.open")
def case(request: Request, quote_id: int) -> HttpResponse:
    """Open the deal of a quote."""
    quote = seen(request, quote_id, "quote.make")
    request.access.require("deal.open", store_id=quote.store_id, owner_id=quote.officer_id)
    plans, say = plans_of(quote), Words(language())
    preferred = plans[quote.preferred]
    labels = [
        (str(at), f"{say.lender(plan)} · {say.product(plan)} · {say.term(plan)}")
        for at, plan in enumerate(plans)
        if not plan.is_cash
    ]
    page = FormPage(
        key=f"quote.{quote_id}.deal",
        form=CaseForm,
        template="web/quotes/case.html",
        save=lambda data, req: _open(req, quote, data),
        done=gettext_lazy("已建案卷"),
        initial={"plan": str(quote.preferred), "mode": _mode(preferred.lender_code)},
        options={"plans": labels},
        context={"quote": quote, "best": preferred, "known": ()},
        drafts=False,
    )
    return form_page(request, page)


@require_POST
@door("deal.open")
def known(request: Request) -> HttpResponse:
    """Who is known by the telephone typed: shown before anything is saved; posted, so that no address holds it."""
    return render(request, "web/quotes/known.html", {"known": _known(request, request.POST.get("phone", ""))})


def _known(request: Request, phone: str) -> list[Any]:
    digits = "".join(sign for sign in phone if sign.isdigit())
    if len(digits) < _DIGITS:
        return []
    mine = request.access.records("customer.read")
    return list(customers_seen(mine).filter(pk__in=known_as(phone=digits).values("pk"))[:5])


def _open(request: Request, quote: Any, data: dict[str, Any]) -> str:
    deal = quote.deal
    if deal is None:
        customer_id = _customer(request, quote, data)
        deal = deal_open(
            customer_id=customer_id,
            store_id=quote.store_id,
            mode=Mode(data["mode"]),
            officer_id=quote.officer_id,
            vehicle=quote.vehicle,
            actor=request.actor,
        )
        quote_attach(quote_id=quote.pk, deal_id=deal.pk, actor=request.actor)
    if data["plan"]:
        quote_accept(quote_id=quote.pk, plan=int(data["plan"]), actor=request.actor)
    return reverse("deal", args=[deal.number])


def _customer(request: Request, quote: Any, data: dict[str, Any]) -> int:
    """The customer that was chosen, or a new one. Errors: `Refusal` where the telephone is known and nobody chose."""
    known_here = {one.pk: one for one in _known(request, data["phone"])}
    if data["customer"]:
        chosen = customers_seen(request.access.records("customer.read")).filter(Q(pk=data["customer"])).first()
        if chosen is None:
            raise Refusal("no-such-customer", "没有这位客户", "there is no such customer", field="phone")
        return int(chosen.pk)
    if known_here:
        name = next(iter(known_here.values())).name
        zh, en = f"该手机号已登记为 {name}，请点选该客户", f"this number is {name}'s; choose that customer"
        raise Refusal("customer-known", zh, en, field="phone")
    registered = customer_register(
        kind=CustomerKind.PERSON,
        name=data["name"],
        phone=data["phone"],
        store_id=quote.store_id,
        owner_id=quote.officer_id,
        actor=request.actor,
    )
    return int(registered.pk)


def _mode(lender_code: str) -> str:
    return (Mode.OWN_BOOK if lender_of(lender_code).own_book else Mode.DEALER_DESK).value
