"""The facts of a plan as the rows of the comparison, in their fixed order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from chedai.cli import facts
from chedai.cli.facts import NONE, amount, rate
from chedai.cli.results import PlanOut
from chedai.cli.say import Say

Cell: TypeAlias = tuple[str, str]
"""A figure, and the line under it that explains it."""


@dataclass(frozen=True, slots=True)
class FactRow:
    """One row. `compared` is the figure the lowest mark goes by; `ends_section` draws a line under the row.

    A row that no plan `has` is left out.
    """

    label: tuple[str, str]
    cell: Callable[[PlanOut], Cell]
    how: tuple[str, str] = ("", "")
    compared: Callable[[PlanOut], str | None] | None = None
    strong: bool = False
    ends_section: bool = False
    has: Callable[[PlanOut], bool] = lambda plan: True


def fact_rows(plans: Sequence[PlanOut], say: Say) -> list[FactRow]:
    """The rows that say something about at least one of the plans."""
    rows = [*_money_rows(say), *_rate_rows(), *_day_rows(say), *_settled_rows(plans, say)]
    return [row for row in rows if any(row.has(plan) for plan in plans)]


def _money_rows(say: Say) -> list[FactRow]:
    return [
        FactRow(facts.DOWN, lambda p: (amount(p.down_payment), _discount(p, say) if p.cash else p.down_payment_pct)),
        FactRow(facts.INSTALMENT, lambda p: _instalment(p, say), compared=_monthly, strong=True),
        FactRow(facts.INTEREST, lambda p: _of_loan(p, p.interest)),
        FactRow(facts.FEES, lambda p: _of_loan(p, p.fee_total)),
        FactRow(
            facts.OVER_CASH,
            lambda p: (amount(p.over_cash), "" if p.cash else _discount(p, say)),
            compared=lambda p: p.over_cash,
            strong=True,
        ),
        FactRow(
            ("含放弃的优惠", "+ forgone"),
            lambda p: _of_loan(p, p.over_cash_with_forgone),
            how=("机会成本口径", "opportunity"),
            has=lambda p: bool(Decimal(p.forgone)),
        ),
        FactRow(facts.TOTAL, lambda p: (amount(p.total_paid), _returned(p, say)), ends_section=True),
    ]


def _rate_rows() -> list[FactRow]:
    return [
        FactRow(
            facts.SIMPLE_RATE,
            lambda p: (_rate(p.annual_rate_simple_pct), ""),
            compared=lambda p: _rate_figure(p.annual_rate_simple_pct),
            strong=True,
        ),
        FactRow(facts.COMPOUND_RATE, lambda p: (_rate(p.annual_rate_compound_pct), "")),
        FactRow(facts.ADVERTISED, lambda p: (NONE if p.cash else p.advertised, ""), ends_section=True),
    ]


def _day_rows(say: Say) -> list[FactRow]:
    return [
        FactRow(("尾款、残值", "tail, residual"), lambda p: _tail(p, say), has=lambda p: bool(Decimal(p.tail))),
        FactRow(("费用明细", "fees, to whom"), lambda p: _fees(p, say), has=lambda p: bool(p.fees)),
        FactRow(("贴息", "subsidy"), lambda p: _subsidies(p, say), has=lambda p: bool(p.subsidies)),
        FactRow(
            ("旧车净值缺口", "old car short"),
            lambda p: (amount(p.negative_equity), ""),
            has=lambda p: bool(Decimal(p.negative_equity)),
        ),
        FactRow(
            facts.SIGNING,
            lambda p: (amount(p.cash_at_signing), ""),
            has=lambda p: p.cash_at_signing != p.down_payment,
            ends_section=True,
        ),
    ]


def _settled_rows(plans: Sequence[PlanOut], say: Say) -> list[FactRow]:
    """One row a month: what the plan has cost if it is settled then."""

    def row(place: int, month: int) -> FactRow:
        def cell(plan: PlanOut) -> Cell:
            cost = plan.settlements[place]
            if plan.cash:
                return NONE, ""
            return NONE if cost.cost is None else amount(cost.cost), facts.settlement_note(cost, say)

        label = (f"第 {month} 月结清", f"settled, {month} m")
        return FactRow(label, cell, compared=lambda plan: plan.settlements[place].cost)

    return [row(place, cost.month) for place, cost in enumerate(plans[0].settlements)]


def _of_loan(plan: PlanOut, text: str) -> Cell:
    return NONE if plan.cash else amount(text), ""


def _monthly(plan: PlanOut) -> str | None:
    """The instalment the lowest mark goes by; a plan that asks for nothing until its end has none."""
    return plan.highest_instalment if Decimal(plan.highest_instalment) else None


def _instalment(plan: PlanOut, say: Say) -> Cell:
    """The regular instalment; below it the last one where it is another amount than the cents explain."""
    if plan.cash:
        return NONE, ""
    notes = []
    if plan.highest_instalment != plan.instalment:
        notes.append(f"{say('最高', 'max')} {amount(plan.highest_instalment)}")
    usual = (plan.instalment, plan.highest_instalment)
    if all(abs(Decimal(plan.last_instalment) - Decimal(one)) >= 1 for one in usual):
        notes.append(f"{say(*facts.LAST)} {amount(plan.last_instalment)}")
    return (amount(plan.instalment) if Decimal(plan.instalment) else NONE), "\n".join(notes)


def _discount(plan: PlanOut, say: Say) -> str:
    """The price discount that came with the financing is already taken off."""
    return say(f"已减 {amount(plan.discount)}", f"less {amount(plan.discount)}") if Decimal(plan.discount) else ""


def _tail(plan: PlanOut, say: Say) -> Cell:
    """What is left for the end, and who bears it."""
    if not Decimal(plan.tail):
        return NONE, ""
    bearer = say("出租人承担", "lessor bears it") if plan.returns_car else say("客户支付", "customer pays")
    return amount(plan.tail), bearer


def _returned(plan: PlanOut, say: Say) -> str:
    return say("期末还车", "car returned") if plan.returns_car else ""


def _rate(text: str | None) -> str:
    return NONE if text is None else rate(text)


def _rate_figure(text: str | None) -> str | None:
    """The rate as printed, so that equal prints share the mark."""
    return None if text is None else rate(text).rstrip("%")


def _fees(plan: PlanOut, say: Say) -> Cell:
    if not plan.fees:
        return (NONE if plan.cash else say("无", "none")), ""
    lines = []
    for fee in plan.fees:
        lines += [fee.name, amount(fee.total), facts.when_short(fee, say)]
        lines.append(facts.payee_words(fee, say, plan.lender))
    return "", "\n".join(lines)


def _subsidies(plan: PlanOut, say: Say) -> Cell:
    lines = [f"{s.payer} {amount(s.amount)}" for s in plan.subsidies]
    return "" if lines else NONE, "\n".join(lines)
