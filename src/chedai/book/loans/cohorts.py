"""Interest accrued and not yet due, without touching a loan: instalments of one period stand together as a cohort.

A cohort is the interest of all instalments that run from one day to the same due day. It moves only when a plan does
(a loan opened, restructured, settled, in suspense), never with a payment or the day. What has accrued on a day is the
share of its days that have run, rounded once a cohort.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from django.db import connection, models

from chedai.book.loans.plans import PlanRows
from chedai.engine.money import divide
from chedai.platform.statements import ask

_DUE: Final = "SELECT CAST(sum(interest) AS bigint) FROM book_accrual_cohort WHERE due_on = %s"

Cohorts = dict[tuple[int, int], int]
"""Interest in fen by the day numbers of the period: from, due."""


class AccrualCohort(models.Model):
    """The contract interest of all instalments whose period runs from `start` to `due_on`, in fen."""

    start = models.DateField()
    due_on = models.DateField()
    interest = models.BigIntegerField()

    class Meta:
        db_table = "book_accrual_cohort"
        constraints = (models.UniqueConstraint(fields=["due_on", "start"], name="one_cohort_a_period"),)

    def __str__(self) -> str:
        return f"{self.start} {self.due_on}"


def cohorts_of(plan: PlanRows, disbursed_on: date) -> Cohorts:
    """The periods of one plan with their interest."""
    made: Cohorts = {}
    start = disbursed_on.toordinal()
    for due, interest in zip(plan.due.tolist(), plan.interest.tolist(), strict=True):
        if interest and due > start:
            made[start, due] = made.get((start, due), 0) + interest
        start = max(start, due)
    return made


def cohorts_add(moves: Iterable[Cohorts], sign: int = 1) -> None:
    """Put periods under the cohorts, or (`sign` -1) take them out."""
    sums: Cohorts = {}
    for each in moves:
        for period, interest in each.items():
            sums[period] = sums.get(period, 0) + sign * interest
    rows = [(_text(start), _text(due), interest) for (start, due), interest in sorted(sums.items()) if interest]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO book_accrual_cohort (start, due_on, interest) VALUES (%s, %s, %s) "
            "ON CONFLICT (due_on, start) DO UPDATE SET interest = book_accrual_cohort.interest + excluded.interest",
            rows,
        )


def _text(day: int) -> str:
    return date.fromordinal(day).isoformat()


def running(day: date) -> Iterator[tuple[date, date, int]]:
    """The cohorts whose period has begun and has not fallen due on `day`."""
    rows = AccrualCohort.objects.filter(due_on__gt=day, start__lt=day).order_by("due_on", "start")
    yield from rows.values_list("start", "due_on", "interest")


def accrued_on(day: date) -> int:
    """What has accrued and is not due at the beginning of `day`, in fen; each cohort rounded once."""
    return accrued_of(running(day), day)


def accrued_of(periods: Iterable[tuple[date, date, int]], day: date) -> int:
    """What has accrued of such periods at the beginning of `day`, in fen; each rounded once."""
    return sum(accrued(start, due, interest, day) for start, due, interest in periods)


def due_on(day: date) -> int:
    """The interest of all instalments that fall due on `day`, in fen."""
    ((interest,),) = ask(_DUE, [day.isoformat()])
    return interest or 0


def accrued(start: date, due: date, interest: int, day: date) -> int:
    """The share of a period's interest for its days up to `day`, rounded half-up."""
    return divide(interest * (day - start).days, (due - start).days)
