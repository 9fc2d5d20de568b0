"""The slow judge of the comparison: every loan tried one by one in `Decimal`, every bound by its own definition.

It shares the types of the question with the engine and nothing else: no schedule, no rate, no range of amounts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, localcontext

from chedai.engine.compare import (
    Bound,
    Catalogue,
    Conflict,
    CustomerKind,
    Product,
    Promotion,
    Repayment,
    Rule,
    TailOf,
    VehicleKind,
    Wish,
)
from chedai.engine.rates import Fee, ShareOf, When
from chedai.engine.terms import Amortisation

UNITS = Decimal(100_000_000)
EXACT = Context(prec=50)


def half_up(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True)
class Loan:
    """One loan tried: what it is, and every figure of it."""

    product: Product
    promotion: Promotion | None
    repayment: Repayment
    periods: int
    asked: int
    price: int
    principal: int
    highest: int
    last: int
    interest: int
    fees: int
    over_cash: int
    signing: int
    rate: Decimal
    settled: tuple[int | None, ...]
    bounds: frozenset[Bound]


def rows(principal: int, rate: int, periods: int, way: Repayment, tail: int) -> list[tuple[int, int]]:
    """Principal and interest parts of every instalment."""
    i = Decimal(rate) / UNITS / 12
    kind = way.amortisation
    balance, made = principal, []
    level = 0
    if kind in (Amortisation.EQUAL_INSTALMENT, Amortisation.BALLOON):
        growth = (1 + i) ** periods
        level = half_up((principal * growth - tail) * i / (growth - 1) if i else Decimal(principal - tail) / periods)
    for k in range(1, periods + 1):
        interest = half_up(balance * i)
        if k == periods:
            part = balance
            interest = half_up(balance * i * periods) if kind is Amortisation.BULLET else interest
        elif kind is Amortisation.EQUAL_PRINCIPAL:
            part = min(half_up(Decimal(principal) / periods), balance)
        elif kind is Amortisation.INTEREST_FIRST:
            part = 0
        elif kind is Amortisation.BULLET:
            part, interest = 0, 0
        else:
            part = min(level - interest, balance)
        balance -= part
        made.append((part, interest))
    return made


def charge(fee: Fee, principal: int, price: int) -> int:
    base = principal if fee.of is ShareOf.PRINCIPAL else price
    return fee.amount + half_up(Decimal(base) * fee.share / UNITS)


def monthly_rate(flows: Sequence[int]) -> Decimal:
    """The rate at which the flows balance, by halving; the borrower's flows have one change of sign."""

    def worth(rate: Decimal) -> Decimal:
        value = Decimal(0)
        for flow in reversed(flows):
            value = value / (1 + rate) + flow
        return value

    low, high = Decimal("-0.9"), Decimal(30)
    for _ in range(70):
        middle = (low + high) / 2
        low, high = (middle, high) if worth(middle) < 0 else (low, middle)
    return low


def loan(
    wish: Wish,
    product: Product,
    promotion: Promotion | None,
    way: Repayment,
    term: int,
    asked: int,
    principal: int | None,
) -> Loan | None:
    """The loan of an offer at a term and a first payment (or an amount), every bound it breaks; None: no such term."""
    rates = {r.periods: r.annual_rate for r in product.rates}
    if promotion is not None and promotion.rates:
        rates = {r.periods: r.annual_rate for r in promotion.rates}
    if term not in rates:
        return None
    discount = promotion.price_discount if promotion else 0
    price = wish.price - discount
    step = product.amount_step
    amount = max(price - asked, 0) // step * step if principal is None else principal
    return figured(wish, product, promotion, way, term, asked, price, amount, rates[term])


def figured(
    wish: Wish,
    product: Product,
    promotion: Promotion | None,
    way: Repayment,
    term: int,
    asked: int,
    price: int,
    amount: int,
    rate: int,
) -> Loan:
    fees = product.fees if promotion is None or promotion.fees is None else promotion.fees
    tail = half_up(Decimal(amount if way.tail_of is TailOf.PRINCIPAL else price) * way.tail_share / UNITS)
    bounds = set(amount_bounds(wish, product, promotion, price, amount, tail))
    each = {when: sum(charge(f, amount, price) for f in fees if f.when is when and f.in_rate) for when in When}
    if each[When.UPFRONT] and amount <= each[When.UPFRONT]:
        bounds.add(Bound.FEES)
    upfront = sum(charge(f, amount, price) for f in fees if f.when is When.UPFRONT)
    trade = wish.trade_in.value - wish.trade_in.payoff if wish.trade_in else 0
    signing = price - amount + upfront - trade
    blank = Loan(
        product, promotion, way, term, asked, price, amount, 0, 0, 0, 0, 0, signing, Decimal(0), (), frozenset(bounds)
    )
    if bounds & {Bound.TAIL, Bound.FEES} or amount <= 0:
        return blank
    made = rows(amount, rate, term, way, tail)
    dues = [p + i + each[When.PERIODIC] for p, i in made]
    flows = [amount - each[When.UPFRONT], *(-due for due in dues)]
    flows[1] -= each[When.FIRST_INSTALMENT]
    r = monthly_rate(flows)
    once = each[When.UPFRONT] + each[When.FIRST_INSTALMENT]
    interest, fee_total = sum(i for _, i in made), once + term * each[When.PERIODIC]
    discount = wish.price - price
    highest = max(dues[:-1] or dues)
    if wish.instalment_most is not None and highest > wish.instalment_most:
        bounds.add(Bound.INSTALMENT)
    if wish.cash_most is not None and signing > wish.cash_most:
        bounds.add(Bound.CASH)
    if product.rate_cap is not None and max(12 * r, (1 + r) ** 12 - 1) > product.rate_cap / UNITS + Decimal("1e-8"):
        bounds.add(Bound.RATE_CAP)
    settled = tuple(
        settled_cost(product, way, month, made, once, each[When.PERIODIC], rate, discount)
        for month in wish.settle_months
    )
    over = interest + fee_total - discount
    return Loan(
        product,
        promotion,
        way,
        term,
        asked,
        price,
        amount,
        highest,
        dues[-1],
        interest,
        fee_total,
        over,
        signing,
        r,
        settled,
        frozenset(bounds),
    )


def settled_cost(
    product: Product,
    way: Repayment,
    month: int,
    made: list[tuple[int, int]],
    once: int,
    periodic: int,
    rate: int,
    discount: int,
) -> int | None:
    paid = sum(i for _, i in made[:month]) + once - discount
    if month >= len(made):
        return paid + periodic * len(made)
    rule = product.settlement
    if month < rule.locked_months:
        return None
    balance = sum(p for p, _ in made[month:])
    if way.amortisation is Amortisation.BULLET:
        paid += half_up(Decimal(balance) * rate * month / 12 / UNITS)
    share = next((tier.share for tier in rule.tiers if month <= tier.months), rule.share)
    months = month if product.fees_stop else len(made)
    extra = half_up(Decimal(balance) * rate * rule.interest_months / 12 / UNITS)
    return paid + periodic * months + half_up(Decimal(balance) * share / UNITS) + extra


def amount_bounds(
    wish: Wish, product: Product, promotion: Promotion | None, price: int, amount: int, tail: int
) -> Iterator[Bound]:
    min_down = product.min_down if promotion is None or promotion.min_down is None else promotion.min_down
    most = product.max_amount if promotion is None or promotion.max_amount is None else promotion.max_amount
    down = price - amount
    if down < (Decimal(price) * min_down / UNITS).to_integral_value(ROUND_CEILING):
        yield Bound.DOWN_LEAST
    if down > (Decimal(price) * product.max_down / UNITS).to_integral_value(ROUND_FLOOR):
        yield Bound.DOWN_MOST
    ceiling = wish.appraisal if wish.vehicle is VehicleKind.USED else wish.list_price
    value = min(price - wish.government_subsidy, price if ceiling is None else ceiling)
    if amount > (Decimal(value) * product.max_ltv / UNITS).to_integral_value(ROUND_FLOOR):
        yield Bound.LTV
    if amount < product.min_amount:
        yield Bound.AMOUNT_LEAST
    if most is not None and amount > most:
        yield Bound.AMOUNT_MOST
    if tail and amount <= tail:
        yield Bound.TAIL


def closed(wish: Wish, product: Product, promotion: Promotion | None) -> set[Bound]:
    found = set()
    for scope in (product.scope, *([promotion.scope] if promotion else [])):
        if (scope.starts and wish.on < scope.starts) or (scope.ends and wish.on > scope.ends):
            found.add(Bound.DATE)
        if scope.vehicles and wish.vehicle not in scope.vehicles:
            found.add(Bound.VEHICLE)
        if scope.customers and wish.customer not in scope.customers:
            found.add(Bound.CUSTOMER)
    if promotion and promotion.quota is not None and promotion.used >= promotion.quota:
        found.add(Bound.QUOTA)
    return found


def everything(wish: Wish, catalogue: Catalogue) -> list[Loan]:
    """Every loan of every open offer at every wished term, passing or not."""
    with localcontext(EXACT):
        tried = []
        for product in catalogue.products:
            for promotion in (None, *(p for p in catalogue.promotions if product.code in p.products)):
                if closed(wish, product, promotion):
                    continue
                rates = promotion.rates if promotion and promotion.rates else product.rates
                for term in wish.terms or sorted(r.periods for r in rates):
                    for way in product.repayments:
                        amounts = set()
                        for asked in wish.down_payments:
                            made = loan(wish, product, promotion, way, term, asked, None)
                            if made and made.principal not in amounts:
                                amounts.add(made.principal)
                                tried.append(made)
        return tried


def chosen(loans: Sequence[Loan], catalogue: Catalogue) -> list[Loan]:
    """The passing loans after promotions that meet were resolved."""
    order = {None: 10**9} | {p.code: k for k, p in enumerate(catalogue.promotions)}
    groups: dict[tuple[str, int, int, int], list[Loan]] = {}
    for one in loans:
        if not one.bounds:
            way = one.product.repayments.index(one.repayment)
            groups.setdefault((one.product.code, way, one.periods, one.asked), []).append(one)
    kept = []
    for group in groups.values():

        def claim(one: Loan) -> tuple[float, float, int]:
            priority = float("inf") if one.promotion is None else one.promotion.priority
            place = order[one.promotion.code if one.promotion else None]
            if catalogue.conflict is Conflict.PRIORITY:
                return priority, 0, place
            return one.over_cash, priority, place

        kept.append(min(group, key=claim))
    return kept


def nearest_amount(wish: Wish, one: Loan) -> int | None:
    """The amount nearest to the one tried, other than it, that breaks no bound; found by trying them all."""
    with localcontext(EXACT):
        step = one.product.amount_step
        amounts = sorted(range(step, one.price + 1, step), key=lambda a: abs(a - one.principal))
        for amount in amounts:
            made = loan(wish, one.product, one.promotion, one.repayment, one.periods, one.asked, amount)
            if made is not None and not made.bounds:
                return amount
        return None


__all__ = ["CustomerKind", "Loan", "Rule", "chosen", "closed", "everything", "loan", "nearest_amount"]
