"""个性化方案: how far asked-for terms are from the catalogue, in figures.

A bespoke term is not a reason to refuse; it is a reason to name the distance, because the size of the deviation decides
who may approve it. Each line states what was asked, the nearest the catalogue has, and the difference with its sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from chedai.engine.compare.catalogue import Product
from chedai.engine.compare.offer import Offer, offer_of
from chedai.engine.errors import InvalidArgument
from chedai.engine.money import RATE_SCALE, divide
from chedai.engine.rates import Fee, When
from chedai.engine.schedule import schedule
from chedai.engine.terms import LoanTerms


class Term(StrEnum):
    """What was asked for otherwise than listed."""

    RATE = "rate"  # 1e-8 a year
    PERIODS = "periods"  # months
    DOWN_PAYMENT = "down_payment"  # share of the price, 1e-8
    AMOUNT = "amount"  # fen
    FEES = "fees"  # fen over the whole plan
    LIFE = "life"  # average life of the principal, days of 30 a month


@dataclass(frozen=True, slots=True)
class Deviation:
    """One term: `asked` and the catalogue's `listed`, in the unit of `Term`; `difference` = asked - listed."""

    term: Term
    asked: int
    listed: int

    @property
    def difference(self) -> int:
        return self.asked - self.listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Bespoke:
    """What the customer asks for: amounts in fen, rate in 1e-8 a year."""

    price: int
    principal: int
    periods: int
    annual_rate: int
    fees: tuple[Fee, ...] = ()


def deviations(product: Product, asked: Bespoke) -> tuple[Deviation, ...]:
    """Every term in which `asked` leaves the product's bounds, with the distance to the nearest listed value.

    A term not listed is measured against the nearest listed one (the shorter of two as near), and so is its rate.
    Errors: `InvalidArgument` for amounts that are none.
    """
    if not 0 < asked.principal <= asked.price:
        raise InvalidArgument(
            "principal", "must be positive and within the price", "须为正且不超过车价", value=asked.principal
        )
    offer = offer_of(product, None)
    periods = min(offer.terms, key=lambda term: (abs(term - asked.periods), term))
    lines = [
        Deviation(Term.PERIODS, asked.periods, periods),
        Deviation(Term.RATE, asked.annual_rate, offer.rate_at(periods) or 0),
        *_amount(offer, asked),
        Deviation(Term.FEES, _total(asked.fees, asked), _total(offer.fees, asked)),
    ]
    return tuple(line for line in lines if line.difference)


def average_life(terms: LoanTerms) -> int:
    """For how many days of 30 a month the principal is out on average: what a tail or steps change of a loan.

    Each principal part counts by the months until it comes back. Errors: those of `schedule`.
    """
    months = sum(row.principal * number for number, row in enumerate(schedule(terms).rows, start=1))
    return divide(months * 30, terms.principal)


def shape_deviation(asked: LoanTerms, usual: LoanTerms) -> tuple[Deviation, ...]:
    """How much longer or shorter the principal of `asked` is out than by the usual way of repaying the same loan."""
    line = Deviation(Term.LIFE, average_life(asked), average_life(usual))
    return (line,) if line.difference else ()


def _amount(offer: Offer, asked: Bespoke) -> Sequence[Deviation]:
    product = offer.product
    down = divide((asked.price - asked.principal) * RATE_SCALE, asked.price)
    most = asked.principal if offer.max_amount is None else offer.max_amount
    return (
        Deviation(Term.DOWN_PAYMENT, down, min(max(down, offer.min_down), product.max_down)),
        Deviation(Term.AMOUNT, asked.principal, min(max(asked.principal, product.min_amount), most)),
    )


def _total(fees: Sequence[Fee], asked: Bespoke) -> int:
    return sum(f.total(asked.principal, asked.periods, asked.price) for f in fees if f.when is not When.CONTINGENT)
