"""The statement of all-in cost (综合融资成本明示表), from the plan that was accepted and approved.

Interest first, then every fee with who gets it and when; each with its part of the annual cost, by the steps in which
the simple annual rate (IRR × 12) grows, so that the parts add up to the total. What falls due only on default, or on
leaving early, stands apart and never enters the rate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from chedai.deals.contracts.documents import ContingentLine, CostLine, Financed, StatementDocument
from chedai.deals.contracts.rules.capitals import in_capitals
from chedai.deals.contracts.rules.words import (
    SENTENCE,
    chinese,
    method_words,
    penalty_words,
    percent_words,
    settlement_words,
)
from chedai.deals.quotes.frozen import FrozenFee, FrozenPlan
from chedai.engine.money import RATE_SCALE, divide
from chedai.engine.rates import Fee, Payee, When, all_in
from chedai.engine.rates.fees import PAYEE_ZH, WHEN_ZH
from chedai.engine.schedule import Schedule, schedule
from chedai.engine.terms import InterestMethod, LoanTerms
from chedai.platform.errors import Refusal

_PRINTED: Final = 10_000
"""A hundredth of a percent: how finely rates are printed."""
_TOLERANCE: Final = 100
"""Units of 1e-8 a year (0.0001 %) by which the parts, counted anew, may miss the rate the customer was offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementTerms:
    """What a statement needs beside the plan: policies of the day, and who stands behind each payee."""

    deal_number: str
    version: int
    made_on: date
    overdue_markup: int
    misuse_markup: int
    reading_seconds: int
    policies: tuple[str, ...]
    payees: Mapping[Payee, str]


def plan_schedule(plan: FrozenPlan) -> Schedule:
    """The schedule of the terms that were frozen. Errors: `Refusal` for a cash plan: nothing is lent."""
    if plan.terms is None:
        raise Refusal("cash-plan", "全款方案没有贷款合同", "a cash plan has no loan to sign")
    return schedule(plan.terms)


def statement_of(plan: FrozenPlan, given: StatementTerms) -> StatementDocument:
    """The statement of a plan. Errors: `Refusal` where the figures of the plan do not agree with each other."""
    terms, made = _agreeing(plan)
    lines = _lines(plan, made, given)
    cost = sum(line.total for line in lines)
    return StatementDocument(
        deal_number=given.deal_number,
        version=given.version,
        made_on=given.made_on,
        lender_name=plan.lender_name,
        product_name=plan.product_name,
        vehicle=plan.vehicle,
        principal=plan.principal,
        principal_words=in_capitals(plan.principal),
        car_principal=plan.car_principal,
        financed=tuple(Financed(chinese(one.name), one.price) for one in plan.add_ons if one.financed),
        periods=terms.periods,
        method=method_words(terms),
        annual_rate=plan.annual_rate,
        nominal_rate=plan.nominal_rate or 0,
        effective_rate=plan.effective_rate or 0,
        instalment=plan.instalment,
        last=plan.last,
        lines=lines,
        interest=plan.interest,
        fee_total=sum(line.total for line in lines[1:] if line.in_rate),
        other_fees=sum(line.total for line in lines[1:] if not line.in_rate),
        cost_total=cost,
        repaid_total=plan.principal + cost,
        contingent=_contingent(plan, given),
        sentence=SENTENCE,
        reading_seconds=given.reading_seconds,
        plan_digest=plan.digest,
        policies=given.policies,
    )


def _agreeing(plan: FrozenPlan) -> tuple[LoanTerms, Schedule]:
    """Terms and schedule of a plan. Errors: `Refusal` where they do not come to its principal and interest."""
    made = plan_schedule(plan)
    assert plan.terms is not None
    if (made.principal, made.interest) != (plan.principal, plan.interest):
        zh, en = (
            "还款计划与方案的本金或利息不一致",
            "the schedule does not come to the principal and interest of the plan",
        )
        raise Refusal("schedule-differs", zh, en)
    return plan.terms, made


def _lines(plan: FrozenPlan, made: Schedule, given: StatementTerms) -> tuple[CostLine, ...]:
    assert plan.terms is not None
    fees = [_fee(one) for one in plan.fees]
    due = [row.total for row in made.rows if row.n]
    counted = all_in(plan.principal, due, fees, unit=plan.terms.unit, every=plan.terms.every)
    total = round(counted.all_in.nominal * RATE_SCALE)
    if plan.nominal_rate is None or abs(total - plan.nominal_rate) > _TOLERANCE:
        zh, en = "各项成本折算的年化与方案不一致", "the parts do not come to the annual rate of the plan"
        raise Refusal("rate-differs", zh, en)
    parts = as_printed([round(item.annual * RATE_SCALE) for item in counted.items], plan.nominal_rate)
    interest = CostLine(
        "利息",
        Payee.LENDER,
        _payee(given, Payee.LENDER),
        When.PERIODIC,
        "随每期还款收取",
        0,
        plan.interest,
        True,
        parts[0],
        _interest_words(plan),
    )
    return (interest, *(_line(one, part, given) for one, part in zip(plan.fees, parts[1:], strict=True)))


def _interest_words(plan: FrozenPlan) -> str:
    flat = plan.terms is not None and plan.terms.interest_method is InterestMethod.FLAT
    return f"合同年利率 {percent_words(plan.annual_rate)}，按{'初始' if flat else '剩余'}本金计息"


def as_printed(parts: Sequence[int], total: int) -> list[int]:
    """The parts in hundredths of a percent, as they are printed, adding up to the printed total.

    Each is cut down, and the hundredths left over go to the parts that lost most.
    """
    wanted = divide(total, _PRINTED)
    cut = [part // _PRINTED for part in parts]
    left = wanted - sum(cut)
    for at in sorted(range(len(parts)), key=lambda at: (-(parts[at] % _PRINTED), at))[: max(left, 0)]:
        cut[at] += 1
    return [part * _PRINTED for part in cut]


def _fee(one: FrozenFee) -> Fee:
    return Fee(one.name, amount=one.each, when=one.when, payee=one.payee, in_rate=one.in_rate)


def _line(one: FrozenFee, annual: int, given: StatementTerms) -> CostLine:
    words = WHEN_ZH[one.when]
    name = chinese(one.name)
    payee = _payee(given, one.payee)
    return CostLine(
        name, one.payee, payee, one.when, words, one.each, one.total, one.in_rate, annual, chinese(one.note)
    )


def _contingent(plan: FrozenPlan, given: StatementTerms) -> tuple[ContingentLine, ...]:
    """What the product itself names, then the two penalties of every contract and what leaving early costs."""
    lender = _payee(given, Payee.LENDER)
    own = [ContingentLine(chinese(one.name), _payee(given, one.payee), _measure(one)) for one in plan.contingent]
    named = {line.name for line in own}
    common = (
        ContingentLine("逾期罚息", lender, penalty_words(plan.annual_rate, given.overdue_markup)),
        ContingentLine("挪用罚息", lender, penalty_words(plan.annual_rate, given.misuse_markup)),
        ContingentLine("提前还款违约金", lender, settlement_words(plan.settlement_rule)),
    )
    return (*own, *(line for line in common if line.name not in named))


def _measure(one: FrozenFee) -> str:
    yuan, cents = divmod(one.each, 100)
    amount = f"每次 {yuan:,}.{cents:02d} 元" if one.each else ""
    return "，".join(part for part in (amount, chinese(one.note)) if part) or "按合同约定"


def _payee(given: StatementTerms, payee: Payee) -> str:
    return given.payees.get(payee) or PAYEE_ZH[payee]
