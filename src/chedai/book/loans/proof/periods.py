"""The cohorts of interest worked out again from the plans."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from chedai.book.loans.cohorts import AccrualCohort, Cohorts, accrued_of
from chedai.book.loans.plan_rules import Matrices
from chedai.book.loans.proof.results import Difference
from chedai.engine.money import FenColumn


class Periods:
    """Interest by period, of every loan that counts, for periods that end after a day."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.first = day.toordinal()
        self.unbilled = 0
        self.cohorts: Cohorts = {}

    def add(self, plans: Matrices, disbursed: FenColumn, counted: NDArray[np.bool_], worked_on: FenColumn) -> None:
        """Add the plans of the loans that count: a sum for each of their calendars, period by period."""
        waits = counted & (worked_on < self.first)
        before = plans.calendars[0] if plans.interest.size else disbursed
        for k, due in enumerate(plans.calendars):
            interest = np.where(counted, plans.interest[k], 0)
            self.unbilled += int(interest[waits & (due == self.first)[plans.calendar]].sum())
            if k == 0:
                self._first(disbursed, due[plans.calendar], interest)
            else:
                sums = np.bincount(plans.calendar, weights=interest, minlength=due.size).astype(np.int64)
                self._put(before, due, sums)
            before = due

    def _first(self, disbursed: FenColumn, due: FenColumn, interest: FenColumn) -> None:
        """The first period of every loan begins with its own payout."""
        ahead = np.flatnonzero(due > self.first)
        if ahead.size:
            pairs, own = np.unique(np.stack([disbursed[ahead], due[ahead]]), axis=1, return_inverse=True)
            sums = np.bincount(own.reshape(-1), weights=interest[ahead]).astype(np.int64)
            self._put(pairs[0], pairs[1], sums)

    def _put(self, start: FenColumn, due: FenColumn, sums: FenColumn) -> None:
        some = np.flatnonzero((due > self.first) & (due > start) & (sums > 0))
        for begins, ends, interest in zip(start[some].tolist(), due[some].tolist(), sums[some].tolist(), strict=True):
            self.cohorts[begins, ends] = self.cohorts.get((begins, ends), 0) + interest

    def accrued(self) -> int:
        """What has accrued on the day and is not billed: what falls due on it is, once its loan is worked out."""
        run = ((date.fromordinal(s), date.fromordinal(d), i) for (s, d), i in self.cohorts.items() if s < self.first)
        return self.unbilled + accrued_of(run, self.day)

    def differences(self) -> list[Difference]:
        """The stored cohorts beside these."""
        rows = AccrualCohort.objects.filter(due_on__gt=self.day).values_list("start", "due_on", "interest")
        stored = {(s.toordinal(), d.toordinal()): i for s, d, i in rows if i}
        proved = self.cohorts
        return [
            Difference(_named(key), "interest", stored.get(key, 0), proved.get(key, 0))
            for key in sorted(stored.keys() | proved.keys())
            if stored.get(key, 0) != proved.get(key, 0)
        ]


def _named(period: tuple[int, int]) -> str:
    return "cohort:" + "/".join(date.fromordinal(day).isoformat() for day in period)
