"""A wish or a catalogue that contradicts itself is refused by name, and nothing is compared."""

from __future__ import annotations

import pytest

from chedai.engine.compare import Product, TermRate, Wish
from chedai.engine.errors import EngineError
from tests.engine.compare.shop import POINT, catalogue, product, wish


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"price": 0}, "price: must be a positive amount"),
        ({"down_payments": ()}, "down_payments: must name at least one"),
        ({"down_payments": (5, -1)}, "down_payments, row 2: must be between 0 and the price"),
        ({"down_payments": (125_000_01,)}, "down_payments, row 1: must be between 0 and the price"),
        ({"instalment_most": -1}, "instalment_most: must not be negative"),
        ({"cash_most": -1}, "cash_most: must not be negative"),
        ({"vehicle_age": -1}, "vehicle_age: must not be negative"),
        ({"government_subsidy": -1}, "government_subsidy: must not be negative"),
        ({"cash_discount": -1}, "cash_discount: must not be negative"),
        ({"terms": (12, 0)}, "terms, row 2: must be at least 1 month"),
        ({"settle_months": (0,)}, "settle_months, row 1: must be at least 1 month"),
        ({"settle_at": 0}, "settle_at, row 1: must be at least 1 month"),
    ],
)
def test_a_wish_must_make_sense(changes: dict[str, object], refusal: str) -> None:
    with pytest.raises(EngineError, match=refusal):
        wish(**changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"rates": ()}, "rates: must hold at least one term"),
        ({"rates": (TermRate(12, 1), TermRate(12, 2))}, "rates: states one term twice"),
        ({"repayments": ()}, "repayments: must hold at least one method"),
        ({"min_down": 101 * POINT}, "min_down: must be between 0 % and 100 %"),
        ({"max_ltv": -1}, "max_ltv: must be between 0 % and 100 %"),
        ({"amount_step": 0}, "amount_step: must be at least 1 fen"),
        ({"min_amount": 0}, "min_amount: must be at least 1 fen"),
    ],
)
def test_a_product_must_make_sense(changes: dict[str, object], refusal: str) -> None:
    with pytest.raises(EngineError, match=refusal):
        product(**changes)  # type: ignore[arg-type]


def test_two_products_may_not_share_a_code() -> None:
    with pytest.raises(EngineError, match="products: names one code twice"):
        catalogue(product(), product())


def test_the_defaults_of_a_wish_ask_for_nothing_special() -> None:
    asked = wish()
    assert isinstance(asked, Wish) and isinstance(product(), Product)
    assert (asked.terms, asked.instalment_most, asked.settle_months) == ((), None, (12, 24, 36))
