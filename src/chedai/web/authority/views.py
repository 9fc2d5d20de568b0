"""Limits of authority: the list of those that hold and held, and a form that sets one from today."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from chedai.org.access import in_force
from chedai.org.selectors import limits_seen, staff_here
from chedai.org.services import authority_set
from chedai.platform import clock
from chedai.web import words
from chedai.web.doors import Request, door
from chedai.web.forms.fields import MoneyField
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.page import list_page
from chedai.web.lists.spec import Choice, Column, Kind, ListSpec, Primary, Row, View
from chedai.web.staff.acts import TEMPLATE, stores_for
from chedai.web.staff.forms import Options, role_options


def _rows(request: Request) -> Any:
    found = limits_seen(request.access.stores("authority.read"))
    own = Q(staff_id=request.access.staff_id) | Q(staff=None, role__in=request.access.roles)
    wide = request.access.stores("authority.read")
    return found if wide is None or wide else limits_seen(None).filter(own)


def _holds(row: Row) -> bool:
    today = clock.business_date()
    return bool(row.since <= today and (row.until is None or row.until >= today))


def _state(value: str) -> Q:
    held = in_force(clock.business_date())
    return held if value == "now" else ~held


LIMITS: Final = ListSpec(
    key="authority",
    title=gettext_lazy("审批权限额度"),
    permission="authority.read",
    rows=_rows,
    columns=(
        Column("action", gettext_lazy("事项"), lambda x: words.action(x.action), sort="action", group="action"),
        Column("role", gettext_lazy("角色"), lambda x: words.role(x.role), sort="role"),
        Column("staff", gettext_lazy("本人额度"), lambda x: x.staff.user.display_name if x.staff else ""),
        Column("store", gettext_lazy("门店"), lambda x: x.store.name if x.store else _("整个集团")),
        Column("amount", gettext_lazy("金额上限"), lambda x: x.amount, Kind.MONEY, sort="amount"),
        Column("deviation", gettext_lazy("偏离上限（基点）"), lambda x: x.deviation, Kind.NUMBER, sort="deviation"),
        Column("since", gettext_lazy("自"), lambda x: x.since, Kind.DAY, sort="since"),
        Column("until", gettext_lazy("至"), lambda x: x.until, Kind.DAY, sort="until"),
    ),
    sort="action",
    filters=(
        Choice("role", gettext_lazy("角色"), lambda request: role_options(), lambda value: Q(role=value)),
        Choice(
            "state",
            gettext_lazy("状态"),
            lambda request: [("now", gettext_lazy("有效")), ("past", gettext_lazy("以前"))],
            _state,
        ),
    ),
    views=(View(gettext_lazy("有效"), "state=now"),),
    primary=Primary(gettext_lazy("设定额度"), "authority_new", "plus", "authority.manage"),
    empty=gettext_lazy("还没有设定审批权限额度：超出常规的申请会被拒绝。"),
)


class LimitForm(forms.Form):
    """A limit, from today."""

    action = forms.CharField(label=gettext_lazy("事项"), max_length=60, help_text=gettext_lazy("审批事项的代码"))
    role = forms.ChoiceField(label=gettext_lazy("角色"))
    staff = forms.ChoiceField(label=gettext_lazy("本人额度"), required=False)
    store = forms.ChoiceField(label=gettext_lazy("范围"), required=False)
    amount = MoneyField(label=gettext_lazy("金额上限"))
    deviation = forms.IntegerField(label=gettext_lazy("偏离上限（基点）"), min_value=0, max_value=10_000, initial=0)

    def __init__(self, *args: Any, stores: Options, people: Options, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = [("", "—"), *role_options()]  # type: ignore[attr-defined]
        self.fields["store"].choices = stores  # type: ignore[attr-defined]
        self.fields["staff"].choices = [("", gettext_lazy("角色的全部人员")), *people]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@door("authority.read")
def authority(request: Request) -> HttpResponse:
    """The limits the person may see."""
    return list_page(request, LIMITS)


@require_http_methods(["GET", "POST"])
@door("authority.manage")
def authority_new(request: Request) -> HttpResponse:
    """Set a limit from today; the one before ends yesterday."""
    people = staff_here(request.access.stores("authority.manage"), clock.business_date())
    page = FormPage(
        key="authority.new",
        form=LimitForm,
        template=TEMPLATE,
        save=_set,
        done=gettext_lazy("已设定额度"),
        options={
            "stores": stores_for(request, "authority.manage", group=gettext_lazy("整个集团")),
            "people": [(str(p.pk), f"{p.user.display_name} {p.number}") for p in people],
        },
        context={
            "title": _("设定额度"),
            "lead": _("今天起生效；同一事项、角色、范围以前的额度到昨天为止，历史保留。"),
            "verb": _("设定"),
            "back": reverse("authority"),
        },
    )
    return form_page(request, page)


def _set(data: dict[str, Any], request: Request) -> str:
    store_id = int(data.pop("store")) if data["store"] else data.pop("store") or None
    staff = data.pop("staff")
    request.access.require_for("authority.manage", store_id)
    authority_set(store_id=store_id, staff_id=int(staff) if staff else None, actor=request.actor, **data)
    return reverse("authority")
