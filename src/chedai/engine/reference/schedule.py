"""Every repayment method, one fraction at a time: the judge of `engine.schedule`.

A plan is a list of rules, one a period: pay interest only, a stated instalment, a stated principal part, or the free
amount A. Carried through the exact balance recursion the debt at the end is u - w * A, so A = (u - tail) / w; that is
the present-value equation sum A * D_k = P - tail * D_n with D_k = product of 1 / (1 + f_j), without its divisions. A is
rounded once, to the multiple; interest is rounded a period; the last instalment takes the rest of the principal.

Flat interest (等本等息) is the first principal times the fractions of all periods, rounded, in equal parts over those
that bear interest. Its instalment P / n + interest / n is rounded once, and the principal is what the interest leaves
of it; the last instalment evens out both. A bullet loan has a row of nothing every period until the last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from chedai.engine.errors import Infeasible
from chedai.engine.money import RATE_SCALE, Rounding
from chedai.engine.reference.dates import fraction, shifted, spans
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
class _Loan:
    """What a plan repays: the debt after the down payment, and the interest of every period for 1 owed."""

    terms: LoanTerms
    debt: int
    factors: list[Fraction]

    @property
    def flat(self) -> bool:
        return self.terms.interest_method is InterestMethod.FLAT

    def interest(self, k: int, balance: int) -> int:
        """Interest of period `k` in whole fen."""
        if not self.flat:
            return _round(balance * self.factors[k], self.terms.rounding)
        equal = _round(self.flat_part(), self.terms.rounding)
        before = equal * sum(1 for factor in self.factors[:k] if factor)
        left = max(0, self.flat_total() - before)  # rounded up, equal parts may use the total up before the end
        if k == len(self.factors) - 1:
            return left
        return min(equal, left) if self.factors[k] else 0

    def flat_total(self) -> int:
        """All flat interest together."""
        return _round(self.debt * sum(self.factors, Fraction(0)), self.terms.rounding)

    def flat_part(self) -> Fraction:
        """What of it falls on one period that bears interest."""
        return Fraction(self.flat_total(), max(1, sum(1 for factor in self.factors if factor)))


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
        factors = [Fraction(0)] * (terms.periods - 1) + [sum(factors, Fraction(0))]
    parts = _parts(_Loan(terms, debt, factors))
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


def _rules(loan: _Loan) -> list[Step]:
    """The rule of every period."""
    terms = loan.terms
    if terms.amortisation is Amortisation.STEPPED:
        return [Step(1, step.kind, step.amount) for step in terms.steps for _ in range(step.periods)]
    if terms.amortisation in (Amortisation.INTEREST_FIRST, Amortisation.BULLET):
        return [Step(1, StepKind.INTEREST_ONLY)] * terms.periods
    paying = terms.periods - terms.grace_principal
    part = Fraction(loan.debt, paying)
    if terms.amortisation is Amortisation.EQUAL_PRINCIPAL:
        rule = Step(1, StepKind.PRINCIPAL, _to_multiple(terms, part))
    elif loan.flat:
        instalment = terms.instalment or _to_multiple(terms, part + loan.flat_part())
        rule = Step(1, StepKind.PRINCIPAL, instalment - _round(loan.flat_part(), terms.rounding))
    elif terms.instalment is not None:
        rule = Step(1, StepKind.INSTALMENT, terms.instalment)
    else:
        rule = Step(1, StepKind.SOLVE)
    return [Step(1, StepKind.INTEREST_ONLY)] * terms.grace_principal + [rule] * paying


def _parts(loan: _Loan) -> list[tuple[int, int]]:
    """Principal and interest of every period; the free amount solved and, if so agreed, its residue spread."""
    terms, rules = loan.terms, _rules(loan)
    if all(rule.kind is not StepKind.SOLVE for rule in rules):
        return _apply(loan, rules, 0)
    amount = _to_multiple(terms, _solve(loan, rules))
    parts = _apply(loan, rules, amount)
    if terms.residue is Residue.SPREAD and terms.amortisation is not Amortisation.STEPPED:
        difference = sum(parts[-1]) - terms.balloon - amount
        paying = terms.periods - terms.grace_principal
        while 2 * abs(difference) > paying:
            other = _to_multiple(terms, amount + Fraction(difference, paying))
            try:
                other_parts = _apply(loan, rules, other)
            except Infeasible:
                break
            other_difference = sum(other_parts[-1]) - terms.balloon - other
            if abs(other_difference) >= abs(difference):
                break
            amount, parts, difference = other, other_parts, other_difference
    return parts


def _solve(loan: _Loan, rules: list[Step]) -> Fraction:
    """The free amount, exactly: the debt after every period is owed - weight * A."""
    owed, weight = Fraction(loan.debt), Fraction(0)
    for rule, factor in zip(rules, loan.factors, strict=True):
        if rule.kind is StepKind.PRINCIPAL:
            owed -= rule.amount
        elif rule.kind is not StepKind.INTEREST_ONLY:
            owed, weight = owed * (1 + factor) - rule.amount, weight * (1 + factor)
            weight += rule.kind is StepKind.SOLVE
    return (owed - loan.terms.balloon) / weight


def _apply(loan: _Loan, rules: list[Step], free_amount: int) -> list[tuple[int, int]]:
    """Principal and interest of every period by the rules, in whole fen; the last takes the rest of the principal."""
    terms, parts, balance = loan.terms, [], loan.debt
    for k, rule in enumerate(rules):
        interest = loan.interest(k, balance)
        amount = free_amount if rule.kind is StepKind.SOLVE else rule.amount
        principal = {StepKind.INTEREST_ONLY: 0, StepKind.PRINCIPAL: amount}.get(rule.kind, amount - interest)
        if k == len(rules) - 1:
            principal = balance
        elif terms.amortisation is not Amortisation.STEPPED or rule.kind is StepKind.SOLVE:
            principal = min(principal, balance)  # a rounded instalment may end the plan early
        if principal < 0:
            raise Infeasible("instalment", "is below the interest", "期供低于当期利息", row=k, value=amount)
        if principal > balance:
            raise Infeasible("instalment", "repays more than is owed", "还款超过剩余本金", row=k, value=amount)
        balance -= principal
        parts.append((principal, interest))
    if terms.amortisation is Amortisation.BALLOON and sum(parts[-1]) < (terms.instalment or 0):
        raise Infeasible("instalment", "leaves no tail", "期供已还清贷款,没有尾款", value=terms.instalment)
    return parts


def _to_multiple(terms: LoanTerms, amount: Fraction) -> int:
    """An instalment as it is agreed: the nearest whole multiple, in fen."""
    return _round(amount / terms.instalment_multiple, terms.rounding) * terms.instalment_multiple


def _round(amount: Fraction, rounding: Rounding) -> int:
    """An amount that is not negative to whole fen: the nearest, and of two equally near the higher, or the even one."""
    below = amount.numerator // amount.denominator
    rest = amount - below
    tie_goes_up = rounding is Rounding.HALF_UP or below % 2 == 1
    return below + (rest > Fraction(1, 2) or (rest == Fraction(1, 2) and tie_goes_up))
