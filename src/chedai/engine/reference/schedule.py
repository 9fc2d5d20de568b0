"""Every repayment method, one fraction at a time: the judge of `engine.schedule`.

A plan is a list of rules, one a period: pay interest only, pay a stated instalment, a stated principal part, or the
free amount A. Carried through the exact balance recursion the debt at the end is u - w * A, so A = (u - tail) / w;
that is the present-value equation sum A * D_k = P - tail * D_n with D_k = product of 1 / (1 + f_j), without its
divisions. A is rounded once, to the multiple; interest is rounded a period; the last instalment takes the rest of the
principal.

Flat interest (等本等息) is the same every period: the first principal times the period's fraction, rounded, and nothing
evens it out at the end; the principal part is P / n rounded, the last takes what is left of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from chedai.engine.errors import Infeasible
from chedai.engine.money import RATE_SCALE, Rounding
from chedai.engine.reference.dates import Span, fraction, shifted, spans
from chedai.engine.terms import Amortisation, InterestMethod, LoanTerms, Residue, Step, StepKind


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """One line of the plan, in fen; `n` is 0 for a down payment or a stub's interest, `days` bear interest."""

    n: int
    start: date
    due: date
    days: int
    principal: int
    interest: int
    total: int
    balance: int


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the rules are applied to: the debt, the rate of every period, the rule of every period."""

    terms: LoanTerms
    debt: int
    tail: int
    factors: list[Fraction]  # annual rate × part of the year, 0 where no interest is borne
    rules: list[Step]

    def interest(self, k: int, balance: Fraction | int) -> Fraction:
        """Interest of period `k`, unrounded."""
        flat = self.terms.interest_method is InterestMethod.FLAT
        return (self.debt if flat else balance) * self.factors[k]


def schedule(terms: LoanTerms, business_days: Callable[[date], bool] | None = None) -> list[ReferenceRow]:
    """The plan of one loan, row by row. `business_days` says of a day whether it is worked, where due dates shift.

    Errors: `Infeasible` where an instalment is below its interest, or the stated amounts repay more than is owed.
    """
    stub, periods = spans(terms)
    rate = Fraction(terms.annual_rate, RATE_SCALE)
    debt = terms.principal - terms.down_payment
    factors = [rate * fraction(terms, span) for span in periods]
    factors[: terms.interest_free_periods] = [Fraction(0)] * terms.interest_free_periods
    if terms.amortisation is Amortisation.BULLET:
        periods = [Span(periods[0].start, periods[-1].end, regular=False)]
        factors = [sum(factors, Fraction(0))]
    tail = terms.balloon
    plan = _Plan(terms, debt, tail, factors, _rules(terms, debt - tail, len(periods)))
    parts = _parts(plan)
    rows: list[ReferenceRow] = []
    paid_out = terms.disbursed_on
    if terms.down_payment:
        rows.append(ReferenceRow(0, paid_out, paid_out, 0, terms.down_payment, 0, terms.down_payment, debt))
    if stub is not None:
        odd = _round(debt * rate * fraction(terms, stub), terms.rounding)
        due = shifted(stub.end, terms.shift, business_days)
        rows.append(ReferenceRow(0, stub.start, due, (stub.end - stub.start).days, 0, odd, odd, debt))
    balance, kept_back = debt, 0
    for n, (span, (principal, interest)) in enumerate(zip(periods, parts, strict=True), start=1):
        balance -= principal
        kept_back += interest
        asked = 0 if n <= terms.grace_interest else kept_back
        kept_back -= asked
        due, days = shifted(span.end, terms.shift, business_days), (span.end - span.start).days
        rows.append(ReferenceRow(n, span.start, due, days, principal, asked, principal + asked, balance))
    return rows


def _rules(terms: LoanTerms, repaid: int, periods: int) -> list[Step]:
    """The rule of every period; `repaid` is what the instalments bring back, the tail left out."""
    if terms.amortisation is Amortisation.STEPPED:
        return [Step(1, step.kind, step.amount) for step in terms.steps for _ in range(step.periods)]
    if terms.amortisation in (Amortisation.INTEREST_FIRST, Amortisation.BULLET):
        return [Step(1, StepKind.INTEREST_ONLY)] * periods
    paying = periods - terms.grace_principal
    rule = Step(1, StepKind.SOLVE)
    if terms.instalment is not None:
        rule = Step(1, StepKind.INSTALMENT, terms.instalment)
    elif terms.amortisation is Amortisation.EQUAL_PRINCIPAL or terms.interest_method is InterestMethod.FLAT:
        rule = Step(1, StepKind.PRINCIPAL, _to_multiple(terms, Fraction(repaid, paying)))
    return [Step(1, StepKind.INTEREST_ONLY)] * terms.grace_principal + [rule] * paying


def _parts(plan: _Plan) -> list[tuple[int, int]]:
    """Principal and interest of every period; the free amount solved and, if so agreed, its residue spread."""
    if all(rule.kind is not StepKind.SOLVE for rule in plan.rules):
        return _apply(plan, 0)
    amount = _to_multiple(plan.terms, _solve(plan))
    parts = _apply(plan, amount)
    if plan.terms.residue is Residue.SPREAD:
        periods = plan.terms.periods
        difference = sum(parts[-1]) - plan.tail - amount
        while 2 * abs(difference) > periods:
            other = amount + _round(Fraction(difference, periods), plan.terms.rounding)
            other_parts = _apply(plan, other)
            other_difference = sum(other_parts[-1]) - plan.tail - other
            if abs(other_difference) >= abs(difference):
                break
            amount, parts, difference = other, other_parts, other_difference
    return parts


def _solve(plan: _Plan) -> Fraction:
    """The free amount, exactly: the debt after every period is owed - weight * A."""
    owed, weight = Fraction(plan.debt), Fraction(0)
    for k, rule in enumerate(plan.rules):
        owed_interest, weight_interest = plan.interest(k, owed), weight * plan.factors[k]
        if plan.terms.interest_method is InterestMethod.FLAT:
            weight_interest = Fraction(0)
        if rule.kind is StepKind.PRINCIPAL:
            owed -= rule.amount
        elif rule.kind is StepKind.INSTALMENT:
            owed, weight = owed + owed_interest - rule.amount, weight + weight_interest
        elif rule.kind is StepKind.SOLVE:
            owed, weight = owed + owed_interest, weight + weight_interest + 1
    return (owed - plan.tail) / weight


def _apply(plan: _Plan, free_amount: int) -> list[tuple[int, int]]:
    """Principal and interest of every period by the rules, in whole fen; the last takes the rest of the principal."""
    parts, balance = [], plan.debt
    for k, rule in enumerate(plan.rules):
        interest = _round(plan.interest(k, balance), plan.terms.rounding)
        amount = free_amount if rule.kind is StepKind.SOLVE else rule.amount
        if k == len(plan.rules) - 1:
            principal = balance
        elif rule.kind is StepKind.INTEREST_ONLY:
            principal = 0
        elif rule.kind is StepKind.PRINCIPAL:
            principal = amount
        else:
            principal = amount - interest
        if principal < 0:
            raise Infeasible("instalment", "is below the interest", "期供低于当期利息", row=k, value=amount)
        if principal > balance:
            raise Infeasible("instalment", "repays more than is owed", "还款超过剩余本金", row=k, value=amount)
        balance -= principal
        parts.append((principal, interest))
    return parts


def _to_multiple(terms: LoanTerms, amount: Fraction) -> int:
    """An instalment as it is agreed: the nearest whole multiple, in fen."""
    return _round(amount / terms.instalment_multiple, terms.rounding) * terms.instalment_multiple


def _round(amount: Fraction, rounding: Rounding) -> int:
    """To whole fen: the nearest, and of two equally near the one farther from zero, or the even one."""
    below = amount.numerator // amount.denominator
    rest = amount - below
    if rest == Fraction(1, 2):
        up = below % 2 == 1 if rounding is Rounding.HALF_EVEN else below >= 0
    else:
        up = rest > Fraction(1, 2)
    return below + up
