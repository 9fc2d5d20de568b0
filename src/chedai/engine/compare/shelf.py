"""Laying out the shelf: which loans there would be for a wish, and which offers or terms are closed from the start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chedai.engine.compare.bounds import Failure, amount_failures, offer_failures, term_failures
from chedai.engine.compare.catalogue import Catalogue
from chedai.engine.compare.offer import Candidate, Offer, financed, offers
from chedai.engine.compare.wish import Bound, Rule, Wish
from chedai.engine.errors import InvalidArgument


@dataclass(frozen=True, slots=True)
class Closed:
    """An offer that is not open at all (`periods` None), or not at one term."""

    offer: Offer
    periods: int | None
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """One loan that was looked at: the first payment asked for, and the bounds on its amount that it breaks."""

    candidate: Candidate
    asked: int
    failures: tuple[Failure, ...]

    @property
    def computable(self) -> bool:
        """Whether there is a loan to compute at all: something is paid out, and its tail is less than the whole."""
        blocked = {Bound.TAIL, Bound.FEES}
        return self.candidate.principal > 0 and not any(failure.bound in blocked for failure in self.failures)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything that was looked at."""

    slots: tuple[Slot, ...]
    closed: tuple[Closed, ...]


def lay_out(wish: Wish, catalogue: Catalogue, rules: Sequence[Rule]) -> Shelf:
    """Every offer at every term, method and first payment the wish names, checked against all but the figures."""
    slots: list[Slot] = []
    closed: list[Closed] = []
    for offer in offers(catalogue, wish.on):
        failures = offer_failures(offer, wish)
        if failures:
            closed.append(Closed(offer, None, tuple(failures)))
            continue
        for periods in wish.terms or offer.terms:
            failures = term_failures(offer, periods, wish, rules)
            if failures:
                closed.append(Closed(offer, periods, tuple(failures)))
            else:
                slots += slots_at(offer, periods, wish, rules)
    return Shelf(tuple(slots), tuple(closed))


def slots_at(offer: Offer, periods: int, wish: Wish, rules: Sequence[Rule]) -> Iterator[Slot]:
    """The loans of an offer at an open term; first payments that come to the same amount are one loan."""
    rate = offer.rate_at(periods)
    assert rate is not None, "term_failures lets only terms with a rate pass"
    price = wish.price - offer.price_discount
    if price < 1:
        raise InvalidArgument("price", "must exceed the discount off it", "必须大于价格优惠", value=wish.price)
    for repayment in offer.product.repayments:
        seen: set[int] = set()
        for asked in wish.down_payments:
            amount = financed(offer, price, asked)
            if amount in seen:
                continue
            seen.add(amount)
            candidate = Candidate(offer, repayment, periods, rate, price, amount)
            yield Slot(candidate, asked, tuple(amount_failures(candidate, wish, rules)))
