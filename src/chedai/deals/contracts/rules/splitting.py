"""Whether the parts of a payout are the loan: to the fen, no more and no less."""

from __future__ import annotations

from collections.abc import Sequence

from chedai.engine.money import yuan_grouped
from chedai.platform.errors import Refusal


def refuse_split(parts: Sequence[int], principal: int) -> None:
    """Errors: `Refusal` where a part is nothing, or the parts are not the loan."""
    if not parts or min(parts) <= 0:
        zh, en = "每个收款账户的金额须大于 0", "every account must get something"
        raise Refusal("split-empty", zh, en, field="amount")
    total = sum(parts)
    if total != principal:
        gap = total - principal
        summed, loan, apart = yuan_grouped(total), yuan_grouped(principal), yuan_grouped(gap)
        zh = f"各账户合计 {summed} 元，贷款本金 {loan} 元，相差 {apart} 元"
        en = f"the parts come to {summed} yuan, the loan is {loan}: {apart} apart"
        raise Refusal("split-not-loan", zh, en, field="amount")
