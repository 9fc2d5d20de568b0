"""Writing what the screens remember. Only what leaves the house, an exported list, is written to the audit log."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotFound, Refusal
from chedai.platform.work import record, service
from chedai.web.models import KEY_LENGTH, NAME_LENGTH, Draft, ListColumns, SavedView, Submission

_LONGEST_QUERY: Final = 1000
_LONGEST_DRAFT: Final = 100_000
KEPT: Final = timedelta(days=30)


@service
def view_save(*, list_key: str, name: str, query: str, team_id: int | None, actor: Actor) -> SavedView:
    """Keep a view under a name; the same name again replaces it."""
    name = name.replace("\0", "").strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        raise Refusal("view-name", "视图名称为 1 至 20 字", "name the view in 1 to 20 characters", field="name")
    if len(query) > _LONGEST_QUERY:
        raise Refusal("view-long", "筛选条件过多，无法保存", "there are too many filters to be saved")
    values = {"query": query, "team_id": team_id, "made_at": clock.now()}
    return SavedView.objects.update_or_create(
        list_key=list_key, owner_id=actor.ref, name=name, defaults=values, create_defaults=values
    )[0]


@service
def view_delete(*, view_id: int, actor: Actor) -> SavedView:
    """Forget one's own view. Errors: `NotFound`, also for the view of somebody else."""
    found = SavedView.objects.filter(pk=view_id, owner_id=actor.ref).first()
    if found is None:
        raise NotFound("no-such-view", "没有这个视图，或不是你建的", "there is no such view of yours")
    SavedView.objects.filter(pk=view_id).delete()
    return found


@service
def columns_choose(*, list_key: str, shown: Sequence[str], actor: Actor) -> None:
    """Keep which columns a person wants to see."""
    ListColumns.objects.update_or_create(list_key=list_key, owner_id=actor.ref, defaults={"shown": list(shown)})


@service
def list_exported(*, list_key: str, rows: int, columns: Sequence[str], actor: Actor) -> None:
    """Note who took how much of which list out of the house."""
    facts: dict[str, Scalar] = {"rows": rows, "columns": ",".join(columns)}
    record(actor=actor, action="list.exported", subject=f"list:{list_key}", facts=facts)


@service
def draft_keep(*, form_key: str, values: Mapping[str, Sequence[str]], actor: Actor) -> datetime:
    """Keep what was typed so far, in the place of what was kept before; when it was kept."""
    if len(form_key) > KEY_LENGTH:
        raise Refusal("draft-key", "没有这张表单", "there is no such form")
    body = json.dumps({name: list(texts) for name, texts in values.items()}, ensure_ascii=False)
    if len(body) > _LONGEST_DRAFT:
        raise Refusal("draft-long", "内容过长，未能暂存", "this is too long to be kept as a draft")
    kept_at = clock.now()
    Draft.objects.update_or_create(form_key=form_key, owner_id=actor.ref, defaults={"values": body, "kept_at": kept_at})
    return kept_at


@service
def draft_drop(*, form_key: str, actor: Actor) -> None:
    """Throw a draft away: the form was sent, or the person wants to start anew."""
    Draft.objects.filter(form_key=form_key, owner_id=actor.ref).delete()


@service
def submission_take(*, key: UUID, answer: str, actor: Actor) -> None:
    """Note, in the transaction of what the form does, that it was sent. Errors: `Conflict` where it was sent before."""
    try:
        with transaction.atomic():
            Submission.objects.create(key=key, owner_id=actor.ref, answer=answer, sent_at=clock.now())
    except IntegrityError:
        raise Conflict("form-sent", "这张表单已经提交过", "this form has been sent already") from None


def leftovers_forget() -> int:
    """Throw away drafts and notes of sent forms that are older than a month; how many."""
    before = clock.now() - KEPT
    drafts, _ = Draft.objects.filter(kept_at__lt=before).delete()
    notes, _ = Submission.objects.filter(sent_at__lt=before).delete()
    return drafts + notes
