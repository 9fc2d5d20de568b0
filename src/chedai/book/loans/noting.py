"""Writing an event down, and on the record: what every service of a loan does first and last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from chedai.book.loans.history import body_of, kind_of
from chedai.book.loans.models import Loan, LoanEvent
from chedai.book.loans.states import Channel, EventKind
from chedai.engine.life.events import Event
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.audit.entries import Scalar
from chedai.platform.work import record


def event_note(
    loan: Loan,
    event: Event,
    *,
    actor: Actor,
    amount: int = 0,
    channel: Channel = Channel.SYSTEM,
    reference: str = "",
    key: str = "",
    of: LoanEvent | None = None,
) -> LoanEvent:
    """Append an event to a locked loan. `amount` is the money where the engine's event names none (a payoff)."""
    said = getattr(event, "amount", amount)
    return row_note(
        loan,
        kind_of(event),
        event.on,
        actor=actor,
        amount=said,
        body=body_of(event),
        channel=channel,
        reference=reference,
        key=key,
        of=of,
    )


def row_note(
    loan: Loan,
    kind: EventKind,
    on: date,
    *,
    actor: Actor,
    amount: int = 0,
    body: bytes = b"",
    channel: Channel = Channel.SYSTEM,
    reference: str = "",
    key: str = "",
    of: LoanEvent | None = None,
) -> LoanEvent:
    """Append one row; the loan's counter goes with it and is saved by the rebuild."""
    loan.last_seq += 1
    return LoanEvent.objects.create(
        loan=loan,
        seq=loan.last_seq,
        kind=kind,
        on=on,
        recorded_on=clock.business_date(),
        sequence=loan.last_seq,
        amount=amount,
        body=body,
        of=of,
        channel=channel,
        reference=reference.strip()[:80],
        key=key or None,
        by_id=actor.ref if actor.kind is ActorKind.PERSON else None,
        at=clock.now(),
    )


def loan_record(loan: Loan, action: str, facts: Mapping[str, Scalar], actor: Actor, *, reason: str = "") -> None:
    """On the record of the deal the loan came from, so that one timeline shows all; else of the loan."""
    subject = f"deal:{loan.deal_id}" if loan.deal_id is not None else f"loan:{loan.pk}"
    record(actor=actor, action=action, subject=subject, facts={"loan": loan.number, **facts}, reason=reason)
