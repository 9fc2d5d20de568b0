"""Decisions: cases, what the rules say, proposing, confirming, conditions; the rules themselves; a trial of them."""

import json
from typing import Annotated, Any

import msgspec
from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from chedai.api.operations import asking, caller_of, changing, reading
from chedai.api.pages import Cut, Page, page
from chedai.api.schemas import Number
from chedai.api.underwriting_schemas import (
    AssessmentOut,
    CaseOut,
    CaseWhole,
    ConditionOut,
    ConfirmationIn,
    DecisionOut,
    EvidenceIn,
    ProposalIn,
    RatingIn,
    RatingOut,
    ReplayOut,
    RuleDraftIn,
    RuleDraftOut,
    RuleSetOut,
    RuleSetWhole,
)
from chedai.deals.underwriting import rulebooks, selectors
from chedai.deals.underwriting.rules.deciding import decide
from chedai.deals.underwriting.rules.flow import Proposal
from chedai.deals.underwriting.rules.values import Inputs, canonical
from chedai.deals.underwriting.services import cases, conditions, confirming, drafting, proposing
from chedai.deals.underwriting.states import Verdict
from chedai.org.authority import capacities
from chedai.org.permissions import Permission
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.errors import NotFound, Refusal

router = Router(tags=["decisions"])

READ: Permission = "decision.read"
PROPOSE: Permission = "decision.propose"
CONFIRM: Permission = "decision.confirm"
CONDITION: Permission = "decision.condition"
RULES: Permission = "rules.read"
DRAFT: Permission = "rules.draft"

Name = Path[Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]]
_DECODE = msgspec.json.Decoder(Inputs)


def _person(request: HttpRequest) -> Actor:
    """A token decides as its account: maker and checker are people."""
    caller = caller_of(request)
    return Actor(ActorKind.PERSON, caller.user_id, caller.actor.name)


def _case(request: HttpRequest, case_id: int, permission: Permission) -> Any:
    found = selectors.case_read(case_id)
    caller_of(request).require(permission, store_id=found.deal.store_id, owner_id=found.deal.officer_id)
    return found


def _decision(request: HttpRequest, decision_id: int, permission: Permission) -> Any:
    found = selectors.decision_read(decision_id)
    deal = found.case.deal
    caller_of(request).require(permission, store_id=deal.store_id, owner_id=deal.officer_id)
    return found


@reading(router, "/cases", READ, response=Page[CaseOut])
def case_list(request: HttpRequest, cut: Query[Cut], state: str | None = None) -> dict[str, Any]:
    """The cases the caller may see, newest first."""
    records = caller_of(request).access.records(READ, store="deal__store", owner="deal__officer")
    seen = selectors.cases_seen(records)
    return page(seen.filter(state=state) if state else seen, cut)


@reading(router, "/cases/{case_id}", READ, response=CaseWhole)
def case(request: HttpRequest, case_id: Path[Number]) -> dict[str, Any]:
    """One case: what the rules say on it, what was proposed, and the papers the caller has not opened yet."""
    found = _case(request, case_id, READ)
    assessment, decision = selectors.assessment_of(found.pk), selectors.decision_live(found.pk)
    approval = decision.approval if decision else None
    return {
        **CaseOut.from_orm(found).dict(),
        "assessment": assessment,
        "result": msgspec.to_builtins(selectors.result_in(assessment)) if assessment else None,
        "decision": decision,
        "digest": approval.digest if approval else None,
        "papers_unseen": [paper.pk for paper in selectors.papers_unseen(found, caller_of(request).user_id)],
    }


@changing(router, "/cases/{case_id}/assessments", PROPOSE, response=AssessmentOut, status=201)
def assess(request: HttpRequest, case_id: Path[Number]) -> Any:
    """Ask the rules again."""
    return cases.case_assess(case_id=_case(request, case_id, PROPOSE).pk, actor=_person(request))


@changing(router, "/cases/{case_id}/papers/{paper_id}/views", READ, response=dict[str, int], status=201)
def paper_seen(request: HttpRequest, case_id: Path[Number], paper_id: Path[Number]) -> dict[str, int]:
    """Note that the caller has opened a paper: a second person must have opened them all."""
    found = _case(request, case_id, READ)
    cases.paper_see(case_id=found.pk, paper_id=paper_id, actor=_person(request))
    return {"left": len(selectors.papers_unseen(found, caller_of(request).user_id))}


@changing(router, "/cases/{case_id}/ratings", PROPOSE, response=RatingOut, status=201)
def rate(request: HttpRequest, case_id: Path[Number], rating: RatingIn) -> Any:
    """Answer the qualitative questionnaire."""
    found = _case(request, case_id, PROPOSE)
    return cases.rating_write(case_id=found.pk, answers=rating.answers, actor=_person(request))


@changing(router, "/cases/{case_id}/decisions", PROPOSE, response=DecisionOut, status=201)
def propose(request: HttpRequest, case_id: Path[Number], said: ProposalIn) -> Any:
    """Propose a conclusion."""
    found = _case(request, case_id, PROPOSE)
    proposal = Proposal(
        Verdict(said.verdict),
        said.opinion,
        said.reasons,
        said.override_code,
        said.override_reason,
        said.conditions,
    )
    return proposing.decision_propose(case_id=found.pk, proposal=proposal, actor=_person(request))


@changing(router, "/decisions/{decision_id}/confirmations", CONFIRM, response=DecisionOut, status=201)
def confirm(request: HttpRequest, decision_id: Path[Number], said: ConfirmationIn) -> Any:
    """The next person decides on what was proposed."""
    found = _decision(request, decision_id, CONFIRM)
    held = capacities(
        caller_of(request).access,
        proposing.DECIDE,
        amount=found.amount,
        deviation=found.deviation,
        store_id=found.case.deal.store_id,
        on=clock.business_date(),
    )
    return confirming.decision_confirm(
        decision_id=found.pk,
        verdict=Verdict(said.verdict),
        digest=said.digest,
        capacities=held,
        opinion=said.opinion,
        reasons=said.reasons,
        conditions=said.conditions,
        actor=_person(request),
    )


@changing(router, "/decisions/{decision_id}/withdrawal", PROPOSE, response=DecisionOut)
def withdraw(request: HttpRequest, decision_id: Path[Number]) -> Any:
    """The maker takes a proposal back."""
    found = _decision(request, decision_id, PROPOSE)
    return proposing.decision_withdraw(decision_id=found.pk, actor=_person(request))


@reading(router, "/decisions/{decision_id}", READ, response=DecisionOut)
def decision(request: HttpRequest, decision_id: Path[Number]) -> Any:
    """One decision."""
    return _decision(request, decision_id, READ)


@reading(router, "/decisions/{decision_id}/replay", READ, response=ReplayOut)
def replay(request: HttpRequest, decision_id: Path[Number]) -> dict[str, Any]:
    """Work a decision out again from what it kept."""
    found = _decision(request, decision_id, READ)
    again = selectors.decision_replay(found.pk)
    return {"same": again.same, "outcome": again.again.outcome.value, "digest": found.assessment.digest}


@reading(router, "/decisions/{decision_id}/conditions", READ, response=list[ConditionOut])
def condition_list(request: HttpRequest, decision_id: Path[Number]) -> Any:
    """The conditions a decision makes."""
    found = _decision(request, decision_id, READ)
    return selectors.conditions_of(found.case.deal_id, "decision", found.pk)


@changing(router, "/conditions/{condition_id}/met", CONDITION, response=ConditionOut)
def condition_met(request: HttpRequest, condition_id: Path[Number], said: EvidenceIn) -> Any:
    """State that a condition is met."""
    found = selectors.condition_read(condition_id)
    caller_of(request).require(CONDITION, store_id=found.deal.store_id, owner_id=found.deal.officer_id)
    return conditions.condition_meet(condition_id=found.pk, evidence=said.evidence, actor=_person(request))


@asking(router, "/decision-trials", RULES, body=Inputs)
def trial(request: HttpRequest) -> bytes:
    """What the rules of the day say on the facts given; nothing is kept. The body is the published form of inputs."""
    try:
        inputs = _DECODE.decode(request.body)
    except msgspec.MsgspecError as wrong:
        raise Refusal("inputs", f"输入不合格式：{wrong}", f"the inputs are not in form: {wrong}") from wrong
    return canonical(decide(inputs, rulebooks.book_on(clock.business_date())))


@reading(router, "/rules", RULES, response=list[RuleSetOut])
def rule_sets(request: HttpRequest) -> Any:
    """Every rule set in force today."""
    return list(rulebooks.book_on(clock.business_date()).sets.values())


@reading(router, "/rules/{name}", RULES, response=RuleSetWhole)
def rule_set(request: HttpRequest, name: Name) -> dict[str, Any]:
    """One rule set with its text."""
    found = rulebooks.book_on(clock.business_date()).sets.get(name)
    if found is None:
        raise NotFound("no-such-rule-set", "没有这个规则集", "there is no such rule set")
    return {**RuleSetOut.from_orm(found).dict(), "document": dict(found.document)}


@changing(router, "/rules/{name}/drafts", DRAFT, response=RuleDraftOut, status=201)
def rule_draft(request: HttpRequest, name: Name, said: RuleDraftIn) -> Any:
    """Draft a rule set anew."""
    return drafting.rule_draft_write(
        name=name,
        content=json.dumps(said.document, ensure_ascii=False, indent=1),
        reason=said.reason,
        base_digest=said.base_digest,
        actor=_person(request),
    )
