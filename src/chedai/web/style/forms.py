"""A form with one field of each kind."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from chedai.web.forms.fields import DayField, IdentityField, MoneyField, RateField, Switch


class SampleForm(forms.Form):
    """For looking at, and for the tests of the pattern; it saves nothing."""

    name = forms.CharField(label=_("姓名"), max_length=20)
    number = IdentityField(label=_("身份证号"), required=False)
    price = MoneyField(label=_("车价"), least=1_000_000, most=500_000_000)
    down = MoneyField(label=_("首付"), hint=_("贷款 100,000.00"), help_text=_("江河银行新能源自用车最低 15%"))
    cap = MoneyField(label=_("月供上限"), required=False)
    rate = RateField(label=_("年利率"), required=False)
    term = forms.ChoiceField(
        label=_("期限"), choices=[(n, n) for n in (12, 24, 36, 48, 60)], widget=forms.RadioSelect, initial=36
    )
    lender = forms.ChoiceField(
        label=_("机构"), choices=[("", "—"), ("1", _("江河银行")), ("2", _("长桥银行")), ("3", _("海岳汽金"))]
    )
    signed_on = DayField(label=_("签约日期"), required=False)
    note = forms.CharField(
        label=_("备注"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-echo": "count"}),
    )
    agreed = forms.BooleanField(label=_("客户已当面确认"), required=False)
    visible = forms.BooleanField(label=_("客户可见（隐藏返佣）"), required=False, widget=Switch)
