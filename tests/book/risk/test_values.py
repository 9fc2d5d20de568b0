"""What a car is worth by now: from the newest figure along the curve of the policy; below what is owed is an alert."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple

import pytest
from django.utils import translation

from chedai.book.loans.bulk.models import BankLine
from chedai.book.loans.models import Delinquency, Loan
from chedai.book.risk.indicators import Asked, value_below_balance
from chedai.book.risk.models import Alert
from chedai.book.risk.scanning import risk_scan
from chedai.book.risk.values import values_over_time
from chedai.catalog.vehicles.models import Valuation, Vehicle, VehicleModel
from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.policies.selectors import book_in_force
from chedai.web.loans.worth import worth
from tests.book.collection.book import desk, late_loan

pytestmark = pytest.mark.django_db

FIRST = date(2026, 12, 1)


class Row(NamedTuple):
    """A day of the plan and the principal left after it."""

    due_date: date
    balance: int


@pytest.fixture
def loan() -> Loan:
    made = late_loan(desk(), 1)  # paid out on 15 March 2026, owes 84,531.03
    Delinquency.objects.all().delete()
    model = VehicleModel.objects.create(
        code="EV", brand="启程", series="E5", trim="520km", year=2026, kind="nev", energy="ev", guide_price=13_000_000
    )
    made.vehicle = Vehicle.objects.create(
        vin="LFV2A21K8A3000001", model=model, invoice_price=12_500_000, registered_at=clock.now()
    )
    made.save()
    return made


def values(loan: Loan, *days: date) -> list[int] | None:
    return values_over_time(loan, list(days), book_in_force(), FIRST)


def test_a_car_follows_the_curve_from_its_invoice(loan: Loan) -> None:
    # 100 % new, 80 % after 12 months, 68 % after 24: straight lines between
    assert values(loan, date(2026, 3, 15), date(2026, 9, 15), date(2027, 3, 16), date(2028, 3, 16)) == [
        12_500_000,
        11_250_000,
        10_000_000,
        8_500_000,
    ]


def test_a_valuation_is_believed_before_the_invoice_and_moves_along_the_same_curve(loan: Loan) -> None:
    assert loan.vehicle is not None
    Valuation.objects.create(
        vehicle=loan.vehicle, source="agency", valuer="评估行", amount=8_000_000, valued_on=date(2027, 3, 16)
    )
    assert values(loan, date(2027, 3, 16), date(2028, 3, 16)) == [8_000_000, 6_800_000]


def test_the_page_of_the_loan_tells_its_loan_to_value_today_and_at_the_highest(loan: Loan) -> None:
    rows = [Row(date(2026, 3, 15), 9_000_000), Row(date(2026, 9, 15), 9_900_000), Row(date(2027, 3, 16), 5_000_000)]
    with clock.frozen(datetime(2026, 9, 15, 2, tzinfo=UTC)), translation.override("zh-hans"):
        shown = worth(loan, rows)
    # 84,531.03 owed on 112,500.00 today; 99,000.00 planned on the same
    assert shown["worth_finding"] == (
        "贷款价值比今天 75.1%，按计划最高 88.0%（2026-09）。按折旧曲线，车值始终不低于剩余本金。"
    )
    assert [row[1] for row in shown["worth"].rows][1] == ("9.9", "11.25")


def test_of_a_banks_loan_it_tells_what_the_plan_and_then_the_list_of_the_bank_say(loan: Loan) -> None:
    rows = [Row(date(2026, 3, 15), 9_000_000), Row(date(2026, 9, 15), 7_875_000), Row(date(2027, 3, 16), 5_000_000)]
    Loan.objects.filter(pk=loan.pk).update(book="bank")
    loan.refresh_from_db()
    with clock.frozen(datetime(2026, 9, 15, 2, tzinfo=UTC)), translation.override("zh-hans"):
        planned = worth(loan, rows)["worth_finding"]
        figures = {"overdue_days": 0, "missed": 0, "overdue": 0, "balance": 9_000_000}
        BankLine.objects.create(loan=loan, as_of=date(2026, 9, 14), taken_at=clock.now(), **figures)
        told = worth(loan, rows)["worth_finding"]
    assert planned.startswith("贷款价值比今天 70.0%，") and told.startswith("贷款价值比今天 80.0%，")


def test_without_a_figure_nothing_is_said(loan: Loan) -> None:
    Vehicle.objects.update(invoice_price=None)
    loan.refresh_from_db()
    assert values(loan, FIRST) is None


def test_a_car_worth_less_than_is_owed_is_one_alert_on_the_first_of_a_month(loan: Loan) -> None:
    assert loan.vehicle is not None
    Valuation.objects.create(
        vehicle=loan.vehicle, source="agency", valuer="评估行", amount=8_000_000, valued_on=date(2026, 11, 30)
    )
    for day in (date(2026, 11, 30), FIRST, date(2026, 12, 2)):
        with clock.frozen(datetime(day.year, day.month, day.day, 2, tzinfo=UTC)):
            risk_scan(day=day, actor=system("close"))
    (alert,) = Alert.objects.filter(indicator="value_below_balance")
    assert (alert.opened_on, alert.value, alert.cleared_on) == (FIRST, 8_453_103 - 8_000_000, None)
    assert alert.evidence == {"owed": 8_453_103, "value": 8_000_000, "numbers": [loan.number]}


def test_a_car_worth_a_little_less_is_no_alert_from_the_amount_of_the_policy_on_it_is(loan: Loan) -> None:
    assert loan.vehicle is not None
    given = {"vehicle": loan.vehicle, "source": "agency", "valuer": "评估行"}
    Valuation.objects.create(amount=8_453_103 - 1_000_00 + 1, valued_on=date(2026, 11, 30), **given)
    asked = Asked(FIRST, "loan", book_in_force())
    assert list(value_below_balance(asked)) == []
    Valuation.objects.create(amount=8_453_103 - 1_000_00, valued_on=FIRST, **given)
    assert [one.value for one in value_below_balance(asked)] == [1_000_00]
