"""Kinds, states and counts of imports in words."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chedai.platform.imports.kinds import ImportKind, kinds
from chedai.platform.imports.states import BatchState, RowState

STATES: Final[dict[str, tuple[Promise, str]]] = {
    BatchState.BROUGHT: (_("待对列"), "amber"),
    BatchState.CHECKING: (_("试算中"), "blue"),
    BatchState.CHECKED: (_("待写入"), "amber"),
    BatchState.WRITING: (_("写入中"), "blue"),
    BatchState.WRITTEN: (_("已写入"), "green"),
    BatchState.UNDOING: (_("撤销中"), "blue"),
    BatchState.UNDONE: (_("已撤销"), ""),
}
MOVING: Final = (BatchState.CHECKING, BatchState.WRITING, BatchState.UNDOING)
COUNTS: Final[tuple[tuple[RowState, Promise, str, Promise], ...]] = (
    (RowState.GOOD, _("可写入"), "green", _("检查通过")),
    (RowState.WRITTEN, _("已写入"), "green", _("已在系统中")),
    (RowState.SAME, _("相同"), "", _("以前导入过，没有变化，不再写入")),
    (RowState.BAD, _("有问题"), "red", _("不会写入，原因见问题行")),
    (RowState.UNDONE, _("已撤销"), "", _("已从系统中取出")),
    (RowState.KEPT, _("未撤销"), "amber", _("已有人使用，保留")),
)


def kind_words(kind: ImportKind) -> str:
    """What is imported."""
    return kind.zh if (get_language() or "zh").startswith("zh") else kind.en


def kind_named(code: str) -> str:
    """The same by its code; a kind nobody installs any more as it is written."""
    found = kinds().get(code)
    return code if found is None else kind_words(found)


def counts_line(counts: dict[str, int]) -> str:
    """The counts of a batch in one line: 可写入 4,998 · 有问题 2."""
    return " · ".join(f"{said} {counts[state]:,}" for state, said, _tint, _note in COUNTS if counts.get(state))
