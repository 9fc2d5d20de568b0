"""The judge of `life`: a loan lived one day at a time in exact fractions, for the part of the product that it knows.

What it knows: level instalments on a declining balance over regular periods, the residue on the last instalment;
disbursements, repayments, payoff, charges due within the loan, rate changes, reversals; contract interest (`none`) or
interest that follows the principal (`daily`, `per_period`); money ahead of time on the next or on the last instalment;
any order of payment, one instalment after the other. Written from the text of the conventions:

- A day is the stretch from one midnight to the next and belongs to the date on which it closes.
- The instalment depends on payouts and rates only, never on what was paid when.
- Interest of a day goes to the instalment that runs; once that is settled early, to the next one that is not, with what
  the rounding of the settlement left over, and in whole fen once the period is over.
- What lies after `as_of` is assumed to be paid when due. Overdue principal bears interest up to `as_of` (`daily`) or to
  the end of the running period (`per_period`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from chedai.engine.life.conventions import AdvanceRule, Component, Conventions, PayoffInterest, Recalculation
from chedai.engine.life.events import (
    Charge,
    ChargeKind,
    Disbursement,
    Event,
    Payoff,
    RateChange,
    Repayment,
    Reversal,
)
from chedai.engine.life.state import Row
from chedai.engine.money import RATE_SCALE, Rounding
from chedai.engine.reference.dates import Span, by_real_years, fraction, holds_leap_day, spans
from chedai.engine.terms import DayCount, LoanTerms

ONE_DAY = timedelta(days=1)
EVERYTHING = 10**30


@dataclass
class _Part:
    """One instalment: what it asks for, and what came in, by component and by time."""

    start: date
    due: date
    instalment: int = 0
    contract_interest: int = 0
    contract_principal: int = 0
    contract_opening: int = 0  # what is owed under the plan when the period opens
    brought: int = 0  # interest of earlier periods that were settled early
    accrued: Fraction = Fraction(0)  # interest of the running period
    afterwards: Fraction = Fraction(0)  # interest of a later period whose own instalment was repaid ahead
    interest: int | None = None  # None while it still grows
    principal: int | None = None
    charged: dict[Component, int] = field(default_factory=lambda: {Component.FEE: 0, Component.PENALTY: 0})
    paid: dict[Component, int] = field(default_factory=lambda: dict.fromkeys(Component, 0))
    early: int = 0
    late: int = 0


def live(terms: LoanTerms, conventions: Conventions, events: Sequence[Event], as_of: date) -> tuple[list[Row], int]:
    """The rows on `as_of`, and the money received beyond everything owed."""
    loan = _Loan(terms, conventions, _standing(events, as_of), as_of)
    return loan.rows(), loan.credit


def _standing(events: Sequence[Event], as_of: date) -> list[Event]:
    """What happened by `as_of` and was not taken back; a new rate is agreed beforehand and counts at once."""
    gone = {event.of for event in events if isinstance(event, Reversal)}
    kept = [e for e in events if not isinstance(e, Reversal) and e.id not in gone]
    return [e for e in kept if e.on <= as_of or isinstance(e, RateChange)]


class _Loan:
    def __init__(self, terms: LoanTerms, conventions: Conventions, events: list[Event], as_of: date) -> None:
        self.terms = terms
        self.conventions = conventions
        self.as_of = as_of
        self.payouts = {e.on: 0 for e in events if isinstance(e, Disbursement)} or {terms.disbursed_on: terms.principal}
        for event in events:
            if isinstance(event, Disbursement):
                self.payouts[event.on] += event.amount
        self.rates = {e.on: e.annual_rate for e in events if isinstance(e, RateChange)}
        self.parts = [_Part(span.start, span.end) for span in spans(terms)[1]]
        self.credit = 0
        self.follows = conventions.recalculation is not Recalculation.NONE
        self.owed = 0  # principal paid out and not paid back
        self.assumed = 0  # of it, what is taken as paid after `as_of`
        self.removed_on: dict[date, int] = {}
        self._agree()
        self._live(events)

    # The agreed plan: instalments from payouts and rates alone.

    def _agree(self) -> None:
        balance, instalment = 0, 0
        for k, part in enumerate(self.parts):
            arriving = sum(a for day, a in self.payouts.items() if part.start <= day < part.due)
            repriced = any(part.start < day <= part.due for day in self.rates)
            interest, owed, day = Fraction(0), balance, part.start
            while day < part.due:
                owed += self.payouts.get(day, 0)
                day += ONE_DAY
                interest += owed * self._rate(day) * self._share(part, day)
            if arriving or repriced:
                instalment = self._solve(k, Fraction(balance + arriving) + interest)
            part.contract_opening = balance
            balance += arriving
            part.instalment = instalment
            part.contract_interest = self._round(interest)
            last = k == len(self.parts) - 1
            part.contract_principal = balance if last else min(max(instalment - part.contract_interest, 0), balance)
            balance -= part.contract_principal

    def _solve(self, k: int, with_interest: Fraction) -> int:
        """The amount that, paid at the end of this period and of each later one, leaves nothing owed."""
        worth = discount = Fraction(1)
        rate = self._rate(self.parts[k].due)  # what a later day will change is not known yet
        for part in self.parts[k + 1 :]:
            bears, day = Fraction(0), part.start
            while day < part.due:
                day += ONE_DAY
                bears += rate * self._share(part, day)
            discount /= 1 + bears
            worth += discount
        return self._round(with_interest / worth)

    def _rate(self, day: date) -> Fraction:
        """The rate of the day that closes on `day`."""
        rate = self.terms.annual_rate
        for first in sorted(self.rates):
            if first <= day:
                rate = self.rates[first]
        return Fraction(rate, RATE_SCALE)

    def _share(self, part: _Part, day: date) -> Fraction:
        """The part of a year of the day that closes on `day`, inside its period."""
        match self.terms.day_count:
            case DayCount.MONTH_ODD:
                if day == part.due:
                    until = fraction(self.terms, Span(part.start, part.due, regular=True))
                else:
                    until = fraction(self.terms, Span(part.start, day, regular=False))
                share = until - fraction(self.terms, Span(part.start, day - ONE_DAY, regular=False))
            case DayCount.ACT_ACT_FEB29 if not holds_leap_day(Span(part.start, part.due, regular=True)):
                share = Fraction(1, 365)
            case DayCount.ACT_ACT | DayCount.ACT_ACT_FEB29:
                share = by_real_years(Span(day - ONE_DAY, day, regular=True))
            case _:
                whole = fraction(self.terms, Span(part.start, part.due, regular=True))
                share = whole / (part.due - part.start).days
        return share

    def _round(self, amount: Fraction) -> int:
        below = amount.numerator // amount.denominator
        over = amount - below - Fraction(1, 2)
        up = over > 0 or (over == 0 and (self.terms.rounding is Rounding.HALF_UP or below % 2 == 1))
        return below + up

    # The life: day after day, what accrues, what falls due, what happens.

    def _live(self, events: list[Event]) -> None:
        day, end = self.terms.disbursed_on, max(self.parts[-1].due, self.as_of)
        while True:
            self._fall_due(day)
            self.owed += self.payouts.get(day, 0)
            for kind in (Charge, Repayment, Payoff):
                for event in events:
                    if type(event) is kind and event.on == day:
                        self._happen(event)
            if day == self.as_of:
                self._assume(day)
            if day == end:
                return
            day += ONE_DAY
            self._accrue(day)

    def _assume(self, day: date) -> None:
        """From `as_of` on, what is overdue stops bearing interest: at once, or at the end of the running period."""
        overdue = sum(_unpaid_principal(p) for p in self.parts if p.due <= day)
        running = min((p.due for p in self.parts if p.due >= day), default=day)
        if self.conventions.recalculation is Recalculation.PER_PERIOD and running > day:
            self.removed_on = {running: overdue}
        else:
            self.assumed += overdue

    def _accrue(self, day: date) -> None:
        """Interest of the day that closes on `day`, for the first instalment from the running one on still open."""
        running = next((p for p in self.parts if p.start < day <= p.due), None)
        if running is None or not self.follows:
            return
        bears = (self.owed - self.assumed) * self._rate(day) * self._share(running, day)
        for part in self.parts:
            if part.due >= day and part.interest is None:
                part.accrued += bears
                return
        still_owed = [p for p in self.parts if _unpaid_principal(p)]
        if still_owed:
            still_owed[-1].afterwards += bears

    def _grow_afterwards(self) -> None:
        for part in self.parts:
            grown = self._round(part.afterwards)
            if grown:
                part.interest = (part.interest or 0) + grown
                part.afterwards -= grown

    def _fall_due(self, day: date) -> None:
        self.assumed += self.removed_on.get(day, 0)
        for k, part in enumerate(self.parts):
            if part.due == day and part.interest is None:
                self._fix(k, part)
            if part.due == day > self.as_of:
                self.assumed += _unpaid_principal(part)
        if any(part.due == day for part in self.parts):
            self._grow_afterwards()
            for part in self.parts:
                part.afterwards = Fraction(0)
                if part.due > day and part.interest is None:
                    part.brought, part.accrued = self._grown(part), Fraction(0)

    def _fix(self, k: int, part: _Part) -> None:
        """The instalment is due: its interest is what accrued, its principal what the instalment leaves room for."""
        if not self.follows:
            part.interest, part.principal = part.contract_interest, part.contract_principal
            return
        interest, paid, left = self._grown(part), part.paid[Component.PRINCIPAL], self._left(k)
        if all(p.interest is not None for p in self.parts[k + 1 :]):
            part.interest, part.principal = interest, left
            return
        if interest > part.instalment - paid and paid:
            interest = part.paid[Component.INTEREST]  # no room: what is unpaid of it goes on to the next instalment
            self._carry(part, interest)
        part.interest, part.principal = interest, max(min(part.instalment - interest, left), paid)

    def _grown(self, part: _Part) -> int:
        """The interest of an instalment so far, in whole fen period by period."""
        return part.brought + self._round(part.accrued)

    def _left(self, k: int) -> int:
        """Principal that instalment `k` and the later ones still have to hold, without what later ones hold already."""
        paid_out = sum(amount for day, amount in self.payouts.items() if day < self.parts[k].due)
        before = sum(p.principal or 0 for p in self.parts[:k])
        return paid_out - before - sum(p.paid[Component.PRINCIPAL] for p in self.parts[k + 1 :])

    def _carry(self, part: _Part, interest: int) -> None:
        after = [p for p in self.parts if p.due > part.due and p.interest is None]
        if after:
            after[0].accrued += part.brought + part.accrued - interest
        part.brought, part.accrued = interest, Fraction(0)

    def _happen(self, event: Event) -> None:
        match event:
            case Charge():
                due = event.due_on or event.on
                part = next(p for p in self.parts if due <= p.due)
                part.charged[Component.FEE if event.kind is ChargeKind.FEE else Component.PENALTY] += event.amount
                self.credit = self._receive(event.on, self.credit, AdvanceRule.NEXT)
            case Repayment():
                self.credit += self._receive(event.on, event.amount, self.conventions.advance_rule)
            case _:  # a payoff
                if not self.follows and self.conventions.payoff_interest is PayoffInterest.ACCRUED:
                    self._cut_off(event.on)
                self._receive(event.on, EVERYTHING, AdvanceRule.NEXT)

    def _cut_off(self, day: date) -> None:
        """Contract interest ends on a day: day after day of the running period, nothing later; what was paid too much
        is handed back before anything else is paid.
        """
        for part in self.parts:
            if part.due <= day:
                continue
            interest, owed, step = Fraction(0), part.contract_opening, part.start
            while step < day:
                owed += self.payouts.get(step, 0)
                step += ONE_DAY
                interest += owed * self._rate(step) * self._share(part, step)
            part.contract_interest = self._round(interest)
            too_much = max(part.paid[Component.INTEREST] - part.contract_interest, 0)
            part.paid[Component.INTEREST] -= too_much
            part.early -= too_much
            self.credit += too_much
        self.credit = self._receive(day, self.credit, AdvanceRule.NEXT)

    def _receive(self, day: date, amount: int, rule: AdvanceRule) -> int:
        """Money to what is due, oldest first, then ahead of time; what nothing takes is returned."""
        self._grow_afterwards()
        for part in self.parts:
            if part.due <= day:
                amount = self._pay(part, day, amount, part.interest or 0, part.principal or 0)
        ahead = [p for p in self.parts if p.due > day]
        for part in ahead if rule is AdvanceRule.NEXT else reversed(ahead):
            if self.follows:
                amount = self._pay_ahead(part, day, amount, running=part is ahead[0])
            else:
                amount = self._pay(part, day, amount, part.contract_interest, part.contract_principal)
        return amount

    def _pay(self, part: _Part, day: date, amount: int, interest: int, principal: int) -> int:
        asked = {**part.charged, Component.INTEREST: interest, Component.PRINCIPAL: principal}
        for component in self.conventions.allocation:
            paid = min(amount, asked[component] - part.paid[component])
            part.paid[component] += paid
            amount -= paid
            part.early += paid if day < part.due else 0
            part.late += paid if day > part.due else 0
            self.owed -= paid if component is Component.PRINCIPAL else 0
        return amount

    def _pay_ahead(self, part: _Part, day: date, amount: int, *, running: bool) -> int:
        """Interest accrued to the day, then principal up to the instalment; a full instalment is settled there."""
        if not amount:
            return 0
        if part.interest is not None:  # settled, unless a charge came later
            return self._pay(part, day, amount, part.interest, part.principal or 0)
        interest = self._grown(part)
        others = [p for p in self.parts if p.due > day and p is not part and p.interest is None]
        held, room = part.paid[Component.PRINCIPAL], part.instalment - interest
        principal = held + self.owed if not others else max(min(room, held + self.owed), held)
        before = amount
        amount = self._pay(part, day, amount, interest, principal)
        full = part.paid[Component.INTEREST] == interest and part.paid[Component.PRINCIPAL] == principal
        if full and before > 0 and (amount or running or principal > held or not self.owed):
            self._carry(part, interest)
            part.interest, part.principal = interest, principal
        return amount

    def rows(self) -> list[Row]:
        made, gone = [], 0
        for n, part in enumerate(self.parts, start=1):
            interest, principal = part.interest or 0, part.principal or 0
            gone += principal
            fees, penalties = part.charged[Component.FEE], part.charged[Component.PENALTY]
            total, paid = principal + interest + fees + penalties, sum(part.paid.values())
            made.append(
                Row(
                    n=n,
                    due_date=part.due,
                    days=(part.due - part.start).days,
                    principal=principal,
                    interest=interest,
                    fees=fees,
                    penalties=penalties,
                    total=total,
                    balance=sum(amount for day, amount in self.payouts.items() if day < part.due) - gone,
                    paid=paid,
                    paid_early=part.early,
                    paid_late=part.late,
                    outstanding=total - paid,
                )
            )
        return made


def _unpaid_principal(part: _Part) -> int:
    return (part.principal or 0) - part.paid[Component.PRINCIPAL]
