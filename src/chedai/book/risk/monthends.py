"""Month ends (月末快照): how every loan of the own book stood, kept in columns, and the allowance that follows.

The close of the first of a month writes the month before: what was late at midnight is late, what falls due on the
first is not. A close that comes late writes the same: what was booked since then is not in it. A stretch of loans is
one row: a table of a few numbers a loan, packed. The class is the floor by days (五级分类), at least special mention
under observation after a restructure and substandard where that was broken, held while a bad loan is not cured or is
observed, and worse where a person said so. The
allowance is the policy's share of the balance by class, rounded half-up a loan.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from django.db.models import Max
from numpy.typing import NDArray

from chedai.book.ledger.closing import provision_post
from chedai.book.loans.models import BucketMove
from chedai.book.risk import limits
from chedai.book.risk.models import ClassOverride, MonthEnd
from chedai.book.risk.observation import observations
from chedai.book.risk.standings import Standings, standings
from chedai.book.risk.watching import watch_fallen
from chedai.engine.classify import ClassTable, RiskClass, class_floor, hold_bad
from chedai.engine.columns import proportion
from chedai.engine.money import RATE_SCALE, FenColumn
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.days.report import StepReport
from chedai.platform.policies.book import PolicyBook
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.policies.values import Band
from chedai.platform.work import record, service

ROW: Final = np.dtype(
    [
        ("loan", "<i8"),
        ("state", "u1"),
        ("cls", "u1"),
        ("dpd", "<u2"),
        ("owed", "<i8"),
        ("overdue", "<i8"),
        ("allowance", "<i8"),
    ]
)
Rows: TypeAlias = NDArray[np.void]
_BANK: Final = "bank"


class Classes(NamedTuple):
    """The classes of loans at the end of a month, by their numbers, which rise."""

    loan: FenColumn
    cls: FenColumn

    def of(self, loans: FenColumn) -> FenColumn:
        """The class each of `loans` had; normal, where it was not on the book."""
        if not self.loan.size:
            return np.full(loans.size, int(RiskClass.NORMAL), np.int64)
        at = np.minimum(np.searchsorted(self.loan, loans), self.loan.size - 1)
        return np.where(self.loan[at] == loans, self.cls[at], int(RiskClass.NORMAL))


@service
def month_end_keep(*, day: date, actor: Actor) -> StepReport:
    """On the first of a month, write how the month before ended and bring the allowance to it. Twice is once."""
    month_end = day - timedelta(days=1)
    if day.day != 1 or MonthEnd.objects.filter(month_end=month_end).exists():
        return StepReport()
    rules = book_in_force()
    before = _classes_at(_last_before(month_end))
    looked = target = 0
    fallen: list[int] = []
    for part, stretch in enumerate(standings(month_end)):
        was = before.of(stretch.loan)
        rows = _rows(stretch, month_end, rules, was)
        packed = zlib.compress(rows.tobytes(), 6)
        digest = hashlib.sha256(rows.tobytes()).hexdigest()
        MonthEnd.objects.create(month_end=month_end, part=part, loans=rows.size, digest=digest, packed=packed)
        looked += rows.size
        target += int(rows["allowance"].sum())
        fallen += rows["loan"][rows["cls"] > was].tolist()
    changed = looked + watch_fallen(loans=fallen, day=day, rules=rules)
    provision_post(day=month_end, target=target, actor=actor)
    facts: dict[str, Scalar] = {"month": f"{month_end:%Y-%m}", "loans": looked, "allowance": target}
    record(actor=actor, action="month_end.kept", subject=f"month:{month_end:%Y-%m}", facts=facts)
    return StepReport(looked=looked, changed=changed)


def month_rows(month_end: date | None) -> Iterator[Rows]:
    """The rows of a month, stretch by stretch. Errors: `ValueError` where one is not what was written."""
    for part in MonthEnd.objects.filter(month_end=month_end or date.min).order_by("part"):
        raw = zlib.decompress(bytes(part.packed))
        if hashlib.sha256(raw).hexdigest() != part.digest:
            raise ValueError(f"month end {part.month_end} part {part.part} is not what was written")
        yield np.frombuffer(raw, ROW)


def _last_before(month_end: date) -> date | None:
    found: date | None = MonthEnd.objects.filter(month_end__lt=month_end).aggregate(last=Max("month_end"))["last"]
    return found


def _classes_at(month_end: date | None) -> Classes:
    parts = [rows[["loan", "cls"]] for rows in month_rows(month_end)]
    rows = np.concatenate([np.zeros(0, ROW)[["loan", "cls"]], *parts])
    return Classes(rows["loan"].astype(np.int64), rows["cls"].astype(np.int64))


def _rows(found: Standings, month_end: date, rules: PolicyBook, before: FenColumn) -> Rows:
    end = month_end.toordinal()
    rows = np.zeros(found.loan.size, ROW)
    late = (found.since > 0) & (found.since < end)
    ended = (found.ended > 0) & (found.ended_on > 0) & (found.ended_on <= end)
    rows["loan"] = found.loan
    rows["dpd"] = np.where(late, np.minimum(end - found.since, 65_535), 0)
    rows["overdue"] = np.where(late, found.overdue, 0)
    rows["state"] = np.where(ended, found.ended, _bucket_numbers(rows["dpd"], rules, month_end))
    rows["owed"] = np.where(ended, 0, found.owed)
    rows["cls"] = np.where(
        ended, RiskClass.NORMAL, _classes(rows, _observed(found, month_end), month_end, rules, before)
    )
    shares = np.array((0, *limits.allowance_on(rules, month_end)), np.int64)
    rows["allowance"] = proportion(rows["owed"].astype(np.int64), shares[rows["cls"]], RATE_SCALE, argument="owed")
    return rows


def _bucket_numbers(dpd: NDArray[Any], rules: PolicyBook, day: date) -> NDArray[np.uint8]:
    bands = rules.in_force("aging.buckets", day).listed(Band)
    edges = np.array([band.first for band in bands], np.int64)
    return np.searchsorted(edges, dpd.astype(np.int64), side="right").astype(np.uint8)


def _observed(found: Standings, month_end: date) -> FenColumn:
    """The best class their observation leaves to loans: normal where there is none, or it is over."""
    floor = np.full(found.loan.size, int(RiskClass.NORMAL), np.int64)
    eased = np.flatnonzero(found.observed)
    until = {int(found.loan[at]): date.fromordinal(int(found.observed[at])) for at in eased}
    went = observations(until, month_end) if until else {}
    for at in eased:
        floor[at] = went[int(found.loan[at])].floor(month_end)
    return floor


def _classes(
    rows: Rows, observed: FenColumn, month_end: date, rules: PolicyBook, before: FenColumn
) -> NDArray[np.int64]:
    floor = class_floor(rows["dpd"], class_table(rules, month_end), fact_floor=observed)
    cured = _cured(rows, before, month_end, rules) & (observed == RiskClass.NORMAL)
    return np.maximum(hold_bad(floor, before, cured), _said(rows["loan"], month_end))


def _said(loans: NDArray[np.int64], month_end: date) -> FenColumn:
    """What people said last of these loans, which rise, before the month was over; 0: nothing."""
    said = np.zeros(loans.size, np.int64)
    midnight = datetime.combine(month_end + timedelta(days=1), time.min, clock.SHANGHAI)
    theirs = ClassOverride.objects.filter(loan__gte=loans[0], loan__lte=loans[-1], at__lt=midnight)
    for loan, cls in theirs.order_by("pk").values_list("loan_id", "cls"):
        said[loans == loan] = cls
    return said


def _cured(rows: Rows, previous: NDArray[np.int64], month_end: date, rules: PolicyBook) -> NDArray[np.bool_]:
    """Bad loans that owe nothing late since the months of the policy."""
    cured = np.zeros(rows.size, bool)
    hopeful = np.flatnonzero((previous >= RiskClass.SUBSTANDARD) & (rows["dpd"] == 0))
    months = rules.in_force("classification.upgrade_cure", month_end, lender_type=_BANK).number
    moves = BucketMove.objects.filter(loan__in=rows["loan"][hopeful].tolist(), now="M0", day__lte=month_end)
    cleared = dict(moves.values_list("loan_id").annotate(day=Max("day")))
    for k in hopeful:
        since = cleared.get(int(rows["loan"][k]))
        cured[k] = since is not None and _months(since, month_end) >= months
    return cured


def _months(since: date, until: date) -> int:
    """Whole months between two days."""
    return (until.year - since.year) * 12 + until.month - since.month - (until.day < since.day)


def class_table(rules: PolicyBook, day: date) -> ClassTable:
    """The floors of the five classes in force on a day."""

    def of(name: str) -> Any:
        return rules.in_force(f"classification.{name}", day, lender_type=_BANK)

    return ClassTable(
        technical_days=of("technical_grace").number,
        substandard_above=of("substandard_over").number,
        doubtful_above=of("doubtful_over").number,
        loss_above=of("loss_over").number,
        doubtful_from_loss_share=of("doubtful_from_loss_share").rate,
        loss_from_loss_share=of("loss_from_loss_share").rate,
    )
