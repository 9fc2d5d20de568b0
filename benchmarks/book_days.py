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
from chedai.book.loans.close.billing import falling_due
from chedai.book.loans.close.slices import LAST, slices
from chedai.book.loans.models import Delinquency, Loan, OpenItem
from chedai.book.loans.selectors import standings_on
from chedai.engine.life.events import Repayment, Restructure
from chedai.platform import clock
from chedai.platform.bulk import is_postgres
from chedai.platform.work import work
from tests.book.close.books import happen

_TOGETHER: Final = "CREATE TEMPORARY TABLE bench_paid (loan_id bigint PRIMARY KEY, principal bigint, interest bigint)"


def paying(day: date) -> list[tuple[int, int, int]]:
    """Who pays on `day` what falls due on it: every loan that is not late, but for one or two in a thousand; fen.

    Who still owes a penalty, or agreed on a new plan, owes more than the plan says: they pay at the counter, or late.
    """
    late = set(OpenItem.objects.values_list("loan_id", flat=True))
    late.update(Loan.objects.filter(plan_version__gt=1).values_list("pk", flat=True))
    made = []
    for part in slices(day, 0, LAST):
        due = falling_due(part, day)
        held = part.credit[due.at] > 0
        rows = zip(part.loan[due.at].tolist(), held.tolist(), due.parts.tolist(), strict=True)
        for loan, ahead, (_, _, interest, principal) in rows:
            if loan not in late and not ahead and (loan * 7919 + day.toordinal()) % 1000 > 1:
                made.append((loan, principal, interest))
    return made


def debit(day: date) -> int:
    """Collect what falls due on `day` by statements over the book; how many paid."""
    rows, on = paying(day), day.isoformat()
    with work(), connection.cursor() as cursor:
        cursor.execute(_TOGETHER)
        if is_postgres():
            with cursor.copy("COPY bench_paid FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany("INSERT INTO bench_paid VALUES (%s, %s, %s)", rows)
        cursor.execute(
            'INSERT INTO book_loan_event (loan_id, seq, kind, "on", recorded_on, sequence, amount, body, channel, '
            "reference, at) SELECT o.loan_id, l.last_seq + 1, 'repayment', %s, %s, 0, o.principal + o.interest, '', "
            "'debit', '', %s FROM bench_paid o JOIN book_loan l ON l.id = o.loan_id",
            [on, on, clock.now().isoformat()],
        )
        cursor.execute(
            "UPDATE book_loan SET owed = owed - o.principal, last_seq = last_seq + 1, worked_on = %s "
            "FROM bench_paid o WHERE book_loan.id = o.loan_id",
            [on],
        )
        cursor.execute("DROP TABLE bench_paid")
        principal, interest = (sum(row[at] for row in rows) for at in (1, 2))
        moved = transfers({"1002": principal + interest, "1301": -principal, "1133": -interest})
        if moved:
            journal_post(day=day, kind=EntryKind.REPAYMENT, subject=f"debit:{on}", transfers=moved, actor=ACTOR)
    return len(rows)


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


def untold(day: date) -> int:
    """How many overdue loans the snapshot of `day` tells otherwise than they stand, right after its close."""
    names = ("loan_id", "since", "bucket", "overdue", "balance")
    told, stand = standings_on(day).values_list(*names), Delinquency.objects.values_list(*names)
    return len(set(told) ^ set(stand))


def delinquency_of(day: date) -> Q:
    """Loans that are late, the oldest first."""
    return Q(loan__delinquency__since__lt=day, loan__delinquency__isnull=False)
