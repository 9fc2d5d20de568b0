"""The list of customers. What is sealed shows masked, here and in Excel.

It is found by the box above the list and never by the address: what somebody types there is personal data.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chedai.crm.customers.selectors import customers_seen
from chedai.org.selectors import open_stores, staff_here
from chedai.platform import clock
from chedai.web.customers import words
from chedai.web.doors import Request
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Primary, Text, View, by_number

READ: Final = "customer.read"
_ANY: Final = "any"


def _stores(request: Request) -> Sequence[tuple[str, Text]]:
    reach = request.access.stores(READ)
    return [(str(number), name) for number, name in open_stores() if reach is None or number in reach]


def _owners(request: Request) -> Sequence[tuple[str, Text]]:
    people = staff_here(request.access.stores(READ), clock.business_date())
    me = request.access.staff_id
    others = [(str(p.pk), p.user.display_name) for p in people.order_by("number") if p.pk != me]
    return [(str(me), _("我")), *others]


CUSTOMERS: Final = ListSpec(
    key="customers",
    title=_("客户"),
    unit=_("位"),
    permission=READ,
    rows=lambda request: customers_seen(request.access.records(READ)),
    columns=(
        Column(
            "name",
            _("姓名或名称"),
            lambda c: c.title,
            link=lambda c: reverse("customer", args=[c.pk]),
        ),
        Column("kind", _("类型"), lambda c: words.kind(c.kind), Kind.TAG, group="kind"),
        Column("phone", _("电话号码"), lambda c: c.phone or ""),
        Column("id_number", _("证件号"), lambda c: c.id_number or ""),
        Column("trade", _("特定行业"), lambda c: words.trade(c.trade), group="trade"),
        Column("store", _("门店"), lambda c: c.store.name, sort="store__code", group="store__name"),
        Column(
            "owner",
            _("负责人"),
            lambda c: c.owner.user.display_name,
            sort="owner__number",
            group="owner__user__display_name",
        ),
        Column("address", _("地址"), lambda c: c.address or "", shown=False),
        Column("number", _("编号"), lambda c: str(c.pk), Kind.CODE, sort="pk", shown=False),
        Column("registered", _("登记时间"), lambda c: c.registered_at, Kind.MOMENT, sort="pk"),
    ),
    sort="-registered",
    filters=(
        Choice("kind", _("类型"), lambda request: list(words.KINDS.items()), lambda value: Q(kind=value)),
        Choice(
            "trade",
            _("特定行业"),
            lambda request: [(_ANY, _("任一行业")), *words.TRADES.items()],
            lambda value: ~Q(trade="") if value == _ANY else Q(trade=value),
        ),
        Choice("store", _("门店"), _stores, by_number("store_id")),
        Choice("owner", _("负责人"), _owners, by_number("owner_id")),
        Days("registered", _("登记日期"), "registered_at", moments=True),
    ),
    views=(View(_("个人"), "kind=person"), View(_("企业"), "kind=firm"), View(_("特定行业"), "trade=any")),
    primary=Primary(_("登记客户"), "customer_new", "user-plus", "customer.write"),
    empty=_("你的范围内还没有客户。"),
)
