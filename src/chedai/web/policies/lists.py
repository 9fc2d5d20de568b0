"""The list of drafts."""

from __future__ import annotations

from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chedai.platform.policies.selectors import drafts
from chedai.web.lists.spec import Choice, Column, Kind, ListSpec, Primary, View
from chedai.web.policies import words

DRAFTS: Final = ListSpec(
    key="policy.drafts",
    title=_("政策草案"),
    unit=_("份"),
    permission="policy.read",
    rows=lambda request: drafts(),
    columns=(
        Column(
            "name",
            _("文件"),
            lambda draft: draft.name,
            sort="name",
            group="name",
            link=lambda draft: reverse("policy_draft", args=[draft.pk]),
        ),
        Column(
            "state",
            _("状态"),
            lambda draft: words.DRAFTS[draft.state][0],
            Kind.TAG,
            sort="state",
            group="state",
            tint=lambda draft: words.DRAFTS[draft.state][1],
        ),
        Column("writer", _("起草人"), lambda draft: draft.written_by.display_name),
        Column("written_at", _("起草时间"), lambda draft: draft.written_at, Kind.MOMENT, sort="written_at"),
        Column("published_at", _("发布时间"), lambda draft: draft.published_at, Kind.MOMENT, sort="published_at"),
    ),
    sort="-written_at",
    filters=(
        Choice(
            "state",
            _("状态"),
            lambda request: [(state, said) for state, (said, _tint) in words.DRAFTS.items()],
            lambda value: Q(state=value),
        ),
    ),
    views=(View(_("起草中"), "state=draft"), View(_("待发布"), "state=pending")),
    primary=Primary(_("起草政策"), "policy_files", "plus", "policy.draft"),
    empty=_("还没有草案：在文件一览中选一个文件起草。"),
)
