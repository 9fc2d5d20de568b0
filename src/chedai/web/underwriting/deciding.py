"""What the page of a case shows, and what its four buttons do for the first person and for the second."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chedai.deals.applications import checklists
from chedai.deals.applications.selectors import items_of
from chedai.deals.underwriting import selectors
from chedai.deals.underwriting.rulebooks import book_of_versions
from chedai.deals.underwriting.rules.flow import Proposal, overrides, suggested
from chedai.deals.underwriting.services.confirming import decision_confirm
from chedai.deals.underwriting.services.proposing import DECIDE, decision_propose
from chedai.deals.underwriting.states import CaseState, Verdict
from chedai.deals.underwriting.telling import VERDICTS
from chedai.org.authority import capacities
from chedai.platform import clock
from chedai.platform.approvals.rules import Case, Checker, refusal
from chedai.platform.approvals.states import State
from chedai.platform.approvals.states import Verdict as Said
from chedai.web import words as general
from chedai.web.doors import Request
from chedai.web.ui.deal import Paper
from chedai.web.underwriting import words
from chedai.web.underwriting.forms import conditions_of, reasons_of
from chedai.web.underwriting.lists import next_case
from chedai.web.underwriting.shown import assessment_shown


def case_context(request: Request, found: Any) -> dict[str, Any]:
    """Everything the page needs, and in which part this person is: maker, checker, or reader."""
    assessment = selectors.assessment_of(found.pk)
    decision = selectors.decision_live(found.pk)
    total = selectors.papers_to_see(found.deal_id).count()
    left = len(selectors.papers_unseen(found, request.actor.ref))
    why_not = _why_not(request, found, decision)
    return {
        "case": found,
        "deal": found.deal,
        "assessment": assessment,
        "shown": assessment_shown(assessment) if assessment else None,
        "decision": decision,
        "digest": decision.approval.digest if decision and decision.approval else "",
        "steps": _steps(decision),
        "papers": _papers(found),
        "papers_total": total,
        "papers_left": left,
        "papers_done": total - left,
        "ratings": selectors.ratings_of(found.pk),
        "conditions": selectors.conditions_of(found.deal_id, "decision", decision.pk) if decision else [],
        "state": words.CASES[CaseState(found.state)],
        "state_tint": words.CASE_TINTS[CaseState(found.state)],
        "late": found.state in (CaseState.OPEN, CaseState.PROPOSED) and found.due_at < clock.now(),
        "verdict": words.pair(VERDICTS[Verdict(decision.verdict)]) if decision else "",
        "verdict_tint": words.VERDICT_TINTS[Verdict(decision.verdict)] if decision else "",
        "proposing": found.state == CaseState.OPEN,
        "confirming": found.state == CaseState.PROPOSED,
        "is_maker": decision is not None and decision.proposed_by_id == request.actor.ref,
        "declining": decision is not None and decision.verdict == Verdict.DECLINE,
        "why_not": why_not,
        "may_propose": request.access.may(
            "decision.propose", store_id=found.deal.store_id, owner_id=found.deal.officer_id
        ),
    }


def form_options(context: dict[str, Any]) -> dict[str, Any]:
    """The reasons to choose from, the rules' own first, and the words of an override where one is needed."""
    shown = context["shown"]
    if shown is None:
        return {"codes": [], "hit": 0, "overrides": []}
    result = shown["result"]
    book = book_of_versions(result.rules)
    table = book.sets["words"].document
    found = suggested(result)
    found = tuple(dict.fromkeys([*found, *(flag.code for flag in result.flags)]))
    rest = [code for code in table["reasons"] if code not in found]
    labels = {code: _bare(words.said(entry["zh"], entry["en"])) for code, entry in table["reasons"].items()}
    over = [(code, words.said(entry["zh"], entry["en"])) for code, entry in table["overrides"].items()]
    need = context["proposing"] and overrides(result) and not result.stopped
    return {
        "codes": [(code, labels[code]) for code in (*found, *rest)],
        "hit": len(found),
        "overrides": over if need else [],
    }


def speak(request: Request, found: Any, context: dict[str, Any], data: dict[str, Any]) -> str:
    """Carry out one of the four buttons; the answer is the address of the next case."""
    verdict = Verdict(data["verdict"])
    if context["proposing"]:
        _propose(request, found, verdict, data)
        said = _("已提交复核：%(verdict)s")
    else:
        _confirm(request, found, context["decision"], verdict, data)
        said = _("已表决：%(verdict)s")
    messages.success(request, said % {"verdict": words.pair(VERDICTS[verdict])} + f" · {found.deal.number}")
    following = next_case(request, after=found.pk)
    return reverse("case", args=[following]) if following else reverse("cases")


def _propose(request: Request, found: Any, verdict: Verdict, data: dict[str, Any]) -> None:
    request.access.require("decision.propose", store_id=found.deal.store_id, owner_id=found.deal.officer_id)
    proposal = Proposal(
        verdict,
        data["opinion"],
        reasons_of(data),
        data.get("override_code", ""),
        data.get("override_reason", ""),
        conditions_of(data),
    )
    decision_propose(case_id=found.pk, proposal=proposal, actor=request.actor)


def _confirm(request: Request, found: Any, decision: Any, verdict: Verdict, data: dict[str, Any]) -> None:
    request.access.require("decision.confirm", store_id=found.deal.store_id, owner_id=found.deal.officer_id)
    decision_confirm(
        decision_id=decision.pk if decision else 0,
        verdict=verdict,
        digest=data["digest"],
        capacities=_capacities(request, found, decision),
        opinion=data["opinion"],
        conditions=conditions_of(data),
        reasons=reasons_of(data),
        actor=request.actor,
    )


def _capacities(request: Request, found: Any, decision: Any) -> frozenset[str]:
    return capacities(
        request.access,
        DECIDE,
        amount=decision.amount,
        deviation=decision.deviation,
        store_id=found.deal.store_id,
        on=clock.business_date(),
    )


def _why_not(request: Request, found: Any, decision: Any) -> str:
    """Why this person may say nothing on the case; the page keeps the sentence where the buttons would be."""
    where = {"store_id": found.deal.store_id, "owner_id": found.deal.officer_id}
    if found.state == CaseState.OPEN:
        return "" if request.access.may("decision.propose", **where) else _("等审批人员提出结论")
    if found.state != CaseState.PROPOSED or decision is None or decision.approval is None:
        return _("本轮审批已结束")
    if not request.access.may("decision.confirm", **where):
        return _("等第二人复核")
    approval = decision.approval
    deciders = frozenset(one.decided_by_id for one in approval.decisions.all())
    case = Case(
        State(approval.state), approval.requested_by_id, deciders, approval.steps[approval.step], approval.digest
    )
    held = _capacities(request, found, decision)
    refused = refusal(case, Checker(request.actor.ref, held, approval.digest, Said.APPROVE, ""))
    return refused.text(get_language() or "zh-hans") if refused else ""


def _steps(decision: Any) -> list[dict[str, Any]]:
    """The people a proposal goes through: who has spoken, whose turn it is."""
    if decision is None or decision.approval is None:
        return []
    said = {one.step: one for one in decision.approval.decisions.select_related("decided_by")}
    return [
        {"role": general.role(role), "said": said.get(at), "waits": at == decision.approval.step and at not in said}
        for at, role in enumerate(decision.approval.steps)
    ]


def _papers(found: Any) -> list[Paper]:
    """The papers of the deal under the names of the checklist."""
    names = {f"check:{item.pk}": words_of_item(item) for item in items_of(found.application)}
    return [
        Paper(
            names.get(paper.purpose, paper.purpose),
            reverse("case_paper", args=[found.pk, paper.pk]),
            paper.media_type,
        )
        for paper in selectors.papers_to_see(found.deal_id)
    ]


def words_of_item(item: Any) -> str:
    """What the checklist calls a paper."""
    known = checklists.item(item.code)
    return words.said(known.zh, known.en)


def _bare(text: str) -> str:
    """A reason without the places of its figures, for a list to choose from."""
    for place in ("{found}", "{limit}", "{fact}"):
        text = text.replace(place, "…")
    return text
