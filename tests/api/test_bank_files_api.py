"""A bank's statement over the interface: tried first, booked once whatever is sent twice, its bad rows back."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.http import HttpResponse
from python_calamine import CalamineWorkbook

from chedai.book.loans.models import LoanEvent
from chedai.journey.wiring import JOBS
from chedai.platform.audit.models import AuditEntry
from chedai.platform.imports.models import Batch
from chedai.platform.jobs.handlers import Progress
from chedai.platform.jobs.models import Job
from tests.api.conftest import Caller
from tests.book.loans.lending import INSTALMENT, lend, on

pytestmark = pytest.mark.django_db

FIRST, DAY = date(2025, 5, 10), date(2025, 5, 12)
HEADS = "交易日期,收入金额,对方户名,流水号,摘要,本方账号"
LINES = [HEADS, "20250510,3042.19,王伟,LS1,还款CD-0001五月,6222", "2025-05-12,500.00,赵六,LS3,货款,6222"]


def said(answer: HttpResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content.decode()
    return json.loads(answer.content)


def body(lines: list[str], **more: Any) -> dict[str, Any]:
    content = base64.b64encode("\n".join(lines).encode("gb18030")).decode()
    return {"file": {"name": "流水.csv", "content": content}, **more}


def worked() -> None:
    """What waits in the queue is done."""
    for job in Job.objects.filter(state="waiting", kind__startswith="import.").order_by("pk"):
        JOBS[job.kind].run(job.payload, Progress(lambda done, total: None))
        Job.objects.filter(pk=job.pk).update(state="done")


def booked() -> int:
    return LoanEvent.objects.filter(kind="repayment", reversal=None).count()


def test_a_statement_is_tried_booked_once_and_taken_out_again(calling: Callable[..., Caller]) -> None:
    lend(name="0001")
    with on(DAY):
        finance = calling("cai", "finance", everywhere=False)
        made = said(finance.post("/bank-files", body(LINES), key="bank-file-1"), 201)
        assert said(finance.post("/bank-files", body(LINES), key="bank-file-1"), 201) == made
        assert (made["state"], made["rows"], Batch.objects.count()) == ("checking", 2, 1)
        worked()
        at = f"/bank-files/{made['id']}"
        tried = said(finance.get(at))
        assert (tried["state"], tried["good"], tried["bad"], booked()) == ("checked", 1, 1, 0)
        assert [(row["number"], row["reason_en"]) for row in tried["bad_rows"]] == [
            (3, "no loan found: no number, and none in the memo")
        ]
        back = said(finance.post(f"{at}/bad-rows", {}))
        rows = CalamineWorkbook.from_filelike(io.BytesIO(base64.b64decode(back["content"]))).get_sheet_by_index(0)
        assert "货款" in str(rows.to_python())
        assert AuditEntry.objects.filter(action="list.exported").count() == 1
        said(finance.post(f"{at}/booking", {}, key="booking-1"))
        assert said(finance.post(f"{at}/booking", {}, key="booking-1"))["id"] == made["id"]
        worked()
        assert (said(finance.get(at))["written"], booked()) == (1, 1)
        assert LoanEvent.objects.get(kind="repayment").amount == INSTALMENT
        again = said(finance.post("/bank-files", body(LINES)), 201)
        worked()
        known = said(finance.get(f"/bank-files/{again['id']}"))
        assert (known["good"], known["same"], known["bad"]) == (0, 1, 1)
        assert said(finance.post(f"/bank-files/{again['id']}/booking", {}), 409)["title"] == "import-nothing"
        said(finance.post(f"{at}/withdrawal", {}))
        worked()
        assert (said(finance.get(at))["state"], booked()) == ("undone", 0)


def test_columns_are_said_and_a_statement_is_seen_by_who_brought_it(calling: Callable[..., Caller]) -> None:
    lend(name="0001")
    with on(DAY):
        finance, other = calling("cai", "finance", everywhere=False), calling("li", "finance", everywhere=False)
        lines = ["甲,乙,丙", "20250510,3042.19,CD-0001"]
        missing = said(finance.post("/bank-files", body(lines)), 422)
        assert {one["field"] for one in missing["errors"]} == {"received_on", "amount"}
        assert Batch.objects.count() == 0
        made = said(finance.post("/bank-files", body(lines, columns={"received_on": 0, "amount": 1, "loan": 2})), 201)
        worked()
        assert said(finance.get(f"/bank-files/{made['id']}"))["good"] == 1
        assert said(other.get(f"/bank-files/{made['id']}"), 404)["title"] == "no-such-batch"
        assert said(calling("ou", "officer").get(f"/bank-files/{made['id']}"), 403)["title"] == "not-allowed"
