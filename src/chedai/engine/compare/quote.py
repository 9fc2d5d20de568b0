"""One plan, computed from the paper: any terms the schedule knows, any dates, with fees, subsidy and settlement costs.

The comparison computes many regular plans over columns; a quote is one plan in full, with its rows. Both give the same
figures where both apply. Rates are those of the periods while every period is as long as agreed; with an odd first
period they are those of the real days (XIRR).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from chedai.engine.calendar import timetable
from chedai.engine.compare.leaving import Leaving
from chedai.engine.compare.plan import FeeLine, SettlementCost, SubsidyLine
from chedai.engine.errors import InvalidArgument
from chedai.engine.money import divide
from chedai.engine.rates import AllInCost, Fee, Payer, When, all_in, share_out, subsidy_upfront
from chedai.engine.schedule import Schedule, period_factors, plan, schedule
from chedai.engine.settlement import SettlementFee
from chedai.engine.terms import Amortisation, LoanTerms

NO_FEE = SettlementFee()


@dataclass(frozen=True, slots=True)
class Subsidised:
    """贴息: the rate (1e-8) the lender earns, and who pays the difference to the customer's."""

    standard_rate: int
    payers: tuple[Payer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One plan with its rows. Amounts in fen."""

    price: int
    terms: LoanTerms
    schedule: Schedule
    cost: AllInCost
    fees: tuple[FeeLine, ...]
    periodic_fee: int  # with every instalment, counted or not
    first_fee: int  # with the first instalment alone
    settlements: tuple[SettlementCost, ...]
    subsidies: tuple[SubsidyLine, ...]

    @property
    def down_payment(self) -> int:
        return self.price - self.terms.principal

    @property
    def instalments(self) -> tuple[int, ...]:
        """What each instalment asks for, periodic fees included, fees taken once not."""
        return tuple(row.total + self.periodic_fee for row in self.schedule.rows if row.n)

    @property
    def highest(self) -> int:
        """The highest instalment before the last one."""
        return max(self.instalments[:-1] or self.instalments)

    @property
    def fee_total(self) -> int:
        """Fees the rate counts."""
        return sum(line.total for line in self.fees if line.in_rate)

    @property
    def other_fees(self) -> int:
        """Charges the rate does not count."""
        return sum(line.total for line in self.fees if not line.in_rate)

    @property
    def over_cash(self) -> int:
        """比全款多付: interest and counted fees."""
        return self.schedule.interest + self.fee_total

    @property
    def total_paid(self) -> int:
        """总支出: the price and everything the plan adds to it."""
        return self.price + self.over_cash + self.other_fees

    @property
    def cash_at_signing(self) -> int:
        """First payment and every fee taken that day."""
        return self.down_payment + sum(line.total for line in self.fees if line.when is When.UPFRONT)


def quote(
    terms: LoanTerms,
    *,
    price: int,
    fees: Sequence[Fee] = (),
    settlement: SettlementFee = NO_FEE,
    fees_stop: bool = True,
    settle_months: Sequence[int] = (12, 24, 36),
    subsidy: Subsidised | None = None,
) -> Quote:
    """The plan that `terms` are on a car of `price` fen.

    Errors: `InvalidArgument` where the loan exceeds the price or nothing is subsidised; as `schedule` and `all_in`.
    """
    if terms.principal > price:
        raise InvalidArgument("price", "must not be below the loan", "不得低于贷款金额", value=price)
    made = schedule(terms)
    rows = made.rows
    days = None if _regular(terms) else [terms.disbursed_on, *(row.due for row in rows)]
    amounts = [row.total for row in rows]
    cost = all_in(terms.principal, amounts, fees, price=price, unit=terms.unit, every=terms.every, days=days)
    lines = tuple(_line(fee, terms, price) for fee in fees if fee.when is not When.CONTINGENT)
    return Quote(
        price=price,
        terms=terms,
        schedule=made,
        cost=cost,
        fees=lines,
        periodic_fee=sum(line.each for line in lines if line.when is When.PERIODIC),
        first_fee=sum(line.each for line in lines if line.when is When.FIRST_INSTALMENT),
        settlements=_settlements(terms, made, lines, settlement, fees_stop, settle_months),
        subsidies=() if subsidy is None else _subsidies(terms.principal, amounts, subsidy),
    )


def _regular(terms: LoanTerms) -> bool:
    """Whether every period is as long as agreed, so that one rate a period tells the truth."""
    dates = timetable(terms)
    return not dates.odd and dates.bounds[0] == terms.disbursed_on


def _line(fee: Fee, terms: LoanTerms, price: int) -> FeeLine:
    each, total = fee.charge(terms.principal, price), fee.total(terms.principal, terms.periods, price)
    return FeeLine(fee.name, fee.payee, fee.when, each, total, fee.in_rate)


def _settlements(
    terms: LoanTerms,
    made: Schedule,
    lines: Sequence[FeeLine],
    rule: SettlementFee,
    fees_stop: bool,
    months: Sequence[int],
) -> tuple[SettlementCost, ...]:
    counted = [line for line in lines if line.in_rate]
    leaving = Leaving(
        periods=terms.periods,
        annual_rate=terms.annual_rate,
        one_off=sum(line.each for line in counted if line.when is not When.PERIODIC),
        periodic=sum(line.each for line in counted if line.when is When.PERIODIC),
        rule=rule,
        fees_stop=fees_stop,
        rounding=terms.rounding,
    )
    earned, paid, balance = _interest(terms, made)
    months_at = [min(month, terms.periods) - 1 for month in months]
    return tuple(
        leaving.after(month, earned[k], balance[k], earned[k] - paid[k])
        for month, k in zip(months, months_at, strict=True)
    )


def _interest(terms: LoanTerms, made: Schedule) -> tuple[list[int], list[int], list[int]]:
    """After each instalment: the interest of the time gone by, what of it is paid, and the principal owed.

    The first two differ where interest is collected later than it arises: at maturity alone, or after a grace.
    """
    stub = sum(row.interest for row in made.rows if not row.n)
    rows = [row for row in made.rows if row.n]
    paid = [stub + total for total in accumulate(row.interest for row in rows)]
    balance = [row.balance for row in rows]
    owed = terms.principal - terms.down_payment
    factors = period_factors(terms, timetable(terms))
    if terms.amortisation is Amortisation.BULLET:
        wholes = [owed * whole for whole in accumulate(factors)]
        return [divide(w.numerator, w.denominator, terms.rounding) for w in wholes], paid, balance
    if terms.grace_interest:
        return [stub + total for total in accumulate(plan(terms, owed, factors).interest)], paid, balance
    return paid, paid, balance


def _subsidies(principal: int, amounts: Sequence[int], subsidy: Subsidised) -> tuple[SubsidyLine, ...]:
    """The present value the lender is given to earn its standard rate, shared among those who pay it."""
    amount = subsidy_upfront(principal, amounts, subsidy.standard_rate)
    parts = share_out([amount], subsidy.payers)[0]
    return tuple(SubsidyLine(payer.name, part) for payer, part in zip(subsidy.payers, parts, strict=True))
