"""The observation of eased loans (重组观察期) as it went: broken by a missed payment or a second agreement, begun anew.

Until when a loan is observed by its agreements is stored with it. Whether it kept them is told by its agreements and by
its moves between buckets when somebody asks, so no night writes it. 令〔2023〕第1号 as read in `docs/watching.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from chedai.book.loans.lateness import NOT_LATE
from chedai.book.loans.models import BucketMove, Loan, LoanEvent
from chedai.book.loans.observing import observed_from, observed_months, observed_until
from chedai.book.loans.states import OBSERVED_AFTER, EventKind
from chedai.engine.classify import RiskClass
from chedai.engine.daycount import add_months
from chedai.platform.policies.selectors import book_in_force

TECHNICAL: Final = "classification.technical_grace"
"""The policy that says up to how many days late is technical, and breaks nothing."""
_PART: Final = 500


@dataclass(frozen=True, slots=True)
class Agreed:
    """An agreement: the day it was made, the first and the last day of observation by itself."""

    on: date
    first: date
    until: date


@dataclass(frozen=True, slots=True)
class Spell:
    """A time overdue: its first day, and the first day that it was over (the day after the last one looked at)."""

    since: date
    over: date


@dataclass(frozen=True, slots=True)
class Observation:
    """Until when a loan is observed; `broken`: it missed a payment, or was eased again, while it was."""

    until: date
    broken: bool = False

    def floor(self, day: date) -> RiskClass:
        """The best class on a day: special mention while observed, substandard where it was broken."""
        if day > self.until:
            return RiskClass.NORMAL
        return RiskClass.SUBSTANDARD if self.broken else RiskClass.SPECIAL_MENTION


def observation(agreed: Sequence[Agreed], spells: Iterable[Spell], months: int, technical: int) -> Observation | None:
    """How the observation went; None without an agreement. Pure.

    More than `technical` days late from its first day on breaks it: it lasts `months` from the day nothing is late. A
    second agreement on a later day, while it lasts, breaks it as well, and its own days count where they are more.
    """
    found: Observation | None = None
    last: Agreed | None = None
    for one in _in_order(agreed, spells):
        if isinstance(one, Agreed):
            lasts = found is not None and last is not None and one.on <= found.until
            until = max(one.until, found.until) if found is not None and lasts else one.until
            again = last is not None and one.on > last.on
            found = Observation(until, lasts and found is not None and (found.broken or again))
            last = one
        elif found is not None and last is not None:
            begun = max(one.since, last.first + timedelta(1))
            if begun <= found.until + timedelta(1) and (one.over - begun).days > technical:
                found = Observation(max(found.until, add_months(one.over, months)), broken=True)
    return found


def _in_order(agreed: Sequence[Agreed], spells: Iterable[Spell]) -> list[Agreed | Spell]:
    """Agreements by their day and times overdue by their end, cut where an agreement was made in between."""
    pieces: list[Spell] = []
    for spell in spells:
        cuts = sorted({one.on for one in agreed if spell.since < one.on < spell.over})
        edges = [spell.since, *cuts, spell.over]
        pieces += [Spell(a, b) for a, b in pairwise(edges)]
    marks: list[tuple[date, int, Agreed | Spell]] = [(one.over, 0, one) for one in pieces]
    marks += [(one.on, 1, one) for one in agreed]
    return [one for _day, _rank, one in sorted(marks, key=lambda mark: mark[:2])]


def observations(until: Mapping[int, date], day: date) -> dict[int, Observation]:
    """How the observation of loans stood at the end of `day`; `until` is when it ends by their agreements."""
    ids, found = sorted(until), {}
    months, technical = observed_months(day), book_in_force().in_force(TECHNICAL, day, lender_type="bank").number
    for n in range(0, len(ids), _PART):
        part = ids[n : n + _PART]
        agreed, spells = _agreed(part, day), _spells(part, day)
        for loan in part:
            went = observation(agreed.get(loan, ()), spells.get(loan, ()), months, technical)
            stored = Observation(until[loan])
            found[loan] = stored if went is None else Observation(max(went.until, stored.until), went.broken)
    return found


def observation_of(loan: Loan, day: date) -> Observation | None:
    """The observation of one loan; None for one that was never eased."""
    until = loan.restructured_until
    return None if until is None else observations({loan.pk: until}, day)[loan.pk]


def _agreed(loans: list[int], day: date) -> dict[int, list[Agreed]]:
    """The agreements that stood, by what was booked by the end of `day`."""
    known = LoanEvent.objects.filter(loan_id__in=loans, recorded_on__lte=day)
    gone = set(known.filter(kind=EventKind.REVERSAL).values_list("of_id", flat=True))
    found: dict[int, list[Agreed]] = {}
    for row in known.filter(kind__in=OBSERVED_AFTER).order_by("loan_id", "seq"):
        if row.pk not in gone:
            one = Agreed(row.recorded_on, observed_from(row), observed_until(row))
            found.setdefault(row.loan_id, []).append(one)
    return found


def _spells(loans: list[int], day: date) -> dict[int, list[Spell]]:
    """When they were overdue, by their moves between buckets."""
    moves = BucketMove.objects.filter(loan_id__in=loans, day__lte=day).order_by("loan_id", "day", "pk")
    found: dict[int, list[Spell]] = {}
    late: dict[int, date] = {}
    for loan, on, now in moves.values_list("loan_id", "day", "now"):
        if now != NOT_LATE:
            late.setdefault(loan, on)
        elif loan in late:
            found.setdefault(loan, []).append(Spell(late.pop(loan), on))
    for loan, since in late.items():
        found.setdefault(loan, []).append(Spell(since, day + timedelta(1)))
    return found
