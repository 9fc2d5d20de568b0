"""The end of a loan over the interface: certified, given back, closed; and advances to a bank, paid and recovered."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from chedai.book.advances.models import Advance
from chedai.book.closing.models import LoanLink
from chedai.book.ledger.models import JournalEntry
from chedai.book.loans.models import Loan
from chedai.book.refunds.models import CreditRefund
from chedai.catalog.starter.services import catalogue_load_starter
from chedai.engine.daycount import add_months
from chedai.org.models import AuthorityLimit
from chedai.platform.actors import system
from tests.api.conftest import Caller
from tests.book.loans.lending import AGREED, OUT, TERMS, lend, on, stands

pytestmark = pytest.mark.django_db

DAY = date(2025, 9, 1)
FILE = {"name": "回单.pdf", "content": base64.b64encode(b"%PDF-1.4\n%r\n%%EOF\n").decode()}


def said(answer: HttpResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content.decode()
    return json.loads(answer.content)


def test_a_settled_loan_is_certified_given_back_and_closed(calling: Callable[..., Caller]) -> None:
    lend()
    with on(DAY):
        finance, officer = calling("cai", "finance"), calling("ou", "officer")
        at = "/loans/CD-one/closure"
        assert said(finance.get(at), 422)["title"] == "not-settled"
        quote = said(finance.get("/loans/CD-one/payoff"))
        said(finance.post("/loans/CD-one/settlement", {"amount": quote["total"], "received_on": str(DAY)}), 201)
        opened = said(finance.get(at))
        assert [one["kind"] for one in opened["items"]] == ["certificate", "lien", "gps", "papers"]
        assert said(finance.get(f"{at}/certificate"), 422)["title"] == "no-such-paper"
        assert said(officer.post(f"{at}/certificate", {}), 403)["title"] == "not-allowed"
        certified = said(finance.post(f"{at}/certificate", {}, key="certify-1"), 201)
        assert said(finance.post(f"{at}/certificate", {}, key="certify-1"), 201) == certified
        assert certified["closure"]["number"] == "JQ-CD-one-1"
        paper = said(finance.get(f"{at}/certificate"))
        assert (paper["media_type"], base64.b64decode(paper["content"])[:5]) == ("application/pdf", b"%PDF-")
        done = {"result": "done", "reference": "王芳", "done_on": str(DAY)}
        assert said(finance.post(f"{at}/completion", {}), 409)["title"] == "items-open"
        assert said(finance.post(f"{at}/items/lien", done))["closure"]["released_on"] == str(DAY)
        assert said(finance.post(f"{at}/items/papers", done))["closure"]["state"] == "open"
        said(finance.post(f"{at}/items/gps", {"result": "none", "reference": "未装"}))
        assert said(finance.post(f"{at}/completion", {}))["closure"]["state"] == "complete"
        (listed,) = said(finance.get("/closures?state=complete"))["items"]
        assert (listed["loan"], listed["ended_on"]) == ("CD-one", str(DAY))
        assert said(finance.get("/settlement-asks"))["items"] == []


def test_a_credit_is_asked_back_once_for_each_key(calling: Callable[..., Caller]) -> None:
    lent = lend(replace(AGREED, terms=replace(TERMS, periods=1)))
    AuthorityLimit.objects.create(action="loan.refund", role="manager", amount=10_000_00, deviation=0, since=OUT)
    due = add_months(OUT, 1)
    lent.pay(100_500_00 + 188_00, due)
    with on(due):
        finance, at = calling("cai", "finance"), "/loans/CD-one/refunds"
        asked = {"amount": 188_00, "bank": "江河银行", "holder": "王伟", "account": "6222 0212 3456 7890 123"}
        made = said(finance.post(at, asked, key="refund-1"), 201)
        assert said(finance.post(at, asked, key="refund-1"), 201) == made
        assert (made["state"], made["holder"], made["account"]) == ("asked", "王*", "622202*********0123")
        assert said(finance.post(at, asked, key="refund-2"), 409)["title"] == "refund-asked"
        assert said(finance.get(at)) == [made]
    assert CreditRefund.objects.count() == 1


@pytest.fixture
def bank(calling: Callable[..., Caller]) -> Caller:
    """Finance, and a loan of the bank Jianghe."""
    lend()
    Loan.objects.update(book="bank", lender_code="jianghe", owed=80_000_00)
    catalogue_load_starter(actor=system("test"))
    AuthorityLimit.objects.create(action="loan.advance", role="manager", amount=50_000_00, deviation=0, since=DAY)
    with on(DAY):
        return calling("cai", "finance")


def test_an_advance_is_paid_once_for_each_key_recovered_by_parts_and_stands_beside_the_margin(bank: Caller) -> None:
    paid = {"amount": 3_000_00, "paid_on": str(DAY), "reason": "guarantee", "reference": "HD-1", "file": FILE}
    with on(DAY):
        made = said(bank.post("/loans/CD-one/advances", paid, key="advance-1"), 201)
        assert said(bank.post("/loans/CD-one/advances", paid, key="advance-1"), 201) == made
        assert (made["state"], made["outstanding"], Advance.objects.count()) == ("paid", 3_000_00, 1)
        part = {"advance": made["id"], "amount": 1_000_00}
        back = {"amount": 1_000_00, "received_on": str(DAY), "reference": "SK-1", "parts": [part]}
        got = said(bank.post("/loans/CD-one/advance-recoveries", back, key="recover-1"), 201)
        assert said(bank.post("/loans/CD-one/advance-recoveries", back, key="recover-1"), 201) == got
        assert got["parts"] == [part]
        twice = back | {"parts": [part, part]}
        assert said(bank.post("/loans/CD-one/advance-recoveries", twice), 422)["title"] == "part-twice"
        margin = {"lender_code": "jianghe", "kind": "deposit", "amount": 16_000_00, "on": str(DAY), "reference": "B"}
        assert said(bank.post("/margin-moves", margin), 201)["amount"] == 16_000_00
        (stand,) = said(bank.get("/advances/banks"))
    assert (stand["outstanding"], stand["margin"], stand["cover"]) == (2_000_00, 16_000_00, 20_000_000)
    assert stands(DAY, "1031", "1221") == {"1031": 16_000_00, "1221": 2_000_00}


def test_an_advance_that_waits_for_its_approval_is_taken_back(bank: Caller) -> None:
    paid = {"amount": 6_000_00, "paid_on": str(DAY), "reason": "instalment", "reference": "HD-1", "file": FILE}
    with on(DAY):
        entries = JournalEntry.objects.count()
        made = said(bank.post("/loans/CD-one/advances", paid), 201)
        assert [one["id"] for one in said(bank.get("/advances?state=asked"))["items"]] == [made["id"]]
        assert said(bank.post(f"/advances/{made['id']}/withdrawal", {}))["state"] == "refused"
        assert said(bank.post(f"/advances/{made['id']}/withdrawal", {}), 409)["title"] == "advance-state"
    assert JournalEntry.objects.count() == entries


def test_the_customers_link_is_made_once_for_each_key_opens_and_is_taken_back(calling: Callable[..., Caller]) -> None:
    lent, guest, at = lend(), Client(headers={"Accept-Language": "zh-hans"}), "/loans/CD-one/links"
    with on(DAY):
        finance, collector = calling("cai", "finance"), calling("ou", "collector")
        until = {"until": "2025-09-30"}
        assert said(collector.post(at, until), 403)["title"] == "not-allowed"
        for day in ("2025-08-31", "2030-01-01"):
            refused = said(finance.post(at, {"until": day}), 422)
            assert [one["field"] for one in refused["errors"]] == ["until"]
        assert said(finance.get(at)) == []
        assert said(finance.post(f"{at}/revocation", {}), 422)["title"] == "no-such-link"
        made = said(finance.post(at, until, key="link-00001"), 201)
        assert said(finance.post(at, until, key="link-00001"), 201) == made
        assert (made["path"], made["expires_at"]) == (f"/l/{made['token']}/", "2025-10-01T00:00:00+08:00")
        assert "CD-one" in guest.get(made["path"]).content.decode()
        (shown,) = said(finance.get(at))
        assert (shown["id"], shown["opened"], shown["revoked_at"]) == (made["id"], 1, None)
        assert made["token"] not in json.dumps(shown)
        assert said(finance.post(f"{at}/revocation", {}, key="take-back-1"))["revoked_at"] is not None
        assert said(finance.post(f"{at}/revocation", {}, key="take-back-2"), 404)["title"] == "no-such-link"
        assert guest.get(made["path"]).status_code == 404
        Loan.objects.filter(pk=lent.loan_id).update(book="bank")
        assert said(finance.post(at, until), 409)["title"] == "bank-book"
    assert LoanLink.objects.count() == 1
