"""A credit goes back on the screen: asked for on the tab of the end of a loan, approved in the queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from chedai.book.refunds.models import CreditRefund
from chedai.book.refunds.services import ACTION
from chedai.engine.daycount import add_months
from chedai.org.models import AuthorityLimit
from tests import cast
from tests.book.loans.lending import AGREED, OUT, TERMS, lend, on

DUE: date = add_months(OUT, 1)


@pytest.mark.django_db
def test_finance_asks_the_manager_approves_and_the_account_explains_it() -> None:
    lent = lend(replace(AGREED, terms=replace(TERMS, periods=1)))
    AuthorityLimit.objects.create(action=ACTION, since=OUT, role="manager", amount=10_000_00, deviation=0)
    finance, manager = (Client(headers={"Accept-Language": "zh-hans"}) for _ in range(2))
    finance.force_login(lent.finance.user)
    manager.force_login(cast.person("xu", "许宁", lent.loan.store, "manager").user)
    lent.pay(100_500_00 + 188_00, DUE)
    with on(DUE):
        day = finance.get("/").content.decode()
        assert "贷款已结清，退还客户余款 188.00 元" in day and "05-20 截止" in day
        page = finance.get("/loans/CD-one/closure/").content.decode()
        assert "188.00" in page and "/closure/refund/" in page
        sent = {"amount": "188", "bank": "江河银行", "holder": "王伟", "account": "6222021234567890123"}
        assert finance.post("/loans/CD-one/closure/refund/", sent | {"amount": "188.01"}).status_code == 422
        assert finance.post("/loans/CD-one/closure/refund/", sent | {"holder": "李四"}).status_code == 422
        assert manager.get("/loans/CD-one/closure/refund/").status_code == 403
        assert finance.post("/loans/CD-one/closure/refund/", sent).status_code == 302
        one = CreditRefund.objects.get()
        shown = finance.get("/loans/CD-one/closure/").content.decode()
        assert "待审批" in shown and "6222021234567890123" not in shown
        decided = {"verdict": "approve", "digest": one.approval.digest, "opinion": "同意"}
        assert manager.post(f"/approvals/{one.approval_id}/", decided).status_code == 302
        assert "已退还" in finance.get("/loans/CD-one/closure/").content.decode()
        assert "退还客户余款" not in finance.get("/").content.decode()
        account = finance.get("/loans/CD-one/account/").content.decode()
        event = CreditRefund.objects.get().event
        assert event is not None
        back = finance.get(f"/loans/CD-one/reverse/{event.pk}/")
        assert back.status_code == 302 and back["Location"] == f"/loans/CD-one/changes/reversal/?event={event.seq}"
        assert f"{event.seq} 退还溢缴款" in finance.get(back["Location"]).content.decode()
    assert all(said in account for said in ("退还溢缴款", "TK-CD-one-1", "188.00"))
    one.refresh_from_db()
    assert (one.state, lent.loan.credit) == ("paid", 0)
