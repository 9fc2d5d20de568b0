"""What would pass: the smallest change by which a declined case is no longer declined, verified by deciding again.

One change at a time: a larger down payment (whole thousands of yuan, the amount falls by as much), a shorter or longer
term, one more joint income. Nothing here is a promise; it is what the rules of the day say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from chedai.deals.underwriting.rules.book import RuleBook
from chedai.deals.underwriting.rules.deciding import decide
from chedai.deals.underwriting.rules.values import Ask, Inputs, Outcome
from chedai.engine.affordability import level_instalments

STEP: Final = 100_000  # fen: a down payment is asked for in whole thousands of yuan
TERMS: Final = (12, 18, 24, 30, 36, 48, 60)
INCOME_MOST: Final = 10_000_000  # fen a month: who earns more needs no advice


class Passing(msgspec.Struct, frozen=True):
    """One change: which lever, from what to what (fen or months), and the instalment it leads to."""

    lever: str  # down_payment, periods, income
    before: int
    after: int
    instalment: int


def what_would_pass(inputs: Inputs, book: RuleBook) -> tuple[Passing, ...]:
    """The changes that lift the decline, in the order in which they are asked of the customer."""
    if decide(inputs, book).outcome is not Outcome.DECLINE:
        return ()
    found = (_down_payment(inputs, book), _periods(inputs, book), _income(inputs, book))
    return tuple(change for change in found if change is not None)


def paying_down(inputs: Inputs, extra: int) -> Inputs:
    """The same case with `extra` fen more of down payment."""
    ask = inputs.ask
    return _asked(inputs, amount=ask.amount - extra, down_payment=ask.down_payment + extra)


def over(inputs: Inputs, periods: int) -> Inputs:
    """The same case over another term at the same rate."""
    return _asked(inputs, periods=periods)


def _asked(inputs: Inputs, **changes: int) -> Inputs:
    ask: Ask = msgspec.structs.replace(inputs.ask, **changes)
    instalment = int(level_instalments(ask.amount, ask.annual_rate, ask.periods)[0])
    # Another plan has another instalment; where the amount is paid level this is it, else it is the nearest known.
    return msgspec.structs.replace(inputs, ask=msgspec.structs.replace(ask, instalment=instalment))


def _down_payment(inputs: Inputs, book: RuleBook) -> Passing | None:
    ask = inputs.ask
    most = (ask.car_loan - 1) // STEP
    steps = _least(most, lambda n: _passes(paying_down(inputs, n * STEP), book))
    if steps is None:
        return None
    changed = paying_down(inputs, steps * STEP).ask
    return Passing("down_payment", ask.down_payment, changed.down_payment, changed.instalment)


def _periods(inputs: Inputs, book: RuleBook) -> Passing | None:
    now = inputs.ask.periods
    for periods in sorted((term for term in TERMS if term != now), key=lambda term: (abs(term - now), term)):
        changed = over(inputs, periods)
        if _passes(changed, book):
            return Passing("periods", now, periods, changed.ask.instalment)
    return None


def _income(inputs: Inputs, book: RuleBook) -> Passing | None:
    """How much proven income a month would do, in whole hundreds of yuan: a joint borrower may bring it."""
    have = inputs.borrower.income_verified
    if have is None:
        return None

    def earning(steps: int) -> Inputs:
        borrower = msgspec.structs.replace(inputs.borrower, income_verified=have + steps * 10_000)
        return msgspec.structs.replace(inputs, borrower=borrower)

    steps = _least((INCOME_MOST - have) // 10_000, lambda n: _passes(earning(n), book))
    return None if steps is None else Passing("income", have, have + steps * 10_000, inputs.ask.instalment)


def _passes(inputs: Inputs, book: RuleBook) -> bool:
    return decide(inputs, book).outcome is not Outcome.DECLINE


def _least(most: int, passes: Callable[[int], bool]) -> int | None:
    """The least step from 1 to `most` that passes, by halving: what helps does not hurt when there is more of it."""
    if most < 1 or not passes(most):
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if passes(middle) else (middle, high)
    return high
