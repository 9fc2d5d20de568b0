"""What is done with staff: they join, are described, take and lose roles, leave; their account is helped along."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from chedai.org import selectors, services
from chedai.platform import clock
from chedai.platform.accounts.factors import factors_reset
from chedai.platform.accounts.lockout import account_unlock
from chedai.platform.accounts.services import account_describe
from chedai.platform.accounts.sessions import sessions_end
from chedai.platform.errors import Refusal
from chedai.web import words
from chedai.web.accounts.links import link_send
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.staff.forms import DescribeForm, GrantForm, JoinForm, LeaveForm, ReasonForm
from chedai.web.staff.pages import member, things

TEMPLATE = "web/staff/form.html"


def one(pk: int) -> str:
    """The address of a person's page."""
    return reverse("staff_one", args=[pk])


def stores_for(request: Request, permission: str, *, group: str | Promise = "") -> list[tuple[str, str | Promise]]:
    """The stores the person may act for; with `group` the whole group as well, for who may act for it."""
    reach = request.access.stores(permission)
    stores: list[tuple[str, str | Promise]] = [
        (str(number), name) for number, name in selectors.open_stores() if reach is None or number in reach
    ]
    return [*stores, ("", group)] if group and reach is None else stores


@require_http_methods(["GET", "POST"])
@door("staff.manage")
def staff_new(request: Request) -> HttpResponse:
    """Somebody joins; the link to set a password goes out when all is saved."""
    page = FormPage(
        key="staff.new",
        form=JoinForm,
        template=TEMPLATE,
        save=_join,
        done=gettext_lazy("已建立员工账号"),
        initial={"joined_on": clock.business_date()},
        options={"stores": stores_for(request, "staff.manage")},
        context={"title": _("新员工"), "verb": _("建立账号"), "back": reverse("staff")},
    )
    return form_page(request, page)


def _join(data: dict[str, Any], request: Request) -> str:
    home = int(data.pop("home"))
    request.access.require_for("staff.manage", home)
    staff = services.staff_join(home_id=home, actor=request.actor, **data)
    transaction.on_commit(functools.partial(link_send, request, staff.user_id))
    return one(staff.pk)


@require_http_methods(["GET", "POST"])
@door("staff.manage")
def staff_describe(request: Request, pk: int) -> HttpResponse:
    """Correct a name or an address."""
    found = member(request, pk, "staff.manage")

    def save(data: dict[str, Any], request: Request) -> str:
        names = {"display_name": data["name"], "email": data["email"]}
        account_describe(user_id=found.user_id, actor=request.actor, **names)
        return one(pk)

    page = FormPage(
        key=f"staff.describe.{pk}",
        form=DescribeForm,
        template=TEMPLATE,
        save=save,
        done=gettext_lazy("已保存"),
        initial={"name": found.user.display_name, "email": found.user.email},
        context={"title": _("姓名与邮箱"), "subtitle": found.number, "verb": _("保存"), "back": one(pk)},
    )
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door("role.grant")
def staff_grant(request: Request, pk: int) -> HttpResponse:
    """Give a role. What conflicts with a role held is explained at the field."""
    found = member(request, pk)

    def save(data: dict[str, Any], request: Request) -> str:
        store_id = int(data["store"]) if data["store"] else None
        request.access.require_for("role.grant", store_id)
        services.role_grant(staff_id=pk, role=data["role"], store_id=store_id, actor=request.actor)
        return one(pk)

    page = FormPage(
        key=f"staff.grant.{pk}",
        form=GrantForm,
        template=TEMPLATE,
        save=save,
        done=gettext_lazy("已授予角色"),
        initial={"store": found.home_id},
        options={"stores": stores_for(request, "role.grant", group=gettext_lazy("整个集团"))},
        context={"title": _("授予角色"), "subtitle": found.user.display_name, "verb": _("授予"), "back": one(pk)},
        drafts=False,
    )
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door("role.grant")
def grant_withdraw(request: Request, pk: int) -> HttpResponse:
    """Take a role back, with the reason."""
    grant = selectors.grant_found(pk)
    member(request, grant.staff_id)
    request.access.require_for("role.grant", grant.store_id)

    def save(data: dict[str, Any], request: Request) -> str:
        services.role_withdraw(grant_id=pk, reason=data["reason"], actor=request.actor)
        return one(grant.staff_id)

    whose = f"{grant.staff.user.display_name} · {words.role(grant.role)}"
    page = FormPage(
        key=f"grant.withdraw.{pk}",
        form=ReasonForm,
        template=TEMPLATE,
        save=save,
        done=gettext_lazy("已收回角色"),
        context={"title": _("收回角色"), "subtitle": whose, "verb": _("收回"), "back": one(grant.staff_id)},
        drafts=False,
    )
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door("staff.handover")
def staff_leave(request: Request, pk: int) -> HttpResponse:
    """Somebody leaves: what moves is shown first, then everything happens in one act."""
    found, today = member(request, pk, "staff.handover"), clock.business_date()
    reach = request.access.stores("staff.handover")
    others = selectors.staff_here(reach, today).exclude(pk=pk)
    people = [(str(p.pk), f"{p.user.display_name} {p.number}") for p in others]

    def save(data: dict[str, Any], request: Request) -> str:
        if data["left_on"] > today:
            zh, en = "交接立即生效，离职日期不得晚于今天", "it takes effect now: the day is not in the future"
            raise Refusal("left-later", zh, en, field="left_on")
        successor = int(data["successor"])
        services.staff_leave(staff_id=pk, successor_id=successor, left_on=data["left_on"], actor=request.actor)
        return one(pk)

    page = FormPage(
        key=f"staff.leave.{pk}",
        form=LeaveForm,
        template="web/staff/leave.html",
        save=save,
        done=gettext_lazy("已交接，账号已停用"),
        initial={"left_on": today},
        options={"people": people},
        context={
            "title": _("离职交接"),
            "subtitle": found.user.display_name,
            "verb": _("移交并停用账号"),
            "back": one(pk),
            "things": things(pk),
        },
        drafts=False,
    )
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door("staff.manage")
def staff_factors(request: Request, pk: int) -> HttpResponse:
    """Take the second factor off somebody who lost it."""
    found = member(request, pk, "staff.manage")

    def save(data: dict[str, Any], request: Request) -> str:
        factors_reset(user_id=found.user_id, reason=data["reason"], actor=request.actor)
        return one(pk)

    page = FormPage(
        key=f"staff.factors.{pk}",
        form=ReasonForm,
        template=TEMPLATE,
        save=save,
        done=gettext_lazy("已重置，本人下次登录时重新设置"),
        context={
            "title": _("重置第二重验证"),
            "subtitle": found.user.display_name,
            "lead": _("请先当面或通过电话确认是本人。重置后，其全部登录随即失效。"),
            "verb": _("重置"),
            "back": one(pk),
        },
        drafts=False,
    )
    return form_page(request, page)


def _help(act: Callable[[Request, int], Any], done: Promise) -> Callable[[Request, int], HttpResponse]:
    def view(request: Request, pk: int) -> HttpResponse:
        act(request, member(request, pk, "staff.manage").user_id)
        messages.success(request, str(done))
        return HttpResponseRedirect(one(pk))

    return view


staff_unlock = require_POST(
    door("staff.manage")(
        _help(lambda request, user: account_unlock(user_id=user, actor=request.actor), gettext_lazy("已解锁"))
    )
)
staff_sign_out = require_POST(
    door("staff.manage")(
        _help(lambda request, user: sessions_end(user_id=user, actor=request.actor), gettext_lazy("已退出其全部登录"))
    )
)
staff_link = require_POST(door("staff.manage")(_help(link_send, gettext_lazy("已发送设置密码的链接"))))
