"""Which bound a loan breaks, by how much, and what the financed amount would have to be.

Bounds come from the product, from the rules above it (largest loan ratio, longest term, highest rate) and from the
customer. All that limit the amount are brought to one scale, the least and the most that may be financed, so that the
smallest change of the first payment can be read off. A failure keeps both figures; `words` makes the sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from chedai.engine.compare.catalogue import Scope, TailOf, VehicleKind
from chedai.engine.compare.offer import Candidate, Offer
from chedai.engine.compare.wish import Bound, Rule, Wish
from chedai.engine.money import RATE_SCALE, divide
from chedai.engine.rates.fees import Fee, ShareOf, When

Figure: TypeAlias = int | str | date


@dataclass(frozen=True, slots=True)
class Failure:
    """A broken bound. `figure` is what is, `limit` what may be: fen, shares (1e-8), months, days or names by `bound`.

    `need` is, for bounds on the amount, the first payment in fen that meets this bound. `policy` names the rule's
    version where the limit comes from above the product.
    """

    bound: Bound
    figure: Figure
    limit: Figure
    need: int | None = None
    policy: str = ""


@dataclass(frozen=True, slots=True)
class AmountLimit:
    """One bound on the financed amount, fen, both ends inclusive; `most` None is open."""

    bound: Bound
    limit: int
    least: int = 0
    most: int | None = None
    policy: str = ""


def scope_failures(scope: Scope, wish: Wish) -> Iterator[Failure]:
    """Why a product or promotion is not for this customer, car, place or day."""
    if scope.starts is not None and wish.on < scope.starts:
        yield Failure(Bound.DATE, wish.on, scope.starts)
    if scope.ends is not None and wish.on > scope.ends:
        yield Failure(Bound.DATE, wish.on, scope.ends)
    places: tuple[tuple[Bound, str, Sequence[str]], ...] = (
        (Bound.VEHICLE, wish.vehicle, scope.vehicles),
        (Bound.MODEL, wish.model, scope.models),
        (Bound.REGION, wish.region, scope.regions),
        (Bound.CUSTOMER, wish.customer, scope.customers),
    )
    for bound, mine, admitted in places:
        if admitted and mine not in admitted:
            yield Failure(bound, str(mine), "|".join(admitted))


def offer_failures(offer: Offer, wish: Wish) -> list[Failure]:
    """Why an offer is not open to this wish at any term or amount."""
    failures = list(scope_failures(offer.product.scope, wish))
    promotion = offer.promotion
    if promotion is not None:
        failures += scope_failures(promotion.scope, wish)
        if promotion.quota is not None and promotion.used >= promotion.quota:
            failures.append(Failure(Bound.QUOTA, promotion.used, promotion.quota))
    return failures


def term_failures(offer: Offer, periods: int, wish: Wish, rules: Sequence[Rule]) -> list[Failure]:
    """Why an offer is not sold at this term. A term without a rate is the first and only reason."""
    if offer.rate_at(periods) is None:
        return [Failure(Bound.TERM, periods, "|".join(str(term) for term in offer.terms))]
    failures = []
    rule = tightest(rules, Bound.TERM_MOST, offer, wish)
    if rule is not None and periods > rule.limit:
        failures.append(Failure(Bound.TERM_MOST, periods, rule.limit, policy=rule.version))
    most_age = offer.product.max_age_plus_term
    if most_age is not None and wish.vehicle is VehicleKind.USED and wish.vehicle_age + periods > most_age:
        failures.append(Failure(Bound.AGE, wish.vehicle_age + periods, most_age))
    return failures


def amount_limits(candidate: Candidate, wish: Wish, rules: Sequence[Rule]) -> Iterator[AmountLimit]:
    """Every bound of product and rules on the financed amount."""
    offer, price = candidate.offer, candidate.price
    product = offer.product
    yield AmountLimit(Bound.DOWN_LEAST, offer.min_down, most=price - ceiling(price, offer.min_down))
    yield AmountLimit(Bound.DOWN_MOST, product.max_down, least=price - price * product.max_down // RATE_SCALE)
    base = value_base(candidate, wish)
    rule = tightest(rules, Bound.LTV, offer, wish)
    if rule is not None and rule.limit < product.max_ltv:
        yield AmountLimit(Bound.LTV, rule.limit, most=base * rule.limit // RATE_SCALE, policy=rule.version)
    else:
        yield AmountLimit(Bound.LTV, product.max_ltv, most=base * product.max_ltv // RATE_SCALE)
    yield AmountLimit(Bound.AMOUNT_LEAST, product.min_amount, least=product.min_amount)
    if offer.max_amount is not None:
        yield AmountLimit(Bound.AMOUNT_MOST, offer.max_amount, most=offer.max_amount)
    if candidate.repayment.tail_of is TailOf.PRICE and candidate.tail:
        yield AmountLimit(Bound.TAIL, candidate.tail, least=candidate.tail + 1)


def fees_limit(candidate: Candidate) -> AmountLimit:
    """The least amount that the fees taken from the payout leave something of; beyond the price where they never do."""
    taken = [fee for fee in candidate.offer.fees if fee.when is When.UPFRONT and fee.in_rate]
    least = least_amount(candidate, taken, 1)
    shown = taken_from_payout(candidate, candidate.principal)
    return AmountLimit(Bound.FEES, shown, least=candidate.price + 1 if least is None else least)


def amount_failures(candidate: Candidate, wish: Wish, rules: Sequence[Rule]) -> list[Failure]:
    """The bounds on the amount that this candidate breaks."""
    step, price = candidate.offer.product.amount_step, candidate.price
    failures = []
    limits = list(amount_limits(candidate, wish, rules))
    if taken_from_payout(candidate, candidate.principal) >= max(candidate.principal, 1):
        limits.append(fees_limit(candidate))
    for limit in limits:
        if limit.most is not None and candidate.principal > limit.most:
            need = price - limit.most // step * step
        elif candidate.principal < limit.least:
            need = price - ceiling_to(limit.least, step)
        else:
            continue
        shown = _figure(candidate, limit.bound, wish)
        failures.append(Failure(limit.bound, shown, limit.limit, need if 0 <= need <= price else None, limit.policy))
    return failures


def _figure(candidate: Candidate, bound: Bound, wish: Wish) -> int:
    if bound in (Bound.DOWN_LEAST, Bound.DOWN_MOST):
        return divide(candidate.down_payment * RATE_SCALE, candidate.price)
    if bound is Bound.LTV:
        return divide(candidate.principal * RATE_SCALE, value_base(candidate, wish))
    return candidate.principal


def tightest(rules: Sequence[Rule], bound: Bound, offer: Offer, wish: Wish) -> Rule | None:
    """The rule with the smallest limit among those that speak about this bound, car and lender."""
    kind = offer.product.lender.kind
    fitting = [rule for rule in rules if rule.bound is bound and rule.covers(wish.vehicle, kind)]
    return min(fitting, key=lambda rule: rule.limit, default=None)


def value_base(candidate: Candidate, wish: Wish) -> int:
    """The denominator of the loan ratio, the discount this financing brings taken off; the new car alone."""
    return max(min(wish.value_base, candidate.price - wish.government_subsidy), 1)


def taken_from_payout(candidate: Candidate, amount: int) -> int:
    """The fees the rate counts that are taken at or before the payout, if `amount` were financed."""
    fees = candidate.offer.fees
    return sum(fee.charge(amount, candidate.price) for fee in fees if fee.when is When.UPFRONT and fee.in_rate)


def least_amount(candidate: Candidate, fees: Sequence[Fee], rest: int) -> int | None:
    """The least whole step to finance that leaves at least `rest` fen once `fees` are taken from it; None if none does.

    What is left grows with the amount but for the rounding of each share, so the answer lies near the quotient.
    """
    step, price = candidate.offer.product.amount_step, candidate.price
    fixed, share = sum(fee.amount for fee in fees), RATE_SCALE
    for fee in fees:
        if fee.of is ShareOf.PRINCIPAL:
            share -= fee.share
        else:
            fixed += fee.charge(0, price)
    if share <= 0:
        return None

    def enough(steps: int) -> bool:
        return steps * step - sum(fee.charge(steps * step, price) for fee in fees) >= rest

    low = max((rest + fixed - len(fees)) * RATE_SCALE // share // step, 0)
    high = max(-(-(rest + fixed + len(fees)) * RATE_SCALE // share) // step + 1, low)
    while low < high:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle + 1
    return low * step


def ceiling(amount: int, share: int) -> int:
    """`share` (1e-8) of `amount`, rounded up to the fen."""
    return -(-amount * share // RATE_SCALE)


def ceiling_to(amount: int, step: int) -> int:
    """`amount` up to a whole step."""
    return -(-amount // step) * step
