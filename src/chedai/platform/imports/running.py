"""The long steps of an import, row by row: the dry run, the writing, the undoing.

Rows go in pieces of a few hundred, each piece one transaction, so that a killed worker loses at most a piece and the
next goes on after it. A row that fails while it is written is bad, with its reason, and hurts no other.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, TypeAlias

from django.db import IntegrityError, transaction

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
Numbered: TypeAlias = tuple[int, tuple[columns.Cell, ...]]


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


class Serials:
    """Which of the rows that are alike each one is, counted from the top of the file."""

    def __init__(self, kind: ImportKind) -> None:
        self._alike, self._counts = kind.alike, Counter[str]()

    def of(self, row: Row) -> Row:
        """The row with its serial, where its kind has rows that are alike."""
        shared = self._alike(row) if self._alike is not None else ""
        if not shared:
            return row
        self._counts[shared] += 1
        return {**row, "serial": self._counts[shared]}


def check(batch: Batch, actor: Actor, progress: Progress) -> None:
    """The dry run: what each row would do, without doing it."""
    kind, rows = _opened(batch)
    seen: dict[str, int] = {}
    serials, size = Serials(kind), kind.piece or PIECE
    for start in range(0, len(rows), size):
        piece = rows[start : start + size]
        looked = [_looked(batch, kind, number, cells, seen, serials) for number, cells in piece]
        _judge(kind, [(made, row) for made, row in looked if row is not None], actor)
        BatchRow.objects.bulk_create([made for made, _ in looked], ignore_conflicts=True)
        progress.tell(start + len(piece), len(rows))
    _finish(batch, BatchState.CHECKED)


def write(batch: Batch, actor: Actor, progress: Progress) -> None:
    """Write the good rows that are not yet written."""
    kind, rows = _opened(batch)
    good = BatchRow.objects.filter(batch=batch, state=RowState.GOOD).order_by("number")
    row_of = _row_reader(batch, kind, rows)

    def one(row: BatchRow) -> None:
        row.subject = kind.write(row_of(row.number), actor)
        row.state = RowState.WRITTEN

    def many(piece: Sequence[BatchRow]) -> bool:
        if kind.write_many is None:
            return False
        try:
            with transaction.atomic():
                came = kind.write_many([row_of(row.number) for row in piece], actor)
        except (IntegrityError, Refusal):
            return False
        for row, what in zip(piece, came, strict=True):
            if isinstance(what, Refusal):
                _bad(row, RowState.BAD, what)
            else:
                row.subject, row.state = what, RowState.WRITTEN
        return True

    _each(list(good), one, RowState.BAD, progress, many, kind.piece or PIECE)
    _finish(batch, BatchState.WRITTEN)


def _row_reader(batch: Batch, kind: ImportKind, rows: Sequence[Numbered]) -> Callable[[int], Row]:
    """Rows by their number, as the dry run saw them: rows that are alike keep their serial after a kill too."""
    cells_of = dict(rows)
    if kind.alike is None:
        return lambda number: parse(kind, batch.places, cells_of[number])
    serials, made = Serials(kind), dict[int, Row]()
    for number, cells in rows:
        try:
            made[number] = serials.of(parse(kind, batch.places, cells))
        except (Refusal, EngineError):
            continue  # bad in the dry run already: never written, and counted there no more than here
    return made.__getitem__


def undo(batch: Batch, actor: Actor, progress: Progress) -> None:
    """Take out what was written, last first."""
    kind = kinds()[batch.kind]
    written = BatchRow.objects.filter(batch=batch, state=RowState.WRITTEN).order_by("-number")

    def one(row: BatchRow) -> None:
        kind.undo(row.subject, actor)
        row.state = RowState.UNDONE

    _each(list(written), one, RowState.KEPT, progress, lambda piece: False, PIECE)
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


def _opened(batch: Batch) -> tuple[ImportKind, tuple[Numbered, ...]]:
    return kinds()[batch.kind], reading.read(paper_content(batch.paper_id)[1]).rows


def _looked(
    batch: Batch,
    kind: ImportKind,
    number: int,
    cells: Sequence[columns.Cell],
    seen: dict[str, int],
    serials: Serials,
) -> tuple[BatchRow, Row | None]:
    """One row by itself: its values, or bad and why."""
    made = BatchRow(batch=batch, number=number, state=RowState.GOOD)
    try:
        row = serials.of(parse(kind, batch.places, cells))
        made.key = fingerprint(f"{kind.code}\x00{kind.key(row)}".encode())
        made.digest = fingerprint(json.dumps(row, default=str, sort_keys=True, ensure_ascii=False).encode())
        if made.key in seen:
            zh, en = f"与第 {seen[made.key]} 行重复", f"the same as row {seen[made.key]}"
            raise Refusal("import-twice", zh, en)
        seen[made.key] = number
    except (Refusal, EngineError) as refused:
        _bad(made, RowState.BAD, refused)
        return made, None
    return made, row


def _judge(kind: ImportKind, looked: Sequence[tuple[BatchRow, Row]], actor: Actor) -> None:
    """Rows against what is there: the same as before, good, or bad and why."""
    keys = [made.key for made, _ in looked]
    written = BatchRow.objects.filter(key__in=keys, state=RowState.WRITTEN).order_by("pk")
    before = dict(written.values_list("key", "digest"))
    new = []
    for made, row in looked:
        if before.get(made.key) == made.digest:
            made.state = RowState.SAME
        else:
            new.append((made, row))
    for (made, _), refused in zip(new, _refusals(kind, [row for _, row in new], actor), strict=True):
        if refused is not None:
            _bad(made, RowState.BAD, refused)


def _refusals(kind: ImportKind, rows: Sequence[Row], actor: Actor) -> Sequence[Refusal | EngineError | None]:
    if kind.check_many is not None:
        return kind.check_many(rows, actor)
    found: list[Refusal | EngineError | None] = []
    for row in rows:
        try:
            kind.check(row, actor)
            found.append(None)
        except (Refusal, EngineError) as refused:
            found.append(refused)
    return found


def _bad(row: BatchRow, state: RowState, refused: Refusal | EngineError) -> None:
    row.state = state
    if isinstance(refused, EngineError):
        row.reason_zh, row.reason_en = refused.text("zh"), refused.text("en")
        return
    all_of_them = refused.refusals if isinstance(refused, Refusals) else (refused,)
    row.reason_zh = ";".join(r.zh for r in all_of_them)
    row.reason_en = "; ".join(r.en for r in all_of_them)


def _each(
    rows: list[BatchRow],
    one: Callable[[BatchRow], None],
    failed: RowState,
    progress: Progress,
    many: Callable[[Sequence[BatchRow]], bool],
    size: int,
) -> None:
    """Do `one` to each row, `size` of them in a transaction; a refused row gets its reason and hurts no other.

    `many` does a whole piece, if it can.
    """
    for start in range(0, len(rows), size):
        piece = rows[start : start + size]
        with work(), clock.one_reading():
            for row in [] if many(piece) else piece:
                try:
                    with transaction.atomic():
                        one(row)
                except (Refusal, EngineError) as refused:
                    _bad(row, failed, refused)
            changed = ["state", "subject", "reason_zh", "reason_en"]
            BatchRow.objects.bulk_create(piece, update_conflicts=True, unique_fields=["id"], update_fields=changed)
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
