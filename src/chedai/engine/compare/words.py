"""Reasons as sentences: what, the limit, the way out, in Chinese and English.

"首付 12% 低于江河银行下限 15%，至少 18,750.00。" Both figures are always named, a rule with its version; nothing is
promised and nobody is blamed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from chedai.engine.compare.bounds import Failure
from chedai.engine.compare.plan import Change, Lever, WhyNot
from chedai.engine.compare.wish import Bound
from chedai.engine.errors import Language
from chedai.engine.money import RATE_SCALE

_VEHICLE: Final = {
    "own_ice": ("自用燃油车", "own-use combustion car"),
    "own_nev": ("自用新能源车", "own-use new-energy car"),
    "commercial_ice": ("商用燃油车", "commercial combustion vehicle"),
    "commercial_nev": ("商用新能源车", "commercial new-energy vehicle"),
    "used": ("二手车", "used car"),
}
_CUSTOMER: Final = {"person": ("个人", "a person"), "business": ("企业", "a business")}
_CONFLICT: Final = {"lowest_cost": ("客户成本最低", "lowest cost"), "priority": ("优先级", "priority")}


def money(amount: int) -> str:
    """Fen as 1,234.56; below zero in brackets, as the books print it."""
    whole, cents = divmod(abs(amount), 100)
    text = f"{whole:,}.{cents:02d}"
    return f"({text})" if amount < 0 else text


def share(units: int, decimals: int = 2) -> str:
    """A share or rate (1e-8) as a percentage, cut to `decimals`, without trailing zeros: 15_000_000 -> "15%"."""
    cut = units * 100 * 10**decimals // RATE_SCALE
    text = f"{cut // 10**decimals}.{cut % 10**decimals:0{decimals}d}".rstrip("0").rstrip(".")
    return f"{text}%"


def share_up(units: int) -> str:
    """As `share`, cut upwards: what is above a limit must not be printed as the limit."""
    return share(-(-units * 10_000 // RATE_SCALE) * (RATE_SCALE // 10_000))


def reason(failure: Failure, why: WhyNot, language: Language = "zh") -> str:
    """One broken bound as a sentence."""
    zh, en = _REASONS[failure.bound](failure, why)
    if failure.policy and failure.bound is not Bound.CONFLICT:
        zh, en = f"{zh}（政策 {failure.policy}）", f"{en} (policy {failure.policy})"
    return f"{zh}。" if language == "zh" else f"{en}."


def change_text(change: Change, language: Language = "zh") -> str:
    """One change that would do, as an offer: no verb of command, both the value and, for a down payment, its share."""
    if change.lever is Lever.TERM:
        zh, en = f"改为 {change.value} 期", f"take {change.value} months"
    elif change.lever is Lever.CUSTOMER:
        name = _CUSTOMER[str(change.value)]
        zh, en = f"换成{name[0]}名下购车", f"buy in the name of {name[1]}"
    else:
        zh, en = _LEVERS[change.lever]
        amount = money(int(change.value))
        zh, en = f"{zh} {amount}", f"{en} {amount}"
        if change.lever is Lever.DOWN_PAYMENT:
            zh, en = f"{zh}，即 {share(change.share)}", f"{en}, {share(change.share)}"
    return zh if language == "zh" else en


_LEVERS: Final = {
    Lever.DOWN_PAYMENT: ("首付改为", "down payment of"),
    Lever.CEILING: ("月供上限放宽到", "monthly ceiling of"),
    Lever.CASH: ("当日资金备到", "cash on the day of"),
}

Pair = tuple[str, str]


def _lender(why: WhyNot) -> Pair:
    lender = why.product.lender
    return lender.name, lender.name_en


def _amount(text_zh: str, text_en: str) -> Callable[[Failure, WhyNot], Pair]:
    """A bound on fen: `{figure}` and `{limit}` as money, `{lender}` by name."""

    def sentence(failure: Failure, why: WhyNot) -> Pair:
        figure, limit = money(_number(failure.figure)), money(_number(failure.limit))
        zh, en = _lender(why)
        return (
            text_zh.format(figure=figure, limit=limit, lender=zh),
            text_en.format(figure=figure, limit=limit, lender=en),
        )

    return sentence


def _number(figure: int | str | date) -> int:
    if not isinstance(figure, int):
        raise TypeError(f"{figure!r} is no number")
    return figure


def _down_least(failure: Failure, why: WhyNot) -> Pair:
    zh, en = _lender(why)
    figure, limit = share(_number(failure.figure)), share(_number(failure.limit))
    need_zh = "" if failure.need is None else f"，至少 {money(failure.need)}"
    need_en = "" if failure.need is None else f", at least {money(failure.need)}"
    return (
        f"首付 {figure} 低于{zh}下限 {limit}{need_zh}",
        f"A down payment of {figure} is below the {limit} that {en} asks{need_en}",
    )


def _down_most(failure: Failure, why: WhyNot) -> Pair:
    zh, en = _lender(why)
    figure, limit = share_up(_number(failure.figure)), share(_number(failure.limit))
    need_zh = "" if failure.need is None else f"，至多 {money(failure.need)}"
    need_en = "" if failure.need is None else f", at most {money(failure.need)}"
    return (
        f"首付 {figure} 高于{zh}上限 {limit}{need_zh}",
        f"A down payment of {figure} is above the {limit} that {en} takes{need_en}",
    )


def _ltv(failure: Failure, why: WhyNot) -> Pair:
    figure, limit = share_up(_number(failure.figure)), share(_number(failure.limit))
    need_zh = "" if failure.need is None else f"，首付至少 {money(failure.need)}"
    need_en = "" if failure.need is None else f", down payment at least {money(failure.need)}"
    return (
        f"贷款成数 {figure} 超过上限 {limit}{need_zh}",
        f"A loan-to-value ratio of {figure} exceeds {limit}{need_en}",
    )


def _rate_cap(failure: Failure, why: WhyNot) -> Pair:
    figure, limit = share_up(_number(failure.figure)), share(_number(failure.limit))
    return f"综合年化 {figure} 超过上限 {limit}", f"An annual cost of {figure} exceeds the cap of {limit}"


def _date(failure: Failure, why: WhyNot) -> Pair:
    zh, en = ("活动", "The promotion") if why.promotion else ("产品", "The product")
    day, limit = failure.figure, failure.limit
    if isinstance(day, date) and isinstance(limit, date) and day < limit:
        return f"{zh} {limit} 才开始，现为 {day}", f"{en} starts on {limit}; today is {day}"
    return f"{zh}已于 {limit} 结束，现为 {day}", f"{en} ended on {limit}; today is {day}"


def _named(zh: str, en: str, names: dict[str, Pair] | None = None) -> Callable[[Failure, WhyNot], Pair]:
    """A bound that admits a list of names."""

    def sentence(failure: Failure, why: WhyNot) -> Pair:
        known = names or {}
        mine = str(failure.figure)
        admitted = [known.get(name, (name, name)) for name in str(failure.limit).split("|")]
        own = known.get(mine, (mine or "未填写", mine or "not stated"))
        return (
            f"{zh}仅限{'、'.join(name[0] for name in admitted)}，现为{own[0]}",
            f"{en} only for {', '.join(name[1] for name in admitted)}; here {own[1]}",
        )

    return sentence


def _term(failure: Failure, why: WhyNot) -> Pair:
    terms = str(failure.limit).split("|")
    return (
        f"不提供 {failure.figure} 期，可选 {'、'.join(terms)} 期",
        f"{failure.figure} months are not offered; {', '.join(terms)} are",
    )


def _months(zh: str, en: str) -> Callable[[Failure, WhyNot], Pair]:
    def sentence(failure: Failure, why: WhyNot) -> Pair:
        values = {"figure": failure.figure, "limit": failure.limit}
        return zh.format(**values), en.format(**values)

    return sentence


def _conflict(failure: Failure, why: WhyNot) -> Pair:
    rule = _CONFLICT[failure.policy]
    zh, en = str(failure.limit).split("|") if failure.limit else ("产品原价", "the product as listed")
    return f"活动不可叠加，按{rule[0]}取{zh}", f"Promotions do not add up; by {rule[1]} {en} is taken"


_REASONS: Final[dict[Bound, Callable[[Failure, WhyNot], Pair]]] = {
    Bound.DATE: _date,
    Bound.REGION: _named("地区", "Region"),
    Bound.VEHICLE: _named("车辆", "Vehicle", _VEHICLE),
    Bound.MODEL: _named("车型", "Model"),
    Bound.CUSTOMER: _named("客户", "Customer", _CUSTOMER),
    Bound.QUOTA: _months(
        "活动名额 {limit} 个，已用 {figure} 个", "The promotion's {limit} contracts are used ({figure})"
    ),
    Bound.TERM: _term,
    Bound.TERM_MOST: _months("{figure} 期超过最长 {limit} 期", "{figure} months exceed the longest term of {limit}"),
    Bound.AGE: _months(
        "车龄加期限 {figure} 个月，超过 {limit} 个月", "Age plus term is {figure} months, above {limit}"
    ),
    Bound.DOWN_LEAST: _down_least,
    Bound.DOWN_MOST: _down_most,
    Bound.LTV: _ltv,
    Bound.AMOUNT_LEAST: _amount(
        "贷款 {figure}，低于{lender}下限 {limit}",
        "A loan of {figure} is below the {limit} that {lender} lends at least",
    ),
    Bound.AMOUNT_MOST: _amount(
        "贷款 {figure}，超过{lender}上限 {limit}", "A loan of {figure} exceeds the {limit} that {lender} lends at most"
    ),
    Bound.TAIL: _amount("贷款 {figure}，须高于尾款 {limit}", "A loan of {figure} must exceed its tail of {limit}"),
    Bound.FEES: _amount(
        "贷款 {figure}，须高于放款时费用 {limit}", "A loan of {figure} must exceed the fees of {limit} taken from it"
    ),
    Bound.INSTALMENT: _amount(
        "月供 {figure}，超过上限 {limit}", "An instalment of {figure} exceeds the ceiling of {limit}"
    ),
    Bound.CASH: _amount(
        "当日需付 {figure}，超过首付能力 {limit}", "The day of signing takes {figure}, above the {limit} at hand"
    ),
    Bound.RATE_CAP: _rate_cap,
    Bound.CONFLICT: _conflict,
}
