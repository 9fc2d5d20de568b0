"""The cohorts of interest worked out again from the plans."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from chedai.book.loans.cohorts import AccrualCohort, Cohorts, accrued
from chedai.book.loans.plans import PlanColumns
from chedai.book.loans.proof.results import Difference
from chedai.engine.money import FenColumn

_SPAN: Final = 128  # periods of up to so many days are summed by place
_DAYS: Final = 20_000
_BLOCK: Final = 2048


class Periods:
    """Interest by period, of every loan that counts, for periods that end after a day."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.first = day.toordinal()
        self.unbilled = 0
        self.sums = np.zeros(_SPAN * _DAYS, dtype=np.int64)
        self.long: Cohorts = {}

    def add(self, plans: PlanColumns, disbursed: FenColumn, counted: NDArray[np.bool_], worked_on: FenColumn) -> None:
        """Add the plans of the loans that count; some at a time, so that the work stays in the processor's cache."""
        waits = np.repeat(counted & (worked_on < self.first), np.diff(plans.offsets))
        self.unbilled += int(plans.interest[waits & (plans.due == self.first)].sum())
        for at in range(0, counted.size, _BLOCK):
            offsets = plans.offsets[at : at + _BLOCK + 1]
            rows = slice(int(offsets[0]), int(offsets[-1]))
            begin, size = (offsets - offsets[0])[:-1], np.diff(offsets)
            block = slice(at, at + _BLOCK)
            self._add(plans.due[rows], plans.interest[rows], begin, disbursed[block], np.repeat(counted[block], size))

    def _add(
        self,
        due: NDArray[np.int32],
        interest: FenColumn,
        begin: FenColumn,
        disbursed: FenColumn,
        counted: NDArray[np.bool_],
    ) -> None:
        start = np.empty_like(due)
        start[1:] = due[:-1]
        start[begin] = disbursed
        kept = np.flatnonzero(counted & (due > self.first) & (due > start) & (interest > 0))
        days, ahead, amount = (due - start)[kept], (due - self.first)[kept], interest[kept]
        short = (days < _SPAN) & (ahead < _DAYS)
        place = ahead[short] * _SPAN + days[short]
        top = int(place.max(initial=0)) + 1
        self.sums[:top] += np.bincount(place, weights=amount[short], minlength=top).astype(np.int64)
        for row in kept[~short].tolist():
            period = int(start[row]), int(due[row])
            self.long[period] = self.long.get(period, 0) + int(interest[row])

    def cohorts(self) -> Cohorts:
        """The interest of every period that ends after the day."""
        made = dict(self.long)
        for place in np.flatnonzero(self.sums).tolist():
            ahead, days = divmod(place, _SPAN)
            due = self.first + ahead
            made[due - days, due] = made.get((due - days, due), 0) + int(self.sums[place])
        return made

    def accrued(self) -> int:
        """What has accrued on the day and is not billed: what falls due on it is, once its loan is worked out."""
        run = ((date.fromordinal(s), date.fromordinal(d), i) for (s, d), i in self.cohorts().items() if s < self.first)
        return self.unbilled + sum(accrued(start, due, interest, self.day) for start, due, interest in run)

    def differences(self) -> list[Difference]:
        """The stored cohorts beside these."""
        rows = AccrualCohort.objects.filter(due_on__gt=self.day).values_list("start", "due_on", "interest")
        stored = {(s.toordinal(), d.toordinal()): i for s, d, i in rows if i}
        proved = self.cohorts()
        return [
            Difference(_named(key), "interest", stored.get(key, 0), proved.get(key, 0))
            for key in sorted(stored.keys() | proved.keys())
            if stored.get(key, 0) != proved.get(key, 0)
        ]


def _named(period: tuple[int, int]) -> str:
    return "cohort:" + "/".join(date.fromordinal(day).isoformat() for day in period)
