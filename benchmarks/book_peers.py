"""The other ways to close a day, on the same loans: a row an instalment, what a day changes kept on the loan.

They tell of a day what our close tells: what fell due, what is accrued, how late each loan is, in which bucket, with
which balance; a row for every loan that moved to another bucket, and the snapshot of the overdue.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from django.db import connection, models, transaction

from chedai.book.loans.lateness import Buckets, buckets_on
from chedai.book.loans.models import Plan
from chedai.book.loans.plans import unpack_many
from chedai.platform.bulk import columns_insert

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class BenchLoan(models.Model):
    """A loan as most systems keep it: what changes every day stands on it."""

    objects: ClassVar[models.Manager[BenchLoan]]
    rows: RelatedManager[BenchInstalment]
    id = models.BigIntegerField(primary_key=True)
    dpd = models.IntegerField(default=0)
    was = models.CharField(max_length=8, default="M0")
    bucket = models.CharField(max_length=8, default="M0")
    missed = models.IntegerField(default=0)
    overdue = models.BigIntegerField(default=0)
    balance = models.BigIntegerField(default=0)
    accrued = models.BigIntegerField(default=0)
    due = models.BigIntegerField(default=0)

    class Meta:
        app_label = "book"
        db_table = "bench_loan"
        managed = False

    def __str__(self) -> str:
        return str(self.pk)


class BenchInstalment(models.Model):
    """One row an instalment."""

    loan = models.ForeignKey(BenchLoan, models.DO_NOTHING, related_name="rows")
    loan_id: int
    due_on = models.DateField(db_index=True)
    principal = models.BigIntegerField()
    interest = models.BigIntegerField()
    paid = models.BigIntegerField(default=0)

    class Meta:
        app_label = "book"
        db_table = "bench_instalment"
        managed = False

    def __str__(self) -> str:
        return f"{self.loan_id} {self.due_on}"


class BenchDay(models.Model):
    """An overdue loan at the close of a day."""

    objects: ClassVar[models.Manager[BenchDay]]
    pk = models.CompositePrimaryKey("day", "loan")
    day = models.DateField()
    loan = models.BigIntegerField()
    dpd = models.IntegerField()
    bucket = models.CharField(max_length=8)
    overdue = models.BigIntegerField()
    balance = models.BigIntegerField()

    class Meta:
        app_label = "book"
        db_table = "bench_overdue_day"
        managed = False

    def __str__(self) -> str:
        return f"{self.loan} {self.day}"


class BenchMove(models.Model):
    """A loan went from one bucket to another."""

    objects: ClassVar[models.Manager[BenchMove]]
    loan = models.BigIntegerField()
    day = models.DateField(db_index=True)
    was = models.CharField(max_length=8)
    now = models.CharField(max_length=8)

    class Meta:
        app_label = "book"
        db_table = "bench_bucket_move"
        managed = False

    def __str__(self) -> str:
        return f"{self.loan} {self.day} {self.was} {self.now}"


def prepare(count: int, day: date) -> None:
    """The first `count` loans as rows: all that fell due is paid, but for three loans in a hundred."""
    with connection.schema_editor() as editor:
        for model in (BenchLoan, BenchInstalment, BenchDay, BenchMove):
            editor.create_model(model)
    packed = [bytes(one) for one in Plan.objects.order_by("loan_id").values_list("packed", flat=True)[:count]]
    none = np.zeros(count, dtype=np.int64)
    numbers = np.arange(1, count + 1)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE bench_loan ALTER was SET DEFAULT 'M0', ALTER bucket SET DEFAULT 'M0'")
    nothing = dict.fromkeys(("missed", "overdue", "balance", "accrued", "due"), 0)
    columns_insert(BenchLoan, {"id": numbers, "dpd": none, **nothing})
    for start in range(0, count, 20_000):
        plans = unpack_many(packed[start : start + 20_000])
        loan = np.repeat(numbers[start : start + 20_000], np.diff(plans.offsets))
        paid = np.where((plans.due < day.toordinal()) & (loan % 33 != 0), plans.principal + plans.interest, 0)
        columns_insert(
            BenchInstalment,
            {
                "loan": loan,
                "due_on": plans.due.astype(np.int64),
                "principal": plans.principal,
                "interest": plans.interest,
                "paid": paid,
            },
        )
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX bench_instalment_loan ON bench_instalment (loan_id)")
        cursor.execute("CREATE INDEX bench_instalment_due ON bench_instalment (due_on)")
        cursor.execute("ANALYZE bench_loan")
        cursor.execute("ANALYZE bench_instalment")


def _stand(loan: BenchLoan, rows: list[BenchInstalment], day: date, buckets: Buckets) -> None:
    """What is written on a loan every day."""
    late = [row for row in rows if row.due_on < day and row.paid < row.principal + row.interest]
    loan.missed, loan.overdue = len(late), sum(row.principal + row.interest - row.paid for row in late)
    loan.dpd = (day - min(row.due_on for row in late)).days if late else 0
    loan.was, loan.bucket = loan.bucket, buckets.of(loan.dpd)
    loan.balance = sum(row.principal - min(max(row.paid - row.interest, 0), row.principal) for row in rows)
    loan.due = sum(row.principal + row.interest - row.paid for row in rows if row.due_on == day)
    following = next((row for row in rows if row.due_on >= day), None)
    loan.accrued = following.interest * (30 - (following.due_on - day).days) // 30 if following else 0


def _of_day(loan: BenchLoan, day: date) -> BenchDay:
    return BenchDay(day=day, loan=loan.pk, dpd=loan.dpd, bucket=loan.bucket, overdue=loan.overdue, balance=loan.balance)


def loop(count: int, day: date) -> None:
    """The first `count` loans one after the other, each in its transaction."""
    loop_over(list(range(1, count + 1)), day)


def loop_over(numbers: list[int], day: date, *, snapshot: bool = True) -> None:
    """Some loans one after the other, each in its transaction."""
    buckets = buckets_on(day)
    for number in numbers:
        with transaction.atomic():
            loan = BenchLoan.objects.select_for_update().get(pk=number)
            _stand(loan, list(loan.rows.order_by("due_on")), day, buckets)
            loan.save()
            if loan.bucket != loan.was:
                BenchMove.objects.create(loan=number, day=day, was=loan.was, now=loan.bucket)
            if snapshot and loan.overdue:
                _of_day(loan, day).save(force_insert=True)


def touched(count: int, day: date) -> list[int]:
    """Of the first `count` loans those that owe something late or have something due on `day`."""
    late = models.Q(rows__due_on__lt=day, rows__paid__lt=models.F("rows__principal") + models.F("rows__interest"))
    found = BenchLoan.objects.filter(models.Q(rows__due_on=day) | late, pk__lte=count).distinct()
    return list(found.order_by("pk").values_list("pk", flat=True))


def tuned(numbers: list[int], day: date) -> None:
    """Some loans, prefetched and written back in batches."""
    buckets = buckets_on(day)
    for start in range(0, len(numbers), 500):
        loans = list(BenchLoan.objects.filter(pk__in=numbers[start : start + 500]).prefetch_related("rows"))
        for loan in loans:
            _stand(loan, sorted(loan.rows.all(), key=lambda row: row.due_on), day, buckets)
        BenchLoan.objects.bulk_update(loans, _KEPT, batch_size=500)
        moved = [loan for loan in loans if loan.bucket != loan.was]
        BenchMove.objects.bulk_create(BenchMove(loan=one.pk, day=day, was=one.was, now=one.bucket) for one in moved)
        BenchDay.objects.bulk_create(_of_day(loan, day) for loan in loans if loan.overdue)


_KEPT: Final = ("dpd", "was", "bucket", "missed", "overdue", "balance", "accrued", "due")
_BUCKET: Final = (
    "CASE WHEN dpd > 180 THEN 'M7+' WHEN dpd > 150 THEN 'M6' WHEN dpd > 120 THEN 'M5' WHEN dpd > 90 THEN 'M4' "
    "WHEN dpd > 60 THEN 'M3' WHEN dpd > 30 THEN 'M2' WHEN dpd > 0 THEN 'M1' ELSE 'M0' END"
)
_WHOLE: Final = (
    f"""
    UPDATE bench_loan l SET overdue = s.overdue, missed = s.missed, dpd = s.dpd, balance = s.balance, due = s.due,
      accrued = s.accrued, was = l.bucket, bucket = s.bucket
    FROM (SELECT r.*, {_BUCKET} AS bucket FROM (
      SELECT loan_id,
        coalesce(sum(principal + interest - paid) FILTER (WHERE due_on < %(day)s), 0) AS overdue,
        count(*) FILTER (WHERE due_on < %(day)s AND paid < principal + interest) AS missed,
        coalesce(%(day)s - min(due_on) FILTER (WHERE due_on < %(day)s AND paid < principal + interest), 0) AS dpd,
        sum(principal - least(greatest(paid - interest, 0), principal)) AS balance,
        coalesce(sum(principal + interest - paid) FILTER (WHERE due_on = %(day)s), 0) AS due,
        coalesce(sum(interest * (30 - (due_on - %(day)s)) / 30)
          FILTER (WHERE due_on >= %(day)s AND due_on < %(month)s), 0) AS accrued
      FROM bench_instalment GROUP BY loan_id) r) s WHERE s.loan_id = l.id
    """,
    "INSERT INTO bench_bucket_move (loan, day, was, now) SELECT id, %(day)s, was, bucket FROM bench_loan "
    "WHERE was <> bucket",
    "INSERT INTO bench_overdue_day (day, loan, dpd, bucket, overdue, balance) SELECT %(day)s, id, dpd, bucket, "
    "overdue, balance FROM bench_loan WHERE overdue > 0",
)


def set_based(day: date) -> None:
    """One statement over the whole book for how every loan stands, one for those that moved, one for the snapshot."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _WHOLE:
            cursor.execute(statement, {"day": day, "month": day + timedelta(30)})
