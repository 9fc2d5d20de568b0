"""The list of staff: who belongs where, and what they may do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from chedai.org.access import holders
from chedai.org.permissions import table
from chedai.org.selectors import open_stores, staff_seen
from chedai.platform import clock
from chedai.web import words
from chedai.web.doors import Request, door
from chedai.web.lists.page import list_page
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Primary, Row, Search, Text, View, by_number


def _roles(person: Row) -> str:
    today = clock.business_date()
    held = [g for g in person.grants.all() if g.since <= today and (g.until is None or g.until >= today)]
    return "、".join(f"{words.role(g.role)} · {g.store.name}" if g.store else words.role(g.role) for g in held)


def _stores(request: Request) -> Sequence[tuple[str, Text]]:
    return [(str(number), name) for number, name in open_stores()]


def _role_options(request: Request) -> Sequence[tuple[str, Text]]:
    return [(role, words.role(role)) for role in table().roles]


def _holding(role: str) -> Q:
    return holders(role, clock.business_date())


def _state(person: Row) -> Text:
    today = clock.business_date()
    if person.left_on is not None and person.left_on <= today:
        return _("已离职")
    return _("在职") if person.joined_on <= today else _("未到岗")


STAFF: Final = ListSpec(
    key="staff",
    title=_("员工"),
    unit=_("人"),
    permission="staff.read",
    rows=lambda request: staff_seen(request.access.records("staff.read", store="home_id", owner="pk")),
    columns=(
        Column(
            "name",
            _("姓名"),
            lambda p: p.user.display_name,
            sort="user__display_name",
            note=lambda p: p.number,
            link=lambda p: reverse("staff_one", args=[p.pk]),
        ),
        Column("state", _("状态"), _state, Kind.TAG, tint=lambda p: "" if p.left_on else "green"),
        Column("store", _("门店"), lambda p: p.home.name, sort="home__code", group="home__name"),
        Column("team", _("小组"), lambda p: p.team.name if p.team else "", sort="team__name", group="team__name"),
        Column("roles", _("角色"), _roles),
        Column("username", _("登录名"), lambda p: p.user.username, shown=False),
        Column("joined", _("入职日期"), lambda p: p.joined_on, Kind.DAY, sort="joined_on"),
        Column("left", _("离职日期"), lambda p: p.left_on, Kind.DAY, sort="left_on", shown=False),
    ),
    sort="name",
    filters=(
        Choice("store", _("门店"), _stores, by_number("home_id")),
        Choice("role", _("角色"), _role_options, _holding),
        Choice(
            "state",
            _("状态"),
            lambda request: [("here", _("在职")), ("left", _("已离职"))],
            lambda value: _left() if value == "left" else ~_left(),
        ),
        Days("joined", _("入职日期"), "joined_on"),
    ),
    search=Search(
        _("姓名、工号、登录名"),
        lambda typed: (
            Q(user__display_name__icontains=typed) | Q(number__iexact=typed) | Q(user__username__iexact=typed)
        ),
    ),
    views=(View(_("在职"), "state=here"), View(_("已离职"), "state=left")),
    primary=Primary(_("新员工"), "staff_new", "plus", "staff.manage"),
    empty=_("你的范围内还没有员工。"),
)


def _left() -> Q:
    return Q(left_on__isnull=False, left_on__lte=clock.business_date())


@require_http_methods(["GET", "POST"])
@door("staff.read")
def staff(request: Request) -> HttpResponse:
    """The staff of the stores the person reaches."""
    return list_page(request, STAFF)
