"""What is typed after an option, read exactly: amounts, shares, months, days, steps, fees. Refusals name the option."""

from __future__ import annotations

from datetime import date
from typing import Final

from chedai.engine.errors import InvalidArgument
from chedai.engine.money import RATE_SCALE, divide, fen, rate_units
from chedai.engine.rates import Fee, Payer, parse_fee
from chedai.engine.settlement import FeeTier, SettlementFee
from chedai.engine.terms import Step, StepKind

_FEE_WORDS: Final = {
    "放款时": "upfront",
    "前置": "upfront",
    "首期": "first_instalment",
    "first": "first_instalment",
    "每期": "periodic",
    "monthly": "periodic",
    "违约时": "contingent",
    "贷款人": "lender",
    "经销商": "dealer",
    "保险公司": "insurer",
    "担保公司": "guarantor",
    "政府": "government",
    "其他": "other",
    "计入": "in",
    "不计入": "out",
}
_STEP_WORDS: Final = {kind.replace("_", "-"): kind for kind in StepKind}


def amounts_of(text: str, base: int, option: str) -> tuple[int, ...]:
    """`30%,55500`: several shares of `base` or amounts in yuan, as fen."""
    return tuple(amount_of(part, base, option) for part in text.split(","))


def amount_of(text: str, base: int, option: str) -> int:
    """`30%` of `base`, half-up to the fen, or an amount in yuan, as fen."""
    if not text.strip().endswith("%"):
        return fen(text, argument=option)
    share = rate_units(text, argument=option)
    return divide(base * share, RATE_SCALE)


def months_of(text: str, option: str) -> tuple[int, ...]:
    """`24,36`: whole months."""
    return tuple(count_of(part, option) for part in text.split(","))


def count_of(text: str, option: str) -> int:
    """A whole number of at least 1."""
    if not text.strip().isdecimal() or int(text) < 1:
        raise InvalidArgument(option, "must be a whole number of at least 1", "必须是不小于 1 的整数", value=text)
    return int(text)


def day_of(text: str, option: str) -> date:
    """A day as 2026-11-20."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        rule = ("must be a day such as 2026-11-20", "必须是 2026-11-20 这样的日期")
        raise InvalidArgument(option, *rule, value=text) from None


def fee_of(text: str) -> Fee:
    """`服务费:3000:upfront:dealer:in`, in English or Chinese words."""
    name, *rest = text.replace("：", ":").split(":")
    return parse_fee(":".join([name, *(_FEE_WORDS.get(part.strip(), part) for part in rest)]))


def settlement_of(text: str, option: str) -> SettlementFee:
    """`3%` of what is repaid early, or by months paid `12=3%,24=1%` (none after the last)."""
    if "=" not in text:
        return SettlementFee(share=rate_units(text, argument=option))
    tiers = []
    for part in text.split(","):
        months, _, share = part.partition("=")
        tiers.append(FeeTier(count_of(months, option), rate_units(share, argument=option)))
    return SettlementFee(tiers=tuple(tiers))


def steps_of(text: str, option: str) -> tuple[Step, ...]:
    """`12:interest-only,12:instalment=3000,12:solve`: segments of a stepped plan."""
    steps = []
    for part in text.split(","):
        periods, _, kind = part.partition(":")
        word, _, amount = kind.strip().partition("=")
        if word not in _STEP_WORDS:
            known = ", ".join(_STEP_WORDS)
            rule = (f"a segment is MONTHS:KIND, one of {known}", f"每段为 期数:方式，方式可选 {known}")
            raise InvalidArgument(option, *rule, value=part)
        steps.append(Step(count_of(periods, option), _STEP_WORDS[word], fen(amount, argument=option) if amount else 0))
    return tuple(steps)


def payers_of(texts: list[str], option: str) -> tuple[Payer, ...]:
    """`厂家:70%` and `经销商:30%`: who pays which share of a subsidy; one name alone pays all."""
    payers = []
    for text in texts:
        name, _, share = text.replace("：", ":").partition(":")
        payers.append(Payer(name, rate_units(share, argument=option) if share else RATE_SCALE))
    if payers and sum(payer.share for payer in payers) != RATE_SCALE:
        raise InvalidArgument(option, "shares must add up to 100 %", "各方比例之和必须为 100%", value=" ".join(texts))
    return tuple(payers)
