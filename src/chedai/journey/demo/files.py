"""A file brought in as a person brings it: columns as guessed, the dry run, the word to go; the worker does both."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from chedai.platform.actors import Actor
from chedai.platform.imports.services import CHECK, WRITE, batch_bring, batch_check, batch_write
from chedai.platform.jobs.worker import run_due


def sheet(rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV as banks send it, the heads first."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return ("\ufeff" + out.getvalue()).encode()


def bring(kind: str, name: str, content: bytes, actor: Actor) -> None:
    """Bring in every row that can come in. What else waits for the worker goes on waiting."""
    batch = batch_bring(kind=kind, name=name, content=content, actor=actor)
    batch_check(batch_id=batch.pk, places=batch.places, actor=actor)
    run_due(kinds=(CHECK,))
    batch_write(batch_id=batch.pk, actor=actor)
    run_due(kinds=(WRITE,))
