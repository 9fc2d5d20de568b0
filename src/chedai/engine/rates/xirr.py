"""内部收益率, 不规则日期 (XIRR): the effective annual rate of flows on any dates, years counted as days / 365.

Solves sum CF_k / (1 + R)^((d_k - d_0) / 365) = 0. R is already a compound annual rate: no multiplication by 12.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from chedai.engine.errors import InvalidArgument, LengthMismatch
from chedai.engine.money import fen_column
from chedai.engine.rates.roots import only_rate

YEAR_DAYS: Final = 365


def xirr(flows: ArrayLike, days: Sequence[date]) -> float:
    """The effective annual rate of `flows` (fen, borrower's or lender's signs) on `days`, in any order.

    Flows of one day are added up. Errors: `LengthMismatch`, `InvalidArgument`, `NoRate` with the reason.
    """
    amounts = fen_column("flows", flows)
    if len(days) != amounts.size:
        raise LengthMismatch(
            "days", f"has {len(days)} rows where {amounts.size} are needed", f"有 {len(days)} 行,应为 {amounts.size} 行"
        )
    for row, day in enumerate(days):
        if not isinstance(day, date):
            raise InvalidArgument("days", "must be dates", "必须是日期", row=row, value=day)
    if amounts.size < 2:
        raise InvalidArgument(
            "flows", "need a payout and a repayment", "至少需要一笔放款和一笔还款", value=amounts.size
        )
    ordinals = np.array([day.toordinal() for day in days])
    on, group = np.unique(ordinals - ordinals.min(), return_inverse=True)
    sums = [0] * on.size
    for place, amount in zip(group.tolist(), amounts.tolist(), strict=True):
        sums[place] += amount
    return only_rate([float(s) for s in sums], [day / YEAR_DAYS for day in on.tolist()])
