"""Who is known already: shown while somebody types, across all stores, and no more than the rights allow.

What is typed comes in the body of a request, never in an address. Of a customer whom the person may not see, the masked
name, the store and the owner are shown, so that nobody is registered twice and everybody knows whom to ask.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chedai.crm.customers import rules, selectors
from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.rules import Identity
from chedai.crm.search.selectors import matching
from chedai.platform import clock
from chedai.platform.privacy.kinds import Kind, normal
from chedai.web.doors import Request, door
from chedai.web.lists.state import whole

_MOST: Final = 10
_ID_LENGTH: Final = 18
_SHORTEST_PHONE: Final = 7


@dataclass(frozen=True, slots=True)
class Known:
    """A customer on file, and whether this person may open the record."""

    customer: Any
    may_open: bool


def seen(request: Request, customers: Iterable[Any]) -> list[Known]:
    """Each customer with whether the person may open it."""
    may = request.access.may
    return [Known(c, may("customer.read", store_id=c.store_id, owner_id=c.owner_id)) for c in customers]


@require_POST
@door("customer.write")
def known(request: Request) -> HttpResponse:
    """What is to say of the identity number or the telephone that is being typed (`of`)."""
    if request.POST.get("of") == "phone":
        return _known_phone(request, request.POST.get("phone", ""))
    return _known_identity(request, request.POST.get("id_number", ""), request.POST.get("kind", ""))


def _known_phone(request: Request, typed: str) -> HttpResponse:
    if len(normal(Kind.PHONE, typed)) < _SHORTEST_PHONE:
        return HttpResponse("")
    found = seen(request, selectors.known_as(phone=typed)[:_MOST])
    return render(request, "web/customers/known.html", {"known": found, "by_phone": True})


def _known_identity(request: Request, typed: str, kind: str) -> HttpResponse:
    number = normal(Kind.ID_NUMBER, typed)
    if len(number) < _ID_LENGTH:
        return HttpResponse("")
    of = CustomerKind.FIRM if kind == CustomerKind.FIRM else CustomerKind.PERSON
    refused = rules.identity_refusals(Identity(of, "-", number), clock.business_date())
    context: dict[str, Any] = {"wrong": refused[0].text(get_language() or "zh-hans") if refused else ""}
    if not refused:
        context |= {"said": said(number) if of is CustomerKind.PERSON else _("代码校验通过")}
        context["known"] = seen(request, selectors.known_as(id_number=number)[:_MOST])
    return render(request, "web/customers/known.html", context)


def said(number: str) -> str:
    """What an identity number says of its holder: 1990-03-07 · 女 · 36 岁."""
    born = rules.birthday(number)
    sex = _("女") if rules.is_female(number) else _("男")
    years = _("%s 岁") % rules.age(born, clock.business_date())
    return f"{born.isoformat()} · {sex} · {years}"


@require_POST
@door("customer.read")
def find(request: Request) -> HttpResponse:
    """Customers by name, pinyin, four digits or number of the record; beyond one's reach by exact numbers only."""
    typed = request.POST.get("q", "").replace("\0", "").strip()[:60]
    fits = selectors.exactly(typed) | matching(typed)
    number = whole(typed)
    if number is not None:
        fits |= Q(pk=number)
    mine = selectors.customers_seen(request.access.records("customer.read"))
    found = list(mine.filter(fits).order_by("-pk")[:_MOST]) if typed else []
    elsewhere: list[Any] = []
    if typed and not found:  # only what is exact and unmistakable is told beyond one's own reach
        elsewhere = list(selectors.known_as(id_number=typed, phone=typed)[:_MOST])
    context = {"typed": typed, "known": seen(request, [*found, *elsewhere])}
    return render(request, "web/customers/found.html", context)
