"""The decision: `decide(inputs, book)`, the same answer for the same inputs and the same texts, for ever.

Score, grade, limits, admission, fraud signals, conditions, in this order; each asks its table. A rule that hits has an
effect; the worst effect is the outcome. A fact that a rule needs and nobody collected refers the case to a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from chedai.deals.underwriting.rules.book import RuleBook
from chedai.deals.underwriting.rules.facts import Facts, facts_of
from chedai.deals.underwriting.rules.limits import Caps, beyond, caps_of, parts, smallest, too_dear, too_heavy, too_long
from chedai.deals.underwriting.rules.ratios import ratios
from chedai.deals.underwriting.rules.values import Effect, Inputs, LimitPart, Outcome, PointLine, Ratios, Reason, Result

_ORDER: Final = (Effect.STOP, Effect.DECLINE, Effect.REFER, Effect.NOTE)


def decide(inputs: Inputs, book: RuleBook) -> Result:
    """What the rules of `book` say on `inputs`."""
    found = ratios(inputs)
    facts = facts_of(inputs, found)
    points = tuple(PointLine(r["attribute"], r["bin"], int(r["points"])) for r in book.rows("scorecard", facts))
    score = sum(line.points for line in points)
    facts["score"] = score
    graded = book.first("grade", facts) or {"grade": "", "effect": Effect.REFER.value, "review": ""}
    facts["grade"] = graded["grade"] or None
    caps = caps_of(book.first("policy", facts))
    limits = parts(inputs, found, caps)
    flags = _hits(book, "fraud", facts)
    facts["flags"] = len(flags)
    reasons = [*_hits(book, "eligibility", facts), *_graded(graded, score, book)]
    reasons += _limited(inputs, found, caps, limits, book)
    missing = _missing(book, facts)
    binding = smallest(limits)
    return Result(
        outcome=_outcome([*reasons, *flags], bool(missing)),
        grade=graded["grade"],
        score=score,
        points=points,
        ratios=found,
        limits=limits,
        limit=binding.amount if binding else None,
        binding=binding.name if binding else "",
        reasons=tuple(sorted(reasons, key=lambda reason: (_ORDER.index(reason.effect), -reason.deviation))),
        missing=missing,
        flags=tuple(flags),
        conditions=tuple(dict.fromkeys(row["code"] for row in book.rows("conditions", facts))),
        reviews=(graded["review"],) if graded["review"] else (),
        deviation=max((r.deviation for r in reasons if r.effect is Effect.DECLINE), default=0),
        rules=book.versions,
    )


def _hits(book: RuleBook, name: str, facts: Facts) -> list[Reason]:
    return [_reason(name, book.version_of(name), row, facts) for row in book.rows(name, facts)]


def _reason(name: str, version: str, row: Mapping[str, Any], facts: Facts) -> Reason:
    value = facts.get(row["field"]) if row["field"] else None
    found = value if isinstance(value, int) and not isinstance(value, bool) else None
    return Reason(
        code=row["code"],
        effect=Effect(row["effect"]),
        rule_set=name,
        version=version,
        field=row["field"],
        found=found,
        limit=row["limit"],
    )


def _graded(graded: Mapping[str, Any], score: int, book: RuleBook) -> list[Reason]:
    effect = Effect(graded["effect"])
    if effect is Effect.NOTE:
        return []
    version = book.version_of("grade")
    return [Reason(code="grade-low", effect=effect, rule_set="grade", version=version, field="score", found=score)]


def _limited(
    inputs: Inputs, found: Ratios, caps: Caps | None, limits: tuple[LimitPart, ...], book: RuleBook
) -> list[Reason]:
    version = book.version_of("policy")
    reasons = [*beyond(inputs, limits, version), *too_dear(inputs)]
    if caps is None:
        return [*reasons, Reason(code="no-policy", effect=Effect.REFER, rule_set="policy", version=version)]
    reasons += too_long(inputs, caps, version)
    if not any(reason.code == "over-income" for reason in reasons):
        reasons += too_heavy(found, caps, version)
    return reasons


def _missing(book: RuleBook, facts: Facts) -> tuple[str, ...]:
    """The facts the rules need and nobody collected; `when` limits a line to some values of other facts."""
    needed: list[str] = []
    for line in book.head("eligibility")["required"]:
        if all(facts.get(name) in values for name, values in line["when"].items()):
            needed += line["fields"]
    return tuple(name for name in dict.fromkeys(needed) if facts.get(name) is None)


def _outcome(reasons: Iterable[Reason], missing: bool) -> Outcome:
    effects = {reason.effect for reason in reasons}
    if effects & {Effect.STOP, Effect.DECLINE}:
        return Outcome.DECLINE
    return Outcome.REFER if missing or Effect.REFER in effects else Outcome.PASS
