"""A form made of the questions an application asks: the same on the desk and on the customer's phone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chedai.deals.applications.questions import FEN_MAX, LONGEST, MONTHS_MAX, Question, QuestionKind
from chedai.web.forms.fields import DayField, MoneyField

SEGMENTS: Final = 3
"""So many short choices stand side by side on a phone of 360 px; more become a list."""


def said(zh: str, en: str) -> str:
    """The words in the language of the reader."""
    return zh if (get_language() or "zh-hans").startswith("zh") else en


def label_of(one: Question) -> str:
    """What a question is called."""
    return said(one.zh, one.en)


def answers_form(questions: Iterable[Question], lender_kinds: Iterable[str] = ()) -> type[forms.Form]:
    """A form with a field for each question; those a chosen lender wants say so.

    Nothing is refused for being empty: a form is filled in over days, and what is missing is told at the submission.
    """
    kinds, fields = tuple(lender_kinds), dict[str, Any]()
    for one in questions:
        fields[one.code] = field = _field(one)
        if one.required_by(kinds) and not isinstance(field, MoneyField):
            field.hint = _("提交前必填")  # type: ignore[attr-defined]  # the pattern of forms reads it off any field
    return type("AnswersForm", (forms.Form,), fields)


def initial_of(questions: Iterable[Question], answers: Mapping[str, str]) -> dict[str, Any]:
    """The answers in force as the fields show them."""
    found: dict[str, Any] = {}
    for one in questions:
        text = answers.get(one.code)
        if text:
            found[one.code] = _typed(one, text)
    return found


def values_of(questions: Iterable[Question], cleaned: Mapping[str, Any]) -> dict[str, str | int]:
    """What was typed as the service takes it; an emptied field clears the answer."""
    found: dict[str, str | int] = {}
    for one in questions:
        if one.code not in cleaned:
            continue
        value = cleaned[one.code]
        found[one.code] = "" if value is None else value.isoformat() if isinstance(value, date) else value
    return found


def shown(one: Question, text: str) -> str:
    """An answer in words: a choice by its name, an amount in yuan."""
    if one.kind is QuestionKind.CHOICE:
        words = one.choices.get(text)
        return said(*words) if words else text
    if one.kind is QuestionKind.MONEY:
        return f"{int(text) / 100:,.2f}"
    return text


def _typed(one: Question, text: str) -> Any:
    match one.kind:
        case QuestionKind.MONEY | QuestionKind.MONTHS:
            return int(text)
        case QuestionKind.DAY:
            return date.fromisoformat(text)
        case _:
            return text


def _field(one: Question) -> forms.Field:
    label = label_of(one)
    match one.kind:
        case QuestionKind.CHOICE:
            choices = [(code, said(*words)) for code, words in one.choices.items()]
            if len(choices) <= SEGMENTS:
                return forms.ChoiceField(label=label, required=False, choices=choices, widget=forms.RadioSelect)
            return forms.ChoiceField(label=label, required=False, choices=[("", _("请选择")), *choices])
        case QuestionKind.MONEY:
            return MoneyField(label=label, required=False, most=FEN_MAX)
        case QuestionKind.MONTHS:
            attrs = {"inputmode": "numeric"}
            widget = forms.TextInput(attrs)
            return forms.IntegerField(label=label, required=False, min_value=0, max_value=MONTHS_MAX, widget=widget)
        case QuestionKind.DAY:
            return DayField(label=label, required=False)
        case QuestionKind.PHONE:
            return forms.CharField(label=label, required=False, widget=forms.TextInput({"inputmode": "tel"}))
        case _:
            return forms.CharField(label=label, required=False, max_length=LONGEST)
