"""Reminders: on the days of the policy, once, for what is still to pay; not to who is late, opted out, or at night."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from chedai.book.loans.bulk.reminders import reminders_of, reminders_send
from chedai.book.loans.models import Delinquency
from chedai.book.loans.services.keeping import loan_bring
from chedai.crm.models import Customer
from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.days.report import StepReport
from chedai.platform.jobs.models import Job
from chedai.platform.messages.services import opt_out
from chedai.platform.messages.states import Category

from ..lending import INSTALMENT, Lent, lend, on

pytestmark = pytest.mark.django_db

FIRST = date(2025, 5, 10)
CLOSER = system("close")


def lent(name: str, phone: str | None = "13800138000") -> Lent:
    made = lend(name=name)
    customer = Customer.objects.get(pk=made.loan.customer_id)
    customer.phone = phone
    customer.save()
    return made


def night(day: date) -> StepReport:
    with on(day):
        return reminders_send(day=day, actor=CLOSER, after=0)


def told(one: Lent) -> list[tuple[str, str]]:
    """Which reminders there are, oldest first, and their state."""
    return [(message.key.rpartition(":")[2], message.state) for message in reversed(reminders_of(one.loan))]


def test_three_days_one_day_and_on_the_day_each_once() -> None:
    one = lent("0001")
    lent("0002", phone=None)
    for back in range(5, -1, -1):
        day = FIRST - timedelta(back)
        if day == FIRST:
            with on(day):
                loan_bring(loan_id=one.loan_id, day=day, actor=CLOSER)
        night(day)
        assert night(day).changed == 0
    assert told(one) == [("3", "waiting"), ("1", "waiting"), ("0", "waiting")]
    assert [message.body.in_full() for message in reversed(reminders_of(one.loan))][1:] == [
        "【城东店】您的车贷 CD-0001 将于 2025-05-10 应还 3,042.19 元，请提前存入扣款账户。如已还款请忽略。",
        "【城东店】您的车贷 CD-0001 今天应还 3,042.19 元，请在今天内还款，以免产生罚息。如已还款请忽略。",
    ]
    assert Job.objects.filter(kind="message.deliver").count() == 3


def test_what_is_paid_ahead_is_taken_off_and_who_has_paid_hears_nothing() -> None:
    one, other = lent("0001"), lent("0002")
    one.pay(1_000_00, date(2025, 5, 1))
    other.pay(INSTALMENT, date(2025, 5, 1))
    night(FIRST - timedelta(3))
    assert "应还 2,042.19 元" in reminders_of(one.loan)[0].body.in_full()
    assert told(other) == []


def test_who_is_late_opted_out_or_asked_for_a_day_gone_by_is_not_reminded() -> None:
    late, mute = lent("0001"), lent("0002")
    Delinquency.objects.create(loan=late.loan, since=FIRST, bucket="M1", missed=1, overdue=1)
    with on(FIRST - timedelta(3)):
        opt_out(subject=f"customer:{mute.loan.customer_id}", category=Category.REMINDER, actor=CLOSER)
        assert reminders_send(day=FIRST - timedelta(4), actor=CLOSER, after=0) == StepReport()
    assert night(FIRST - timedelta(3)).changed == 1
    assert (told(late), told(mute)) == ([], [("3", "opted_out")])
    assert not Job.objects.filter(kind="message.deliver").exists()


def test_what_is_asked_for_in_the_night_goes_out_in_the_morning() -> None:
    one = lent("0001")
    day = FIRST - timedelta(3)
    with clock.frozen(datetime(2025, 5, 6, 16, 20, tzinfo=UTC)):  # twenty past midnight in Shanghai
        reminders_send(day=day, actor=CLOSER, after=0)
    assert told(one) == [("3", "waiting")]
    assert Job.objects.get(kind="message.deliver").run_at == datetime(2025, 5, 7, 0, 0, tzinfo=UTC)
