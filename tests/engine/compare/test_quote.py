"""One plan in full: the published figures, odd dates, and the same answer as the comparison."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chedai.engine.compare import Repayment, TailOf, TermRate, compare
from chedai.engine.compare.quote import Subsidised, quote
from chedai.engine.errors import InvalidArgument
from chedai.engine.rates import Fee, Payee, Payer, When
from chedai.engine.settlement import FeeTier, SettlementFee
from chedai.engine.terms import Amortisation, InterestMethod, LoanTerms, Stub
from tests.engine.compare.shop import POINT, TODAY, catalogue, product, wish


def _terms(principal: int = 100_000_00, rate: int = 5_880_000, periods: int = 36, **changes: object) -> LoanTerms:
    given = {"principal": principal, "annual_rate": rate, "periods": periods, "disbursed_on": TODAY}
    return LoanTerms(**(given | changes))  # type: ignore[arg-type]


def _rate(rate: float) -> str:
    return f"{rate * 100:.2f}"


def test_level_instalments_on_100000() -> None:
    made = quote(_terms(), price=125_000_00)
    assert (made.instalments[0], made.schedule.interest) == (3036_76, 9323_36)
    assert (made.down_payment, made.over_cash, made.total_paid) == (25_000_00, 9323_36, 134_323_36)
    assert (made.fee_total, made.other_fees, made.cash_at_signing) == (0, 0, 25_000_00)


def test_the_trap_of_a_rate_rounded_before_it_is_used() -> None:
    assert quote(_terms(105_000_00, 4_750_000), price=105_000_00).instalments[0] == 3135_17


def test_equal_principal_and_interest_first() -> None:
    falling = quote(_terms(amortisation=Amortisation.EQUAL_PRINCIPAL), price=100_000_00)
    assert (falling.instalments[0], falling.instalments[-1]) == (3267_78, 2791_31)
    assert falling.schedule.interest == 9065_00
    late = quote(_terms(amortisation=Amortisation.INTEREST_FIRST), price=100_000_00)
    assert late.instalments == (*[490_00] * 35, 100_490_00)
    assert (late.schedule.interest, late.highest) == (17_640_00, 490_00)


@pytest.mark.parametrize(
    ("rate", "periods", "fee", "simple"),
    [
        (0, 36, Fee("手续费", share=320_000, when=When.PERIODIC), "7.22"),
        (5_880_000, 36, Fee("服务费", share=3 * POINT), "7.94"),
        (0, 24, Fee("手续费", share=4 * POINT), "3.95"),
    ],
)
def test_what_the_advert_does_not_say(rate: int, periods: int, fee: Fee, simple: str) -> None:
    made = quote(_terms(rate=rate, periods=periods), price=125_000_00, fees=[fee])
    assert _rate(made.cost.all_in.nominal) == simple


def test_a_monthly_fee_rate_as_flat_interest_is_the_same_truth() -> None:
    flat = _terms(rate=3_840_000, interest_method=InterestMethod.FLAT)
    assert _rate(quote(flat, price=100_000_00).cost.all_in.nominal) == "7.22"


def test_fees_have_their_moment_and_their_payee() -> None:
    fees = [
        Fee("服务费", amount=3000_00, payee=Payee.DEALER),
        Fee("首期费", amount=50_00, when=When.FIRST_INSTALMENT),
        Fee("月费", amount=5_00, when=When.PERIODIC),
        Fee("保险", amount=4000_00, in_rate=False),
        Fee("违约金", share=POINT, when=When.CONTINGENT),
    ]
    made = quote(_terms(), price=125_000_00, fees=fees)
    assert [line.name for line in made.fees] == ["服务费", "首期费", "月费", "保险"]
    assert (made.periodic_fee, made.first_fee) == (5_00, 50_00)
    assert made.instalments[0] == 3041_76
    assert (made.fee_total, made.other_fees, made.cash_at_signing) == (3230_00, 4000_00, 32_000_00)
    assert made.total_paid == 125_000_00 + 9323_36 + 3230_00 + 4000_00


def test_a_balloon_is_solved_both_ways() -> None:
    balloon = _terms(rate=6 * POINT, amortisation=Amortisation.BALLOON)
    fixed_tail = quote(LoanTerms(**{**_fields(balloon), "balloon": 30_000_00}), price=100_000_00)
    assert (fixed_tail.instalments[0], fixed_tail.instalments[-1]) == (2279_54, 32_279_33)
    assert fixed_tail.schedule.interest == 12_063_23
    fixed_instalment = quote(LoanTerms(**{**_fields(balloon), "instalment": 2279_54}), price=100_000_00)
    assert fixed_instalment.instalments == fixed_tail.instalments


def _fields(terms: LoanTerms) -> dict[str, object]:
    return {name: getattr(terms, name) for name in terms.__slots__}


def test_the_subsidy_and_who_pays_it() -> None:
    two = Subsidised(6 * POINT, (Payer("厂家", 70 * POINT), Payer("经销商", 30 * POINT)))
    made = quote(_terms(rate=0), price=100_000_00, subsidy=two)
    assert [(line.payer, line.amount) for line in made.subsidies] == [("厂家", 6084_13), ("经销商", 2607_49)]


def test_settlement_costs_by_month() -> None:
    tiers = SettlementFee(tiers=(FeeTier(12, 3 * POINT), FeeTier(24, 2 * POINT)))
    made = quote(_terms(), price=100_000_00, settlement=tiers)
    assert [(s.cost, s.fee) for s in made.settlements] == [(7100_83, 2058_05), (8894_89, 706_13), (9323_36, 0)]
    assert made.settlements[0].payoff == 68_601_66 + 2058_05


def test_interest_not_yet_collected_is_owed_when_the_plan_is_left_early() -> None:
    late = quote(_terms(amortisation=Amortisation.BULLET), price=100_000_00)
    assert late.settlements[0].cost == 5880_00
    assert late.settlements[0].payoff == 105_880_00
    plain = quote(_terms(), price=100_000_00, settle_months=(2, 6))
    deferred = quote(_terms(grace_interest=3), price=100_000_00, settle_months=(2, 6))
    assert [s.cost for s in deferred.settlements] == [s.cost for s in plain.settlements] == [967_52, 2751_59]
    first, second = (d.payoff - p.payoff for d, p in zip(deferred.settlements, plain.settlements, strict=True))
    assert (first, second) == (967_52, 0)


def test_an_odd_first_period_is_rated_by_its_days_and_its_stub_interest_counts() -> None:
    late = quote(_terms(first_due=date(2027, 1, 20)), price=100_000_00)
    assert late.schedule.rows[0].days == 61
    assert late.cost.all_in.effective != quote(_terms(), price=100_000_00).cost.all_in.effective
    stub = quote(_terms(due_day=5, stub=Stub.INTEREST_ONLY), price=100_000_00)
    assert (stub.schedule.rows[0].n, len(stub.instalments)) == (0, 36)
    assert stub.settlements[0].cost == sum(row.interest for row in stub.schedule.rows[:13])
    free = quote(_terms(due_day=5, stub=Stub.NONE), price=100_000_00)
    assert free.cost.all_in.nominal < stub.cost.all_in.nominal


def test_a_loan_above_the_price_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="price: must not be below the loan"):
        quote(_terms(), price=99_999_99)


@settings(max_examples=40)
@given(
    st.integers(1000_00, 500_000_00),
    st.integers(0, 24_000_000),
    st.integers(1, 60),
    st.sampled_from(
        [
            Repayment(),
            Repayment(Amortisation.EQUAL_PRINCIPAL),
            Repayment(Amortisation.INTEREST_FIRST),
            Repayment(Amortisation.BULLET),
            Repayment(interest_method=InterestMethod.FLAT),
            Repayment(Amortisation.BALLOON, tail_share=25 * POINT, tail_of=TailOf.PRICE),
        ]
    ),
)
def test_a_quote_and_the_comparison_say_the_same(price: int, rate: int, periods: int, way: Repayment) -> None:
    fees = (
        Fee("费", share=2 * POINT),
        Fee("月费", share=10_000, when=When.PERIODIC),
        Fee("保险", amount=7, in_rate=False),
    )
    rule = SettlementFee(share=2 * POINT, interest_months=1)
    loan = product(rates=(TermRate(periods, rate),), fees=fees, repayments=(way,), settlement=rule, amount_step=1)
    (_, plan) = compare(wish(price, price // 3), catalogue(loan)).plans
    assert plan.financing is not None
    made = quote(plan.financing.terms, price=price, fees=fees, settlement=rule)
    assert (made.instalments[0], made.highest, made.instalments[-1]) == (plan.instalment, plan.highest, plan.last)
    assert (made.schedule.interest, made.fees, made.fee_total) == (plan.interest, plan.fees, plan.fee_total)
    assert (made.over_cash, made.total_paid, made.settlements) == (plan.over_cash, plan.total_paid, plan.settlements)
    assert made.cost.all_in.nominal == pytest.approx(plan.nominal_rate, abs=1e-11)
    assert made.cost.all_in.effective == pytest.approx(plan.effective_rate, abs=1e-11)
