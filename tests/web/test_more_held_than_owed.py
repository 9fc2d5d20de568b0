"""Who has paid more than is owed settles for nothing, on the screen and over the interface; the rest stays held."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from chedai.book.closing.models import SettlementAsk
from tests.book.loans.lending import lend, on
from tests.web.test_loan_closing import address, browser, text

pytestmark = pytest.mark.django_db
DAY = date(2025, 5, 20)


def test_a_loan_paid_twice_over_is_settled_at_the_counter_without_money() -> None:
    lent = lend()
    lent.pay(120_000_00, date(2025, 5, 10))
    with on(DAY):
        guest, finance = Client(headers={"Accept-Language": "zh-hans"}), browser(lent.finance)
        link = address(lent)
        shown = text(guest.get(f"{link}payoff/", {"on": DAY.isoformat()}))
        assert "账户余款已足够结清，结清后退还您" in shown and "申请按此金额结清" not in shown
        asked = guest.post(f"{link}payoff/", {"on": DAY.isoformat(), "shown": "0"})
        assert "账户余款已足够结清，请联系您的金融专员办理" in text(asked, 422) and not SettlementAsk.objects.exists()
        page = text(finance.get("/loans/CD-one/payoff/"))
        assert "结清后退还客户" in page and "16,419.08" in page
        wrong = {"amount": "0.01", "received_on": DAY.isoformat()}
        assert "结清金额须为 0.00 元" in text(finance.post("/loans/CD-one/settle/", wrong), 422)
        assert finance.post("/loans/CD-one/settle/", wrong | {"amount": "0"}).status_code == 302
    loan = lent.loan
    assert (loan.state, loan.owed, loan.credit) == ("settled", 0, 16_419_08)
    fee = 2_923_73  # 3 % of the 97,457.81 that were not due, paid in before or not
    assert 120_000_00 - loan.credit == 100_000_00 + 500_00 + 157_19 + fee
