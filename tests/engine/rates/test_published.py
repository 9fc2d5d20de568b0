"""The figures of the rule book and of the catalogue, to the digits printed there."""

from __future__ import annotations

import pytest

from chedai.engine.money import divide, rate_units
from chedai.engine.rates import (
    FlatPer,
    Programme,
    all_in,
    annual_rates,
    charge_room,
    flat_truth,
    parse_fee,
    percent_text,
    public_subsidy,
    subsidy_upfront,
)
from tests.engine.rates.plans import dues, rows

CAR36 = "100000", "6", 36


def test_six_payments_of_3933_33_for_20000() -> None:
    assert round(annual_rates([2_000_000, *[-393_333] * 6]).nominal, 6) == 0.593313


@pytest.mark.parametrize(
    ("principal", "periods", "rate", "per", "payment", "nominal", "effective"),
    [
        (15_560_000, 84, "0.5", FlatPer.YEAR, 191_721, 0.009772, None),
        (10_000_000, 60, "16", FlatPer.WHOLE, 193_333, 0.060011, 0.06169),
        (1_200_000, 12, "0.6", FlatPer.PERIOD, 107_200, 0.130342, 0.138418),
        (1_000_000, 12, "0.5", FlatPer.PERIOD, 88_333, 0.108964, 0.114574),
        (10_000_000, 36, "0.25", FlatPer.PERIOD, 302_778, 0.056814, 0.058317),
    ],
)
def test_flat_offers(
    principal: int, periods: int, rate: str, per: FlatPer, payment: int, nominal: float, effective: float | None
) -> None:
    truth = flat_truth(principal, periods, rate_units(rate), per=per)
    assert truth.instalments[0] == payment
    assert round(truth.true.nominal, 6) == nominal
    if effective is not None:
        assert round(truth.true.effective, 6) == effective


@pytest.mark.parametrize(("fee", "nominal"), [("3000", 0.080573), ("5000", 0.094789)])
def test_fees_taken_up_front(fee: str, nominal: float) -> None:
    cost = all_in(10_000_000, dues(*CAR36), [parse_fee(f"服务费:{fee}:upfront")])
    assert round(cost.all_in.nominal, 6) == nominal


@pytest.mark.parametrize(("when", "nominal"), [("upfront", 0.081371), ("first_instalment", 0.080794)])
def test_zero_interest_with_eight_percent_of_fees(when: str, nominal: float) -> None:
    cost = all_in(10_000_000, dues("100000", "0", 24), [parse_fee(f"手续费:8%:{when}")])
    assert round(cost.all_in.nominal, 6) == nominal
    assert cost.contract.nominal == pytest.approx(0, abs=1e-14)


@pytest.mark.parametrize(("fee", "nominal"), [("0", 0.06), ("3", 0.083047), ("5", 0.098128), ("10", 0.134887)])
def test_settled_after_twelve_months_with_a_fee(fee: str, nominal: float) -> None:
    first_year = rows(*CAR36)[:12]
    # In hundredths of a fen, because the printed figures leave the fee unrounded (2,059.2195 at 3 %).
    payoff = first_year[-1].balance * (100 + int(fee))
    flows = [1_000_000_000, *(-row.total * 100 for row in first_year)]
    flows[-1] -= payoff
    assert round(annual_rates(flows).nominal, 6) == nominal


@pytest.mark.parametrize(("fee", "shown"), [("3", "8.30%"), ("5", "9.81%"), ("10", "13.49%")])
def test_settled_early_as_the_customer_pays_it(fee: str, shown: str) -> None:
    first_year = rows(*CAR36)[:12]
    flows = [10_000_000, *(-row.total for row in first_year)]
    flows[-1] -= first_year[-1].balance + divide(first_year[-1].balance * rate_units(fee), 10**8)
    assert percent_text(annual_rates(flows).nominal) == shown


def test_makers_subsidy() -> None:
    assert subsidy_upfront(10_000_000, [dues("100000", "0", 36)[0]] * 36, rate_units("6")) == 869_155
    payment = dues("100000", "2.99", 36)[0]
    assert payment == 290_768
    assert subsidy_upfront(10_000_000, [payment] * 36, rate_units("6")) == 442_160


def test_public_subsidy_of_the_first_year() -> None:
    interest = sum(row.interest for row in rows("100000", "3", 36)[:12])
    programme = Programme(rate_units("1"), rate_units("50"), cap=300_000)
    assert interest == 255_772
    assert public_subsidy(interest, 10_000_000, rate_units("3"), programme).amount == 85_257


def test_high_rate_high_rebate_is_why_clawback_matters() -> None:
    plan = flat_truth(10_000_000, 60, rate_units("3"), per=FlatPer.YEAR).instalments
    two_years = [*plan[:23], plan[23] + 6_000_000]  # the principal of 36 of 60 instalments is left
    rebate = 1_500_000
    assert round(annual_rates([10_000_000, *(-due for due in plan)]).nominal, 6) == 0.056418
    assert round(annual_rates([10_000_000, *(-due for due in two_years)]).nominal, 6) == 0.037001
    assert round(annual_rates([-10_000_000 - rebate, *plan]).nominal, 6) == 0.0
    assert round(annual_rates([-10_000_000 - rebate, *two_years]).nominal, 6) == -0.051033


def test_the_guard_at_24_percent() -> None:
    stretch = [(30, 10_000_000)]
    assert charge_room(0, stretch, rate_units("24")).allowed == 200_000
    assert charge_room(0, stretch, rate_units("24"), basis=365).allowed == 197_260


def test_a_month_at_0_32_percent_is_7_22_a_year_not_3_84() -> None:
    truth = flat_truth(10_000_000, 36, rate_units("0.32"))
    assert (percent_text(truth.advertised), percent_text(truth.plan.nominal)) == ("3.84%", "7.22%")


def test_5_88_with_three_percent_up_front_is_7_94() -> None:
    cost = all_in(10_000_000, dues("100000", "5.88", 36), [parse_fee("手续费:3%:upfront")])
    assert percent_text(cost.all_in.nominal) == "7.94%"


def test_zero_interest_with_four_percent_over_24_months_is_3_95() -> None:
    cost = all_in(10_000_000, dues("100000", "0", 24), [parse_fee("手续费:4%:upfront")])
    assert percent_text(cost.all_in.nominal) == "3.95%"


def test_200000_at_5_5_cleared_after_24_costs_more_than_the_discount() -> None:
    interest = sum(row.interest for row in rows("200000", "5.5", 60)[:24])
    assert interest == 1_820_051
    assert interest > 1_500_000  # the 15,000 off the car that the loan brought


def test_the_monthly_penalty_free_rate_of_the_conduct_table() -> None:
    """6 % + 3,000 on 100 k over 36 months is 8.06 %, + 5,000 is 9.48 %."""
    shown = [
        percent_text(all_in(10_000_000, dues(*CAR36), [parse_fee(f"服务费:{fee}")]).all_in.nominal)
        for fee in ("3000", "5000")
    ]
    assert shown == ["8.06%", "9.48%"]
