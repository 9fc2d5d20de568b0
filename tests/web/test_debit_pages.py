"""Direct debit on the screen: mandate noted, batch made, sent and taken to the bank; who may not, does not see it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chedai.book.loans.bulk.models import DebitBatch, DebitMandate
from chedai.platform import clock
from chedai.platform.audit.models import AuditEntry
from tests import cast
from tests.browser.loan_rooms import lent
from tests.house import House, build

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]


@pytest.fixture(name="house")
def _house() -> House:
    return build()


def test_a_mandate_is_noted_and_what_is_due_goes_to_the_bank(house: House) -> None:
    loan = lent(house, "韩信", clock.business_date() - timedelta(40))
    client = Client()
    client.force_login(cast.person("fang", "方财", house.east, "finance").user)
    form = {"bank": "城东银行", "holder": "韩信", "account": "6222021234567890123", "agreed_on": "2026-11-01"}
    sheet = SimpleUploadedFile("授权书.pdf", b"%PDF-1.4\n%m\n%%EOF\n", "application/pdf")
    noted = client.post(f"/loans/{loan.number}/debit/mandate/", form | {"form_key": "m1", "file": sheet})
    assert (noted.status_code, noted.headers["Location"]) == (302, f"/loans/{loan.number}/debit/")
    page = client.get(noted.headers["Location"]).content.decode()
    assert "622202*********0123" in page and "6222021234567890123" not in page
    paper = f"/loans/{loan.number}/debit/{DebitMandate.objects.get().pk}/paper/"
    assert paper in page
    assert client.get(paper).content == b"%PDF-1.4\n%m\n%%EOF\n"
    made = client.post("/loans/debits/new/", {"store": house.east.pk, "day": "2026-11-20", "form_key": "d1"})
    assert made.headers["Location"] == "/loans/debits/DK20261120-A1/"
    waits = client.get("/loans/debits/DK20261120-A1/").content.decode()
    assert "待发送" in waits and "待回盘" not in waits  # nothing was sent that could come back
    assert client.post("/loans/debits/DK20261120-A1/file/").status_code == 409
    client.post("/loans/debits/DK20261120-A1/send/")
    taken = client.post("/loans/debits/DK20261120-A1/file/")
    assert taken.content.decode("utf-8-sig").splitlines()[2].split(",")[4] == "6222021234567890123"
    assert AuditEntry.objects.filter(action="list.exported").count() == 1
    assert "3,0" in client.get("/loans/debits/").content.decode()


def test_a_mandate_that_says_nothing_is_refused_at_its_fields(house: House) -> None:
    loan = lent(house, "韩信", clock.business_date() - timedelta(40))
    client = Client()
    client.force_login(house.officer.user)
    form = {"bank": "城东银行", "holder": "韩信", "account": "12", "agreed_on": "2026-11-01", "form_key": "m2"}
    refused = client.post(f"/loans/{loan.number}/debit/mandate/", form)
    assert (refused.status_code, DebitMandate.objects.count()) == (422, 0)
    assert "账号为 8 至 32 位数字" in refused.content.decode()
    assert client.get("/loans/debits/").status_code == 403
    assert not DebitBatch.objects.exists()
