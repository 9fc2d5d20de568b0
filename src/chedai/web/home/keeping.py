"""Papers and keys whose day has come: couriers nobody received from, what is out beyond the day it was to be back."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedai.deals.custody.reach import seen
from chedai.deals.custody.selectors import holdings_seen
from chedai.platform import clock
from chedai.web.custody.words import KINDS, late, next_one, state_of, who
from chedai.web.doors import Request
from chedai.web.home.task import MOST, Group, Task


def custody_due(request: Request) -> Iterator[Task]:
    """For who keeps a safe all that its store answers for; for others what is in their hand, or is to come to it."""
    if not request.access.may("custody.read"):
        return
    me, today = request.access.staff_id, clock.business_date()
    mine = Q(staff_id=me) | Q(next_staff_id=me)
    if request.access.may("custody.keep"):
        mine |= seen(request.access, "custody.keep")
    for one in holdings_seen(mine & Q(due_on__lte=today)).order_by("due_on", "pk")[:MOST]:
        deal, days = one.item.deal, late(one)
        to = next_one(one, deal)
        yield Task(
            group=Group.OVERDUE if days else Group.TODAY,
            kind="papers",
            icon="key",
            when=_("逾期 %s 天") % days if days else _("今天内"),
            who=deal.customer.title,
            phone=one.item.label,
            what=f"{KINDS[one.item.kind]} · {state_of(one)[0]} · {who(one, deal)}{f' → {to}' if to else ''}",
            verb=gettext_lazy("去办"),
            url=reverse("custody_item", args=[one.item.label]),
            age=days * 1440,
        )
