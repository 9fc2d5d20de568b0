"""The forms of custody."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chedai.catalog.partners.selectors import lenders
from chedai.deals.custody.rules import Courier, Holder
from chedai.deals.custody.states import HolderKind
from chedai.org.selectors import open_stores, staff_in
from chedai.web.custody.words import KINDS
from chedai.web.forms.fields import DayField


class EnterForm(forms.Form):
    """A thing that comes in."""

    kind = forms.ChoiceField(label=_("种类"), choices=list(KINDS.items()))
    number = forms.CharField(
        label=_("证件号或钥匙号"), max_length=60, required=False, help_text=_("绿本必填登记证书编号，加密保存。")
    )
    shelf = forms.CharField(
        label=_("库位"), max_length=40, required=False, help_text=_("由库管员直接入库时填写；留空则由您本人持有。")
    )


class SendForm(forms.Form):
    """Who is to have it, how, and until when."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    to = forms.ChoiceField(label=_("交给"))
    back_by = DayField(label=_("预计归还日"), required=False, help_text=_("交给员工或客户必填。"))
    company = forms.CharField(label=_("快递公司"), max_length=40, required=False, help_text=_("当面交接留空。"))
    waybill = forms.CharField(label=_("运单号"), max_length=40, required=False)

    def __init__(self, *args: Any, store_id: int, **options: Any) -> None:
        super().__init__(*args, **options)
        people = [(f"staff:{pk}", name) for pk, name in staff_in(store_id)]
        safes = [(f"safe:{pk}", name) for pk, name in open_stores()]
        banks = [(f"bank:{one.code}", one.name) for one in lenders() if not one.own_book]
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")),
            (_("本店员工"), people),
            (_("门店保险柜"), safes),
            (_("资方"), banks),
            (_("客户"), [("customer:", _("客户本人"))]),
        ]


class ReceiveForm(forms.Form):
    """Taking it over: a shelf of the safe, or who signed."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, to: HolderKind, **options: Any) -> None:
        super().__init__(*args, **options)
        if to is HolderKind.SAFE:
            self.fields["shelf"] = forms.CharField(label=_("库位"), max_length=40)
        elif to in (HolderKind.BANK, HolderKind.CUSTOMER):
            self.fields["proof"] = forms.CharField(label=_("回执号或签收人"), max_length=80)


class ReturnForm(forms.Form):
    """Who signed for everything."""

    proof = forms.CharField(label=_("签收人"), max_length=80)


class CountForm(forms.Form):
    """Whose safe is counted."""

    store_id = forms.TypedChoiceField(label=_("门店"), coerce=int)

    def __init__(self, *args: Any, stores: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["store_id"].choices = stores  # type: ignore[attr-defined]


class SettleForm(forms.Form):
    """What became of a difference."""

    result = forms.ChoiceField(
        label=_("结果"),
        choices=[("found", _("已找到或已说明")), ("write_off", _("核销"))],
        widget=forms.RadioSelect,
        initial="found",
    )
    reason = forms.CharField(label=_("原因"), max_length=200)


def holder_typed(value: str) -> Holder:
    """The holder of an option of the form."""
    kind, _colon, of = value.partition(":")
    if kind == HolderKind.STAFF:
        return Holder(kind=HolderKind.STAFF, staff_id=int(of))
    if kind == HolderKind.SAFE:
        return Holder(kind=HolderKind.SAFE, store_id=int(of))
    return Holder(kind=HolderKind(kind), party=of)


def courier_typed(data: dict[str, Any]) -> Courier | None:
    """The courier of the form; None where it is handed over by hand."""
    company, waybill = data["company"].strip(), data["waybill"].strip()
    return Courier(company, waybill) if company or waybill else None
