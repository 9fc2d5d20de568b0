"""The list of API tokens. Nobody makes one for somebody else: a token acts as its account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from chedai.org.permissions import table
from chedai.org.selectors import staff_seen
from chedai.platform import clock
from chedai.platform.accounts.selectors import tokens
from chedai.platform.accounts.tokens import token_revoke
from chedai.platform.errors import NotFound
from chedai.web.doors import Request
from chedai.web.lists.spec import Bulk, Choice, Column, Days, Kind, ListSpec, Primary, Row, RowAct, Search, Text, View

MANAGE: Final = "token.manage"
_SOON: Final = timedelta(days=30)


def seen(request: Request) -> QuerySet[Any]:
    """The tokens of the people of one's stores; who manages the whole group sees those of accounts without a store."""
    if request.access.stores(MANAGE) is None:
        return tokens()
    people = staff_seen(request.access.records(MANAGE, store="home_id", owner="pk")).prefetch_related(None)
    return tokens().filter(user_id__in=people.values("user_id"))


def scopes(token: Row) -> str:
    """The rights of a token in words."""
    rights, zh = table().permissions, (get_language() or "zh").startswith("zh")
    known = [(rights[code].zh if zh else rights[code].en) if code in rights else code for code in token.scopes]
    return ("、" if zh else ", ").join(known)


def _state(token: Row) -> tuple[Text, str]:
    if token.revoked_at is not None:
        return _("已收回"), ""
    if token.expires_at <= clock.now():
        return _("已过期"), "amber"
    return _("在用"), "green"


def _in_state(value: str) -> Q:
    now = clock.now()
    held = Q(revoked_at=None, expires_at__gt=now)
    found = {
        "held": held,
        "soon": held & Q(expires_at__lte=now + _SOON),
        "unused": held & Q(used_at=None),
        "over": Q(revoked_at=None, expires_at__lte=now),
        "revoked": Q(revoked_at__isnull=False),
    }
    return found.get(value, Q(pk__in=[]))


def _states(request: Request) -> Sequence[tuple[str, Text]]:
    return [
        ("held", _("在用")),
        ("soon", _("30 天内到期")),
        ("unused", _("从未用过")),
        ("over", _("已过期")),
        ("revoked", _("已收回")),
    ]


def _revoke(request: Request, picked: Sequence[int]) -> str:
    mine = set(seen(request).filter(_in_state("held"), pk__in=picked).values_list("pk", flat=True))
    if mine != set(picked):
        raise NotFound("no-such-token", "所选密钥中有不在用的", "one of these tokens is not in force")
    for token_id in sorted(mine):
        token_revoke(token_id=token_id, actor=request.actor)
    return ngettext("已收回 %d 个密钥", "已收回 %d 个密钥", len(mine)) % len(mine)


TOKENS: Final = ListSpec(
    key="tokens",
    title=_("接口密钥"),
    unit=_("个"),
    permission=MANAGE,
    rows=seen,
    columns=(
        Column("name", _("名称"), lambda t: t.name, sort="name", note=lambda t: f"cd_{t.prefix}_…"),
        Column(
            "owner",
            _("持有人"),
            lambda t: t.user.display_name,
            sort="user__display_name",
            group="user__display_name",
            note=lambda t: t.user.username,
        ),
        Column("state", _("状态"), lambda t: _state(t)[0], Kind.TAG, tint=lambda t: _state(t)[1]),
        Column("scopes", _("权限"), scopes),
        Column("used_at", _("最近使用"), lambda t: t.used_at, Kind.MOMENT, sort="used_at"),
        Column("expires_at", _("有效至"), lambda t: t.expires_at, Kind.MOMENT, sort="expires_at"),
        Column("made_at", _("生成时间"), lambda t: t.made_at, Kind.MOMENT, sort="pk"),
        Column("revoked_at", _("收回时间"), lambda t: t.revoked_at, Kind.MOMENT, sort="revoked_at", shown=False),
    ),
    sort="-made_at",
    filters=(
        Choice("state", _("状态"), _states, _in_state),
        Days("expires", _("到期日"), "expires_at", moments=True),
    ),
    search=Search(
        _("名称、持有人"),
        lambda typed: (
            Q(name__icontains=typed) | Q(user__display_name__icontains=typed) | Q(user__username__iexact=typed)
        ),
    ),
    views=(View(_("在用"), "state=held"), View(_("30 天内到期"), "state=soon"), View(_("从未用过"), "state=unused")),
    bulk=(Bulk("revoke", _("收回选中的密钥"), MANAGE, _revoke),),
    acts=(
        RowAct(
            _("收回"),
            lambda t: reverse("token_revoke", args=[t.pk]) if _state(t)[1] == "green" else None,
            post=True,
        ),
    ),
    primary=Primary(_("新密钥"), "own_token_new", "plus", MANAGE),
    empty=_("还没有人生成过接口密钥。"),
)
