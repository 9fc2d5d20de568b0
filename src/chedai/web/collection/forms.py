"""What is typed in collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chedai.book.collection.states import LEGAL_MOVES, Interruption, LegalStage, NumberSource, Whom
from chedai.web.collection.words import INTERRUPTIONS, SOURCES, STAGES, WHOM
from chedai.web.forms.fields import DayField, MoneyField, RateField

_NOTE = 200


class ResultForm(forms.Form):
    """What came of a call; the parts of a promise count only with that result."""

    result = forms.ChoiceField(label=_("这次的结果"), widget=forms.RadioSelect, required=False)
    amount = MoneyField(label=_("承诺金额"), required=False)
    due_on = DayField(label=_("承诺日期"), required=False)
    next_on = DayField(label=_("下次联系"), required=False)
    note = forms.CharField(label=_("备注"), max_length=_NOTE, required=False)

    def __init__(self, *args: Any, results: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["result"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(results)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("原因"), max_length=100)


class AssignForm(ReasonForm):
    """To whom a case goes."""

    collector = forms.ChoiceField(label=_("催收员"))

    def __init__(self, *args: Any, staff: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["collector"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(staff)
        self.order_fields(["collector", "reason"])


class NumberForm(forms.Form):
    """A number and where it comes from."""

    whom = forms.ChoiceField(label=_("谁的号码"), choices=[(w.value, WHOM[w]) for w in Whom], widget=forms.RadioSelect)
    name = forms.CharField(label=_("姓名"), max_length=40)
    phone = forms.CharField(label=_("电话号码"), max_length=20)
    source = forms.ChoiceField(label=_("号码来源"), choices=[(s.value, SOURCES[s]) for s in NumberSource])
    relation = forms.CharField(label=_("与债务人的关系"), max_length=30, required=False)
    consent_source = forms.CharField(
        label=_("联系人信息来源依据"), max_length=60, required=False, help_text=_("联系人、担保人须写明")
    )


class HoursForm(forms.Form):
    """Hours agreed inside the quiet ones."""

    starts = forms.TimeField(label=_("起"), widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(label=_("止"), widget=forms.TimeInput(attrs={"type": "time"}))
    source = forms.CharField(label=_("依据"), max_length=120, help_text=_("录音编号或书面约定"))


class TwoForm(forms.Form):
    """Two members of staff."""

    lead = forms.ChoiceField(label=_("主办"))
    second = forms.ChoiceField(label=_("同行"))

    def __init__(self, *args: Any, staff: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("lead", "second"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = list(staff)


class VisitForm(TwoForm):
    """A visit to plan."""

    planned_on = DayField(label=_("外访日期"))


class VisitOffForm(ReasonForm):
    """Which planned visit is called off, and why."""

    visit = forms.ChoiceField(label=_("外访"))

    def __init__(self, *args: Any, visits: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["visit"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(visits)
        self.order_fields(["visit", "reason"])


class ClaimForm(forms.Form):
    """A claim to open."""

    amount = MoneyField(label=_("诉讼标的"))
    cost = MoneyField(label=_("费用"), required=False)
    note = forms.CharField(label=_("说明"), max_length=_NOTE)


class StageForm(forms.Form):
    """The next stage of a claim."""

    to = forms.ChoiceField(label=_("进入阶段"))
    on = DayField(label=_("日期"))
    deadline = DayField(label=_("下一步期限"), required=False)
    cost = MoneyField(label=_("费用"), required=False)
    court = forms.CharField(label=_("法院"), max_length=80, required=False)
    court_number = forms.CharField(label=_("案号"), max_length=60, required=False)
    note = forms.CharField(label=_("说明"), max_length=_NOTE)

    def __init__(self, *args: Any, stage: str, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.value, STAGES[one]) for one in LegalStage if one in LEGAL_MOVES[LegalStage(stage)]]


class InterruptionForm(forms.Form):
    """What lets the limitation begin anew."""

    kind = forms.ChoiceField(label=_("中断事由"), choices=[(k.value, INTERRUPTIONS[k]) for k in Interruption])
    on = DayField(label=_("日期"))
    note = forms.CharField(label=_("凭据"), max_length=120)


class TakeForm(TwoForm):
    """A car taken back."""

    taken_on = DayField(label=_("收车日期"))
    place = forms.CharField(label=_("地点"), max_length=120)
    condition = forms.CharField(label=_("车况"), max_length=_NOTE)
    valued = MoneyField(label=_("评估价"), required=False)


class SellForm(forms.Form):
    """A car sold."""

    sold_on = DayField(label=_("出售日期"))
    buyer = forms.CharField(label=_("买方"), max_length=60)
    price = MoneyField(label=_("成交价"))
    costs = MoneyField(label=_("处置费用"), required=False)


class PlaceForm(forms.Form):
    """A case for an agency."""

    agency = forms.ChoiceField(label=_("委外机构"))
    until = DayField(label=_("委托至"))

    def __init__(self, *args: Any, agencies: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["agency"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(agencies)


class AgencyForm(forms.Form):
    """A firm under contract."""

    code = forms.CharField(label=_("机构代码"), max_length=20)
    name = forms.CharField(label=_("机构名称"), max_length=80)
    contract_from = DayField(label=_("合同起"))
    contract_until = DayField(label=_("合同止"))
    fee_rate = RateField(label=_("费率（占回款）"))
    listed = forms.BooleanField(label=_("已列入公示名单"), required=False)


class ReviewForm(forms.Form):
    """A review of an agency: points of 100."""

    conduct = forms.IntegerField(label=_("合规（0–100）"), min_value=0, max_value=100)
    recovery = forms.IntegerField(label=_("回款（0–100）"), min_value=0, max_value=100)
    complaints = forms.IntegerField(label=_("投诉处理（0–100）"), min_value=0, max_value=100)
    conclusion = forms.CharField(label=_("结论"), max_length=_NOTE)


class LogForm(forms.Form):
    """The log of an agency: a contact a line."""

    lines = forms.CharField(
        label=_("联系记录"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("每行一条：贷款编号，号码编号，时间（2026-11-20 10:05），结果代码，通话秒数"),
    )
