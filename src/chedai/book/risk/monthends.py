"""Month ends (月末快照): how every loan of the own book stood, kept in columns, and the allowance that follows.

The close of the first of a month writes the month before: what was late at midnight is late, what falls due on the
first is not. A close that comes late writes the same: what was booked since then is not in it. A stretch of loans is
one row: a table of a few numbers a loan, packed. The class is the floor by days (五级分类), at least special mention
under observation after a restructure, held while a bad loan is not cured, and worse where a person said so. The
allowance is the policy's share of the balance by class, rounded half-up a loan.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from django.db.models import Max, Q
from numpy.typing import NDArray

from chedai.book.ledger.closing import provision_post
from chedai.book.loans.models import BucketMove, Delinquency, Loan
from chedai.book.loans.states import BookKind, LoanStatus
from chedai.book.loans.then import stood
from chedai.book.risk import limits
from chedai.book.risk.models import ClassOverride, MonthEnd
from chedai.book.risk.watching import watch_fallen
from chedai.engine.classify import ClassTable, RiskClass, class_floor, hold_bad
from chedai.engine.columns import proportion
from chedai.engine.money import RATE_SCALE
from chedai.engine.portfolio import SETTLED, WRITTEN_OFF
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
PART: Final = 50_000
_REPLAYED: Final = 500
_COLUMNS: Final = ("pk", "state", "owed", "restructured_until", "settled_on", "written_off_on", "worked_on")
_BANK: Final = "bank"
_ENDED: Final = {LoanStatus.SETTLED: SETTLED, LoanStatus.WRITTEN_OFF: WRITTEN_OFF}


class Standing(NamedTuple):
    """A loan at the end of a month: its state, what was owed, until when observed, when it ended, since when late."""

    loan: int
    state: str
    owed: int
    observed: date | None
    ended_on: date | None
    since: date | None
    overdue: int


@service
def month_end_keep(*, day: date, actor: Actor) -> StepReport:
    """On the first of a month, write how the month before ended and bring the allowance to it. Twice is once."""
    month_end = day - timedelta(days=1)
    if day.day != 1 or MonthEnd.objects.filter(month_end=month_end).exists():
        return StepReport()
    rules = book_in_force()
    before = {int(row["loan"]): int(row["cls"]) for rows in month_rows(_last_before(month_end)) for row in rows}
    looked = target = 0
    fallen: list[int] = []
    for part, rows in enumerate(_stretches(month_end, rules, before)):
        packed = zlib.compress(rows.tobytes(), 6)
        digest = hashlib.sha256(rows.tobytes()).hexdigest()
        MonthEnd.objects.create(month_end=month_end, part=part, loans=rows.size, digest=digest, packed=packed)
        looked += rows.size
        target += int(rows["allowance"].sum())
        fallen += [int(r["loan"]) for r in rows if r["cls"] > before.get(int(r["loan"]), RiskClass.NORMAL)]
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


def _stretches(month_end: date, rules: PolicyBook, before: dict[int, int]) -> Iterator[Rows]:
    """Loans that live, or ended within the month: who ended earlier stands as ended in the month before."""
    first = month_end.replace(day=1)
    lives = Q(state=LoanStatus.ACTIVE) | Q(settled_on__gte=first) | Q(written_off_on__gte=first)
    asked = lives | Q(worked_on__gt=month_end)
    loans = Loan.objects.filter(asked, book=BookKind.OWN, disbursed_on__lte=month_end).order_by("pk")
    after = 0
    while True:
        found = list(loans.filter(pk__gt=after).values_list(*_COLUMNS)[:PART])
        if not found:
            return
        after = found[-1][0]
        yield _rows(_as_of(found, month_end), month_end, rules, before)


def _as_of(found: Sequence[tuple[Any, ...]], month_end: date) -> list[Standing]:
    """How loans stood at the end of the month: as they are stored, where nothing was worked out of them since."""
    since = [one[0] for one in found if one[-1] is not None and one[-1] > month_end]
    told = {
        pk: then
        for n in range(0, len(since), _REPLAYED)
        for pk, then in stood(since[n : n + _REPLAYED], month_end).items()
    }
    edges = {"loan_id__gte": found[0][0], "loan_id__lte": found[-1][0], "since__lt": month_end}
    late = {row[0]: row[1:] for row in Delinquency.objects.filter(**edges).values_list("loan_id", "since", "overdue")}
    left_out, first = set(since) - told.keys(), month_end.replace(day=1)
    made = []
    for pk, state, owed, until, settled_on, written_off_on, _ in found:
        if pk in left_out:
            continue
        if (then := told.get(pk)) is None:
            made.append(Standing(pk, state, owed, until, settled_on or written_off_on, *late.get(pk, (None, 0))))
        elif then.ended_on is None or then.ended_on >= first:
            since_day, overdue = (then.late.since, then.late.overdue) if then.late else (None, 0)
            made.append(Standing(pk, then.state, then.owed, then.observed_until, then.ended_on, since_day, overdue))
    return made


def _rows(found: Sequence[Standing], month_end: date, rules: PolicyBook, before: dict[int, int]) -> Rows:
    rows = np.zeros(len(found), ROW)
    ended = np.zeros(len(found), bool)
    rows["loan"] = [one.loan for one in found]
    rows["owed"] = [one.owed for one in found]
    for k, one in enumerate(found):
        if one.since is not None and one.since < month_end:
            rows["dpd"][k], rows["overdue"][k] = min((month_end - one.since).days, 65_535), one.overdue
    rows["state"] = _bucket_numbers(rows["dpd"], rules, month_end)
    for k, one in enumerate(found):
        if one.state in _ENDED and one.ended_on is not None and one.ended_on <= month_end:
            rows["state"][k], rows["owed"][k], ended[k] = _ENDED[LoanStatus(one.state)], 0, True
    rows["cls"] = np.where(ended, RiskClass.NORMAL, _classes(rows, found, month_end, rules, before))
    shares = np.array((0, *limits.allowance_on(rules, month_end)), np.int64)
    rows["allowance"] = proportion(rows["owed"].astype(np.int64), shares[rows["cls"]], RATE_SCALE, argument="owed")
    return rows


def _bucket_numbers(dpd: NDArray[Any], rules: PolicyBook, day: date) -> NDArray[np.uint8]:
    bands = rules.in_force("aging.buckets", day).listed(Band)
    edges = np.array([band.first for band in bands], np.int64)
    return np.searchsorted(edges, dpd.astype(np.int64), side="right").astype(np.uint8)


def _classes(
    rows: Rows, found: Sequence[Standing], month_end: date, rules: PolicyBook, before: dict[int, int]
) -> NDArray[np.int64]:
    observed = np.array([one.observed is not None and one.observed >= month_end for one in found], bool)
    fact_floor = np.where(observed, int(RiskClass.SPECIAL_MENTION), int(RiskClass.NORMAL))
    floor = class_floor(rows["dpd"], class_table(rules, month_end), fact_floor=fact_floor)
    previous = np.array([before.get(one.loan, int(RiskClass.NORMAL)) for one in found], np.int64)
    held = hold_bad(floor, previous, _cured(rows, previous, month_end, rules))
    ids = [one.loan for one in found]
    midnight = datetime.combine(month_end + timedelta(days=1), time.min, clock.SHANGHAI)
    said = dict(
        ClassOverride.objects.filter(loan__in=ids, at__lt=midnight).order_by("pk").values_list("loan_id", "cls")
    )
    opinion = np.array([said.get(loan, 0) for loan in ids], np.int64) if said else np.int64(0)
    return np.maximum(held, opinion)


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
