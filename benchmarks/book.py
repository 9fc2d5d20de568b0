"""G4: a book of a million loans closed for sixty days, with payments and new plans mixed in, and then proved.

`CHEDAI_BENCH_LOANS` shrinks the book; the size measured is in the table. The database works in a process of its own, so
figures are wall seconds, CPU seconds those of the close alone. Peers are measured on samples of the same loans, a row
an instalment, and carried to the full book by loan: both loops by the loans they looked at, the statement by its rows.
The rooms above the loans (alerts, the morning of collection, month ends) have their own lines: they are not what the
peers do. PostgreSQL does not wait for the disk (fsync off), for the peers as for the close.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, Final

from benchmarks.harness import Report, Timing

LOANS: Final = int(os.environ.get("CHEDAI_BENCH_LOANS", "1000000"))
DAYS: Final = int(os.environ.get("CHEDAI_BENCH_DAYS", "60"))
BEGIN: Final = date(2026, 1, 1)
CORE: Final = frozenset({"bill", "age", "suspend", "accrue", "snapshot", "seal"})
_LOOPED: Final = 300
_SMALL: Final = 20_000


def join(folder: Path) -> None:
    """The product on the database of the environment."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "chedai.config.settings", "CHEDAI_VAR": str(folder)}
    os.environ |= {"CHEDAI_SECRET_KEY": "x" * 50, "CHEDAI_HOSTS": "testserver", "CHEDAI_LOG_LEVEL": "ERROR"}
    import_module("chedai.platform.privacy.keys").write_new(folder / "keys.json")
    import_module("django").setup()
    import_module("chedai.platform.events").install({})


def start(folder: Path) -> None:
    """The same on an empty database, tables only: nobody migrates a benchmark."""
    join(folder)
    settings = import_module("django.conf").settings
    labels = ("platform", "org", "catalog", "crm", "deals", "book", "web", "journey")
    settings.MIGRATION_MODULES = dict.fromkeys(labels)
    import_module("django.core.management").call_command("migrate", run_syncdb=True, verbosity=0)
    import_module("chedai.platform.days.services").business_day_turn(
        to=BEGIN, reason="benchmark", actor=import_module("benchmarks.book_seed").ACTOR
    )


def one_value(query: str) -> Any:
    """The single value of a query."""
    with import_module("django.db").connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def run(query: str) -> None:
    """A statement."""
    with import_module("django.db").connection.cursor() as cursor:
        cursor.execute(query)


def closed(day: date, *, everything: bool = False) -> dict[str, float]:
    """Close a day by the steps of the loans, or by all: seconds by step, wall and CPU of the whole, bytes logged."""
    closing, seed = import_module("chedai.journey.close_of_day"), import_module("benchmarks.book_seed")
    steps = [step for step in closing.STEPS if everything or step.code in CORE]
    if import_module("chedai.platform.clock").business_date() != day:
        turn = import_module("chedai.platform.days.services").business_day_turn
        turn(to=day, reason="benchmark", actor=seed.ACTOR)
    wall, cpu, logged = time.perf_counter(), time.process_time(), wal()
    run_ = import_module("chedai.platform.days.closing").close_run
    close = run_(day=day, steps=steps, actor=seed.ACTOR, tell=lambda *told: None)
    taken = {row.code: row.milliseconds / 1000 for row in close.steps.all()}
    whole = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "log": float(wal() - logged)}
    return taken | whole | {"touched": float(close.looked)}


def days(count: int, *, also: Callable[[int], None] = lambda n: None) -> list[dict[str, float]]:
    """Close `count` days; between them people and the bank pay."""
    book = import_module("benchmarks.book_days")
    random, taken = Random(7), []
    for n in range(count):
        day = BEGIN + timedelta(n)
        taken.append(closed(day))
        book.debit(day)
        book.counter(day, random)
        also(n)
    return taken


def wal() -> int:
    """How much PostgreSQL has logged so far, in bytes; 0 on SQLite."""
    vendor = import_module("django.db").connection.vendor
    return int(one_value("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")) if vendor == "postgresql" else 0


def bytes_each(count: int) -> float:
    """What loans, plans, open items and lateness take on the disk, with their indexes, a loan."""
    tables = ("book_loan", "book_plan", "book_open_item", "book_delinquency")
    return sum(int(one_value(f"SELECT pg_total_relation_size('{table}')")) for table in tables) / count


def bare(day: date) -> float:
    """The rows a close of `day` reads and writes, read and written and nothing else; seconds."""
    run("CREATE TABLE bench_item (LIKE book_open_item INCLUDING ALL)")
    run("CREATE TABLE bench_day (LIKE book_overdue_day INCLUDING ALL)")
    begun = time.perf_counter()
    with import_module("django.db").connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.id, l.form_id, l.credit, p.packed FROM book_loan l JOIN book_plan p ON p.loan_id = l.id "
            "AND p.version = l.plan_version WHERE l.due_day IN (0, %s)",
            [day.day],
        )
        rows = cursor.fetchall()
        with cursor.copy(
            "COPY bench_item (loan_id, n, due_on, principal, interest, fee, late_principal, "
            "late_interest, penalty_levied, penalty_paid) FROM STDIN"
        ) as copy:
            for row in rows:
                copy.write_row((row[0], 1, day, 1, 1, 0, 0, 0, 0, 0))
        cursor.execute(
            "INSERT INTO bench_day (day, loan_id, dpd, bucket, overdue, balance) SELECT %s, loan_id, 1, bucket, "
            "overdue, overdue FROM book_delinquency",
            [day],
        )
    return time.perf_counter() - begun


def tenfold() -> tuple[float, float]:
    """The close of the same touched rows in a book of one size, and of ten times the size; seconds of the core."""
    seed = import_module("benchmarks.book_seed")
    who = seed.seed(_SMALL, BEGIN)
    seed.close_before(BEGIN)
    run("ANALYZE")
    small = [closed(BEGIN + timedelta(n))["wall"] for n in range(5)]
    seed.seed(_SMALL * 9, BEGIN + timedelta(5), due_day=28, first=_SMALL + 1, who=who)
    run("ANALYZE")
    large = [closed(BEGIN + timedelta(5 + n))["wall"] for n in range(5)]
    return statistics.median(small[1:]), statistics.median(large[1:])


def elsewhere(what: str, url: str | None, loans: int) -> Any:
    """Run a part of this benchmark in a process of its own, on another database."""
    environment = {**os.environ, "CHEDAI_BENCH_LOANS": str(loans)}
    environment.pop("CHEDAI_DATABASE_URL", None)
    if url is not None:
        environment["CHEDAI_DATABASE_URL"] = url
    command = [sys.executable, "-m", "benchmarks.book", what]
    answer = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(answer.stdout.splitlines()[-1])


def part(what: str) -> Any:
    """What `elsewhere` asks for."""
    with tempfile.TemporaryDirectory() as folder:
        start(Path(folder))
        if what == "tenfold":
            return tenfold()
        seed = import_module("benchmarks.book_seed")
        seed.seed(LOANS, BEGIN)
        seed.close_before(BEGIN)
        run("ANALYZE")
        core = statistics.median(one["wall"] for one in days(6)[1:])
        rooms = closed(BEGIN + timedelta(6), everything=True)
        return core, {code: rooms[code] for code in ("watch", "collection")}


def payer(seconds: float) -> list[float]:
    """Book receipts one after the other on loans all over the book, as the API does; milliseconds of each."""
    book = import_module("tests.book.close.books")
    repayment, loans = (
        import_module("chedai.engine.life.events").Repayment,
        import_module("chedai.book.loans.models").Loan,
    )
    day = import_module("chedai.platform.days.selectors").closed_through()
    random, taken, last = Random(os.getpid()), [], loans.objects.order_by("-pk").values_list("pk", flat=True)[0]
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends:
        begun = time.perf_counter()
        book.happen(random.randint(1, last), repayment(on=day, amount=random.randint(1_000, 9_000)), day)
        taken.append((time.perf_counter() - begun) * 1000)
    return sorted(taken)


def latency(first: int, count: int) -> tuple[float, float]:
    """p50 and p99 of a receipt booked while `count` days are closed, in milliseconds."""
    command = [sys.executable, "-m", "benchmarks.book", "payer"]
    beside = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for n in range(first, first + count):
        closed(BEGIN + timedelta(n))
    out = beside.communicate()[0]
    taken = json.loads(out.splitlines()[-1])
    return taken[len(taken) // 2], taken[int(len(taken) * 0.99)]


def written_by_updating_all() -> int:
    """Bytes of log that updating every loan writes."""
    before = wal()
    run("UPDATE book_loan SET credit = credit")
    return wal() - before


def beside(
    report: Report, peers: ModuleType, loans: int, last: date, taken: list[dict[str, float]]
) -> tuple[float, float, float]:
    """The peers, timed on a part of the book and carried to all of it: seconds of the three."""
    sample = min(100_000, loans)
    peers.prepare(sample, last)
    orm = peers.loop(_LOOPED, last) * loans / _LOOPED
    seconds, touched = peers.tuned(20_000, last)
    touched_all = statistics.median(one["touched"] for one in taken)
    tuned = seconds * touched_all / max(touched, 1)
    statement = peers.set_based(last) * loans / sample
    for label, value in (
        (f"per-loan ORM loop (timed on {_LOOPED})", orm),
        (f"tuned ORM loop over touched loans (timed on {touched:,})", tuned),
        (f"set-based SQL over the whole book (timed on {sample:,})", statement),
    ):
        report.row(label, wall(value), n=loans)
    return orm, tuned, statement


def measured(report: Report, loans: int) -> None:
    """Everything on PostgreSQL, in this process."""
    seed, peers = import_module("benchmarks.book_seed"), import_module("benchmarks.book_peers")
    begun = time.perf_counter()
    seed.seed(loans, BEGIN)
    run("ANALYZE")
    seed.close_before(BEGIN)
    run("VACUUM ANALYZE")
    report.row("seeded: contracts, plans, payments, ledger", wall(time.perf_counter() - begun), n=loans)
    size = bytes_each(loans)
    taken = days(DAYS)
    core = statistics.median(one["wall"] for one in taken)
    report.row(
        f"a close, median of {DAYS} days", Timing(statistics.median(o["cpu"] for o in taken), core, DAYS), n=loans
    )
    for code in taken[0]:
        if code not in ("touched", "log", "cpu", "wall"):
            report.row(f"  step {code}, median", wall(statistics.median(one[code] for one in taken)), n=loans)
    last = BEGIN + timedelta(DAYS - 1)
    rerun = counts(lambda: closed(last))
    simple = bare(last)
    report.row("bare reads and writes of the same rows", wall(simple), n=loans)
    proof = import_module("chedai.book.loans.proof.proving").book_prove(last)
    report.row(
        f"proof: {proof.by_columns:,} by columns, {proof.replayed:,} replayed", Timing(proof.cpu, proof.cpu, 1), n=loans
    )
    everything = written_by_updating_all()
    orm, tuned, statement = beside(report, peers, loans, last, taken)
    p50, p99 = latency(DAYS, 5)
    report.row("a receipt booked while the close runs, p50", wall(p50 / 1000), per_unit="receipt")
    report.row("a receipt booked while the close runs, p99", wall(p99 / 1000), per_unit="receipt")
    report.ratio("G4a faster than a per-loan ORM loop", orm / core, ">= 5000")
    report.ratio("G4a faster than a tuned ORM loop over touched loans", tuned / core, ">= 1000")
    report.ratio("G4a faster than set-based SQL over the whole book", statement / core, ">= 100")
    report.ratio("G4b the close over its bare reads and writes", core / simple, "<= 2")
    log = statistics.median(one["log"] for one in taken) / everything
    report.ratio("G4b log written, share of updating the whole book (%)", log * 100, "<= 2")
    report.ratio("G4c proof, CPU seconds", proof.cpu, "<= 10")
    report.ratio("G4c differences found by the proof", len(proof.differences), "== 0")
    report.ratio("G4c rows changed by closing a closed day again", rerun, "== 0")
    report.ratio("G4d bytes a loan on the disk", size, "<= 500")


def counts(act: Callable[[], object]) -> int:
    """How many rows the tables of the book changed by while something was done."""
    query = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_all_tables"
    with import_module("django.db.transaction").atomic():
        before = int(one_value(query))
        act()
        return int(one_value(query)) - before


def wall(seconds: float) -> Timing:
    """A time of which only the wall clock says anything."""
    return Timing(seconds, seconds, 1)


def main() -> None:
    """Measure, print, save."""
    report = Report("book", f"G4: the daily close of a book of {LOANS:,} loans of 36 instalments")
    servers = import_module("tests.support.postgres").server
    with servers() as url:
        small, large = elsewhere("tenfold", url, LOANS)
    few = min(LOANS, 100_000)
    with servers() as url:
        postgres, rooms = elsewhere("closes", url, few)
    sqlite, _ = elsewhere("closes", None, few)
    report.row(f"a close of {few:,} loans, PostgreSQL", wall(postgres), n=few)
    report.row(f"a close of {few:,} loans, SQLite", wall(sqlite), n=few)
    for code, seconds in rooms.items():
        report.row(f"  step {code} beside it, the first time", wall(seconds), n=few)
    report.row(f"a close of {_SMALL:,} loans", wall(small), n=_SMALL)
    report.row(f"the same touched rows in {_SMALL * 10:,} loans", wall(large), n=_SMALL * 10)
    with servers() as url, tempfile.TemporaryDirectory() as folder:
        os.environ["CHEDAI_DATABASE_URL"] = url
        start(Path(folder))
        measured(report, LOANS)
    report.ratio("G4b a book ten times as large, the same touched rows", large / small, "<= 2")
    report.ratio("G4c the close on SQLite over PostgreSQL", sqlite / postgres, "<= 1.5")
    report.print()
    report.save()


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    elif sys.argv[1] == "payer":
        with tempfile.TemporaryDirectory() as own:
            join(Path(own))
            print(json.dumps(payer(8.0)))
    else:
        print(json.dumps(part(sys.argv[1])))
