"""A file on its way in, without the queue: brought, tried, written, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chedai.org.models import Staff
from chedai.platform.imports import running, services
from chedai.platform.imports.models import Batch, BatchRow
from chedai.platform.jobs.handlers import Progress
from tests import cast

SILENT: Final = Progress(lambda done, total: None)


def checked(kind: str, lines: Sequence[str], by: Staff, *, encoding: str = "utf-8") -> Batch:
    """The file after its dry run, its columns guessed from the words."""
    actor, content = cast.acting(by), "\n".join(lines).encode(encoding)
    batch = services.batch_bring(kind=kind, name="a.csv", content=content, actor=actor)
    batch = services.batch_check(batch_id=batch.pk, places=batch.places, actor=actor)
    running.check(batch, actor, SILENT)
    return batch


def written(batch: Batch, by: Staff) -> Batch:
    """Its good rows are in."""
    batch = services.batch_write(batch_id=batch.pk, actor=cast.acting(by))
    running.write(batch, cast.acting(by), SILENT)
    return batch


def undone(batch: Batch, by: Staff) -> Batch:
    """They are out again."""
    batch = services.batch_undo(batch_id=batch.pk, actor=cast.acting(by))
    running.undo(batch, cast.acting(by), SILENT)
    return batch


def reasons(batch: Batch) -> dict[int, str]:
    """What is wrong with which row."""
    return {row.number: row.reason_zh for row in BatchRow.objects.filter(batch=batch, state="bad").order_by("number")}
