"""The schedule of one loan: dates from `calendar`, factors from `factors`, amounts from the method of repayment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Final

from chedai.engine.calendar import BusinessCalendar, Timetable, timetable
from chedai.engine.daycount import whole_fraction
from chedai.engine.errors import AmountOverflow, InvalidArgument
from chedai.engine.money import FEN_MAX, RATE_SCALE, divide
from chedai.engine.schedule.balloon import balloon_from
from chedai.engine.schedule.equal_principal import equal_principal_from
from chedai.engine.schedule.factors import period_factors
from chedai.engine.schedule.flat import flat_from
from chedai.engine.schedule.interest_first import bullet_from, interest_first_from
from chedai.engine.schedule.level import level_from
from chedai.engine.schedule.method import refuse_method
from chedai.engine.schedule.rows import Amounts, Instalment, Schedule
from chedai.engine.schedule.stepped import stepped_from
from chedai.engine.terms import Amortisation, InterestMethod, LoanTerms


def schedule(terms: LoanTerms, business_days: BusinessCalendar | None = None) -> Schedule:
    """Every row of the loan, to the fen. A down payment is the first row, with 0 days.

    Errors: `InvalidArgument` for terms that contradict each other and for dates that cannot be; `Infeasible` where no
    schedule fulfils them; `AmountOverflow` where a sum leaves int64.
    """
    refuse_contradictions(terms)
    dates = timetable(terms, business_days)
    factors = period_factors(terms, dates)
    balance = terms.principal - terms.down_payment
    amounts = collect_interest_later(plan(terms, balance, factors), terms.grace_interest)
    rows = _opening_rows(terms, dates, balance)
    bounds = dates.bounds
    for k, (principal, interest, due) in enumerate(zip(amounts.principal, amounts.interest, dates.due, strict=True)):
        balance -= principal
        start = bounds[k]
        days = (bounds[k + 1] - start).days
        rows.append(Instalment(k + 1, start, due, days, principal, interest, principal + interest, balance))
    made = Schedule(tuple(rows), amounts.instalment)
    if made.total > FEN_MAX:
        raise AmountOverflow("annual_rate", "makes a sum beyond int64 fen", "合计超出可表示的金额范围")
    return made


def plan(terms: LoanTerms, balance: int, factors: Sequence[Fraction]) -> Amounts:
    """Principal and interest of every period when `balance` is repaid over `factors` by the method of `terms`.

    One factor a period; they replace the rate, periods and dates of the terms. Deferred interest stays where it arises.
    """
    if terms.interest_method is InterestMethod.FLAT:
        return _flat(terms, balance, factors)
    return _PLANS[terms.amortisation](terms, balance, factors)


def collect_interest_later(amounts: Amounts, grace: int) -> Amounts:
    """The interest of the first `grace` instalments is collected with the one after them; it bears none itself."""
    if not grace:
        return amounts
    interest = amounts.interest
    return amounts._replace(interest=[*[0] * grace, sum(interest[: grace + 1]), *interest[grace + 1 :]])


def refuse_contradictions(terms: LoanTerms) -> None:
    """Errors: `InvalidArgument` where one term would be silently dropped because of another."""
    refuse_method(
        terms.amortisation,
        terms.interest_method,
        balloon=terms.balloon > 0,
        instalment=terms.instalment is not None,
        steps=bool(terms.steps),
        grace_principal=terms.grace_principal > 0,
    )
    if terms.balloon >= terms.principal - terms.down_payment:
        raise InvalidArgument("balloon", "must be below the balance", "尾款必须小于贷款余额", value=terms.balloon)


def _opening_rows(terms: LoanTerms, dates: Timetable, balance: int) -> list[Instalment]:
    """The down payment, and the interest of a stub that is collected before the plan starts."""
    rows = []
    paid_out = terms.disbursed_on
    if terms.down_payment:
        down = terms.down_payment
        rows.append(Instalment(0, paid_out, paid_out, 0, down, 0, down, balance))
    if dates.stub and dates.stub_due:
        part = Fraction(terms.annual_rate, RATE_SCALE) * whole_fraction(terms.day_count, dates.stub)
        interest = divide(balance * part.numerator, part.denominator, terms.rounding)
        rows.append(Instalment(0, paid_out, dates.stub_due, dates.stub.days, 0, interest, interest, balance))
    return rows


def _level(terms: LoanTerms, balance: int, factors: Sequence[Fraction]) -> Amounts:
    return level_from(
        balance,
        factors,
        tail=terms.balloon,
        instalment=terms.instalment,
        grace=terms.grace_principal,
        rounding=terms.rounding,
        multiple=terms.instalment_multiple,
        residue=terms.residue,
    )


def _balloon(terms: LoanTerms, balance: int, factors: Sequence[Fraction]) -> Amounts:
    return balloon_from(
        balance,
        factors,
        tail=terms.balloon,
        instalment=terms.instalment,
        grace=terms.grace_principal,
        rounding=terms.rounding,
        multiple=terms.instalment_multiple,
        residue=terms.residue,
    )


def _equal_principal(terms: LoanTerms, balance: int, factors: Sequence[Fraction]) -> Amounts:
    return equal_principal_from(
        balance, factors, grace=terms.grace_principal, rounding=terms.rounding, multiple=terms.instalment_multiple
    )


def _interest_first(terms: LoanTerms, balance: int, factors: Sequence[Fraction]) -> Amounts:
    return interest_first_from(balance, factors, rounding=terms.rounding)


def _bullet(terms: LoanTerms, balance: int, factors: Sequence[Fraction]) -> Amounts:
    return bullet_from(balance, factors, rounding=terms.rounding)


def _stepped(terms: LoanTerms, balance: int, factors: Sequence[Fraction]) -> Amounts:
    return stepped_from(balance, factors, terms.steps, rounding=terms.rounding, multiple=terms.instalment_multiple)


def _flat(terms: LoanTerms, balance: int, factors: Sequence[Fraction]) -> Amounts:
    return flat_from(
        balance,
        factors,
        amortisation=terms.amortisation,
        instalment=terms.instalment,
        grace=terms.grace_principal,
        rounding=terms.rounding,
        multiple=terms.instalment_multiple,
    )


_PLANS: Final[dict[Amortisation, Callable[[LoanTerms, int, Sequence[Fraction]], Amounts]]] = {
    Amortisation.EQUAL_INSTALMENT: _level,
    Amortisation.EQUAL_PRINCIPAL: _equal_principal,
    Amortisation.INTEREST_FIRST: _interest_first,
    Amortisation.BULLET: _bullet,
    Amortisation.BALLOON: _balloon,
    Amortisation.STEPPED: _stepped,
}
