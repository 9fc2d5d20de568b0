"""The bounds that need the figures: the customer's monthly ceiling and cash, and the highest rate allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chedai.engine.compare.bounds import Failure, tightest
from chedai.engine.compare.figures import Figures, figures
from chedai.engine.compare.offer import Candidate
from chedai.engine.compare.plans import asked_months, cash_at_signing
from chedai.engine.compare.wish import Bound, Rule, Wish
from chedai.engine.money import RATE_SCALE
from chedai.engine.rates.caps import TOLERANCE


@dataclass(frozen=True, slots=True)
class Checked:
    """The figures of candidates and, row by row, the bounds that these break."""

    figures: Figures
    failures: tuple[tuple[Failure, ...], ...]


def check(candidates: Sequence[Candidate], wish: Wish, rules: Sequence[Rule]) -> Checked:
    """Figures of candidates that can be computed, and what there is in them to refuse."""
    columns = figures(candidates, asked_months(wish))
    failures = tuple(tuple(_failures(c, row, columns, wish, rules)) for row, c in enumerate(candidates))
    return Checked(columns, failures)


def _failures(candidate: Candidate, row: int, columns: Figures, wish: Wish, rules: Sequence[Rule]) -> list[Failure]:
    failures = []
    highest, cash = int(columns.highest[row]), cash_at_signing(candidate, wish, columns.charges[row])
    if wish.instalment_most is not None and highest > wish.instalment_most:
        failures.append(Failure(Bound.INSTALMENT, highest, wish.instalment_most))
    if wish.cash_most is not None and cash > wish.cash_most:
        failures.append(Failure(Bound.CASH, cash, wish.cash_most))
    cap, policy = candidate.offer.product.rate_cap, ""
    rule = tightest(rules, Bound.RATE_CAP, candidate.offer, wish)
    if rule is not None and (cap is None or rule.limit < cap):
        cap, policy = rule.limit, rule.version
    rate = max(float(columns.nominal[row]), float(columns.effective[row]))
    if cap is not None and rate > cap / RATE_SCALE + TOLERANCE:
        failures.append(Failure(Bound.RATE_CAP, round(rate * RATE_SCALE), cap, policy=policy))
    return failures
