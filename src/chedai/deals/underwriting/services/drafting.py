"""Writing a rule set anew and publishing it by the hand of a second person; in force from the day it names.

Only who wrote a draft changes and submits it, and nobody approves what they submitted. What is approved is the text
itself, by its hash.
"""

from __future__ import annotations

import json
from typing import Any, Final

from chedai.deals.underwriting.models import RuleDraft, RuleEdition
from chedai.deals.underwriting.rulebooks import book_on, edition_text, text_on
from chedai.deals.underwriting.rules.book import NAMES, rule_set, text_digest
from chedai.deals.underwriting.rules.lint import Fault, lint, unworded
from chedai.deals.underwriting.selectors import rule_draft_lock
from chedai.deals.underwriting.states import DraftState
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.approvals.events import ApprovalClosed
from chedai.platform.approvals.models import ApprovalDecision
from chedai.platform.approvals.services import approval_hold, approval_request, approval_withdraw
from chedai.platform.approvals.states import State
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotAllowed, Refusal, Refusals
from chedai.platform.work import record, service

PUBLISH: Final = "rules.publish"
"""The action an approval of a draft is asked for."""
LONGEST: Final = 200_000
_OPEN: Final = (DraftState.DRAFT, DraftState.PENDING)


def faults_of(name: str, content: str) -> list[Fault]:
    """Everything wrong with a text, held against the rule sets in force beside it."""
    found = lint(name, content)
    if found:
        return found
    texts = {one.name: one.text for one in book_on(clock.business_date()).sets.values()}
    return unworded(texts | {name: content})


@service
def rule_draft_write(
    *, name: str, content: str, reason: str, base_digest: str, actor: Actor, draft_id: int | None = None
) -> RuleDraft:
    """Write a draft, or write it anew; faults are no hindrance, publishing is.

    `base_digest` is that of the text in force the writer had before their eyes. A draft that was submitted goes back
    to its writer and its approval is void. Errors: `Refusal` at its field, `NotAllowed`, `Conflict`, `NotFound`.
    """
    if name not in NAMES:
        raise Refusal("no-such-rule-set", "没有这个规则集", "there is no such rule set", field="name")
    text = content.replace("\r\n", "\n").strip() + "\n"
    if len(text) > LONGEST:
        zh, en = f"规则过长，最多 {LONGEST} 字", f"the text is too long: at most {LONGEST} characters"
        raise Refusal("rules-long", zh, en, field="content")
    if not reason.strip():
        raise Refusal("reason-missing", "请写明修改原因", "say why you change it", field="reason")
    if base_digest != text_digest(text_on(name, clock.business_date())):
        raise _moved()
    draft = RuleDraft(name=name, written_by_id=actor.ref) if draft_id is None else _own(draft_id, actor)
    draft.content, draft.digest, draft.base_digest = text, text_digest(text), base_digest
    draft.reason, draft.written_at = reason.strip()[:200], clock.now()
    if draft.approval_id is not None and draft.state == DraftState.PENDING:
        approval_hold(approval_id=draft.approval_id, document=document_of(draft), actor=actor)
        draft.state, draft.approval = DraftState.DRAFT, None
    draft.save()
    facts: dict[str, Scalar] = {"rules": name, "digest": draft.digest, "base": base_digest}
    record(actor=actor, action="rules.drafted", subject=f"rules:{draft.pk}", facts=facts, reason=draft.reason)
    return draft


@service
def rule_draft_submit(*, draft_id: int, steps: tuple[str, ...], actor: Actor) -> RuleDraft:
    """Ask for publication by `steps`, other people than the writer. Errors: every fault the draft has."""
    draft = _own(draft_id, actor)
    if draft.state != DraftState.DRAFT:
        raise Conflict("draft-pending", "草案已提交，正等待发布", "the draft was submitted and waits to be published")
    if draft.digest == draft.base_digest:
        raise Refusal("draft-same", "草案与现行版本相同，没有可发布的内容", "the draft is the same as what is in force")
    _sound(draft)
    draft.approval = approval_request(
        action=PUBLISH, subject=f"rules:{draft.pk}", document=document_of(draft), steps=steps, actor=actor
    )
    draft.state = DraftState.PENDING
    draft.save(update_fields=["state", "approval"])
    facts: dict[str, Scalar] = {"rules": draft.name, "digest": draft.digest}
    record(actor=actor, action="rules.submitted", subject=f"rules:{draft.pk}", facts=facts)
    return draft


@service
def rule_draft_withdraw(*, draft_id: int, actor: Actor) -> RuleDraft:
    """The writer gives a draft up."""
    draft = _own(draft_id, actor)
    if draft.approval_id is not None and draft.state == DraftState.PENDING:
        approval_withdraw(approval_id=draft.approval_id, actor=actor)
    draft.state = DraftState.WITHDRAWN
    draft.save(update_fields=["state"])
    record(actor=actor, action="rules.withdrawn", subject=f"rules:{draft.pk}")
    return draft


def rules_publish_on_approval(event: ApprovalClosed) -> None:
    """What follows from the end of an approval: publication, or the draft goes back to its writer."""
    if event.action != PUBLISH:
        return
    draft = rule_draft_lock(int(event.subject.partition(":")[2]))
    if draft.approval_id != event.approval_id or draft.state != DraftState.PENDING:
        return
    if event.state is State.APPROVED:
        _publish(draft)
        return
    draft.state = DraftState.WITHDRAWN if event.state is State.DECLINED else DraftState.DRAFT
    draft.save(update_fields=["state"])


def document_of(draft: RuleDraft) -> dict[str, Any]:
    """What is frozen and approved: the text itself."""
    return {
        "rules": draft.name,
        "reason": draft.reason,
        "base": draft.base_digest,
        "digest": draft.digest,
        "content": draft.content,
    }


def _publish(draft: RuleDraft) -> None:
    assert draft.approval_id is not None
    last = ApprovalDecision.objects.filter(approval=draft.approval_id).select_related("decided_by").latest("step")
    actor = Actor(ActorKind.PERSON, last.decided_by_id, last.decided_by.display_name)
    if not approval_hold(approval_id=draft.approval_id, document=document_of(draft), actor=actor):
        RuleDraft.objects.filter(pk=draft.pk).update(state=DraftState.DRAFT)
        return
    _sound(draft)
    newest = RuleEdition.objects.filter(name=draft.name).order_by("-number").first()
    edition = RuleEdition.objects.create(
        name=draft.name,
        number=newest.number + 1 if newest else 1,
        content=draft.content,
        digest=draft.digest,
        valid_from=max(rule_set(draft.content).valid_from, clock.business_date()),
        draft=draft,
        published_by_id=actor.ref,
        published_at=clock.now(),
    )
    draft.state = DraftState.PUBLISHED
    draft.save(update_fields=["state"])
    facts: dict[str, Scalar] = {"rules": draft.name, "edition": edition.number, "digest": draft.digest}
    record(actor=actor, action="rules.published", subject=f"rules:{draft.pk}", facts=facts)


def _own(draft_id: int, actor: Actor) -> RuleDraft:
    draft = rule_draft_lock(draft_id)
    if draft.written_by_id != actor.ref:
        raise NotAllowed("not-the-writer", "只有起草人可以改动、提交或撤回草案", "only its writer changes a draft")
    if draft.state not in _OPEN:
        raise Conflict("draft-closed", "草案已发布或已撤回", "the draft has been published or given up")
    return draft


def _sound(draft: RuleDraft) -> None:
    """Errors: what keeps a draft from being published today."""
    if draft.base_digest != text_digest(text_on(draft.name, clock.business_date())):
        raise _moved()
    faults = faults_of(draft.name, draft.content)
    if not faults and _version(draft.content) in versions_taken(draft.name):
        faults = [Fault("", "版本号已用过，请另起版本号", "the version is taken: give another")]
    if faults:
        raise Refusals(Refusal("rules-fault", f"{f.rule} {f.zh}".strip(), f"{f.rule} {f.en}".strip()) for f in faults)


def versions_taken(name: str) -> set[str]:
    """The versions a rule set has had; a new edition calls itself otherwise."""
    numbers = [0, *RuleEdition.objects.filter(name=name).values_list("number", flat=True)]
    return {_version(edition_text(name, number)) for number in numbers}


def _version(text: str) -> str:
    return str(json.loads(text)["chedai"]["version"])


def _moved() -> Conflict:
    zh = "现行版本在起草期间已变，请对照最新版本修改后再保存"
    return Conflict("rules-moved", zh, "the text in force has changed meanwhile; compare with it and save again")
