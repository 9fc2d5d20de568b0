"""Many at once: the same receipt from sixteen clients is one, and a payment that races the close loses nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chedai.book.loans import selectors
from chedai.book.loans.models import LoanEvent
from chedai.book.loans.services.keeping import loan_bring
from chedai.book.loans.services.receiving import loan_repay
from chedai.engine.daycount import add_months
from chedai.platform.actors import system
from tests.support.racing import race

from .lending import INSTALMENT, OUT, is_balanced, lend, on, stands

FIRST = date(2025, 5, 10)


@pytest.mark.django_db(transaction=True)
def test_the_same_receipt_from_sixteen_clients_is_one() -> None:
    lent = lend()

    def send(number: int) -> Any:
        return lent.pay(INSTALMENT, FIRST, key="the-same")

    receipts = race(send, 16)
    assert set(receipts) == {receipts[0]}
    assert LoanEvent.objects.filter(kind="repayment").count() == 1
    assert stands(FIRST, "1301", "1002") == {"1301": 97_457_81, "1002": -100_000_00 + INSTALMENT}


@pytest.mark.django_db(transaction=True)
def test_payments_that_race_the_close_lose_nothing() -> None:
    lent = lend()

    def act(number: int) -> Any:
        if number % 2:
            with on(FIRST):
                return loan_bring(loan_id=lent.loan_id, day=FIRST, actor=system("close"))
        return lent.pay(1_000_00, FIRST, key=f"r{number}")

    done = race(act, 8)
    assert [one for one in done if isinstance(one, Exception)] == []
    # 4,000.00 came in: 3,042.19 pays the instalment, the rest is held.
    assert (lent.loan.owed, lent.loan.credit, lent.parts()) == (97_457_81, 957_81, [])
    assert stands(FIRST, "1301", "2241", "1132") == {"1301": 97_457_81, "2241": 957_81, "1132": 0}
    assert is_balanced(FIRST)


@pytest.mark.django_db
def test_a_repayment_is_a_few_statements_however_long_the_loan_has_lived() -> None:
    lent = lend()
    for month in range(1, 13):
        lent.pay(INSTALMENT, add_months(OUT, month))
    day = add_months(OUT, 13)
    with on(day), CaptureQueriesContext(connection) as first:
        loan_repay(loan_id=lent.loan_id, amount=INSTALMENT, received_on=day, actor=lent.money, key="first")
    asked = [query["sql"] for query in first.captured_queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) <= 27, "\n".join(one[:150] for one in asked)
    assert len(selectors.rows_of(lent.loan_id)) == 14
