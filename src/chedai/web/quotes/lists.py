"""The list of quotes."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chedai.deals.quotes.frozen import FrozenPlan
from chedai.deals.quotes.selectors import plans_of, quotes_seen
from chedai.deals.quotes.states import QuoteState
from chedai.web.doors import Request
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Row, Search, View

STATES: Final[dict[str, Promise]] = {
    QuoteState.DRAFT: _("草稿"),
    QuoteState.OFFERED: _("已报出"),
    QuoteState.ACCEPTED: _("已接受"),
    QuoteState.EXPIRED: _("已过期"),
    QuoteState.WITHDRAWN: _("已撤回"),
}
TINTS: Final = {QuoteState.OFFERED: "blue", QuoteState.ACCEPTED: "green", QuoteState.EXPIRED: "amber"}


def _rows(request: Request) -> QuerySet[Any]:
    return quotes_seen(request.access.records("quote.read", owner="officer_id"))


def _preferred(quote: Row) -> FrozenPlan:
    return tuple(plans_of(quote))[int(quote.preferred)]


def _monthly(quote: Row) -> int:
    return _preferred(quote).instalment


def _lender(quote: Row) -> str:
    return _preferred(quote).lender_name


def _customer(quote: Row) -> Any:
    known = (quote.deal.customer if quote.deal else None) or quote.customer or quote.lead or quote.visit
    return known.name if known else "—"


QUOTES: Final = ListSpec(
    key="quotes",
    title=_("报价单"),
    unit=_("份"),
    permission="quote.read",
    rows=_rows,
    columns=(
        Column(
            "number",
            _("报价单"),
            lambda quote: f"{quote.number} v{quote.version}",
            sort="pk",
            link=lambda quote: reverse("quote", args=[quote.pk]),
            note=lambda quote: quote.vehicle,
        ),
        Column(
            "state",
            _("状态"),
            lambda quote: STATES[quote.state],
            Kind.TAG,
            sort="state",
            group="state",
            tint=lambda quote: TINTS.get(quote.state, ""),
        ),
        Column("customer", _("客户"), _customer),
        Column("deal", _("案卷"), lambda quote: quote.deal.number if quote.deal else "—"),
        Column("lender", _("首选机构"), _lender),
        Column("monthly", _("首选月供（元）"), _monthly, Kind.MONEY),
        Column("valid", _("有效至"), lambda quote: quote.valid_until, Kind.DAY, sort="valid_until"),
        Column("officer", _("专员"), lambda quote: quote.officer.user.display_name, shown=False),
        Column("prepared", _("测算时间"), lambda quote: quote.prepared_at, Kind.MOMENT, sort="pk"),
    ),
    sort="-prepared",
    filters=(
        Choice("state", _("状态"), lambda request: list(STATES.items()), lambda value: Q(state=value)),
        Days("prepared", _("测算日期"), "prepared_at", moments=True),
    ),
    search=Search(_("报价单号、案卷号、车型"), lambda typed: _search(typed)),
    views=(
        View(_("有效"), f"state={QuoteState.OFFERED}"),
        View(_("已接受"), f"state={QuoteState.ACCEPTED}"),
    ),
    empty=_("还没有报价单：在报价台打印、发送或建案卷时生成。"),
)


def _search(typed: str) -> Q:
    return Q(number__istartswith=typed) | Q(deal__number__istartswith=typed) | Q(vehicle__icontains=typed)
