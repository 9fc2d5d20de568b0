"""A loan of a bank's book: what only the bank works out is not shown as if we did; what its lists say is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date

import pytest

from tests.api.conftest import Caller
from tests.api.conftest import calling as calling
from tests.book.loans.bulk.desk import checked, written
from tests.book.loans.bulk.test_bank_lists import HEADS, LATE, of_bank
from tests.book.loans.lending import Lent, on
from tests.web.test_loan_closing import browser, text

pytestmark = pytest.mark.django_db
DAY = date(2025, 7, 1)
PAID = "CD-B1,2025-07-10,2025-07-05,0,0,91849.94,2025-07-08"


@pytest.fixture
def listed() -> Lent:
    """Two instalments late on the first list, none on the second."""
    one = of_bank("B1")
    for day, line in ((DAY, LATE), (date(2025, 7, 8), PAID)):
        with on(day):
            written(checked("bank_list", [HEADS, line], one.finance), one.finance)
    return one


def rows(page: str) -> list[list[str]]:
    body = page[page.index("<tbody") : page.index("</tbody>")]
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in body.split("</tr>")]
    return [[re.sub("<[^>]+>", "", cell) for cell in row] for row in cells if row]


def test_payoff_and_account_of_a_banks_loan_are_what_its_lists_say(listed: Lent) -> None:
    newest = ["2025-07-08", "91,849.94", "0.00", "0", "0", "2025-07-10", "2025-07-05"]
    first = ["2025-07-01", "97,457.81", "6,084.38", "52", "2", "2025-05-10", "—"]
    with on(date(2025, 7, 9)):
        desk = browser(listed.officer)
        payoff, account = text(desk.get("/loans/CD-B1/payoff/")), text(desk.get("/loans/CD-B1/account/"))
    assert "结清金额由资方计算，请向资方查询" in payoff and rows(payoff) == [newest]
    assert "还款和利息由资方记账" in account and rows(account) == [newest, first]
    for page in (payoff, account):  # the day of our own replay is not asked for, and nothing of it is shown
        assert 'name="on"' not in page and "100,000.00" not in page and "放款</" not in page


def test_before_its_first_list_nothing_is_said_of_a_banks_loan() -> None:
    one = of_bank("B1")
    with on(DAY):
        for tab in ("payoff", "account"):
            page = text(browser(one.officer).get(f"/loans/CD-B1/{tab}/"))
            assert "还没有导入资方清单" in page and "<tbody" not in page


def test_no_counter_and_no_interface_works_out_a_banks_loan(listed: Lent, calling: Callable[..., Caller]) -> None:
    with on(date(2025, 7, 9)):
        desk, finance = browser(listed.finance), calling("cai", "finance")
        for act in ("repay", "prepay", "settle"):
            assert "资方贷款由资方记账，本公司只跟踪" in text(desk.get(f"/loans/CD-B1/{act}/"), 409)
        for told in ("payoff", "statement", "schedule", "penalties"):
            refused = finance.get(f"/loans/CD-B1/{told}")
            said = json.loads(refused.content)
            assert (refused.status_code, said["title"]) == (422, "bank-book")
            assert "请向资方查询" in refused.content.decode() or "ask the bank" in refused.content.decode()
