"""Finding cases and decisions; what is approved; replaying what was decided."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from chedai.deals.applications.selectors import won_submission
from chedai.deals.quotes.frozen import FrozenPlan
from chedai.deals.quotes.models import Quote
from chedai.deals.quotes.selectors import accepted_plan, plans_of, quote_accepted
from chedai.deals.underwriting.approved import Approved, ApprovedCondition
from chedai.deals.underwriting.models import (
    Assessment,
    Decision,
    PaperSeen,
    PayoutCondition,
    Rating,
    RuleDraft,
    UnderwritingCase,
)
from chedai.deals.underwriting.rulebooks import book_of_versions
from chedai.deals.underwriting.rules.deciding import decide
from chedai.deals.underwriting.rules.values import Inputs, Result, canonical, digest_of, inputs_from, result_from
from chedai.deals.underwriting.states import CaseState, ConditionSource, ConditionState, DecisionState
from chedai.platform.errors import NotFound
from chedai.platform.files.models import Paper
from chedai.platform.files.selectors import papers_of
from chedai.platform.rows import at_most_one

_APPROVING = ("approve", "conditional")
_WITH = ("deal__store", "deal__customer", "deal__officer__user")


def case_lock(case_id: int) -> UnderwritingCase:
    """A case, locked until the transaction ends. Errors: `NotFound`."""
    return _found(
        UnderwritingCase.objects.select_for_update(no_key=True, of=("self",)).select_related("deal").filter(pk=case_id)
    )


def case_read(case_id: int) -> UnderwritingCase:
    """A case with its deal. Errors: `NotFound`."""
    return _found(UnderwritingCase.objects.select_related(*_WITH).filter(pk=case_id))


def case_of(deal_id: int) -> UnderwritingCase | None:
    """The newest case of a deal, if there is one."""
    return UnderwritingCase.objects.select_related(*_WITH).filter(deal_id=deal_id).order_by("-round").first()


def cases_of(deal_id: int) -> list[UnderwritingCase]:
    """Every round of a deal before the approvers, newest first."""
    return list(UnderwritingCase.objects.filter(deal_id=deal_id).order_by("-round"))


def cases_seen(records: Q) -> QuerySet[UnderwritingCase]:
    """The cases `records` (`Access.records("decision.read", store="deal__store", owner="deal__officer")`) leaves."""
    return UnderwritingCase.objects.filter(records).select_related(*_WITH).order_by("due_at", "pk")


def assessment_of(case_id: int) -> Assessment | None:
    """The newest assessment of a case."""
    return Assessment.objects.filter(case=case_id).order_by("-pk").first()


def inputs_in(assessment: Assessment) -> Inputs:
    """What an assessment was made of."""
    kept = bytes(assessment.inputs)
    if not kept:
        zh, en = (
            "客户资料已依法删除，评估依据不再可读",
            "the customer's data was deleted, and with it what this was made of",
        )
        raise NotFound("assessment-erased", zh, en)
    return inputs_from(kept)


def result_in(assessment: Assessment) -> Result:
    """What it said."""
    return result_from(bytes(assessment.result))


def decision_lock(decision_id: int) -> Decision:
    """A decision, locked until the transaction ends. Errors: `NotFound`."""
    rows = Decision.objects.select_for_update(no_key=True, of=("self",)).select_related("case__deal", "assessment")
    found = rows.filter(pk=decision_id).first()
    if found is None:
        raise _no_decision()
    return found


def decision_read(decision_id: int) -> Decision:
    """A decision with its case, assessment and people. Errors: `NotFound`."""
    people = ("case__deal__store", "case__deal__customer", "assessment", "approval", "proposed_by", "closed_by")
    found = Decision.objects.select_related(*people).filter(pk=decision_id).first()
    if found is None:
        raise _no_decision()
    return found


def decisions_of(deal_id: int) -> list[Decision]:
    """Every decision of a deal, newest first."""
    people = ("assessment", "approval", "proposed_by", "closed_by", "case")
    return list(Decision.objects.filter(case__deal=deal_id).select_related(*people).order_by("-pk"))


def decision_live(case_id: int) -> Decision | None:
    """The decision of a case that is proposed or confirmed."""
    live = (DecisionState.PROPOSED, DecisionState.CONFIRMED)
    rows = Decision.objects.filter(case=case_id, state__in=live).select_related("assessment", "approval", "proposed_by")
    return rows.first()


def decision_of_approval(approval_id: int) -> Decision | None:
    """The decision an approval was asked for, if it is one of ours."""
    return Decision.objects.filter(approval=approval_id).first()


def papers_to_see(deal_id: int) -> QuerySet[Paper]:
    """The papers of a deal, which a second person must have opened."""
    return papers_of(f"deal:{deal_id}")


def papers_seen(case_id: int, user_id: int) -> set[int]:
    """The papers of a case somebody has opened."""
    return set(PaperSeen.objects.filter(case=case_id, user=user_id).values_list("paper_id", flat=True))


def papers_unseen(case: UnderwritingCase, user_id: int) -> list[Paper]:
    """The papers somebody has not opened yet; one that was handed in again since is another paper."""
    seen = papers_seen(case.pk, user_id)
    return [paper for paper in papers_to_see(case.deal_id) if paper.pk not in seen]


def ratings_of(case_id: int) -> list[Rating]:
    """What raters answered, in order."""
    return list(Rating.objects.filter(case=case_id).select_related("rater").order_by("pk"))


def conditions_of(deal_id: int, source: str, source_id: int) -> list[PayoutCondition]:
    """The conditions of one approval, in the order they were made."""
    rows = PayoutCondition.objects.filter(deal=deal_id, source=source, source_id=source_id)
    return list(rows.select_related("met_by").order_by("pk"))


def condition_read(condition_id: int) -> PayoutCondition:
    """A condition with its deal. Errors: `NotFound`."""
    found = PayoutCondition.objects.select_related("deal").filter(pk=condition_id).first()
    if found is None:
        raise NotFound("no-such-condition", "没有这项放款前提", "there is no such condition")
    return found


def conditions_open(deal_id: int) -> list[PayoutCondition]:
    """What still blocks the payout of a deal as it is approved now; nothing where it is not."""
    found = approved(deal_id)
    if found is None:
        return []
    held = conditions_of(deal_id, found.source, found.source_id)
    return [one for one in held if one.state == ConditionState.OPEN]


def approved(deal_id: int) -> Approved | None:
    """What is approved for a deal: by the house's decision, or by the partner lender that was taken.

    An approval was given for one plan; where the customer has accepted another since, there is none.
    """
    decision = _confirmed(deal_id)
    return _by_house(deal_id, decision) if decision is not None else _by_lender(deal_id)


def plan_approved(quote: Quote, deal_id: int) -> FrozenPlan | None:
    """Of the accepted quote of a deal, the plan of the lender that was taken. None where the house decided, or nobody
    yet: then it is the plan that was accepted.
    """
    if _confirmations(deal_id).exists():
        return None
    won = won_submission(deal_id)
    if won is None or None in (won.amount, won.annual_rate, won.periods):
        return None
    return plan_of_lender(quote, won.lender_code)


@dataclass(frozen=True, slots=True)
class Replay:
    """A decision worked out again from what it kept: whether every byte is the same, and both results."""

    same: bool
    kept: Result
    again: Result


def decision_replay(decision_id: int) -> Replay:
    """Decide again from the stored inputs by the stored rules. Errors: `NotFound`."""
    assessment = decision_read(decision_id).assessment
    return assessment_replay(assessment)


def assessment_replay(assessment: Assessment) -> Replay:
    """The same for an assessment: also its digest is worked out again."""
    kept = result_in(assessment)
    again = decide(inputs_in(assessment), book_of_versions(kept.rules))
    body = canonical(again)
    whole = digest_of(bytes(assessment.inputs), bytes(assessment.rules), body)
    return Replay(body == bytes(assessment.result) and whole == assessment.digest, kept, again)


def _confirmed(deal_id: int) -> Decision | None:
    return max(_confirmations(deal_id), key=lambda one: one.pk, default=None)


def _confirmations(deal_id: int) -> QuerySet[Decision]:
    return Decision.objects.filter(
        case__deal=deal_id, case__state=CaseState.DECIDED, state=DecisionState.CONFIRMED, verdict__in=_APPROVING
    )


def _by_house(deal_id: int, decision: Decision) -> Approved | None:
    if plan_digest_of(deal_id) != decision.plan_digest:
        return None
    return Approved(
        deal_id=deal_id,
        amount=decision.amount,
        annual_rate=decision.annual_rate,
        periods=decision.periods,
        lender_code=decision.lender_code,
        source="decision",
        source_id=decision.pk,
        plan_digest=decision.plan_digest,
        conditions=_conditions(deal_id, ConditionSource.DECISION, decision.pk),
    )


def plan_digest_of(deal_id: int) -> str:
    """The digest of the plan the customer has accepted now. Errors: `NotFound`."""
    return accepted_plan(deal_id).digest


def _by_lender(deal_id: int) -> Approved | None:
    won = won_submission(deal_id)
    if won is None or won.amount is None or won.annual_rate is None or won.periods is None:
        return None
    plan = plan_of_lender(quote_accepted(deal_id), won.lender_code)
    return Approved(
        deal_id=deal_id,
        amount=won.amount,
        annual_rate=won.annual_rate,
        periods=won.periods,
        lender_code=won.lender_code,
        source="submission",
        source_id=won.pk,
        plan_digest=plan.digest if plan else "",
        conditions=_conditions(deal_id, ConditionSource.SUBMISSION, won.pk),
    )


def plan_of_lender(quote: Quote, lender_code: str) -> FrozenPlan | None:
    """The plan of one lender in a quote the customer accepted: the accepted one, else the first that was shown."""
    plans = plans_of(quote)
    order = [plans[quote.accepted_plan or 0], *plans]
    return next((plan for plan in order if plan.lender_code == lender_code and not plan.is_cash), None)


def _conditions(deal_id: int, source: ConditionSource, source_id: int) -> tuple[ApprovedCondition, ...]:
    rows = conditions_of(deal_id, source, source_id)
    return tuple(ApprovedCondition(one.code, one.zh, one.en, one.state == ConditionState.MET) for one in rows)


def _found(rows: QuerySet[UnderwritingCase]) -> UnderwritingCase:
    found = at_most_one(rows)
    if found is None:
        raise NotFound("no-such-case", "没有这件审批", "there is no such case")
    return found


def _no_decision() -> NotFound:
    return NotFound("no-such-decision", "没有这个结论", "there is no such decision")


def rule_draft_lock(draft_id: int) -> RuleDraft:
    """A draft of a rule set, locked until the transaction ends. Errors: `NotFound`."""
    return _draft(RuleDraft.objects.select_for_update(no_key=True).filter(pk=draft_id))


def rule_draft_read(draft_id: int) -> RuleDraft:
    """A draft with who wrote it. Errors: `NotFound`."""
    return _draft(RuleDraft.objects.select_related("written_by").filter(pk=draft_id))


def rule_drafts() -> QuerySet[RuleDraft]:
    """Every draft, newest first, without its text."""
    return RuleDraft.objects.select_related("written_by").defer("content").order_by("-pk")


def _draft(rows: QuerySet[RuleDraft]) -> RuleDraft:
    found = rows.first()
    if found is None:
        raise NotFound("no-such-draft", "没有这个草案", "there is no such draft")
    return found
