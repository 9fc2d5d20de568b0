"""The qualitative questionnaire: anchored options instead of free numbers, weights in the open, two raters compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chedai.deals.underwriting.rules.book import RuleSet
from chedai.deals.underwriting.rules.ratios import FULL
from chedai.deals.underwriting.rules.values import Quality
from chedai.platform.errors import Refusal, Refusals


def points_of(questions: RuleSet, answers: Mapping[str, str]) -> int:
    """The share of the points (bp) these answers have. Errors: `Refusals` naming each question without an option."""
    refusals, total = [], 0
    for question in questions.document["questions"]:
        option = _option(question, answers.get(question["code"], ""))
        if option is None:
            zh, en = f"请为“{question['zh']}”选一项", f"choose an option for {question['en']}"
            refusals.append(Refusal("question-open", zh, en, field=question["code"]))
        else:
            total += question["weight"] * option["points"]
    if refusals:
        raise Refusals(refusals)
    return total  # weights add up to 100 and points to 100: basis points as they are


def agreement(questions: RuleSet, one: Mapping[str, str], other: Mapping[str, str]) -> int:
    """How far two raters agree (bp): the weight of the questions for which both chose the same anchor."""
    same = sum(q["weight"] for q in questions.document["questions"] if one.get(q["code"]) == other.get(q["code"]))
    return int(same) * FULL // 100


def quality(questions: RuleSet, ratings: Sequence[Mapping[str, str]]) -> Quality | None:
    """What all raters together made of it: the mean of their points, the least agreement of any two."""
    if not ratings:
        return None
    points = sum(points_of(questions, one) for one in ratings) // len(ratings)
    pairs = [agreement(questions, a, b) for k, a in enumerate(ratings) for b in ratings[k + 1 :]]
    return Quality(points=points, raters=len(ratings), agreement=min(pairs) if pairs else None)


def _option(question: Mapping[str, Any], code: str) -> Mapping[str, Any] | None:
    return next((option for option in question["options"] if option["code"] == code), None)
