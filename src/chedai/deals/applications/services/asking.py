"""What a lender wants beside (要求补件): its papers come onto the checklist, and the next round waits for them."""

from __future__ import annotations

from collections.abc import Sequence

from chedai.deals.applications import checklists
from chedai.deals.applications.models import CheckItem, PaperAsk, Submission
from chedai.deals.applications.rules import HANDED
from chedai.deals.applications.selectors import asks_of_round, parties_of
from chedai.deals.applications.services.papers import step
from chedai.deals.applications.states import ItemState
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.errors import Refusal, Refusals


def papers_ask(submission: Submission, codes: Sequence[str], reason: str, actor: Actor) -> None:
    """Put what a lender asks for in its present round onto the checklist. Called inside a service.

    A paper that is here already goes back: this lender wants another one.
    """
    application, now = submission.application, clock.now()
    applicant = parties_of(application.pk)[0]
    for code in dict.fromkeys(codes):
        party = None if checklists.item(code).of == "deal" else applicant
        known = {"application": application, "party": party, "code": code}
        item, _ = CheckItem.objects.get_or_create(**known, defaults={"changed_at": now})
        if not (item.is_wanted and item.is_required):
            item.is_wanted = item.is_required = True
            item.save(update_fields=["is_wanted", "is_required"])
        PaperAsk.objects.get_or_create(
            item=item, submission=submission, round=submission.round, defaults={"reason": reason[:200], "at": now}
        )
        if ItemState(item.state) in HANDED:
            step(item, ItemState.RETURNED, f"{submission.lender_name}：{reason or '要求补件'}"[:200], None, actor)


def refuse_unanswered(submission: Submission) -> None:
    """Errors: `Refusals` naming each paper this lender asked for in its last round that has not been handed in."""
    open_ = [ask.item for ask in asks_of_round(submission) if ItemState(ask.item.state) not in HANDED]
    if open_:
        raise Refusals([_refusal(submission, checklists.item(item.code)) for item in open_])


def _refusal(submission: Submission, name: checklists.Item) -> Refusal:
    zh = f"{submission.lender_name} 要求的{name.zh}尚未提交"
    return Refusal("asked-paper-missing", zh, f"{submission.lender_name} asked for this: {name.en}", field="codes")
