"""What was decided replays for ever; rules are published by two; old cases under a draft; two raters."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from chedai.deals.underwriting.comparing import old_cases, row_changes, what_if
from chedai.deals.underwriting.models import (
    Assessment,
    Decision,
    RuleDraft,
    RuleEdition,
    RuleText,
)
from chedai.deals.underwriting.rulebooks import book_on, text_on
from chedai.deals.underwriting.rules.book import rule_set, shipped, text_digest
from chedai.deals.underwriting.rules.values import Outcome
from chedai.deals.underwriting.selectors import (
    assessment_of,
    decision_replay,
)
from chedai.deals.underwriting.services.cases import rating_write
from chedai.deals.underwriting.services.drafting import (
    PUBLISH,
    rule_draft_submit,
    rule_draft_withdraw,
    rule_draft_write,
)
from chedai.org.access import access_of
from chedai.org.authority import capacities
from chedai.org.models import AuthorityLimit, Staff
from chedai.platform import clock
from chedai.platform.approvals import states as approvals
from chedai.platform.approvals.models import Approval
from chedai.platform.approvals.services import approval_decide
from chedai.platform.errors import Conflict, NotAllowed, NotFound, Refusals
from tests import cast
from tests.conftest import MOMENT
from tests.deals.applying import asked_of_us
from tests.deals.deciding import Chair, chair, presented, refused
from tests.deals.quoting import shelf
from tests.house import SINCE
from tests.support.ground import begins_with

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf, asked_of_us, presented),
    pytest.mark.usefixtures("held_clock"),
]

TODAY = MOMENT.date()


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
