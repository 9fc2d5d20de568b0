"""The credit memo (审批报告): from what the decision kept, so that it prints the same bytes years later."""

from __future__ import annotations

from typing import Any

from chedai.deals.underwriting.models import Assessment
from chedai.deals.underwriting.rulebooks import book_of_versions
from chedai.deals.underwriting.rules.book import RuleSet
from chedai.deals.underwriting.rules.fields import FIELDS
from chedai.deals.underwriting.rules.values import Inputs, Ratios
from chedai.deals.underwriting.selectors import decision_live, inputs_in, result_in
from chedai.deals.underwriting.states import Verdict
from chedai.deals.underwriting.telling import EFFECTS, LIMITS, OUTCOMES, VERDICTS, account_by
from chedai.platform.clock import SHANGHAI
from chedai.platform.documents.rendering import pdf

TEMPLATE = "credit_memo"


def memo_pdf(assessment: Assessment) -> bytes:
    """The memo of an assessment, with the decision made on it. Nothing in it is asked of today."""
    return pdf(TEMPLATE, memo_of(assessment))


def memo_of(assessment: Assessment) -> dict[str, Any]:
    """What the memo prints: figures in fen and 1e-8, words in Chinese."""
    inputs, result = inputs_in(assessment), result_in(assessment)
    book = book_of_versions(result.rules)
    told = account_by(result, book)
    ask = inputs.ask
    return {
        "deal": inputs.deal,
        "round": inputs.round,
        "on": inputs.on.isoformat(),
        "digest": assessment.digest,
        "outcome": OUTCOMES[result.outcome][0],
        "grade": result.grade,
        "score": result.score,
        "limit": result.limit,
        "binding": LIMITS[result.binding][0] if result.binding else "",
        "ask": {
            "lender": ask.lender_code,
            "product": ask.product_code,
            "amount": ask.amount,
            "add_ons": ask.add_ons,
            "annual_rate": ask.annual_rate,
            "periods": ask.periods,
            "instalment": ask.instalment,
            "down_payment": ask.down_payment,
            "price": inputs.car.price,
            "base": result.ratios.base,
        },
        "ratios": _ratios(result.ratios),
        "limits": [{"name": LIMITS[part.name][0], "amount": part.amount} for part in result.limits],
        "points": [{"name": zh, "bin": bin_, "points": points} for zh, _en, bin_, points in told.points],
        "quality": _quality(inputs, book.sets["questions"]),
        "reasons": [
            {"effect": EFFECTS[line.effect][0], "text": line.told.zh, "rule": _rule(line.told)}
            for line in (*told.reasons, *told.flags)
        ],
        "missing": [one.zh for one in told.missing],
        "conditions": [zh for zh, _en in told.conditions],
        "rules": [{"name": book.sets[v.name].zh, "version": v.version, "digest": v.digest[:12]} for v in result.rules],
        "decision": _decision(assessment),
    }


def _rule(said: Any) -> str:
    return f"{said.rule_set} {said.version}"


def _ratios(found: Ratios) -> list[dict[str, Any]]:
    rows = (
        ("ltv_bp", found.ltv),
        ("all_in_bp", found.all_in),
        ("down_bp", found.down),
        ("dti_bp", found.dti),
        ("pti_bp", found.pti),
        ("stressed_dti_bp", found.dti_stressed),
    )
    named = [{"name": FIELDS[name].zh, "bp": value} for name, value in rows]
    named.insert(3, {"name": "收入负债比（放款前）", "bp": found.dti_before})
    named.append({"name": "收入负债比（按自述收入）", "bp": found.dti_stated})
    return named


def _quality(inputs: Inputs, questions: RuleSet) -> dict[str, Any] | None:
    if inputs.quality is None:
        return None
    found = inputs.quality
    return {"points": found.points, "raters": found.raters, "agreement": found.agreement, "set": questions.version}


def _decision(assessment: Assessment) -> dict[str, Any] | None:
    decision = decision_live(assessment.case_id)
    if decision is None or decision.assessment_id != assessment.pk or decision.closed_at is None:
        return None
    return {
        "verdict": VERDICTS[Verdict(decision.verdict)][0],
        "amount": decision.amount,
        "deviation": decision.deviation,
        "opinion": decision.opinion,
        "override": decision.override_reason,
        "proposed_by": decision.proposed_by.display_name,
        "closed_by": decision.closed_by.display_name if decision.closed_by else "",
        "closed_at": decision.closed_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
    }
