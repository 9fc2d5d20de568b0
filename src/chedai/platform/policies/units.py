"""What the figures of a series are counted in or a part of. A unit that is not here is a slip of the pen in a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chedai.platform.policies.values import Kind

_SHARES: Final = {
    "per_year": "每年",
    "per_year_average_of_new_loans": "每年（新增贷款平均）",
    "per_day": "每日",
    "above_the_loss": "超出损失",
    "of_add_on_price": "占附加品售价",
    "of_all_rents": "占全部租金",
    "of_base_named_by_the_plan": "占方案写明的基数",
    "of_book_balance": "占账面余额",
    "of_cases": "占案件",
    "of_contract_rate": "占合同利率",
    "of_contract_value": "占合同标的额",
    "of_current_liabilities": "占流动性负债",
    "of_income": "占收入",
    "of_loan": "占贷款额",
    "of_net_capital": "占资本净额",
    "of_price": "占车价",
    "of_price_without_vat": "占不含税价",
    "of_principal": "占本金",
    "of_principal_left": "占剩余本金",
    "of_tax": "占税额",
}
_AMOUNTS: Final = {"yuan": "元", "yuan_per_month": "元/月"}
_COUNTS: Final = {
    "attempts": "次",
    "calls": "次通话",
    "day_of_month": "日",
    "days": "天",
    "loans": "笔",
    "months": "个月",
    "people": "人",
    "periods": "期",
    "seconds": "秒",
    "times": "次",
    "years": "年",
}
UNITS: Final[Mapping[Kind, Mapping[str, str]]] = {
    Kind.PERCENT: _SHARES,
    Kind.PERCENT_RANGE: _SHARES,
    Kind.CAP: {"per_year": _SHARES["per_year"]},
    Kind.MONEY: _AMOUNTS,
    Kind.BRACKETS: {"yuan": _AMOUNTS["yuan"]},
    Kind.NUMBER: _COUNTS,
    Kind.BANDS: {"days": _COUNTS["days"]},
}
"""The units a kind may have, with their Chinese. A kind that is not a key has none."""


def unit_fault(kind: Kind, unit: str) -> tuple[str, str] | None:
    """Why this kind cannot have this unit, in English and Chinese; None where it can."""
    allowed = UNITS.get(kind, {})
    if (unit in allowed) if allowed else not unit:
        return None
    known = ", ".join(allowed) or "none"
    return f"has unit {unit!r}, {kind} takes {known}", f"单位 {unit!r} 不适用于 {kind}（可用：{known})"
