"""What is done with a customer: registered, corrected, two records merged into one."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from chedai.crm.customers import selectors, services
from chedai.crm.customers.kinds import CustomerKind, Trade
from chedai.crm.customers.services import CHANGEABLE, KEPT
from chedai.org.access import Access
from chedai.org.permissions import Permission, table
from chedai.org.selectors import open_stores, staff_here
from chedai.platform import clock
from chedai.web import words
from chedai.web.customers import words as customer_words
from chedai.web.customers.forms import ChangeForm, MergeForm, RegisterForm
from chedai.web.customers.known import seen
from chedai.web.customers.pages import customer_seen
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.state import whole

WRITE: Permission = "customer.write"
MERGE: Permission = "customer.merge"


def one(pk: int) -> str:
    """The address of a customer's page."""
    return reverse("customer", args=[pk])


def stores_of(access: Access, permission: Permission) -> list[tuple[str, str | Promise]]:
    """The open stores a person may use `permission` in, be it only on their own records."""
    held = {g.store_id for g in access.grants if table().reach_of(g.role, permission) is not None}
    return [(str(number), name) for number, name in open_stores() if None in held or number in held]


def owners_of(request: Request, permission: Permission) -> list[tuple[str, str | Promise]]:
    """Whom a record may be given: oneself, and who works in the stores the person reaches."""
    me = request.access.staff_id
    people = staff_here(request.access.stores(permission), clock.business_date()).exclude(pk=me).order_by("number")
    others = [(str(p.pk), f"{p.user.display_name} · {p.home.name}") for p in people]
    return [(str(me), request.actor.name), *others]


@require_http_methods(["GET", "POST"])
@door("customer.write")
def customer_new(request: Request) -> HttpResponse:
    """Register a customer. Who is known already is shown while it is typed."""
    page = FormPage(
        key="customer.new",
        form=RegisterForm,
        template="web/customers/new.html",
        save=_register,
        done=gettext_lazy("已登记客户"),
        initial={"kind": CustomerKind.PERSON.value, "owner": str(request.access.staff_id)},
        options={"stores": stores_of(request.access, WRITE), "owners": owners_of(request, WRITE)},
        context={"back": reverse("customers")},
    )
    return form_page(request, page)


def _register(data: dict[str, Any], request: Request) -> str:
    store_id, owner_id = int(data["store"]), int(data["owner"])
    request.access.require(WRITE, store_id=store_id, owner_id=owner_id)
    customer = services.customer_register(
        kind=CustomerKind(data["kind"]),
        name=data["name"],
        id_number=data["id_number"],
        phone=data["phone"],
        trade=Trade(data["trade"]) if data["trade"] else None,
        store_id=store_id,
        owner_id=owner_id,
        actor=request.actor,
    )
    return one(customer.pk)


@require_http_methods(["GET", "POST"])
@door("customer.write")
def customer_change(request: Request, pk: int) -> HttpResponse:
    """Correct what is on file, with the reason; what it was is kept."""
    found = customer_seen(request, pk, WRITE)
    on_file = {name: str(value) for name in CHANGEABLE if (value := getattr(found, name))}

    def save(data: dict[str, Any], request: Request) -> str:
        values = {name: data[name] for name in CHANGEABLE if data[name]}
        values |= dict.fromkeys((name for name in data.get("gone", []) if name not in values), "")
        trade = (Trade(data["trade"]) if data["trade"] else None) if data["trade"] != found.trade else KEPT
        services.customer_change(customer_id=pk, reason=data["reason"], actor=request.actor, trade=trade, **values)
        return one(pk)

    page = FormPage(
        key=f"customer.change.{pk}",
        form=ChangeForm,
        template="web/customers/change.html",
        save=save,
        done=gettext_lazy("已更正资料"),
        initial={"trade": found.trade},
        options={"on_file": on_file},
        context={"customer": found, "back": one(pk)},
    )
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door("customer.merge")
def customer_merge(request: Request, pk: int) -> HttpResponse:
    """Two records of one person. Without `?other` it shows who looks alike; with it, both side by side."""
    keep = customer_seen(request, pk, MERGE)
    number = whole(request.GET.get("other", ""))
    if number is None:
        alikes = selectors.look_alikes(keep).filter(request.access.records(MERGE))
        context = {"customer": keep, "alikes": seen(request, alikes), "back": one(pk)}
        return render(request, "web/customers/alikes.html", context)
    gone = customer_seen(request, number, MERGE)

    def save(data: dict[str, Any], request: Request) -> str:
        services.customer_merge(keep_id=pk, gone_id=gone.pk, reason=data["reason"], actor=request.actor)
        return one(pk)

    page = FormPage(
        key=f"customer.merge.{pk}",
        form=MergeForm,
        template="web/customers/merge.html",
        save=save,
        done=gettext_lazy("已合并客户档案"),
        context={"keep": keep, "gone": gone, "rows": _side_by_side(keep, gone), "back": one(pk)},
        drafts=False,
    )
    return form_page(request, page)


def _side_by_side(keep: Any, gone: Any) -> list[tuple[str, str, str, str]]:
    """Each fact of both records, masked, and what the merged one will have."""
    lines = [(words.fact("name"), keep.title, gone.title, keep.title)]
    for name in CHANGEABLE[1:]:
        left, right = getattr(keep, name), getattr(gone, name)
        if left and right and left != right:
            after = _("保留 %(value)s，与另一份不同") % {"value": left}
        else:
            after = str(left or right or "—")
        lines.append((words.fact(name), str(left or "—"), str(right or "—"), after))
    for label, one, two in (
        (words.fact("store"), keep.store.name, gone.store.name),
        (words.fact("owner"), keep.owner.user.display_name, gone.owner.user.display_name),
    ):
        lines.append((label, one, two, one))
    one, two, after = (customer_words.trade(c) or "—" for c in (keep.trade, gone.trade, keep.trade or gone.trade))
    return [*lines, (words.fact("trade"), one, two, after)]
