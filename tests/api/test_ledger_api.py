"""The ledger over the interface: the trial balance agrees, a statement runs on by cursor, an entry proves itself."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

import pytest

from tests.api.conftest import Caller, body
from tests.book.ledger.test_journal import payout, post, repayment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]

Calling = Callable[..., Caller]


@pytest.fixture
def finance(calling: Calling) -> Caller:
    post(payout("2026-09-15"), *(repayment(f"2026-11-{on:02}") for on in (3, 4, 5)))
    return calling("gu", "finance")


def test_the_trial_balance_of_a_day(finance: Caller) -> None:
    found = body(finance.get("/ledger/trial-balance?on=2026-11-04"))
    assert (found["since"], found["debit"], found["credit"]) == ("2026-11-01", 684_000, 684_000)
    lines = {line.pop("account"): line for line in found["lines"]}
    assert lines["1301"] == {"opening": 10_000_000, "debit": 0, "credit": 540_000, "closing": 9_460_000}
    assert {one["code"] for one in body(finance.get("/ledger/accounts"))} == lines.keys()


def test_a_statement_runs_on_by_cursor(finance: Caller) -> None:
    first = body(finance.get("/ledger/accounts/1301/statement?limit=2"))
    assert [(line["entry"], line["credit"], line["balance"]) for line in first["lines"]] == [
        (2, 270_000, 9_730_000),
        (3, 270_000, 9_460_000),
    ]
    second = body(finance.get(f"/ledger/accounts/1301/statement?limit=2&cursor={first['next']}"))
    assert (second["opening"], second["closing"], second["next"]) == (9_460_000, 9_190_000, None)


def test_an_entry_proves_itself(finance: Caller) -> None:
    links = []
    for seq in (1, 2):
        found = body(finance.get(f"/ledger/entries/{seq}"))
        before = bytes.fromhex(links[-1]) if links else bytes(32)
        assert hashlib.sha256(before + base64.b64decode(found["body"])).hexdigest() == found["link"]
        links.append(found["link"])
    assert found["postings"] == [
        {"debit": "1002", "credit": "1132", "amount": 72_000},
        {"debit": "1002", "credit": "1301", "amount": 270_000},
    ]
    page = body(finance.get("/ledger/entries?subject=loan:1&limit=3"))
    assert [one["seq"] for one in page["items"]] == [4, 3, 2]
    assert body(finance.get(f"/ledger/entries?limit=3&cursor={page['next']}"))["items"][0]["kind"] == "payout"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ledger/accounts/9999/statement", 404),
        ("/ledger/accounts/1301/statement?cursor=x", 404),
        ("/ledger/trial-balance?on=2026-11-01&since=2026-11-02", 422),
        ("/ledger/trial-balance?on=0001-01-01", 422),
    ],
)
def test_what_is_not_there_is_refused(finance: Caller, path: str, status: int) -> None:
    assert finance.get(path).status_code == status


def test_who_may_not_read_the_ledger_reads_nothing(finance: Caller, calling: Calling) -> None:
    assert calling("lin", "officer").get("/ledger/trial-balance").status_code == 403
