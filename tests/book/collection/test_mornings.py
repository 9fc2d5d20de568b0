"""Cases follow loans, queues are filled by strategy, receipts judge promises, a result leads to the next case."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chedai.book.collection import rules, selectors
from chedai.book.collection.models import CollectionCase, Contact, PlanLine, PreDue, PromiseToPay
from chedai.book.collection.services.cases import case_assign, case_close_on_cure, case_open_on_overdue
from chedai.book.collection.services.dialling import contact_begin, contact_result, line_skip
from chedai.book.collection.services.planning import collection_plan
from chedai.book.collection.services.pre_due import pre_due_call
from chedai.book.collection.services.promises import promises_judge_on_receipt
from chedai.book.collection.services.reminding import reminders_send
from chedai.book.loans.events import LoanBecameOverdue, LoanCured, LoanRepaid, LoanReversed
from chedai.book.loans.models import BucketMove, LoanEvent
from chedai.book.loans.states import Channel, EventKind
from chedai.platform import clock
from chedai.platform.errors import Conflict, NotAllowed, Refusal
from tests.book.collection import book
from tests.book.collection.book import CLOSE, INSTALMENT, MORNING, TODAY, Desk
from tests.cast import acting

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def desk() -> Desk:
    return book.desk()


def at(day: date) -> clock.datetime:
    return MORNING + (day - TODAY)


def call(desk: Desk, case: CollectionCase, result: str, **more: object) -> Contact:
    made = contact_begin(case_id=case.pk, number_id=book.own_number(case).pk, actor=acting(desk.collector))
    return contact_result(contact_id=made.pk, result=result, actor=acting(desk.collector), **more)  # type: ignore[arg-type]


def test_a_plan_run_twice_changes_nothing_the_second_time(desk: Desk) -> None:
    with clock.frozen(MORNING):
        for n in range(1, 5):
            book.late_loan(desk, n)
        first = collection_plan(day=TODAY, actor=CLOSE)
        before = list(PlanLine.objects.order_by("pk").values())
        second = collection_plan(day=TODAY, actor=CLOSE)
    assert first.looked == 4 and first.changed > 0
    assert (second.looked, second.changed, second.left_out) == (4, 0, 0)
    assert list(PlanLine.objects.order_by("pk").values()) == before
    shared = CollectionCase.objects.filter(collector=desk.collector).count()
    assert (shared, CollectionCase.objects.filter(collector=desk.colleague).count()) == (2, 2)


def test_the_plan_names_the_strategy_and_its_version(desk: Desk) -> None:
    with clock.frozen(MORNING):
        case = book.planned(book.late_loan(desk, days=100, bucket="M4", missed=7))
    line = PlanLine.objects.get(case=case)
    assert (line.segment, line.arm, line.action, line.priority) == ("m4-large", "champion", "legal", 90)
    assert line.strategy.startswith("collection_strategy.lines/v1@") and line.strategy.endswith("#m4-legal")
    assert line.overdue == 7 * INSTALMENT


def test_events_and_the_morning_open_one_case_and_close_it_on_cure(desk: Desk) -> None:
    with clock.frozen(MORNING):
        loan = book.late_loan(desk)
        case_open_on_overdue(LoanBecameOverdue(loan.pk, TODAY))
        case_open_on_overdue(LoanBecameOverdue(loan.pk, TODAY))
        case = book.planned(loan)
        assert CollectionCase.objects.count() == 1
        book.pay(loan, INSTALMENT, TODAY, cures=True)
        case_close_on_cure(LoanCured(loan.pk))
    case.refresh_from_db()
    assert (case.state, case.closed_why, case.closed_on) == ("closed", "cured", TODAY)
    with clock.frozen(MORNING + 60 * DAY):
        book.fall_late(loan, TODAY + 30 * DAY, "M1", 1)
        collection_plan(day=TODAY + 60 * DAY, actor=CLOSE)
    assert CollectionCase.objects.filter(loan=loan).count() == 2


def test_results_move_on_to_the_next_case_and_skipped_ones_come_last(desk: Desk) -> None:
    with clock.frozen(MORNING):
        cases = [book.planned(book.late_loan(desk, n, days=40, bucket="M2", missed=n)) for n in (3, 2, 1)]
        CollectionCase.objects.update(collector=desk.collector)
        PlanLine.objects.update(collector=desk.collector, priority=60)

        def now() -> int | None:
            line = selectors.queue_next(desk.collector.pk, TODAY)
            return None if line is None else line.case_id

        assert now() == cases[0].pk  # the same priority: most overdue first
        line_skip(case_id=cases[0].pk, actor=acting(desk.collector))
        assert now() == cases[1].pk
        call(desk, cases[1], "no_answer")
        assert now() == cases[2].pk
        call(desk, cases[2], "hardship")
        assert now() == cases[0].pk
        assert selectors.queue_size(desk.collector.pk, TODAY) == (2, 3)
        call(desk, cases[0], "paid")
        assert now() is None
    days = {case.pk: case.next_on for case in CollectionCase.objects.all()}
    # hardship waits five days by rule, three at most by the strategy of the case
    assert [days[case.pk] for case in cases] == [TODAY + DAY, TODAY + DAY, TODAY + 3 * DAY]


def test_a_call_without_a_result_or_with_a_day_too_late_is_not_written(desk: Desk) -> None:
    with clock.frozen(MORNING):
        case = book.planned(book.late_loan(desk, days=40, bucket="M2"))
        made = contact_begin(case_id=case.pk, number_id=book.own_number(case).pk, actor=acting(desk.collector))
        for result, next_on, code in (("", None, "no-such-result"), ("paid", TODAY + 9 * DAY, "next-day")):
            with pytest.raises(Refusal) as refused:
                contact_result(contact_id=made.pk, result=result, next_on=next_on, actor=acting(desk.collector))
            assert refused.value.code == code
        made.refresh_from_db()
        assert made.result == ""
        contact_result(contact_id=made.pk, result="paid", actor=acting(desk.collector))
        with pytest.raises(Conflict):
            contact_result(contact_id=made.pk, result="refuses", actor=acting(desk.collector))


def test_one_promise_at_a_time_kept_by_the_receipts_and_broken_by_their_reversal(desk: Desk) -> None:
    with clock.frozen(MORNING):
        loan = book.late_loan(desk, days=40, bucket="M2", missed=2)
        case = book.planned(loan)
        due = TODAY + 3 * DAY
        call(desk, case, "promise", promise_amount=INSTALMENT, promise_on=due)
        with pytest.raises(Conflict, match="promise-open"):
            call(desk, case, "promise", promise_amount=INSTALMENT, promise_on=due)
        promise = PromiseToPay.objects.get()
        assert CollectionCase.objects.get().next_on == due + DAY
        first = book.pay(loan, 100_000, TODAY)
        promises_judge_on_receipt(LoanRepaid(loan.pk, first.pk))
        promise.refresh_from_db()
        assert (promise.state, promise.received) == ("open", 100_000)
        second = book.pay(loan, INSTALMENT - 100_000, due)
    with clock.frozen(at(due)):
        promises_judge_on_receipt(LoanRepaid(loan.pk, second.pk))
        promise.refresh_from_db()
        assert (promise.state, promise.received, promise.judged_on) == ("kept", INSTALMENT, due)
        LoanEvent.objects.create(
            loan=loan,
            seq=9,
            kind=EventKind.REVERSAL,
            of=second,
            on=due,
            recorded_on=due,
            channel=Channel.COUNTER,
            at=clock.now(),
        )
        promises_judge_on_receipt(LoanReversed(loan.pk, second.pk))
        promise.refresh_from_db()
        assert (promise.state, promise.received, promise.judged_on) == ("open", 100_000, None)
    with clock.frozen(at(due + DAY)):
        collection_plan(day=due + DAY, actor=CLOSE)
        promise.refresh_from_db()
        assert (promise.state, promise.judged_on) == ("broken", due + DAY)
        assert PlanLine.objects.filter(day=due + DAY, case=case).exists()


def test_money_that_came_before_a_promise_does_not_keep_it(desk: Desk) -> None:
    """What was paid an hour before is not what was promised; nor does the money of one promise keep the next."""
    with clock.frozen(MORNING):
        loan = book.late_loan(desk, days=40, bucket="M2", missed=2)
        case = book.planned(loan)
        book.pay(loan, INSTALMENT, TODAY)
    with clock.frozen(MORNING + timedelta(hours=1)):
        call(desk, case, "promise", promise_amount=INSTALMENT, promise_on=TODAY + DAY)
        collection_plan(day=TODAY, actor=CLOSE)
        promise = PromiseToPay.objects.get()
        assert (promise.state, promise.received) == ("open", 0)
    with clock.frozen(MORNING + timedelta(hours=2)):
        paid = book.pay(loan, INSTALMENT, TODAY)
        promises_judge_on_receipt(LoanRepaid(loan.pk, paid.pk))
        promise.refresh_from_db()
        assert (promise.state, promise.received) == ("kept", INSTALMENT)


def test_a_case_with_a_promise_waits_and_comes_back_the_morning_it_breaks(desk: Desk) -> None:
    with clock.frozen(MORNING):
        case = book.planned(book.late_loan(desk, days=40, bucket="M2"))
        call(desk, case, "promise", promise_amount=INSTALMENT, promise_on=TODAY + DAY)
    for ahead, queued in ((1, False), (2, True)):
        day = TODAY + ahead * DAY
        with clock.frozen(at(day)):
            collection_plan(day=day, actor=CLOSE)
        assert PlanLine.objects.filter(case=case, day=day).exists() is queued
    assert selectors.kept_rates(selectors.Q(), TODAY) == [("唐悦", 1, 0, 1)]


def test_the_morning_messages_are_sent_and_leave_the_queue(desk: Desk) -> None:
    with clock.frozen(MORNING):
        case = book.planned(book.late_loan(desk))
        PlanLine.objects.update(action="sms")
        assert reminders_send(day=TODAY) == 1
        assert reminders_send(day=TODAY) == 0
    assert PlanLine.objects.get(case=case).done_at is not None
    assert Contact.objects.get().channel == "sms"


def test_those_at_risk_are_listed_before_they_are_due_and_some_left_alone(desk: Desk) -> None:
    with clock.frozen(MORNING):
        due = TODAY + 3 * DAY
        groups = {rules.group_of(f"A1-202603-{n:04}", due, 10_000_000): n for n in range(1, 60)}
        loans = [book.late_loan(desk, n) for n in groups.values()]
        for loan in loans:
            book.pay(loan, INSTALMENT, TODAY - 30 * DAY, cures=True)
            loan.due_day = (TODAY + 3 * DAY).day
            loan.save()
            BucketMove.objects.create(loan=loan, day=TODAY - 40 * DAY, was="", now="M1", overdue=1, balance=1, missed=1)
        collection_plan(day=TODAY, actor=CLOSE)
        collection_plan(day=TODAY, actor=CLOSE)
        assert PreDue.objects.count() == 2
        held = PreDue.objects.filter(group="hold_out").first()
        treated = PreDue.objects.filter(group="treated").first()
        assert held is not None and treated is not None
        with pytest.raises(NotAllowed, match="held-out"):
            pre_due_call(entry_id=held.pk, result="reminded", staff_id=desk.collector.pk, actor=acting(desk.collector))
        pre_due_call(entry_id=treated.pk, result="reminded", staff_id=desk.collector.pk, actor=acting(desk.collector))
        assert selectors.counted(treated.customer_id, None, TODAY).effective == 1
    book.fall_late(held.loan, TODAY + 3 * DAY, "M1", 1)
    with clock.frozen(at(TODAY + 4 * DAY)):
        collection_plan(day=TODAY + 4 * DAY, actor=CLOSE)
    held.refresh_from_db()
    treated.refresh_from_db()
    assert (held.paid_in_time, treated.paid_in_time) == (False, True)


def test_a_case_goes_to_another_collector_for_a_reason(desk: Desk) -> None:
    with clock.frozen(MORNING):
        case = book.planned(book.late_loan(desk))
        with pytest.raises(Refusal, match="reason-missing"):
            case_assign(case_id=case.pk, collector_id=desk.colleague.pk, reason=" ", actor=acting(desk.manager))
        moved = case_assign(case_id=case.pk, collector_id=desk.colleague.pk, reason="休假", actor=acting(desk.manager))
    assert moved.collector_id == desk.colleague.pk
