"""An old 台账 brought in by the piece beside one commit a row, and eight rows of record beside eight creates.

Both ways of the import go through the product: every row is checked, becomes a customer with the words it is found by
and a deal, and stands on record. By the piece is what the import does; one commit each is the same code asked for one
row at a time. The eight rows are entries of the audit log chained in one piece of work, beside eight `create()` of the
same columns, each its own commit. SQLite in a file, durable commits.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from benchmarks.harness import Report, Timing, measure
from benchmarks.serving import start

_MANY: Final = 2_000
_FEW: Final = 100
_PIECE: Final = 200
_ROWS: Final = 8
_TIMES: Final = 100
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _identity(at: int) -> str:
    """An identity number with its check digit: born one day after another."""
    body = f"330106{date(1960, 1, 1) + timedelta(days=at):%Y%m%d}{at % 900 + 100}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def _row(at: int, officer: str) -> dict[str, Any]:
    return {
        "number": f"B-{at:06}",
        "name": f"客户{at}",
        "id_number": _identity(at),
        "phone": f"138{at:08}",
        "vehicle": "启程 E5",
        "lender": "jianghe",
        "amount": 10_000_000,
        "opened_on": date(2025, 3, 4),
        "funded_on": date(2025, 3, 11),
        "store": "A1",
        "officer": officer,
    }


def _ways(people: tuple[Any, Any]) -> tuple[Callable[[], None], Callable[[], None]]:
    """The import by the piece, and by the row; each call takes rows that were not there."""
    imports, work = import_module("chedai.deals.pipeline.imports"), import_module("chedai.platform.work").work
    actor, number = import_module("tests.cast").acting(people[0]), people[1].number
    taken = iter(range(10**6))

    def by_the_piece() -> None:
        for _ in range(_MANY // _PIECE):
            with work():
                came = imports.ledger_write_many([_row(next(taken), number) for _ in range(_PIECE)], actor)
            assert all(isinstance(one, str) for one in came)

    def by_the_row() -> None:
        for _ in range(_FEW):
            with work():
                imports.ledger_write(_row(next(taken), number), actor)

    return by_the_piece, by_the_row


def _on_record() -> tuple[Callable[[], None], Callable[[], None]]:
    """Eight entries chained in one go, and eight rows created one by one in a table of the same columns."""
    audit, models = import_module("chedai.platform.audit.services"), import_module("chedai.platform.audit.models")
    entry, clock = import_module("chedai.platform.audit.entries").Entry, import_module("chedai.platform.clock")
    transaction = import_module("django.db").transaction
    numbers = iter(range(10**9, 2 * 10**9))
    said = [entry("person:1", "bench.done", f"deal:{at}", {"at": at, "amount": 100}) for at in range(_ROWS)]

    def chained() -> None:
        for _ in range(_TIMES):
            with transaction.atomic():
                audit.entries_append(said)

    def created() -> None:
        for _ in range(_TIMES):
            for one in said:
                models.AuditEntry.objects.create(
                    seq=next(numbers),
                    body=b"x" * 200,
                    link=bytes(32),
                    at=clock.now(),
                    actor=one.actor,
                    action=one.action,
                    subject=one.subject,
                )

    return chained, created


def _per(timing: Timing, rows: int) -> float:
    return timing.wall / rows


def main() -> None:
    """Measure, print, save."""
    goal = "durable bulk import >= 20x one commit each; eight rows of record <= 1/5 of eight creates"
    report = Report("bulk_import", goal, packages=("django",))
    with tempfile.TemporaryDirectory() as folder:
        start(Path(folder))
        cast, actors = import_module("tests.cast"), import_module("chedai.platform.actors")
        import_module("chedai.journey.wiring").wire()
        import_module("chedai.catalog.starter.services").catalogue_load_starter(actor=actors.system("benchmark"))
        store = cast.store()
        people = cast.person("xu", "许宁", store, "manager"), cast.person("lin", "林晓", store, "officer")
        piece, row = (measure(way, 3) for way in _ways(people))
        chained, created = (measure(way, 3) for way in _on_record())
        report.row("import by the piece", piece, per_unit="row", n=_MANY)
        report.row("import, one commit each", row, per_unit="row", n=_FEW)
        report.row("eight entries of the log in one go", chained, per_unit="eight", n=_TIMES)
        report.row("eight creates, one commit each", created, per_unit="eight", n=_TIMES)
        report.ratio("CPU: one commit each over the piece", row.cpu / _FEW / (piece.cpu / _MANY), ">= 20")
        report.ratio("wall: one commit each over the piece", _per(row, _FEW) / _per(piece, _MANY), ">= 20")
        report.ratio("CPU: eight in one go over eight creates", chained.cpu / created.cpu, "<= 0.2")
        import_module("django.db").connections.close_all()
    report.print()
    report.save()


if __name__ == "__main__":
    main()
