"""An old car in exchange, a lease beside the loans, and charges the rate does not count."""

from __future__ import annotations

from typing import Any

import pytest

from chedai.engine.compare import ProductKind, Repayment, ResidualBearer, TailOf, TradeIn, compare
from chedai.engine.rates import Fee, Payee, When
from chedai.engine.terms import Amortisation
from tests.engine.compare.shop import POINT, catalogue, product, wish


def test_what_the_old_car_is_worth_beyond_its_loan_lowers_the_cash_of_the_day() -> None:
    cash, plan = compare(wish(trade_in=TradeIn(60_000_00, 45_000_00)), catalogue(product())).plans
    assert (plan.down_payment, plan.cash_at_signing, plan.negative_equity) == (25_000_00, 10_000_00, 0)
    assert cash.cash_at_signing == 110_000_00


def test_a_shortfall_is_a_line_of_its_own_and_never_part_of_the_loan() -> None:
    old = TradeIn(40_000_00, 52_000_00)
    assert (old.equity, old.negative_equity) == (0, 12_000_00)
    assert (TradeIn(5, 2).equity, TradeIn(5, 2).negative_equity) == (3, 0)
    cash, plan = compare(wish(trade_in=old), catalogue(product())).plans
    assert (plan.negative_equity, cash.negative_equity) == (12_000_00, 12_000_00)
    assert (plan.principal, plan.cash_at_signing) == (100_000_00, 37_000_00)
    assert plan.financing is not None and plan.financing.ltv == 80 * POINT


def test_the_shortfall_counts_against_the_cash_there_is() -> None:
    asked = wish(trade_in=TradeIn(40_000_00, 52_000_00), cash_most=36_000_00)
    (why,) = compare(asked, catalogue(product())).why_not
    assert [(f.figure, f.limit) for f in why.failures] == [(37_000_00, 36_000_00)]


def _lease(**changes: Any) -> Any:
    residual = Repayment(Amortisation.BALLOON, tail_share=20 * POINT, tail_of=TailOf.PRICE)
    return product("lease", rate=6 * POINT, kind=ProductKind.FINANCE_LEASE, repayments=(residual,), **changes)


def test_a_finance_lease_is_a_loan_whose_residual_the_customer_pays_at_the_end() -> None:
    _, plan = compare(wish(), catalogue(_lease())).plans
    assert plan.financing is not None
    assert (plan.financing.tail, plan.financing.returns_car) == (25_000_00, False)
    assert plan.nominal_rate is not None and f"{plan.nominal_rate * 100:.2f}" == "6.00"
    assert plan.last - plan.instalment in range(24_999_00, 25_001_00)
    assert plan.total_paid == 125_000_00 + plan.interest


def test_where_the_lessor_bears_the_residual_the_customer_neither_pays_it_nor_keeps_the_car() -> None:
    _, kept = compare(wish(), catalogue(_lease())).plans
    _, returned = compare(wish(), catalogue(_lease(residual_bearer=ResidualBearer.LESSOR))).plans
    assert returned.financing is not None and returned.financing.returns_car
    assert kept.total_paid - returned.total_paid == kept.last - returned.last == 25_000_00
    assert (returned.nominal_rate, returned.over_cash) == (kept.nominal_rate, kept.over_cash)


def test_a_loan_is_never_returned_to_a_lessor() -> None:
    loan = product(residual_bearer=ResidualBearer.LESSOR)
    _, plan = compare(wish(), catalogue(loan)).plans
    assert plan.financing is not None and not plan.financing.returns_car


@pytest.mark.parametrize("negative", [TradeIn.__name__, "value", "payoff"])
def test_an_old_car_has_no_negative_figures(negative: str) -> None:
    amounts = {"value": 1, "payoff": 1} | ({negative: -1} if negative != TradeIn.__name__ else {"value": -1})
    with pytest.raises(ValueError, match="must be an amount of at least 0"):
        TradeIn(**amounts)


def test_every_fee_has_its_payee_and_moment_and_a_contingent_one_is_no_cost_of_the_plan() -> None:
    fees = (
        Fee("服务费", amount=1000_00, payee=Payee.DEALER),
        Fee("首期手续费", amount=200_00, when=When.FIRST_INSTALMENT),
        Fee("账户管理费", amount=10_00, when=When.PERIODIC),
        Fee("车损险", amount=4000_00, payee=Payee.INSURER, in_rate=False),
        Fee("提前还款违约金", share=3 * POINT, when=When.CONTINGENT),
    )
    _, plan = compare(wish(), catalogue(product(fees=fees))).plans
    assert [(f.name, f.payee, f.when, f.each, f.total, f.in_rate) for f in plan.fees] == [
        ("服务费", Payee.DEALER, When.UPFRONT, 1000_00, 1000_00, True),
        ("首期手续费", Payee.LENDER, When.FIRST_INSTALMENT, 200_00, 200_00, True),
        ("账户管理费", Payee.LENDER, When.PERIODIC, 10_00, 360_00, True),
        ("车损险", Payee.INSURER, When.UPFRONT, 4000_00, 4000_00, False),
    ]
    assert (plan.fee_total, plan.other_fees) == (1560_00, 4000_00)
    assert plan.cash_at_signing == 30_000_00
    assert plan.over_cash == 9323_36 + 1560_00
    assert plan.total_paid == 125_000_00 + plan.over_cash + 4000_00
    assert plan.instalment == 3046_76


def test_periodic_fees_that_do_not_stop_are_owed_in_full_at_an_early_settlement() -> None:
    fee = Fee("手续费", amount=100_00, when=When.PERIODIC)
    _, stops = compare(wish(), catalogue(product(fees=(fee,)))).plans
    _, stays = compare(wish(), catalogue(product(fees=(fee,), fees_stop=False))).plans
    assert [s.cost for s in stays.settlements][2] == [s.cost for s in stops.settlements][2]
    first, second = stops.settlements[0], stays.settlements[0]
    assert first.cost is not None and second.cost is not None
    assert second.cost - first.cost == second.payoff - first.payoff == 2400_00
