"""The list of imports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chedai.web.doors import Request
from chedai.web.imports import words
from chedai.web.imports.seen import batches, kinds_for, name_bringers
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Primary, Text, View


def _kinds(request: Request) -> Sequence[tuple[str, Text]]:
    return [(kind.code, words.kind_words(kind)) for kind in kinds_for(request)]


IMPORTS: Final = ListSpec(
    key="imports",
    title=_("导入"),
    unit=_("批"),
    permission="import.run",
    rows=batches,
    enrich=name_bringers,
    columns=(
        Column(
            "kind",
            _("内容"),
            lambda batch: words.kind_named(batch.kind),
            sort="kind",
            group="kind",
            link=lambda batch: reverse("import", args=[batch.pk]),
            note=lambda batch: f"{batch.pk:06}",
        ),
        Column(
            "state",
            _("状态"),
            lambda batch: words.STATES[batch.state][0],
            Kind.TAG,
            sort="state",
            group="state",
            tint=lambda batch: words.STATES[batch.state][1],
        ),
        Column("rows", _("行数"), lambda batch: batch.counts.get("rows", 0), Kind.NUMBER),
        Column("counts", _("结果"), lambda batch: words.counts_line(batch.counts)),
        Column("bringer", _("导入人"), lambda batch: batch.bringer),
        Column("brought_at", _("上传时间"), lambda batch: batch.brought_at, Kind.MOMENT, sort="brought_at"),
        Column("committed_at", _("写入时间"), lambda batch: batch.committed_at, Kind.MOMENT, sort="committed_at"),
    ),
    sort="-brought_at",
    filters=(
        Choice("kind", _("内容"), _kinds, lambda value: Q(kind=value)),
        Choice(
            "state",
            _("状态"),
            lambda request: [(state, said) for state, (said, _tint) in words.STATES.items()],
            lambda value: Q(state=value),
        ),
        Days("brought", _("上传日期"), "brought_at", moments=True),
    ),
    views=(View(_("待写入"), "state=checked"), View(_("待对列"), "state=brought")),
    primary=Primary(_("导入文件"), "import_new", "upload", "import.run"),
    empty=_("还没有导入过。先下载模板，或直接带上自己的表格。"),
)
