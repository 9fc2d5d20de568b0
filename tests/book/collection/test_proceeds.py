"""The proceeds of a car on its loan: what is due in its order, then principal, and what is over goes to the owner."""

from __future__ import annotations

from datetime import date

import pytest

from chedai.book.collection.models import CollectionCase, Recovery
from chedai.book.collection.services.booking import car_book
from chedai.book.collection.services.recovery import car_sell, car_take
from chedai.book.loans import selectors
from chedai.book.loans.models import LoanEvent
from chedai.book.loans.services.keeping import loan_bring
from tests import cast
from tests.book.collection import book
from tests.book.loans.lending import INSTALMENT, Lent, is_balanced, lend, on, stands
from tests.cast import acting

pytestmark = pytest.mark.django_db
SOLD = date(2025, 5, 20)


@pytest.fixture
def late() -> Lent:
    """A loan of 100,000.00 whose first instalment is ten days late: 3,042.19, and a penalty of 7.61 on it."""
    lent = lend()
    with on(SOLD):
        loan_bring(loan_id=lent.loan_id, day=SOLD, actor=book.CLOSE)
    return lent


def sell(late: Lent, price: int, day: date = SOLD) -> Recovery:
    """The car is taken and sold for `price` fen with no costs, and the money booked on `day`."""
    case = CollectionCase.objects.get(loan=late.loan_id)
    manager = cast.person("xu", "许宁", late.loan.store, "manager")
    second = cast.person("he", "何平", late.loan.store, "collector")
    with on(SOLD):
        car = car_take(
            case_id=case.pk,
            taken_on=SOLD,
            place="停车场",
            condition="完好",
            taken_by=manager.pk,
            second=second.pk,
            valued=price,
            actor=acting(manager),
        )
        car_sell(recovery_id=car.pk, sold_on=SOLD, buyer="车商甲", price=price, costs=0, actor=acting(manager))
    with on(day):
        return car_book(recovery_id=car.pk, actor=late.money)


def booked(car: Recovery) -> LoanEvent:
    return LoanEvent.objects.get(pk=car.receipt)


def test_what_is_due_comes_first_and_the_rest_is_principal_so_that_no_more_interest_runs_on_it(late: Lent) -> None:
    car = sell(late, 56_000_00)
    loan = late.loan
    assert (booked(car).kind, loan.credit, late.parts()) == ("prepayment", 0, [])
    assert loan.owed == 100_000_00 - (56_000_00 - 500_00 - 7_61)
    assert stands(SOLD, "1301", "2241") == {"1301": loan.owed, "2241": 0}
    with on(SOLD):
        ahead = [row for row in selectors.loan_state(loan, SOLD).rows if row.due_date > SOLD]
    assert len(ahead) == 35 and ahead[0].total < INSTALMENT
    assert is_balanced(SOLD)


def test_between_all_principal_and_all_that_is_owed_nothing_runs_but_what_had_run(late: Lent) -> None:
    """Of 157.19 of interest up to the sale 92.39 is held: 64.80 is missing on the next due day, whenever one looks."""
    sell(late, 100_000_00 + 500_00 + 7_61 + 92_39)
    loan = late.loan
    assert (loan.state, loan.owed, loan.credit, late.parts()) == ("active", 0, 92_39, [])
    due = date(2025, 6, 10)
    for day in (SOLD, date(2025, 6, 1), due):
        with on(day):
            assert selectors.payoff_quote(loan, day).total == 64_80
    late.pay(64_80, due)
    assert (late.loan.state, late.loan.credit) == ("settled", 0)
    assert is_balanced(due)


def test_less_than_is_due_is_a_receipt_like_any_other(late: Lent) -> None:
    car = sell(late, 3_000_00)
    loan = late.loan
    assert (booked(car).kind, loan.credit) == ("repayment", 0)
    assert late.parts() == [(1, INSTALMENT + 7_61 - 3_000_00, 0, 0)]


def test_more_than_all_that_is_owed_settles_the_loan_and_the_rest_is_held_for_the_owner(late: Lent) -> None:
    """At once, as of the day of the sale, and without the fee for leaving early: nobody chose to leave."""
    car = sell(late, 120_000_00)
    assert booked(car).kind == "prepayment"
    loan = late.loan
    assert (loan.state, loan.settled_on, loan.owed) == ("settled", SOLD, 0)
    assert loan.credit == 120_000_00 - 100_000_00 - 500_00 - 7_61 - 157_19
    assert not LoanEvent.objects.filter(kind="charge").exists()
    assert stands(SOLD, "1301", "1132", "2241") == {"1301": 0, "1132": 0, "2241": loan.credit}
    assert is_balanced(SOLD)


def test_what_the_customer_paid_between_the_sale_and_its_booking_does_not_stand_against_it(late: Lent) -> None:
    paid, day = date(2025, 5, 22), date(2025, 5, 23)
    late.pay(1_000_00, paid)
    car = sell(late, 120_000_00, day)
    loan = late.loan
    assert (booked(car).kind, booked(car).on, loan.owed) == ("prepayment", SOLD, 0)
    assert (loan.state, loan.settled_on) == ("settled", paid)
    assert loan.credit == 120_000_00 + 1_000_00 - 100_000_00 - 500_00 - 7_61 - 157_19
    assert is_balanced(day)
