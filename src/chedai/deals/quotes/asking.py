"""Asking the whole catalogue: a wish, a day, the limits of the house, one answer with its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chedai.catalog.products.limits import house_rules
from chedai.deals.quotes.wishes import DeskWish, refusing
from chedai.engine.compare import Catalogue, Comparison, compare
from chedai.platform.policies import PolicyBook


@dataclass(frozen=True, slots=True)
class Answer:
    """Every plan and every reason for one wish, and what they rest on.

    `policies` are the rows of the policy book that were asked; `region_open` says that caps which differ by province
    could not be, because none was named.
    """

    desk: DeskWish
    on: date
    catalogue: Catalogue
    comparison: Comparison
    policies: tuple[str, ...]
    region_open: bool


def answer(desk: DeskWish, catalogue: Catalogue, book: PolicyBook, on: date) -> Answer:
    """Every plan of the catalogue within the wish and the limits of the day. Errors: `Refusal` at the field."""
    wish = desk.asked_on(on)
    kinds = frozenset(product.lender.kind for product in catalogue.products)
    house = house_rules(book, wish, kinds, long_need=False)
    with refusing():
        comparison = compare(wish, catalogue, house.rules, desk.preference)
    policies = tuple(dict.fromkeys(rule.version for rule in house.rules))
    return Answer(desk, on, catalogue, comparison, policies, house.region_open)
