"""Collection on loans as they are: a loan falls late, is promised, paid, cured; a car is sold and booked on it."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import Q

from chedai.book.collection.models import CollectionCase, PromiseToPay
from chedai.book.collection.services.booking import car_book
from chedai.book.collection.services.dialling import contact_begin, contact_result
from chedai.book.collection.services.legal import interruption_record, lapse_of, lapses_near
from chedai.book.collection.services.planning import collection_plan
from chedai.book.collection.services.recovery import car_sell, car_take
from chedai.book.collection.states import Interruption
from chedai.book.loans.models import Delinquency
from chedai.book.loans.services.keeping import loan_bring
from chedai.platform.errors import Conflict, NotAllowed
from tests import cast
from tests.book.collection import book
from tests.book.loans.lending import INSTALMENT, Lent, is_balanced, lend, on
from tests.cast import acting

pytestmark = pytest.mark.django_db
DUE, LATE, PAID = date(2025, 5, 10), date(2025, 5, 20), date(2025, 5, 22)


@pytest.fixture
def late() -> Lent:
    """A loan whose first instalment was not paid."""
    lent = lend()
    customer = lent.loan.customer
    customer.phone = "13800130001"
    customer.save()
    with on(LATE):
        loan_bring(loan_id=lent.loan_id, day=LATE, actor=book.CLOSE)
    return lent


def test_a_late_loan_has_a_case_until_it_is_paid_and_its_promise_is_kept(late: Lent) -> None:
    collector = cast.person("tang", "唐悦", late.loan.store, "collector")
    case = CollectionCase.objects.get(loan=late.loan_id)
    assert (case.state, case.bucket, case.missed, case.overdue, case.since) == ("open", "M1", 1, INSTALMENT, DUE)
    with on(LATE):
        collection_plan(day=LATE, actor=book.CLOSE)
        made = contact_begin(case_id=case.pk, number_id=book.own_number(case).pk, actor=acting(collector))
        promised = {"promise_amount": INSTALMENT, "promise_on": PAID}
        contact_result(contact_id=made.pk, result="promise", actor=acting(collector), **promised)  # type: ignore[arg-type]
    receipt = late.pay(400_000, PAID)
    case.refresh_from_db()
    promise = PromiseToPay.objects.get()
    assert (case.state, case.closed_why, case.closed_on) == ("closed", "cured", PAID)
    assert (promise.state, promise.received, promise.judged_on) == ("kept", 400_000, PAID)
    assert receipt.amount == 400_000 and not Delinquency.objects.exists()


def test_the_proceeds_of_a_car_go_on_the_loan_in_its_order_by_another_hand(late: Lent) -> None:
    case = CollectionCase.objects.get(loan=late.loan_id)
    manager = cast.person("xu", "许宁", late.loan.store, "manager")
    second = cast.person("he", "何平", late.loan.store, "collector")
    with on(LATE):
        car = car_take(
            case_id=case.pk,
            taken_on=LATE,
            place="停车场",
            condition="完好",
            taken_by=manager.pk,
            second=second.pk,
            valued=6_000_000,
            actor=acting(manager),
        )
        with pytest.raises(Conflict, match="not-sold"):
            car_book(recovery_id=car.pk, actor=late.money)
        sale = {"sold_on": LATE, "buyer": "车商甲", "price": 5_800_000, "costs": 200_000}
        car_sell(recovery_id=car.pk, actor=acting(manager), **sale)  # type: ignore[arg-type]
        with pytest.raises(NotAllowed, match="seller-books"):
            car_book(recovery_id=car.pk, actor=acting(manager))
        booked = car_book(recovery_id=car.pk, actor=late.money)
        with pytest.raises(Conflict, match="not-sold"):
            car_book(recovery_id=car.pk, actor=late.money)
    event = late.loan.events.get(pk=booked.receipt)
    assert (event.kind, event.amount, event.reference) == ("prepayment", 5_600_000, f"车辆处置款 {car.pk}")
    assert late.parts() == [] and late.loan.credit == 0  # what is due is paid, the rest is principal
    assert is_balanced(LATE)
    case.refresh_from_db()
    assert case.closed_why == "cured"


def test_the_limitation_is_watched_and_begins_anew_with_a_payment_or_an_acknowledgement(late: Lent) -> None:
    collector = cast.person("tang", "唐悦", late.loan.store, "collector")
    case = CollectionCase.objects.select_related("loan").get(loan=late.loan_id)
    day = date(2027, 11, 20)
    assert lapse_of(case, day).last_day == date(2028, 5, 10)
    assert [found[1].left for found in lapses_near(Q(), day)] == [172]
    with on(day):
        interruption_record(
            case_id=case.pk,
            kind=Interruption.ACKNOWLEDGEMENT,
            on=date(2025, 8, 1),
            note="签收催款函",
            actor=acting(collector),
        )
    assert lapse_of(case, day).last_day == date(2028, 8, 1)
    assert lapses_near(Q(), day) == []
    late.pay(100_00, date(2026, 2, 3))
    assert lapse_of(case, day).last_day == date(2029, 2, 3)
