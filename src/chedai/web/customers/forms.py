"""What is asked when a customer is registered, corrected, related or merged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chedai.crm.customers.services import CHANGEABLE
from chedai.web.customers import words

Options = Sequence[tuple[str, str | Promise]]

_NO_TRADE: Final = ("", "—")


def _watched(of: str) -> dict[str, Any]:
    """A field that says who is known while it is typed. `of` names it."""
    return {
        "hx-post": reverse_lazy("customer_known"),
        "hx-trigger": "input changed delay:300ms, change from:[name='kind']",
        "hx-target": f"#known-{of}",
        "hx-include": "closest form",
        "hx-vals": f'{{"of": "{of}"}}',
        "autocomplete": "off",
    }


class RegisterForm(forms.Form):
    """A new customer."""

    kind = forms.ChoiceField(label=_("类型"), choices=list(words.KINDS.items()), widget=forms.RadioSelect)
    name = forms.CharField(label=_("姓名或名称"), max_length=80)
    id_number = forms.CharField(
        label=_("身份证号或统一社会信用代码"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs=_watched("id_number")),
    )
    phone = forms.CharField(
        label=_("电话号码"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs=_watched("phone") | {"inputmode": "tel"}),
    )
    trade = forms.ChoiceField(
        label=_("特定行业"),
        required=False,
        choices=[_NO_TRADE, *words.TRADES.items()],
        help_text=_("贷款机构对这些行业另有规则；不属于其中任何一项的不选"),
    )
    store = forms.ChoiceField(label=_("门店"))
    owner = forms.ChoiceField(label=_("负责人"))

    def __init__(self, *args: Any, stores: Options, owners: Options, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["store"].choices = stores  # type: ignore[attr-defined]
        self.fields["owner"].choices = owners  # type: ignore[attr-defined]
        for name, given in (("store", stores), ("owner", owners)):
            if len(given) == 1:  # no choice to make
                self.fields[name].widget = forms.HiddenInput()
                self.fields[name].initial = given[0][0]


class ChangeForm(forms.Form):
    """A correction. What is on file stays unless something is typed; it is never written into the form."""

    name = forms.CharField(label=_("姓名或名称"), max_length=80, required=False)
    id_number = forms.CharField(label=_("身份证号或统一社会信用代码"), max_length=30, required=False)
    phone = forms.CharField(label=_("电话号码"), max_length=30, required=False)
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    bank_account = forms.CharField(label=_("银行账号"), max_length=40, required=False)
    trade = forms.ChoiceField(label=_("特定行业"), required=False, choices=[_NO_TRADE, *words.TRADES.items()])
    gone = forms.MultipleChoiceField(label=_("删去"), required=False, widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=_("更正原因"), max_length=200, help_text=_("旧值连同原因一起保留；原因中不要写电话、证件号或账号")
    )

    def __init__(self, *args: Any, on_file: dict[str, str], **options: Any) -> None:
        """`on_file` holds, masked, what there is."""
        super().__init__(*args, **options)
        for name in CHANGEABLE:
            self.fields[name].widget.attrs |= {"placeholder": on_file.get(name, ""), "autocomplete": "off"}
        there = [(name, self.fields[name].label) for name in CHANGEABLE if name in on_file and name != "name"]
        self.fields["gone"].choices = there  # type: ignore[attr-defined]
        if not there:
            del self.fields["gone"]


class RelationForm(forms.Form):
    """Somebody who belongs to a customer."""

    kind = forms.ChoiceField(label=_("对方是这位客户的"), choices=[("", "—"), *words.RELATIONS.items()])
    other = forms.CharField(
        label=_("对方"), max_length=60, help_text=_("对方的电话、证件号或客户编号；还没有档案的先登记")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["other"].widget.attrs["autocomplete"] = "off"


class MergeForm(forms.Form):
    """Why two records are one person."""

    reason = forms.CharField(label=_("合并原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
    sure = forms.BooleanField(label=_("我已核对两份档案是同一人：历史与关系并到保留的档案，不能撤销"))


class ConsentForm(forms.Form):
    """One purpose, agreed to on its own, with its proof."""

    purpose = forms.ChoiceField(label=_("用途"))
    wording = forms.CharField(label=_("文本版本"), max_length=40, help_text=_("客户签的是哪一版授权书，如 SQ-2026-10"))
    file = forms.FileField(label=_("授权书照片或 PDF"), required=False)
    filed = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9/._-]*$",
        label=_("纸质件归档编号"),
        max_length=40,
        required=False,
        help_text=_("没有照片时填；只写字母、数字和连字符，不写姓名"),
    )

    def __init__(self, *args: Any, offered: Options, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["purpose"].choices = [("", "—"), *offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Errors: at the file where there is neither a file nor the number of the paper."""
        given: dict[str, Any] = super().clean() or {}
        if not given.get("file") and not given.get("filed") and "filed" not in self.errors:
            self.add_error("file", _("请上传授权书，或填写纸质件归档编号"))
        return given
