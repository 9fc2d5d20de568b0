"""The ledger on the screen: figures lead to postings, postings to entries; a period is locked by two; it goes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from chedai.book.ledger.selectors import locked_through
from chedai.journey.wiring import wire
from chedai.org.models import AuthorityLimit, Staff
from chedai.platform import events
from chedai.platform.approvals.models import Approval
from chedai.platform.audit.models import AuditEntry
from tests import cast
from tests.book.ledger.test_journal import closed, day, payout, post, repayment
from tests.book.loans.lending import lend
from tests.house import SINCE
from tests.web.conftest import House

Browse = Callable[[Staff], Client]


@pytest.fixture
def desk(house: House, browse: Browse) -> Iterator[tuple[Client, Client]]:
    """Finance and compliance, with a browser each, and three months in the books."""
    before = events.wiring()
    wire()
    for action in ("period.lock", "period.unlock"):
        AuthorityLimit.objects.create(action=action, role="compliance", amount=0, since=SINCE)
    post(payout("2026-09-15"), payout("2026-10-20", 2), repayment("2026-11-15"), repayment("2026-11-16", 2))
    closed("2026-11-01")
    people = (
        cast.person("gu", "顾言", house.east, "finance"),
        cast.person("bai", "白露", house.east, "compliance", everywhere=True),
    )
    yield browse(people[0]), browse(people[1])
    events.install(before)


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def test_a_figure_leads_to_its_postings_and_a_posting_to_its_entry(desk: tuple[Client, Client]) -> None:
    finance, _ = desk
    trial = page(finance, "/ledger/?on=2026-11-20")
    assert "19,460,000" not in trial  # fen
    assert "194,600.00" in trial  # principal: 200,000 less two instalments of 2,700
    assert "(193,160.00)" in trial  # the bank
    assert "借贷平衡" in trial
    assert "/ledger/accounts/1301/?since=2026-11-01&amp;on=2026-11-20" in trial
    account = page(finance, "/ledger/accounts/1301/?since=2026-11-01&on=2026-11-20")
    assert "200,000.00" in account
    assert "/ledger/entries/3/" in account
    entry = page(finance, "/ledger/entries/3/")
    assert "1002 银行存款" in entry
    assert "3,420.00" in entry
    assert "/ledger/entries/1/" in entry  # the payout of the same loan
    page(finance, "/ledger/entries/?kind=payout&day_from=2026-10-01")
    page(finance, "/ledger/entries/99/", 404)
    page(finance, "/ledger/accounts/9999/", 404)
    page(finance, "/ledger/accounts/1301/?after=x", 404)


def test_an_entry_of_a_loan_leads_to_the_loan(house: House, browse: Browse) -> None:
    lend(name="7")
    finance = browse(cast.person("gu", "顾言", house.east, "finance"))
    for address in ("/ledger/entries/1/", "/ledger/accounts/1301/?since=2025-04-01&on=2025-04-30"):
        found = page(finance, address)
        assert '<a href="/loans/CD-7/">贷款 CD-7</a>' in found
    assert "贷款 CD-7" in page(finance, "/ledger/entries/")
    assert "1 张" in page(finance, "/ledger/entries/?q=cd-7")  # found by the number that is printed
    assert "没有符合筛选条件的记录" in page(finance, "/ledger/entries/?q=CD-8")


def test_days_that_are_none_are_the_month_to_date(desk: tuple[Client, Client]) -> None:
    trial = page(desk[0], "/ledger/?on=soon&since=9999-99-99")
    assert "2026-11-01 – 2026-11-20" in trial


def test_a_long_statement_goes_on_where_the_page_ended(desk: tuple[Client, Client]) -> None:
    post(*(repayment("2026-11-17", number) for number in range(10, 120)))
    first = page(desk[0], "/ledger/accounts/1301/?since=2026-11-01&on=2026-11-20")
    mark = first.partition("after=")[2].partition('"')[0]
    second = page(desk[0], f"/ledger/accounts/1301/?since=2026-11-01&on=2026-11-20&after={mark}")
    assert "(102,400.00)" in second  # 194,600 less 110 instalments of 2,700
    assert "承前页" in second


def test_two_people_lock_a_period_and_open_it_again(desk: tuple[Client, Client]) -> None:
    finance, compliance = desk
    assert "申请锁定" in page(finance, "/ledger/periods/")
    asked = finance.post("/ledger/periods/ask/", {"act": "period.lock", "month": "2026-09-01"})
    assert asked.status_code == 302
    assert "待审批" in page(finance, "/ledger/periods/")
    decide(compliance)
    assert locked_through() == day("2026-09-30")
    assert "已锁定至 2026-09-30" in page(finance, "/ledger/periods/")
    assert "账已锁定至 2026-09-30" in page(finance, "/ledger/")
    unreasoned = finance.post("/ledger/periods/ask/", {"act": "period.unlock", "month": "2026-09-01"})
    assert unreasoned.status_code == 422
    finance.post("/ledger/periods/ask/", {"act": "period.unlock", "month": "2026-09-01", "reason": "补记"})
    decide(compliance)
    assert locked_through() == day("2026-08-31")
    assert finance.post("/ledger/periods/ask/", {"act": "period.lock", "month": "soon"}).status_code == 422


def decide(client: Client) -> None:
    approval = Approval.objects.latest("pk")
    data = {"verdict": "approve", "digest": approval.digest, "opinion": ""}
    assert client.post(f"/approvals/{approval.pk}/", data).status_code == 302


def test_the_ledger_goes_out_in_three_forms_and_on_record(desk: tuple[Client, Client]) -> None:
    form = {"what": "postings", "since": "2026-11-01", "on": "2026-11-20"}
    finance = desk[0]
    sheet = finance.post("/ledger/take/", {**form, "kind": "xlsx"})
    rows = CalamineWorkbook.from_filelike(BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    assert [rows[1][at] for at in (0, 3, 4, 5, 7, 9)] == [3, "还款", "loan:1", "1002", "1132", 720]
    text = finance.post("/ledger/take/", {**form, "what": "balances", "kind": "csv"}).content.decode("utf-8-sig")
    assert "1301,贷款本金,200000.00,0.00,5400.00,194600.00" in text
    book = finance.post("/ledger/take/", {**form, "kind": "beancount"}).content.decode()
    assert "2026-11-21 balance Assets:1301-Loan-principal  194600.00 ~ 0.00 CNY" in book
    taken = AuditEntry.objects.filter(action="list.exported").order_by("seq").values_list("subject", flat=True)
    assert list(taken) == ["list:ledger.postings", "list:ledger.balances", "list:ledger.postings"]
    backwards = {**form, "since": "2026-11-30", "kind": "csv"}
    assert finance.post("/ledger/take/", backwards).status_code == 422


def test_an_empty_ledger_says_so(house: House, browse: Browse) -> None:
    finance = browse(cast.person("gu", "顾言", house.east, "finance"))
    assert "还没有余额" in page(finance, "/ledger/")
    assert "还没有记账凭证" in page(finance, "/ledger/periods/")
    assert "还没有记账凭证" in page(finance, "/ledger/entries/")
