"""A decision over the interface: papers opened, proposed, confirmed by another, replayed; rules tried and drafted."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from chedai.deals.underwriting.models import Assessment, Decision
from chedai.deals.underwriting.rules.values import canonical
from chedai.deals.underwriting.selectors import papers_to_see
from chedai.org.models import AuthorityLimit
from tests.api.conftest import Caller, body
from tests.deals.applying import asked_of_us
from tests.deals.deciding import DECIDE, Chair, chair, presented
from tests.deals.quoting import shelf
from tests.deals.underwriting_cases import case as inputs
from tests.support.ground import begins_with

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf, asked_of_us, presented),
    pytest.mark.usefixtures("held_clock"),
]

Calling = Callable[..., Caller]


@pytest.fixture
def at() -> Chair:
    return chair()


def test_two_callers_decide_and_the_second_opens_the_papers(at: Chair, calling: Calling) -> None:
    maker, checker = calling("maker", "approver"), calling("checker", "approver")
    path = f"/cases/{at.case.pk}"
    seen = body(maker.get(path))
    assert (seen["assessment"]["grade"], seen["result"]["binding"], seen["decision"]) == ("A", "ltv", None)
    made = maker.post(f"{path}/decisions", {"verdict": "approve", "opinion": "同意"})
    assert (made.status_code, body(made)["state"]) == (201, "proposed")
    number, digest = body(made)["id"], body(checker.get(path))["digest"]
    said = {"verdict": "approve", "digest": digest}
    unread = checker.post(f"/decisions/{number}/confirmations", said)
    assert (unread.status_code, body(unread)["errors"][0]["code"]) == (422, "papers-unseen")
    for paper in papers_to_see(at.road.deal.pk):
        left = checker.post(f"{path}/papers/{paper.pk}/views", {})
    assert body(left) == {"left": 0}
    own = maker.post(f"/decisions/{number}/confirmations", said)
    assert own.status_code == 403
    done = checker.post(f"/decisions/{number}/confirmations", said)
    assert (done.status_code, body(done)["state"], body(done)["verdict"]) == (201, "confirmed", "approve")
    replay = body(checker.get(f"/decisions/{number}/replay"))
    assert (replay["same"], replay["outcome"]) == (True, "pass")


def test_everything_missing_in_a_proposal_is_named(at: Chair, calling: Calling) -> None:
    refused = calling("maker", "approver").post(f"/cases/{at.case.pk}/decisions", {"verdict": "decline"})
    assert (refused.status_code, body(refused)["errors"][0]["field"]) == (422, "reasons")
    assert Decision.objects.count() == 0


def test_a_condition_is_met_over_the_interface(at: Chair, calling: Calling) -> None:
    decision = at.confirm(at.propose(conditions=("放款前补交购车发票",)))
    finance = calling("fin", "finance")
    found = body(finance.get(f"/decisions/{decision.pk}/conditions"))
    assert [(one["code"], one["state"]) for one in found] == [("custom-1", "open")]
    met = finance.post(f"/conditions/{found[0]['id']}/met", {"evidence": "发票已核对"})
    assert (met.status_code, body(met)["state"]) == (200, "met")


def test_a_trial_says_what_the_rules_say_and_keeps_nothing(at: Chair, calling: Calling) -> None:
    caller, before = calling("maker", "approver"), Assessment.objects.count()
    answer = caller.post("/decision-trials", json.loads(canonical(inputs())))
    assert (answer.status_code, body(answer)["grade"], body(answer)["score"]) == (200, "A", 700)
    assert Assessment.objects.count() == before
    wrong = msgspec.to_builtins(inputs())
    wrong["ask"]["amount"] = "all of it"
    refused = caller.post("/decision-trials", {**wrong, "on": "2026-11-20"})
    assert (refused.status_code, body(refused)["errors"][0]["code"]) == (422, "inputs")


def test_facts_beyond_any_reckoning_are_refused_and_named(at: Chair, calling: Calling) -> None:
    beyond = json.loads(canonical(inputs()))
    beyond["ask"]["amount"] = 10**18
    beyond["car"]["price"] = 1
    refused = calling("maker", "approver").post("/decision-trials", beyond)
    assert (refused.status_code, body(refused)["title"]) == (422, "fact-too-large"), refused.content
    assert body(refused)["errors"][0]["field"].endswith("_bp")


def test_the_document_publishes_the_form_of_the_inputs(calling: Calling) -> None:
    document: Any = body(calling("any", "approver").get("/openapi.json"))
    form = document["paths"]["/api/v1/decision-trials"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(form["required"]) >= {"on", "deal", "borrower", "car", "ask"}
    assert form["properties"]["ask"]["properties"]["amount"] == {"type": "integer"}


def test_rules_are_read_and_drafted(at: Chair, calling: Calling) -> None:
    caller = calling("maker", "approver")
    assert {one["name"] for one in body(caller.get("/rules"))} >= {"eligibility", "scorecard", "policy"}
    found = body(caller.get("/rules/grade"))
    document = found["document"]
    document["chedai"]["version"] = "2026-12-01"
    given = {"document": document, "reason": "新版本", "base_digest": found["digest"]}
    made = body(caller.post("/rules/grade/drafts", given))
    assert (made["state"], made["name"]) == ("draft", "grade")
    assert caller.get("/rules/nothing").status_code == 404


def test_another_shop_sees_no_case(at: Chair, calling: Calling) -> None:
    AuthorityLimit.objects.filter(action=DECIDE).delete()
    stranger = calling("stranger", "officer", everywhere=False)
    assert body(stranger.get("/cases"))["items"] == []
    assert stranger.get(f"/cases/{at.case.pk}").status_code == 403
