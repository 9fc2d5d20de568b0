"""What is asked at reception: six things of a visit, a next date of every contact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from chedai.web.forms.fields import DayField, MoneyField
from chedai.web.reception import words


def _next() -> DayField:
    """The day of the next contact, without which nothing is kept."""
    return DayField(label=_("下次联系"), error_messages={"required": _("请选下次联系日期")})


def _phone() -> forms.CharField:
    """A telephone number that says who is known while it is typed."""
    watched = {
        "hx-post": reverse_lazy("customer_known"),
        "hx-trigger": "input changed delay:300ms",
        "hx-target": "#known-phone",
        "hx-include": "closest form",
        "hx-vals": '{"of": "phone"}',
        "autocomplete": "off",
        "inputmode": "tel",
    }
    return forms.CharField(label=_("手机号"), max_length=30, required=False, widget=forms.TextInput(attrs=watched))


class VisitForm(forms.Form):
    """Somebody came in: six fields."""

    name = forms.CharField(label=_("称呼"), max_length=40)
    phone = _phone()
    purpose = forms.ChoiceField(label=_("来意"), choices=list(words.PURPOSES.items()))
    source = forms.ChoiceField(label=_("来源"), choices=list(words.SOURCES.items()))
    interest = forms.CharField(label=_("意向车型"), max_length=80, required=False)
    next_contact_on = DayField(label=_("下次联系"), required=False, help_text=_("留了手机号就要定下次联系日期"))


class LeadForm(forms.Form):
    """A lead from outside."""

    name = forms.CharField(label=_("称呼"), max_length=40)
    phone = _phone()
    source = forms.ChoiceField(label=_("来源"), choices=list(words.SOURCES.items()))
    campaign = forms.CharField(label=_("活动或渠道"), max_length=60, required=False)
    cost = MoneyField(label=_("线索成本（元）"), required=False)
    interest = forms.CharField(label=_("意向车型"), max_length=80, required=False)
    next_contact_on = _next()


class ContactForm(forms.Form):
    """One contact, and the date of the next."""

    channel = forms.ChoiceField(label=_("方式"), choices=list(words.CHANNELS.items()), widget=forms.RadioSelect)
    outcome = forms.ChoiceField(label=_("结果"), choices=list(words.OUTCOMES.items()), widget=forms.RadioSelect)
    note = forms.CharField(label=_("内容"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    next_contact_on = _next()


class TakeForm(forms.Form):
    """Taking a lead out of the pool."""

    next_contact_on = _next()


class LoseForm(forms.Form):
    """Why a lead comes to nothing."""

    reason = forms.ChoiceField(label=_("原因"), choices=list(words.LOST.items()))


class NeedForm(forms.Form):
    """What a customer needs."""

    interest = forms.CharField(label=_("意向车型"), max_length=80, required=False)
    budget = MoneyField(label=_("预算（元）"), required=False)
    down_payment = MoneyField(label=_("首付能力（元）"), required=False)
    instalment = MoneyField(label=_("月供上限（元）"), required=False)
    use = forms.CharField(label=_("用途"), max_length=40, required=False)
    pick_up_by = DayField(label=_("希望提车"), required=False)
    tags = forms.CharField(label=_("偏好"), max_length=120, required=False, help_text=_("用顿号分开：动力、七座"))
    reason = forms.CharField(label=_("变化原因"), max_length=200, required=False)

    def __init__(self, *args: Any, is_first: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if is_first:
            del self.fields["reason"]

    def clean_tags(self) -> Sequence[str]:
        """The tags one by one."""
        typed: str = self.cleaned_data["tags"]
        return [tag for part in typed.replace(",", "、").replace("，", "、").split("、") if (tag := part.strip())]
