"""The customer asks to settle: what they were shown goes to finance, on record."""

from __future__ import annotations

from datetime import date
from typing import Final

from chedai.book.closing import rules
from chedai.book.closing.events import SettlementAsked
from chedai.book.closing.links import loan_guest
from chedai.book.closing.models import LoanLink, SettlementAsk
from chedai.book.closing.selectors import ask_open
from chedai.book.closing.states import AskState
from chedai.book.loans.models import Loan
from chedai.book.loans.noting import loan_record
from chedai.book.loans.rules import refusal_of, refuse_of_bank
from chedai.book.loans.selectors import loan_lock, payoff_offer
from chedai.book.loans.states import LoanStatus
from chedai.engine.errors import EngineError
from chedai.engine.settlement import Settlement
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import emit, service

AHEAD_DAYS: Final = "paper.payoff_ahead_days"
"""The policy that says for how many days ahead a customer may ask for a quote."""


def quote_for_customer(loan: Loan, on: date) -> Settlement:
    """What settling on a day takes, good through the days of the policy.

    Errors: `Refusal` for a day outside the policy, or as the contract words it; `Conflict` where nothing can be quoted.
    """
    today, book = clock.business_date(), book_in_force()
    refuse_of_bank(loan.book)
    if loan.state != LoanStatus.ACTIVE or loan.quarantine:
        raise Conflict(
            "not-active", "这笔贷款现在不能试算，请联系您的金融专员", "no quote now; ask your finance officer"
        )
    rules.refuse_settle_day(on, today, book.in_force(AHEAD_DAYS, today).number)
    try:
        return payoff_offer(loan, on)
    except EngineError as error:
        raise refusal_of(error) from error


@service
def settlement_ask(*, link: LoanLink, on: date, shown: int) -> SettlementAsk:
    """Ask finance to settle the loan on a day for the sum the customer was shown (`shown`, fen).

    Errors: as `quote_for_customer`; `Conflict` where it was asked already, or another sum holds by now.
    """
    loan = loan_lock(link.loan_id)
    _lapse(loan)
    if ask_open(loan.pk) is not None:
        raise Conflict("asked-already", "您已申请结清，我们正在办理", "you have asked to settle already")
    quote = quote_for_customer(loan, on)
    if not quote.payable:
        zh, en = (
            "账户余款已足够结清，请联系您的金融专员办理",
            "what is held settles it; ask your finance officer",
        )
        raise Conflict("nothing-to-pay", zh, en)
    if quote.payable != shown:
        raise Conflict("quote-moved", "结清金额已变，请重新查看", "the sum has changed; look at it again")
    made = SettlementAsk.objects.create(
        loan=loan,
        link=link,
        settle_on=on,
        good_through=quote.good_through,
        quoted=quote.payable,
        asked_at=clock.now(),
    )
    facts: dict[str, Scalar] = {"ask": made.pk, "on": on.isoformat(), "amount": quote.payable}
    loan_record(loan, "loan.settlement_asked", facts, loan_guest(link))
    emit(SettlementAsked(loan.pk, made.pk))
    return made


@service
def settlement_withdraw(*, link: LoanLink) -> None:
    """The customer thought otherwise. Errors: `Conflict` where nothing waits."""
    loan = loan_lock(link.loan_id)
    ask = ask_open(loan.pk)
    if ask is None:
        raise Conflict("nothing-asked", "没有待办理的结清申请", "nothing waits")
    _end(loan, ask, AskState.WITHDRAWN, "loan.settlement_withdrawn", loan_guest(link))


def ask_answer(loan: Loan, actor: Actor) -> None:
    """The loan is settled: what was asked is done."""
    ask = ask_open(loan.pk)
    if ask is not None:
        _end(loan, ask, AskState.DONE, "loan.settlement_answered", actor)


def _lapse(loan: Loan) -> None:
    """A wish whose quote is good no longer makes room for a new one."""
    ask = ask_open(loan.pk)
    if ask is not None and ask.good_through < clock.business_date():
        ask.state, ask.ended_at = AskState.LAPSED, clock.now()
        ask.save(update_fields=["state", "ended_at"])


def _end(loan: Loan, ask: SettlementAsk, state: AskState, action: str, actor: Actor) -> None:
    ask.state, ask.ended_at = state, clock.now()
    ask.save(update_fields=["state", "ended_at"])
    loan_record(loan, action, {"ask": ask.pk}, actor)
