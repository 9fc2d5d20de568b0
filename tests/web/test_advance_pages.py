"""Advances on the screen: booked on the loan, given back, seen bank by bank."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chedai.book.advances.models import Advance
from chedai.book.loans.models import Loan
from tests.book.loans.lending import lend, on
from tests.deals.quoting import shelf
from tests.support.ground import begins_with, given

pytestmark = [pytest.mark.django_db, begins_with(shelf)]

DAY = date(2025, 9, 1)


def test_an_advance_goes_out_comes_back_and_stands_beside_the_margin_of_its_bank() -> None:
    lent = lend()
    Loan.objects.filter(pk=lent.loan_id).update(book="bank", lender_code="jianghe", owed=80_000_00)
    given(shelf)
    finance, officer = Client(headers={"Accept-Language": "zh-hans"}), Client()
    finance.force_login(lent.finance.user)
    officer.force_login(lent.officer.user)
    sent = {"reference": "HD-1", "amount": "3,000"}
    with on(DAY):
        assert "登记垫款" in finance.get("/loans/CD-one/").content.decode()
        receipt = SimpleUploadedFile("回单.pdf", b"%PDF-1.4\n%r\n%%EOF\n", "application/pdf")
        paid = {"reason": "instalment", "paid_on": "2025-09-01", "file": receipt, "form_key": "a"}
        assert finance.post("/advances/CD-one/pay/", sent | paid).status_code == 302
        margin = {"lender_code": "jianghe", "kind": "deposit", "on": "2025-09-01", "amount": "16000", "form_key": "b"}
        assert finance.post("/advances/margin/", sent | margin).status_code == 302
        one = Advance.objects.get()
        back = {"received_on": "2025-09-01", "amount": "1000", "form_key": "c"}
        assert finance.post("/advances/CD-one/recover/", sent | back | {f"part_{one.pk}": "999"}).status_code == 422
        assert finance.post("/advances/CD-one/recover/", sent | back).status_code == 302
        page = finance.get("/advances/").content.decode()
        for path in ("", "margin/", "CD-one/pay/", "CD-one/recover/"):
            assert officer.get(f"/advances/{path}").status_code == 403
    one.refresh_from_db()
    assert (one.amount, one.outstanding) == (3_000_00, 2_000_00)
    assert all(said in page for said in ("江河银行", "80,000.00", "2,000.00", "16,000.00", "20.00%"))
