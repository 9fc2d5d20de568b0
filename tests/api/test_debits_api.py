"""Direct debit over the interface: a mandate noted and masked, batches of one's own stores, line by line."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.http import HttpResponse

from chedai.book.loans.bulk.debits import debit_make, debit_send
from chedai.org.models import RoleGrant
from tests import cast
from tests.api.conftest import Caller
from tests.book.loans.lending import INSTALMENT, lend, on

pytestmark = pytest.mark.django_db

FIRST = date(2025, 5, 10)


def said(answer: HttpResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content.decode()
    return json.loads(answer.content)


def test_a_mandate_is_noted_and_its_debit_is_read_by_who_may(calling: Callable[..., Caller]) -> None:
    lent = lend(name="0001")
    mandate = {"bank": "城东银行", "holder": "王伟", "account": "6222 0212 3456 7890 123", "agreed_on": "2025-05-01"}
    sheet = {"file": {"name": "授权书.pdf", "content": base64.b64encode(b"%PDF-1.4\n%m\n%%EOF\n").decode()}}
    with on(FIRST):
        finance = calling("cai", "finance")
        noted = said(finance.post("/loans/CD-0001/mandates", mandate | sheet), 201)
        assert (noted["holder"], noted["account"], noted["ended_on"]) == ("王*", "622202*********0123", None)
        assert said(finance.get("/loans/CD-0001/mandates")) == [noted]
        assert noted["paper"] is not None
        refused = said(finance.post("/loans/CD-0001/mandates", mandate | {"agreed_on": "2025-05-11"}), 422)
        assert "agreed_on" in json.dumps(refused)
        made = debit_make(day=FIRST, store_id=lent.loan.store_id, actor=lent.money)
        debit_send(batch_id=made.pk, actor=lent.money)
        (listed,) = said(finance.get("/debits"))["items"]
        assert (listed["number"], listed["state"], listed["total"]) == ("DK20250510-A1", "sent", INSTALMENT)
        whole = said(finance.get("/debits/DK20250510-A1"))
        assert [(line["loan"], line["amount"], line["state"], line["account"]) for line in whole["lines"]] == [
            ("CD-0001", INSTALMENT, "waiting", "622202*********0123")
        ]
        elsewhere = calling("yuan", "finance", everywhere=False)
        RoleGrant.objects.filter(staff=elsewhere.staff).update(store=cast.store("B9", "城北店"))
        assert said(elsewhere.get("/debits"))["items"] == []
        said(elsewhere.get("/debits/DK20250510-A1"), 403)
        said(calling("ji", "officer").get("/debits"), 403)
