"""The decision tab of a deal: what was decided and why, what blocks the payout, and after a decline what would pass."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chedai.deals.underwriting import selectors
from chedai.deals.underwriting.nextbest import NextBest, next_best
from chedai.deals.underwriting.states import Verdict
from chedai.deals.underwriting.telling import VERDICTS, reasons_told
from chedai.platform.errors import NotFound
from chedai.web.deals.jacket import jacket
from chedai.web.doors import Request, door
from chedai.web.underwriting import words
from chedai.web.underwriting.shown import assessment_shown


@require_GET
@door("decision.read")
def decision_tab(request: Request, number: str) -> HttpResponse:
    """The tab, over every round."""
    context = jacket(request, number, "decision")
    deal = context["deal"]
    request.access.require("decision.read", store_id=deal.store_id, owner_id=deal.officer_id)
    case = selectors.case_of(deal.pk)
    assessment = selectors.assessment_of(case.pk) if case else None
    rounds = [_round(decision) for decision in selectors.decisions_of(deal.pk)]
    newest = rounds[0] if rounds else None
    declined = newest is not None and newest["is_decline"]
    approved = selectors.approved(deal.pk)
    context |= {
        "case": case,
        "assessment": assessment,
        "shown": assessment_shown(assessment) if assessment else None,
        "rounds": rounds,
        "newest": newest,
        "approved": approved,
        "conditions": selectors.conditions_of(deal.pk, approved.source, approved.source_id) if approved else [],
        "may_meet": request.access.may("decision.condition", store_id=deal.store_id, owner_id=deal.officer_id),
        "declined": declined,
        "best": _best(newest["decision"].assessment) if newest and declined else None,
    }
    return render(request, "web/underwriting/tab.html", context)


def _round(decision: Any) -> dict[str, Any]:
    verdict = Verdict(decision.verdict)
    is_decline = verdict is Verdict.DECLINE and decision.state == "confirmed"
    result = selectors.result_in(decision.assessment)
    told = reasons_told(result, tuple(decision.reasons)) if is_decline else ()
    return {
        "decision": decision,
        "word": words.pair(VERDICTS[verdict]),
        "tint": words.VERDICT_TINTS[verdict],
        "state": words.DECISIONS[decision.state],
        "is_decline": is_decline,
        "reasons": [(words.said(one.zh, one.en), words.said(one.advice_zh, one.advice_en)) for one in told],
    }


def _best(assessment: Any) -> dict[str, Any] | None:
    """What would pass and what to offer, where the quote still stands."""
    try:
        found: NextBest = next_best(assessment)
    except NotFound:
        return None
    changes = [(words.LEVERS[one.lever], one.lever, one.before, one.after, one.instalment) for one in found.changes]
    return {"changes": changes, "plans": found.plans}
