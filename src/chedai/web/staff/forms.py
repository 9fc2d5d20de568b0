"""What is asked when somebody joins, takes a role, loses one, or leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chedai.org.permissions import table
from chedai.web.forms.fields import DayField

Options = Sequence[tuple[str, str | Promise]]


def role_options() -> Options:
    """The roles of the table in the language of the page."""
    zh = (get_language() or "zh").startswith("zh")
    return [(role, words.zh if zh else words.en) for role, words in table().roles.items()]


class JoinForm(forms.Form):
    """Somebody new."""

    number = forms.CharField(label=_("工号"), max_length=20)
    name = forms.CharField(label=_("姓名"), max_length=60)
    username = forms.CharField(
        label=_("登录名"), max_length=60, help_text=_("字母、数字、点和连字符，不分大小写，建立后不再更改")
    )
    email = forms.EmailField(label=_("邮箱"), help_text=_("设置密码的链接发到这里"))
    home = forms.ChoiceField(label=_("门店"))
    joined_on = DayField(label=_("入职日期"))

    def __init__(self, *args: Any, stores: Options, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["home"].choices = [("", "—"), *stores]  # type: ignore[attr-defined]


class DescribeForm(forms.Form):
    """Name and address of an account."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    email = forms.EmailField(label=_("邮箱"), required=False)


class GrantForm(forms.Form):
    """A role, for a store or for the group."""

    role = forms.ChoiceField(label=_("角色"), help_text=_("互相冲突的角色不能由同一人担任，保存时会说明原因"))
    store = forms.ChoiceField(label=_("范围"), required=False)

    def __init__(self, *args: Any, stores: Options, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = [("", "—"), *role_options()]  # type: ignore[attr-defined]
        self.fields["store"].choices = stores  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class LeaveForm(forms.Form):
    """Who takes over, from when, and that it is meant."""

    successor = forms.ChoiceField(label=_("接手人"))
    left_on = DayField(label=_("离职日期"))
    sure = forms.BooleanField(label=_("我已核对上面的清单：全部移交，角色收回，账号停用，不能撤销"))

    def __init__(self, *args: Any, people: Options, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["successor"].choices = [("", "—"), *people]  # type: ignore[attr-defined]
