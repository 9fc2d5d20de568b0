"""综合融资成本 (all-in cost): the annual rate with every counted fee, and the table of who receives what.

The rows are the basis of the 综合融资成本明示表: principal, each item with 收取方式 and 收取方 and its part of the
annual figure, the total, and apart from them the costs that fall due only on default. The parts are the steps by
which the simple annual rate (IRR × 12) grows as the items are added in their order, interest first; so they add up to
the total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chedai.engine.errors import InvalidArgument
from chedai.engine.rates.annual import AnnualRates, annual_rates, annual_rates_dated
from chedai.engine.rates.fees import Fee, Payee, When, cash_flows
from chedai.engine.terms import Unit


@dataclass(frozen=True, slots=True)
class CostItem:
    """One row of the statement. `amount` in fen over the whole plan; `annual` is 0 for what the rate does not count."""

    name: str
    payee: Payee
    when: When
    amount: int
    in_rate: bool
    annual: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class AllInCost:
    """What a plan costs when kept to the letter. Amounts in fen."""

    principal: int
    flows: tuple[int, ...]
    contract: AnnualRates  # interest alone
    all_in: AnnualRates  # with every fee that the rate counts
    items: tuple[CostItem, ...]  # interest first, then the fees in their order
    contingent: tuple[CostItem, ...]  # only on default; amount is what one occurrence costs

    @property
    def in_rate(self) -> int:
        """Interest and counted fees, in fen."""
        return sum(item.amount for item in self.items if item.in_rate)

    @property
    def total(self) -> int:
        """Every item, counted or not, in fen."""
        return sum(item.amount for item in self.items)

    def by_payee(self) -> tuple[tuple[Payee, int], ...]:
        """What each payee receives, in fen, in the order of `Payee`; the parts add up to `total`."""
        sums = {payee: sum(i.amount for i in self.items if i.payee is payee) for payee in Payee}
        return tuple((payee, amount) for payee, amount in sums.items() if any(i.payee is payee for i in self.items))


def all_in(
    principal: int,
    instalments: Sequence[int],
    fees: Sequence[Fee] = (),
    *,
    price: int | None = None,
    wait: int = 0,
    unit: Unit = Unit.MONTH,
    every: int = 1,
    days: Sequence[date] | None = None,
) -> AllInCost:
    """The all-in cost of a plan: `instalments` in fen, the first one period after the payout (`wait` more if deferred).

    With `days` (payout first, then every due date) the rates are those of the real dates (XIRR). Errors: `NoRate`,
    `InvalidArgument`, `LengthMismatch`.
    """

    def rates(counted: Sequence[Fee]) -> tuple[tuple[int, ...], AnnualRates]:
        flows = cash_flows(principal, instalments, counted, price=price, wait=wait)
        dated = annual_rates(flows, unit=unit, every=every) if days is None else annual_rates_dated(flows, days)
        return flows, dated

    flows, contract = rates(())
    interest = sum(instalments) - principal
    items = [CostItem("利息", Payee.LENDER, When.PERIODIC, interest, True, contract.nominal)]
    reached = contract
    counted: list[Fee] = []
    for fee in (fee for fee in fees if fee.when is not When.CONTINGENT):
        step = 0.0
        if fee.in_rate:
            counted.append(fee)
            flows, grown = rates(counted)
            step, reached = grown.nominal - reached.nominal, grown
        amount = fee.total(principal, len(instalments), price)
        items.append(CostItem(fee.name, fee.payee, fee.when, amount, fee.in_rate, step, fee.note))
    contingent = tuple(
        CostItem(fee.name, fee.payee, fee.when, fee.charge(principal, price), False, 0.0, fee.note)
        for fee in fees
        if fee.when is When.CONTINGENT
    )
    return AllInCost(principal, flows, contract, reached, tuple(items), contingent)


def settled_early(
    principal: int,
    paid: Sequence[int],
    payoff: int,
    fees: Sequence[Fee] = (),
    *,
    price: int | None = None,
    wait: int = 0,
    unit: Unit = Unit.MONTH,
    every: int = 1,
) -> AnnualRates:
    """What the loan cost a customer who cleared it: `payoff` fen (balance and settlement fee) with the last of `paid`.

    A fee for leaving weighs on few months and a shrunken balance: 3 % after 12 of 36 months makes 8.30 % of 6 %.
    Periodic fees run to the settlement. Errors: as `all_in`, and `InvalidArgument` for a negative payoff.
    """
    if payoff < 0:
        raise InvalidArgument("payoff", "must not be negative", "不得为负", value=payoff)
    flows = list(cash_flows(principal, paid, fees, price=price, wait=wait))
    flows[-1] -= payoff
    return annual_rates(flows, unit=unit, every=every)
