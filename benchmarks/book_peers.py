"""The other ways to close a day, on a sample of the same loans: a row an instalment, kept up to date every day."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from django.db import connection, models, transaction

from chedai.book.loans.models import Plan
from chedai.book.loans.plans import unpack_many
from chedai.platform.bulk import columns_insert


class BenchLoan(models.Model):
    """A loan as most systems keep it: what changes every day stands on it."""

    id = models.BigIntegerField(primary_key=True)
    dpd = models.IntegerField(default=0)
    overdue = models.BigIntegerField(default=0)
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

    day = models.DateField()
    loan = models.BigIntegerField()
    dpd = models.IntegerField()
    overdue = models.BigIntegerField()

    class Meta:
        app_label = "book"
        db_table = "bench_overdue_day"
        managed = False

    def __str__(self) -> str:
        return f"{self.loan} {self.day}"


def prepare(count: int, day: date) -> None:
    """The first `count` loans as rows: all that fell due is paid, but for three loans in a hundred."""
    with connection.schema_editor() as editor:
        for model in (BenchLoan, BenchInstalment, BenchDay):
            editor.create_model(model)
    packed = [bytes(one) for one in Plan.objects.order_by("loan_id").values_list("packed", flat=True)[:count]]
    none = np.zeros(count, dtype=np.int64)
    numbers = np.arange(1, count + 1)
    columns_insert(BenchLoan, {"id": numbers, "dpd": none, "overdue": 0, "accrued": 0, "due": 0})
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


def _stand(loan: BenchLoan, rows: list[BenchInstalment], day: date) -> None:
    """What is written on a loan every day."""
    late = [row for row in rows if row.due_on < day and row.paid < row.principal + row.interest]
    loan.overdue = sum(row.principal + row.interest - row.paid for row in late)
    loan.dpd = (day - min(row.due_on for row in late)).days if late else 0
    loan.due = sum(row.principal + row.interest - row.paid for row in rows if row.due_on == day)
    following = next((row for row in rows if row.due_on >= day), None)
    loan.accrued = following.interest * (30 - (following.due_on - day).days) // 30 if following else 0


def loop(count: int, day: date) -> None:
    """The first `count` loans one after the other, each in its transaction."""
    loop_over(list(range(1, count + 1)), day)


def loop_over(numbers: list[int], day: date) -> None:
    """Some loans one after the other, each in its transaction."""
    for number in numbers:
        with transaction.atomic():
            loan = BenchLoan.objects.select_for_update().get(pk=number)
            _stand(loan, list(loan.rows.order_by("due_on")), day)
            loan.save()
            if loan.overdue:
                BenchDay.objects.create(day=day, loan=number, dpd=loan.dpd, overdue=loan.overdue)


def touched(count: int, day: date) -> list[int]:
    """Of the first `count` loans those that owe something late or have something due on `day`."""
    late = models.Q(rows__due_on__lt=day, rows__paid__lt=models.F("rows__principal") + models.F("rows__interest"))
    found = BenchLoan.objects.filter(models.Q(rows__due_on=day) | late, pk__lte=count).distinct()
    return list(found.order_by("pk").values_list("pk", flat=True))


def tuned(numbers: list[int], day: date) -> None:
    """Some loans, prefetched and written back in batches."""
    for start in range(0, len(numbers), 500):
        loans = list(BenchLoan.objects.filter(pk__in=numbers[start : start + 500]).prefetch_related("rows"))
        for loan in loans:
            _stand(loan, sorted(loan.rows.all(), key=lambda row: row.due_on), day)
        BenchLoan.objects.bulk_update(loans, ["dpd", "overdue", "accrued", "due"], batch_size=500)
        late = [loan for loan in loans if loan.overdue]
        BenchDay.objects.bulk_create(BenchDay(day=day, loan=one.pk, dpd=one.dpd, overdue=one.overdue) for one in late)


def set_based(day: date) -> None:
    """One statement over the whole book, and one for the snapshot."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE bench_loan l SET overdue = r.overdue, dpd = r.dpd, due = r.due, accrued = r.accrued FROM (
              SELECT loan_id,
                coalesce(sum(principal + interest - paid) FILTER (WHERE due_on < %s), 0) AS overdue,
                coalesce(%s - min(due_on) FILTER (WHERE due_on < %s AND paid < principal + interest), 0) AS dpd,
                coalesce(sum(principal + interest - paid) FILTER (WHERE due_on = %s), 0) AS due,
                coalesce(sum(interest * (30 - (due_on - %s)) / 30)
                  FILTER (WHERE due_on >= %s AND due_on < %s), 0) AS accrued
              FROM bench_instalment GROUP BY loan_id) r WHERE r.loan_id = l.id
            """,
            [day, day, day, day, day, day, day + timedelta(30)],
        )
        cursor.execute(
            "INSERT INTO bench_overdue_day (day, loan, dpd, overdue) SELECT %s, id, dpd, overdue FROM bench_loan "
            "WHERE overdue > 0",
            [day],
        )
