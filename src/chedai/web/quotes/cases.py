"""From a quote to a deal: the customer is named, known or new, and takes the plan, or only looks at it further."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from chedai.catalog.partners.selectors import lender_of
from chedai.crm.customers.selectors import customers_seen, known_as
from chedai.crm.reception.guests import NOBODY, Guest, Whom, guest_enroll, guest_of
from chedai.crm.search.selectors import matching
from chedai.deals.pipeline.services import deal_open
from chedai.deals.pipeline.states import Mode
from chedai.deals.quotes.selectors import plans_of, whom_of
from chedai.deals.quotes.services import quote_accept, quote_attach
from chedai.deals.quotes.spoken import Words
from chedai.platform.errors import Refusal
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.quotes.desk import language
from chedai.web.quotes.sheets import seen

_DIGITS: Final = 11
_MOST: Final = 5
_SHORTEST: Final = 2
_WATCHED: Final = {
    "hx-post": reverse_lazy("quote_known"),
    "hx-trigger": "input changed delay:200ms",
    "hx-target": "#known",
    "hx-include": "closest form",
    "autocomplete": "off",
}
"""Both fields look for who is on file while somebody types."""


class CaseForm(forms.Form):
    """Who the customer is, on whose book the loan will be, and whether the plan is taken.

    Of a guest whom reception knows no telephone is asked, and the name only where it is to stand otherwise.
    """

    phone = forms.CharField(
        label=gettext_lazy("手机号"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={**_WATCHED, "inputmode": "tel"}),
    )
    name = forms.CharField(
        label=gettext_lazy("姓名"), max_length=40, required=False, widget=forms.TextInput(attrs=_WATCHED)
    )
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

    def __init__(self, *args: Any, plans: list[tuple[str, str]], guest: Guest | None, **options: Any) -> None:
        super().__init__(*args, **options)
        if guest is not None and guest.name is not None:
            self.fields["name"].widget = forms.TextInput(attrs={"placeholder": str(guest.name), "autocomplete": "off"})
        self.fields["plan"].choices = [*plans, ("", _("客户还在考虑，只建案卷"))]  # type: ignore[attr-defined]
        self.fields["plan"].required = False
        self.fields["name"].hint = _("新客户必填") if guest is None else _("与登记的不同才填")  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@door("deal.open")
def case(request: Request, quote_id: int) -> HttpResponse:
    """Open the deal of a quote."""
    quote = seen(request, quote_id, "quote.make")
    request.access.require("deal.open", store_id=quote.store_id, owner_id=quote.officer_id)
    plans, say = plans_of(quote), Words(language())
    guest = guest_of(whom_of(quote))
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
        options={"plans": labels, "guest": guest},
        context={"quote": quote, "best": preferred, "guest": guest, "known": ()},
        drafts=False,
    )
    return form_page(request, page)


@require_POST
@door("deal.open")
def known(request: Request) -> HttpResponse:
    """Who is known by what is typed, a telephone or a name, its pinyin too: shown before anything is saved; posted, so
    that no address holds it."""
    typed = request.POST.get("name", "").replace("\0", "").strip()
    by_phone = _known(request, request.POST.get("phone", ""))
    found = by_phone
    if not found and len(typed) >= _SHORTEST:
        mine = customers_seen(request.access.records("customer.read"))
        found = list(mine.filter(matching(typed)).order_by("-pk")[:_MOST])
    return render(request, "web/quotes/known.html", {"known": found, "by_phone": bool(by_phone)})


def _known(request: Request, phone: str) -> list[Any]:
    digits = "".join(sign for sign in phone if sign.isdigit())
    if len(digits) < _DIGITS:
        return []
    mine = request.access.records("customer.read")
    return list(customers_seen(mine).filter(pk__in=known_as(phone=digits).values("pk"))[:_MOST])


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
    """The guest of the quote, the customer that was chosen, or a new one. Errors: `Refusal` where the telephone is
    known and nobody chose, or the customer is looked after by somebody else."""
    whom = whom_of(quote)
    if data["customer"]:
        whom = Whom(customer_id=data["customer"])
    elif whom == NOBODY and (known_here := _known(request, data["phone"])):
        name = known_here[0].name
        zh, en = f"该手机号已登记为 {name}，请点选该客户", f"this number is {name}'s; choose that customer"
        raise Refusal("customer-known", zh, en, field="phone")
    guest = guest_of(whom)
    if guest is not None and guest.customer is not None:
        _refuse_foreign(request, guest.customer)
    names = {"name": data["name"], "phone": data["phone"]}
    owner = {"store_id": quote.store_id, "owner_id": quote.officer_id}
    return int(guest_enroll(whom=whom, **owner, **names, actor=request.actor).pk)


def _refuse_foreign(request: Request, customer: Any) -> None:
    """Errors: `Refusal` that names who looks after the customer, where the person may not open the record."""
    if not request.access.may("customer.read", store_id=customer.store_id, owner_id=customer.owner_id):
        who = f"{customer.store.name} {customer.owner.user.display_name}"
        zh, en = f"该客户由 {who} 负责，请先请其转交", f"{who} looks after this customer; have them handed over first"
        raise Refusal("customer-of-another", zh, en, field="phone")


def _mode(lender_code: str) -> str:
    return (Mode.OWN_BOOK if lender_of(lender_code).own_book else Mode.DEALER_DESK).value
