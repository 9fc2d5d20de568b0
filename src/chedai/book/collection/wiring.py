"""What collection hears, does and reads, for the table of the top floor."""

from __future__ import annotations

from datetime import time
from typing import Any, Final

from chedai.book.collection.services import cases, promises
from chedai.book.collection.services.reminding import remind
from chedai.book.collection.strategies import COSTS, LINES, costs_fault, lines_fault
from chedai.book.loans.events import (
    BucketChanged,
    LoanBecameOverdue,
    LoanCured,
    LoanRepaid,
    LoanReversed,
    LoansAged,
    LoanSettled,
)
from chedai.platform.events import Handler as Hears
from chedai.platform.jobs.handlers import Handler
from chedai.platform.jobs.schedule import Round
from chedai.platform.policies.tables import Reader

HANDLERS: Final[dict[type, Hears]] = {
    LoanBecameOverdue: cases.case_open_on_overdue,
    BucketChanged: cases.case_follow_bucket,
    LoansAged: cases.cases_follow_night,
    LoanCured: cases.case_close_on_cure,
    LoanSettled: cases.case_close_on_settled,
    LoanRepaid: promises.promises_judge_on_receipt,
    LoanReversed: promises.promises_judge_on_receipt,
}
JOBS: Final[dict[str, Any]] = {"collection.remind": Handler(remind, words=("发催收短信", "send reminders"))}
ROUNDS: Final = (Round("collection.remind", at=time(9, 0)),)
TABLES: Final[dict[str, Reader]] = {LINES: lines_fault, COSTS: costs_fault}
