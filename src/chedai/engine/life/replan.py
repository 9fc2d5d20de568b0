"""A new plan for what is unpaid: prepayment, re-amortisation, re-aging, restructure.

The old rows end at what was paid on them and keep their place in the schedule; their unpaid principal stays in the
balance and is spread by the new plan. Their unpaid interest is collected within the first instalment that follows; a
restructure waives it, makes it principal, or carries it forward as it is, on top of its first instalment.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from chedai.engine.daycount import Period
from chedai.engine.life.book import Book, Booking, Instalment, Levy, Move, Receipt, put
from chedai.engine.life.changes import following, levy, payable_on, periods_on, position_after, set_rate, until
from chedai.engine.life.events import Disposition, Prepayment, PrepaymentChoice, Reage, Reamortise, Restructure
from chedai.engine.life.payment import receive, receive_due
from chedai.engine.life.plan import solve_from
from chedai.engine.life.projection import project
from chedai.engine.terms import Amortisation, InterestMethod, Step, StepKind
from chedai.engine.waterfall import Component


def prepay(book: Book, event: Prepayment) -> tuple[Booking, ...]:
    """What has fallen due comes first; the rest is principal, a row of its own on its day.

    What is beyond all principal pays the interest of the running period ahead; then it is held.
    """
    on = event.on
    bookings, left = receive_due(book, on, event.amount)
    principal = min(left, book.owed)
    if principal:
        row = Instalment(Period(on, on), on, principal=principal, settled=True)
        row.paid.principal = principal
        row.receipts.append(Receipt(on, Component.PRINCIPAL, principal))
        book.singles.append(row)
        book.advance(on, -principal)
        bookings.append(Booking(row, Component.PRINCIPAL, principal))
        if event.choice is PrepaymentChoice.LOWER_INSTALMENT:
            solve_from(book, position_after(book, on))
        else:
            _drop_empty_tail(book, on)
    rest = left - principal
    return (*bookings, *receive(book, on, rest)) if rest else tuple(bookings)


def reamortise(book: Book, event: Reamortise) -> None:
    """Rows already due end; the ones to come share what they leave."""
    on = event.on
    seen = project(book, on)
    interest = principal = 0
    for k, row in enumerate(book.instalments):
        if row.due <= on and not row.settled:
            interest += max(seen.interest[k] - row.paid.interest, 0)
            principal += max(seen.principal[k] - row.paid.principal, 0)
            _close(row)
    first = next(k for k, row in enumerate(book.instalments) if row.due > on)
    book.forget()
    running = book.instalments[first]
    running.arrears += interest
    if not book.follows_payments and principal and running.period.start < on:
        # Contract interest does not run on arrears: the principal comes back under the plan today.
        put(book.advances, running.period.start, -principal)
        put(book.advances, on, principal)
    for row in book.instalments[first:]:
        row.grace = False
    solve_from(book, first)


def reage(book: Book, event: Reage) -> None:
    """Everything unpaid goes into new instalments; charges stay where they are."""
    interest, levies = _end_plan(book, event.on)
    start = min(event.on, book.instalments[-1].period.due)
    rows = _new_rows(book, Period(start, event.first_due, event.every, event.unit), event.periods)
    rows[0].arrears = interest
    for due in levies:
        levy(book, due)
    _solve_new(book, rows, event.first_due)


def restructure(book: Book, event: Restructure) -> None:
    """Everything unpaid goes into new instalments, each component waived, capitalised or carried forward."""
    on = event.on
    interest, levies = _end_plan(book, on)
    rows = _new_rows(book, Period(on, event.first_due, event.every, event.unit), event.periods)
    capital = -event.waived_principal
    book.waived.principal += event.waived_principal
    if event.interest is Disposition.CAPITALISE:
        capital += interest
        book.capitalised.interest += interest
    elif event.interest is Disposition.CARRY_FORWARD:
        rows[0].beside = interest
    else:
        book.waived.interest += interest
    for component, choice in ((Component.FEE, event.fees), (Component.PENALTY, event.penalties)):
        unpaid = _lift(book, component) + sum(due.amount for due in levies if due.component is component)
        if choice is Disposition.CAPITALISE:
            capital += unpaid
            book.capitalised.add(component, unpaid)
        elif choice is Disposition.WAIVE:
            book.waived.add(component, unpaid)
        elif choice is Disposition.CARRY_FORWARD and unpaid:
            rows[0].levies.append(Levy(event.first_due, component, unpaid))
    book.advance(on, capital)
    book.paid_out.append(Move(on, capital))
    if event.annual_rate is not None:
        set_rate(book, on, event.annual_rate)
    _solve_new(book, rows, event.first_due)


def _end_plan(book: Book, on: date) -> tuple[int, list[Levy]]:
    """End the running plan on a day: the interest unpaid by then, and the unpaid charges of the rows that vanish.

    The running row is cut off on that day. Money already received on later rows stands on the last row that is left.
    """
    seen = project(book, on, until=on, ends=True)
    interest = sum(max(due - row.paid.interest, 0) for due, row in zip(seen.interest, book.instalments, strict=True))
    kept = [row for row in book.instalments if row.period.start < on] or book.instalments[:1]
    gone = book.instalments[len(kept) :]
    last = kept[-1]
    if last.period.due > on:
        until(last, max(on, last.period.start))
    levies = [due for row in gone for due in _fold(row, last)]
    for row in book.singles:
        missing = (row.principal or 0) - row.paid.principal
        if missing:
            row.principal = row.paid.principal
            _close(row)
            book.advance(on, missing)
    for row in kept:
        _close(row)
    book.instalments = kept
    book.forget()
    return interest, levies


def _fold(row: Instalment, into: Instalment) -> list[Levy]:
    """Move what was paid on a row that vanishes, with the charges it paid; the charges left unpaid."""
    into.receipts.extend(row.receipts)
    for component in Component:
        into.paid.add(component, row.paid.of(component))
        into.waived.add(component, row.waived.of(component))
    unpaid = []
    left = {Component.FEE: row.paid.fee, Component.PENALTY: row.paid.penalty}
    for due in row.levies:
        paid = min(left[due.component], due.amount)
        left[due.component] -= paid
        into.levies.append(due._replace(amount=paid))
        unpaid.append(due._replace(amount=due.amount - paid))
    return [due for due in unpaid if due.amount]


def _close(row: Instalment) -> None:
    row.closed = row.settled = True


def _lift(book: Book, component: Component) -> int:
    """Take the unpaid charges of one component off all rows; their sum."""
    lifted = 0
    for row in book.rows:
        paid = row.paid.of(component)
        lifted += row.charged(component) - paid
        row.levies = [due for due in row.levies if due.component is not component]
        if component is Component.PENALTY:
            row.accrued_penalty = 0
        if paid:
            row.levies.append(Levy(row.due, component, paid))
    return lifted


def _new_rows(book: Book, first: Period, periods: int) -> list[Instalment]:
    method, flat = book.terms.amortisation, book.terms.interest_method is InterestMethod.FLAT
    step = Step(periods, StepKind.SOLVE) if method is Amortisation.STEPPED else None
    book.anchor_day = first.due.day
    before = periods_on(book, first.due, -first.every, first.unit)
    period = replace(first, regular=first.start == before)
    rows = []
    for k in range(periods):
        pools = method is Amortisation.BULLET and k < periods - 1
        rows.append(Instalment(period, payable_on(book, period.due), flat=flat, pools=pools, step=step))
        period = following(book, period.due, first.every, first.unit)
    book.instalments = [*book.instalments, *rows]
    return rows


def _solve_new(book: Book, rows: list[Instalment], first_due: date) -> None:
    """Solve as if the first period were a whole one; the spread takes up the difference."""
    period = rows[0].period
    before = periods_on(book, first_due, -period.every, period.unit)
    whole = Period(before, first_due, period.every, period.unit)
    periods = [whole, *(row.period for row in rows[1:])]
    factors = [Fraction(*book.factor(p.start, p.due, p)) for p in periods]
    solve_from(book, len(book.instalments) - len(rows), factors=factors)


def _drop_empty_tail(book: Book, on: date) -> None:
    seen = project(book, on)
    rows, last = book.instalments, seen.last
    while last is not None and len(rows) - 1 > last:
        if rows[-1].paid.total or rows[-1].levies or seen.interest[len(rows) - 1]:
            break
        rows.pop()
