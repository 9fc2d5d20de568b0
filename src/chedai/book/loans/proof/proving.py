"""The proof: every loan worked out again, and every difference to what is stored named to the fen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from time import process_time
from typing import Final

import numpy as np

from chedai.book.ledger import chart
from chedai.book.ledger.balances import account_balance
from chedai.book.ledger.kinds import EntryKind
from chedai.book.ledger.models import Posting
from chedai.book.loans.forms import conventions_of
from chedai.book.loans.lateness import Buckets, buckets_on
from chedai.book.loans.models import LoanEvent, Plan
from chedai.book.loans.proof import reading
from chedai.book.loans.proof.by_columns import prove_columns
from chedai.book.loans.proof.one_by_one import prove_apart
from chedai.book.loans.proof.periods import Periods
from chedai.book.loans.proof.reading import Batch
from chedai.book.loans.proof.results import Difference, Proof, Sums
from chedai.book.loans.proof.standing import fits
from chedai.book.loans.states import EventKind

CHUNK: Final = 16_384
_PAYMENTS: Final = (EventKind.REPAYMENT, EventKind.DISBURSEMENT)


def book_prove(day: date, tell: Callable[[int], None] = lambda done: None) -> Proof:
    """Work out every loan of the own book as the close of `day` and what came since left it, and compare."""
    begun = process_time()
    proof, buckets, periods = Proof(day), buckets_on(day), Periods(day)
    for first, last in reading.spans(CHUNK):
        span = reading.span_read(first, last)
        apart = list(span.apart)
        for batch in span.batches:
            apart += _prove_batch(proof, batch, buckets, periods)
        for loan_id in apart:
            prove_apart(proof, loan_id, buckets, periods)
        tell(last)
    proof.differences += periods.differences()
    proof.differences += _ledger(proof.sums, periods, day)
    proof.cpu = process_time() - begun
    return proof


def _prove_batch(proof: Proof, batch: Batch, buckets: Buckets, periods: Periods) -> list[int]:
    """Loans of one form after the other; the numbers of those whose conventions columns cannot carry."""
    forms = batch.loans["form"]
    agreed = conventions_of(sorted(set(forms.tolist())))
    apart: list[int] = []
    for form, conventions in agreed.items():
        own = np.flatnonzero(batch.loans["form"] == form)
        part = batch if len(agreed) == 1 else batch.take(own)
        if not fits(conventions):
            apart += part.loans["loan"].tolist()
            continue
        prove_columns(proof, part, conventions, buckets)
        counted = (part.loans["settled"] == 0) & (part.loans["suspended"] == 0)
        periods.add(part.plans, part.loans["disbursed"], counted, part.loans["worked_on"])
    return apart


def _ledger(sums: Sums, periods: Periods, day: date) -> list[Difference]:
    """The control accounts beside the sum of the loans.

    Interest accrued stands at its target when the day is closed; a plan agreed anew after that moves the target, and
    the next close the account. Until then it is not compared.
    """
    proved = {
        chart.PRINCIPAL: sums.principal,
        chart.INTEREST_DUE: sums.interest,
        chart.FEES_DUE: sums.fees,
        chart.CREDIT: sums.credit,
        chart.SUSPENSE: sums.suspended,
    }
    if not _plans_moved_since(day):
        proved[chart.INTEREST_ACCRUED] = periods.accrued()
    found = []
    for code, amount in proved.items():
        stored = account_balance(code, date.max)
        if stored != amount:
            found.append(Difference(f"account:{code}", "balance", stored, amount))
    return found


def _plans_moved_since(day: date) -> bool:
    """Whether a plan was changed, or a loan came out of suspense, on `day` after its close, or later."""
    events = LoanEvent.objects.filter(recorded_on__gte=day).exclude(kind__in=_PAYMENTS)
    memo = Posting.objects.filter(day__gte=day, debit__in=(chart.SUSPENSE, chart.MEMO_CONTRA))
    plans = Plan.objects.filter(from_day__gte=day, version__gt=1)
    return (
        events.exists()
        or plans.exists()
        or memo.exclude(entry__kind__in=(EntryKind.BILLING, EntryKind.SUSPENSE)).exists()
    )
