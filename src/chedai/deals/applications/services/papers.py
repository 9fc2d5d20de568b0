"""The loop of one paper: handed in, accepted or returned with a reason, handed in again."""

from __future__ import annotations

from datetime import date

from chedai.deals.applications import checklists, rules
from chedai.deals.applications.models import Application, CheckItem, CheckStep
from chedai.deals.applications.selectors import (
    deal_subject,
    item_lock,
    item_lock_whole,
    item_purpose,
)
from chedai.deals.applications.services.flags import flags_of_papers
from chedai.deals.applications.states import ApplicationState, ItemState
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.files.selectors import papers_of
from chedai.platform.files.services import paper_hand_in
from chedai.platform.work import record, service


@service
def check_hand_in(*, item_id: int, name: str, content: bytes, actor: Actor, day: date | None = None) -> CheckItem:
    """Hand in a paper whole. `day` is until when it is valid, or of when it is, as the checklist asks; it may follow.

    Errors: as `check_handed`; `Refusal` where the file is none of the accepted kinds.
    """
    application, item = item_lock_whole(item_id)
    _refuse_unwanted(application, item)
    paper = paper_hand_in(
        subject=deal_subject(application.deal_id),
        purpose=item_purpose(item),
        name=name,
        content=content,
        actor=actor,
    )
    return _handed(application, item, paper.pk, actor, day)


@service
def check_handed(*, item_id: int, paper_id: int, actor: Actor, day: date | None = None) -> CheckItem:
    """A paper that has arrived in pieces counts as handed in. More sheets before the review belong to the same round.

    Errors: `Conflict` where the paper was accepted already; `Refusal` where it was handed in for something else, or
    where its day is past.
    """
    application, item = item_lock_whole(item_id)
    _refuse_unwanted(application, item)
    subject = deal_subject(application.deal_id)
    if not papers_of(subject).filter(pk=paper_id, purpose=item_purpose(item)).exists():
        raise Refusal(
            "paper-elsewhere", "该文件不属于这项资料", "the file was handed in for something else", field="file"
        )
    return _handed(application, item, paper_id, actor, day)


def _handed(application: Application, item: CheckItem, paper_id: int, actor: Actor, day: date | None) -> CheckItem:
    if item.state != ItemState.HANDED_IN:
        item.round += 1
    expires = _expiry(item, day)
    if expires is not None:
        item.expires_on = expires
    step(item, ItemState.HANDED_IN, "", paper_id, actor)
    flags_of_papers(application, actor)
    return item


@service
def check_accept(*, item_id: int, actor: Actor, day: date | None = None) -> CheckItem:
    """Accept a paper after looking at it. Errors: `Refusal` for who handed it in, for a missing or a past day."""
    _application, item = item_lock_whole(item_id)
    refused = rules.item_refusal(ItemState(item.state), ItemState.ACCEPTED)
    if refused is not None:
        raise refused
    last = item.steps.filter(state=ItemState.HANDED_IN).order_by("-pk").first()
    if last is not None and last.by == actor.key:
        raise Refusal("paper-own", "自己交的资料须由他人复核", "somebody else reviews what you handed in")
    expires = _expiry(item, day) or item.expires_on
    if expires is None and checklists.item(item.code).has_day:
        raise Refusal("paper-day", "请填写资料的日期或有效期", "give the day of the paper", field="day")
    item.expires_on = expires
    step(item, ItemState.ACCEPTED, "", None, actor)
    return item


@service
def check_return(*, item_id: int, reason: str, actor: Actor) -> CheckItem:
    """Send a paper back with the reason, which the customer reads too."""
    _application, item = item_lock_whole(item_id)
    refused = rules.item_refusal(ItemState(item.state), ItemState.RETURNED)
    if refused is not None:
        raise refused
    if not reason.strip():
        raise Refusal("reason-missing", "请写明退回原因", "say why it is returned", field="reason")
    step(item, ItemState.RETURNED, reason.strip()[:200], None, actor)
    return item


def papers_expire(on: date, actor: Actor) -> int:
    """Papers whose last day has passed no longer count; how many. Once a day, for applications that are not closed."""
    due = CheckItem.objects.filter(state=ItemState.ACCEPTED, expires_on__lt=on, is_wanted=True)
    due = due.exclude(application__state=ApplicationState.CLOSED)
    return sum(_expire(number, actor) for number in due.order_by("pk").values_list("pk", flat=True))


@service
def _expire(item_id: int, actor: Actor) -> bool:
    item = item_lock(item_id)
    if item.state != ItemState.ACCEPTED:
        return False
    step(item, ItemState.EXPIRED, "", None, actor)
    return True


def _expiry(item: CheckItem, day: date | None) -> date | None:
    wanted = checklists.item(item.code)
    if day is None or not wanted.has_day:
        return None
    today = clock.business_date()
    if not wanted.valid and day > today:
        raise Refusal("paper-day", "资料日期不得晚于今天", "the paper is not of a day to come", field="day")
    expires = rules.expiry(day, wanted.months, wanted.valid)
    if expires is not None and expires < today:
        zh, en = f"该资料已于 {expires} 过期", f"the paper could be used until {expires}"
        raise Refusal("paper-expired", zh, en, field="day")
    return expires


def _refuse_unwanted(application: Application, item: CheckItem) -> None:
    if application.state == ApplicationState.CLOSED:
        raise Conflict("application-state", "进件已关闭", "the application is closed")
    refused = rules.item_refusal(ItemState(item.state), ItemState.HANDED_IN)
    if refused is not None:
        raise refused


def step(item: CheckItem, state: ItemState, reason: str, paper_id: int | None, actor: Actor) -> None:
    """One thing happens to a paper, and goes on record. Called inside a service, which has decided."""
    now = clock.now()
    item.state, item.reason, item.changed_at = state, reason, now
    item.save(update_fields=["state", "reason", "changed_at", "round", "expires_on"])
    CheckStep.objects.create(
        item=item, state=state, round=item.round, paper_id=paper_id, reason=reason, by=actor.key, at=now
    )
    facts: dict[str, Scalar] = {"item": item.pk, "paper": item.code, "round": item.round}
    subject = deal_subject(item.application.deal_id)
    record(actor=actor, action=f"check.{state.value}", subject=subject, facts=facts, reason=reason)
