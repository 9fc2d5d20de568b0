"""What a page shows of an assessment: every figure with its name, every rule with its words and version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from chedai.deals.underwriting.rules.fields import FIELDS
from chedai.deals.underwriting.rules.ratios import NO_RATIO
from chedai.deals.underwriting.rules.values import Inputs, Result
from chedai.deals.underwriting.selectors import inputs_in, result_in
from chedai.deals.underwriting.telling import EFFECTS, LIMITS, OUTCOMES, Account, Line, account
from chedai.web.underwriting.words import EFFECT_TINTS, OUTCOME_TINTS, pair, said


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that hit, in words."""

    word: str
    tint: str
    text: str
    rule: str
    advice: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One ratio with its name; `over` where it is beyond what a rule allows."""

    name: str
    value: str
    over: bool = False


def assessment_shown(assessment: Any) -> dict[str, Any]:
    """Everything of an assessment, in the language of the reader."""
    inputs, result = inputs_in(assessment), result_in(assessment)
    told = account(result)
    return {
        "result": result,
        "inputs": inputs,
        "outcome": pair(OUTCOMES[result.outcome]),
        "outcome_tint": OUTCOME_TINTS[result.outcome],
        "binding": pair(LIMITS[result.binding]) if result.binding else "",
        "limits": [(pair(LIMITS[part.name]), part.amount, part.name == result.binding) for part in result.limits],
        "points": [(said(zh, en), at, points) for zh, en, at, points in told.points],
        "hits": hits(told),
        "flags": [_hit(line) for line in told.flags],
        "missing": [said(one.zh, one.en) for one in told.missing],
        "conditions": [pair(both) for both in told.conditions],
        "figures": figures(inputs, result),
        "versions": sorted({version.version for version in result.rules}),
    }


def hits(told: Account) -> list[Hit]:
    """The rules that hit, and the facts that are missing, the weightiest first."""
    return [_hit(line) for line in told.reasons]


def figures(inputs: Inputs, result: Result) -> Sequence[Figure]:
    """The ratios, each with whether a rule found it too high."""
    codes = {reason.code for reason in result.reasons}
    found = result.ratios
    rows = (
        ("ltv_bp", found.ltv, bool(codes & {"over-ltv", "over-ltv-law"})),
        ("all_in_bp", found.all_in, "over-all-in" in codes),
        ("down_bp", found.down, False),
        ("dti_bp", found.dti, bool(codes & {"over-income", "over-dti"})),
        ("pti_bp", found.pti, "over-pti" in codes),
        ("stressed_dti_bp", found.dti_stressed, "stress-dti" in codes),
    )
    named = [Figure(said(FIELDS[name].zh, FIELDS[name].en), share(value), high) for name, value, high in rows]
    named.insert(3, Figure(_("收入负债比（放款前）"), share(found.dti_before)))
    named.append(Figure(_("收入负债比（按自述收入）"), share(found.dti_stated)))
    return named


def share(bp: int | None) -> str:
    """Basis points as per cent with two places."""
    if bp is None:
        return "—"
    return _("无收入") if bp >= NO_RATIO else f"{bp // 100}.{bp % 100:02}%"


def _hit(line: Line) -> Hit:
    told = line.told
    return Hit(
        pair(EFFECTS[line.effect]),
        EFFECT_TINTS[line.effect],
        said(told.zh, told.en),
        f"{told.rule_set} {told.version}",
        said(told.advice_zh, told.advice_en),
    )
