"""Two people decide: every way a case can go, and that what is refused changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Q

from chedai.deals.applications.services.lenders import Answer, submission_answer, submission_win
from chedai.deals.applications.states import SubmissionState
from chedai.deals.pipeline.selectors import deal_read
from chedai.deals.pipeline.states import Mode
from chedai.deals.underwriting.gathering import inputs_of
from chedai.deals.underwriting.models import (
    Decision,
    PolicyException,
    RuleText,
    UnderwritingCase,
)
from chedai.deals.underwriting.reports import exception_report
from chedai.deals.underwriting.rulebooks import book_on
from chedai.deals.underwriting.rules.book import shipped
from chedai.deals.underwriting.rules.facts import _outside
from chedai.deals.underwriting.rules.values import Outcome
from chedai.deals.underwriting.selectors import (
    approved,
    assessment_of,
    case_of,
    conditions_of,
    conditions_open,
    result_in,
)
from chedai.deals.underwriting.services.conditions import approval_void, condition_meet
from chedai.deals.underwriting.services.proposing import DECIDE, decision_withdraw
from chedai.deals.underwriting.states import Verdict
from chedai.org.access import access_of
from chedai.org.authority import capacities
from chedai.org.models import AuthorityLimit, Store
from chedai.platform.approvals import states as approvals
from chedai.platform.approvals.services import approval_decide
from chedai.platform.errors import Conflict, NotAllowed
from chedai.platform.files.services import paper_hand_in
from tests import cast
from tests.conftest import MOMENT
from tests.deals.applying import asked_of_us, opened, paper
from tests.deals.deciding import Chair, chair, presented, refused
from tests.deals.quoting import shelf
from tests.house import build
from tests.support.ground import begins_with

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf, asked_of_us, presented),
    pytest.mark.usefixtures("held_clock"),
]

TODAY = MOMENT.date()


class TestTheCaseOpens:
    def test_a_submitted_own_book_file_is_assessed_at_once(self) -> None:
        at = chair()
        found = assessment_of(at.case.pk)
        assert found is not None
        assert (at.case.kind, at.case.state, at.case.round) == ("full", "open", 1)
        assert (found.outcome, found.grade, found.score, found.limit) == ("pass", "A", 670, 10_625_000)
        assert at.case.due_at - at.case.opened_at == timedelta(hours=24)  # nine working hours, to the next morning

    @begins_with(shelf)
    def test_a_partners_file_gets_a_pre_check_and_no_decision(self) -> None:
        road = opened(build(), Mode.DEALER_DESK)
        road.complete().submit()
        case = case_of(road.deal.pk)
        assert case is not None
        assert (case.kind, case.state) == ("precheck", "closed")
        found = assessment_of(case.pk)
        assert found is not None
        assert result_in(found).missing == ("worst_run", "down_payment_payer")

    @pytest.mark.parametrize(("region", "says"), [("zhejiang", False), ("sichuan", True), ("", None)])
    def test_whether_somebody_is_of_elsewhere_is_asked_of_the_store(self, region: str, says: bool | None) -> None:
        at = chair()
        Store.objects.update(region=region)
        found = inputs_of(deal_read(at.case.deal_id), at.case.application, at.case.pk, book_on(TODAY).sets["questions"])
        assert _outside(found) is says

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
    @begins_with(shelf, asked_of_us)
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

    @begins_with(shelf, asked_of_us)
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

    @begins_with(shelf, asked_of_us)
    def test_going_beyond_the_rules_takes_a_code_and_a_reason(self) -> None:
        at = chair(income_verified=600_000)
        assert refused(at.propose) == ["override-missing", "override-reason"]
        assert refused(lambda: at.propose(override_code="because", override_reason="他是好人啊")) == [
            "override-missing"
        ]
        assert refused(lambda: at.propose(override_code="other", override_reason="好")) == ["override-reason"]

    @begins_with(shelf, asked_of_us)
    def test_what_nobody_may_go_beyond_is_refused(self) -> None:
        at = chair(bureau={"bad_debt": True})
        assert refused(lambda: at.propose(override_code="other", override_reason="领导同意了的")) == ["stopped"]

    def test_beyond_all_authority_there_is_no_proposal(self) -> None:
        at = chair()
        AuthorityLimit.objects.filter(action=DECIDE).update(amount=9_999_999)
        assert refused(at.propose) == ["beyond-all-authority"]

    @begins_with(shelf, asked_of_us)
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

    @begins_with(shelf)
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
    @begins_with(shelf, asked_of_us)
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
