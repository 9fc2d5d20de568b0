"""贴息: who pays the interest the customer does not pay.

A subsidised plan has two rates: the standard rate, which the lender earns, and the customer's. What lies between is
paid by maker, dealer or government, either at once (the present value at the standard rate) or row by row (the
interest at the standard rate on the customer's own balance, less what the customer pays); both are worth the same.
Not a fen is lost: customer + every payer = standard. Ceilings of a programme are arguments: they are policy, dated,
and not the engine's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from chedai.engine.errors import InvalidArgument, LengthMismatch
from chedai.engine.money import RATE_SCALE, Rounding, divide
from chedai.engine.rates.annual import periods_a_year
from chedai.engine.terms import Unit


@dataclass(frozen=True, slots=True)
class Payer:
    """One who pays a `share` (units of 1e-8 of 1) of the subsidy, up to `cap` fen; beyond it the customer pays."""

    name: str
    share: int
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class SubsidySplit:
    """Row by row, in fen: `customer` + every payer's `parts` = `standard`, and every part is at least 0."""

    standard: tuple[int, ...]
    customer: tuple[int, ...]
    parts: tuple[tuple[str, tuple[int, ...]], ...]

    def totals(self) -> tuple[tuple[str, int], ...]:
        """What each payer pays over all rows, in fen."""
        return tuple((name, sum(rows)) for name, rows in self.parts)


@dataclass(frozen=True, slots=True)
class Programme:
    """A public interest subsidy: rates in 1e-8 a year, amounts in fen. Values come from the policy in force."""

    rate: int  # at most this much of the contract rate, e.g. 1 point
    most_of_rate: int = RATE_SCALE  # and at most this share of the contract rate, e.g. 50 %
    cap: int | None = None  # a borrower at one institution
    base: int | None = None  # the principal that counts, at most


@dataclass(frozen=True, slots=True)
class PublicSubsidy:
    """What a programme pays of the interest, and which of its limits was reached ("most_of_rate", "base", "cap")."""

    amount: int
    customer: int
    rate: int
    limits: tuple[str, ...]


def subsidy_upfront(
    principal: int,
    payments: Sequence[int],
    standard_rate: int,
    *,
    unit: Unit = Unit.MONTH,
    every: int = 1,
    rounding: Rounding = Rounding.HALF_UP,
) -> int:
    """S = P - sum A_k / (1 + i)^k: what the lender must be given at the payout to earn the standard rate, in fen.

    `payments` are the customer's, in fen; exact rational arithmetic, rounded once. A customer who pays more than the
    standard rate has nothing subsidised: `InvalidArgument`.
    """
    growth = 1 + standard_rate / (periods_a_year(unit, every) * RATE_SCALE)
    worth = Fraction(0)
    for payment in reversed(payments):
        worth = (worth + payment) / growth
    subsidy = principal - divide(worth.numerator, worth.denominator, rounding)
    if subsidy < 0:
        raise InvalidArgument(
            "payments", "are worth more than the principal", "客户还款现值已超过本金,无息可贴", value=-subsidy
        )
    return subsidy


def split_subsidy(
    balances: Sequence[int],
    interest: Sequence[int],
    standard_rate: int,
    payers: Sequence[Payer],
    *,
    unit: Unit = Unit.MONTH,
    every: int = 1,
    rounding: Rounding = Rounding.HALF_UP,
) -> SubsidySplit:
    """Row by row, what the lender's standard rate asks on the customer's balance, and who pays it.

    `balances` are what is owed at the start of each period, `interest` what the customer's plan asks for it, in fen.
    The payers share the difference; what their shares or caps leave over stays with the customer. Errors:
    `LengthMismatch`, `InvalidArgument` (shares above 100 %, a customer rate above the standard rate, with its row).
    """
    if len(balances) != len(interest):
        rule = f"has {len(interest)} rows where {len(balances)} are needed"
        raise LengthMismatch("interest", rule, f"有 {len(interest)} 行,应为 {len(balances)} 行")
    rate = standard_rate / periods_a_year(unit, every) / RATE_SCALE
    standard = [divide(balance * rate.numerator, rate.denominator, rounding) for balance in balances]
    for row, (full, paid) in enumerate(zip(standard, interest, strict=True)):
        if paid > full:
            raise InvalidArgument("interest", "is above the standard rate", "客户利息高于标准利率", row=row, value=paid)
    gaps = [full - paid for full, paid in zip(standard, interest, strict=True)]
    rows = share_out(gaps, payers)
    customer = [full - sum(parts) for full, parts in zip(standard, rows, strict=True)]
    columns = tuple((payer.name, tuple(parts[k] for parts in rows)) for k, payer in enumerate(payers))
    return SubsidySplit(tuple(standard), tuple(customer), columns)


def share_out(amounts: Sequence[int], payers: Sequence[Payer]) -> list[list[int]]:
    """Each row's amount over the payers, in fen: nobody's total strays a fen from his share, no part is negative.

    What shares below 100 % or caps leave unpaid is simply missing from the row's sum.
    """
    weights = [payer.share for payer in payers]
    weights.append(RATE_SCALE - sum(weights))  # the customer's own share
    for row, weight in enumerate(weights):
        if weight < 0:
            raise InvalidArgument(
                "payers", "shares must lie between 0 and 100 %", "分担比例须在 0 至 100% 之间", row=row
            )
    given, paid, total = [0] * len(weights), [0] * len(payers), 0
    rows: list[list[int]] = []
    for amount in amounts:
        total += amount
        parts = [amount * weight // RATE_SCALE for weight in weights]
        behind = [total * w - (g + p) * RATE_SCALE for w, g, p in zip(weights, given, parts, strict=True)]
        for k in sorted(range(len(weights)), key=lambda k: -behind[k])[: amount - sum(parts)]:
            parts[k] += 1
        given = [g + p for g, p in zip(given, parts, strict=True)]
        capped = [g if payer.cap is None else min(g, payer.cap) for g, payer in zip(given, payers, strict=False)]
        rows.append([now - before for now, before in zip(capped, paid, strict=True)])
        paid = capped
    return rows


def public_subsidy(
    interest: int, principal: int, contract_rate: int, programme: Programme, *, already: int = 0
) -> PublicSubsidy:
    """What a public programme pays of `interest` (fen, of the subsidised stretch) of a loan at `contract_rate`.

    `already` is what the programme has paid this borrower at this institution, in fen. The share of the interest is
    that of the rate; customer + programme = interest.
    """
    for argument, value, least in (
        ("interest", interest, 0),
        ("principal", principal, 1),
        ("contract_rate", contract_rate, 1),
        ("already", already, 0),
    ):
        if value < least:
            raise InvalidArgument(argument, f"must be at least {least}", f"不得小于 {least}", value=value)
    limits = []
    half = contract_rate * programme.most_of_rate // RATE_SCALE
    if half < programme.rate:
        limits.append("most_of_rate")
    rate = min(programme.rate, half)
    base = principal
    if programme.base is not None and programme.base < principal:
        base = programme.base
        limits.append("base")
    amount = divide(interest * rate * base, contract_rate * principal)
    if programme.cap is not None and amount > max(programme.cap - already, 0):
        amount = max(programme.cap - already, 0)
        limits.append("cap")
    return PublicSubsidy(amount, interest - amount, rate, tuple(limits))
