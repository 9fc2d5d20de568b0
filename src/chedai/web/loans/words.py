"""Loans, events and components in the words of the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from chedai.book.loans.states import BookKind, Channel, EventKind, LoanStatus
from chedai.engine.settlement import LineKind
from chedai.engine.waterfall import Component

STATES: Final[Mapping[str, tuple[Promise, str]]] = {
    LoanStatus.ACTIVE: (gettext_lazy("还款中"), "blue"),
    LoanStatus.SETTLED: (gettext_lazy("已结清"), "green"),
    LoanStatus.WRITTEN_OFF: (gettext_lazy("已核销"), ""),
}
BOOKS: Final[Mapping[str, Promise]] = {BookKind.OWN: gettext_lazy("自营"), BookKind.BANK: gettext_lazy("资方")}
KINDS: Final[Mapping[str, Promise]] = {
    EventKind.DISBURSEMENT: gettext_lazy("放款"),
    EventKind.REPAYMENT: gettext_lazy("还款"),
    EventKind.PREPAYMENT: gettext_lazy("部分提前还款"),
    EventKind.PAYOFF: gettext_lazy("提前结清"),
    EventKind.CHARGE: gettext_lazy("收取费用"),
    EventKind.RATE_CHANGE: gettext_lazy("利率调整"),
    EventKind.DUE_DATE_SHIFT: gettext_lazy("变更还款日"),
    EventKind.TERM_EXTENSION: gettext_lazy("展期"),
    EventKind.INTEREST_PAUSE: gettext_lazy("停息"),
    EventKind.REAMORTISE: gettext_lazy("逾期款均摊"),
    EventKind.REAGE: gettext_lazy("重新计期"),
    EventKind.RESTRUCTURE: gettext_lazy("重组"),
    EventKind.WAIVER: gettext_lazy("减免"),
    EventKind.WRITE_OFF: gettext_lazy("核销"),
    EventKind.REFUND: gettext_lazy("退还溢缴款"),
    EventKind.REVERSAL: gettext_lazy("冲销"),
}
CHANNELS: Final[Mapping[str, Promise]] = {
    Channel.COUNTER: gettext_lazy("柜面"),
    Channel.API: gettext_lazy("接口"),
    Channel.BANK_FILE: gettext_lazy("银行流水"),
    Channel.DEBIT: gettext_lazy("代扣"),
    Channel.SYSTEM: gettext_lazy("系统"),
}
COMPONENTS: Final[Mapping[str, Promise]] = {
    Component.FEE: gettext_lazy("费用"),
    Component.PENALTY: gettext_lazy("罚息"),
    Component.INTEREST: gettext_lazy("利息"),
    Component.PRINCIPAL: gettext_lazy("本金"),
}
LINES: Final[Mapping[str, Promise]] = {
    LineKind.PRINCIPAL: gettext_lazy("未到期本金"),
    LineKind.ACCRUED: gettext_lazy("上次还款日以来的利息"),
    LineKind.DUE_PRINCIPAL: gettext_lazy("已到期未还本金"),
    LineKind.DUE_INTEREST: gettext_lazy("已到期未还利息"),
    LineKind.DUE_FEE: gettext_lazy("已到期未还费用"),
    LineKind.PENALTY: gettext_lazy("罚息"),
    LineKind.FUTURE_FEE: gettext_lazy("不因提前结清减免的费用"),
    LineKind.SETTLEMENT_FEE: gettext_lazy("提前结清违约金"),
    LineKind.CREDIT: gettext_lazy("减：账户余款"),
}


def is_chinese() -> bool:
    """Whether the reader reads Chinese."""
    return (get_language() or "zh").startswith("zh")


def kind(code: str) -> str:
    """What happened; a code nobody named is shown as it is."""
    return str(KINDS.get(code, code))


def posting(one: Any) -> str:
    """Where money went: 第 3 期本金, or what is held for the customer."""
    if one.component is None:
        return _("账户余款")
    word = COMPONENTS[one.component]
    if one.n is None:
        return str(word)
    return _("第 %(n)d 期%(word)s") % {"n": one.n, "word": word}


def payoff_lines(quote: Any) -> list[tuple[str, str, int]]:
    """What a quote is made of: the word, how it is worked out (empty where that says no more), the amount."""
    lines = []
    for one in quote.lines:
        word, why = str(LINES[one.kind]), str(one.text_zh if is_chinese() else one.text_en)
        if one.amount:
            lines.append((word, "" if why.casefold() == word.casefold() else why, one.amount))
    return lines
