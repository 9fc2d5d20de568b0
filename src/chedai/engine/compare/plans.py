"""From columns of figures to plans one can read, cash among them."""

from __future__ import annotations

from collections.abc import Sequence

from chedai.engine.compare.bounds import value_base
from chedai.engine.compare.figures import Figures
from chedai.engine.compare.leaving import Leaving
from chedai.engine.compare.offer import Candidate, standard_rate
from chedai.engine.compare.plan import FeeLine, Financing, Plan, SettledHow, SettlementCost, SubsidyLine
from chedai.engine.compare.wish import Wish
from chedai.engine.money import RATE_SCALE, divide
from chedai.engine.rates import When, share_out, subsidy_upfront
from chedai.engine.terms import Amortisation


def cash_plan(wish: Wish, cash_discount: int) -> Plan:
    """全款: the price at once, less the discount for it."""
    price = wish.price - cash_discount
    months = tuple(SettlementCost(month, SettledHow.MATURED, 0) for month in wish.settle_months)
    return Plan(
        financing=None,
        price=price,
        down_payment=price,
        principal=0,
        instalment=0,
        highest=0,
        last=0,
        interest=0,
        fees=(),
        fee_total=0,
        other_fees=0,
        over_cash=0,
        forgone=0,
        total_paid=price,
        cash_at_signing=price - traded(wish),
        negative_equity=0 if wish.trade_in is None else wish.trade_in.negative_equity,
        nominal_rate=None,
        effective_rate=None,
        settlements=months,
        flexible_cost=0,
    )


def traded(wish: Wish) -> int:
    """What the old car brings on the day: its equity, or below zero what must be added to clear its loan."""
    return 0 if wish.trade_in is None else wish.trade_in.value - wish.trade_in.payoff


def asked_months(wish: Wish) -> tuple[int, ...]:
    """The months settlement costs are computed for: those shown, and the one that flexibility is judged by."""
    at = flexible_month(wish)
    return wish.settle_months if at in wish.settle_months else (*wish.settle_months, at)


def flexible_month(wish: Wish) -> int:
    """The month by whose settlement cost flexibility is judged."""
    if wish.settle_at is not None:
        return wish.settle_at
    return wish.settle_months[0] if wish.settle_months else 12


def plan_of(candidate: Candidate, wish: Wish, columns: Figures, row: int, cash_discount: int) -> Plan:
    """The plan in one row of the figures; `columns` were computed for `asked_months(wish)`."""
    charges = columns.charges[row]
    fees = _fee_lines(candidate, charges)
    counted = sum(line.total for line in fees if line.in_rate)
    other = sum(line.total for line in fees if not line.in_rate)
    interest = int(columns.interest[row])
    settlements = _settlements(candidate, wish, columns, row)
    financing = _financing(candidate, wish)
    returned = candidate.tail if financing.returns_car else 0
    return Plan(
        financing=financing,
        price=candidate.price,
        down_payment=candidate.down_payment,
        principal=candidate.principal,
        instalment=int(columns.instalment[row]),
        highest=int(columns.highest[row]),
        last=int(columns.last[row]) - returned,
        interest=interest,
        fees=fees,
        fee_total=counted,
        other_fees=other,
        over_cash=interest + counted - candidate.offer.price_discount,
        forgone=cash_discount,
        total_paid=candidate.price + interest + counted + other - returned,
        cash_at_signing=cash_at_signing(candidate, wish, charges),
        negative_equity=0 if wish.trade_in is None else wish.trade_in.negative_equity,
        nominal_rate=float(columns.nominal[row]),
        effective_rate=float(columns.effective[row]),
        settlements=settlements[: len(wish.settle_months)],
        flexible_cost=settlements[asked_months(wish).index(flexible_month(wish))].cost,
        subsidies=_subsidies(candidate, columns, row),
    )


def _financing(candidate: Candidate, wish: Wish) -> Financing:
    return Financing(
        product=candidate.offer.product,
        promotion=candidate.offer.promotion,
        repayment=candidate.repayment,
        periods=candidate.periods,
        annual_rate=candidate.annual_rate,
        terms=candidate.terms(wish),
        ltv=divide(candidate.principal * RATE_SCALE, value_base(candidate, wish)),
        tail=candidate.tail,
    )


def cash_at_signing(candidate: Candidate, wish: Wish, charges: Sequence[int]) -> int:
    """All the money the customer brings on the day: first payment and fees then taken, the old car netted."""
    fees = zip(candidate.offer.fees, charges, strict=True)
    return candidate.down_payment + sum(c for fee, c in fees if fee.when is When.UPFRONT) - traded(wish)


def _fee_lines(candidate: Candidate, charges: Sequence[int]) -> tuple[FeeLine, ...]:
    """Every fee of normal performance, in the product's order; what falls due only on default is not a plan's cost."""
    lines = []
    for fee, each in zip(candidate.offer.fees, charges, strict=True):
        if fee.when is not When.CONTINGENT:
            total = each * candidate.periods if fee.when is When.PERIODIC else each
            lines.append(FeeLine(fee.name, fee.payee, fee.when, each, total, fee.in_rate))
    return tuple(lines)


def _settlements(candidate: Candidate, wish: Wish, columns: Figures, row: int) -> tuple[SettlementCost, ...]:
    """What the financing has cost if settled right after each of `asked_months`."""
    product = candidate.offer.product
    leaving = Leaving(
        periods=candidate.periods,
        annual_rate=candidate.annual_rate,
        one_off=int(columns.one_off[row]),
        periodic=int(columns.periodic[row]),
        rule=product.settlement,
        fees_stop=product.fees_stop,
        discount=candidate.offer.price_discount,
        rounding=product.rounding,
    )
    at_maturity = candidate.repayment.amortisation is Amortisation.BULLET
    interest, balance = columns.settled_interest[:, row].tolist(), columns.settled_balance[:, row].tolist()
    return tuple(
        leaving.after(month, interest[k], balance[k], interest[k] if at_maturity else 0)
        for k, month in enumerate(asked_months(wish))
    )


def _subsidies(candidate: Candidate, columns: Figures, row: int) -> tuple[SubsidyLine, ...]:
    """贴息: the present value the lender is given to earn its standard rate, shared among those who pay it."""
    promotion = candidate.offer.promotion
    if promotion is None or not promotion.subsidies:
        return ()
    standard = standard_rate(candidate.offer, candidate.periods) or 0
    paid = columns.dues.principal[:, row] + columns.dues.interest[:, row]
    amount = subsidy_upfront(candidate.principal, paid[: candidate.periods].tolist(), standard)
    parts = share_out([amount], promotion.subsidies)[0]
    return tuple(SubsidyLine(payer.name, part) for payer, part in zip(promotion.subsidies, parts, strict=True))
