"""Add-ons: each with its own price and its own effect, starting from the plan without any."""

from __future__ import annotations

import pytest

from chedai.engine.compare.walk import AddOn, payment_walk
from chedai.engine.errors import InvalidArgument
from chedai.engine.rates import Fee, ShareOf, When
from chedai.engine.terms import LoanTerms
from tests.engine.compare.shop import POINT, TODAY

TERMS = LoanTerms(principal=100_000_00, annual_rate=5_880_000, periods=36, disbursed_on=TODAY)


def test_a_financed_product_raises_the_instalment_and_bears_interest() -> None:
    warranty, film = AddOn("延保", 5_000_00), AddOn("贴膜", 2_000_00, financed=False)
    first, second = payment_walk(TERMS, [warranty, film], price=125_000_00)
    assert (first.add_on, first.principal, first.instalment, first.effect) == (warranty, 105_000_00, 3188_60, 151_84)
    assert first.cost == 466_14
    assert first.total_paid == 134_323_36 + 5_000_00 + first.cost
    assert (second.principal, second.effect, second.cost) == (105_000_00, 0, 0)
    assert second.total_paid == first.total_paid + 2_000_00


def test_the_order_of_products_paid_in_cash_changes_nothing() -> None:
    one, two = AddOn("甲", 1_000_00, financed=False), AddOn("乙", 3_000_00, financed=False)
    assert payment_walk(TERMS, [one, two], price=125_000_00)[-1].total_paid == 138_323_36
    assert payment_walk(TERMS, [two, one], price=125_000_00)[-1].total_paid == 138_323_36


def test_fees_on_the_loan_grow_with_what_is_added_to_it() -> None:
    share = Fee("服务费", share=3 * POINT)
    (step,) = payment_walk(TERMS, [AddOn("延保", 5_000_00)], price=125_000_00, fees=[share])
    assert step.cost == 466_14 + 150_00
    on_price = [Fee("评估费", share=POINT, of=ShareOf.PRICE), Fee("月费", amount=10_00, when=When.PERIODIC)]
    (step,) = payment_walk(TERMS, [AddOn("贴膜", 5_000_00, financed=False)], price=125_000_00, fees=on_price)
    assert (step.cost, step.instalment, step.total_paid) == (0, 3046_76, 140_933_36)


def test_no_product_no_step_and_no_price_no_product() -> None:
    assert payment_walk(TERMS, [], price=125_000_00) == ()
    with pytest.raises(InvalidArgument, match="add_on: must have a price above 0"):
        AddOn("赠品", 0)
