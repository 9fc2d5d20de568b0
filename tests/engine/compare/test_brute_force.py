"""Every plan is found, every figure is right, every reason is given: the naive judge agrees on random catalogues."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from chedai.engine.compare import Bound, Catalogue, Comparison, Lever, Plan, Preference, WhyNot, Wish, compare
from chedai.engine.compare.ranking import pareto
from tests.engine.compare import naive
from tests.engine.compare.shop import catalogues, wishes

Facts = tuple[object, ...]


def _facts(plan: Plan) -> Facts:
    financing = plan.financing
    assert financing is not None
    promotion = financing.promotion.code if financing.promotion else ""
    costs = tuple(s.cost for s in plan.settlements)
    money = (plan.price, plan.principal, plan.highest, plan.last, plan.interest, plan.fee_total, plan.over_cash)
    who = (financing.product.code, promotion, financing.repayment, financing.periods)
    return (*who, *money, plan.cash_at_signing, costs)


def _naive_facts(loan: naive.Loan) -> Facts:
    promotion = loan.promotion.code if loan.promotion else ""
    money = (loan.price, loan.principal, loan.highest, loan.last, loan.interest, loan.fees, loan.over_cash)
    return (loan.product.code, promotion, loan.repayment, loan.periods, *money, loan.signing, loan.settled)


def _who(why: WhyNot) -> tuple[object, ...]:
    promotion = why.promotion.code if why.promotion else ""
    return why.product.code, promotion, why.repayment, why.periods, why.down_payment


def _key(loan: naive.Loan) -> tuple[object, ...]:
    promotion = loan.promotion.code if loan.promotion else ""
    return loan.product.code, promotion, loan.repayment, loan.periods, loan.price - loan.principal


@settings(max_examples=120)
@given(wishes(), catalogues())
def test_every_plan_within_the_bounds_is_found_with_its_figures(wish: Wish, shelf: Catalogue) -> None:
    found = compare(wish, shelf)
    expected = naive.chosen(naive.everything(wish, shelf), shelf)
    assert sorted(map(repr, map(_facts, found.plans[1:]))) == sorted(map(repr, map(_naive_facts, expected)))
    rates = {repr(_naive_facts(loan)): loan.rate for loan in expected}
    for plan in found.plans[1:]:
        assert plan.nominal_rate is not None
        assert abs(Decimal(plan.nominal_rate) - 12 * rates[repr(_facts(plan))]) < Decimal("1e-9")
    assert found.plans[0].is_cash


@settings(max_examples=80)
@given(wishes(), catalogues())
def test_every_other_one_is_listed_with_every_bound_it_breaks(wish: Wish, shelf: Catalogue) -> None:
    found = compare(wish, shelf)
    told = {
        _who(why): {f.bound for f in why.failures}
        for why in found.why_not
        if why.repayment is not None and why.failures[0].bound is not Bound.CONFLICT
    }
    assert told == {_key(loan): set(loan.bounds) for loan in naive.everything(wish, shelf) if loan.bounds}
    shut = {_who(why): {f.bound for f in why.failures} for why in found.why_not if why.periods is None}
    pairs = [(p, a) for p in shelf.products for a in (None, *(a for a in shelf.promotions if p.code in a.products))]
    assert shut == {
        (p.code, a.code if a else "", None, None, None): bounds
        for p, a in pairs
        if (bounds := naive.closed(wish, p, a))
    }


@settings(max_examples=60)
@given(wishes(), catalogues())
def test_the_other_first_payment_named_is_the_nearest_that_passes(wish: Wish, shelf: Catalogue) -> None:
    found = compare(wish, shelf)
    changes = {_who(why): why.changes for why in found.why_not if why.repayment is not None}
    for loan in naive.everything(wish, shelf)[:12]:
        if loan.bounds and loan.product.rate_cap is None:
            named = [c.value for c in changes[_key(loan)] if c.lever is Lever.DOWN_PAYMENT]
            nearest = naive.nearest_amount(wish, loan)
            assert named == ([] if nearest is None else [loan.price - nearest])


@settings(max_examples=80)
@given(wishes(), catalogues())
def test_every_change_named_makes_the_plan_pass(wish: Wish, shelf: Catalogue) -> None:
    for why in compare(wish, shelf).why_not:
        for change in why.changes:
            again = _after(why, change.lever, change.value, wish, shelf)
            assert any(why.product == p.financing.product for p in again.plans if p.financing), change


def _after(why: WhyNot, lever: Lever, value: int | str, wish: Wish, shelf: Catalogue) -> Comparison:
    """The comparison of this product alone once the change is made."""
    asked: dict[str, object] = {name: getattr(wish, name) for name in wish.__slots__}
    if why.down_payment is not None:
        asked["down_payments"] = (why.down_payment,)
    if why.periods is not None:
        asked["terms"] = (why.periods,)
    name = {
        Lever.DOWN_PAYMENT: "down_payments",
        Lever.TERM: "terms",
        Lever.CEILING: "instalment_most",
        Lever.CASH: "cash_most",
        Lever.CUSTOMER: "customer",
    }[lever]
    asked[name] = (value,) if name in ("down_payments", "terms") else value
    offers = tuple(a for a in shelf.promotions if why.promotion is not None and a.code == why.promotion.code)
    alone = Catalogue(name="", as_of=shelf.as_of, products=(why.product,), promotions=())
    if offers:
        kept = tuple(p for p in shelf.products if p.code in offers[0].products)
        alone = Catalogue(name="", as_of=shelf.as_of, products=kept, promotions=offers)
    return compare(Wish(**asked), alone)  # type: ignore[arg-type]


@settings(max_examples=60)
@given(wishes(), catalogues(), st.sampled_from(list(Preference)))
def test_plans_come_in_the_order_asked_for_and_none_of_the_pareto_set_is_beaten(
    wish: Wish, shelf: Catalogue, preference: Preference
) -> None:
    found = compare(wish, shelf, preference=preference)
    figure = {
        Preference.TOTAL_COST: lambda p: p.over_cash_with_forgone,
        Preference.INSTALMENT: lambda p: p.highest,
        Preference.DOWN_PAYMENT: lambda p: p.cash_at_signing,
        Preference.RATE: lambda p: p.nominal_rate,
        Preference.FLEXIBILITY: lambda p: 10**18 if p.flexible_cost is None else p.flexible_cost,
    }[preference]
    figures = [figure(plan) for plan in found.plans[1:]]
    assert figures == sorted(figures)
    facts = [(p.cash_at_signing, p.highest, p.over_cash_with_forgone) for p in found.plans]
    beaten = {k for k, mine in enumerate(facts) if any(o != mine and all(map(int.__le__, o, mine)) for o in facts)}
    assert found.pareto == frozenset(range(len(facts))) - beaten == pareto(found.plans)
