"""The gate every contact goes through: what is counted is locked, what stands against it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from chedai.book.collection import conduct, selectors
from chedai.book.collection.conduct import Attempt, Block, Counted, Limits
from chedai.book.collection.models import CollectionCase, DebtorDay, DebtorNumber, NumberDay
from chedai.book.collection.states import CALLS, GIVEN, CaseState, Channel, NumberSource, Whom
from chedai.platform import clock
from chedai.platform.errors import Refusal, Refusals
from chedai.platform.policies.selectors import book_in_force


@dataclass(frozen=True, slots=True)
class Passed:
    """A contact that may be made: its counters, locked, and the rules somebody set aside for it."""

    debtor: DebtorDay
    dialled: NumberDay | None
    set_aside: str
    limits: Limits


def local_time(moment: datetime) -> time:
    """The time in Shanghai, to the minute."""
    return moment.astimezone(clock.SHANGHAI).time().replace(second=0, microsecond=0)


def attempt_of(
    number: DebtorNumber | None, channel: Channel, moment: time, *, opted_out: bool = False, people: int = 0
) -> Attempt:
    """An attempt by a number, or at the door of the debtor where there is none."""
    if number is None:
        return Attempt(channel, Whom.DEBTOR, moment, people=people)
    return Attempt(
        channel,
        Whom(number.whom),
        moment,
        given=NumberSource(number.source) in GIVEN,
        invalid=number.invalid_at is not None,
        refused=number.refused_at is not None,
        opted_out=opted_out,
        people=people,
    )


def gate(
    customer_id: int, number: DebtorNumber | None, channel: Channel, *, override: str = "", people: int = 0
) -> Passed:
    """Lock what is counted and refuse what conduct forbids. `override` is the reason of somebody with the right to.

    Errors: `Refusals`, one a rule that stands against it; `Refusal` for a number of another debtor.
    """
    if number is not None and number.customer_id != customer_id:
        raise Refusal("number-of-another", "该号码不属于本案", "the number does not belong to this case")
    day = clock.business_date()
    debtor = selectors.debtor_day_lock(customer_id, day)
    dialled = selectors.number_day_lock(number, day) if number is not None and channel in CALLS else None
    limits = conduct.limits_on(book_in_force(), day)
    opted_out = channel is Channel.SMS and selectors.opted_out(customer_id)
    attempt = attempt_of(number, channel, local_time(clock.now()), opted_out=opted_out, people=people)
    counted = Counted(debtor.effective, debtor.open_calls, dialled.dials if dialled is not None else 0)
    agreed = selectors.agreed_hours(customer_id)
    found = conduct.blocks(attempt, counted, selectors.trail_of(customer_id), limits, agreed)
    left = conduct.standing(found, limits, bool(override.strip()))
    if left:
        raise Refusals(conduct.refusal(block) for block in left)
    return Passed(debtor, dialled, ",".join(block.rule for block in found), limits)


def refuse_closed(case: CollectionCase) -> None:
    """Errors: `Refusal` where the case is closed: nobody is dunned who owes nothing late."""
    if case.state != CaseState.OPEN:
        raise Refusal("case-closed", "案件已关闭，不再催收", "the case is closed: nothing to collect")


def light(case: CollectionCase, number: DebtorNumber) -> tuple[tuple[Block, ...], Counted, Limits]:
    """What would stand against calling a number now, for the light of the desk. Nothing is locked or counted."""
    day = clock.business_date()
    limits = conduct.limits_on(book_in_force(), day)
    counted = selectors.counted(case.customer_id, number, day)
    attempt = attempt_of(number, Channel.CALL, local_time(clock.now()))
    agreed = selectors.agreed_hours(case.customer_id)
    return conduct.blocks(attempt, counted, selectors.trail_of(case.customer_id), limits, agreed), counted, limits
