"""What the migrations protect is never rewritten: the life of loans, of both books, with the triggers on."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction

from chedai.book.loans import selectors
from chedai.book.loans.changes import Extending
from chedai.book.loans.models import BucketMove, LoanEvent, OverdueStanding
from chedai.book.loans.selectors import standings_on
from chedai.book.loans.services.changing import ACTION, loan_change_ask, loan_change_preview
from chedai.book.loans.services.receiving import loan_settle_early, receipt_reverse
from chedai.book.risk.models import MonthEnd
from chedai.journey.close_of_day import close_day
from chedai.org.models import AuthorityLimit
from chedai.platform.actors import system
from chedai.platform.approvals.services import approval_decide
from chedai.platform.approvals.states import Verdict
from chedai.platform.audit import triggers
from tests import cast
from tests.book.loans.bulk.desk import checked, undone, written
from tests.book.loans.bulk.test_bank_lists import HEADS, LATE, of_bank
from tests.book.loans.lending import INSTALMENT, Lent, lend, on

pytestmark = pytest.mark.django_db

JULY = date(2025, 7, 1)


@pytest.fixture(autouse=True)
def _protected() -> None:
    """The triggers of the migration, which tests run without; they go with the transaction of the test."""
    for table in import_module("chedai.book.migrations.0002_append_only").TABLES:
        triggers.protect(connection.schema_editor(), table)


def test_a_bank_may_correct_the_day_its_list_tells_of() -> None:
    one = of_bank("B1")
    with on(JULY):
        written(checked("bank_list", [HEADS, LATE], one.finance), one.finance)
    with on(JULY + timedelta(1)):
        close_day(day=JULY + timedelta(1), actor=system("close"))
        more = LATE.replace("52,6084.38", "54,6090.00").replace("07-01", "07-02")
        written(checked("bank_list", [HEADS, more], one.finance), one.finance)
        rows = list(OverdueStanding.objects.order_by("day").values_list("since", "overdue"))
        assert rows == [(JULY - timedelta(52), 6_084_38), (JULY - timedelta(53), 6_090_00)]
        paid = written(checked("bank_list", [HEADS, "CD-B1,,2025-07-02,0,0,0,2025-07-02"], one.finance), one.finance)
        assert list(standings_on(JULY + timedelta(1))) == []
        assert [one.overdue for one in standings_on(JULY)] == [6_084_38]
        undone(paid, one.finance)
    assert list(OverdueStanding.objects.order_by("day").values_list("since", "overdue")) == rows


def test_a_life_with_everything_in_it_rewrites_nothing_that_is_kept() -> None:
    one = lend()
    AuthorityLimit.objects.create(action=ACTION, since=date(2025, 1, 1), role="manager", amount=200_000_00, deviation=0)
    wrong = one.pay(INSTALMENT, date(2025, 5, 10))
    with on(date(2025, 5, 12)):
        receipt_reverse(event_id=wrong.event_id, reason="退票", actor=one.money)
    for day in (date(2025, 5, 31), date(2025, 6, 2), date(2025, 6, 20)):
        with on(day):
            close_day(day=day, actor=system("close"))
    _extended(one, date(2025, 6, 20))
    one.pay(3 * INSTALMENT, date(2025, 6, 21))
    with on(date(2025, 6, 22)):
        total = selectors.payoff_quote(one.loan, date(2025, 6, 22)).total
        loan_settle_early(
            loan_id=one.loan_id, amount=total, received_on=date(2025, 6, 22), actor=one.money, key="settled"
        )
    with on(JULY):
        assert [close.left_out for close in close_day(day=JULY, actor=system("close"))] == [0] * 11
    assert one.loan.state == "settled"
    assert BucketMove.objects.count() and OverdueStanding.objects.count() and MonthEnd.objects.count()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        LoanEvent.objects.update(amount=1)


def _extended(one: Lent, day: date) -> None:
    """Asked for by the officer, approved by the manager."""
    manager = cast.person("xu", "许宁", cast.store(), "manager")
    with on(day):
        change = Extending(on=day, periods=6)
        digest = loan_change_preview(loan_id=one.loan_id, change=change).digest
        asked = loan_change_ask(
            loan_id=one.loan_id, change=change, digest=digest, reason="收入中断", actor=cast.acting(one.officer)
        ).approval
        assert asked is not None
        approval_decide(
            approval_id=asked.pk,
            verdict=Verdict.APPROVE,
            digest=asked.digest,
            capacities=frozenset({"manager"}),
            actor=cast.acting(manager),
            opinion="同意",
        )
