"""The limits above every product, taken from the policy book for one day, one kind of car and one province."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chedai.engine.compare import Bound, LenderKind, Rule, Wish
from chedai.platform.policies import Cap, PolicyBook, ScopeNotStated, Tenor, lpr, max_term
from chedai.platform.policies.questions import LOAN_CAPS

CHANNEL = "dealer"


@dataclass(frozen=True, slots=True)
class HouseRules:
    """The rules, and whether regional caps could not be checked because no province was named."""

    rules: tuple[Rule, ...]
    region_open: bool


def house_rules(book: PolicyBook, wish: Wish, kinds: frozenset[LenderKind], *, long_need: bool) -> HouseRules:
    """Loan ratio, longest term and rate caps in force on the day of the wish, for each kind of lender."""
    rules: list[Rule] = []
    for kind in sorted(kinds):
        rules += _ratio(book, wish, kind)
        rules += _term(book, wish, kind, long_need)
        rules += _caps(book, wish, kind)
    return HouseRules(tuple(rules), not wish.region)


def _ratio(book: PolicyBook, wish: Wish, kind: LenderKind) -> Iterator[Rule]:
    row = book.find("loan_ratio.max", wish.on, lender_type=kind, vehicle_kind=wish.vehicle)
    if row is not None and row.limit is None:
        yield Rule(Bound.LTV, row.rate, row.id, (wish.vehicle,), (kind,))


def _term(book: PolicyBook, wish: Wish, kind: LenderKind, long_need: bool) -> Iterator[Rule]:
    if book.find("loan_term.auto", wish.on, lender_type=kind, vehicle_kind=wish.vehicle) is not None:
        row = max_term(book, wish.on, lender_type=kind, vehicle_kind=wish.vehicle, long_term_need=long_need)
        yield Rule(Bound.TERM_MOST, row.number, row.id, (wish.vehicle,), (kind,))


def _caps(book: PolicyBook, wish: Wish, kind: LenderKind) -> Iterator[Rule]:
    """Every cap on one loan; those that differ by province only where the province is known."""
    for key in book.keys(LOAN_CAPS):
        try:
            row = book.find(key, wish.on, lender_type=kind, region=wish.region or None, channel=CHANNEL)
        except ScopeNotStated:
            continue
        if row is not None:
            cap = row.typed(Cap)
            rates = [] if cap.at_most is None else [cap.at_most]
            if cap.times_lpr_1y is not None:
                rates.append(cap.times_lpr_1y * lpr(book, Tenor.ONE_YEAR, wish.on).rate)
            yield Rule(Bound.RATE_CAP, min(rates), row.id, (), (kind,))
