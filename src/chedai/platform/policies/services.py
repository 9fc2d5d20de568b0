"""Writing a draft of a policy file, testing it, and publishing it by the hand of a second person.

Only who wrote a draft changes it and submits it, and the room of approvals lets nobody approve what they submitted: so
whoever publishes has not written. What is approved is the text itself, by its hash; a text changed in between is void.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.approvals.events import ApprovalClosed
from chedai.platform.approvals.selectors import approval_read
from chedai.platform.approvals.services import approval_hold, approval_request, approval_withdraw
from chedai.platform.approvals.states import State
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotAllowed, Refusal, Refusals
from chedai.platform.policies import selectors
from chedai.platform.policies.comparing import Change, Comparison, compare_books, rewritten
from chedai.platform.policies.errors import Finding, Severity
from chedai.platform.policies.events import PolicyPublished
from chedai.platform.policies.laying_over import NAME, Place, digest_of, faults_of, line_of, shipped_text
from chedai.platform.policies.models import PolicyDraft, PolicyEdition
from chedai.platform.policies.states import DraftState
from chedai.platform.work import emit, record, service

PUBLISH: Final = "policy.publish"
"""The action an approval of a draft is asked for."""
LONGEST: Final = 400_000
_OPEN: Final = (DraftState.DRAFT, DraftState.PENDING)


@dataclass(frozen=True, slots=True)
class DraftTest:
    """What the book would be with a text laid over: its findings, with the line where they are about this text.

    `comparison` is None where the book cannot be read. `changing` are the rows that change on the day asked for,
    `rewriting` those in use that are changed or taken away instead of closed.
    """

    places: tuple[Place, ...]
    comparison: Comparison | None
    changing: tuple[Change, ...]
    rewriting: tuple[Change, ...]

    @property
    def errors(self) -> tuple[Place, ...]:
        """What keeps the text from being published."""
        return tuple(place for place in self.places if place.finding.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Place, ...]:
        """What a reader should know."""
        return tuple(place for place in self.places if place.finding.severity is Severity.WARNING)


def text_test(*, name: str, content: str, on: date) -> DraftTest:
    """Load the whole book with a text laid over, check it as used on a day, and compare it with the book in force.

    What the text no longer says anything of is as it was shipped, here as well.
    """
    book, faults = faults_of(selectors.texts_in_force() | {name: content})
    if book is None:
        return DraftTest(tuple(_place(name, content, fault) for fault in faults), None, (), ())
    book = book.over(selectors.book_shipped())
    comparison = compare_books(selectors.book_in_force(), book)
    places = tuple(_place(name, content, finding) for finding in book.check(on))
    return DraftTest(places, comparison, comparison.on(on), rewritten(comparison.changes, on))


def draft_test(*, draft_id: int, on: date) -> DraftTest:
    """The test of a draft. Errors: `NotFound`."""
    draft = selectors.draft_read(draft_id)
    return text_test(name=draft.name, content=draft.content, on=on)


@service
def draft_write(*, name: str, content: str, base_digest: str, actor: Actor, draft_id: int | None = None) -> PolicyDraft:
    """Write a draft, or write it anew; faults are no hindrance, publishing is.

    `base_digest` is that of the text in force the writer had before their eyes. A draft that was submitted goes back to
    its writer, and its approval is void. Errors: `Refusal`, `NotAllowed`, `Conflict`, `NotFound`.
    """
    content = _clean(name, content)
    if base_digest != digest_of(selectors.text_in_force(name)):
        raise _moved()
    draft = PolicyDraft(name=name, written_by_id=actor.ref) if draft_id is None else _own(draft_id, actor)
    if draft.name != name:
        raise Refusal("policy-name", "草案的文件名不能更改", "a draft keeps its file name", field="name")
    digest = digest_of(content)
    if draft.pk is not None and (draft.digest, draft.base_digest) == (digest, base_digest):
        return draft
    draft.content, draft.digest, draft.base_digest, draft.written_at = content, digest, base_digest, clock.now()
    if draft.approval_id is not None and draft.state == DraftState.PENDING:
        approval_hold(approval_id=draft.approval_id, document=document_of(draft), actor=actor)
        draft.state, draft.approval = DraftState.DRAFT, None
    draft.save()
    facts: dict[str, Scalar] = {"file": name, "digest": digest, "base": base_digest}
    record(actor=actor, action="policy.drafted", subject=f"policy:{draft.pk}", facts=facts)
    return draft


@service
def draft_submit(*, draft_id: int, steps: tuple[str, ...], actor: Actor) -> PolicyDraft:
    """Ask for publication by `steps`, other people than the writer. Errors: every fault the draft has."""
    draft = _own(draft_id, actor)
    if draft.state != DraftState.DRAFT:
        raise Conflict("draft-pending", "草案已提交，正等待发布", "the draft was submitted and waits to be published")
    if draft.digest == draft.base_digest:
        raise Refusal("draft-same", "草案与现行版本相同，没有可发布的内容", "the draft is the same as what is in force")
    _sound(draft)
    approval = approval_request(
        action=PUBLISH, subject=f"policy:{draft.pk}", document=document_of(draft), steps=steps, actor=actor
    )
    draft.state, draft.approval = DraftState.PENDING, approval
    draft.save(update_fields=["state", "approval"])
    record(actor=actor, action="policy.submitted", subject=f"policy:{draft.pk}", facts={"digest": draft.digest})
    return draft


@service
def draft_withdraw(*, draft_id: int, actor: Actor) -> PolicyDraft:
    """The writer gives a draft up."""
    draft = _own(draft_id, actor)
    if draft.approval_id is not None and draft.state == DraftState.PENDING:
        approval_withdraw(approval_id=draft.approval_id, actor=actor)
    draft.state = DraftState.WITHDRAWN
    draft.save(update_fields=["state"])
    record(actor=actor, action="policy.withdrawn", subject=f"policy:{draft.pk}")
    return draft


def on_approval_closed(event: ApprovalClosed) -> None:
    """What follows from the end of an approval: publication, or the draft goes back to its writer."""
    if event.action != PUBLISH:
        return
    draft = selectors.draft_lock(int(event.subject.partition(":")[2]))
    if draft.approval_id != event.approval_id or draft.state != DraftState.PENDING:
        return
    if event.state is State.APPROVED:
        _publish(draft)
        return
    draft.state = DraftState.WITHDRAWN if event.state is State.DECLINED else DraftState.DRAFT
    draft.save(update_fields=["state"])


def document_of(draft: PolicyDraft) -> dict[str, Any]:
    """What is frozen and approved: the text itself."""
    return {"file": draft.name, "base": draft.base_digest, "digest": draft.digest, "content": draft.content}


def _publish(draft: PolicyDraft) -> None:
    assert draft.approval_id is not None
    decision = approval_read(draft.approval_id).decisions.order_by("step").last()
    assert decision is not None
    actor = Actor(ActorKind.PERSON, decision.decided_by_id, decision.decided_by.display_name)
    if not approval_hold(approval_id=draft.approval_id, document=document_of(draft), actor=actor):
        PolicyDraft.objects.filter(pk=draft.pk).update(state=DraftState.DRAFT)
        return
    _sound(draft)
    before = PolicyEdition.objects.filter(name=draft.name).order_by("-number").first()
    edition = PolicyEdition.objects.create(
        name=draft.name,
        number=before.number + 1 if before else selectors.SHIPPED + 1,
        content=draft.content,
        digest=draft.digest,
        base_digest=draft.base_digest,
        shipped_digest=digest_of(shipped_text(draft.name)),
        draft=draft,
        approval_id=draft.approval_id,
        written_by_id=draft.written_by_id,
        published_by_id=actor.ref,
        published_at=clock.now(),
    )
    draft.state, draft.published_at = DraftState.PUBLISHED, edition.published_at
    draft.save(update_fields=["state", "published_at"])
    facts: dict[str, Scalar] = {"file": draft.name, "edition": edition.number, "digest": draft.digest}
    record(actor=actor, action="policy.published", subject=f"policy:{draft.pk}", facts=facts)
    emit(PolicyPublished(edition.pk, draft.name, edition.number))


def _own(draft_id: int, actor: Actor) -> PolicyDraft:
    """A draft that is open, locked, in the hands of its writer."""
    draft = selectors.draft_lock(draft_id)
    if draft.written_by_id != actor.ref:
        raise NotAllowed("not-the-writer", "只有起草人可以改动、提交或撤回草案", "only its writer changes a draft")
    if draft.state not in _OPEN:
        raise Conflict("draft-closed", "草案已发布或已撤回", "the draft has been published or given up")
    return draft


def _sound(draft: PolicyDraft) -> None:
    """Errors: what keeps a draft from being published today."""
    if draft.base_digest != digest_of(selectors.text_in_force(draft.name)):
        raise _moved()
    _book, faults = faults_of(selectors.texts_in_force() | {draft.name: draft.content})
    if faults:
        said = ((fault.text("zh"), fault.text("en")) for fault in faults)
        raise Refusals(Refusal("policy-fault", zh, en, field="content") for zh, en in said)


def _clean(name: str, content: str) -> str:
    """The text with one kind of line ends. Errors: `Refusal`."""
    if not NAME.fullmatch(name):
        zh, en = "文件名为小写字母、数字和下划线，以 .toml 结尾", "a file name is of a-z, 0-9 and _, and ends in .toml"
        raise Refusal("policy-name", zh, en, field="name")
    if len(content) > LONGEST:
        zh, en = f"文件过长，最多 {LONGEST} 字", f"the file is too long: at most {LONGEST} characters"
        raise Refusal("policy-long", zh, en, field="content")
    text = content.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    if not text:
        raise Refusal("policy-empty", "请写明政策内容", "write the policy", field="content")
    return f"{text}\n"


def _moved() -> Conflict:
    zh = "现行版本在起草期间已变，请对照最新版本修改后再保存"
    return Conflict("policy-moved", zh, "the text in force has changed meanwhile; compare with it and save again")


def _place(name: str, content: str, finding: Finding) -> Place:
    return Place(finding, line_of(content, finding) if finding.file == name else None)
