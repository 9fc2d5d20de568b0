"""Another policy of buckets: on its first day every loan that is late stands in its own, and is told of once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from chedai.book.loans.models import BucketMove, Delinquency
from chedai.book.loans.proof.proving import book_prove
from chedai.book.loans.selectors import standings_on
from chedai.engine.terms import LoanTerms
from chedai.journey.close_of_day import close_day
from chedai.org.models import Store
from chedai.platform.policies.laying_over import shipped_text
from tests.book.close.books import CLOSER, house, loan_put
from tests.book.loans.lending import on
from tests.support.publishing import published

pytestmark = pytest.mark.django_db

FIRST = date(2026, 2, 1)
HOUSE = f"""
[[policy.row]]
id = "own"
from = {FIRST}
value = [
    {{ code = "A", first = 1, last = 10 }},
    {{ code = "M2", first = 11, last = 59 }},
    {{ code = "Z", first = 60 }},
]
source = "本公司制度"
confidence = "A"
"""


def test_on_the_first_day_of_other_buckets_who_is_late_stands_in_its_own() -> None:
    people = house()
    text = shipped_text("aging.toml")
    text = text.replace("from = 2006-01-01", f"from = 2006-01-01\nto = {FIRST - timedelta(1)}", 1)
    head, tail = text.split('[[policy]]\nkey = "aging.whole_balance_over"')
    own = f'{head}{HOUSE}\n[[policy]]\nkey = "aging.whole_balance_over"{tail}'
    published("aging.toml", own, Store.objects.get(pk=people.store), datetime(2026, 1, 5, tzinfo=UTC))
    early, late = (
        loan_put(people, LoanTerms(principal=12_000_000, annual_rate=7_200_000, periods=12, disbursed_on=day))
        for day in (date(2025, 12, 10), date(2025, 12, 25))
    )
    for day in (date(2026, 1, 8), FIRST, date(2026, 2, 5)):
        with on(day):
            close_day(day=day, actor=CLOSER)
    moves = list(BucketMove.objects.order_by("pk").values_list("loan_id", "day", "was", "now", "missed"))
    assert moves == [
        (early.pk, date(2026, 1, 11), "M0", "M1", 1),
        (late.pk, date(2026, 1, 26), "M0", "M1", 1),
        (early.pk, FIRST, "M1", "M2", 1),
        (late.pk, FIRST, "M1", "A", 1),
        (late.pk, date(2026, 2, 5), "A", "M2", 1),
    ]
    assert [one.bucket for one in Delinquency.objects.order_by("loan_id")] == ["M2", "M2"]
    assert [one.bucket for one in standings_on(FIRST).order_by("loan_id")] == ["M2", "A"]
    assert book_prove(date(2026, 2, 5)).holds
