"""The charge of being late, explained line by line: to the desk, and to who pays it."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from tests.book.loans.lending import INSTALMENT, lend, on
from tests.web.test_loan_closing import address, browser, text

pytestmark = pytest.mark.django_db
LATE = date(2025, 6, 20)


def test_the_penalty_stands_line_by_line_on_the_loan_and_on_the_customers_page() -> None:
    lent = lend()  # 3,042.19 due on 10 May, 500.00 of it interest; 9 % a year by 360 days
    lent.pay(500_00, date(2025, 5, 25))  # so long the penalty was 9.53 + 1.88 of 15 days; it goes to the penalty first
    with on(LATE):
        page = text(browser(lent.finance).get("/loans/CD-one/"))
        link = address(lent)
        phone = text(Client(headers={"Accept-Language": "zh-hans"}).get(link))
    assert "罚息怎么算的" in page and "基数 × 年利率 × 天数 ÷ 360，罚息不再计罚息" in page
    for said in ("2,542.19", "9.00%", "2025-05-10", "2025-06-20"):
        assert said in page
    assert "罚息怎么算的" in phone and "第 1 期本金 2,542.19 × 9.00% × 41 天" in phone and "26.06" in phone


def test_the_counter_begins_with_what_the_page_of_the_loan_says_is_due() -> None:
    lent = lend()
    with on(LATE):  # twice 3,042.19, 26.06 + 5.13 of penalty on the first, 6.39 + 1.22 on the second
        finance = browser(lent.finance)
        loan, form = text(finance.get("/loans/CD-one/")), text(finance.get("/loans/CD-one/repay/"))
        paid_ahead, settled = text(finance.get("/loans/CD-one/prepay/")), text(finance.get("/loans/CD-one/settle/"))
    due = re.search(r'今日应还（元）</span></div><div class="kpi-figure">([\d,.]+)<', loan)
    assert due is not None and due[1] == "6,123.18"
    assert 'value="6,123.18"' in form or 'value="6123.18"' in form
    for page in (form, paid_ahead):
        assert '<th scope="row" colspan="4">合计</th><td class="num">6,123.18</td>' in page
    assert "已到期未还本金" in settled and "罚息算到今天" not in settled


def test_who_is_not_late_is_told_nothing_of_penalties() -> None:
    lent = lend()
    lent.pay(INSTALMENT, date(2025, 5, 10))
    with on(date(2025, 5, 20)):
        assert "罚息怎么算的" not in text(browser(lent.finance).get("/loans/CD-one/"))
