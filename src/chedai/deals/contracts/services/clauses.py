"""The clauses: those shipped are laid down once, a new wording is published by two people from a day on."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from importlib.resources import files
from typing import Any, Final

from chedai.deals.contracts import selectors
from chedai.deals.contracts.models import ClauseVersion
from chedai.org.publication import publication_steps
from chedai.platform import clock
from chedai.platform.actors import Actor, system
from chedai.platform.approvals.events import ApprovalClosed
from chedai.platform.approvals.models import Approval
from chedai.platform.approvals.selectors import approval_read, content
from chedai.platform.approvals.services import approval_request
from chedai.platform.approvals.states import State
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Refusal, Refusals
from chedai.platform.work import record, service

PUBLISH: Final = "clause.publish"
FIRST_DAY: Final = date(2020, 1, 1)


@service
def clauses_ship(*, actor: Actor) -> int:
    """Lay down the shipped clauses that are not there yet; how many. What the house published stays."""
    text = files("chedai.deals.contracts").joinpath("clauses.toml").read_text(encoding="utf-8")
    known = set(ClauseVersion.objects.values_list("code", flat=True))
    made = [_shipped(one) for one in tomllib.loads(text)["clause"] if one["code"] not in known]
    ClauseVersion.objects.bulk_create(made)
    if made:
        record(actor=actor, action="clause.shipped", subject="clauses", facts={"clauses": len(made)})
    return len(made)


@service
def clause_propose(*, code: str, title: str, body: str, law_note: str, starts: date, actor: Actor) -> Approval:
    """Ask for a new wording of a clause from a day on. Every wording names the law it rests on.

    Errors: `Refusals` at their fields; `NotFound` for an unknown clause.
    """
    newest = selectors.clause_history(code)[0]
    refused = [
        Refusal(f"clause-{field}", zh, en, field=field)
        for field, value, zh, en in (
            ("title", title, "请填写条款标题", "give the title"),
            ("body", body, "请填写条款内容", "give the words"),
            ("law_note", law_note, "请写明法律依据", "name the law it rests on"),
        )
        if not value.strip()
    ]
    today = clock.business_date()
    if starts <= max(today, newest.starts):
        least = max(today, newest.starts) + timedelta(days=1)
        zh, en = f"生效日最早 {least}", f"the first day is {least} at the earliest"
        refused.append(Refusal("clause-starts", zh, en, field="starts"))
    if refused:
        raise Refusals(refused)
    document = {
        "code": code,
        "version": newest.version + 1,
        "title": title.strip(),
        "body": body.strip(),
        "law_note": law_note.strip(),
        "starts": starts.isoformat(),
        "instead_of": newest.body,
    }
    return approval_request(
        action=PUBLISH,
        subject=f"clause:{code}",
        document=document,
        steps=publication_steps(PUBLISH, PUBLISH, today),
        actor=actor,
    )


@service
def clause_publish_on_approval(event: ApprovalClosed) -> None:
    """An approved wording comes into force on its day; the one before ends the day before."""
    if event.action != PUBLISH or event.state is not State.APPROVED:
        return
    said: dict[str, Any] = content(approval_read(event.approval_id))
    before = selectors.clause_history(said["code"])[0]
    if before.version + 1 != said["version"]:
        zh, en = "该条款已有更新的版本，请重新起草", "the clause has a newer version; draft it again"
        raise Refusal("clause-moved", zh, en)
    starts = date.fromisoformat(said["starts"])
    before.ends = starts - timedelta(days=1)
    before.save(update_fields=["ends"])
    ClauseVersion.objects.create(
        code=before.code,
        version=said["version"],
        position=before.position,
        title=said["title"],
        body=said["body"],
        law_note=said["law_note"],
        applies=before.applies,
        emphasised=before.emphasised,
        starts=starts,
    )
    facts: dict[str, Scalar] = {"version": said["version"], "starts": said["starts"], "approval": event.approval_id}
    record(actor=system("clauses"), action="clause.published", subject=f"clause:{before.code}", facts=facts)


def _shipped(one: dict[str, Any]) -> ClauseVersion:
    return ClauseVersion(
        code=one["code"],
        version=1,
        position=one["position"],
        title=one["title"],
        body=one["body"],
        law_note=one["law_note"],
        applies=one.get("applies", "always"),
        emphasised=one.get("emphasised", False),
        starts=FIRST_DAY,
    )
