"""A book of loans for the benchmark of the close, built by columns: contracts, plans, payments, what is open.

Loans of 36 instalments at five rates, paid out over the two months before the first day, so that every due day of the
month is there and most loans have paid once or twice. Three in a hundred are overdue. Everything is what the
product itself would have stored; the proof says so afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from itertools import repeat
from typing import Any, Final

import numpy as np
from django.db import connection, models
from numpy.typing import NDArray

from chedai.book.ledger.closing import accrual_post, billed
from chedai.book.ledger.journal import journal_post
from chedai.book.ledger.kinds import EntryKind
from chedai.book.ledger.rules import Transfer
from chedai.book.loans import cohorts
from chedai.book.loans.close.ageing import loans_age
from chedai.book.loans.close.billing import unbilled_on
from chedai.book.loans.close.snapshots import overdue_snapshot
from chedai.book.loans.cohorts import Cohorts, cohorts_add
from chedai.book.loans.forms import form_body, form_keep
from chedai.book.loans.models import Loan, LoanEvent, OpenItem, Plan
from chedai.book.loans.plan_rules import LEVEL, RULE, days_of, expand, month_of
from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.models import Customer
from chedai.crm.customers.services import customer_register
from chedai.engine.accrual import PenaltyTerms
from chedai.engine.life import Conventions
from chedai.engine.money import FenColumn
from chedai.engine.schedule import schedule_columns
from chedai.engine.settlement import SettlementFee
from chedai.engine.terms import LoanTerms
from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.bulk import columns_insert, is_postgres
from chedai.platform.days.models import DayClose
from chedai.platform.work import work

PERIODS: Final = 36
RATES: Final = (4_990_000, 5_880_000, 6_660_000, 7_200_000, 8_800_000)
STOPPED: Final = 0.06  # of those that have begun to pay, about half: three in a hundred of the book
SEED: Final = 20260101
ACTOR: Final = system("seed")
TERMS: Final = LoanTerms(
    principal=10_000_000, annual_rate=RATES[0], periods=36, disbursed_on=date(2026, 1, 1), first_due=date(2026, 2, 1)
)
CONVENTIONS: Final = Conventions(penalty=PenaltyTerms(rate=9_000_000))
_BATCH: Final = 50_000


@dataclass(frozen=True, slots=True)
class People:
    """Whom every loan belongs to: the book is about loans, not about people."""

    customer: int
    customers: int
    store: int
    officer: int
    form: int


@dataclass(slots=True)
class Contracts:
    """Columns of all loans: fen, rates of 1e-8, day numbers. `principal_of` and `interest_of` are [period, loan]."""

    loan: FenColumn
    principal: FenColumn
    rate: FenColumn
    disbursed: FenColumn
    rules: NDArray[np.void]
    due: FenColumn
    principal_of: FenColumn
    interest_of: FenColumn
    stopped: FenColumn  # the instalment from which a loan does not pay any more; PERIODS: it pays


def contracts(first: int, count: int, begin: date, random: np.random.Generator, due_day: int | None) -> Contracts:
    """`count` contracts numbered from `first`, paid out in the two months before `begin` (`due_day`: on one day)."""
    principal = random.integers(30_000, 300_000, count) * 100
    rate = random.choice(np.array(RATES), count)
    disbursed = begin.toordinal() - random.integers(1, 62, count)
    if due_day is not None:
        month = month_of(disbursed)
        disbursed = days_of(month, due_day)
        disbursed = np.where(disbursed >= begin.toordinal(), days_of(month - 1, due_day), disbursed)
    months = month_of(disbursed)
    anchor = disbursed - days_of(months, 1) + 1
    due = days_of(months + np.arange(1, PERIODS + 1)[:, None], anchor)
    plan = schedule_columns(principal, rate, PERIODS)
    rules = np.zeros(count, dtype=RULE)
    rules["kind"], rules["n"], rules["months"] = LEVEL, PERIODS, 1
    rules["anchor"], rules["first_due"], rules["principal"], rules["rate"] = anchor, due[0], principal, rate
    rules["part"], rules["first_interest"] = plan.instalment, plan.interest[0]
    rules["last_interest"] = plan.interest[-1]
    # A loan of the 29th to the 31st that begins in a short month keeps its day: what the rule says is checked here.
    assert np.array_equal(expand(rules[:2000]).principal.reshape(-1, PERIODS).T, plan.principal[:, :2000])
    assert np.array_equal(expand(rules[:2000]).interest.reshape(-1, PERIODS).T, plan.interest[:, :2000])
    begun = (due < begin.toordinal()).sum(axis=0)
    stopped = np.where(random.random(count) < STOPPED, random.integers(0, np.maximum(begun, 1)), PERIODS)
    stopped = np.where(begun == 0, PERIODS, stopped)
    return Contracts(
        np.arange(first, first + count), principal, rate, disbursed, rules, due, plan.principal, plan.interest, stopped
    )


def people(count: int) -> People:
    """A store, an officer, one form, and `count` customers after one pattern."""
    cast = import_module("tests.cast")
    house = cast.store()
    officer = cast.person("lin", "林晓", house, "officer")
    first = customer_register(
        kind=CustomerKind.PERSON, name="张三", store_id=house.pk, owner_id=officer.pk, actor=cast.acting(officer)
    )
    names = ", ".join(f'"{field.column}"' for field in Customer._meta.concrete_fields if not field.primary_key)
    series = (
        "generate_series(1, %s)"
        if is_postgres()
        else "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s) SELECT i FROM n)"
    )
    form = form_keep(form_body(TERMS, CONVENTIONS, SettlementFee())).pk
    with connection.cursor() as cursor:
        table = Customer._meta.db_table
        query = f"INSERT INTO {table} ({names}) SELECT {names} FROM {table} CROSS JOIN {series} s WHERE id = %s"
        cursor.execute(query, [count - 1, first.pk])
        cursor.execute(f"SELECT min(id) FROM {table}")
        lowest = cursor.fetchone()[0]
    return People(lowest, count, house.pk, officer.pk, form)


def rows_in(model: type[models.Model], columns: Mapping[str, Any], count: int) -> None:
    """Insert `count` rows; what is not named gets the default of its field, a scalar is the same in every row."""
    fields = [field for field in model._meta.concrete_fields if field.attname in columns or not field.primary_key]
    values = []
    for field in fields:
        value = columns.get(field.attname, columns.get(field.name, field.get_default()))
        values.append(value if isinstance(value, list) else repeat(value, count))
    names = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        rows = zip(*values, strict=False)
        if is_postgres():
            with cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join("%s" for _ in fields)
            plain = ([v.isoformat() if isinstance(v, (date, datetime)) else v for v in row] for row in rows)
            cursor.executemany(f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({marks})", list(plain))


def _days(column: FenColumn) -> list[date]:
    known = {day: date.fromordinal(day) for day in np.unique(column).tolist()}
    return [known[day] for day in column.tolist()]


def write(book: Contracts, who: People, begin: date) -> None:
    """Write loans, plans, past payments, what is open, the ledger and the cohorts, as they stood before `begin`."""
    count = book.loan.size
    fell_due = book.due < begin.toordinal()
    pays = np.arange(PERIODS)[:, None] < book.stopped
    paid = fell_due & pays
    repaid = np.where(paid, book.principal_of, 0).sum(axis=0)
    ids = book.loan.tolist()
    anchors = book.rules["anchor"].tolist()
    rows_in(
        Loan,
        {
            "id": ids,
            "number": [f"CD202601-{one:07}-L" for one in ids],
            "customer_id": [who.customer + at % who.customers for at in range(count)],
            "store_id": who.store,
            "officer_id": who.officer,
            "lender_code": "OWN",
            "product_code": "own-standard",
            "form_id": who.form,
            "principal": book.principal.tolist(),
            "annual_rate": book.rate.tolist(),
            "periods": PERIODS,
            "disbursed_on": _days(book.disbursed),
            "first_due": _days(book.due[0]),
            "due_day": anchors,
            "owed": (book.principal - repaid).tolist(),
            "last_seq": (paid.sum(axis=0) + 1).tolist(),
            "worked_on": begin - timedelta(1),
        },
        count,
    )
    blobs = book.rules.tobytes()
    size = RULE.itemsize
    packed = [blobs[at * size : (at + 1) * size] for at in range(count)]
    plans = {"loan_id": ids, "version": 1, "due_day": anchors, "from_day": _days(book.disbursed), "packed": packed}
    rows_in(Plan, plans, count)
    _events(book, paid)
    _open_items(book, fell_due & ~pays)
    _ledger(book, fell_due, paid, begin)


def _events(book: Contracts, paid: NDArray[np.bool_]) -> None:
    loan, row = np.nonzero(paid.T)
    amount = (book.principal_of + book.interest_of)[row, loan]
    on = _days(book.due[row, loan])
    columns = {
        "loan_id": book.loan[loan].tolist(),
        "seq": (row + 2).tolist(),
        "kind": "repayment",
        "on": on,
        "recorded_on": on,
        "amount": amount.tolist(),
        "channel": "debit",
        "at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    rows_in(LoanEvent, columns, loan.size)
    paid_out = _days(book.disbursed)
    columns |= {"loan_id": book.loan.tolist(), "seq": 1, "kind": "disbursement", "amount": book.principal.tolist()}
    rows_in(LoanEvent, columns | {"on": paid_out, "recorded_on": paid_out, "channel": "system"}, book.loan.size)


def _open_items(book: Contracts, late: NDArray[np.bool_]) -> None:
    loan, row = np.nonzero(late.T)
    columns_insert(
        OpenItem,
        {
            "loan": book.loan[loan],
            "n": row + 1,
            "due_on": book.due[row, loan],
            "principal": book.principal_of[row, loan],
            "interest": book.interest_of[row, loan],
            "fee": 0,
            "late_principal": 0,
            "late_interest": 0,
            "penalty_levied": 0,
            "penalty_paid": 0,
        },
    )


def _ledger(book: Contracts, fell_due: NDArray[np.bool_], paid: NDArray[np.bool_], begin: date) -> None:
    def total(where: NDArray[np.bool_], column: FenColumn) -> int:
        return int(np.where(where, column, 0).sum())

    day = begin - timedelta(1)
    principal, interest = total(paid, book.principal_of), total(paid, book.interest_of)
    for kind, transfers in (
        (EntryKind.PAYOUT, (Transfer("1301", "1002", int(book.principal.sum())),)),
        (EntryKind.BILLING, billed(total(fell_due, book.interest_of))),
        (EntryKind.REPAYMENT, (Transfer("1002", "1301", principal), Transfer("1002", "1132", interest))),
    ):
        if all(one.amount for one in transfers):
            journal_post(day=day, kind=kind, subject="book:own", transfers=transfers, actor=ACTOR)
    sums: Cohorts = {}
    start = np.vstack([book.disbursed[None, :], book.due[:-1]])
    keys, place = np.unique((start * 2**32 + book.due).reshape(-1), return_inverse=True)
    interest_of = np.bincount(place, weights=book.interest_of.reshape(-1)).astype(np.int64)
    for key, amount in zip(keys.tolist(), interest_of.tolist(), strict=True):
        sums[key >> 32, key & (2**32 - 1)] = amount
    cohorts_add([sums])


def close_before(begin: date) -> None:
    """The day before the first is closed: the late are aged, interest has accrued."""
    day, after = begin - timedelta(1), 0
    with work():
        DayClose.objects.create(day=day, began_at=clock.now(), ended_at=clock.now(), actor=ACTOR.key)
    while (found := loans_age(day=day, actor=ACTOR, after=after, closed=None).after) is not None:
        after = found
    overdue_snapshot(day=day, actor=ACTOR, closed=None)
    accrual_post(day=day, target=cohorts.accrued_on(day) + unbilled_on(day), actor=ACTOR)


def seed(count: int, begin: date, *, due_day: int | None = None, first: int = 1, who: People | None = None) -> People:
    """Build `count` loans, in batches, and close the day before `begin`."""
    random = np.random.default_rng(SEED + first)
    who = who or people(count)
    for start in range(0, count, _BATCH):
        size = min(_BATCH, count - start)
        with work():
            write(contracts(first + start, size, begin, random, due_day), who, begin)
    return who
