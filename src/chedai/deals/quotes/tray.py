"""The tray: which of all plans stand side by side, and which reasons are worth a line.

A comparison answers for every term at once. At the desk one term is chosen, so of each product, promotion and method
the plan at that term stands for it; where it is not sold at that term, the longest shorter one, else the shortest.
Cash is always first; up to six loans stand beside it, and where a seventh comes the oldest leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from chedai.engine.compare import Bound, Plan, Promotion, WhyNot

MOST: Final = 6
FIRST: Final = 5
"""How many loans stand in the tray before anybody chose."""


FOLLOWS: Final = "*"
"""In place of the term: the plan of the family that stands for the term chosen at the desk."""


def key_of(plan: Plan) -> str:
    """The plan in one word, the same in every comparison: product, promotion, method, term."""
    return "cash" if plan.financing is None else f"{family_of(plan)}.{plan.financing.periods}"


def family_of(plan: Plan) -> str:
    """The same without the term."""
    made = plan.financing
    if made is None:
        return "cash"
    return f"{made.product.code}.{_code(made.promotion)}.{made.product.repayments.index(made.repayment)}"


def at_term(plans: Sequence[Plan], term: int | None) -> tuple[Plan, ...]:
    """Cash, then one plan for each product, promotion and method, in the order of `plans`."""
    best: dict[str, Plan] = {}
    for plan in plans:
        family = family_of(plan)
        known = best.get(family)
        if known is None or _nearness(_months(plan), term) < _nearness(_months(known), term):
            best[family] = plan
    chosen = {id(plan) for plan in best.values()}
    return tuple(plan for plan in plans if id(plan) in chosen)


def lay(plans: Sequence[Plan], keys: Sequence[str], term: int | None) -> tuple[Plan, ...]:
    """Cash, then the plans of `keys` in their order that exist; with no keys the first ones at the term.

    A key that ends in `*` follows the term.
    """
    standing = [plan for plan in at_term(plans, term) if not plan.is_cash]
    known = {key_of(plan): plan for plan in plans if not plan.is_cash}
    known |= {f"{family_of(plan)}.{FOLLOWS}": plan for plan in standing}
    wanted = {id(known[key]): known[key] for key in keys if key in known}
    loans = list(wanted.values())[-MOST:] or standing[:FIRST]
    return (*(plan for plan in plans if plan.is_cash), *loans)


def place_of(shown: Sequence[Plan], key: str) -> int:
    """The position of the plan a key names; the first loan where it names none of them."""
    family, _, months = key.rpartition(".")
    for at, plan in enumerate(shown):
        if not plan.is_cash and (key_of(plan) == key or (months == FOLLOWS and family_of(plan) == family)):
            return at
    return 1


def reasons_at(why_not: Iterable[WhyNot], plans: Sequence[Plan], term: int | None) -> tuple[WhyNot, ...]:
    """One reason for each product, promotion and method of which no plan exists at any term."""
    possible = {_family(p.financing.product.code, _code(p.financing.promotion)) for p in plans if p.financing}
    found: dict[str, WhyNot] = {}
    for why in why_not:
        family = _family(why.product.code, _code(why.promotion))
        if family in possible or any(failure.bound is Bound.CONFLICT for failure in why.failures):
            continue
        known = found.get(family)
        if known is None or _nearness(why.periods or 0, term) < _nearness(known.periods or 0, term):
            found[family] = why
    return tuple(found.values())


def _code(promotion: Promotion | None) -> str:
    return "" if promotion is None else promotion.code


def _family(product: str, promotion: str) -> str:
    return f"{product}.{promotion}"


def _months(plan: Plan) -> int:
    return 0 if plan.financing is None else plan.financing.periods


def _nearness(periods: int, term: int | None) -> tuple[int, int]:
    """The term itself, else the longest below it, else the shortest above; without a term the first listed."""
    if term is None or periods == term:
        return (0, 0)
    return (1, term - periods) if periods < term else (2, periods - term)
