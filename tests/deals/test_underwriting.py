"""Two people decide: every way a case can go, and that what is refused changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Q

from chedai.deals.applications.services.lenders import Answer, submission_answer, submission_win
from chedai.deals.applications.states import SubmissionState
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.selectors import deal_read
from chedai.deals.pipeline.states import Mode
from chedai.deals.underwriting.comparing import old_cases, row_changes, what_if
from chedai.deals.underwriting.models import (
    Assessment,
    Decision,
    PayoutCondition,
    PolicyException,
    Rating,
    RuleDraft,
    RuleEdition,
    RuleText,
    UnderwritingCase,
)
from chedai.deals.underwriting.reports import exception_report
from chedai.deals.underwriting.rulebooks import book_on, text_on
from chedai.deals.underwriting.rules.book import rule_set, shipped, text_digest
from chedai.deals.underwriting.rules.values import Outcome
from chedai.deals.underwriting.selectors import (
    approved,
    assessment_of,
    case_of,
    conditions_of,
    conditions_open,
    decision_replay,
    result_in,
)
from chedai.deals.underwriting.services.cases import rating_write
from chedai.deals.underwriting.services.conditions import approval_void, condition_meet
from chedai.deals.underwriting.services.drafting import (
    PUBLISH,
    rule_draft_submit,
    rule_draft_withdraw,
    rule_draft_write,
)
from chedai.deals.underwriting.services.proposing import DECIDE, decision_withdraw
from chedai.deals.underwriting.states import Verdict
from chedai.org.access import access_of
from chedai.org.authority import capacities
from chedai.org.models import AuthorityLimit, Staff
from chedai.platform import clock
from chedai.platform.approvals import states as approvals
from chedai.platform.approvals.models import Approval, ApprovalDecision
from chedai.platform.approvals.services import approval_decide
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict, NotAllowed, NotFound, Refusal, Refusals
from chedai.platform.files.services import paper_hand_in
from tests import cast
from tests.conftest import MOMENT
from tests.deals.applying import opened, paper
from tests.deals.deciding import Chair, chair
from tests.house import SINCE, build

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]

TODAY = MOMENT.date()
TABLES = (
    UnderwritingCase,
    Assessment,
    Decision,
    PayoutCondition,
    PolicyException,
    Rating,
    RuleDraft,
    RuleEdition,
    Approval,
    ApprovalDecision,
    AuditEntry,
    Deal,
)


def rows() -> list[object]:
    """Everything a decision may change."""
    return [row for table in TABLES for row in table.objects.order_by("pk").values_list()]


def refused(step: Callable[[], object], kind: type[Refusal] = Refusal) -> list[str]:
    """The codes a step is refused with; nothing has changed."""
    before = rows()
    with pytest.raises(kind) as caught:
        step()
    assert rows() == before
    found = caught.value
    return [one.code for one in found.refusals] if isinstance(found, Refusals) else [found.code]


class TestTheCaseOpens:
    def test_a_submitted_own_book_file_is_assessed_at_once(self) -> None:
        at = chair()
        found = assessment_of(at.case.pk)
        assert found is not None
        assert (at.case.kind, at.case.state, at.case.round) == ("full", "open", 1)
        assert (found.outcome, found.grade, found.score, found.limit) == ("pass", "A", 670, 10_625_000)
        assert at.case.due_at - at.case.opened_at == timedelta(hours=24)  # nine working hours, to the next morning

    def test_a_partners_file_gets_a_pre_check_and_no_decision(self) -> None:
        road = opened(build(), Mode.DEALER_DESK)
        road.complete().submit()
        case = case_of(road.deal.pk)
        assert case is not None
        assert (case.kind, case.state) == ("precheck", "closed")
        found = assessment_of(case.pk)
        assert found is not None
        assert result_in(found).missing == ("worst_run", "down_payment_payer")

    def test_the_texts_of_the_rules_are_kept_once(self) -> None:
        chair()
        assert sorted(RuleText.objects.values_list("name", flat=True)) == sorted(shipped())


class TestApproval:
    def test_two_people_approve_and_the_contract_is_next(self) -> None:
        at = chair()
        decision = at.confirm(at.propose())
        assert (decision.state, decision.verdict, decision.deviation) == ("confirmed", "approve", 0)
        assert (decision.proposed_by_id, decision.closed_by_id) == (at.house.approver.user_id, at.second.user_id)
        found = approved(at.road.deal.pk)
        assert found is not None
        assert (found.amount, found.annual_rate, found.periods) == (10_000_000, 5_880_000, 36)
        assert (found.source, found.lender_code, found.conditions) == ("decision", "jianghe", ())
        assert deal_read(at.road.deal.pk).stage == "contract"

    def test_who_proposed_does_not_confirm_even_with_both_roles(self) -> None:
        at = chair()
        both = cast.person("both", "白露", at.house.east, "officer", "approver")
        decision = at.propose(who=both)
        at.see(both)
        assert refused(lambda: at.speak(decision, Verdict.APPROVE, both), NotAllowed) == ["maker-is-checker"]

    def test_the_second_person_must_have_opened_the_papers(self) -> None:
        at = chair()
        decision = at.propose()
        assert refused(lambda: at.speak(decision, Verdict.APPROVE, at.second)) == ["papers-unseen"]
        at.see(at.house.approver)  # what the first person saw counts for nothing
        assert refused(lambda: at.speak(decision, Verdict.APPROVE, at.second)) == ["papers-unseen"]
        at.see(at.second)
        assert at.speak(decision, Verdict.APPROVE, at.second).state == "confirmed"

    def test_the_general_door_of_approvals_asks_for_the_papers_too(self) -> None:
        at = chair()
        decision = at.propose()
        assert decision.approval is not None
        approval = decision.approval
        held = capacities(
            access_of(at.second.user_id), DECIDE, amount=0, deviation=0, store_id=at.house.east.pk, on=TODAY
        )

        def decide() -> object:
            return approval_decide(
                approval_id=approval.pk,
                verdict=approvals.Verdict.APPROVE,
                digest=approval.digest,
                capacities=held,
                actor=cast.acting(at.second),
            )

        assert refused(decide) == ["papers-unseen"]
        at.see(at.second)
        decide()
        decision.refresh_from_db()
        assert decision.state == "confirmed"

    def test_a_paper_handed_in_again_must_be_seen_again(self) -> None:
        at = chair()
        at.see(at.second)
        decision = at.propose()
        item = at.road.application.items.exclude(code="down_payment").order_by("pk").first()
        assert item is not None
        hand_in(at, item.pk)
        assert refused(lambda: at.speak(decision, Verdict.APPROVE, at.second)) == ["papers-unseen"]

    def test_without_authority_nobody_confirms(self) -> None:
        at = chair()
        decision = at.propose()
        at.see(at.house.manager)
        assert refused(lambda: at.speak(decision, Verdict.APPROVE, at.house.manager), NotAllowed) == [
            "authority-exceeded"
        ]

    def test_another_plan_since_the_proposal_is_a_conflict(self) -> None:
        at = chair()
        decision = at.propose()
        Decision.objects.filter(pk=decision.pk).update(plan_digest="0" * 64)
        assert refused(lambda: at.confirm(decision), Conflict) == ["plan-changed"]

    def test_an_approval_of_another_plan_is_none(self) -> None:
        at = chair()
        decision = at.confirm(at.propose())
        Decision.objects.filter(pk=decision.pk).update(plan_digest="0" * 64)
        assert approved(at.road.deal.pk) is None


def hand_in(at: Chair, item_id: int) -> None:
    """One more sheet, after the second person has seen the others."""
    paper_hand_in(
        subject=f"deal:{at.road.deal.pk}",
        purpose=f"check:{item_id}",
        name="later.pdf",
        content=paper("handed in later"),
        actor=at.road.officer,
    )


class TestDeviationAndReview:
    def test_a_low_grade_takes_two_people_of_the_same_role(self) -> None:
        at = chair(
            bureau={"worst_run": 2, "overdue_months": 5, "queries_3_months": 5},
            residence="rented",
            residence_months=6,
            job_months=8,
        )
        found = result_in(assessment_of(at.case.pk))  # type: ignore[arg-type]
        assert (found.grade, found.outcome) == ("D", Outcome.DECLINE)  # 80 % of the car, a D may have 70 %
        decision = at.propose(override_code="proven_customer", override_reason="老客户，上一笔已结清")
        assert decision.approval is not None
        assert decision.approval.steps == ["approver", "compliance", "approver"]
        assert decision.deviation == 1429  # 100,000.00 against 87,500.00
        assert {c.code for c in conditions_of(at.road.deal.pk, "decision", decision.pk)} == {"guarantor"}
        at.confirm(decision)
        at.confirm(decision, who=at.chief)
        assert refused(lambda: at.confirm(decision, who=at.second), NotAllowed) == ["second-step-same-person"]
        third = cast.person("third", "邓岩", at.house.east, "approver")
        assert at.confirm(decision, who=third).state == "confirmed"

    def test_an_exception_is_counted_by_approver_and_shop(self) -> None:
        at = chair(income_verified=600_000)
        decision = at.propose(override_code="income_unrecorded", override_reason="另有房租收入，见合同")
        at.confirm(decision)
        at.confirm(decision, who=at.chief)
        # (6,000.00 x 55 % - 2,000.00) a month over 36 months at 5.88 %
        assert list(PolicyException.objects.values_list("code", "found", "limit", "deviation")) == [
            ("over-income", 10_000_000, 4_280_895, 13_360)
        ]
        report = exception_report(Q(), TODAY, TODAY)
        assert [(r.name, r.decided, r.approved, r.excepted, r.overridden, r.rate_bp) for r in report.by_approver] == [
            ("韩冰", 1, 1, 1, 1, 10_000)
        ]
        assert [(r.name, r.excepted) for r in report.by_store] == [("城东店", 1)]
        assert report.by_rule == (("over-income", 1),)
        assert exception_report(Q(), TODAY + timedelta(days=1), TODAY + timedelta(days=9)).by_store == ()

    def test_going_beyond_the_rules_takes_a_code_and_a_reason(self) -> None:
        at = chair(income_verified=600_000)
        assert refused(at.propose) == ["override-missing", "override-reason"]
        assert refused(lambda: at.propose(override_code="because", override_reason="他是好人啊")) == [
            "override-missing"
        ]
        assert refused(lambda: at.propose(override_code="other", override_reason="好")) == ["override-reason"]

    def test_what_nobody_may_go_beyond_is_refused(self) -> None:
        at = chair(bureau={"bad_debt": True})
        assert refused(lambda: at.propose(override_code="other", override_reason="领导同意了的")) == ["stopped"]

    def test_beyond_all_authority_there_is_no_proposal(self) -> None:
        at = chair()
        AuthorityLimit.objects.filter(action=DECIDE).update(amount=9_999_999)
        assert refused(at.propose) == ["beyond-all-authority"]

    def test_a_missing_fact_refers_and_an_approval_explains(self) -> None:
        at = chair(payer="third_party")
        found = result_in(assessment_of(at.case.pk))  # type: ignore[arg-type]
        assert (found.outcome, [flag.code for flag in found.flags]) == (Outcome.REFER, ["payer-third-party"])
        assert refused(lambda: at.propose(opinion="")) == ["opinion-missing"]
        assert at.propose(opinion="已核实，付款人为叔父，附关系证明").verdict == "conditional"


class TestConditions:
    def test_the_second_person_adds_one_and_it_blocks_until_met(self) -> None:
        at = chair()
        decision = at.confirm(at.propose(), Verdict.CONDITIONAL, conditions=("放款前补交购车发票",))
        assert decision.verdict == "conditional"
        blocking = conditions_open(at.road.deal.pk)
        assert [(c.code, c.zh, c.set_by) for c in blocking] == [
            ("custom-1", "放款前补交购车发票", f"person:{at.second.user_id}")
        ]
        finance = cast.acting(cast.person("fin", "方可", at.house.east, "finance"))
        number = blocking[0].pk
        assert refused(lambda: condition_meet(condition_id=number, evidence=" ", actor=finance)) == ["evidence-missing"]
        condition_meet(condition_id=number, evidence="发票已核对", actor=finance)
        assert conditions_open(at.road.deal.pk) == []
        found = approved(at.road.deal.pk)
        assert found is not None
        assert ([c.met for c in found.conditions], found.open_conditions) == ([True], ())
        assert refused(lambda: condition_meet(condition_id=number, evidence="再次", actor=finance), Conflict) == [
            "condition-met"
        ]

    def test_conditional_names_its_conditions(self) -> None:
        at = chair()
        assert refused(lambda: at.propose(Verdict.CONDITIONAL)) == ["condition-missing"]
        decision = at.propose()
        at.see(at.second)
        assert refused(lambda: at.speak(decision, Verdict.CONDITIONAL, at.second)) == ["condition-missing"]
        assert refused(lambda: at.speak(decision, Verdict.CONDITIONAL, at.second, conditions=("短",))) == [
            "condition-words"
        ]

    def test_a_lenders_conditions_block_like_ours(self) -> None:
        road = opened(build(), Mode.DEALER_DESK)
        road.complete().submit()
        sent = road.send()[0]
        said = Answer(
            message="m1",
            seq=1,
            state=SubmissionState.CONDITIONAL,
            amount=9_000_000,
            annual_rate=6_000_000,
            periods=36,
            conditions=("补充近三个月流水",),
        )
        submission_answer(submission_id=sent.pk, answer=said, actor=road.officer)
        assert approved(road.deal.pk) is None
        submission_win(submission_id=sent.pk, actor=road.officer)
        found = approved(road.deal.pk)
        assert found is not None
        assert (found.source, found.source_id, found.amount, found.annual_rate, found.periods) == (
            "submission",
            sent.pk,
            9_000_000,
            6_000_000,
            36,
        )
        assert [(c.code, c.zh, c.met) for c in found.conditions] == [("lender-1", "补充近三个月流水", False)]
        assert len(found.plan_digest) == 64


class TestDeclineAndReturn:
    def test_a_decline_has_codes_and_goes_back_to_the_quote(self) -> None:
        at = chair(bureau={"overdue_now": 50_000})
        assert refused(lambda: at.propose(Verdict.DECLINE)) == ["reason-missing"]
        assert refused(lambda: at.propose(Verdict.DECLINE, reasons=("free text",))) == ["reason-missing"]
        decision = at.confirm(at.propose(Verdict.DECLINE, reasons=("overdue-now",)))
        assert (decision.state, decision.verdict, decision.reasons) == ("confirmed", "decline", ["overdue-now"])
        deal = deal_read(at.road.deal.pk)
        assert (deal.stage, deal.turn, deal.next_step) == ("quote", "officer", "向客户说明拒绝原因，改报可行方案")
        assert approved(deal.pk) is None

    def test_the_second_person_declines_what_the_first_would_approve(self) -> None:
        at = chair()
        decision = at.propose()
        at.see(at.second)
        assert refused(lambda: at.speak(decision, Verdict.DECLINE, at.second, opinion="收入不实")) == ["reason-missing"]
        found = at.speak(decision, Verdict.DECLINE, at.second, opinion="收入不实", reasons=("over-income",))
        assert (found.verdict, found.reasons, approved(at.road.deal.pk)) == ("decline", ["over-income"], None)

    def test_a_second_person_sends_the_file_back_unread(self) -> None:
        at = chair()
        decision = at.speak(at.propose(), Verdict.RETURN, at.second, opinion="身份证反面看不清")
        assert (decision.state, at.case.state, at.road.application.state) == ("returned", "rework", "returned")
        deal = deal_read(at.road.deal.pk)
        assert (deal.stage, deal.turn) == ("application", "officer")
        at.road.submit()
        assert [(c.round, c.state) for c in UnderwritingCase.objects.order_by("round")] == [(1, "closed"), (2, "open")]

    def test_the_first_person_sends_back_alone_with_a_reason(self) -> None:
        at = chair()
        assert refused(lambda: at.propose(Verdict.RETURN, opinion="")) == ["opinion-missing"]
        decision = at.propose(Verdict.RETURN, opinion="请补单位证明")
        assert (decision.state, decision.approval_id, at.case.state) == ("returned", None, "rework")
        assert at.road.application.return_reason == "请补单位证明"

    def test_a_proposal_taken_back_leaves_the_case_open(self) -> None:
        at = chair()
        decision = at.propose()
        assert refused(lambda: decision_withdraw(decision_id=decision.pk, actor=cast.acting(at.second)), NotAllowed)
        decision_withdraw(decision_id=decision.pk, actor=cast.acting(at.house.approver))
        assert (at.case.state, Decision.objects.get(pk=decision.pk).state) == ("open", "withdrawn")
        assert at.confirm(at.propose()).state == "confirmed"

    def test_a_decided_case_takes_no_other_proposal(self) -> None:
        at = chair()
        at.confirm(at.propose())
        assert refused(at.propose, Conflict) == ["case-not-open"]

    def test_a_change_after_approval_voids_it_and_opens_the_next_round(self) -> None:
        at = chair()
        at.confirm(at.propose())
        case = approval_void(deal_id=at.road.deal.pk, reason="客户要求改为 48 期", actor=at.road.officer)
        assert (case.round, case.state, approved(at.road.deal.pk)) == (2, "open", None)
        deal = deal_read(at.road.deal.pk)
        assert (deal.stage, deal.turn, deal.next_step) == ("decision", "approver", "批准后有变更，重新审批")
        again = (at.road.deal.pk, "再改", at.road.officer)
        assert refused(lambda: approval_void(deal_id=again[0], reason=again[1], actor=again[2]), Conflict) == [
            "nothing-approved"
        ]


class TestReplay:
    def test_a_decision_replays_to_the_same_bytes_after_the_rules_have_changed(self) -> None:
        at = chair()
        decision = at.confirm(at.propose())
        publish(at, "grade", "660", "690")
        replay = decision_replay(decision.pk)
        assert (replay.same, replay.again.grade) == (True, "A")
        assert book_on(TODAY).version_of("grade") == "2026-12-01"

    def test_bytes_that_were_changed_are_told(self) -> None:
        at = chair()
        decision = at.confirm(at.propose())
        row = decision.assessment
        Assessment.objects.filter(pk=row.pk).update(
            inputs=bytes(row.inputs).replace(b'"income_verified":1400000', b'"income_verified":1400001')
        )
        assert decision_replay(decision.pk).same is False

    def test_a_text_that_was_never_kept_cannot_be_replayed(self) -> None:
        at = chair()
        decision = at.confirm(at.propose())
        RuleText.objects.filter(name="grade").delete()
        with pytest.raises(NotFound, match="rule-text-missing"):
            decision_replay(decision.pk)


class TestRating:
    def test_two_raters_move_the_quality_and_their_agreement_is_told(self) -> None:
        at = chair()
        questions = book_on(TODAY).sets["questions"].document["questions"]
        best = {q["code"]: q["options"][0]["code"] for q in questions}
        rating_write(case_id=at.case.pk, answers=best, actor=cast.acting(at.house.approver))
        rating_write(case_id=at.case.pk, answers=best | {"job_prospect": "ending"}, actor=cast.acting(at.second))
        found = assessment_of(at.case.pk)
        assert found is not None
        inputs = json.loads(bytes(found.inputs))
        assert inputs["quality"] == {"points": 9_250, "raters": 2, "agreement": 8_500}
        actor = cast.acting(at.second)
        assert len(refused(lambda: rating_write(case_id=at.case.pk, answers={}, actor=actor))) == 5


def publisher(at: Chair) -> Staff:
    AuthorityLimit.objects.get_or_create(
        action=PUBLISH, since=SINCE, role="compliance", defaults={"amount": 0, "deviation": 0}
    )
    return at.chief


def draft(at: Chair, name: str, old: str, new: str, version: str = "2026-12-01") -> RuleDraft:
    """The text in force with one place changed, under another version."""
    text = text_on(name, TODAY)
    head = text.replace(f'"version": "{rule_set(text).version}"', f'"version": "{version}"')
    assert old in head
    return rule_draft_write(
        name=name,
        content=head.replace(old, new),
        reason="收紧 A 级",
        base_digest=text_digest(text),
        actor=cast.acting(at.house.approver),
    )


def publish(at: Chair, name: str, old: str, new: str) -> RuleDraft:
    who = publisher(at)
    written = draft(at, name, old, new)
    rule_draft_submit(draft_id=written.pk, steps=("compliance",), actor=cast.acting(at.house.approver))
    written.refresh_from_db()
    assert written.approval is not None
    decide(written.approval, who)
    written.refresh_from_db()
    return written


def decide(approval: Approval, who: Staff, verdict: Any = approvals.Verdict.APPROVE, opinion: str = "") -> None:
    held = capacities(access_of(who.user_id), PUBLISH, amount=0, deviation=0, store_id=None, on=TODAY)
    approval_decide(
        approval_id=approval.pk,
        verdict=verdict,
        digest=approval.digest,
        capacities=held,
        actor=cast.acting(who),
        opinion=opinion,
    )


class TestPublishingRules:
    def test_two_people_publish_and_the_day_counts(self) -> None:
        at = chair()
        written = publish(at, "grade", "660", "690")
        assert written.state == "published"
        edition = RuleEdition.objects.get()
        assert (edition.name, edition.number, edition.valid_from) == ("grade", 1, TODAY)
        assert book_on(TODAY).version_of("grade") == "2026-12-01"
        assert book_on(TODAY - timedelta(days=1)).version_of("grade") == "2026-11-01"

    def test_the_writer_does_not_publish(self) -> None:
        at = chair()
        publisher(at)
        AuthorityLimit.objects.create(action=PUBLISH, since=SINCE, role="approver", amount=0, deviation=0)
        written = draft(at, "grade", "660", "690")
        rule_draft_submit(draft_id=written.pk, steps=("approver",), actor=cast.acting(at.house.approver))
        written.refresh_from_db()
        approval = written.approval
        assert approval is not None
        assert refused(lambda: decide(approval, at.house.approver), NotAllowed) == ["maker-is-checker"]
        assert refused(lambda: rule_draft_withdraw(draft_id=written.pk, actor=cast.acting(at.second)), NotAllowed) == [
            "not-the-writer"
        ]

    def test_a_draft_with_a_fault_is_kept_and_not_submitted(self) -> None:
        at = chair()
        written = draft(at, "scorecard", '"dti_bp": ">= 5000"', '"dti_bp": ">= 5001"')
        found = refused(
            lambda: rule_draft_submit(draft_id=written.pk, steps=("compliance",), actor=cast.acting(at.house.approver)),
            Refusals,
        )
        assert found == ["rules-fault"]

    def test_a_version_is_used_once_and_the_same_text_is_no_draft(self) -> None:
        at = chair()
        actor = cast.acting(at.house.approver)
        same = draft(at, "grade", "660", "690", version="2026-11-01")
        assert refused(lambda: rule_draft_submit(draft_id=same.pk, steps=("compliance",), actor=actor)) == [
            "rules-fault"
        ]
        text = text_on("grade", TODAY)
        nothing = rule_draft_write(
            name="grade", content=text, reason="没有改动", base_digest=text_digest(text), actor=actor
        )
        assert refused(lambda: rule_draft_submit(draft_id=nothing.pk, steps=("compliance",), actor=actor)) == [
            "draft-same"
        ]

    def test_a_text_that_moved_meanwhile_is_a_conflict(self) -> None:
        at = chair()
        late = draft(at, "grade", "660", "700", version="2026-12-02")
        publish(at, "grade", "660", "690")
        assert refused(
            lambda: rule_draft_submit(draft_id=late.pk, steps=("compliance",), actor=cast.acting(at.house.approver)),
            Conflict,
        ) == ["rules-moved"]

    def test_a_declined_draft_is_given_up_and_a_returned_one_comes_back(self) -> None:
        at = chair()
        who = publisher(at)
        for verdict, state in ((approvals.Verdict.RETURN, "draft"), (approvals.Verdict.DECLINE, "withdrawn")):
            written = draft(at, "grade", "660", "690")
            rule_draft_submit(draft_id=written.pk, steps=("compliance",), actor=cast.acting(at.house.approver))
            written.refresh_from_db()
            assert written.approval is not None
            decide(written.approval, who, verdict, "说明不足")
            written.refresh_from_db()
            assert written.state == state
        assert RuleEdition.objects.count() == 0

    def test_two_texts_differ_row_by_row(self) -> None:
        before = rule_set(shipped()["grade"])
        after = rule_set(shipped()["grade"].replace('"grade-6"', '"grade-60"').replace('">= 660"', '">= 690"'))
        changed = row_changes(before, after)
        assert [(c.rule, c.before is None, c.after is None) for c in changed] == [
            ("grade-1", False, False),
            ("grade-60", True, False),
            ("grade-6", False, True),
        ]
        assert changed[0].columns == ("score",)


class TestWhatIf:
    def test_old_cases_under_a_draft_are_counted_and_named(self) -> None:
        at = chair()
        at.confirm(at.propose())
        text = shipped()["policy"].replace('"ltv_bp": "8500"', '"ltv_bp": "7900"')
        found = what_if(rule_set(text), old_cases())
        assert (found.cases, found.before, found.after) == (1, {Outcome.PASS: 1}, {Outcome.DECLINE: 1})
        assert (found.more_approved, found.fewer_approved, found.limit_change) == (0, 1, -750_000)
        assert [(c.deal, c.limit_before, c.limit_after) for c in found.changed] == [
            (at.road.deal.number, 10_625_000, 9_875_000)
        ]
        same = what_if(rule_set(shipped()["policy"]), old_cases())
        assert (same.changed, same.fewer_approved) == ((), 0)


def test_what_is_written_names_no_person() -> None:
    at = chair()
    at.confirm(at.propose())
    kept = bytes(Assessment.objects.get().inputs).decode()
    for personal in ("王芳", "330106199003070022", "13812342107", "文三路", "057188001266"):
        assert personal not in kept
    with clock.frozen(MOMENT + timedelta(days=400)):
        assert decision_replay(Decision.objects.get().pk).same is True
