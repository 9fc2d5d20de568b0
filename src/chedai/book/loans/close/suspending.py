"""Loans late beyond the days of the policy: their interest counts off the balance sheet from now on.

What is due and unpaid goes back through income into suspense, and what would still accrue leaves the cohorts. A loan
with a plan agreed anew may hold interest that was made principal: it is replayed by itself. A loan that was worked out
on a later day, before this night was made up for, is not taken back to this one: the close of that later day does it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db.models import Sum

from chedai.book.ledger import rules as ledger
from chedai.book.ledger.journal import journal_post
from chedai.book.ledger.kinds import EntryKind
from chedai.book.ledger.rules import Balances
from chedai.book.loans.cohorts import cohorts_add, cohorts_of
from chedai.book.loans.models import Loan, OpenItem, Plan
from chedai.book.loans.plans import unpack
from chedai.book.loans.services.keeping import loan_suspend
from chedai.book.loans.states import BookKind, LoanStatus
from chedai.book.loans.stripes import stripes_hold
from chedai.platform.actors import Actor
from chedai.platform.days.report import StepReport
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import service

PART: Final = 500
LIMIT: Final = "classification.substandard_over"
"""The policy whose days end the counting of interest as income."""


@service
def loans_suspend(*, day: date, actor: Actor, after: int) -> StepReport:
    """Take the interest of one part of the loans above `after` off the balance sheet."""
    limit = book_in_force().in_force(LIMIT, day, lender_type="auto_finance").number
    counting = {"suspended_since": None, "state": LoanStatus.ACTIVE, "book": BookKind.OWN, "quarantine": ""}
    found = Loan.objects.filter(delinquency__since__lt=day - timedelta(limit), **counting)
    found = found.exclude(worked_on__gt=day)
    ids = list(found.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:PART])
    if not ids:
        return StepReport()
    stripes_hold(ids[0], ids[-1])
    loans = list(found.filter(pk__in=ids).order_by("pk"))  # those that are so still, now that nobody changes them
    plain = [loan for loan in loans if loan.plan_version == 1]
    left_out = sum(not loan_suspend(loan_id=loan.pk, day=day, actor=actor) for loan in loans if loan.plan_version > 1)
    _suspend(plain, day, actor)
    return StepReport(looked=len(ids), changed=len(loans) - left_out, left_out=left_out, after=ids[-1])


def _suspend(loans: list[Loan], day: date, actor: Actor) -> None:
    """Loans of one plan: what is posted is the sum."""
    if not loans:
        return
    Loan.objects.filter(pk__in=[loan.pk for loan in loans]).update(suspended_since=day)
    plans = dict(Plan.objects.filter(loan__in=loans, version=1).values_list("loan_id", "packed"))
    cohorts_add((cohorts_of(unpack(bytes(plans[loan.pk])), loan.disbursed_on) for loan in loans), -1)
    due = OpenItem.objects.filter(loan__in=loans).aggregate(interest=Sum("interest"))["interest"] or 0
    transfers = ledger.postings(Balances(interest_due=due), Balances(interest_due=due, suspended=True), 0)
    if transfers:
        subject = f"close:{day.isoformat()}"
        journal_post(day=day, kind=EntryKind.SUSPENSE, subject=subject, transfers=transfers, actor=actor)
