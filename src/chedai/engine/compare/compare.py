"""Compare and optimise (方案比较与优化): every plan within the bounds, best first, and why the others are not among
them.

The question is a wish (price, first payments, ceilings, terms, day), the shelf a catalogue, the limits above it
rules. All loans there could be are laid out, checked, computed together and sorted. Nothing is searched or sampled:
within the first payments, terms and methods named, what is not in the answer does not exist, and the list of reasons
says so.
"""

from __future__ import annotations

from collections.abc import Sequence

from chedai.engine.compare.bounds import Failure
from chedai.engine.compare.catalogue import Catalogue, Conflict
from chedai.engine.compare.changes import Failed, Oracle, changes_for, changes_for_closed
from chedai.engine.compare.check import Checked, check
from chedai.engine.compare.plan import Change, Comparison, Plan, WhyNot
from chedai.engine.compare.plans import cash_plan, plan_of
from chedai.engine.compare.ranking import pareto, rank
from chedai.engine.compare.shelf import Closed, Shelf, Slot, lay_out
from chedai.engine.compare.wish import Bound, Preference, Rule, Wish
from chedai.engine.errors import InvalidArgument


def compare(
    wish: Wish,
    catalogue: Catalogue,
    rules: Sequence[Rule] = (),
    preference: Preference = Preference.TOTAL_COST,
) -> Comparison:
    """Every plan of the catalogue that meets the wish, with cash first, and every other one with its reasons.

    Amounts are fen, rates fractions a year. Errors: `InvalidArgument` for a wish or catalogue that contradicts itself.
    """
    discount = catalogue.cash_discount if wish.cash_discount is None else wish.cash_discount
    if discount >= wish.price:
        raise InvalidArgument("cash_discount", "must be below the price", "必须小于车价", value=discount)
    shelf = lay_out(wish, catalogue, rules)
    computed = [slot for slot in shelf.slots if slot.computable]
    checked = check([slot.candidate for slot in computed], wish, rules) if computed else None
    offered, failed = _split(shelf, computed, checked, wish, discount)
    kept, beaten = _resolve(offered, catalogue)
    plans = rank([cash_plan(wish, discount), *kept], preference)
    oracle = Oracle(wish, rules)
    oracle.learn((slot.candidate for slot, _ in offered), passes=True)
    oracle.learn((one.slot.candidate for one in failed), passes=False)
    changes = changes_for(failed, oracle)
    closed = changes_for_closed(shelf.closed, oracle)
    return Comparison(
        plans=tuple(plans),
        pareto=pareto(plans),
        why_not=(
            *(_why_closed(one, change) for one, change in zip(shelf.closed, closed, strict=True)),
            *(_why(one.slot, one.failures, change) for one, change in zip(failed, changes, strict=True)),
            *(_why(slot, (why,), ()) for slot, why in beaten),
        ),
    )


def _split(
    shelf: Shelf, computed: Sequence[Slot], checked: Checked | None, wish: Wish, discount: int
) -> tuple[list[tuple[Slot, Plan]], list[Failed]]:
    """The loans that pass, with their plans, and those that do not, with everything that is wrong with them."""
    offered = []
    failed = [Failed(slot, slot.failures) for slot in shelf.slots if not slot.computable]
    if checked is not None:
        for row, (slot, failures) in enumerate(zip(computed, checked.failures, strict=True)):
            if slot.failures or failures:
                failed.append(Failed(slot, (*slot.failures, *failures)))
            else:
                offered.append((slot, plan_of(slot.candidate, wish, checked.figures, row, discount)))
    return offered, failed


def _resolve(
    offered: Sequence[tuple[Slot, Plan]], catalogue: Catalogue
) -> tuple[list[Plan], list[tuple[Slot, Failure]]]:
    """One plan for each loan of a product: where several of its offers pass, the one the catalogue's rule takes."""
    rivals: dict[tuple[str, int, int, int], list[tuple[Slot, Plan]]] = {}
    for slot, plan in offered:
        product, candidate = slot.candidate.offer.product, slot.candidate
        key = (product.code, id(candidate.repayment), candidate.periods, slot.asked)
        rivals.setdefault(key, []).append((slot, plan))
    kept: list[Plan] = []
    beaten: list[tuple[Slot, Failure]] = []
    for group in rivals.values():
        taken = min(group, key=lambda rival: _claim(rival[0], rival[1], catalogue.conflict))
        kept.append(taken[1])
        winner = taken[0].candidate.offer.promotion
        name = "" if winner is None else f"{winner.name}|{winner.name_en}"
        for slot, _ in group:
            loser = slot.candidate.offer.promotion
            if loser is not None and loser is not winner:
                beaten.append((slot, Failure(Bound.CONFLICT, loser.code, name, policy=catalogue.conflict)))
    return kept, beaten


def _claim(slot: Slot, plan: Plan, conflict: Conflict) -> tuple[float, float]:
    """How good an offer's claim is, the smallest first; min() keeps the first listed of equals."""
    promotion = slot.candidate.offer.promotion
    priority = float("inf") if promotion is None else promotion.priority
    return (plan.over_cash, priority) if conflict is Conflict.LOWEST_COST else (priority, 0)


def _why_closed(closed: Closed, changes: tuple[Change, ...]) -> WhyNot:
    return WhyNot(
        product=closed.offer.product,
        promotion=closed.offer.promotion,
        failures=closed.failures,
        changes=changes,
        periods=closed.periods,
    )


def _why(slot: Slot, failures: tuple[Failure, ...], changes: tuple[Change, ...]) -> WhyNot:
    candidate = slot.candidate
    return WhyNot(
        product=candidate.offer.product,
        promotion=candidate.offer.promotion,
        failures=failures,
        changes=changes,
        repayment=candidate.repayment,
        periods=candidate.periods,
        down_payment=candidate.down_payment,
    )
