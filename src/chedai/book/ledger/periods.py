"""Locking and opening periods (会计期间), by two people: one asks, another releases it in the room of approvals.

Periods are months and are locked in order, so that one day says it all: what lies up to it is closed. What is locked
stays; a fact of such a day is booked on the first open day with its own day as value date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from chedai.book.ledger import selectors
from chedai.book.ledger.models import PeriodMove
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.approvals.events import ApprovalClosed
from chedai.platform.approvals.models import Approval
from chedai.platform.approvals.selectors import approval_read, approvals_of
from chedai.platform.approvals.services import approval_request
from chedai.platform.approvals.states import State, Verdict
from chedai.platform.days.selectors import closed_through
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.work import record, service

LOCK: Final = "period.lock"
UNLOCK: Final = "period.unlock"
"""The actions an approval is asked for."""

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """One month of the books; `waiting` is the approval that is asked for it, if one is."""

    first: date
    last: date
    locked: bool
    waiting: Approval | None

    @property
    def code(self) -> str:
        """2026-10."""
        return f"{self.first:%Y-%m}"


def month_end(day: date) -> date:
    """The last day of the month."""
    return (day.replace(day=1) + 31 * _DAY).replace(day=1) - _DAY


def is_over(last: date) -> bool:
    """Whether the books were brought past a month: the close of the first of the next still posts on its last day."""
    closed = closed_through()
    return last < clock.business_date() and closed is not None and last < closed


def periods(today: date) -> list[Period]:
    """The months from the first with an entry to the one of `today`, newest first."""
    begun, through = selectors.first_day(), selectors.locked_through()
    waiting = {each.subject: each for each in Approval.objects.filter(action__in=(LOCK, UNLOCK), state=State.PENDING)}
    month, found = today.replace(day=1), []
    while begun is not None and month >= begun.replace(day=1):
        last = month_end(month)
        asked = waiting.get(f"period:{month:%Y-%m}")
        found.append(Period(month, last, through is not None and last <= through, asked))
        month = (month - _DAY).replace(day=1)
    return found


@service
def period_lock_ask(*, month: date, steps: Sequence[str], reason: str, actor: Actor) -> Approval:
    """Ask that a month be locked. Errors: `Refusal` while the first of the next month is not closed, or while the
    month before is open; `Conflict` where it is locked, or asked for already.
    """
    selectors.head_lock()
    first, last, through = month.replace(day=1), month_end(month), selectors.locked_through()
    if not is_over(last):
        zh, en = (
            f"{last + _DAY} 尚未日终，期间不能锁定",
            f"{last + _DAY} is not closed yet: it ends the period",
        )
        raise Refusal("period-running", zh, en, field="month")
    if through is not None and last <= through:
        raise Conflict("period-locked", f"{first:%Y-%m} 已锁定", f"{first:%Y-%m} is locked already", field="month")
    before, begun = first - _DAY, selectors.first_day()
    if begun is not None and begun <= before and (through is None or through < before):
        zh, en = f"请先锁定 {before:%Y-%m}", f"lock {before:%Y-%m} first"
        raise Refusal("period-order", zh, en, field="month")
    return _ask(LOCK, first, steps, reason, actor)


@service
def period_unlock_ask(*, month: date, steps: Sequence[str], reason: str, actor: Actor) -> Approval:
    """Ask that the month locked last be opened again. Errors: `Refusal` for another month, or without a reason;
    `Conflict` where it is asked for already.
    """
    selectors.head_lock()
    first, through = month.replace(day=1), selectors.locked_through()
    if through is None or month_end(month) != through:
        zh, en = "只能解锁最后锁定的期间", "only the period locked last can be opened"
        raise Refusal("period-order", zh, en, field="month")
    if not reason.strip():
        raise Refusal("reason-missing", "请写明解锁原因", "say why it is opened", field="reason")
    return _ask(UNLOCK, first, steps, reason, actor)


def _ask(action: str, first: date, steps: Sequence[str], reason: str, actor: Actor) -> Approval:
    subject = f"period:{first:%Y-%m}"
    if approvals_of(subject).filter(state=State.PENDING).exists():
        raise Conflict("period-asked", f"{first:%Y-%m} 已有待审批的申请", f"{first:%Y-%m} waits for approval already")
    size, link = selectors.head()
    document = {"period": f"{first:%Y-%m}", "reason": reason.strip(), "entries": size, "link": link.hex()}
    asked = approval_request(action=action, subject=subject, document=document, steps=steps, actor=actor)
    record(actor=actor, action=f"{action}_asked", subject=subject, facts={"entries": size}, reason=reason.strip())
    return asked


def on_approval_closed(event: ApprovalClosed) -> None:
    """What follows from the second person's word: the lock moves. A lock that came too late moves nothing back."""
    if event.action not in (LOCK, UNLOCK) or event.state is not State.APPROVED:
        return
    selectors.head_lock()
    first, through = date.fromisoformat(f"{event.subject.partition(':')[2]}-01"), selectors.locked_through()
    to = month_end(first) if event.action == LOCK else first - _DAY
    if through is not None and (to <= through) is (event.action == LOCK):
        zh, en = "锁定状态已变，请退回后重新申请", "the lock has moved meanwhile: return it and ask again"
        raise Conflict("period-moved", zh, en)
    approval = approval_read(event.approval_id)
    by = _releaser(approval)
    facts: dict[str, Any] = {"through": to.isoformat(), "approval": approval.pk}
    PeriodMove.objects.create(
        through=to,
        asked_by_id=approval.requested_by_id,
        released_by_id=by.ref,
        approval=approval,
        moved_at=clock.now(),
    )
    record(actor=by, action=f"{event.action}ed", subject=event.subject, facts=facts)


def _releaser(approval: Approval) -> Actor:
    """Who said the last yes."""
    said = approval.decisions.filter(verdict=Verdict.APPROVE).select_related("decided_by").order_by("-step")[0]
    return Actor(ActorKind.PERSON, said.decided_by_id, said.decided_by.display_name)
