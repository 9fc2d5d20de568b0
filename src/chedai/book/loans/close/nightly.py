"""The steps of the night that belong to the loans, as the close of a day calls them."""

from __future__ import annotations

from datetime import date

from chedai.book.ledger.closing import accrual_post
from chedai.book.loans import cohorts
from chedai.book.loans.close import beginning
from chedai.book.loans.close.ageing import loans_age
from chedai.book.loans.close.billing import unbilled_on
from chedai.book.loans.close.snapshots import overdue_snapshot
from chedai.book.loans.close.suspending import loans_suspend
from chedai.book.loans.models import Loan
from chedai.book.loans.selectors import last_loan
from chedai.book.loans.stripes import stripes_hold
from chedai.platform.actors import Actor
from chedai.platform.days import selectors as days
from chedai.platform.days.report import StepReport

bill = beginning.bill
suspend = loans_suspend


def age(*, day: date, actor: Actor, after: int) -> StepReport:
    """Who is late on `day`: the dues of every day since the close before are looked at."""
    return loans_age(day=day, actor=actor, after=after, closed=days.closed_before(day))


def accrue(*, day: date, actor: Actor) -> StepReport:
    """Interest accrued and not yet billed, brought to what has run by the beginning of `day`.

    What falls due on `day` is billed by the next close, or when its loan is worked out; until then it stands here. All
    stripes are held: who pays meanwhile takes his interest out of the account before it is read, or after.
    """
    stripes_hold(0, last_loan())
    running = list(cohorts.running(day))
    entry = accrual_post(day=day, target=cohorts.accrued_of(running, day) + unbilled_on(day), actor=actor)
    return StepReport(looked=len(running), changed=int(entry is not None))


def snapshot(*, day: date, actor: Actor) -> StepReport:
    """How the overdue stand on `day`, as far as they stood otherwise at the close before."""
    return overdue_snapshot(day=day, actor=actor, closed=days.closed_before(day))


def seal(*, day: date, actor: Actor) -> StepReport:
    """Count the loans that stand in quarantine: they were left out."""
    return StepReport(left_out=Loan.objects.exclude(quarantine="").count())
