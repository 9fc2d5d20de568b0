"""An advance that waits for its approval is taken back on the screen, by who asked for it."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chedai.book.advances.models import Advance
from chedai.book.loans.models import Loan
from chedai.org.models import AuthorityLimit
from tests.book.loans.lending import lend, on

DAY = date(2025, 9, 1)


@pytest.mark.django_db
def test_who_asked_for_an_advance_takes_it_back() -> None:
    lent = lend()
    Loan.objects.filter(pk=lent.loan_id).update(book="bank", lender_code="jianghe")
    AuthorityLimit.objects.create(action="loan.advance", role="manager", amount=9_000_00, deviation=0, since=DAY)
    finance, officer = Client(headers={"Accept-Language": "zh-hans"}), Client()
    finance.force_login(lent.finance.user)
    officer.force_login(lent.officer.user)
    receipt = SimpleUploadedFile("回单.pdf", b"%PDF-1.4\n%r\n%%EOF\n", "application/pdf")
    asked = {"reason": "instalment", "paid_on": "2025-09-01", "file": receipt, "reference": "HD-1", "amount": "6,000"}
    with on(DAY):
        assert finance.post("/advances/CD-one/pay/", asked).status_code == 302
        one = Advance.objects.get()
        back = f"/advances/{one.pk}/withdraw/"
        assert back in finance.get("/advances/").content.decode()
        assert officer.post(back).status_code == 403
        assert finance.post(back).status_code == 302
        assert "已撤回" in finance.get("/advances/").content.decode()
    one.refresh_from_db()
    assert (one.state, one.outstanding) == ("refused", 0)
