"""The list of loans that are settled and not yet given back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from chedai.book.closing import selectors
from chedai.book.closing.states import ClosureState
from chedai.org.selectors import open_stores
from chedai.platform import clock
from chedai.web.doors import Request, door
from chedai.web.lists.page import list_page
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Row, Search, Text, View, by_number
from chedai.web.loans.closing import STATES

YEAR: Final = timedelta(days=365)
_STORE: Final = "loan__store_id"
_OFFICER: Final = "loan__officer_id"


def _records(request: Request) -> Q:
    return request.access.records("loan.read", store=_STORE, owner=_OFFICER)


def _stores(request: Request) -> Sequence[tuple[str, Text]]:
    reach = request.access.stores("loan.read")
    return [(str(number), name) for number, name in open_stores() if reach is None or number in reach]


def _tint(closure: Row) -> str:
    return "red" if closure.next_due is not None and closure.next_due < clock.business_date() else ""


def _days(closure: Row) -> int:
    return int(((closure.ended_on or clock.business_date()) - closure.settled_on).days)


CLOSURES: Final = ListSpec(
    key="closures",
    title=_("结清办理"),
    unit=_("笔"),
    permission="loan.read",
    rows=lambda request: selectors.closures_seen(_records(request)),
    columns=(
        Column(
            "loan",
            _("贷款"),
            lambda closure: closure.loan.number,
            Kind.CODE,
            sort="loan__number",
            link=lambda closure: reverse("loan_closure", args=[closure.loan.number]),
        ),
        Column("customer", _("客户"), lambda closure: closure.loan.customer.title),
        Column("settled_on", _("结清日"), lambda closure: closure.settled_on, Kind.DAY, sort="settled_on"),
        Column("next_due", _("最近到期"), lambda closure: closure.next_due, Kind.DAY, sort="next_due", tint=_tint),
        Column("number", _("结清证明"), lambda closure: closure.number or ""),
        Column("released_on", _("解押日"), lambda closure: closure.released_on, Kind.DAY, sort="released_on"),
        Column("days", _("结清至今或办结（天）"), _days, Kind.NUMBER),
        Column(
            "state",
            _("状态"),
            lambda closure: STATES[closure.state][0],
            Kind.TAG,
            sort="state",
            group="state",
            tint=lambda closure: STATES[closure.state][1],
        ),
        Column("store", _("门店"), lambda closure: closure.loan.store.name, group="loan__store__name"),
    ),
    sort="settled_on",
    filters=(
        Choice(
            "state",
            _("状态"),
            lambda request: [(one, STATES[one][0]) for one in (ClosureState.OPEN, ClosureState.COMPLETE)],
            lambda value: Q(state=value),
        ),
        Choice("store", _("门店"), _stores, by_number(_STORE)),
        Days("settled", _("结清日"), "settled_on"),
    ),
    views=(View(_("办理中"), "state=open"), View(_("已办结"), "state=complete")),
    search=Search(_("贷款号"), lambda typed: Q(loan__number__startswith=typed.strip().upper())),
    empty=_("还没有结清的贷款。"),
)


@require_http_methods(["GET", "POST"])
@door("loan.read")
def closures(request: Request) -> HttpResponse:
    """Settled loans, the oldest first; above them how long it takes to release a lien."""
    count, median = selectors.release_days(_records(request), clock.business_date() - YEAR)
    extra = {"below": "web/loans/release.html", "released": count, "median": median}
    return list_page(request, CLOSURES, extra)
