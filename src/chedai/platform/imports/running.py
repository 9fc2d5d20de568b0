"""The long steps of an import, row by row: the dry run, the writing, the undoing.

Rows go in pieces of a few hundred, each piece one transaction, so that a killed worker loses at most a piece and the
next goes on after it. A row that fails while it is written is bad, with its reason, and hurts no other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.db import transaction

from chedai.engine.errors import EngineError
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.errors import Refusal, Refusals
from chedai.platform.files.selectors import paper_content
from chedai.platform.imports import columns, reading
from chedai.platform.imports.columns import Column, Type
from chedai.platform.imports.export import workbook
from chedai.platform.imports.kinds import ImportKind, Row, kinds
from chedai.platform.imports.models import Batch, BatchRow
from chedai.platform.imports.services import CHECK, UNDO, WRITE, counts_of
from chedai.platform.imports.states import BatchState, RowState
from chedai.platform.jobs.handlers import Handler, Payload, Progress, Result
from chedai.platform.privacy.keys import fingerprint
from chedai.platform.work import work

PIECE: Final = 200


def parse(kind: ImportKind, places: Mapping[str, int], cells: Sequence[columns.Cell]) -> Row:
    """The values of one row. Errors: `Refusals`, all of them at once."""
    row: dict[str, Any] = {}
    refused: list[Refusal] = []
    for column in kind.columns:
        at = places.get(column.name)
        try:
            row[column.name] = columns.value(column, cells[at] if at is not None and at < len(cells) else None)
        except Refusal as refusal:
            refused.append(refusal)
    if refused:
        raise Refusals(refused)
    return row


def check(batch: Batch, actor: Actor, progress: Progress) -> None:
    """The dry run: what each row would do, without doing it."""
    kind, rows = _opened(batch)
    seen: dict[str, int] = {}
    made: list[BatchRow] = []
    for done, (number, cells) in enumerate(rows, start=1):
        made.append(_checked(batch, kind, number, cells, seen, actor))
        if len(made) == PIECE or done == len(rows):
            BatchRow.objects.bulk_create(made, ignore_conflicts=True)
            made = []
            progress.tell(done, len(rows))
    _finish(batch, BatchState.CHECKED)


def write(batch: Batch, actor: Actor, progress: Progress) -> None:
    """Write the good rows that are not yet written."""
    kind, rows = _opened(batch)
    cells_of, good = dict(rows), BatchRow.objects.filter(batch=batch, state=RowState.GOOD).order_by("number")

    def one(row: BatchRow) -> None:
        row.subject = kind.write(parse(kind, batch.places, cells_of[row.number]), actor)
        row.state = RowState.WRITTEN

    _each(list(good), one, RowState.BAD, progress)
    _finish(batch, BatchState.WRITTEN)


def undo(batch: Batch, actor: Actor, progress: Progress) -> None:
    """Take out what was written, last first."""
    kind = kinds()[batch.kind]
    written = BatchRow.objects.filter(batch=batch, state=RowState.WRITTEN).order_by("-number")

    def one(row: BatchRow) -> None:
        kind.undo(row.subject, actor)
        row.state = RowState.UNDONE

    _each(list(written), one, RowState.KEPT, progress)
    _finish(batch, BatchState.UNDONE)


def bad_rows(batch: Batch, language: str, watermark: str = "") -> bytes:
    """The rows that could not come in, as they were brought, with the reason in a last column."""
    sheet = reading.read(paper_content(batch.paper_id)[1])
    cells_of = dict(sheet.rows)
    bad = BatchRow.objects.filter(batch=batch, state__in=(RowState.BAD, RowState.KEPT)).order_by("number")
    heads = [Column(f"c{at}", head, head) for at, head in enumerate(sheet.heads)]
    heads = [Column("row", "原行号", "row", Type.INTEGER), *heads, Column("reason", "原因", "reason")]
    chinese = language.startswith("zh")

    def lines() -> Iterator[list[Any]]:
        for row in bad:
            cells = [*cells_of[row.number], *[None] * len(sheet.heads)][: len(sheet.heads)]
            texts = [columns.as_typed(cell) for cell in cells]
            yield [row.number, *texts, row.reason_zh if chinese else row.reason_en]

    return workbook("问题行" if chinese else "bad rows", heads, lines(), language=language, watermark=watermark)


def _opened(batch: Batch) -> tuple[ImportKind, tuple[tuple[int, tuple[columns.Cell, ...]], ...]]:
    return kinds()[batch.kind], reading.read(paper_content(batch.paper_id)[1]).rows


def _checked(
    batch: Batch, kind: ImportKind, number: int, cells: Sequence[columns.Cell], seen: dict[str, int], actor: Actor
) -> BatchRow:
    """One row looked at: good, the same as before, or bad and why."""
    made = BatchRow(batch=batch, number=number, state=RowState.GOOD)
    try:
        row = parse(kind, batch.places, cells)
        made.key = fingerprint(f"{kind.code}\x00{kind.key(row)}".encode())
        made.digest = fingerprint(json.dumps(row, default=str, sort_keys=True, ensure_ascii=False).encode())
        if made.key in seen:
            zh, en = f"与第 {seen[made.key]} 行重复", f"the same as row {seen[made.key]}"
            raise Refusal("import-twice", zh, en)
        seen[made.key] = number
        before = BatchRow.objects.filter(key=made.key, state=RowState.WRITTEN).order_by("-pk").first()
        if before is not None and before.digest == made.digest:
            made.state = RowState.SAME
        else:
            kind.check(row, actor)
    except (Refusal, EngineError) as refused:
        _bad(made, RowState.BAD, refused)
    return made


def _bad(row: BatchRow, state: RowState, refused: Refusal | EngineError) -> None:
    row.state = state
    if isinstance(refused, EngineError):
        row.reason_zh, row.reason_en = refused.text("zh"), refused.text("en")
        return
    all_of_them = refused.refusals if isinstance(refused, Refusals) else (refused,)
    row.reason_zh = ";".join(r.zh for r in all_of_them)
    row.reason_en = "; ".join(r.en for r in all_of_them)


def _each(rows: list[BatchRow], one: Callable[[BatchRow], None], failed: RowState, progress: Progress) -> None:
    """Do `one` to each row, a piece of them in a transaction; a refused row gets its reason and hurts no other."""
    for start in range(0, len(rows), PIECE):
        piece = rows[start : start + PIECE]
        with work(), clock.one_reading():
            for row in piece:
                try:
                    with transaction.atomic():
                        one(row)
                except (Refusal, EngineError) as refused:
                    _bad(row, failed, refused)
            BatchRow.objects.bulk_update(piece, ["state", "subject", "reason_zh", "reason_en"])
        progress.tell(start + len(piece), len(rows))


def _finish(batch: Batch, state: BatchState) -> None:
    batch.state, batch.counts = state, counts_of(batch)
    batch.save(update_fields=["state", "counts"])


def _check_job(payload: Payload, progress: Progress) -> Result:
    batch = Batch.objects.get(pk=payload["batch"])
    if batch.state == BatchState.CHECKING:
        batch.rows.all().delete()
        with clock.one_reading():
            check(batch, _actor(payload), progress)
    return dict(batch.counts)


def _write_job(payload: Payload, progress: Progress) -> Result:
    batch = Batch.objects.get(pk=payload["batch"])
    if batch.state == BatchState.WRITING:
        write(batch, _actor(payload), progress)
    return dict(batch.counts)


def _undo_job(payload: Payload, progress: Progress) -> Result:
    batch = Batch.objects.get(pk=payload["batch"])
    if batch.state == BatchState.UNDOING:
        undo(batch, _actor(payload), progress)
    return dict(batch.counts)


def _actor(payload: Payload) -> Actor:
    """Who gave the word. The queue holds the number, not the name."""
    kind, ref = payload["actor"]
    return Actor(ActorKind(kind), ref, "")


_LEASE: Final = timedelta(minutes=2)

HANDLERS = {
    CHECK: Handler(_check_job, tries=3, lease=_LEASE, words=("导入试算", "dry run of an import")),
    WRITE: Handler(_write_job, tries=3, lease=_LEASE, words=("导入写入", "writing an import")),
    UNDO: Handler(_undo_job, tries=3, lease=_LEASE, words=("撤销导入", "undoing an import")),
}
