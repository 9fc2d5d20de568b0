"""The plans that are not offered: what they are, the bound with both figures, and what would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from chedai.cli.results import ComparisonOut, WhyNotOut
from chedai.cli.say import Say
from chedai.engine.compare import Bound
from chedai.engine.compare.methods import BY_CODE

MOST: Final = 8
FIXED: Final = {
    *(Bound.DATE, Bound.REGION, Bound.VEHICLE, Bound.MODEL, Bound.QUOTA),
    *(Bound.AGE, Bound.RATE_CAP, Bound.CONFLICT, Bound.TERM_MOST),
}
"""Bounds that nothing in the customer's hands moves."""

INDENT: Final = (0, 0, 0, 2)


def print_why_not(out: Console, answer: ComparisonOut, say: Say, *, full: bool) -> None:
    """One entry a product and promotion, the one nearest to passing; all of them with `full`."""
    refused = told(answer)
    if not refused:
        return
    shown = list(refused) if full else nearest(refused)[:MOST]
    out.print(Text(say(f"没入选的方案 {len(refused)} 个", f"{len(refused)} not offered"), style="bold"))
    for why in shown:
        out.print(Text(_name(why, say)))
        for bound in why.bounds:
            out.print(Padding(Text(bound.reason, style="dim"), INDENT))
        out.print(Padding(_way_out(why, say), INDENT))
    hidden = len(refused) - len(shown)
    if hidden:
        out.print(Text(say(f"其余 {hidden} 个：加 --full", f"{hidden} more: --full"), style="dim"))


def told(answer: ComparisonOut) -> list[WhyNotOut]:
    """The refused plans worth telling: a term not sold is news only where the product is sold at no wished term."""
    known = {(plan.product_code, plan.promotion) for plan in answer.plans}
    known |= {(why.product_code, why.promotion) for why in answer.why_not if not _only_term(why)}
    return [w for w in answer.why_not if not _only_term(w) or (w.product_code, w.promotion) not in known]


def _only_term(why: WhyNotOut) -> bool:
    return [bound.bound for bound in why.bounds] == [Bound.TERM]


def nearest(refused: Sequence[WhyNotOut]) -> list[WhyNotOut]:
    """For each product and promotion the refused plan nearest to passing, the kinds of reasons taking turns."""
    best: dict[tuple[str, str], WhyNotOut] = {}
    for why in refused:
        key = (why.product_code, why.promotion)
        held = best.get(key)
        if held is None or _distance(why) < _distance(held):
            best[key] = why
    turns: Counter[str] = Counter()
    placed = []
    for why in sorted(best.values(), key=_distance):
        kind = why.bounds[0].bound
        placed.append((turns[kind], why))
        turns[kind] += 1
    return [why for _, why in sorted(placed, key=lambda turn: turn[0])]


def _distance(why: WhyNotOut) -> tuple[bool, int, int]:
    """What can be helped first, then few broken bounds, then many ways out."""
    return not why.changes, len(why.bounds), -len(why.changes)


def _name(why: WhyNotOut, say: Say) -> str:
    version = say(f" {why.version} 版", f" ({why.version})") if why.version else ""
    parts = [why.lender, why.promotion or f"{why.product}{version}"]
    if why.method is not None and why.lender:
        method = BY_CODE[why.method]
        parts.append(say(method.zh, method.en))
    if why.periods is not None:
        parts.append(say(f"{why.periods} 期", f"{why.periods} months"))
    return " · ".join(part for part in parts if part)


def _way_out(why: WhyNotOut, say: Say) -> Text:
    if not why.changes:
        helpless = any(bound.bound in FIXED for bound in why.bounds)
        words = ("无法调整", "nothing to change") if helpless else ("只改一项不够", "no single change does")
        return Text(say(*words), style="dim")
    ways = say("；或", "; or ").join(why.changes)
    return Text.assemble((say("可行 ", "would do: "), "green"), ways)
