"""What happens on a day of the benchmark's book: the debit of everybody who pays, by statements over the book."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from django.db import connection
from django.db.models import Q

from benchmarks.book_seed import ACTOR
from chedai.book.ledger.journal import journal_post
from chedai.book.ledger.kinds import EntryKind
from chedai.book.ledger.rules import transfers
from chedai.book.loans.models import Loan, OpenItem
from chedai.engine.life.events import Repayment, Restructure
from chedai.platform import clock
from chedai.platform.work import work
from tests.book.close.books import happen

_PAID: Final = (
    "FROM book_open_item o WHERE o.due_on = %s "
    "AND NOT EXISTS (SELECT 1 FROM book_delinquency d WHERE d.loan_id = o.loan_id) "
    "AND (o.loan_id * 7919 + {salt}) %% 1000 > 1"
)


def debit(day: date) -> int:
    """Collect what fell due on `day` from every loan that is not late, but for one or two in a thousand; fen."""
    paid = _PAID.format(salt=day.toordinal())
    on = day.isoformat()
    with work(), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), sum(o.principal), sum(o.interest) {paid}", [on])
        count, principal, interest = (int(value or 0) for value in cursor.fetchone())
        cursor.execute(
            'INSERT INTO book_loan_event (loan_id, seq, kind, "on", recorded_on, sequence, amount, body, channel, '
            "reference, at) SELECT o.loan_id, (SELECT l.last_seq + 1 FROM book_loan l WHERE l.id = o.loan_id), "
            f"'repayment', %s, %s, 0, o.principal + o.interest, '', 'debit', '', %s {paid}",
            [on, on, clock.now().isoformat(), on],
        )
        cursor.execute(
            "UPDATE book_loan SET owed = owed - o.principal, last_seq = last_seq + 1, worked_on = %s "
            f"{paid} AND book_loan.id = o.loan_id",
            [on, on],
        )
        cursor.execute(
            f"DELETE FROM book_open_item WHERE id IN (SELECT o.id {paid})",
            [on],
        )
        moved = transfers({"1002": principal + interest, "1301": -principal, "1132": -interest})
        if moved:
            journal_post(day=day, kind=EntryKind.REPAYMENT, subject=f"debit:{on}", transfers=moved, actor=ACTOR)
    return count


def counter(day: date, random: Random) -> int:
    """What people do one by one: some of the late pay, some pay ahead, one or two agree on a new plan."""
    late = list(OpenItem.objects.filter(delinquency_of(day)).values_list("loan_id", flat=True)[:400])
    done = 0
    for loan_id in random.sample(late, min(12, len(late))):
        due = sum(one.principal + one.interest for one in OpenItem.objects.filter(loan_id=loan_id))
        happen(loan_id, Repayment(on=day, amount=max(due // random.choice((1, 1, 2)), 1)), day)
        done += 1
    last = Loan.objects.order_by("-pk").values_list("pk", flat=True)[0]
    for loan_id in [random.randint(1, last) for _ in range(12)]:
        happen(loan_id, Repayment(on=day, amount=random.randint(100_000, 900_000)), day)
        done += 1
    for loan_id in random.sample(late, min(2, len(late))):
        happen(loan_id, Restructure(on=day, first_due=day + timedelta(30), periods=36), day)
        done += 1
    return done


def delinquency_of(day: date) -> Q:
    """Loans that are late, the oldest first."""
    return Q(loan__delinquency__since__lt=day, loan__delinquency__isnull=False)
