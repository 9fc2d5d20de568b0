"""Reads the `figures` blocks of the pages on the life of a loan: a loan, how it is counted, its events, its rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from chedai.engine.life import Conventions, LoanState, Recalculation, replay
from chedai.engine.life.conventions import AdvanceRule
from chedai.engine.life.events import (
    Charge,
    ChargeKind,
    Disbursement,
    Disposition,
    DueDateShift,
    Event,
    InterestPause,
    Payoff,
    Prepayment,
    PrepaymentChoice,
    RateChange,
    Reage,
    Reamortise,
    Repayment,
    Restructure,
)
from chedai.engine.money import fen, rate_units
from chedai.engine.terms import LoanTerms, Residue

PAGES = Path(__file__).parents[3] / "docs" / "algorithms"


def blocks(page: str) -> list[str]:
    """The figures blocks of a page."""
    return re.findall(r"```figures\n(.*?)```", (PAGES / f"{page}.md").read_text("utf-8"), re.DOTALL)


@dataclass
class Example:
    """One loan of a page: what happens to it, and the lines that say what comes out."""

    terms: LoanTerms
    conventions: Conventions
    events: list[Event] = field(default_factory=list)
    seen: date = date.min
    claims: list[str] = field(default_factory=list)

    def state(self) -> LoanState:
        return replay(self.terms, self.conventions, self.events, self.seen)


def examples(page: str) -> list[Example]:
    """All loans of a page."""
    return [_example(text) for block in blocks(page) for text in block.strip().split("\n\n")]


def _example(text: str) -> Example:
    loan, count, *lines = text.splitlines()
    fields = dict(pair.split() for pair in loan.removeprefix("loan: ").split(", "))
    recalculation, rule = count.removeprefix("count: ").split()
    terms = LoanTerms(
        principal=fen(fields["principal"]),
        annual_rate=rate_units(fields["rate"]),
        periods=int(fields["periods"]),
        disbursed_on=date.fromisoformat(fields["from"]),
        residue=Residue.SPREAD,
    )
    conventions = Conventions(recalculation=Recalculation(recalculation), advance_rule=AdvanceRule(rule))
    example = Example(terms, conventions)
    for line in lines:
        if line.startswith("on "):
            _, day, kind, *words = line.split()
            example.events.append(_event(date.fromisoformat(day), kind, words, len(example.events)))
        elif line.startswith("seen "):
            example.seen = date.fromisoformat(line.split()[1])
        else:
            example.claims.append(line)
    return example


def _event(on: date, kind: str, words: list[str], place: int) -> Event:
    match kind:
        case "disbursement":
            return Disbursement(on=on, sequence=place, amount=fen(words[0]))
        case "repayment":
            return Repayment(on=on, sequence=place, amount=fen(words[0]))
        case "prepayment":
            return Prepayment(on=on, sequence=place, amount=fen(words[0]), choice=PrepaymentChoice(words[1]))
        case "payoff":
            return Payoff(on=on, sequence=place)
        case "fee":
            return Charge(on=on, sequence=place, kind=ChargeKind.FEE, amount=fen(words[0]))
        case "rate":
            return RateChange(on=on, sequence=place, annual_rate=rate_units(words[0]))
        case "pause":
            start, end = map(date.fromisoformat, words)
            return InterestPause(on=on, sequence=place, start=start, end=end)
        case "shift":
            due, to = map(date.fromisoformat, words)
            return DueDateShift(on=on, sequence=place, due=due, to=to)
        case "reamortise":
            return Reamortise(on=on, sequence=place)
        case "reage":
            return Reage(on=on, sequence=place, first_due=date.fromisoformat(words[0]), periods=int(words[1]))
        case _:
            return Restructure(
                on=on,
                sequence=place,
                first_due=date.fromisoformat(words[0]),
                periods=int(words[1]),
                interest=Disposition(words[2]),
                annual_rate=rate_units(words[3]),
            )
