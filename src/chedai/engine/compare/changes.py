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

from chedai.engine.compare.bounds import amount_limits, ceiling_to, least_amount, term_failures
from chedai.engine.compare.catalogue import CustomerKind
from chedai.engine.compare.check import check
from chedai.engine.compare.figures import highest_instalments
from chedai.engine.compare.offer import Candidate
from chedai.engine.compare.plan import Change, Lever
from chedai.engine.compare.plans import cash_at_signing
from chedai.engine.compare.shelf import Closed, Slot, checked, slots_at
from chedai.engine.compare.wish import Bound, Rule, Wish
from chedai.engine.money import RATE_SCALE, FenColumn, divide

NEAR: Final = 200  # fen: a fen of the instalment is worth at most so much principal at the usual terms


@dataclass(frozen=True, slots=True)
class Failed:
    """A slot with everything that is wrong with it, the figures included where they could be computed."""

    slot: Slot
    bounds: frozenset[Bound]


def changes_for(failed: Sequence[Failed], wish: Wish, rules: Sequence[Rule]) -> list[tuple[Change, ...]]:
    """For every failed slot the changes that make it pass, in the order in which they are asked of the customer."""
    amounts = _other_amounts(failed, wish, rules)
    terms = _other_terms(failed, wish, rules)
    found = []
    for k, one in enumerate(failed):
        changes = [change for change in (amounts[k], terms[k]) if change is not None]
        found.append((*changes, *_own_bounds(one, wish)))
    return found


def _own_bounds(one: Failed, wish: Wish) -> Iterable[Change]:
    """The customer's own ceiling or cash, where it alone stands in the way."""
    if one.bounds == {Bound.INSTALMENT}:
        yield Change(Lever.CEILING, int(highest_instalments([one.slot.candidate], wish)[0]))
    if one.bounds == {Bound.CASH}:
        yield Change(Lever.CASH, cash_at_signing(one.slot.candidate, wish))


def _other_terms(failed: Sequence[Failed], wish: Wish, rules: Sequence[Rule]) -> list[Change | None]:
    """The nearest other term at the same first payment that passes; the shorter of two as near."""
    trials: list[tuple[int, Candidate]] = []
    for k, one in enumerate(failed):
        offer = one.slot.candidate.offer
        for periods in offer.terms:
            if periods != one.slot.candidate.periods and not term_failures(offer, periods, wish, rules):
                rate = offer.rate_at(periods) or 0
                candidate = replace(one.slot.candidate, periods=periods, annual_rate=rate)
                if not checked(candidate, wish, rules):
                    trials.append((k, candidate))
    best: list[Change | None] = [None] * len(failed)
    for k, candidate in _passing(trials, wish, rules):
        asked = failed[k].slot.candidate.periods
        held = best[k]
        if held is None or abs(candidate.periods - asked) < abs(int(held.value) - asked):
            best[k] = Change(Lever.TERM, candidate.periods)
    return best


def _other_amounts(failed: Sequence[Failed], wish: Wish, rules: Sequence[Rule]) -> list[Change | None]:
    """The nearest other first payment at the same term that passes."""
    ranges = [_range(one.slot.candidate, wish, rules) for one in failed]
    ranges = _under_ceiling(failed, ranges, wish)
    trials = []
    for k, (one, (least, most)) in enumerate(zip(failed, ranges, strict=True)):
        now = one.slot.candidate.principal
        if least <= most and not least <= now <= most:
            trials.append((k, replace(one.slot.candidate, principal=most if now > most else least)))
    best: list[Change | None] = [None] * len(failed)
    for k, candidate in _passing(trials, wish, rules):
        down = candidate.down_payment
        best[k] = Change(Lever.DOWN_PAYMENT, down, divide(down * RATE_SCALE, candidate.price))
    return best


def _range(candidate: Candidate, wish: Wish, rules: Sequence[Rule]) -> tuple[int, int]:
    """The least and the most to finance by all bounds but the ceiling, in whole steps; empty if least > most."""
    step = candidate.offer.product.amount_step
    limits = list(amount_limits(candidate, wish, rules))
    least = max(ceiling_to(limit.least, step) for limit in limits)
    most = min([limit.most // step * step for limit in limits if limit.most is not None], default=candidate.price)
    if wish.cash_most is not None:
        cash_most = wish.cash_most

        def enough(amount: int) -> bool:
            return cash_at_signing(replace(candidate, principal=amount), wish) <= cash_most

        cash = least_amount(candidate, enough)
        least = most + 1 if cash is None else max(least, cash)
    return least, most


def _under_ceiling(failed: Sequence[Failed], ranges: Sequence[tuple[int, int]], wish: Wish) -> list[tuple[int, int]]:
    """The ranges cut to amounts whose highest instalment the ceiling allows."""
    if wish.instalment_most is None:
        return list(ranges)
    rows = [k for k, (least, most) in enumerate(ranges) if least <= most]
    cut = list(ranges)
    candidates = [failed[k].slot.candidate for k in rows]
    steps = np.array([c.offer.product.amount_step for c in candidates], dtype=np.int64)
    low = np.array([ranges[k][0] for k in rows], dtype=np.int64) // steps
    high = np.array([ranges[k][1] for k in rows], dtype=np.int64) // steps
    most = _largest_allowed(candidates, low, high, steps, wish, wish.instalment_most)
    for k, amount in zip(rows, (most * steps).tolist(), strict=True):
        cut[k] = (ranges[k][0], amount)
    return cut


def _largest_allowed(
    candidates: Sequence[Candidate], least: FenColumn, most: FenColumn, steps: FenColumn, wish: Wish, ceiling: int
) -> FenColumn:
    """The largest number of steps from `least` to `most` that the ceiling allows, for each row; `least - 1` if none."""
    low, high = least - 1, most.copy()

    def narrow(at: FenColumn) -> FenColumn:
        """Cut the rows that are still open at `at` steps; answers the highest instalments there."""
        rows = np.flatnonzero((low < high) & (at > low) & (at <= high))
        tried = [replace(candidates[k], principal=int(at[k] * steps[k])) for k in rows.tolist()]
        found = np.zeros(at.size, dtype=np.int64)
        found[rows] = highest_instalments(tried, wish)
        allowed = found[rows] <= ceiling
        low[rows[allowed]] = at[rows[allowed]]
        high[rows[~allowed]] = at[rows[~allowed]] - 1
        return found

    at_most = np.maximum(narrow(most), 1)
    # The instalment is all but proportional to the amount, so the answer lies a few steps around the rule of three.
    near = most * ceiling // at_most
    around = NEAR // steps + 2
    for guess in (near + around, near - around):
        narrow(guess)
    while (low < high).any():
        narrow((low + high + 1) // 2)
    return low


def _passing(
    trials: Sequence[tuple[int, Candidate]], wish: Wish, rules: Sequence[Rule]
) -> Iterator[tuple[int, Candidate]]:
    """The trials that break no bound, with the number of the plan they were tried for."""
    if trials:
        result = check([candidate for _, candidate in trials], wish, rules)
        for trial, failures in zip(trials, result.failures, strict=True):
            if not failures:
                yield trial


def changes_for_closed(closed: Sequence[Closed], wish: Wish, rules: Sequence[Rule]) -> list[tuple[Change, ...]]:
    """For offers closed at a term the nearest term that is open; for offers to another kind of customer, that kind."""
    trials: list[tuple[int, Candidate]] = []
    for k, one in enumerate(closed):
        for periods in _terms_to_try(one, wish):
            if not term_failures(one.offer, periods, wish, rules):
                slots = slots_at(one.offer, periods, wish, rules)
                trials += [(k, slot.candidate) for slot in slots if not slot.failures]
    best: list[Change | None] = [None] * len(closed)
    for k, candidate in _passing(trials, wish, rules):
        asked, held = closed[k].periods, best[k]
        if asked is None:
            other = CustomerKind.PERSON if wish.customer is CustomerKind.BUSINESS else CustomerKind.BUSINESS
            best[k] = Change(Lever.CUSTOMER, other)
        elif held is None or abs(candidate.periods - asked) < abs(int(held.value) - asked):
            best[k] = Change(Lever.TERM, candidate.periods)
    return [() if change is None else (change,) for change in best]


def _terms_to_try(closed: Closed, wish: Wish) -> tuple[int, ...]:
    """At which terms a closed offer could still be open: none where place, day or car are wrong."""
    if closed.periods is not None:
        return tuple(periods for periods in closed.offer.terms if periods != closed.periods)
    wrong = {failure.bound for failure in closed.failures}
    return (wish.terms or closed.offer.terms) if wrong == {Bound.CUSTOMER} else ()
