"""Bringing a file in: columns, dry run, commit, undo. Each long step is a job that can be killed and goes on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotFound, Refusal, Refusals
from chedai.platform.files import rules
from chedai.platform.files.selectors import paper_content
from chedai.platform.files.services import paper_hand_in
from chedai.platform.imports import models, reading
from chedai.platform.imports.kinds import ImportKind, kinds
from chedai.platform.imports.models import Batch
from chedai.platform.imports.states import BatchState
from chedai.platform.jobs.services import job_ask
from chedai.platform.work import record, service

CHECK, WRITE, UNDO = "import.check", "import.write", "import.undo"
ALLOWED: Final = frozenset({rules.XLSX, rules.CSV})
UNDO_WITHIN: Final = timedelta(days=1)


@service
def batch_bring(*, kind: str, name: str, content: bytes, actor: Actor) -> Batch:
    """Take a file in and guess its columns: from last time's answer for the same heads, else from the words."""
    of_kind = _kind(kind)
    sheet = reading.read(content)
    paper = paper_hand_in(
        subject=f"import:{kind}", purpose="import", name=name, content=content, actor=actor, allowed=ALLOWED
    )
    saved = models.Mapping.objects.filter(kind=kind, heads=_heads(sheet.heads)).first()
    batch = Batch.objects.create(
        kind=kind,
        paper=paper,
        state=BatchState.BROUGHT,
        places=saved.places if saved else reading.guess(of_kind.columns, sheet.heads),
        counts={"rows": len(sheet.rows)},
        brought_by=actor.key,
        brought_at=clock.now(),
    )
    record(actor=actor, action="import.brought", subject=f"batch:{batch.pk}", facts={"rows": len(sheet.rows)})
    return batch


@service
def batch_check(*, batch_id: int, places: Mapping[str, int], actor: Actor) -> Batch:
    """Say which column is which, remember it, and ask for the dry run."""
    batch = _batch_lock(batch_id, BatchState.BROUGHT, BatchState.CHECKED)
    kind, sheet = _kind(batch.kind), reading.read(paper_content(batch.paper_id)[1])
    names = {column.name for column in kind.columns}
    chosen = {name: at for name, at in places.items() if name in names and 0 <= at < len(sheet.heads)}
    absent = reading.missing(kind.columns, chosen)
    if absent:
        words = (("import-column", f"请选择对应的列：{c.zh}", f"choose the column for {c.en}", c.name) for c in absent)
        raise Refusals(Refusal(code, zh, en, field=field) for code, zh, en, field in words)
    models.Mapping.objects.update_or_create(
        kind=batch.kind,
        heads=_heads(sheet.heads),
        defaults={"places": chosen, "saved_by": actor.key, "saved_at": clock.now()},
    )
    batch.places, batch.state = chosen, BatchState.CHECKING
    batch.save(update_fields=["places", "state"])
    batch.rows.all().delete()
    payload = {"batch": batch.pk, "actor": [actor.kind.value, actor.ref]}
    job_ask(kind=CHECK, payload=payload, actor=actor)
    return batch


@service
def batch_write(*, batch_id: int, actor: Actor) -> Batch:
    """Give the word to go: the good rows go in."""
    batch = _batch_lock(batch_id, BatchState.CHECKED)
    if not batch.counts.get("good"):
        raise Conflict("import-nothing", "没有可导入的行", "there is no row to bring in")
    batch.state, batch.committed_at = BatchState.WRITING, clock.now()
    batch.save(update_fields=["state", "committed_at"])
    record(actor=actor, action="import.written", subject=f"batch:{batch.pk}", facts={"rows": batch.counts["good"]})
    payload = {"batch": batch.pk, "actor": [actor.kind.value, actor.ref]}
    job_ask(kind=WRITE, payload=payload, actor=actor, key=f"{WRITE}:{batch.pk}")
    return batch


@service
def batch_undo(*, batch_id: int, actor: Actor) -> Batch:
    """Take the rows out again, within a day."""
    batch = _batch_lock(batch_id, BatchState.WRITTEN)
    if batch.committed_at is None or clock.now() > batch.committed_at + UNDO_WITHIN:
        raise Conflict("import-old", "导入已超过一天，不能整批撤销", "an import can be undone within a day")
    batch.state = BatchState.UNDOING
    batch.save(update_fields=["state"])
    record(actor=actor, action="import.undone", subject=f"batch:{batch.pk}")
    payload = {"batch": batch.pk, "actor": [actor.kind.value, actor.ref]}
    job_ask(kind=UNDO, payload=payload, actor=actor, key=f"{UNDO}:{batch.pk}")
    return batch


@service
def bad_rows_taken(*, batch_id: int, rows: int, actor: Actor) -> None:
    """Note that rows which could not come in left the house again, with what they say of people."""
    facts: dict[str, Scalar] = {"rows": rows, "columns": "bad"}
    record(actor=actor, action="list.exported", subject=f"list:import:{batch_id}", facts=facts)


def _kind(code: str) -> ImportKind:
    found = kinds().get(code)
    if found is None:
        raise NotFound("no-such-import", "没有这种导入", "there is no such import")
    return found


def _batch_lock(batch_id: int, *states: BatchState) -> Batch:
    batch = Batch.objects.select_for_update(no_key=True).filter(pk=batch_id).first()
    if batch is None:
        raise NotFound("no-such-batch", "没有这次导入", "there is no such import")
    if batch.state not in states:
        raise Conflict("import-state", "这次导入已到下一步，请刷新", "this import has moved on; reload the page")
    return batch


def _heads(heads: tuple[str, ...]) -> str:
    return hashlib.sha256(json.dumps(heads, ensure_ascii=False).encode()).hexdigest()


def counts_of(batch: Batch) -> dict[str, Any]:
    """How many rows stand how."""
    states = batch.rows.values_list("state", flat=True)
    listed = list(states)
    return {"rows": batch.counts["rows"]} | {state: listed.count(state) for state in set(listed)}
