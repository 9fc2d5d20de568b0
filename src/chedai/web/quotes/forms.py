"""The desk's form: five inputs in sight, the rest in a drawer."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from chedai.deals.quotes.bespoke import AskedTerms
from chedai.deals.quotes.frozen import FrozenTradeIn
from chedai.deals.quotes.selectors import model_code
from chedai.deals.quotes.wishes import DeskWish
from chedai.engine.compare import CustomerKind, VehicleKind
from chedai.engine.terms import Step, StepKind
from chedai.platform.policies import Region
from chedai.web.forms.fields import MoneyField, RateField
from chedai.web.forms.rows import rows_in

TERMS: Final = (12, 24, 36, 48, 60)
PRICE_MOST: Final = 10_000_000_00

REGIONS: Final = {
    "beijing": _("北京"),
    "tianjin": _("天津"),
    "hebei": _("河北"),
    "shanxi": _("山西"),
    "inner_mongolia": _("内蒙古"),
    "liaoning": _("辽宁"),
    "jilin": _("吉林"),
    "heilongjiang": _("黑龙江"),
    "shanghai": _("上海"),
    "jiangsu": _("江苏"),
    "zhejiang": _("浙江"),
    "anhui": _("安徽"),
    "fujian": _("福建"),
    "jiangxi": _("江西"),
    "shandong": _("山东"),
    "henan": _("河南"),
    "hubei": _("湖北"),
    "hunan": _("湖南"),
    "guangdong": _("广东"),
    "guangxi": _("广西"),
    "hainan": _("海南"),
    "chongqing": _("重庆"),
    "sichuan": _("四川"),
    "guizhou": _("贵州"),
    "yunnan": _("云南"),
    "xizang": _("西藏"),
    "shaanxi": _("陕西"),
    "gansu": _("甘肃"),
    "qinghai": _("青海"),
    "ningxia": _("宁夏"),
    "xinjiang": _("新疆"),
}


STEPS: Final = 3
"""How many segments of a stepped plan stand ready; more are added."""
STEP_KINDS: Final = {
    StepKind.SOLVE.value: _("等额，算到还清"),
    StepKind.INTEREST_ONLY.value: _("只付利息"),
    StepKind.INSTALMENT.value: _("每期还固定金额"),
    StepKind.PRINCIPAL.value: _("每期还固定本金，利息另付"),
}


class Order(StrEnum):
    """How the plans in the tray are sorted."""

    MINE = "mine"
    INSTALMENT = "instalment"
    TOTAL = "total"
    RATE = "rate"


class DeskForm(forms.Form):
    """What is asked at the desk. Nothing in it names a person."""

    car = forms.CharField(label=_("车型"), required=False, max_length=120)
    used = forms.ChoiceField(
        label=_("新旧"), choices=[("new", _("新车")), ("used", _("二手车"))], required=False, widget=forms.RadioSelect
    )
    energy = forms.ChoiceField(
        label=_("动力"), choices=[("nev", _("新能源")), ("ice", _("燃油"))], required=False, widget=forms.RadioSelect
    )
    price = MoneyField(label=_("车价"), least=1_000_000, most=PRICE_MOST)
    down = MoneyField(label=_("首付"), hint=" ")
    term = forms.ChoiceField(label=_("期限"), choices=[(n, n) for n in TERMS], widget=forms.RadioSelect)
    ceiling = MoneyField(label=_("月供上限"), required=False, least=1, hint=_("可不填"))

    cash = MoneyField(label=_("当日资金"), required=False, least=1)
    trade_value = MoneyField(label=_("旧车评估价"), required=False)
    trade_payoff = MoneyField(label=_("旧车欠款"), required=False)
    customer = forms.ChoiceField(
        label=_("购车人"),
        choices=[("person", _("个人")), ("business", _("企业"))],
        required=False,
        widget=forms.RadioSelect,
    )
    use = forms.ChoiceField(
        label=_("用途"),
        choices=[("own", _("自用")), ("commercial", _("商用"))],
        required=False,
        widget=forms.RadioSelect,
    )
    region = forms.ChoiceField(
        label=_("上牌省份"), required=False, choices=[("", _("未定")), *((r.value, REGIONS[r.value]) for r in Region)]
    )
    list_price = MoneyField(label=_("厂商公布价"), required=False)
    subsidy = MoneyField(label=_("政府补贴"), required=False)
    appraisal = MoneyField(label=_("二手车评估价"), required=False)
    age = forms.IntegerField(label=_("二手车车龄（月）"), required=False, min_value=0, max_value=600)

    tray = forms.CharField(required=False, widget=forms.HiddenInput, max_length=800)
    preferred = forms.CharField(required=False, widget=forms.HiddenInput, max_length=120)
    order = forms.ChoiceField(required=False, choices=[(o.value, o.value) for o in Order], widget=forms.HiddenInput)
    quote = forms.IntegerField(required=False, widget=forms.HiddenInput)
    deal = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20)
    whom = forms.CharField(required=False, widget=forms.HiddenInput, max_length=30)
    need = forms.IntegerField(required=False, widget=forms.HiddenInput)

    MORE: Final = ("trade_value", "trade_payoff", "cash", "customer", "use", "region", "list_price", "subsidy")
    USED: Final = ("appraisal", "age")

    def clean(self) -> dict[str, Any]:
        """Errors: a down payment above the price, with both figures."""
        data: dict[str, Any] = super().clean() or {}
        price, down = data.get("price"), data.get("down")
        if price is not None and down is not None and down > price:
            self.add_error("down", _("首付不能超过车价"))
        return data

    @property
    def keys(self) -> tuple[str, ...]:
        """The plans chosen for the tray, as `deals.quotes.tray` names them."""
        return tuple(key for key in str(self.cleaned_data["tray"]).split(",") if key)

    @property
    def wish(self) -> DeskWish:
        """The question in the words of the room."""
        data = self.cleaned_data
        traded = data["trade_value"] is not None or data["trade_payoff"] is not None
        old = FrozenTradeIn(data["trade_value"] or 0, data["trade_payoff"] or 0) if traded else None
        return DeskWish(
            price=data["price"],
            down_payment=data["down"],
            vehicle_kind=self._vehicle(),
            vehicle=data["car"],
            model=model_code(data["car"]) if data["car"] else "",
            term=int(data["term"]),
            instalment_most=data["ceiling"],
            cash_most=data["cash"],
            region=data["region"],
            customer_kind=CustomerKind(data["customer"] or "person"),
            list_price=data["list_price"],
            appraisal=data["appraisal"],
            government_subsidy=data["subsidy"] or 0,
            vehicle_age=data["age"] or 0,
            trade_in=old,
        )

    def _vehicle(self) -> VehicleKind:
        data = self.cleaned_data
        if data["used"] == "used":
            return VehicleKind.USED
        return VehicleKind(f"{data['use'] or 'own'}_{'nev' if data['energy'] == 'nev' else 'ice'}")


class BespokeForm(forms.Form):
    """Terms off the catalogue."""

    annual_rate = RateField(label=_("年利率"), required=False)
    periods = forms.IntegerField(label=_("期数"), required=False, min_value=1, max_value=120)
    down_payment = MoneyField(label=_("首付"), required=False)
    waive_fees = forms.BooleanField(label=_("免收费用"), required=False)
    tail = MoneyField(label=_("气球尾款"), required=False, least=1, hint=_("月供随之算出"))
    instalment = MoneyField(label=_("固定月供"), required=False, least=1, hint=_("尾款随之算出"))
    days = forms.IntegerField(label=_("批复有效天数"), min_value=1, max_value=30, initial=5)
    reason = forms.CharField(label=_("理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
    plan = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.steps = rows_in(data, "step", STEPS)
        for row in self.steps:
            at = row + 1
            parts: dict[str, tuple[str, forms.Field]] = {
                "periods": (_("第 %s 段期数") % at, forms.IntegerField(required=False, min_value=1, max_value=120)),
                "kind": (_("第 %s 段方式") % at, forms.ChoiceField(required=False, choices=list(STEP_KINDS.items()))),
                "amount": (_("第 %s 段金额") % at, MoneyField(required=False, least=1)),
            }
            for part, (label, field) in parts.items():
                field.label = label
                field.widget.attrs["aria-label"] = label
                self.fields[f"step_{row}_{part}"] = field

    def step_rows(self) -> list[list[forms.BoundField]]:
        """The segments of a stepped plan, as fields."""
        return [[self[f"step_{row}_{part}"] for part in ("periods", "kind", "amount")] for row in self.steps]

    @property
    def asked(self) -> AskedTerms:
        """What was asked for, in the words of the room."""
        data = self.cleaned_data
        steps = tuple(
            Step(data[f"step_{row}_periods"], StepKind(data[f"step_{row}_kind"]), data[f"step_{row}_amount"] or 0)
            for row in self.steps
            if data[f"step_{row}_periods"]
        )
        names = ("annual_rate", "periods", "down_payment", "waive_fees", "tail", "instalment")
        return AskedTerms(**{name: data[name] for name in names}, steps=steps)


class AnswerForm(forms.Form):
    """What the customer says to one product."""

    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
    choice = forms.ChoiceField(choices=[("accepted", ""), ("declined", "")])
    financed = forms.BooleanField(required=False)
    signature = forms.CharField(required=False, max_length=400_000, widget=forms.HiddenInput)
