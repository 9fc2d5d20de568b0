"""Who belongs to a customer: added by what is known of them, ended without being forgotten."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from chedai.crm.customers import selectors, services
from chedai.crm.customers.kinds import RelationKind
from chedai.platform.errors import Refusal
from chedai.web.customers.acts import WRITE, one
from chedai.web.customers.forms import RelationForm
from chedai.web.customers.lists import READ
from chedai.web.customers.pages import customer_seen
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.state import whole


@require_http_methods(["GET", "POST"])
@door("customer.write")
def relation_new(request: Request, pk: int) -> HttpResponse:
    """Somebody becomes the spouse, the guarantor, the employer of a customer."""
    found = customer_seen(request, pk, WRITE)

    def save(data: dict[str, Any], request: Request) -> str:
        other, kind = _meant(request, data["other"]), RelationKind(data["kind"])
        services.relation_add(customer_id=pk, other_id=other, kind=kind, actor=request.actor)
        return one(pk)

    page = FormPage(
        key=f"relation.new.{pk}",
        form=RelationForm,
        template="web/customers/relation.html",
        save=save,
        done=gettext_lazy("已登记关系"),
        context={"customer": found, "back": one(pk)},
        drafts=False,
    )
    return form_page(request, page)


@require_POST
@door("customer.write")
def relation_end(request: Request, pk: int) -> HttpResponse:
    """A relation no longer holds; the page goes on showing that it did."""
    relation = selectors.relation_found(pk)
    customer = customer_seen(request, relation.customer_id, WRITE)
    services.relation_end(relation_id=pk, actor=request.actor)
    messages.success(request, _("已解除关系"))
    return HttpResponseRedirect(one(customer.pk))


def _meant(request: Request, typed: str) -> int:
    """The customer somebody typed: by telephone or identity number in all stores, by number of a record in reach.

    Errors: `Refusal` at the field where nobody, or more than one, is meant.
    """
    found = list(selectors.known_as(id_number=typed, phone=typed)[:2])
    number = whole(typed)
    if not found and number is not None:
        found = list(selectors.customers_seen(request.access.records(READ)).filter(pk=number))
    if not found:
        zh, en = "没有这位客户，请先登记对方", "there is no such customer; register them first"
        raise Refusal("other-unknown", zh, en, field="other")
    if len(found) > 1:
        zh, en = "多位客户用这个电话，请填证件号或客户编号", "several customers have this number; use another"
        raise Refusal("other-several", zh, en, field="other")
    return int(found[0].pk)
