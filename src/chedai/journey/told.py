"""What the rooms tell on the timeline of a customer: each thing once, newest first, as far as one may see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from chedai.book.collection.codes import codes
from chedai.book.collection.selectors import contacts_seen, promises_seen
from chedai.book.collection.states import Channel, PromiseState, Whom
from chedai.crm.customers.timeline import Moment
from chedai.crm.reception.selectors import leads_seen, visits_seen
from chedai.deals.pipeline.models import StageEntry
from chedai.deals.pipeline.selectors import deals_seen
from chedai.engine.money import yuan_grouped
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


_CHANNELS = {
    Channel.CALL: ("phone-call", _("催收电话")),
    Channel.AI_CALL: ("phone-call", _("催收智能语音")),
    Channel.SMS: ("message", _("催收短信")),
    Channel.VISIT: ("car", _("催收外访")),
    Channel.LETTER: ("send", _("催收函")),
}
_WHOM = {Whom.DEBTOR: _("债务人本人"), Whom.GUARANTOR: _("担保人"), Whom.CONTACT: _("联系人")}
_PROMISED = {PromiseState.OPEN: "", PromiseState.KEPT: "green", PromiseState.BROKEN: "red"}


def contacts(customer_ids: Sequence[int], access: Access) -> Iterator[Moment]:
    """Calls, messages, visits and letters of collection: whom they reached and what came of it, numbers masked."""
    seen = contacts_seen(_cases(access) & Q(customer__in=customer_ids))
    for one in seen.iterator(chunk_size=100):
        icon, title = _CHANNELS[Channel(one.channel)]
        who = one.agency.name if one.agency is not None else one.by.display_name if one.by is not None else ""
        number = str(one.number.phone) if one.number is not None else ""
        url = reverse("collection_case", args=[one.case_id])
        yield Moment(one.at, icon, title, _came_of(one.whom, one.result, number), who, url)


def promises(customer_ids: Sequence[int], access: Access) -> Iterator[Moment]:
    """What the customer promised to pay, and whether the money came."""
    seen = promises_seen(_cases(access) & Q(case__customer__in=customer_ids))
    for one in seen.order_by("-made_at").iterator(chunk_size=100):
        url = reverse("collection_case", args=[one.case_id])
        text = _promised(one.due_on.isoformat(), yuan_grouped(one.amount), yuan_grouped(one.received))
        who = one.made_by.user.display_name
        yield Moment(one.made_at, "signature", _("承诺还款"), text, who, url, _PROMISED[PromiseState(one.state)])


def _cases(access: Access) -> Q:
    return access.records("collection.read", store="case__store_id", owner="case__collector_id")


def _result(whom: str, result: str, number: str) -> str:
    """In the language of the reader."""
    zh = (get_language() or "zh").startswith("zh")
    words = {one.code: (one.zh, one.en) for one in codes().visit} | {
        one.code: (one.zh, one.en) for one in codes().result
    }
    word = words[result][0 if zh else 1] if result in words else ""
    return " · ".join(part for part in (str(_WHOM[Whom(whom)]), number, word) if part)


def _promise(due: str, amount: str, received: str) -> str:
    """In the language of the reader."""
    return gettext("%(day)s 前还 %(amount)s 元，到账 %(got)s 元") % {"day": due, "amount": amount, "got": received}


_came_of = lazy(_result, str)
_promised = lazy(_promise, str)
