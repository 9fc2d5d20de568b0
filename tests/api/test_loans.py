"""A loan over the interface: read and explained, repaid once for each key, settled by its quote, changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.http import HttpResponse

from chedai.book.loans.models import LoanEvent
from chedai.book.loans.services.changing import ACTION
from chedai.book.loans.services.keeping import loan_bring
from chedai.org.models import AuthorityLimit
from chedai.platform.actors import system
from tests.api.conftest import Caller
from tests.book.loans.lending import INSTALMENT, Lent, lend, on

pytestmark = pytest.mark.django_db

FIRST, NEXT = date(2025, 5, 10), date(2025, 5, 20)


def said(answer: HttpResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content.decode()
    return json.loads(answer.content)


@pytest.fixture
def lent() -> Lent:
    return lend()


def test_a_repayment_over_the_interface_is_booked_once_and_explained(
    lent: Lent, calling: Callable[..., Caller]
) -> None:
    with on(FIRST):
        finance = calling("cai", "finance")
        at, money = "/loans/CD-one", {"amount": INSTALMENT, "received_on": str(FIRST), "reference": "B-1"}
        receipt = said(finance.post(f"{at}/repayments", money, key="repay-one"), 201)
        assert said(finance.post(f"{at}/repayments", money, key="repay-one"), 201) == receipt
        assert (receipt["owed"], [line["amount"] for line in receipt["lines"]]) == (97_457_81, [500_00, 2_542_19])
        loan = said(finance.get(at))
        assert (loan["owed"], loan["state"], loan["customer"]) == (97_457_81, "active", "王*")
        assert [one["number"] for one in said(finance.get("/loans?state=active"))["items"]] == ["CD-one"]
        account = said(finance.get(f"{at}/statement"))
        assert [(line["kind"], line["amount"], line["channel"]) for line in account["lines"]] == [
            ("disbursement", 100_000_00, "system"),
            ("repayment", INSTALMENT, "api"),
        ]
        rows = said(finance.get(f"{at}/schedule"))
        assert [rows[0]["outstanding"], rows[1]["outstanding"], len(rows)] == [0, INSTALMENT, 36]
        assert said(finance.get(f"{at}/open-items")) == []
        back = said(finance.post(f"/loan-events/{receipt['event_id']}/reversal", {"reason": "记错"}))
        assert back["owed"] == 100_000_00
        assert [item["principal"] for item in said(finance.get(f"{at}/open-items"))] == [2_542_19]
    assert LoanEvent.objects.count() == 3
    with on(NEXT):
        (late,) = said(calling("li", "finance").get("/loans/CD-one/penalties"))
        assert (late["n"], late["total"]) == (1, 7_61)
        assert [(line["base"], line["days"], line["amount"]) for line in late["lines"]] == [
            (2_542_19, 10, 6_36),
            (500_00, 10, 1_25),
        ]


def test_a_settlement_is_its_quote_and_a_prepayment_has_a_choice(lent: Lent, calling: Callable[..., Caller]) -> None:
    lent.pay(INSTALMENT, FIRST)
    with on(NEXT):
        finance = calling("cai", "finance")
        less = {"amount": 10_000_00, "received_on": str(NEXT), "choice": "lower_instalment"}
        assert said(finance.post("/loans/CD-one/prepayments", less), 201)["owed"] == 87_457_81
        quote = said(finance.get(f"/loans/CD-one/payoff?good_through={NEXT}"))
        assert quote["total"] == sum(line["amount"] for line in quote["lines"])
        wrong = {"amount": quote["total"] + 1, "received_on": str(NEXT)}
        assert said(finance.post("/loans/CD-one/settlement", wrong), 422)["title"] == "not-the-quote"
        said(finance.post("/loans/CD-one/settlement", {**wrong, "amount": quote["total"]}), 201)
        assert said(finance.get("/loans/CD-one"))["state"] == "settled"
        assert (quote["payable"], quote["over"]) == (quote["total"], 0)
        early = said(finance.get("/loans/CD-one/payoff?on=2025-05-01"), 422)
        assert early["title"] == "day-outside"


def test_a_change_is_previewed_and_asked_for(lent: Lent, calling: Callable[..., Caller]) -> None:
    AuthorityLimit.objects.create(action=ACTION, since=FIRST, role="manager", amount=200_000_00, deviation=0)
    with on(FIRST):
        finance = calling("cai", "finance")
        change = {"kind": "restructure", "first_due": "2025-06-10", "periods": 60, "interest": "capitalise"}
        seen = said(finance.post("/loans/CD-one/changes/preview", change))
        assert (len(seen["before"]), len(seen["after"]), seen["forgiven"]) == (36, 61, 0)
        asked = said(finance.post("/loans/CD-one/changes", {**change, "digest": seen["digest"], "reason": "失业"}), 201)
        assert (asked["kind"], asked["state"]) == ("restructure", "asked")
        assert [one["id"] for one in said(finance.get("/loans/CD-one/changes"))] == [asked["id"]]
        missing = said(finance.post("/loans/CD-one/changes/preview", {"kind": "extension"}), 422)
        assert (missing["title"], missing["errors"][0]["field"]) == ("field-missing", "periods")


def test_an_agreement_is_taken_back_and_a_loan_healed_over_the_interface(
    lent: Lent, calling: Callable[..., Caller]
) -> None:
    AuthorityLimit.objects.create(action=ACTION, since=FIRST, role="manager", amount=200_000_00, deviation=0)
    at = "/loans/CD-one"
    with on(FIRST):
        finance, boss = calling("cai", "finance"), calling("xu", "manager")

        def agree(change: dict[str, Any]) -> None:
            seen = said(finance.post(f"{at}/changes/preview", change))
            asked = said(finance.post(f"{at}/changes", {**change, "digest": seen["digest"], "reason": "协商"}), 201)
            read = boss.get(f"/approvals/{asked['approval_id']}")
            decided = {"verdict": "approve", "digest": said(read)["digest"], "opinion": "同意"}
            tag = {"If-Match": read["ETag"]}
            said(boss.post(f"/approvals/{asked['approval_id']}/decisions", decided, **tag), 201)

        agree({"kind": "extension", "periods": 6})
        event = LoanEvent.objects.get(kind="term_extension")
        alone = said(finance.post(f"/loan-events/{event.pk}/reversal", {"reason": "改主意"}), 409)
        assert alone["title"] == "agreed-by-two"
        taken = {"kind": "reversal", "event": event.seq}
        assert said(boss.post(f"{at}/changes/preview", taken), 403)
        agree(taken)
        assert len(said(finance.get(f"{at}/schedule"))) == 36
        LoanEvent.objects.filter(pk=agreed_again(agree).pk).update(body=b'{"periods":0}')
        assert not loan_bring(loan_id=lent.loan_id, day=FIRST, actor=system("close"))
        assert said(finance.post(f"{at}/heal", {"reason": "再算"}), 422)["title"] == "event-refused"
        seen = said(finance.post(f"{at}/changes/preview", {"kind": "void", "events": [4]}))
        assert (seen["before"], seen["outstanding_before"], len(seen["after"])) == ([], 0, 36)
        agree({"kind": "void", "events": [4]})
        assert (said(finance.get(at))["quarantine"], len(said(finance.get(f"{at}/schedule")))) == ("", 36)
        assert said(finance.post(f"{at}/heal", {"reason": "再算"}), 409)["title"] == "not-quarantined"


def agreed_again(agree: Callable[[dict[str, Any]], None]) -> LoanEvent:
    """Another extension."""
    agree({"kind": "extension", "periods": 3})
    return LoanEvent.objects.get(kind="term_extension", reversal=None)
