"""What the command line answers, as data: the one source of its tables, its JSON and its CSV.

Amounts are yuan as text with two decimals, rates percent as text with six, shares percent as text; nothing is a
float, so the three outputs cannot differ. Words for people are added by the tables alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from chedai.cli.say import Say
from chedai.engine.compare import FeeLine, Plan, SettlementCost, SubsidyLine
from chedai.engine.compare.methods import method_of
from chedai.engine.compare.quote import Quote
from chedai.engine.compare.words import share
from chedai.engine.money import RATE_SCALE, divide, percent, yuan
from chedai.engine.rates import Payee, When


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Frozen, written with all its fields."""


class FeeOut(_Answer, frozen=True, kw_only=True):
    name: str
    payee: Payee
    when: When
    each: str
    total: str
    in_rate: bool


class SettlementOut(_Answer, frozen=True, kw_only=True):
    month: int
    how: str
    cost: str | None
    fee: str
    payoff: str


class SubsidyOut(_Answer, frozen=True, kw_only=True):
    payer: str
    amount: str


class RowOut(_Answer, frozen=True, kw_only=True):
    n: int
    due_date: str | None
    principal: str
    interest: str
    fees: str
    total: str
    balance: str


class FactsOut(_Answer, frozen=True, kw_only=True):
    """What every plan states."""

    price: str
    down_payment: str
    down_payment_pct: str
    principal: str
    method: str | None
    periods: int
    annual_rate_pct: str | None
    instalment: str
    highest_instalment: str
    last_instalment: str
    interest: str
    fee_total: str
    other_fees: str
    over_cash: str
    total_paid: str
    cash_at_signing: str
    annual_rate_simple_pct: str | None
    annual_rate_compound_pct: str | None
    fees: tuple[FeeOut, ...]
    settlements: tuple[SettlementOut, ...]
    subsidies: tuple[SubsidyOut, ...]


class QuoteOut(FactsOut, frozen=True, kw_only=True):
    flows_digest: str
    schedule: tuple[RowOut, ...]


class PlanOut(FactsOut, frozen=True, kw_only=True):
    cash: bool
    lender: str
    product: str
    product_code: str
    version: str
    promotion: str
    advertised: str
    tail: str
    returns_car: bool
    ltv_pct: str | None
    discount: str
    forgone: str
    over_cash_with_forgone: str
    negative_equity: str
    pareto: bool
    preferred: bool


class BoundOut(_Answer, frozen=True, kw_only=True):
    bound: str
    reason: str


class WhyNotOut(_Answer, frozen=True, kw_only=True):
    lender: str
    product: str
    product_code: str
    version: str
    promotion: str
    method: str | None
    periods: int | None
    down_payment: str | None
    bounds: tuple[BoundOut, ...]
    changes: tuple[str, ...]


class ComparisonOut(_Answer, frozen=True, kw_only=True):
    catalogue: str
    on: str
    price: str
    preference: str
    plans: tuple[PlanOut, ...]
    why_not: tuple[WhyNotOut, ...]


def quote_out(made: Quote, say: Say, *, dated: bool) -> QuoteOut:
    """One plan in full; without a payout day the rows have no dates."""
    rates = made.cost.all_in
    return QuoteOut(
        **_facts(made.price, made.down_payment, made.terms.principal),
        **_lines(made.fees, made.settlements, made.subsidies, say),
        method=method_of(made.terms.amortisation, made.terms.interest_method).code,
        periods=made.terms.periods,
        annual_rate_pct=f"{percent(made.terms.annual_rate):f}",
        instalment=yuan(made.instalments[0]),
        highest_instalment=yuan(made.highest),
        last_instalment=yuan(made.instalments[-1]),
        interest=yuan(made.schedule.interest),
        fee_total=yuan(made.fee_total),
        other_fees=yuan(made.other_fees),
        over_cash=yuan(made.over_cash),
        total_paid=yuan(made.total_paid),
        cash_at_signing=yuan(made.cash_at_signing),
        annual_rate_simple_pct=rate_text(rates.nominal),
        annual_rate_compound_pct=rate_text(rates.effective),
        flows_digest=rates.digest,
        schedule=tuple(_rows(made, dated)),
    )


def _rows(made: Quote, dated: bool) -> Iterable[RowOut]:
    for row in made.schedule.rows:
        fees = made.periodic_fee if row.n else 0
        fees += made.first_fee if row.n == 1 else 0
        yield RowOut(
            n=row.n,
            due_date=row.due.isoformat() if dated else None,
            principal=yuan(row.principal),
            interest=yuan(row.interest),
            fees=yuan(fees),
            total=yuan(row.total + fees),
            balance=yuan(row.balance),
        )


def plan_facts(plan: Plan, say: Say) -> dict[str, Any]:
    """The fields of `FactsOut` of one plan of a comparison."""
    financing = plan.financing
    method = None
    if financing is not None:
        method = method_of(financing.repayment.amortisation, financing.repayment.interest_method).code
    return {
        **_facts(plan.price, plan.down_payment, plan.principal),
        **_lines(plan.fees, plan.settlements, plan.subsidies, say),
        "method": method,
        "periods": 0 if financing is None else financing.periods,
        "annual_rate_pct": None if financing is None else f"{percent(financing.annual_rate):f}",
        "instalment": yuan(plan.instalment),
        "highest_instalment": yuan(plan.highest),
        "last_instalment": yuan(plan.last),
        "interest": yuan(plan.interest),
        "fee_total": yuan(plan.fee_total),
        "other_fees": yuan(plan.other_fees),
        "over_cash": yuan(plan.over_cash),
        "total_paid": yuan(plan.total_paid),
        "cash_at_signing": yuan(plan.cash_at_signing),
        "annual_rate_simple_pct": None if plan.nominal_rate is None else rate_text(plan.nominal_rate),
        "annual_rate_compound_pct": None if plan.effective_rate is None else rate_text(plan.effective_rate),
    }


def _facts(price: int, down: int, principal: int) -> dict[str, Any]:
    return {
        "price": yuan(price),
        "down_payment": yuan(down),
        "down_payment_pct": share(divide(down * RATE_SCALE, price)),
        "principal": yuan(principal),
    }


def _lines(
    fees: Sequence[FeeLine], settlements: Sequence[SettlementCost], subsidies: Sequence[SubsidyLine], say: Say
) -> dict[str, Any]:
    return {
        "fees": tuple(
            FeeOut(
                name=say.own(f.name),
                payee=f.payee,
                when=f.when,
                each=yuan(f.each),
                total=yuan(f.total),
                in_rate=f.in_rate,
            )
            for f in fees
        ),
        "settlements": tuple(
            SettlementOut(
                month=s.month,
                how=s.how,
                cost=None if s.cost is None else yuan(s.cost),
                fee=yuan(s.fee),
                payoff=yuan(s.payoff),
            )
            for s in settlements
        ),
        "subsidies": tuple(SubsidyOut(payer=say.own(s.payer), amount=yuan(s.amount)) for s in subsidies),
    }


def rate_text(rate: float) -> str:
    """A rate as percent with six decimals; a rate that is all but 0 has no minus sign."""
    text = f"{rate * 100:.6f}"
    return text.lstrip("-") if not text.strip("-0.") else text


def json_text(answer: _Answer) -> str:
    """The answer as indented JSON, ending with a line break."""
    return msgspec.json.format(msgspec.json.encode(answer), indent=2).decode() + "\n"


def flat(answer: _Answer) -> dict[str, str]:
    """The answer's single facts in one row; settlement costs become a column a month, fees and subsidies one text."""
    fields = msgspec.to_builtins(answer)
    row = {name: _cell(value) for name, value in fields.items() if not isinstance(value, (list, tuple))}
    row["fees"] = "; ".join(f"{f['name']} {f['total']} {f['when']} {f['payee']}" for f in fields["fees"])
    row["subsidies"] = "; ".join(f"{s['payer']} {s['amount']}" for s in fields["subsidies"])
    for s in fields["settlements"]:
        row[f"settled_{s['month']}_cost"] = _cell(s["cost"])
        row[f"settled_{s['month']}_fee"] = s["fee"]
        row[f"settled_{s['month']}_payoff"] = s["payoff"]
    return row


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def csv_text(rows: Sequence[dict[str, str]]) -> str:
    """Rows with one head line."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def quote_csv(answer: QuoteOut) -> str:
    """The facts of the plan, an empty line, and its schedule."""
    rows = [{name: _cell(value) for name, value in msgspec.to_builtins(row).items()} for row in answer.schedule]
    return csv_text([flat(answer)]) + "\n" + csv_text(rows)
