"""Leads on the screen: the list, one lead with its contacts, and what is done with it; what a customer needs."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from chedai.crm.customers.selectors import customer_resolve
from chedai.crm.reception import leads as services
from chedai.crm.reception import selectors
from chedai.crm.reception.services import need_record
from chedai.crm.reception.states import Channel, LeadLost, LeadState, Outcome, Source
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.page import list_page
from chedai.web.reception import words
from chedai.web.reception.forms import ContactForm, LeadForm, LoseForm, NeedForm, TakeForm
from chedai.web.reception.lists import LEADS
from chedai.web.reception.views import store_of

_FORM = "web/staff/form.html"


@require_http_methods(["GET", "POST"])
@door("lead.read")
def leads(request: Request) -> HttpResponse:
    """The leads this person may see."""
    return list_page(request, LEADS)


@require_http_methods(["GET", "POST"])
@door("lead.register")
def lead_new(request: Request) -> HttpResponse:
    """Register a lead; it is looked after by who registers it."""

    def save(data: dict[str, Any], request: Request) -> str:
        made = services.lead_register(
            store_id=store_of(request, "lead.register"),
            owner_id=request.access.staff_id,
            name=data["name"],
            phone=data["phone"],
            source=Source(data["source"]),
            campaign=data["campaign"],
            cost=data["cost"] or 0,
            interest=data["interest"],
            next_contact_on=data["next_contact_on"],
            actor=request.actor,
        )
        return reverse("lead", args=[made.pk])

    page = FormPage(
        key="lead.new",
        form=LeadForm,
        template="web/reception/lead_new.html",
        save=save,
        done=gettext_lazy("已登记线索"),
        initial={"source": Source.ONLINE.value},
        context={"back": reverse("leads")},
    )
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door("lead.read")
def lead(request: Request, pk: int) -> HttpResponse:
    """One lead: who, from where, every contact, and the form of the next."""
    found = _opened(request, pk, "lead.read")
    may_work = request.access.may("lead.work", store_id=found.store_id, owner_id=found.owner_id)
    context = {
        "lead": found,
        "state": words.LEAD_STATES[found.state],
        "tint": words.LEAD_TINTS.get(found.state, ""),
        "source": words.SOURCES[found.source],
        "lost": words.LOST.get(found.lost_reason, ""),
        "contacts": [(c, words.CHANNELS[c.channel], words.OUTCOMES[c.outcome]) for c in selectors.contacts_of(pk)],
        "may_work": may_work and found.state == LeadState.OPEN,
        "may_quote": request.access.may("quote.make"),
        "may_take": found.state == LeadState.POOL and request.access.may("lead.take", store_id=found.store_id),
    }
    page = FormPage(
        key=f"lead.contact.{pk}",
        form=ContactForm,
        template="web/reception/lead.html",
        save=lambda data, request: _contact(pk, data, request),
        done=gettext_lazy("已记录联系"),
        initial={"channel": Channel.CALL.value, "outcome": Outcome.REACHED.value},
        context=context,
    )
    return form_page(request, page)


def _contact(pk: int, data: dict[str, Any], request: Request) -> str:
    _opened(request, pk, "lead.work")
    services.lead_contact(
        lead_id=pk,
        staff_id=request.access.staff_id,
        channel=Channel(data["channel"]),
        outcome=Outcome(data["outcome"]),
        note=data["note"],
        next_contact_on=data["next_contact_on"],
        actor=request.actor,
    )
    return reverse("lead", args=[pk])


@require_http_methods(["GET", "POST"])
@door("lead.take")
def lead_take(request: Request, pk: int) -> HttpResponse:
    """Take a lead out of the pool."""
    found = selectors.lead_read(pk)
    request.access.require("lead.take", store_id=found.store_id)

    def save(data: dict[str, Any], request: Request) -> str:
        services.lead_take(
            lead_id=pk,
            owner_id=request.access.staff_id,
            next_contact_on=data["next_contact_on"],
            actor=request.actor,
        )
        return reverse("lead", args=[pk])

    context = {"title": _("领取线索"), "verb": _("领取这条线索"), "back": reverse("leads")}
    page = FormPage(f"lead.take.{pk}", TakeForm, _FORM, save, gettext_lazy("已领取线索"), context=context, drafts=False)
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door("lead.work")
def lead_lose(request: Request, pk: int) -> HttpResponse:
    """Close a lead that comes to nothing."""
    _opened(request, pk, "lead.work")

    def save(data: dict[str, Any], request: Request) -> str:
        services.lead_lose(lead_id=pk, reason=LeadLost(data["reason"]), actor=request.actor)
        return reverse("lead", args=[pk])

    context = {"title": _("战败"), "verb": _("关闭这条线索"), "back": reverse("lead", args=[pk])}
    page = FormPage(f"lead.lose.{pk}", LoseForm, _FORM, save, gettext_lazy("已关闭线索"), context=context, drafts=False)
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door("customer.write")
def needs(request: Request, pk: int) -> HttpResponse:
    """What a customer needs, version by version."""
    customer = customer_resolve(pk)
    request.access.require("customer.write", store_id=customer.store_id, owner_id=customer.owner_id)
    versions = list(selectors.needs_of(customer.pk))
    last = versions[0] if versions else None

    def save(data: dict[str, Any], request: Request) -> str:
        need_record(customer_id=customer.pk, staff_id=request.access.staff_id, actor=request.actor, **data)
        return reverse("needs", args=[customer.pk])

    initial: dict[str, Any] = {}
    if last is not None:
        initial = {name: getattr(last, name) for name in ("interest", "budget", "down_payment", "instalment", "use")}
        initial |= {"pick_up_by": last.pick_up_by, "tags": "、".join(last.tags)}
    page = FormPage(
        key=f"need.{customer.pk}",
        form=NeedForm,
        template="web/reception/needs.html",
        save=save,
        done=gettext_lazy("已记录需求"),
        initial=initial,
        options={"is_first": last is None},
        context={"customer": customer, "versions": versions, "back": reverse("customer", args=[customer.pk])},
    )
    return form_page(request, page)


def _opened(request: Request, pk: int, right: str) -> Any:
    """The lead, for who may do this to it; one in the pool opens to whoever may take it."""
    found = selectors.lead_read(pk)
    if (
        right == "lead.read"
        and found.state == LeadState.POOL
        and request.access.may("lead.take", store_id=found.store_id)
    ):
        return found
    request.access.require(right, store_id=found.store_id, owner_id=found.owner_id)
    return found
