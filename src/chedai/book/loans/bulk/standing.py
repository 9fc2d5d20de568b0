"""How a bank's loan stands by the newest line of the bank's lists, written where lists and rooms look for it."""

from __future__ import annotations

from datetime import date, timedelta

from chedai.book.loans.bulk.models import BankLine
from chedai.book.loans.events import BucketChanged, LoanBecameOverdue, LoanCured, LoanSettled
from chedai.book.loans.lateness import NOT_LATE, buckets_on
from chedai.book.loans.models import BucketMove, Delinquency, Loan, OverdueStanding
from chedai.book.loans.states import LoanStatus
from chedai.platform import clock
from chedai.platform.work import emit


def standing_write(loan: Loan, day: date) -> bool:
    """Bring a locked loan of a bank into step with its newest line, and its standings from `day` on with the lines.

    True where anything changed. The bucket of a bank's loan moves when the bank says so, never in the night.
    """
    line = BankLine.objects.filter(loan=loan, undone_at=None).order_by("as_of", "pk").last()
    changed = _write_loan(loan, line)
    changed |= _write_lateness(loan, line)
    _write_standings(loan, day)
    return changed


def _write_loan(loan: Loan, line: BankLine | None) -> bool:
    before = (loan.owed, loan.state, loan.settled_on)
    ended = line is not None and line.balance == 0 and line.overdue == 0
    loan.owed = loan.principal if line is None else line.balance
    loan.state = LoanStatus.SETTLED if ended else LoanStatus.ACTIVE
    loan.settled_on = (line.paid_on or line.as_of) if line is not None and ended else None
    if (loan.owed, loan.state, loan.settled_on) == before:
        return False
    loan.save(update_fields=["owed", "state", "settled_on"])
    if ended and before[1] != LoanStatus.SETTLED:
        emit(LoanSettled(loan.pk))
    return True


def _write_lateness(loan: Loan, line: BankLine | None) -> bool:
    """Write how late it is, and tell of it as of a loan of our own."""
    held = Delinquency.objects.filter(loan=loan).first()
    was, day = held.bucket if held else NOT_LATE, line.as_of if line else clock.business_date()
    if line is None or not line.overdue:
        if held is None:
            return False
        held.delete()
        _moved(loan, day, was, NOT_LATE, None)
        emit(LoanCured(loan.pk))
        return True
    bucket, since = buckets_on(day).of(line.overdue_days), day - timedelta(line.overdue_days)
    facts = {"since": since, "bucket": bucket, "missed": line.missed, "overdue": line.overdue}
    facts |= {"balance": loan.owed, "stands_from": None}
    if held is not None and all(getattr(held, name) == value for name, value in facts.items()):
        return False
    Delinquency(loan=loan, **facts).save(force_insert=held is None)
    if bucket != was:
        _moved(loan, day, was, bucket, line)
        emit(LoanBecameOverdue(loan.pk, day) if was == NOT_LATE else BucketChanged(loan.pk, was, bucket, day))
    return True


def _moved(loan: Loan, day: date, was: str, now: str, line: BankLine | None) -> None:
    overdue, missed = (line.overdue, line.missed) if line else (0, 0)
    BucketMove.objects.create(loan=loan, day=day, was=was, now=now, overdue=overdue, balance=loan.owed, missed=missed)


def _write_standings(loan: Loan, day: date) -> None:
    """How it stood by the lists of `day` and later: as the last line of each says, until the next."""
    standings = OverdueStanding.objects.filter(loan=loan)
    standings.filter(day__gte=day).delete()
    before = standings.order_by("day").last()
    late, rows = before is not None and before.since is not None, []
    lines = BankLine.objects.filter(loan=loan, undone_at=None, as_of__gte=day).order_by("as_of", "pk")
    for line in {line.as_of: line for line in lines}.values():
        if late or line.overdue:
            rows.append(_standing(loan, line))
        late = bool(line.overdue)
    OverdueStanding.objects.bulk_create(rows)


def _standing(loan: Loan, line: BankLine) -> OverdueStanding:
    since, bucket = None, NOT_LATE
    if line.overdue:
        since, bucket = line.as_of - timedelta(line.overdue_days), buckets_on(line.as_of).of(line.overdue_days)
    said = {"since": since, "bucket": bucket, "overdue": line.overdue, "balance": line.balance}
    return OverdueStanding(loan=loan, day=line.as_of, **said)
