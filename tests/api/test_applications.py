"""The same story over the interface alone: from the accepted quote to the lender that is taken."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chedai.deals.applications.models import Answer, Party, Submission
from chedai.deals.pipeline.models import Deal
from chedai.platform import clock
from tests.api.conftest import Caller, body
from tests.conftest import MOMENT
from tests.deals.applying import ANSWERS, Case, asked_for, paper
from tests.deals.quoting import shelf
from tests.support.ground import begins_with, given

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf, asked_for),
    pytest.mark.usefixtures("held_clock"),
]


@pytest.fixture
def case(held_clock: object) -> Case:
    return given(asked_for)


@pytest.fixture
def manager(calling: Callable[..., Caller], case: Case) -> Caller:
    return calling("api", "manager")


def at(case: Case, path: str) -> str:
    return f"/deals/{case.deal.number}/{path}"


def test_from_the_quote_to_the_lender_that_is_taken(case: Case, manager: Caller) -> None:
    party = case.applicant.pk
    refused = manager.post(at(case, "application/submission"), {})
    assert refused.status_code == 422
    written = manager.post(at(case, f"application/parties/{party}/answers"), {"values": ANSWERS}, method="put")
    whole = body(written)
    assert whole["parties"][0]["answers"]["income_stated"] == "1500000"
    assert whole["parties"][0]["answers"]["contact_phone"] == "139****1111"
    case.agree()
    for item in whole["items"]:
        content = base64.b64encode(paper(item["code"])).decode()
        sent = manager.post(at(case, f"application/items/{item['id']}/papers"), {"name": "a.pdf", "content": content})
        assert sent.status_code == 201, sent.content
    assert body(manager.get(at(case, "application")))["lacks"] == []
    assert body(manager.post(at(case, "application/submission"), {}))["state"] == "submitted"
    sent = body(manager.post(at(case, "submissions"), {"codes": ["jianghe", "changqiao"]}))
    numbers = {one["lender_code"]: one["id"] for one in sent}
    said = {"state": "approved", "amount": 9_000_000, "annual_rate": 5_880_000, "periods": 36}
    manager.post(at(case, f"submissions/{numbers['jianghe']}/answers"), said)
    won = body(manager.post(at(case, f"submissions/{numbers['jianghe']}/win"), {}))
    assert (won["state"], won["amount"], won["rounds"][0]["asked_amount"]) == ("won", 9_000_000, 10_000_000)
    again = manager.post(at(case, f"submissions/{numbers['changqiao']}/win"), {})
    assert (again.status_code, body(again)["title"]) == (409, "lender-won")
    states = dict(Submission.objects.values_list("lender_code", "state"))
    assert states == {"jianghe": "won", "changqiao": "withdrawn"}
    assert Deal.objects.get(pk=case.deal.pk).amount == 9_000_000


@pytest.mark.parametrize(
    ("path", "sent", "code"),
    [
        ("application/parties/{party}/answers", {"values": {"marital": "maybe"}}, "answer-choice"),
        ("application/parties/{party}/removal", {"reason": "错"}, "party-applicant"),
        (
            "application/parties/{party}/bureau-reports",
            {"number": "R", "queried_on": "2026-11-20", "open_loans": 0, "balance": 0, "monthly": 0},
            "consent-missing",
        ),
        ("application/items/999999/reviews", {"verdict": "accept"}, "not-of-this-deal"),
        ("submissions", {"codes": ["jianghe"]}, "application-state"),
    ],
)
def test_what_is_refused_says_why_and_changes_nothing(
    case: Case, manager: Caller, path: str, sent: Any, code: str
) -> None:
    before = (Answer.objects.count(), Party.objects.count(), Submission.objects.count())
    method = "put" if path.endswith("answers") else "post"
    answer = manager.post(at(case, path.format(party=case.applicant.pk)), sent, method=method)
    assert body(answer)["title"] == code
    assert (Answer.objects.count(), Party.objects.count(), Submission.objects.count()) == before


def test_the_same_key_hands_in_once(case: Case, manager: Caller) -> None:
    item = body(manager.get(at(case, "application")))["items"][0]["id"]
    sent = {"name": "a.pdf", "content": base64.b64encode(paper("x")).decode()}
    path = at(case, f"application/items/{item}/papers")
    first = manager.post(path, sent, key="hand-in-once-1")
    second = manager.post(path, sent, key="hand-in-once-1")
    assert (first.content, second["Idempotent-Replayed"]) == (second.content, "true")
    link = manager.post(at(case, f"application/parties/{case.applicant.pk}/links"), {})
    assert len(body(link)["token"]) == 32


def test_statement_facts_and_confirmed_figures(case: Case, manager: Caller) -> None:
    party = case.applicant.pk
    case.answer()
    lines = [
        {"day": "2026-09-01", "money_in": 1_000_000, "balance": 1_500_000},
        {"day": "2026-09-02", "money_out": 200_000, "balance": 1_310_000},
    ]
    sent = {"bank": "江河银行", "account": "6222000011112222", "opening": 500_000, "lines": lines}
    whole = body(manager.post(at(case, f"application/parties/{party}/statements"), sent))
    assert [(flag["kind"], flag["line"]) for flag in whole["flags"]] == [("statement", 2)]
    said = {"payer": "third_party", "title_moved_on": "2026-09-30"}
    assert manager.post(at(case, "application/facts"), said, method="put").status_code == 200
    application = case.application
    assert (application.down_payment_payer, str(application.title_moved_on)) == ("third_party", "2026-09-30")
    later = manager.post(at(case, "application/facts"), {"title_moved_on": "2027-01-01"}, method="put")
    assert (body(later)["title"], str(case.application.title_moved_on)) == ("title-day", "2026-09-30")
    with clock.frozen(MOMENT + timedelta(days=5)):
        path = at(case, f"application/parties/{party}/confirmations")
        assert manager.post(path, {"codes": ["income_stated"]}).status_code == 201
    newest = Answer.objects.get(question="income_stated", superseded_at=None)
    assert (str(newest.as_of), newest.value.in_full()) == ("2026-11-25", "1500000")
