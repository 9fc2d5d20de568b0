"""The security in the words of the desk."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chedai.deals.collateral.states import Cover, ItemKind, ItemState

ITEMS: Final[dict[str, Promise]] = {
    ItemKind.PLATE: _("上牌"),
    ItemKind.LIEN: _("抵押登记"),
    ItemKind.GREEN_BOOK: _("绿本回收"),
    ItemKind.COMPULSORY: _("交强险"),
    ItemKind.COMMERCIAL: _("商业险"),
    ItemKind.GPS: _("定位装置"),
}
STATES: Final[dict[str, tuple[Promise, str]]] = {
    ItemState.WAITING: (_("未起算"), ""),
    ItemState.OPEN: (_("办理中"), "blue"),
    ItemState.DONE: (_("已完成"), "green"),
    ItemState.LAPSED: (_("已失效"), "red"),
}
REFERENCES: Final[dict[str, Promise]] = {
    ItemKind.PLATE: _("号牌"),
    ItemKind.LIEN: _("抵押登记编号"),
    ItemKind.GREEN_BOOK: _("登记证书编号"),
    ItemKind.GPS: _("设备号"),
}
COVERS: Final[dict[str, Promise]] = {Cover.COMPULSORY: _("交强险"), Cover.COMMERCIAL: _("商业险")}
