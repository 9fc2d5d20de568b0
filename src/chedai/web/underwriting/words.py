"""The words of decisions on the screens; what the rules say comes in both languages and is chosen here."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chedai.deals.underwriting.rules.values import Effect, Outcome
from chedai.deals.underwriting.states import CaseState, DecisionState, DraftState, Verdict

CASES: Final[dict[str, Promise]] = {
    CaseState.OPEN: _("待提结论"),
    CaseState.PROPOSED: _("待复核"),
    CaseState.DECIDED: _("已有结论"),
    CaseState.REWORK: _("退回补正"),
    CaseState.CLOSED: _("已结束"),
}
CASE_TINTS: Final = {
    CaseState.OPEN: "blue",
    CaseState.PROPOSED: "amber",
    CaseState.DECIDED: "green",
    CaseState.REWORK: "red",
    CaseState.CLOSED: "",
}
VERDICT_TINTS: Final = {
    Verdict.APPROVE: "green",
    Verdict.CONDITIONAL: "amber",
    Verdict.RETURN: "red",
    Verdict.DECLINE: "red",
}
OUTCOME_TINTS: Final = {Outcome.PASS: "green", Outcome.REFER: "amber", Outcome.DECLINE: "red"}
EFFECT_TINTS: Final = {Effect.STOP: "red", Effect.DECLINE: "red", Effect.REFER: "amber", Effect.NOTE: ""}
DECISIONS: Final[dict[str, Promise]] = {
    DecisionState.PROPOSED: _("待复核"),
    DecisionState.CONFIRMED: _("已复核"),
    DecisionState.RETURNED: _("已退回"),
    DecisionState.WITHDRAWN: _("已撤回"),
    DecisionState.VOID: _("已作废"),
}
DRAFTS: Final[dict[str, tuple[Promise, str]]] = {
    DraftState.DRAFT: (_("草案"), "blue"),
    DraftState.PENDING: (_("待发布"), "amber"),
    DraftState.PUBLISHED: (_("已发布"), "green"),
    DraftState.WITHDRAWN: (_("已撤回"), ""),
}
LEVERS: Final[dict[str, Promise]] = {
    "down_payment": _("首付款"),
    "periods": _("期数"),
    "income": _("核实月收入"),
}


def said(zh: str, en: str) -> str:
    """The one of two texts that the reader's language asks for."""
    return zh if (get_language() or "zh-hans").startswith("zh") else en


def pair(both: tuple[str, str]) -> str:
    """The same for a pair."""
    return said(*both)
