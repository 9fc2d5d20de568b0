"""From a plan of a comparison to the plan that is kept; and the same plan with add-ons or over bespoke terms."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chedai.deals.quotes.frozen import (
    FrozenAddOn,
    FrozenFee,
    FrozenPlan,
    FrozenSettlement,
    FrozenSubsidy,
)
from chedai.deals.quotes.wishes import SETTLE_MONTHS, DeskWish
from chedai.engine.compare import Financing, Plan, SettlementCost
from chedai.engine.compare.offer import offer_of
from chedai.engine.compare.quote import Quote, quote
from chedai.engine.money import RATE_SCALE
from chedai.engine.rates import Fee, When
from chedai.engine.terms import LoanTerms


def freeze(plan: Plan, desk: DeskWish) -> FrozenPlan:
    """The plan as it is kept, figure by figure as the comparison computed it."""
    made = FrozenPlan(
        vehicle_kind=desk.vehicle_kind,
        vehicle=desk.vehicle,
        customer_kind=desk.customer_kind,
        list_price=desk.price,
        price=plan.price,
        down_payment=plan.down_payment,
        principal=plan.principal,
        instalment=plan.instalment,
        highest=plan.highest,
        last=plan.last,
        interest=plan.interest,
        fee_total=plan.fee_total,
        other_fees=plan.other_fees,
        over_cash=plan.over_cash,
        forgone=plan.forgone,
        total_paid=plan.total_paid,
        cash_at_signing=plan.cash_at_signing,
        nominal_rate=rate_of(plan.nominal_rate),
        effective_rate=rate_of(plan.effective_rate),
        settlements=_settlements(plan.settlements),
        subsidies=tuple(FrozenSubsidy(line.payer, line.amount) for line in plan.subsidies),
        trade_in=desk.trade_in,
    )
    return made if plan.financing is None else _of_lender(made, plan.financing)


def _of_lender(plan: FrozenPlan, financing: Financing) -> FrozenPlan:
    """What a loan has beside money: who lends, by which product in which version, on which terms."""
    product, promotion = financing.product, financing.promotion
    fees = offer_of(product, promotion).fees
    return msgspec.structs.replace(
        plan,
        lender_code=product.lender.code,
        lender_name=product.lender.name,
        lender_name_en=product.lender.name_en,
        lender_kind=product.lender.kind,
        product_code=product.code,
        product_name=product.name,
        product_name_en=product.name_en,
        product_kind=product.kind,
        product_version=int(product.version) if product.version.isdecimal() else 0,
        promotion_code="" if promotion is None else promotion.code,
        promotion_name="" if promotion is None else promotion.name,
        promotion_name_en="" if promotion is None else promotion.name_en,
        advertised=(promotion.advertised if promotion is not None else "") or product.advertised,
        advertised_en=(promotion.advertised_en if promotion is not None else "") or product.advertised_en,
        periods=financing.periods,
        annual_rate=financing.annual_rate,
        tail=financing.tail,
        returns_car=financing.returns_car,
        terms=financing.terms,
        fees=tuple(_fee(fee, financing.terms, plan.price) for fee in fees if fee.when is not When.CONTINGENT),
        contingent=tuple(_fee(fee, financing.terms, plan.price) for fee in fees if fee.when is When.CONTINGENT),
        settlement_rule=product.settlement,
        fees_stop=product.fees_stop,
        ltv=financing.ltv,
    )


def over_terms(
    plan: FrozenPlan, terms: LoanTerms, fees: Sequence[Fee], add_ons: tuple[FrozenAddOn, ...] = ()
) -> FrozenPlan:
    """The plan on other terms and fees, everything that follows from them computed anew.

    The principal of `terms` holds the financed add-ons. Errors: those of the engine's `quote`.
    """
    made = quoted(terms, fees, plan)
    financed = sum(one.price for one in add_ons if one.financed)
    beside = sum(one.price for one in add_ons)
    down = plan.price - (terms.principal - financed)
    discount = plan.list_price - plan.price
    kept = [fee for fee in fees if fee.when is not When.CONTINGENT]
    upfront = sum(line.total for line in made.fees if line.when is When.UPFRONT)
    traded = 0 if plan.trade_in is None else plan.trade_in.value - plan.trade_in.payoff
    returned = plan.tail if plan.returns_car else 0
    return msgspec.structs.replace(
        plan,
        terms=terms,
        periods=terms.periods,
        annual_rate=terms.annual_rate,
        principal=terms.principal,
        down_payment=down,
        tail=terms.balloon,
        fees=tuple(_fee(fee, terms, plan.price) for fee in kept),
        contingent=tuple(_fee(fee, terms, plan.price) for fee in fees if fee.when is When.CONTINGENT),
        instalment=made.instalments[0],
        highest=made.highest,
        last=made.instalments[-1] - returned,
        interest=made.schedule.interest,
        fee_total=made.fee_total,
        other_fees=made.other_fees,
        over_cash=made.over_cash - discount,
        total_paid=plan.price + beside + made.over_cash + made.other_fees - returned,
        cash_at_signing=down + beside - financed + upfront - traded,
        nominal_rate=rate_of(made.cost.all_in.nominal),
        effective_rate=rate_of(made.cost.all_in.effective),
        settlements=_settlements(made.settlements, discount),
        add_ons=add_ons,
    )


def quoted(
    terms: LoanTerms, fees: Sequence[Fee], plan: FrozenPlan, settle_months: Sequence[int] = SETTLE_MONTHS
) -> Quote:
    """The engine's whole quote behind a plan, with its rows and flows."""
    return quote(
        terms,
        price=plan.price,
        fees=fees,
        settlement=plan.settlement_rule,
        fees_stop=plan.fees_stop,
        settle_months=settle_months,
    )


def fees_of(plan: FrozenPlan) -> tuple[Fee, ...]:
    """Every fee of a plan in the engine's words, the contingent ones last."""
    return tuple(line.fee() for line in (*plan.fees, *plan.contingent))


def rate_of(rate: float | None) -> int | None:
    """A fraction a year as an integer of 1e-8, half to even."""
    return None if rate is None else round(rate * RATE_SCALE)


def _fee(fee: Fee, terms: LoanTerms, price: int) -> FrozenFee:
    each, total = fee.charge(terms.principal, price), fee.total(terms.principal, terms.periods, price)
    return FrozenFee(fee.name, fee.payee, fee.when, each, total, fee.in_rate, fee.note, fee.share, fee.of)


def _settlements(costs: Sequence[SettlementCost], discount: int = 0) -> tuple[FrozenSettlement, ...]:
    return tuple(
        FrozenSettlement(s.month, s.how, None if s.cost is None else s.cost - discount, s.fee, s.payoff) for s in costs
    )
