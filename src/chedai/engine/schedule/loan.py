"""The schedule of one loan: dates from `calendar`, factors from `factors`, amounts from the method of repayment."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from chedai.engine.calendar import BusinessCalendar, Timetable, timetable
from chedai.engine.daycount import whole_fraction
from chedai.engine.errors import AmountOverflow, InvalidArgument
from chedai.engine.money import FEN_MAX, RATE_SCALE, divide
from chedai.engine.schedule.contradictions import refuse_method
from chedai.engine.schedule.factors import at_rate, year_parts
from chedai.engine.schedule.methods import plan
from chedai.engine.schedule.repriced import repriced_plan
from chedai.engine.schedule.rows import Amounts, Instalment, Schedule
from chedai.engine.terms import LoanTerms


def schedule(
    terms: LoanTerms, business_days: BusinessCalendar | None = None, rates: Sequence[int] | None = None
) -> Schedule:
    """Every row of the loan, to the fen. A down payment is the first row, with 0 days.

    `business_days` is needed where due dates shift. `rates` replaces the annual rate of the terms by one a period, in
    units of 1e-8: a level instalment is solved again where it changes.

    Errors: `InvalidArgument` for terms that contradict each other and for dates that cannot be; `Infeasible` where no
    schedule fulfils them; `AmountOverflow` where a sum leaves int64.
    """
    refuse_contradictions(terms)
    dates = timetable(terms, business_days)
    parts = year_parts(terms, dates)
    balance = terms.principal - terms.down_payment
    if rates is None:
        amounts = plan(terms, balance, at_rate(terms.annual_rate, parts))
    else:
        amounts = repriced_plan(terms, balance, parts, rates)
    amounts = collect_interest_later(amounts, terms.grace_interest)
    rows = _opening_rows(terms, dates, balance, terms.annual_rate if rates is None else rates[0])
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


def collect_interest_later(amounts: Amounts, grace: int) -> Amounts:
    """The interest of the first `grace` instalments is collected with the one after them; it bears none itself."""
    if not grace:
        return amounts
    interest = amounts.interest
    return amounts._replace(interest=[*[0] * grace, sum(interest[: grace + 1]), *interest[grace + 1 :]])


def _opening_rows(terms: LoanTerms, dates: Timetable, balance: int, annual_rate: int) -> list[Instalment]:
    """The down payment, and the interest of a stub that is collected before the plan starts."""
    rows = []
    paid_out = terms.disbursed_on
    if terms.down_payment:
        down = terms.down_payment
        rows.append(Instalment(0, paid_out, paid_out, 0, down, 0, down, balance))
    if dates.stub and dates.stub_due:
        part = Fraction(annual_rate, RATE_SCALE) * whole_fraction(terms.day_count, dates.stub)
        interest = divide(balance * part.numerator, part.denominator, terms.rounding)
        rows.append(Instalment(0, paid_out, dates.stub_due, dates.stub.days, 0, interest, interest, balance))
    return rows
