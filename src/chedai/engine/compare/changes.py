"""The smallest change that would do: for every plan that fails, what the customer could alter so that it passes.

One change at a time, each verified by computing the plan again: another first payment (the nearest amount that passes
all bounds), another term (the nearest), and, where nothing else is broken, the customer's own ceiling or cash. The
largest amount whose instalment stays under the ceiling is found by halving, for all plans together: the instalment
never falls when the amount grows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from chedai.engine.compare.bounds import (
    Failure,
    amount_limits,
    ceiling_to,
    fees_limit,
    least_amount,
    offer_failures,
    term_failures,
)
from chedai.engine.compare.catalogue import CustomerKind, TermRate
from chedai.engine.compare.check import check
from chedai.engine.compare.figures import highest_instalments
from chedai.engine.compare.offer import Candidate
from chedai.engine.compare.plan import Change, Lever
from chedai.engine.compare.plans import traded
from chedai.engine.compare.shelf import Closed, Slot, slots_at
from chedai.engine.compare.wish import Bound, Rule, Wish
from chedai.engine.money import RATE_SCALE, FenColumn, divide
from chedai.engine.rates import When

NEAR: Final = 200  # fen: a fen of the instalment is worth at most so much principal at the usual terms

Trial = tuple[int, Candidate]
"""A candidate, and the position of the plan it is tried for."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A slot with everything that is wrong with it, the figures included where they could be computed."""

    slot: Slot
    failures: tuple[Failure, ...]


class Oracle:
    """Whether candidates pass every bound; what the comparison has computed already is not computed again."""

    def __init__(self, wish: Wish, rules: Sequence[Rule]) -> None:
        self.wish = wish
        self.rules = rules
        self.known: dict[tuple[int, int, int, int], bool] = {}

    def learn(self, candidates: Iterable[Candidate], *, passes: bool) -> None:
        """What the comparison found of these candidates."""
        self.known.update((candidate.key, passes) for candidate in candidates)

    def passing(self, trials: Sequence[Trial]) -> Iterator[Trial]:
        """The trials that break no bound. Each must be within the bounds on its amount."""
        unknown = list({c.key: c for _, c in trials if c.key not in self.known}.values())
        if unknown:
            found = check(unknown, self.wish, self.rules)
            self.known.update((c.key, not failures) for c, failures in zip(unknown, found.failures, strict=True))
        return (trial for trial in trials if self.known[trial[1].key])


def changes_for(failed: Sequence[Failed], oracle: Oracle) -> list[tuple[Change, ...]]:
    """For every failed slot the changes that make it pass, in the order in which they are asked of the customer."""
    amounts = _other_amounts(failed, oracle)
    terms = _other_terms(failed, oracle)
    return [
        (*(change for change in (amounts[k], terms[k]) if change is not None), *_own_bounds(one))
        for k, one in enumerate(failed)
    ]


def _own_bounds(one: Failed) -> Iterator[Change]:
    """The customer's own ceiling or cash, where it alone stands in the way."""
    levers = {Bound.INSTALMENT: Lever.CEILING, Bound.CASH: Lever.CASH}
    if len(one.failures) == 1 and one.failures[0].bound in levers:
        failure = one.failures[0]
        yield Change(levers[failure.bound], int(str(failure.figure)))


def _other_terms(failed: Sequence[Failed], oracle: Oracle) -> list[Change | None]:
    """The nearest other term at the same first payment that passes; no bound on the amount depends on the term."""
    open_terms: dict[int, list[TermRate]] = {}
    trials: list[Trial] = []
    for k, one in enumerate(failed):
        candidate = one.slot.candidate
        if one.slot.failures:
            continue
        rates = open_terms.get(id(candidate.offer))
        if rates is None:
            offer = candidate.offer
            rates = [r for r in offer.rates if not term_failures(offer, r.periods, oracle.wish, oracle.rules)]
            open_terms[id(offer)] = rates
        trials += [(k, candidate.over(rate)) for rate in rates if rate.periods != candidate.periods]
    best: list[Change | None] = [None] * len(failed)
    for k, candidate in oracle.passing(trials):
        best[k] = _nearer(best[k], candidate.periods, failed[k].slot.candidate.periods)
    return best


def _nearer(held: Change | None, periods: int, asked: int) -> Change:
    """The term nearer to the one asked for, the shorter of two as near."""
    if held is not None and (abs(int(held.value) - asked), held.value) < (abs(periods - asked), periods):
        return held
    return Change(Lever.TERM, periods)


def _other_amounts(failed: Sequence[Failed], oracle: Oracle) -> list[Change | None]:
    """The nearest other first payment at the same term that passes."""
    ranges = [_range(one.slot.candidate, oracle) for one in failed]
    ranges = _under_ceiling(failed, ranges, oracle.wish)
    trials = []
    for k, (one, (least, most)) in enumerate(zip(failed, ranges, strict=True)):
        now = one.slot.candidate.principal
        if least <= most and not least <= now <= most:
            trials.append((k, one.slot.candidate.financing(most if now > most else least)))
    best: list[Change | None] = [None] * len(failed)
    for k, candidate in oracle.passing(trials):
        down = candidate.down_payment
        best[k] = Change(Lever.DOWN_PAYMENT, down, divide(down * RATE_SCALE, candidate.price))
    return best


def _range(candidate: Candidate, oracle: Oracle) -> tuple[int, int]:
    """The least and the most to finance by all bounds but the ceiling, in whole steps; empty if least > most."""
    step, wish = candidate.offer.product.amount_step, oracle.wish
    limits = [*amount_limits(candidate, wish, oracle.rules), fees_limit(candidate)]
    least = max(ceiling_to(limit.least, step) for limit in limits)
    most = min(limit.most // step * step for limit in limits if limit.most is not None)
    if wish.cash_most is not None:
        upfront = [fee for fee in candidate.offer.fees if fee.when is When.UPFRONT]
        cash = least_amount(candidate, upfront, candidate.price - traded(wish) - wish.cash_most)
        least = most + 1 if cash is None else max(least, cash)
    return least, most


def _under_ceiling(failed: Sequence[Failed], ranges: Sequence[tuple[int, int]], wish: Wish) -> list[tuple[int, int]]:
    """The ranges cut to amounts whose highest instalment the ceiling allows."""
    rows = [k for k, (least, most) in enumerate(ranges) if least <= most]
    cut = list(ranges)
    if wish.instalment_most is None or not rows:
        return cut
    candidates = [failed[k].slot.candidate for k in rows]
    steps = np.array([c.offer.product.amount_step for c in candidates], dtype=np.int64)
    least = np.array([ranges[k][0] for k in rows], dtype=np.int64) // steps
    most = np.array([ranges[k][1] for k in rows], dtype=np.int64) // steps
    most = largest_allowed(candidates, least, most, steps, wish.instalment_most)
    for k, amount in zip(rows, (most * steps).tolist(), strict=True):
        cut[k] = (ranges[k][0], amount)
    return cut


def largest_allowed(
    candidates: Sequence[Candidate], least: FenColumn, most: FenColumn, steps: FenColumn, ceiling: int
) -> FenColumn:
    """The largest number of steps from `least` to `most` that the ceiling allows, for each row; `least - 1` if none.

    Everything in fen; a row whose `least` is above `most` must not be asked.
    """
    low, high = least - 1, most.copy()

    def narrow(at: FenColumn) -> FenColumn:
        """Cut the rows that are still open at `at` steps; answers the highest instalments there."""
        rows = np.flatnonzero((low < high) & (at > low) & (at <= high))
        found = np.ones(at.size, dtype=np.int64)
        if rows.size:
            amounts = (at * steps)[rows].tolist()
            tried = [candidates[k].financing(amount) for k, amount in zip(rows.tolist(), amounts, strict=True)]
            found[rows] = highest_instalments(tried)
            allowed = found[rows] <= ceiling
            low[rows[allowed]] = at[rows[allowed]]
            high[rows[~allowed]] = at[rows[~allowed]] - 1
        return found

    narrow(least)
    # The instalment is all but proportional to the amount, so the answer lies a few steps around the rule of three.
    near = most * ceiling // np.maximum(narrow(most), 1)
    around = NEAR // steps + 2
    narrow(near + around)
    narrow(near - around)
    while (low < high).any():
        narrow((low + high + 1) // 2)
    return low


def changes_for_closed(closed: Sequence[Closed], oracle: Oracle) -> list[tuple[Change, ...]]:
    """For offers closed at a term the nearest term that is open; for offers to another kind of customer, that kind."""
    trials: list[Trial] = []
    for k, one in enumerate(closed):
        for periods in _terms_to_try(one, oracle.wish):
            if not term_failures(one.offer, periods, oracle.wish, oracle.rules):
                slots = slots_at(one.offer, periods, oracle.wish, oracle.rules)
                trials += [(k, slot.candidate) for slot in slots if not slot.failures]
    best: list[Change | None] = [None] * len(closed)
    for k, candidate in oracle.passing(trials):
        asked = closed[k].periods
        if asked is None:
            best[k] = Change(Lever.CUSTOMER, _other_customer(oracle.wish))
        else:
            best[k] = _nearer(best[k], candidate.periods, asked)
    return [() if change is None else (change,) for change in best]


def _terms_to_try(closed: Closed, wish: Wish) -> tuple[int, ...]:
    """At which terms a closed offer could be open: none where more than the customer's name is in the way."""
    if closed.periods is not None:
        return tuple(periods for periods in closed.offer.terms if periods != closed.periods)
    other = replace(wish, customer=_other_customer(wish))
    return () if offer_failures(closed.offer, other) else wish.terms or closed.offer.terms


def _other_customer(wish: Wish) -> CustomerKind:
    return CustomerKind.PERSON if wish.customer is CustomerKind.BUSINESS else CustomerKind.BUSINESS
