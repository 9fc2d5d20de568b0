"""The all-in cost and its statement: every payee by name, parts that add up."""

from __future__ import annotations

from datetime import date

import pytest

from chedai.engine.errors import InvalidArgument, LengthMismatch
from chedai.engine.rates import (
    Payee,
    When,
    all_in,
    annual_rates,
    annual_rates_dated,
    cash_flows,
    parse_fee,
    settled_early,
)
from chedai.engine.terms import Unit
from tests.engine.rates.plans import PAYOUT, dues, rows

FEES = [
    parse_fee("服务费:3000:upfront:dealer"),
    parse_fee("担保费:0.05%:periodic:guarantor"),
    parse_fee("交强险:950:upfront:insurer:out"),
    parse_fee("提前结清违约金:3%:contingent"),
]


def test_the_statement_names_every_cost_and_its_payee() -> None:
    cost = all_in(10_000_000, dues("100000", "6", 36), FEES)
    assert [(item.name, item.payee, item.when, item.amount, item.in_rate) for item in cost.items] == [
        ("利息", Payee.LENDER, When.PERIODIC, 951_901, True),
        ("服务费", Payee.DEALER, When.UPFRONT, 300_000, True),
        ("担保费", Payee.GUARANTOR, When.PERIODIC, 180_000, True),
        ("交强险", Payee.INSURER, When.UPFRONT, 95_000, False),
    ]
    assert [(item.name, item.amount) for item in cost.contingent] == [("提前结清违约金", 300_000)]
    assert cost.by_payee() == (
        (Payee.LENDER, 951_901),
        (Payee.DEALER, 300_000),
        (Payee.INSURER, 95_000),
        (Payee.GUARANTOR, 180_000),
    )
    assert (cost.principal, cost.in_rate, cost.total) == (10_000_000, 1_431_901, 1_526_901)


def test_the_parts_of_the_rate_add_up_to_the_all_in_rate() -> None:
    cost = all_in(10_000_000, dues("100000", "6", 36), FEES)
    assert cost.items[0].annual == cost.contract.nominal
    assert sum(item.annual for item in cost.items) == pytest.approx(cost.all_in.nominal, abs=1e-15)
    assert [item.annual > 0.01 for item in cost.items] == [True, True, True, False]
    assert cost.items[3].annual == 0


def test_the_flows_are_those_of_the_rate() -> None:
    instalments = dues("100000", "6", 36)
    cost = all_in(10_000_000, instalments, FEES)
    assert cost.flows == cash_flows(10_000_000, instalments, FEES)
    assert cost.all_in == annual_rates(cost.flows)
    assert cost.contract == annual_rates(cash_flows(10_000_000, instalments))


def test_without_fees_both_rates_are_one() -> None:
    cost = all_in(10_000_000, dues("100000", "6", 36))
    assert cost.all_in == cost.contract
    assert cost.flows[0] == 10_000_000


def test_a_share_of_the_price_needs_the_price() -> None:
    fees = [parse_fee("出库费:1%price:upfront:dealer")]
    assert all_in(10_000_000, dues("100000", "6", 36), fees, price=18_500_000).items[1].amount == 185_000
    with pytest.raises(InvalidArgument, match="price"):
        all_in(10_000_000, dues("100000", "6", 36), fees)


def test_a_deferred_first_instalment_lowers_the_rate() -> None:
    instalments = dues("100000", "6", 36)
    now, later = all_in(10_000_000, instalments), all_in(10_000_000, instalments, wait=2)
    assert len(later.flows) == 39
    assert later.all_in.nominal < now.all_in.nominal


def test_real_dates_count_by_the_day() -> None:
    plan = rows("100000", "6", 12)
    days = [PAYOUT, *(row.due for row in plan)]
    cost = all_in(10_000_000, [row.total for row in plan], FEES, days=days)
    assert cost.all_in == annual_rates_dated(cost.flows, days)
    assert cost.contract.effective == pytest.approx(0.0619, abs=5e-5)
    with pytest.raises(LengthMismatch):
        all_in(10_000_000, [row.total for row in plan], days=[date(2026, 1, 1)])


def test_cleared_early_the_fees_weigh_on_fewer_months() -> None:
    paid = rows("100000", "6", 36)[:12]
    totals, balance = [row.total for row in paid], paid[-1].balance
    assert settled_early(10_000_000, totals, balance).nominal == pytest.approx(0.06, abs=1e-6)
    with_fees = settled_early(10_000_000, totals, balance, FEES)
    flows = [9_700_000, *(-due - 5_000 for due in totals)]
    flows[-1] -= balance
    assert with_fees == annual_rates(flows)
    assert with_fees.nominal > all_in(10_000_000, dues("100000", "6", 36), FEES).all_in.nominal


def test_cleared_early_in_other_periods_with_a_wait_and_a_share_of_the_price() -> None:
    fees = [parse_fee("出库费:1%price:upfront:dealer")]
    rates = settled_early(1_000_000, [10_000], 995_000, fees, price=100_000, wait=2, unit=Unit.WEEK, every=2)
    assert rates == annual_rates([999_000, 0, 0, -1_005_000], unit=Unit.WEEK, every=2)
    with pytest.raises(InvalidArgument, match="payoff: must not be negative"):
        settled_early(1_000_000, [10_000], -1)
