"""The close is killed again and again, at random moments; the book ends as if nobody had."""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

import pytest
from django.db import connections, models, transaction

from chedai.book.collection.models import CollectionCase, PlanLine
from chedai.book.collection.services import planning
from chedai.book.ledger.models import AccountDay, JournalEntry
from chedai.book.loans.close import ageing
from chedai.book.loans.models import BucketMove, Delinquency, Loan, LoanEvent, OpenItem, OverdueStanding
from chedai.book.loans.proof.proving import book_prove
from chedai.engine.life.events import Repayment
from chedai.engine.terms import LoanTerms
from chedai.journey.close_of_day import close_day
from chedai.org.models import Store
from chedai.platform.days.models import DayClose, DayStep
from chedai.platform.days.services import business_day_turn
from tests import cast
from tests.book.close.books import CLOSER, happen, house, loan_put
from tests.support.racing import race

LAST: Final = date(2026, 1, 15)
KILLS: Final = 20
TABLES: Final[tuple[type[models.Model], ...]] = (
    Loan,
    OpenItem,
    Delinquency,
    BucketMove,
    OverdueStanding,
    AccountDay,
    CollectionCase,
)


def _book(count: int) -> list[Loan]:
    business_day_turn(to=date(2026, 12, 31), reason="test", actor=CLOSER)
    people = house()
    cast.person("tang", "唐悦", Store.objects.get(pk=people.store), "collector")
    loans = [
        loan_put(
            people,
            LoanTerms(
                principal=12_000_000,
                annual_rate=7_200_000,
                periods=12,
                disbursed_on=date(2025, 12, 9) + timedelta(n % 6),
            ),
        )
        for n in range(count)
    ]
    close_day(day=date(2026, 1, 8), actor=CLOSER)
    happen(loans[0].pk, Repayment(on=date(2026, 1, 8), amount=3_000_000), date(2026, 1, 8))
    return loans


def _state() -> dict[str, Any]:
    """Everything the close writes, without the keys the database gives out and the moments."""
    state: dict[str, Any] = {}
    for model in TABLES:
        names = [f.attname for f in model._meta.concrete_fields if not (f.primary_key and f.name == "id")]
        state[model.__name__] = sorted(map(str, model.objects.values_list(*names)))
    queued = ("day", "case__loan_id", "collector_id", "strategy", "bucket", "overdue")
    state["queues"] = sorted(map(str, PlanLine.objects.values_list(*queued)))
    state["journal"] = sorted(JournalEntry.objects.values_list("day", "kind", "subject"))
    state["steps"] = sorted(DayStep.objects.values_list("close__day", "code", "looked", "changed"))
    return state


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(ageing, "PART", 2)
    monkeypatch.setattr(planning, "PART", 2)
    yield


def _unkilled() -> dict[str, Any]:
    """What a close that nobody kills leaves, undone again."""
    with transaction.atomic():
        close_day(day=LAST, actor=CLOSER)
        state = _state()
        transaction.set_rollback(True)
    return state


def _close_and_kill(seconds: float) -> bool:
    """Close in a process of its own that is killed after so long; whether it was still at it."""
    connections.close_all()
    child = multiprocessing.get_context("fork").Process(target=close_day, kwargs={"day": LAST, "actor": CLOSER})
    child.start()
    child.join(seconds)
    child.kill()
    child.join()
    return child.exitcode == -signal.SIGKILL


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small_parts")
def test_a_close_killed_at_random_moments_ends_as_one_that_was_not() -> None:
    _book(6)
    begun = time.perf_counter()
    wanted = _unkilled()
    whole, chance = time.perf_counter() - begun, random.Random(3)
    # A share of what this machine needs for all of it, so that neither a quick nor a slow one is done before.
    killed = sum(_close_and_kill(whole * chance.uniform(0.02, 0.12)) for _ in range(KILLS))
    assert killed > KILLS // 2
    close_day(day=LAST, actor=CLOSER)
    assert _state() == wanted
    assert DayClose.objects.filter(ended_at=None).count() == 0
    assert book_prove(LAST).differences == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small_parts")
def test_receipts_that_race_the_close_are_all_there() -> None:
    loans = _book(6)

    def act(number: int) -> None:
        if number == 0:
            close_day(day=LAST, actor=CLOSER)
            return
        for _ in range(4):
            happen(loans[number - 1].pk, Repayment(on=date(2026, 1, 9), amount=100_000), LAST)  # the books' own day

    assert [one for one in race(act, 4) if one is not None] == []
    close_day(day=LAST, actor=CLOSER)
    assert LoanEvent.objects.filter(kind="repayment", amount=100_000).count() == 12
    close_day(day=LAST + timedelta(1), actor=CLOSER)
    assert book_prove(LAST + timedelta(1)).differences == []
