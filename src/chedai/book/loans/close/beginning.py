"""The first close ever: the book lived before it, and no night billed what fell due in that time.

From then on every night bills one day. A loan that comes on the book later is worked out on the day it comes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from django.db.models import Min

from chedai.book.loans.close.billing import falling_due, loans_bill
from chedai.book.loans.close.slices import part_end, slices
from chedai.book.loans.models import Loan
from chedai.book.loans.services.keeping import loan_bring
from chedai.book.loans.states import BookKind, LoanStatus
from chedai.book.loans.stripes import stripes_hold
from chedai.platform.actors import Actor
from chedai.platform.days import selectors as days
from chedai.platform.days.report import StepReport
from chedai.platform.work import service


@service
def bill(*, day: date, actor: Actor, after: int) -> StepReport:
    """Bill one part of the loans above `after`; in the first close ever what fell due earlier comes with it.

    Loans behind are worked out on the day before `day`, one by one; the rest is `loans_bill`.
    """
    last = part_end(after)
    if last is None or days.closed_before(day) is not None:
        return loans_bill(day=day, actor=actor, after=after)
    stripes_hold(after + 1, last)
    due_on = day - timedelta(days=1)
    behind = _behind(due_on, after, last)
    left_out = sum(not loan_bring(loan_id=loan_id, day=due_on, actor=actor) for loan_id in behind)
    report = loans_bill(day=day, actor=actor, after=after)
    return replace(
        report,
        looked=report.looked + len(behind),
        changed=report.changed + len(behind) - left_out,
        left_out=report.left_out + left_out,
    )


def _behind(due_on: date, after: int, last: int) -> list[int]:
    """The loans of a part with something due before `due_on` that was never billed, in their order."""
    own = Loan.objects.filter(pk__gt=after, pk__lte=last, book=BookKind.OWN, quarantine="")
    first = own.exclude(state=LoanStatus.SETTLED).aggregate(first=Min("worked_on"))["first"]
    found: set[int] = set()
    for n in range(1, (due_on - first).days if first else 0):
        day = first + timedelta(days=n)
        found.update(
            loan for part in slices(day, after, last) for loan in part.loan[falling_due(part, day).at].tolist()
        )
    return sorted(found)
