"""The figures of docs/algorithms: a fenced `figures` block holds cases, and under each what must come out.

    loan: principal 100000, rate 6, periods 36
    instalment: 3042.19
    row 1: 2542.19 500.00 97457.81        (principal, interest, balance)

A case is one of loan, lease, revolving, dates. Amounts are in yuan, rates in percent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from chedai.engine.calendar import BusinessCalendar, timetable
from chedai.engine.errors import EngineError
from chedai.engine.money import Rounding, fen, rate_units, yuan
from chedai.engine.schedule import (
    LeaseTerms,
    Movement,
    Schedule,
    Statement,
    lease_schedule,
    revolving_interest,
    schedule,
)
from chedai.engine.terms import (
    Amortisation,
    DayCount,
    InterestMethod,
    LoanTerms,
    MonthEnd,
    Residue,
    Shift,
    Step,
    StepKind,
    Stub,
    Unit,
)

FOLDER = Path(__file__).parents[3] / "docs" / "algorithms"
PAGES = (
    "balloon",
    "bullet",
    "due_dates",
    "equal_principal",
    "flat",
    "interest_first",
    "lease",
    "level",
    "revolving",
    "rounding_and_residue",
    "stepped",
)
CASES = ("loan", "lease", "revolving", "dates")


@dataclass(frozen=True)
class Case:
    """One case of a page and the figures it states."""

    page: str
    kind: str
    facts: dict[str, str]
    figures: list[tuple[str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.page}: {self.kind} {self.facts}"


def cases() -> list[Case]:
    """Every case of every page, in order."""
    return [case for page in PAGES for case in read(page, (FOLDER / f"{page}.md").read_text(encoding="utf-8"))]


def read(page: str, text: str) -> Iterator[Case]:
    """The cases of one page."""
    for block in re.findall(r"```figures\n(.*?)```", text, re.DOTALL):
        case = None
        for line in filter(None, block.splitlines()):
            name, _, value = (part.strip() for part in line.partition(":"))
            if name in CASES:
                if case:
                    yield case
                facts = dict(fact.strip().split(" ", 1) for fact in value.split(","))
                case = Case(page, name, facts)
            else:
                assert case, f"{page}: a figure before its case"
                case.figures.append((name, value))
        if case:
            yield case


def answer(case: Case, name: str) -> str:
    """What the engine says to one figure of a case, written as the page writes it."""
    try:
        made = BUILD[case.kind](dict(case.facts))
    except EngineError as refusal:
        assert name == "refused", refusal
        return str(refusal)
    return figure(made, name)


def figure(made: Any, name: str) -> str:
    """One figure of a schedule, a statement or a timetable."""
    word, _, number = name.partition(" ")
    if isinstance(made, Statement):
        days = " ".join(str(stretch.days) for stretch in made.stretches)
        return {"interest": yuan(made.interest), "balance": yuan(made.balance), "days": days}[word]
    if not isinstance(made, Schedule):
        days = " ".join(str((b - a).days) for a, b in zip(made.bounds, made.bounds[1:], strict=False))
        return {"due": " ".join(map(str, made.due)), "days": days}[word]
    if number:
        row = next(row for row in made.rows if row.n == int(number))
        parts = f"{yuan(row.principal)} {yuan(row.interest)} {yuan(row.balance)}"
        return {"row": parts, "total": yuan(row.total), "days": str(row.days)}[word]
    instalment = made.instalment or 0
    sums = {"interest": made.interest, "principal": made.principal, "total": made.total}
    level = {"instalment": instalment, "rent": instalment, "tail": made.rows[-1].total - instalment}
    return yuan((sums | level)[word])


def _steps(text: str) -> tuple[Step, ...]:
    steps = []
    for part in text.split():
        periods, _, what = part.partition("*")
        kind, _, amount = what.partition(":")
        steps.append(Step(int(periods), StepKind(kind), fen(amount) if amount else 0))
    return tuple(steps)


def _rates(text: str) -> list[int]:
    return [rate_units(rate) for count, rate in (part.split("*") for part in text.split()) for _ in range(int(count))]


READ: dict[str, tuple[str, Callable[[str], Any]]] = {
    "principal": ("principal", fen),
    "rate": ("annual_rate", rate_units),
    "periods": ("periods", int),
    "disbursed": ("disbursed_on", date.fromisoformat),
    "first_due": ("first_due", date.fromisoformat),
    "due_day": ("due_day", int),
    "every": ("every", int),
    "unit": ("unit", Unit),
    "method": ("amortisation", Amortisation),
    "interest": ("interest_method", InterestMethod),
    "day_count": ("day_count", DayCount),
    "rounding": ("rounding", Rounding),
    "residue": ("residue", Residue),
    "month_end": ("month_end", MonthEnd),
    "stub": ("stub", Stub),
    "shift": ("shift", Shift),
    "grace_principal": ("grace_principal", int),
    "grace_interest": ("grace_interest", int),
    "interest_free": ("interest_free_periods", int),
    "down": ("down_payment", fen),
    "balloon": ("balloon", fen),
    "instalment": ("instalment", fen),
    "multiple": ("instalment_multiple", fen),
    "steps": ("steps", _steps),
}


def _terms(facts: dict[str, str]) -> LoanTerms:
    plain = {"disbursed": "2026-01-01", "principal": "100000", "rate": "6"}
    return LoanTerms(**{READ[name][0]: READ[name][1](value) for name, value in (plain | facts).items()})


def _loan(facts: dict[str, str]) -> Schedule:
    rates = facts.pop("rates", None)
    return schedule(_terms(facts), rates=_rates(rates) if rates else None)


def _dates(facts: dict[str, str]) -> Any:
    holidays, worked = facts.pop("holidays", None), facts.pop("worked", None)
    calendar = None
    if holidays:
        first, last = (date.fromisoformat(day) for day in holidays.split(".."))
        days = {first + timedelta(days=k) for k in range((last - first).days + 1)}
        made_up = {date.fromisoformat(worked)} if worked else set()
        calendar = BusinessCalendar(frozenset(days), frozenset(made_up), date(2026, 1, 1), date(2026, 12, 31))
    return timetable(_terms(facts), calendar)


def _lease(facts: dict[str, str]) -> Schedule:
    return lease_schedule(
        LeaseTerms(
            price=fen(facts["price"]),
            residual=fen(facts["residual"]),
            annual_rate=rate_units(facts["rate"]),
            periods=int(facts["periods"]),
            starts_on=date(2026, 1, 1),
            first_rent=fen(facts.get("first_rent", "0")),
            in_advance="in_advance" in facts,
        )
    )


def _revolving(facts: dict[str, str]) -> Statement:
    moves = [move.split(":") for move in facts["moves"].split()]
    return revolving_interest(
        [Movement(date.fromisoformat(on), fen(amount)) for on, amount in moves],
        rate_units(facts["rate"]),
        date.fromisoformat(facts["until"]),
        basis=int(facts.get("basis", "360")),
        limit=fen(facts["limit"]) if "limit" in facts else None,
    )


BUILD: dict[str, Callable[[dict[str, str]], Any]] = {
    "loan": _loan,
    "lease": _lease,
    "revolving": _revolving,
    "dates": _dates,
}
