"""Where Django finds the models of the rooms."""

from chedai.deals.pipeline.models import Deal, StageEntry
from chedai.deals.underwriting.models import (
    Assessment,
    Decision,
    DecisionCondition,
    PaperSeen,
    PolicyException,
    Rating,
    RuleDraft,
    RuleEdition,
    RuleText,
    UnderwritingCase,
    Valuation,
)

__all__ = [
    "Assessment",
    "Deal",
    "Decision",
    "DecisionCondition",
    "PaperSeen",
    "PolicyException",
    "Rating",
    "RuleDraft",
    "RuleEdition",
    "RuleText",
    "StageEntry",
    "UnderwritingCase",
    "Valuation",
]
