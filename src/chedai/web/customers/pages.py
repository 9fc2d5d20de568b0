"""The list of customers, and the page of one: who they are, who belongs to them, what happened."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from chedai.crm.customers import rules, selectors
from chedai.crm.customers.kinds import CustomerKind
from chedai.org.permissions import Permission
from chedai.platform import clock
from chedai.platform.errors import NotFound
from chedai.platform.messages.selectors import opted_out_of
from chedai.platform.privacy.registry import purposes
from chedai.platform.privacy.selectors import consents_of
from chedai.web import words
from chedai.web.customers import timeline
from chedai.web.customers import words as customer_words
from chedai.web.customers.lists import CUSTOMERS, READ
from chedai.web.doors import Request, door
from chedai.web.lists.page import list_page
from chedai.web.lists.spec import Row
from chedai.web.messages.views import CATEGORIES, REFUSABLE

_FIND: Final = "web/customers/find.html"


def customer_seen(request: Request, pk: int, permission: Permission = READ) -> Any:
    """The customer, if the person may see it and use `permission` on it. Errors: `NotFound`, `NotAllowed`."""
    found = selectors.customer_found(pk)
    here = {"store_id": found.store_id, "owner_id": found.owner_id}
    if not request.access.may(READ, **here):
        raise NotFound("no-such-customer", "没有这位客户", "there is no such customer")
    request.access.require(permission, **here)
    return found


@require_http_methods(["GET", "POST"])
@door("customer.read")
def customers(request: Request) -> HttpResponse:
    """The customers in reach."""
    return list_page(request, CUSTOMERS, {"before": _FIND})


@require_GET
@door("customer.read")
def customer(request: Request, pk: int) -> HttpResponse:
    """One customer. A record that was merged leads to the one that has its history."""
    resolved = selectors.customer_resolve(pk)
    found = customer_seen(request, resolved.pk)
    if resolved.pk != pk:
        return HttpResponseRedirect(reverse("customer", args=[resolved.pk]))
    here, may = {"store_id": found.store_id, "owner_id": found.owner_id}, request.access.may
    context = {
        "customer": found,
        "is_person": found.kind == CustomerKind.PERSON,
        "kind": customer_words.kind(found.kind),
        "trade": customer_words.trade(found.trade),
        "personal": _personal(found),
        "relations": _relations(request, found),
        "relations_past": [(r, customer_words.relation(r.kind)) for r in selectors.relations_ended(found.pk)[:20]],
        "formers": _formers(found),
        "alikes": selectors.look_alikes(found).filter(request.access.records(READ)).count(),
        **consents(found),
        **_timeline(request, found),
        "may_write": may("customer.write", **here),
        "may_quote": may("quote.make") and may(READ, **here),
        "may_merge": may("customer.merge", **here),
        "may_consent": may("privacy.consent", **here),
        "may_erase": may("privacy.erase", **here),
        "may_files": may("file.read", **here),
    }
    return render(request, "web/customers/customer.html", context)


@require_GET
@door("customer.read")
def customer_timeline(request: Request, pk: int) -> HttpResponse:
    """The next piece of the timeline, after the cut in the address."""
    found = customer_seen(request, pk)
    return render(request, "web/customers/timeline.html", {"customer": found} | _timeline(request, found))


def _timeline(request: Request, found: Any) -> dict[str, Any]:
    shown = timeline.page(request, found, timeline.cut_in(request.GET.get("after", "")))
    return {"moments": shown.moments, "older": timeline.mark(shown.next)}


def _personal(found: Any) -> dict[str, Any]:
    """What the identity number says and may be shown: sex and age, never the day of birth."""
    if found.kind != CustomerKind.PERSON or found.id_number is None:
        return {}
    number = found.id_number.in_full()
    return {"female": rules.is_female(number), "age": rules.age(rules.birthday(number), clock.business_date())}


def _relations(request: Request, found: Any) -> list[dict[str, Any]]:
    """Who belongs to the customer, then to whom the customer belongs; a link where the person may open the record."""
    may, lines = request.access.may, []
    for relation in selectors.relations_of(found.pk):
        lines.append((relation, relation.other, customer_words.relation(relation.kind), False))
    for relation in selectors.related_to(found.pk):
        lines.append((relation, relation.customer, customer_words.relation(relation.kind), True))
    return [
        {
            "pk": relation.pk,
            "since": relation.since,
            "other": other,
            "words": said,
            "is_theirs": theirs,
            "may_open": may(READ, store_id=other.store_id, owner_id=other.owner_id),
        }
        for relation, other, said, theirs in lines
    ]


def _formers(found: Any) -> list[dict[str, Any]]:
    """What changes have replaced, masked: each with its fields, reason, time and who."""
    rows = list(selectors.formers_of(found)[:20])
    names = words.people(row.replaced_by for row in rows)
    return [
        {
            "row": row,
            "reason": row.reason.in_full(),
            "who": names.get(row.replaced_by, ""),
            "values": [(words.fact(name), getattr(row, name)) for name in row.fields.split(",")],
        }
        for row in rows
    ]


def consents(found: Any) -> dict[str, Any]:
    """Each purpose with the consent in force, and what was given and withdrawn before."""
    subject = f"customer:{found.pk}"
    rows: list[Row] = list(consents_of(selectors.history_subjects(found)))
    names = words.people(key for row in rows for key in (row.recorded_by, row.withdrawn_by))
    for row in rows:
        row.words = customer_words.purpose(row.purpose)
        row.recorded_name, row.withdrawn_name = names.get(row.recorded_by, ""), names.get(row.withdrawn_by, "")
        row.paper = row.evidence.removeprefix("paper:") if row.evidence.startswith("paper:") else ""
        row.filed = row.evidence.removeprefix("filed:")
    in_force = {row.purpose: row for row in rows if row.subject == subject and row.withdrawn_at is None}
    muted = opted_out_of(subject)
    return {
        "categories": [(code, CATEGORIES[code], code in muted) for code in REFUSABLE],
        "purposes": [(code, customer_words.purpose(code), in_force.get(code)) for code in purposes()],
        "consents_past": [row for row in rows if row.withdrawn_at is not None or row.subject != subject],
    }
