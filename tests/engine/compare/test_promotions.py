"""Promotions: dates, quota, who pays the subsidy, and what happens when two of them meet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chedai.engine.compare import (
    Bound,
    Catalogue,
    Conflict,
    Promotion,
    Scope,
    SubsidyLine,
    TermRate,
    Wish,
    compare,
)
from chedai.engine.errors import InvalidArgument
from chedai.engine.rates import Fee, Payer
from tests.engine.compare.shop import POINT, catalogue, product, wish


def _promotion(code: str = "low", rate: int = 0, **changes: object) -> Promotion:
    given: dict[str, object] = {
        "code": code,
        "name": f"活动{code}",
        "name_en": code,
        "products": ("loan",),
        "rates": (TermRate(36, rate),),
    }
    return Promotion(**(given | changes))  # type: ignore[arg-type]


def _shelf(*promotions: Promotion, conflict: Conflict = Conflict.LOWEST_COST) -> Catalogue:
    return catalogue(product(rate=6 * POINT), promotions=promotions, conflict=conflict)


def _codes(shelf: Catalogue, asked: Wish) -> list[str]:
    plans = [p.financing for p in compare(asked, shelf).plans if p.financing]
    return [f.promotion.code if f.promotion else "" for f in plans]


@pytest.mark.parametrize(
    ("rate", "amount", "maker", "dealer"),
    [(0, 8691_62, 6084_13, 2607_49), (2_990_000, 4421_59, 3095_11, 1326_48)],
)
def test_the_subsidy_is_shown_apart_with_who_pays_it(rate: int, amount: int, maker: int, dealer: int) -> None:
    payers = (Payer("厂家", 70 * POINT), Payer("经销商", 30 * POINT))
    (_, plan) = compare(wish(), _shelf(_promotion(rate=rate, subsidies=payers))).plans
    assert plan.subsidies == (SubsidyLine("厂家", maker), SubsidyLine("经销商", dealer))
    # On the instalments really paid; 36 equal ones of 2,777.78 would make it 8,691.55, but the last is 2,777.70.
    assert sum(line.amount for line in plan.subsidies) == amount
    assert plan.financing is not None and plan.financing.annual_rate == rate


def test_a_longer_term_is_subsidised_from_the_standard_rate_stated_for_it() -> None:
    longer = _promotion(
        rates=(TermRate(48, POINT),), standard_rates=(TermRate(48, 7 * POINT),), subsidies=(Payer("厂家", 100 * POINT),)
    )
    plans = compare(wish(terms=(48,)), _shelf(longer)).plans
    assert plans[1].financing is not None and plans[1].financing.periods == 48
    assert plans[1].subsidies[0].amount > 0


@pytest.mark.parametrize(
    ("day", "codes"),
    [(date(2026, 9, 30), [""]), (date(2026, 10, 1), ["low"]), (date(2026, 12, 31), ["low"]), (date(2027, 1, 1), [""])],
)
def test_it_holds_from_its_first_day_to_the_midnight_of_its_last(day: date, codes: list[str]) -> None:
    dated = _promotion(scope=Scope(starts=date(2026, 10, 1), ends=date(2026, 12, 31)))
    assert _codes(_shelf(dated), wish(on=day)) == codes


def test_a_used_up_quota_is_told_with_both_figures() -> None:
    found = compare(wish(), _shelf(_promotion(quota=50, used=50)))
    assert [(f.bound, f.figure, f.limit) for why in found.why_not for f in why.failures] == [(Bound.QUOTA, 50, 50)]
    assert _codes(_shelf(_promotion(quota=50, used=49)), wish()) == ["low"]


def test_of_two_the_cheaper_is_taken_and_the_other_is_told() -> None:
    dear = _promotion("dear", fees=(Fee("服务费", amount=9_999_00),))
    shelf = _shelf(dear, _promotion("cheap", rate=2 * POINT))
    assert _codes(shelf, wish()) == ["cheap"]
    (why,) = compare(wish(), shelf).why_not
    assert why.promotion == dear
    assert [(f.bound, f.figure, f.limit, f.policy) for f in why.failures] == [
        (Bound.CONFLICT, "dear", "活动cheap|cheap", "lowest_cost")
    ]


def test_a_promotion_dearer_than_the_product_itself_is_not_forced_on_anyone() -> None:
    shelf = _shelf(_promotion("dear", rate=9 * POINT))
    assert _codes(shelf, wish()) == [""]
    assert [f.limit for why in compare(wish(), shelf).why_not for f in why.failures] == [""]


def test_by_priority_the_smaller_number_wins_and_position_breaks_ties() -> None:
    first, second = _promotion("first", rate=3 * POINT, priority=2), _promotion("second", priority=1)
    assert _codes(_shelf(first, second, conflict=Conflict.PRIORITY), wish()) == ["second"]
    equal = replace(second, priority=2)
    assert _codes(_shelf(first, equal, conflict=Conflict.PRIORITY), wish()) == ["first"]


def test_where_the_promotion_fails_the_product_itself_is_still_offered() -> None:
    strict = _promotion(min_down=50 * POINT)
    found = compare(wish(), _shelf(strict))
    assert _codes(_shelf(strict), wish()) == [""]
    assert [(why.promotion, [f.bound for f in why.failures]) for why in found.why_not] == [(strict, [Bound.DOWN_LEAST])]


def test_no_first_payment_only_where_the_lender_allows_it() -> None:
    shelf = catalogue(product(min_down=15 * POINT), promotions=(_promotion(rate=7 * POINT, min_down=0),))
    assert _codes(shelf, wish(down=0)) == ["low"]
    assert _codes(catalogue(product(min_down=15 * POINT)), wish(down=0)) == []


def test_a_discount_with_the_loan_is_taken_off_and_a_lost_cash_discount_is_kept_apart() -> None:
    rebate = _promotion(rate=6 * POINT, price_discount=5_000_00)
    shelf = replace(_shelf(rebate), cash_discount=3_000_00)
    cash, plan = compare(wish(), shelf).plans
    assert (cash.price, cash.total_paid, cash.over_cash, cash.forgone) == (122000_00, 122000_00, 0, 0)
    assert (plan.price, plan.principal, plan.down_payment) == (120000_00, 95000_00, 25000_00)
    assert (plan.interest, plan.over_cash) == (9043_04, 4043_04)
    assert (plan.forgone, plan.over_cash_with_forgone) == (3000_00, 7043_04)
    assert plan.total_paid - cash.total_paid == plan.over_cash_with_forgone
    assert compare(wish(cash_discount=0), shelf).plans[0].total_paid == 125000_00


def test_a_discount_of_the_whole_price_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="cash_discount: must be below the price"):
        compare(wish(cash_discount=125000_00), _shelf())
    with pytest.raises(InvalidArgument, match="price: must exceed the discount"):
        compare(wish(), _shelf(_promotion(price_discount=125000_00)))


@pytest.mark.parametrize(
    ("promotion", "refusal"),
    [
        ({"products": ("other",)}, "promotions: names a product not listed"),
        ({"subsidies": (Payer("厂家", 90 * POINT),)}, "subsidies: must add up to 100 %"),
        ({"subsidies": (Payer("厂家", 100 * POINT),), "rates": (TermRate(36, 7 * POINT),)}, "standard_rates"),
        ({"subsidies": (Payer("厂家", 100 * POINT),), "rates": (TermRate(48, 0),)}, "standard_rates"),
    ],
)
def test_a_promotion_that_contradicts_its_catalogue_is_refused(promotion: dict[str, object], refusal: str) -> None:
    with pytest.raises(InvalidArgument, match=refusal):
        _shelf(_promotion(**promotion))
