"""What is offered: every product under every promotion that names it, at every term, method and first payment.

An `Offer` is a product as it stands under one promotion or under none. A `Candidate` is one loan of an offer: term,
method and amount fixed, nothing computed yet. The financed amount is a whole multiple of the product's step; what is
left over joins the first payment, so the first payment is never below what the customer named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from chedai.engine.compare.catalogue import Catalogue, Product, Promotion, Repayment, TailOf, TermRate
from chedai.engine.compare.wish import Wish
from chedai.engine.money import RATE_SCALE, divide
from chedai.engine.rates.fees import Fee
from chedai.engine.terms import LoanTerms


@dataclass(frozen=True, slots=True)
class Offer:
    """A product under `promotion`, or as listed."""

    product: Product
    promotion: Promotion | None
    rates: tuple[TermRate, ...]
    fees: tuple[Fee, ...]
    min_down: int
    max_amount: int | None
    price_discount: int

    def rate_at(self, periods: int) -> int | None:
        """The customer's annual rate at a term; None where the term is not offered."""
        return next((rate.annual_rate for rate in self.rates if rate.periods == periods), None)

    @property
    def terms(self) -> tuple[int, ...]:
        """The terms on offer, shortest first."""
        return tuple(sorted(rate.periods for rate in self.rates))


def offer_of(product: Product, promotion: Promotion | None) -> Offer:
    """The product as listed, or as the promotion changes it."""
    if promotion is None:
        most = product.max_amount
        return Offer(product, None, product.rates, product.fees, product.min_down, most, 0)
    return Offer(
        product,
        promotion,
        promotion.rates or product.rates,
        product.fees if promotion.fees is None else promotion.fees,
        product.min_down if promotion.min_down is None else promotion.min_down,
        product.max_amount if promotion.max_amount is None else promotion.max_amount,
        promotion.price_discount,
    )


def offers(catalogue: Catalogue, day: date) -> Iterator[Offer]:
    """Every product in its version of the day, each followed by the promotions that name it."""
    for product in catalogue.sold_on(day):
        yield offer_of(product, None)
        for promotion in catalogue.promotions:
            if product.code in promotion.products:
                yield offer_of(product, promotion)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One loan of an offer, not yet computed. `price` is net of the discount this financing brings."""

    offer: Offer
    repayment: Repayment
    periods: int
    annual_rate: int
    price: int
    principal: int

    @property
    def down_payment(self) -> int:
        return self.price - self.principal

    @property
    def key(self) -> tuple[int, int, int, int]:
        """What tells candidates of one comparison apart; their offers and methods are the same objects throughout."""
        return id(self.offer), id(self.repayment), self.periods, self.principal

    def charges(self) -> tuple[int, ...]:
        """What each fee of the offer takes each time it is taken, in its order, in fen."""
        return tuple(fee.charge(self.principal, self.price) for fee in self.offer.fees)

    def financing(self, amount: int) -> Candidate:
        """The same loan over another amount."""
        return Candidate(self.offer, self.repayment, self.periods, self.annual_rate, self.price, amount)

    def over(self, rate: TermRate) -> Candidate:
        """The same loan at another term of the offer."""
        return Candidate(self.offer, self.repayment, rate.periods, rate.annual_rate, self.price, self.principal)

    @property
    def tail(self) -> int:
        """What the last instalment carries beside the regular one, by contract."""
        return tail_of(self.repayment, self.price, self.principal)

    def terms(self, wish: Wish) -> LoanTerms:
        """The paper that this candidate would be."""
        return LoanTerms(
            principal=self.principal,
            annual_rate=self.annual_rate,
            periods=self.periods,
            disbursed_on=wish.on,
            amortisation=self.repayment.amortisation,
            interest_method=self.repayment.interest_method,
            rounding=self.offer.product.rounding,
            grace_principal=self.repayment.grace_principal,
            balloon=self.tail,
        )


def tail_of(repayment: Repayment, price: int, principal: int) -> int:
    """The tail in fen, half-up to the fen."""
    base = principal if repayment.tail_of is TailOf.PRINCIPAL else price
    return divide(base * repayment.tail_share, RATE_SCALE)


def financed(offer: Offer, price: int, down_payment: int) -> int:
    """The amount to finance: price less first payment, down to a whole step."""
    step = offer.product.amount_step
    return max(price - down_payment, 0) // step * step


def standard_rate(offer: Offer, periods: int) -> int | None:
    """What the lender earns at a term when the customer's rate is subsidised; None where nobody stated it."""
    own = () if offer.promotion is None else offer.promotion.standard_rates
    rates = (*own, *offer.product.rates)
    return next((rate.annual_rate for rate in rates if rate.periods == periods), None)
