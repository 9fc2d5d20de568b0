"""What cannot happen to a loan, refused by the event's row and the rule it breaks."""

from __future__ import annotations

from datetime import date

from chedai.engine.errors import EventRefused
from chedai.engine.life.book import Book
from chedai.engine.life.events import (
    Charge,
    Disbursement,
    DueDateShift,
    InterestPause,
    Prepayment,
    RateChange,
    Reage,
    Reamortise,
    Repayment,
    Restructure,
    TermExtension,
    Waiver,
)
from chedai.engine.life.lateness import accrue_penalties
from chedai.engine.life.ordering import AGREED_BEFORE, Dated
from chedai.engine.life.payment import open_dues
from chedai.engine.life.projection import project
from chedai.engine.money import FEN_MAX, LARGEST_RATE, yuan
from chedai.engine.waterfall import Component


def refuse_impossible(book: Book, dated: Dated) -> None:
    """Errors: `EventRefused` where the event does not fit the loan as it stands."""
    _refuse_values(dated)
    event = dated.event
    if isinstance(event, Disbursement):
        _refuse_payout(book, dated, event)
    elif not book.paid_out and not isinstance(event, (RateChange, InterestPause)):
        _refuse(dated, "on", "must not be before the first payout", "不得早于首次放款", event.on)
    if book.closed_on is not None and not is_moot(book, dated):
        _refuse(
            dated,
            "on",
            f"comes after the loan was closed on {book.closed_on}",
            f"贷款已于 {book.closed_on} 结清",
            event.on,
        )
    match event:
        case DueDateShift():
            _refuse_shift(book, dated, event)
        case Reamortise():
            if all(row.due <= event.on for row in book.instalments):
                _refuse(dated, "on", "must leave an instalment to come", "之后须有未到期的分期", event.on)
        case Reage() | Restructure() if not _anything_owed(book):
            _refuse(dated, "on", "must find principal unpaid", "须有未还本金", event.on)
        case Waiver():
            _refuse_waiver(book, dated, event)
        case Restructure():
            if not 0 <= event.waived_principal < book.owed:
                value = event.waived_principal
                _refuse(dated, "waived_principal", "must be below the principal owed", "必须小于所欠本金", value)


def is_moot(book: Book, dated: Dated) -> bool:
    """Whether the loan was paid off before a change that had been agreed for later could begin."""
    event = dated.event
    if book.closed_on is None or not isinstance(event, (*AGREED_BEFORE, InterestPause)):
        return False
    agreed_on = event.known_on if event.recorded_on or isinstance(event, InterestPause) else date.min
    return agreed_on <= book.closed_on


def _anything_owed(book: Book) -> bool:
    return book.owed > 0 or any((row.principal or 0) > row.paid.principal for row in book.singles)


def _refuse_values(dated: Dated) -> None:
    """What is wrong whatever the loan: amounts, counts, dates that contradict each other."""
    event = dated.event
    match event:
        case Disbursement() | Repayment() | Charge() | Prepayment() | Waiver():
            if not 0 < event.amount <= FEN_MAX:
                _refuse(dated, "amount", "must be above 0", "必须大于 0", event.amount)
        case RateChange():
            _refuse_rate(dated, event.annual_rate)
        case InterestPause():
            if event.end < event.start:
                _refuse(dated, "end", "must not be before the start", "不得早于开始日", event.end)
        case TermExtension():
            if event.periods < 1:
                _refuse(dated, "periods", "must be at least 1", "不得小于 1", event.periods)
        case Reage() | Restructure():
            for argument in ("periods", "every"):
                if getattr(event, argument) < 1:
                    _refuse(dated, argument, "must be at least 1", "不得小于 1", getattr(event, argument))
            earliest = event.first_due if isinstance(event, Reage) else event.first_due - event.first_due.resolution
            if earliest < event.on:
                _refuse(dated, "first_due", "must come after the change", "必须晚于变更日", event.first_due)
            if isinstance(event, Restructure):
                _refuse_rate(dated, event.annual_rate or 0)


def _refuse_rate(dated: Dated, rate: int) -> None:
    if rate < 0:
        _refuse(dated, "annual_rate", "must not be negative", "不得为负", rate)
    if rate > LARGEST_RATE:
        _refuse(dated, "annual_rate", "is beyond what a rate can be", "超出利率的合理范围", rate)


def _refuse_payout(book: Book, dated: Dated, event: Disbursement) -> None:
    most = book.terms.principal if book.conventions.approved is None else book.conventions.approved
    if sum(move.amount for move in book.payouts) + event.amount > most:
        _refuse(dated, "amount", "goes beyond the amount approved", "超出批准金额", event.amount)
    if event.on >= book.instalments[-1].period.due:
        _refuse(dated, "on", "must be before the last due date", "必须早于最后还款日", event.on)


def _refuse_shift(book: Book, dated: Dated, event: DueDateShift) -> None:
    row = next((row for row in book.instalments if row.due == event.due and not row.closed), None)
    if row is None:
        _refuse(dated, "due", "is no due date of the loan", "不是本贷款的还款日", event.due)
    elif event.to <= row.period.start:
        _refuse(dated, "to", "must come after the due date before it", "必须晚于上一还款日", event.to)


def _refuse_waiver(book: Book, dated: Dated, event: Waiver) -> None:
    if event.component is Component.PRINCIPAL:
        rule_zh = "本金减免须重组"
        _refuse(dated, "component", "must not be principal: that takes a restructure", rule_zh, None)
    accrue_penalties(book, event.on)
    most = sum(due.parts.of(event.component) for due in open_dues(book, project(book, event.on), event.on))
    if event.amount > most:
        rule = f"must not be more than is due and unpaid ({yuan(most)})"
        _refuse(dated, "amount", rule, f"不得超过到期未付的 {yuan(most)} 元", event.amount)


def _refuse(dated: Dated, argument: str, rule: str, rule_zh: str, value: date | int | None) -> None:
    raise EventRefused(argument, rule, rule_zh, row=dated.row, value=value)
