"""Promotions: what they may promise, when they end, and whose place it is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from chedai.catalog.models import Promotion, PromotionTake
from chedai.catalog.products import menu, promotions
from chedai.catalog.products.selectors import catalogue_on
from chedai.catalog.products.states import AddOnKind
from chedai.engine.compare import Wish, compare
from chedai.engine.rates import Payee
from chedai.platform import clock
from chedai.platform.errors import Conflict, NotFound, Refusal, Refusals
from tests.catalog import shelf
from tests.catalog.shelf import SYSTEM
from tests.support.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock")]
TODAY = date(2026, 11, 20)


def opened(quota: int | None = None, **terms: Any) -> Promotion:
    if not shelf.Product.objects.exists():
        shelf.product(shelf.lender())
    return promotions.promotion_open(
        code="low",
        name="年末 2.99%",
        starts=date(2026, 11, 1),
        ends=date(2026, 12, 31),
        quota=quota,
        terms={"products": ["auto"], "rates": {"36": "2.99"}, "subsidies": {"厂家|maker": 70, "经销商|dealer": 30}}
        | terms,
        actor=SYSTEM,
    )


def take(contract: str) -> Promotion:
    return promotions.promotion_take(code="low", contract=contract, actor=SYSTEM)


def test_it_is_on_the_shelf_and_its_payers_pay_the_difference() -> None:
    opened()
    wish = Wish(price=10_000_000, on=TODAY, down_payments=(2_000_000,), terms=(36,))
    plan = next(p for p in compare(wish, catalogue_on(TODAY)).plans if p.financing and p.financing.promotion)
    paid = {line.payer: line.amount for line in plan.subsidies}
    assert plan.financing is not None and plan.financing.annual_rate == 2_990_000
    assert set(paid) == {"厂家|maker", "经销商|dealer"}
    assert round(100 * paid["厂家|maker"] / sum(paid.values())) == 70


def test_of_a_race_for_the_last_places_nobody_too_many_has_one() -> None:
    opened(quota=5)
    results = race(lambda number: take(f"HT{number:03}"), 16)
    assert sum(isinstance(one, Promotion) for one in results) == 5
    assert {one.code for one in results if isinstance(one, Conflict)} == {"promotion-used-up"}
    assert (Promotion.objects.get().used, PromotionTake.objects.count()) == (5, 5)


def test_a_contract_takes_one_place_and_gives_back_one() -> None:
    opened(quota=1)
    take("HT1")
    assert take("HT1").used == 1
    with pytest.raises(Conflict) as refused:
        take("HT2")
    assert "名额 1 已用完" in refused.value.zh
    for _ in range(2):
        assert promotions.promotion_give_back(code="low", contract="HT1", actor=SYSTEM).used == 0
    assert take("HT2").used == 1


def test_a_used_up_promotion_is_said_to_be_so_on_the_shelf() -> None:
    opened(quota=1)
    assert catalogue_on(TODAY).promotions[0].used == 0
    take("HT1")
    assert (catalogue_on(TODAY).promotions[0].used, catalogue_on(TODAY).promotions[0].quota) == (1, 1)


def test_it_ends_at_midnight_in_shanghai() -> None:
    opened()
    with clock.frozen(datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)):
        take("HT1")
    with clock.frozen(datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC)), pytest.raises(Conflict) as refused:
        take("HT2")
    assert refused.value.code == "promotion-over"
    assert Promotion.objects.get().used == 1


def test_a_stopped_promotion_serves_nobody_new_and_says_why_it_stopped() -> None:
    opened()
    with pytest.raises(Refusal):
        promotions.promotion_stop(code="low", reason="", actor=SYSTEM)
    promotions.promotion_stop(code="low", reason="预算用完", actor=SYSTEM)
    assert catalogue_on(TODAY).promotions == ()
    with pytest.raises(Conflict):
        take("HT1")


def test_no_down_payment_only_where_the_product_may_finance_the_whole_price() -> None:
    with pytest.raises(Refusals) as refused:
        opened(min_down=0)
    assert refused.value.zh == "首付 0% 低于江河银行专项车贷的下限 15%"
    assert not Promotion.objects.exists()


def test_payers_pay_the_whole_and_know_what_they_pay_to() -> None:
    with pytest.raises(Refusal) as refused:
        opened(subsidies={"厂家|maker": 70})
    assert refused.value.field == "subsidies"
    with pytest.raises(Refusals) as refused_too:
        opened(rates={"60": "2.99"})
    assert refused_too.value.field == "standard_rates"


def test_a_promotion_is_over_products_that_are_sold() -> None:
    shelf.product(shelf.lender())
    with pytest.raises(Refusal) as refused:
        opened(products=["auto", "nothing"])
    assert (refused.value.field, "nothing" in refused.value.zh) == ("products", True)


def test_an_add_on_has_a_price_and_leaves_the_menu() -> None:
    given: dict[str, Any] = {"kind": AddOnKind.ACCESSORY, "payee": Payee.DEALER, "payee_name": "本店", "actor": SYSTEM}
    with pytest.raises(Refusals):
        menu.add_on_register(code="film", name="膜", price=0, cost=1, **given)
    menu.add_on_register(code="film", name="膜", price=198_000, cost=76_000, **given)
    menu.add_on_change(code="film", price=208_000, cost=80_000, is_offered=False, actor=SYSTEM)
    assert menu.menu() == ()
    assert menu.cost_of("film") == 80_000
    with pytest.raises(NotFound):
        menu.menu_item("film")
