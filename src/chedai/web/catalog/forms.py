"""What is asked of lenders, promotions, vehicles and add-ons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chedai.web.catalog import words
from chedai.web.forms.fields import DayField, MoneyField, RateField

Options = Sequence[tuple[str, str | Promise]]


def options(table: dict[str, Promise]) -> list[tuple[str, str | Promise]]:
    """The options of a table of words."""
    return list(table.items())


class LenderForm(forms.Form):
    """A lender as it is registered."""

    name = forms.CharField(label=_("机构名称"), max_length=80)
    name_en = forms.CharField(label=_("英文名称"), max_length=80, required=False)
    code = forms.CharField(label=_("代码"), max_length=39, help_text=_("小写字母、数字和连字符，登记后不再更改"))
    kind = forms.ChoiceField(label=_("类别"), choices=lambda: [("", "—"), *options(words.LENDERS)])
    own_book = forms.BooleanField(label=_("自营放款：由本集团自己审批和放款"), required=False)
    channel = forms.ChoiceField(label=_("送件方式"), choices=options(words.CHANNELS), widget=forms.RadioSelect)
    endpoint = forms.CharField(label=_("接口地址"), max_length=300, required=False)
    secret = forms.CharField(
        label=_("接口密钥"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("加密保存，不再显示；更改时不填即保留原密钥"),
    )
    filing_number = forms.CharField(label=_("备案或牌照编号"), max_length=80, required=False)
    filing = forms.FileField(label=_("备案证明"), required=False, help_text=_("PDF 或图片"))


class LenderChangeForm(LenderForm):
    """What of it may be changed."""

    code = None  # type: ignore[assignment]
    kind = None  # type: ignore[assignment]
    own_book = None  # type: ignore[assignment]


class AgreementForm(forms.Form):
    """A signed agreement."""

    number = forms.CharField(label=_("协议编号"), max_length=60)
    starts = DayField(label=_("生效日"))
    ends = DayField(label=_("到期日"))
    paper = forms.FileField(label=_("协议扫描件"), required=False, help_text=_("PDF 或图片"))


class ContactForm(forms.Form):
    """Somebody at a lender."""

    name = forms.CharField(label=_("联系人"), max_length=60)
    phone = forms.CharField(label=_("电话"), max_length=20)
    matter = forms.CharField(label=_("负责事项"), max_length=60)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class ProductForm(forms.Form):
    """A product before its first version."""

    lender = forms.ChoiceField(label=_("机构"))
    name = forms.CharField(label=_("产品名称"), max_length=80)
    name_en = forms.CharField(label=_("英文名称"), max_length=80, required=False)
    code = forms.CharField(label=_("代码"), max_length=39, help_text=_("小写字母、数字和连字符，登记后不再更改"))

    def __init__(self, *args: Any, lenders: Options, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["lender"].choices = [("", "—"), *lenders]  # type: ignore[attr-defined]


class ModelForm(forms.Form):
    """A model as it is listed."""

    brand = forms.CharField(label=_("品牌"), max_length=40)
    series = forms.CharField(label=_("车系"), max_length=40)
    trim = forms.CharField(label=_("配置"), max_length=60, required=False)
    year = forms.IntegerField(label=_("年款"), min_value=1990, max_value=2100)
    code = forms.CharField(label=_("代码"), max_length=39)
    kind = forms.ChoiceField(label=_("类别"), choices=lambda: [("", "—"), *options(words.VEHICLES)])
    energy = forms.ChoiceField(label=_("能源"), choices=lambda: [("", "—"), *options(words.ENERGIES)])
    guide_price = MoneyField(label=_("指导价"), least=1)


class ModelChangeForm(forms.Form):
    """What of it may be changed."""

    guide_price = MoneyField(label=_("指导价"), least=1)
    is_sold = forms.BooleanField(label=_("在列：报价与登记车辆时可选"), required=False)


class VehicleForm(forms.Form):
    """A car as it is registered."""

    vin = forms.CharField(
        label=_("车架号"), max_length=30, widget=forms.TextInput(attrs={"autocapitalize": "characters"})
    )
    model = forms.ChoiceField(label=_("车型"))
    is_used = forms.BooleanField(label=_("二手车"), required=False)
    plate = forms.CharField(label=_("车牌"), max_length=12, required=False)
    first_registered = DayField(label=_("初次登记"), required=False)
    mileage = forms.IntegerField(label=_("里程（公里）"), min_value=0, required=False)
    colour = forms.CharField(label=_("颜色"), max_length=20, required=False)
    invoice_price = MoneyField(label=_("发票价"), least=1, required=False)

    def __init__(self, *args: Any, models: Options, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["model"].choices = [("", "—"), *models]  # type: ignore[attr-defined]


class VehicleChangeForm(forms.Form):
    """What becomes known of it."""

    plate = forms.CharField(label=_("车牌"), max_length=12, required=False)
    mileage = forms.IntegerField(label=_("里程（公里）"), min_value=0, required=False)
    colour = forms.CharField(label=_("颜色"), max_length=20, required=False)
    invoice_price = MoneyField(label=_("发票价"), least=1, required=False)


class ValuationForm(forms.Form):
    """What a source says a car is worth."""

    source = forms.ChoiceField(label=_("来源"), choices=lambda: [("", "—"), *options(words.SOURCES)])
    valuer = forms.CharField(label=_("评估人或机构"), max_length=60)
    amount = MoneyField(label=_("估值"), least=1)
    valued_on = DayField(label=_("评估日期"))
    condition = forms.CharField(
        label=_("车况"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class BundledForm(forms.Form):
    """What inside the invoice is not the car."""

    name = forms.CharField(label=_("项目"), max_length=60)
    amount = MoneyField(label=_("金额"), least=1)


class AddOnForm(forms.Form):
    """A line of the menu."""

    kind = forms.ChoiceField(label=_("类别"), choices=options(words.ADD_ONS), widget=forms.RadioSelect)
    name = forms.CharField(label=_("名称"), max_length=80)
    name_en = forms.CharField(label=_("英文名称"), max_length=80, required=False)
    code = forms.CharField(label=_("代码"), max_length=39)
    price = MoneyField(label=_("售价"), least=1)
    cost = MoneyField(label=_("成本"), help_text=_("只给维护目录的人看，客户一侧没有这个数"))
    months = forms.IntegerField(label=_("期限（月）"), min_value=0, max_value=240, required=False)
    payee = forms.ChoiceField(label=_("收取方类别"), choices=options(words.PAYEES))
    payee_name = forms.CharField(label=_("收取方"), max_length=80)
    says = forms.CharField(label=_("给客户的说明"), max_length=200, required=False)


class AddOnChangeForm(forms.Form):
    """What of it may be changed."""

    price = MoneyField(label=_("售价"), least=1)
    cost = MoneyField(label=_("成本"), help_text=_("只给维护目录的人看，客户一侧没有这个数"))
    is_offered = forms.BooleanField(label=_("在菜单上"), required=False)


class RuleForm(forms.Form):
    """How the shelf is laid out."""

    conflict = forms.ChoiceField(label=_("活动重叠时"), choices=options(words.CONFLICTS), widget=forms.RadioSelect)
    cash_discount = MoneyField(label=_("全款优惠"), help_text=_("全款购车从车价中减去"))


class PromotionForm(forms.Form):
    """A promotion: over what, when, what it changes, who pays for it."""

    name = forms.CharField(label=_("活动名称"), max_length=80)
    name_en = forms.CharField(label=_("英文名称"), max_length=80, required=False)
    code = forms.CharField(label=_("代码"), max_length=39)
    products = forms.MultipleChoiceField(label=_("产品"), widget=forms.CheckboxSelectMultiple)
    starts = DayField(label=_("自"))
    ends = DayField(label=_("至"), help_text=_("当日 24 时（北京时间）结束"))
    quota = forms.IntegerField(label=_("名额（份合同）"), min_value=1, required=False)
    rates = forms.CharField(
        label=_("客户年利率"),
        required=False,
        max_length=200,
        help_text=_("期数=百分比，以逗号分开，如 12=0, 36=2.99；不填则按产品利率"),
    )
    subsidies = forms.CharField(
        label=_("贴息方"), required=False, max_length=200, help_text=_("名称=比例，合计 100，如 厂家=70, 经销商=30")
    )
    min_down = RateField(label=_("最低首付"), required=False)
    max_amount = MoneyField(label=_("最高金额"), required=False, least=1)
    price_discount = MoneyField(label=_("车价优惠"), required=False)
    fees = forms.CharField(
        label=_("替代费用"),
        required=False,
        max_length=300,
        help_text=_("名称：金额或百分比：时点：收取方，以分号分开；不填则按产品费用"),
    )
    advertised = forms.CharField(label=_("宣传口径"), max_length=60, required=False)
    priority = forms.IntegerField(label=_("优先级"), min_value=1, max_value=999, initial=100)

    def __init__(self, *args: Any, products: Options, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["products"].choices = products  # type: ignore[attr-defined]
