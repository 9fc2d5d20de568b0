"""The words of the paper for what the engine counts."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from chedai.engine.money import RATE_SCALE, percent
from chedai.engine.settlement import FeeBase, SettlementFee
from chedai.engine.terms import Amortisation, InterestMethod, LoanTerms

SENTENCE: Final = "除本表所列项目外，贷款人及其合作机构不再向借款人收取其他任何息费。"
"""此外不收取其他费用: the sentence every statement ends with."""

_METHODS: Final = {
    Amortisation.EQUAL_INSTALMENT: "等额本息",
    Amortisation.EQUAL_PRINCIPAL: "等额本金",
    Amortisation.INTEREST_FIRST: "先息后本",
    Amortisation.BULLET: "到期还本付息",
    Amortisation.BALLOON: "等额还款，末期还尾款",
    Amortisation.STEPPED: "分段还款",
}
_CENT: Final = Decimal("0.01")


def method_words(terms: LoanTerms) -> str:
    """How the loan is repaid."""
    if terms.interest_method is InterestMethod.FLAT:
        return "等本等息"
    return _METHODS[terms.amortisation]


def chinese(name: str) -> str:
    """The Chinese half of a name that holds both languages."""
    return name.partition("|")[0].strip()


def percent_words(rate: int) -> str:
    """A rate for a sentence: 3% or 8.82%, as many places as it has, two at least where it has any."""
    exact = percent(rate)
    whole = exact == exact.to_integral_value()
    return f"{exact:f}%" if whole or exact.as_tuple().exponent <= -2 else f"{exact.quantize(_CENT)}%"  # type: ignore[operator]


def settlement_words(rule: SettlementFee) -> str:
    """What leaving early costs, in one sentence."""
    base = "剩余本金" if rule.base is FeeBase.REMAINING else "提前还款本金"
    parts, since = [], 0
    if rule.locked_months:
        parts.append(f"还满 {rule.locked_months} 期前不可提前结清")
        since = rule.locked_months
    for tier in rule.tiers:
        if tier.months > since:
            parts.append(f"已还 {tier.months} 期以内：{base}的 {percent_words(tier.share)}")
    if rule.share or parts:
        after = "此后" if parts else "按"
        parts.append(f"{after}{base}的 {percent_words(rule.share)}" if rule.share else "此后不收取")
    if rule.interest_months:
        parts.append(f"另收 {rule.interest_months} 个月利息")
    return "；".join(parts) if parts else "不收取"


def penalty_words(annual_rate: int, markup: int) -> str:
    """A penalty rate: the contract rate and its mark-up, and what both come to a year."""
    whole = annual_rate + annual_rate * markup // RATE_SCALE
    return f"在合同利率基础上加收 {percent_words(markup)}，即年利率 {percent_words(whole)}"
