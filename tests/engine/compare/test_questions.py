"""A wish or a catalogue that contradicts itself is refused by name, and nothing is compared."""

from __future__ import annotations

from datetime import date

import pytest

from chedai.engine.compare import Bound, Product, Scope, TermRate, Wish, compare
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


def _version(version: str, starts: date | None, ends: date | None, rate: int = 5_880_000) -> Product:
    return product(rate=rate, version=version, scope=Scope(starts=starts, ends=ends))


def test_two_versions_of_a_product_may_not_hold_on_one_day() -> None:
    old = _version("2026-09", None, date(2026, 10, 31))
    for starts in (None, date(2026, 10, 31)):
        with pytest.raises(EngineError, match="products: has two versions on one day"):
            catalogue(old, _version("2026-10", starts, None))


def test_the_version_of_the_day_is_quoted_and_an_old_deal_keeps_its_own() -> None:
    old = _version("2026-09", None, date(2026, 10, 31), rate=6_880_000)
    new = _version("2026-11", date(2026, 11, 1), date(2026, 12, 31))
    shelf = catalogue(old, new)
    versions = []
    for day in (date(2026, 10, 31), date(2026, 11, 1), date(2027, 1, 1)):
        found = compare(wish(on=day), shelf)
        sold = [p.financing.product.version for p in found.plans if p.financing]
        versions.append((sold, [(w.product.version, w.failures[0].bound) for w in found.why_not]))
    assert versions == [(["2026-09"], []), (["2026-11"], []), ([], [("2026-11", Bound.DATE)])]


def test_the_defaults_of_a_wish_ask_for_nothing_special() -> None:
    asked = wish()
    assert isinstance(asked, Wish) and isinstance(product(), Product)
    assert (asked.terms, asked.instalment_most, asked.settle_months) == ((), None, (12, 24, 36))
