"""What a partial prepayment (部分提前还款) asks beside its money: the fee for leaving early, on what it repays early.

A settlement asks the fee on the principal that is left. If a prepayment asked none, who first prepays nearly all and
then settles would owe next to nothing of it, and no lock-up would hold. So every fen of principal repaid before its day
bears the fee once, at the share of the instalments paid by then: with the prepayment, or with the settlement. The
contract says so (clause `prepayment`); what early performance costs is borne by the debtor (民法典 530, 677).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from chedai.book.loans.forms import agreement_of
from chedai.book.loans.models import Loan
from chedai.book.loans.rules import refusal_of
from chedai.engine.errors import EngineError
from chedai.engine.life import replay_figures, settlement_position
from chedai.engine.life.events import Charge, ChargeKind, Event


def prepayment_fee(loan: Loan, events: Sequence[Event], amount: int, on: date, today: date) -> list[Charge]:
    """The fee for paying `amount` fen ahead of time on a day; none where nothing is repaid early.

    What has fallen due comes out of the money first. The fee falls due with the first instalment after `today`, however
    long ago the money came: the money is principal, and nobody is late with a fee he did not know of.
    Errors: `Refusal` inside the lock-up of the contract, and where the events make no plan.
    """
    agreed = agreement_of(loan)
    try:
        figures = replay_figures(agreed.terms, agreed.conventions, events, on)[1]
        due = figures.due
        early = amount - due.fee - due.penalty - due.interest - due.principal
        early = min(early, figures.principal - due.principal)
        if early <= 0:
            return []
        position = settlement_position(agreed.terms, agreed.conventions, events, on)
        fee = agreed.fee.amount(position.months_paid, early, position.annual_rate)
    except EngineError as error:
        raise refusal_of(error) from error
    due_on = max(on, today) + timedelta(1)
    return [Charge(on=on, kind=ChargeKind.FEE, amount=fee, due_on=due_on)] if fee else []
