"""What the rooms tell on the timeline of a customer: each thing once, newest first, as far as one may see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chedai.crm.customers.timeline import Moment
from chedai.crm.reception.selectors import leads_seen, visits_seen
from chedai.deals.pipeline.models import StageEntry
from chedai.deals.pipeline.selectors import deals_seen
from chedai.org.access import Access


def visits(customer_ids: Sequence[int], access: Access) -> Iterator[Moment]:
    """Every time they came in."""
    seen = visits_seen(access.records("visit.read", owner="registered_by_id")).filter(customer__in=customer_ids)
    for visit in seen.order_by("-arrived_at").iterator(chunk_size=100):
        who = visit.officer.user.display_name if visit.officer else visit.registered_by.user.display_name
        yield Moment(visit.arrived_at, "user-plus", _("到店"), visit.interest, who)


def leads(customer_ids: Sequence[int], access: Access) -> Iterator[Moment]:
    """Every lead that was about them."""
    seen = leads_seen(access.records("lead.read")).filter(customer__in=customer_ids)
    for lead in seen.order_by("-registered_at").iterator(chunk_size=100):
        who = lead.owner.user.display_name if lead.owner else ""
        yield Moment(lead.registered_at, "phone-call", _("线索"), lead.interest, who, reverse("lead", args=[lead.pk]))


_STAGES = {
    "quote": _("建立案卷"),
    "application": _("进件"),
    "decision": _("送审"),
    "contract": _("办合同"),
    "disbursement": _("办放款"),
    "collateral": _("已放款"),
    "complete": _("归档"),
}


def deals(customer_ids: Sequence[int], access: Access) -> Iterator[Moment]:
    """Each stage their deals entered, and deals that came to nothing."""
    seen = deals_seen(access.records("deal.read", owner="officer_id") & Q(customer__in=customer_ids)).order_by()
    entries = StageEntry.objects.filter(deal__in=seen.values("pk")).select_related("deal", "owner__user")
    for entry in entries.order_by("-entered_at", "-pk").iterator(chunk_size=100):
        url = reverse("deal", args=[entry.deal.number])
        tint = "green" if entry.stage == "collateral" else ""
        text = f"{entry.deal.number} {entry.deal.vehicle}"
        who = entry.owner.user.display_name
        yield Moment(entry.entered_at, "file-text", _STAGES[entry.stage], text, who, url, tint)


def losses(customer_ids: Sequence[int], access: Access) -> Iterator[Moment]:
    """The deals that came to nothing."""
    seen = deals_seen(access.records("deal.read", owner="officer_id") & Q(customer__in=customer_ids, state="lost"))
    for deal in seen.order_by("-closed_at").iterator(chunk_size=100):
        who = deal.owner.user.display_name
        url = reverse("deal", args=[deal.number])
        if deal.closed_at is not None:
            yield Moment(deal.closed_at, "ban", _("关闭案卷"), deal.number, who, url, "red")
