"""The plan of a loan: the rows agreed at the start, and the instalment solved anew when the ground moves.

Level instalments solve the present-value equation with each period's own factor on the balance at the start of the
running period, and are rounded once. Where money was paid out or a rate changed inside that period, a whole factor is
not what it will bear. If the terms spread the residue, the last instalment shows the difference, and what exceeds half
a fen an instalment is shared out as long as that makes it smaller; if not, the running period counts as it really is.
Other methods of repayment set their principal parts anew by their own rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import Final

from chedai.engine.calendar import BusinessCalendar, timetable
from chedai.engine.life.book import NOT_YET, Book, Instalment, RateFrom
from chedai.engine.life.conventions import Conventions
from chedai.engine.life.projection import Projection, project
from chedai.engine.money import divide
from chedai.engine.schedule import flat_from, level_instalment, plan
from chedai.engine.schedule.level import pay
from chedai.engine.schedule.stepped import each_period
from chedai.engine.terms import Amortisation, InterestMethod, LoanTerms, Residue, Step, StepKind

_LEVEL: Final = (Amortisation.EQUAL_INSTALMENT, Amortisation.BALLOON)
_TRIES: Final = 3


def open_book(terms: LoanTerms, conventions: Conventions, business_days: BusinessCalendar | None) -> Book:
    """The dated rows of the plan, before any money is paid out; for terms that `schedule` accepts."""
    dates = timetable(terms, business_days)
    rows = [Instalment(dates.period(k), due) for k, due in enumerate(dates.due)]
    steps = list(each_period(terms.steps))
    for k, row in enumerate(rows):
        row.flat = terms.interest_method is InterestMethod.FLAT
        row.free = k < terms.interest_free_periods
        row.pools = terms.amortisation is Amortisation.BULLET and k < terms.periods - 1
        row.collects = k >= terms.grace_interest
        row.grace = k < terms.grace_principal
        row.step = steps[k] if steps else None
    if dates.stub is not None and dates.stub_due is not None:
        step = Step(1, StepKind.INTEREST_ONLY) if steps else None
        rows.insert(0, Instalment(dates.stub, dates.stub_due, principal=0, grace=True, step=step))
    rates = [RateFrom(date.min, terms.annual_rate)]
    return Book(terms, conventions, rows, rates, dates.anchor_day, business_days)


def solve_from(book: Book, first: int, *, as_agreed: bool = False, factors: Sequence[Fraction] = ()) -> None:
    """Agree the rows from position `first` on anew.

    `as_agreed` solves on the plan, payments left out (money was paid out); otherwise on what is really owed (a new
    rate, a longer term). A new plan is solved on `factors`, those of its regular periods.
    """
    rows = book.instalments[first:]
    book.passed = NOT_YET
    for row in rows:
        row.spared = False
    start, end = rows[0].period.start, rows[0].period.due
    seen = project(book, None, as_agreed=as_agreed)
    balance = seen.opening[first]
    balance += sum(m.amount for m in book.advances if start < m.on < end)
    weights = list(factors) or [_factor(book, row) for row in rows]
    if not (factors or book.terms.residue is Residue.SPREAD or rows[0].flat) and balance > 0:
        # Nothing takes up a difference later, so the running period counts as it really is.
        weights[0] = (Fraction(*seen.accrued[first]) + seen.carried[first] + rows[0].arrears) / balance
    if book.terms.interest_method is InterestMethod.FLAT:
        flat = [k for k, row in enumerate(rows) if row.flat]
        _agree_flat(book, [rows[k] for k in flat], balance, [weights[k] for k in flat])
    elif book.terms.amortisation in _LEVEL:
        level = _level(book.terms, rows, balance, weights)
        _agree_level(rows, level, book.terms.balloon)
        if factors:
            rows[-1].total = rows[-1].beside + _last_as_printed(book.terms, balance, weights, level)
        if book.terms.residue is Residue.SPREAD and book.terms.instalment is None:
            _spread(book, rows, as_agreed)
    else:
        _agree_parts(book.terms, rows, balance, weights)


def _factor(book: Book, row: Instalment) -> Fraction:
    return Fraction(0) if row.free else Fraction(*book.factor(row.period.start, row.period.due, row.period))


def _level(terms: LoanTerms, rows: Sequence[Instalment], balance: int, factors: Sequence[Fraction]) -> int:
    if terms.instalment is not None:
        return terms.instalment
    weights = [f for row, f in zip(rows, factors, strict=True) if not row.grace]
    return level_instalment(balance, weights, terms.balloon, terms.rounding, terms.instalment_multiple)


def _agree_level(rows: Sequence[Instalment], level: int, tail: int) -> None:
    """The last row holds the tail as well, each what stands beside the plan.

    A row on which more was paid already keeps its own amount.
    """
    for row in rows:
        total = row.beside + (level + tail if row is rows[-1] else level)
        paid = row.paid.interest + row.paid.principal
        row.principal = 0 if row.grace else None
        if not row.grace and total >= paid:
            row.total, row.settled = total, row.settled and total == paid


def _last_as_printed(terms: LoanTerms, balance: int, factors: Sequence[Fraction], level: int) -> int:
    """The last instalment of a new plan, with the cents that the level one leaves it."""
    amounts = pay(balance, factors, level, 0, terms.rounding)
    return amounts.principal[-1] + amounts.interest[-1]


def _agree_parts(terms: LoanTerms, rows: Sequence[Instalment], balance: int, factors: Sequence[Fraction]) -> None:
    """Principal parts by the method of the terms, interest on top; stepped rows that state an amount keep it."""
    remaining = replace(
        terms,
        periods=len(rows),
        grace_principal=min(sum(row.grace for row in rows), len(rows) - 1),
        grace_interest=0,
        interest_free_periods=0,
        steps=_steps(rows),
    )
    amounts = plan(remaining, balance, factors)
    for row, part in zip(rows, amounts.principal, strict=True):
        kind = None if row.step is None else row.step.kind
        if kind is StepKind.SOLVE:
            row.total, row.principal = amounts.instalment or 0, None
        elif row.step is not None and kind is StepKind.INSTALMENT:
            row.total, row.principal = row.step.amount, None
        else:
            row.principal = part
        row.settled = row.settled and row.paid.principal >= part


def _steps(rows: Sequence[Instalment]) -> tuple[Step, ...]:
    steps = [row.step for row in rows if row.step is not None]
    return tuple(replace(step, periods=len(list(same))) for step, same in groupby(steps))


def _agree_flat(book: Book, rows: Sequence[Instalment], balance: int, factors: Sequence[Fraction]) -> None:
    """Flat interest counts on all money paid out, whatever was repaid of it; the principal left is shared out."""
    terms = book.terms
    gross = sum(m.amount for m in book.advances)
    interest = flat_from(gross, factors, amortisation=terms.amortisation, rounding=terms.rounding).interest
    charged = sum(1 for f in factors if f) or 1
    share = Fraction(sum(interest), charged)
    part = _flat_part(terms, balance, sum(1 for row in rows if not row.grace), share)
    for row, amount in zip(rows, interest, strict=True):
        held = balance if row is rows[-1] else 0 if row.grace else min(part, balance)
        balance -= held
        row.stated_interest, row.principal = amount, held
        row.settled = row.settled and row.paid.principal >= held and row.paid.interest >= amount


def _flat_part(terms: LoanTerms, balance: int, parts: int, share: Fraction) -> int:
    if terms.amortisation is Amortisation.INTEREST_FIRST:
        return 0
    multiple = terms.instalment_multiple
    fen = divide(share.numerator, share.denominator, terms.rounding)
    if terms.instalment is not None:
        return terms.instalment - fen
    if terms.amortisation is Amortisation.EQUAL_PRINCIPAL:
        return divide(balance, parts * multiple, terms.rounding) * multiple
    both = (Fraction(balance, parts) + share) / multiple
    return divide(both.numerator, both.denominator, terms.rounding) * multiple - fen


def _spread(book: Book, rows: Sequence[Instalment], as_agreed: bool) -> None:
    """Share the difference of the last instalment out over all of them, while it gets smaller."""
    multiple, rounding = book.terms.instalment_multiple, book.terms.rounding
    for _ in range(_TRIES):
        level, gap = _gap(book, rows, project(book, None, as_agreed=as_agreed))
        if 2 * abs(gap) <= sum(1 for row in rows if not row.grace):
            return
        counted = [r for r in rows if not r.grace and (as_agreed or r.paid.interest + r.paid.principal <= level)]
        moved = divide(level + divide(gap, max(len(counted), 1), rounding), multiple, rounding) * multiple
        if moved == level:
            return
        before = [(row.total, row.settled) for row in rows]
        _agree_level(rows, moved, book.terms.balloon)
        seen = project(book, None, as_agreed=as_agreed)
        if abs(_gap(book, rows, seen)[1]) >= abs(gap):
            for row, (total, settled) in zip(rows, before, strict=True):
                row.total, row.settled = total, settled
            return
        if not rows[-1].settled:
            rows[-1].total = seen.due(len(book.instalments) - 1)


def _gap(book: Book, rows: Sequence[Instalment], seen: Projection) -> tuple[int, int]:
    """The common instalment, and by how much the last one that is not empty differs from it (the tail left out)."""
    last = seen.last
    first = len(book.instalments) - len(rows)
    if last is None or last <= first or book.instalments[last - 1].grace:
        return 0, 0
    level = book.instalments[last - 1].total - book.instalments[last - 1].beside
    return level, seen.due(last) - seen.brought[last] - level - book.terms.balloon
