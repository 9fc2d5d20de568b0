"""What the car is worth beside what is owed on it, from the payout to the end of the plan (车值与余额)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from chedai.book.loans.bulk.bank_lists import bank_lines_of
from chedai.book.loans.states import BookKind
from chedai.book.risk.values import values_over_time
from chedai.platform import clock
from chedai.platform.policies.selectors import book_in_force
from chedai.web.formats import wan_figure
from chedai.web.ui.chart import Series, line_chart

_POINTS: Final = 9


def worth(loan: Any, rows: Sequence[Any]) -> dict[str, Any]:
    """The chart and its finding; nothing where nobody has put a value of the car down, or there is no plan."""
    picked = _spread(rows)
    if len(picked) < 2:
        return {}
    today = clock.business_date()
    values = values_over_time(loan, [row.due_date for row in picked], book_in_force(), today)
    if values is None:
        return {}
    owed = [row.balance for row in picked]
    under = next((row.due_date for row, value in zip(picked, values, strict=True) if value < row.balance), None)
    chart = line_chart(
        [f"{row.due_date:%Y-%m}" for row in picked],
        (Series(_("剩余本金"), tuple(owed)), Series(_("车值"), tuple(values), chosen=True)),
        wan_figure,
    )
    finding = (
        _("按折旧曲线，%(month)s 起车值低于剩余本金。") % {"month": f"{under:%Y-%m}"}
        if under
        else _("按折旧曲线，车值始终不低于剩余本金。")
    )
    worth_now = (values_over_time(loan, [today], book_in_force(), today) or [0])[0]
    ratios = _ratios(picked, owed, values, _share(_owed_now(loan, rows, today), worth_now))
    return {"worth": chart, "worth_finding": f"{ratios}{finding}"}


def _owed_now(loan: Any, rows: Sequence[Any], today: date) -> int:
    """What is owed today; of a bank's loan what its newest list says, and before the first list its plan."""
    if loan.book != BookKind.BANK:
        return int(loan.owed)
    told = bank_lines_of(loan.pk).first()
    if told is not None:
        return int(told.balance)
    due = [row.balance for row in rows if row.due_date <= today]
    return int(due[-1] if due else loan.principal)


def _ratios(picked: Sequence[Any], owed: Sequence[int], values: Sequence[int], now: int) -> str:
    """Loan to value (贷款价值比): of what is owed today, and where the plan has it highest."""
    shares = [_share(balance, value) for balance, value in zip(owed, values, strict=True)]
    most = max(range(len(picked)), key=lambda k: shares[k])
    return _("贷款价值比今天 %(now)s%%，按计划最高 %(most)s%%（%(month)s）。") % {
        "now": f"{now / 10:.1f}",
        "most": f"{shares[most] / 10:.1f}",
        "month": f"{picked[most].due_date:%Y-%m}",
    }


def _share(balance: int, value: int) -> int:
    """In tenths of a percent; a car worth nothing counts as a fen."""
    return round(1000 * balance / max(value, 1))


def _spread(rows: Sequence[Any]) -> list[Any]:
    """At most nine rows, the first and the last among them."""
    if len(rows) <= _POINTS:
        return list(rows)
    last = len(rows) - 1
    return [rows[round(k * last / (_POINTS - 1))] for k in range(_POINTS)]
