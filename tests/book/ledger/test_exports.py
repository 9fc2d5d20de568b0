"""What leaves the ledger: an independent program accepts the books, and finds the fen that somebody moved."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from chedai.book.ledger.closing import accrual_post, provision_post
from chedai.book.ledger.exports import BALANCES, POSTINGS, balance_rows, beancount, posting_rows
from chedai.book.ledger.kinds import EntryKind
from chedai.book.loans.selectors import payoff_quote
from chedai.book.loans.services.receiving import loan_settle_early, receipt_reverse
from tests.book.ledger.test_journal import BY, billing, day, draft, payout, post, repayment
from tests.book.loans.lending import INSTALMENT, lend, on
from tests.support.beancount import bean_check

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock", "books")]

FIRST, LAST = day("2026-10-01"), day("2026-11-20")


@pytest.fixture
def books() -> None:
    post(payout("2026-09-20"), payout("2026-10-20", 2))
    accrual_post(day=day("2026-10-31"), target=31_111, actor=BY)
    provision_post(day=day("2026-10-31"), target=150_000, actor=BY)
    post(billing("2026-11-15"), repayment("2026-11-16"))
    post(draft("2026-11-17", ("6011", "1132", 1), ("9101", "9100", 1), kind=EntryKind.SUSPENSE))


def test_an_independent_checker_accepts_the_books_from_any_day_on(tmp_path: Path) -> None:
    assert bean_check(beancount(day("2026-09-20"), LAST), tmp_path) == []
    assert bean_check(beancount(FIRST, LAST), tmp_path) == []
    assert bean_check(beancount(day("2026-11-17"), LAST), tmp_path) == []


def test_it_accepts_the_books_of_loans_that_were_repaid_late_reversed_and_settled(tmp_path: Path) -> None:
    lent, other = lend(name="one"), lend(name="two")
    for month in (5, 6, 8):
        last = lent.pay(INSTALMENT + 100, day(f"2025-{month:02}-12"))
    lent.pay(500, day("2025-08-01"), booked=day("2025-08-20"))
    with on(day("2025-08-21")):
        receipt_reverse(event_id=last.event_id, reason="对方退票", actor=lent.money)
        leaves = {"loan_id": other.loan_id, "received_on": day("2025-08-21"), "actor": lent.money, "key": "off"}
        loan_settle_early(amount=payoff_quote(other.loan, day("2025-08-21")).total, **leaves)
    assert bean_check(beancount(day("2025-04-01"), LAST), tmp_path) == []


def test_the_checker_finds_a_fen_that_was_moved(tmp_path: Path) -> None:
    text = "".join(beancount(FIRST, LAST))
    unbalanced = text.replace(
        "  Assets:1301-Loan-principal  -2700.00 CNY", "  Assets:1301-Loan-principal  -2699.99 CNY"
    )
    assert [line for line in bean_check([unbalanced], tmp_path) if "does not balance: (0.01 CNY)" in line] != []
    forged = text.replace(
        "balance Assets:1301-Loan-principal  197300.00 ~", "balance Assets:1301-Loan-principal  197300.01 ~"
    )
    assert forged != text
    found = bean_check([forged], tmp_path)
    assert len(found) == 1
    assert "Balance failed for 'Assets:1301-Loan-principal'" in found[0]


def test_every_posting_is_a_row_in_both_languages() -> None:
    rows = list(posting_rows(day("2026-11-16"), LAST, "zh-hans"))
    assert [row[:3] for row in rows] == [(6, day("2026-11-16"), day("2026-11-16"))] * 2 + [
        (7, day("2026-11-17"), day("2026-11-17"))
    ] * 2
    assert [row[3:10] for row in rows] == [
        ("还款", "loan:1", "1002", "银行存款", "1132", "应收利息", 72_000),
        ("还款", "loan:1", "1002", "银行存款", "1301", "贷款本金", 270_000),
        ("转入、转出表外", "loan:1", "6011", "利息收入", "1132", "应收利息", 1),
        ("转入、转出表外", "loan:1", "9101", "表外应收利息", "9100", "表外科目对方", 1),
    ]
    assert next(posting_rows(day("2026-11-16"), LAST, "en"))[3] == "repayment"
    assert {len(row) for row in rows} == {len(POSTINGS)}
    balances = {row[0]: row for row in balance_rows(LAST, day("2026-11-01"), "en")}
    assert balances["1231"] == ("1231", "Allowance for loan losses", 150_000, 0, 0, 150_000)
    assert {len(row) for row in balances.values()} == {len(BALANCES)}


def test_the_command_writes_the_books_for_the_checker(tmp_path: Path) -> None:
    file, out = tmp_path / "ledger.beancount", StringIO()
    call_command("ledger", "export", str(file), stdout=out)
    assert out.getvalue() == "7 entries / 凭证\n"
    assert bean_check([file.read_text("utf-8")], tmp_path) == []
    with pytest.raises(CommandError):
        call_command("ledger", "export", stdout=out)
