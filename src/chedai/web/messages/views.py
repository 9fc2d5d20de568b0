"""The list of messages."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from chedai.crm.customers.selectors import customers_seen
from chedai.platform.messages.channels import channels
from chedai.platform.messages.selectors import messages as sent
from chedai.platform.messages.selectors import messages_to
from chedai.platform.messages.states import Category, State
from chedai.web.doors import Request, door
from chedai.web.lists.page import list_page
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, View
from chedai.web.words import subject

STATES: Final[dict[str, Promise]] = {
    State.WAITING: _("待发"),
    State.SENT: _("已发"),
    State.OPTED_OUT: _("对方拒收"),
    State.FAILED: _("失败"),
}
CATEGORIES: Final[dict[str, Promise]] = {
    Category.SERVICE: _("服务"),
    Category.REMINDER: _("提醒"),
    Category.MARKETING: _("营销"),
}
REFUSABLE: Final = (Category.REMINDER.value, Category.MARKETING.value)
"""What a person may refuse: service messages belong to what they asked for."""

_TINTS: Final = {State.SENT.value: "green", State.FAILED.value: "red", State.OPTED_OUT.value: "amber"}


def _seen(request: Request) -> QuerySet[Any]:
    """The messages to customers of the stores a person answers for; all of them where they answer for the house."""
    records = request.access.records("message.read")
    return messages_to("customer", customers_seen(records)) if records else sent()


MESSAGES: Final = ListSpec(
    key="messages",
    title=_("已发消息"),
    unit=_("条"),
    permission="message.read",
    rows=lambda request: _seen(request),
    columns=(
        Column("subject", _("对象"), lambda m: subject(m.subject), sort="subject"),
        Column(
            "state",
            _("状态"),
            lambda m: STATES[m.state],
            Kind.TAG,
            sort="state",
            group="state",
            tint=lambda m: _TINTS.get(m.state, ""),
        ),
        Column(
            "template",
            _("模板"),
            lambda m: m.template.code,
            sort="template__code",
            group="template__code",
            note=lambda m: f"v{m.template.version}",
        ),
        Column("channel", _("渠道"), lambda m: m.template.channel, group="template__channel"),
        Column("category", _("类别"), lambda m: CATEGORIES[m.template.category], group="template__category"),
        Column("address", _("地址"), lambda m: m.address, shown=False),
        Column("asked_at", _("提交时间"), lambda m: m.asked_at, Kind.MOMENT, sort="pk"),
        Column("sent_at", _("发出时间"), lambda m: m.sent_at, Kind.MOMENT, sort="sent_at"),
    ),
    sort="-asked_at",
    filters=(
        Choice("state", _("状态"), lambda request: list(STATES.items()), lambda value: Q(state=value)),
        Choice(
            "category", _("类别"), lambda request: list(CATEGORIES.items()), lambda value: Q(template__category=value)
        ),
        Days("asked", _("提交日期"), "asked_at", moments=True),
    ),
    views=(View(_("失败"), "state=failed", red=True),),
    empty=_("还没有发出过消息。"),
)


@require_http_methods(["GET", "POST"])
@door("message.read")
def messages(request: Request) -> HttpResponse:
    """Every message, with where it stands."""
    return list_page(request, MESSAGES, {"before": "web/messages/demo_link.html", "demo": "console" in channels()})
