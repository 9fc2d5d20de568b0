"""The writing of a bank statement is killed at random moments and begun again; the book ends as if nobody had."""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from datetime import date
from typing import Any, Final

import pytest
from django.db import connections, transaction

from chedai.book.loans.models import Delinquency, Loan, LoanEvent, OpenItem
from chedai.platform.imports import running, services
from chedai.platform.imports.models import Batch, BatchRow
from chedai.platform.imports.states import BatchState
from tests import cast

from ..lending import Lent, is_balanced, lend, on, stands
from .desk import SILENT, checked

DAY: Final = date(2025, 6, 12)
KILLS: Final = 6
ROWS: Final = 16


def _write(batch_id: int, lent: Lent) -> None:
    """What a worker does that claims the job, again and again until the file is written."""
    batch = Batch.objects.get(pk=batch_id)
    if batch.state == BatchState.WRITING:
        running.write(batch, cast.acting(lent.finance), SILENT)


def _state(batch: Batch) -> dict[str, Any]:
    """Everything the file writes, without the keys the database gives out."""
    items = OpenItem.objects.values_list("loan__number", "n", "principal", "interest", "penalty_paid")
    return {
        "events": sorted(LoanEvent.objects.values_list("loan__number", "seq", "amount", "on", "key"), key=str),
        "loans": sorted(Loan.objects.values_list("number", "owed", "credit", "last_seq")),
        "items": sorted(items),
        "late": sorted(Delinquency.objects.values_list("loan__number", "since", "overdue")),
        "rows": sorted(BatchRow.objects.filter(batch=batch).values_list("number", "state")),
        "accounts": stands(DAY, "1002", "1301", "1132", "6012", "2241"),
    }


def _unkilled(batch: Batch, lent: Lent) -> dict[str, Any]:
    """What a run that nobody kills leaves, undone again."""
    with transaction.atomic():
        _write(batch.pk, lent)
        state = _state(batch)
        transaction.set_rollback(True)
    return state


def _write_and_kill(batch: Batch, lent: Lent, seconds: float) -> bool:
    """Write in a process of its own that is killed after so long; whether it was still at it."""
    connections.close_all()
    child = multiprocessing.get_context("fork").Process(target=_write, args=(batch.pk, lent))
    child.start()
    child.join(seconds)
    child.kill()
    child.join()
    return child.exitcode == -signal.SIGKILL


@pytest.mark.django_db(transaction=True)
def test_a_file_killed_at_random_moments_is_posted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PIECE", 2)
    one, other = lend(name="0001"), lend(name="0002")
    lines = ["交易日期,金额,付款人,流水号,贷款号"]
    lines += [f"202505{10 + n % 20},{100 + n}.00,王伟,{n if n % 3 else ''},CD-000{1 + n % 2}" for n in range(ROWS)]
    with on(DAY):
        batch = checked("bank_file", lines, one.finance)
        assert batch.counts == {"rows": ROWS, "good": ROWS}
        batch = services.batch_write(batch_id=batch.pk, actor=one.money)
        begun = time.perf_counter()
        wanted = _unkilled(batch, one)
        whole, chance = time.perf_counter() - begun, random.Random(5)
        # A share of what this machine needs for all of it, so that neither a quick nor a slow one is done before.
        killed = sum(_write_and_kill(batch, one, whole * chance.uniform(0.05, 0.2)) for _ in range(KILLS))
        assert killed >= KILLS // 2
        _write(batch.pk, one)
        assert _state(batch) == wanted
    assert wanted["rows"] == [(n + 2, "written") for n in range(ROWS)]
    assert LoanEvent.objects.filter(kind="repayment").count() == ROWS
    assert other.loan.last_seq == 1 + ROWS // 2
    assert is_balanced(DAY)
