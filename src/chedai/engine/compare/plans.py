"""From columns of figures to plans one can read, cash among them."""

from __future__ import annotations

from chedai.engine.compare.bounds import value_base
from chedai.engine.compare.figures import Figures
from chedai.engine.compare.offer import Candidate, standard_rate
from chedai.engine.compare.plan import FeeLine, Financing, Plan, SettledHow, SettlementCost, SubsidyLine
from chedai.engine.compare.wish import Wish
from chedai.engine.money import RATE_SCALE, divide
from chedai.engine.rates import When, share_out, subsidy_upfront


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
    """The months settlement costs are computed for: those shown, then the one that flexibility is judged by."""
    at = wish.settle_at
    if at is None:
        at = wish.settle_months[0] if wish.settle_months else 12
    return (*wish.settle_months, at)


def plan_of(candidate: Candidate, wish: Wish, columns: Figures, row: int, cash_discount: int) -> Plan:
    """The plan in one row of the figures; `columns` were computed for `asked_months(wish)`."""
    product = candidate.offer.product
    fees = fee_lines(candidate)
    counted = sum(line.total for line in fees if line.in_rate)
    other = sum(line.total for line in fees if not line.in_rate)
    interest = int(columns.interest[row])
    discount = candidate.offer.price_discount
    settlements = _settlements(candidate, wish, columns, row)
    financing = Financing(
        product=product,
        promotion=candidate.offer.promotion,
        repayment=candidate.repayment,
        periods=candidate.periods,
        annual_rate=candidate.annual_rate,
        terms=candidate.terms(wish),
        ltv=divide(candidate.principal * RATE_SCALE, value_base(candidate, wish)),
        tail=candidate.tail,
    )
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
        over_cash=interest + counted - discount,
        forgone=cash_discount,
        total_paid=candidate.price + interest + counted + other - returned,
        cash_at_signing=cash_at_signing(candidate, wish),
        negative_equity=0 if wish.trade_in is None else wish.trade_in.negative_equity,
        nominal_rate=float(columns.nominal[row]),
        effective_rate=float(columns.effective[row]),
        settlements=settlements[:-1],
        flexible_cost=settlements[-1].cost,
        subsidies=_subsidies(candidate, columns, row),
    )


def cash_at_signing(candidate: Candidate, wish: Wish) -> int:
    """All the money the customer brings on the day: first payment and fees then taken, the old car netted."""
    upfront = [fee for fee in candidate.offer.fees if fee.when is When.UPFRONT]
    return candidate.down_payment + sum(f.charge(candidate.principal, candidate.price) for f in upfront) - traded(wish)


def fee_lines(candidate: Candidate) -> tuple[FeeLine, ...]:
    """Every fee of normal performance, in the product's order; what falls due only on default is not a plan's cost."""
    lines = []
    for fee in candidate.offer.fees:
        if fee.when is not When.CONTINGENT:
            each = fee.charge(candidate.principal, candidate.price)
            total = fee.total(candidate.principal, candidate.periods, candidate.price)
            lines.append(FeeLine(fee.name, fee.payee, fee.when, each, total, fee.in_rate))
    return tuple(lines)


def _settlements(candidate: Candidate, wish: Wish, columns: Figures, row: int) -> tuple[SettlementCost, ...]:
    """What the financing has cost if settled right after each of `asked_months`."""
    product, rule = candidate.offer.product, candidate.offer.product.settlement
    costs = []
    for k, month in enumerate(asked_months(wish)):
        paid = min(month, candidate.periods)
        how = SettledHow.EARLY if month < candidate.periods else SettledHow.MATURED
        if how is SettledHow.EARLY and month < rule.locked_months:
            costs.append(SettlementCost(month, SettledHow.LOCKED, None))
            continue
        fee = balance = 0
        charged = candidate.periods
        if how is SettledHow.EARLY:
            balance = int(columns.settled_balance[row, k])
            fee = rule.amount(month, balance, candidate.annual_rate, product.rounding)
            charged = paid if product.fees_stop else candidate.periods
        periodic = int(columns.periodic[row])
        so_far = int(columns.settled_interest[row, k]) + int(columns.one_off[row]) + periodic * charged
        payoff = balance + fee + periodic * (charged - paid)
        costs.append(SettlementCost(month, how, so_far + fee - candidate.offer.price_discount, fee, payoff))
    return tuple(costs)


def _subsidies(candidate: Candidate, columns: Figures, row: int) -> tuple[SubsidyLine, ...]:
    """贴息: the present value the lender is given to earn its standard rate, shared among those who pay it."""
    promotion = candidate.offer.promotion
    if promotion is None or not promotion.subsidies:
        return ()
    standard = standard_rate(candidate.offer, candidate.periods) or 0
    paid = columns.dues.principal[row] + columns.dues.interest[row]
    amount = subsidy_upfront(candidate.principal, paid[: candidate.periods].tolist(), standard)
    parts = share_out([amount], promotion.subsidies)[0]
    return tuple(SubsidyLine(payer.name, part) for payer, part in zip(promotion.subsidies, parts, strict=True))
