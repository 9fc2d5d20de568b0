"""The forms of the paper."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from chedai.deals.contracts.services.payees import PayeeTyped
from chedai.deals.contracts.states import Change, PayeeRole, PromiseKind
from chedai.web.contracts.words import CHANGES, PAYEES, PROMISES
from chedai.web.forms.fields import DayField, MoneyField

ACCEPT: Final = ".jpg,.jpeg,.png,.webp,.heic,.pdf"


def file_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.FileField:
    """A paper: a picture or a PDF."""
    widget = forms.ClearableFileInput(attrs={"accept": ACCEPT})
    return forms.FileField(label=label, required=required, widget=widget, help_text=help_text)


def named(data: dict[str, Any]) -> dict[str, Any]:
    """The file of a form as services take it."""
    file = data.get("file")
    return {"name": file.name, "content": file.read()} if file else {}


class ConfirmForm(forms.Form):
    """The customer has read the statement at the desk and signed the sheet."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    file = file_field(_("客户签字的明示表"), help_text=_("打印、客户签字后拍照或扫描上传。"))


class AccountForm(forms.Form):
    """One account; the whole loan goes to it unless a second one is given."""

    role = forms.ChoiceField(label=_("收款方"), choices=list(PAYEES.items()))
    holder = forms.CharField(label=_("户名"), max_length=80)
    bank = forms.CharField(label=_("开户行"), max_length=80)
    account = forms.CharField(label=_("账号"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    amount = MoneyField(label=_("金额"), least=1)
    role_2 = forms.ChoiceField(label=_("第二收款方"), choices=[("", _("没有")), *PAYEES.items()], required=False)
    holder_2 = forms.CharField(label=_("户名"), max_length=80, required=False)
    bank_2 = forms.CharField(label=_("开户行"), max_length=80, required=False)
    account_2 = forms.CharField(
        label=_("账号"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    amount_2 = MoneyField(label=_("金额"), least=1, required=False)

    def accounts(self) -> list[PayeeTyped]:
        """What was typed, as the service takes it."""
        return accounts_in(self.cleaned_data)


def accounts_in(data: dict[str, Any]) -> list[PayeeTyped]:
    """The accounts of a form."""
    found = []
    for end in ("", "_2"):
        if data.get(f"role{end}"):
            texts = (data[f"holder{end}"], data[f"bank{end}"], data[f"account{end}"])
            found.append(PayeeTyped(PayeeRole(data[f"role{end}"]), *texts, data[f"amount{end}"] or 0))
    return found


class PromiseForm(forms.Form):
    """An oral promise."""

    kind = forms.ChoiceField(label=_("类别"), choices=[(k.value, PROMISES[k]) for k in PromiseKind])
    promised_on = DayField(label=_("承诺日期"))
    promised_by = forms.ChoiceField(label=_("承诺人"))
    text = forms.CharField(label=_("承诺内容"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    file = file_field(_("签字件"), required=False, help_text=_("合同签署之后补充的承诺须上传双方签字件。"))

    def __init__(self, *args: Any, staff: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["promised_by"].choices = staff  # type: ignore[attr-defined]


class DraftForm(forms.Form):
    """The car and the agreed day; everything else is of the approved deal."""

    vin = forms.CharField(label=_("车架号"), max_length=17, help_text=_("17 位。未登记的车辆按下面的车型登记。"))
    model = forms.ChoiceField(label=_("车型"))
    agreed_on = DayField(label=_("约定放款日"))

    def __init__(self, *args: Any, models: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["model"].choices = models  # type: ignore[attr-defined]


class SignedForm(forms.Form):
    """A contract that was signed on paper."""

    signed_on = DayField(label=_("签署日期"))
    file = file_field(_("签字合同"), help_text=_("扫描件或照片，须为完整合同。"))


class CheckForm(forms.Form):
    """What a second person says of the signed paper."""

    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
    accept = forms.ChoiceField(
        label=_("结论"), choices=[("1", _("通过")), ("0", _("退回"))], widget=forms.RadioSelect, initial="1"
    )
    reason = forms.CharField(label=_("退回原因"), max_length=200, required=False)


class AmendForm(forms.Form):
    """What shall change after the approval."""

    change = forms.ChoiceField(label=_("变更项"), choices=[(c.value, CHANGES[c]) for c in Change])
    after = forms.CharField(label=_("变更为"), max_length=200)
    reason = forms.CharField(label=_("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class ClauseForm(forms.Form):
    """A new wording of a clause."""

    title = forms.CharField(label=_("标题"), max_length=60)
    body = forms.CharField(label=_("内容"), widget=forms.Textarea(attrs={"rows": 6}))
    law_note = forms.CharField(label=_("法律依据"), max_length=200)
    starts = DayField(label=_("生效日"))
