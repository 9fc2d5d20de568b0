"""What is typed on a case: an opinion, reasons by code, conditions one a line, why somebody goes beyond the rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chedai.deals.underwriting.states import Verdict


class OpinionForm(forms.Form):
    """One form for the first person and the second. `codes` are the reasons to choose from, the rules' own first."""

    opinion = forms.CharField(
        label=_("意见"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "data-echo": "count"}),
        help_text=_("四个结论都要写意见，经手人会看到。"),
    )
    conditions = forms.CharField(
        label=_("另加的放款前提"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("有条件通过时填写，一行一条。"),
    )
    reasons = forms.MultipleChoiceField(
        label=_("拒绝原因"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("拒绝时至少选一项。")
    )
    more_reason = forms.ChoiceField(label=_("其他原因"), required=False)
    override_code = forms.ChoiceField(label=_("突破规则的理由"), required=False)
    override_reason = forms.CharField(
        label=_("突破说明"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    verdict = forms.ChoiceField(choices=[(v.value, v.value) for v in Verdict], widget=forms.HiddenInput)
    digest = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, codes: list[tuple[str, str]], hit: int, overrides: list[tuple[str, str]], **kw: Any):
        super().__init__(*args, **kw)
        self.fields["reasons"].choices = codes[:hit]  # type: ignore[attr-defined]
        self.fields["more_reason"].choices = [("", "—"), *codes[hit:]]  # type: ignore[attr-defined]
        if not hit:
            del self.fields["reasons"]
        if overrides:
            self.fields["override_code"].choices = [("", "—"), *overrides]  # type: ignore[attr-defined]
        else:
            del self.fields["override_code"], self.fields["override_reason"]

    def clean_opinion(self) -> str:
        """Each conclusion asks for its reason."""
        opinion = str(self.cleaned_data["opinion"]).strip()
        if len(opinion) < 2:
            raise forms.ValidationError(_("请写明意见。"))
        return opinion

    def said_reasons(self) -> tuple[str, ...]:
        """The codes chosen, the rules' own first."""
        return reasons_of(self.cleaned_data)


def reasons_of(data: dict[str, Any]) -> tuple[str, ...]:
    """The codes chosen in a form's data."""
    more = data.get("more_reason") or ""
    return tuple(dict.fromkeys([*data.get("reasons", ()), *([more] if more else [])]))


def conditions_of(data: dict[str, Any]) -> tuple[str, ...]:
    """The conditions typed, one a line."""
    return tuple(line.strip() for line in data["conditions"].splitlines() if line.strip())


class EvidenceForm(forms.Form):
    """What shows that a condition is met."""

    evidence = forms.CharField(label=_("凭证"), max_length=200)


class RatingForm(forms.Form):
    """The questionnaire: one anchored option a question."""

    def __init__(self, *args: Any, questions: list[dict[str, Any]], english: bool, **kw: Any):
        super().__init__(*args, **kw)
        language = "en" if english else "zh"
        for question in questions:
            self.fields[question["code"]] = forms.ChoiceField(
                label=f"{question[language]}（{question['weight']}%）",
                choices=[(option["code"], option[language]) for option in question["options"]],
                widget=forms.RadioSelect,
            )


class RuleDraftForm(forms.Form):
    """A rule set as text, and why it is changed."""

    content = forms.CharField(
        label=_("规则"), widget=forms.Textarea(attrs={"rows": 28, "class": "code", "spellcheck": "false"})
    )
    reason = forms.CharField(label=_("修改原因"), max_length=200)
    base = forms.CharField(max_length=64, widget=forms.HiddenInput)
