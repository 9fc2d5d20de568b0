"""G4: a book of a million loans closed for sixty days, with payments and new plans mixed in, and then proved.

`CHEDAI_BENCH_LOANS` shrinks the book, `CHEDAI_BENCH_DAYS` the run; what was measured is in the table. On PostgreSQL CPU
seconds are those of this process and of its server process together (Linux tells both), and ratios are of CPU seconds.
Peers keep a row an instalment and tell of a day what the close tells (`book_peers`), with a row a day for every overdue
loan where the close writes those that stand otherwise than the night before: both loops are measured on a
sample of the same loans and carried to the full book, the statement over the whole book runs over the whole book. The
rooms above the loans (alerts, the morning of collection, month ends) have their own lines: they are not what the peers
do. PostgreSQL keeps what it has committed, as it does where the product runs, for the peers as for the close; it has
the memory a server of such a book is given, and no workers whose CPU seconds nobody would count.
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
from functools import partial
from importlib import import_module
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, Final

from benchmarks.harness import Report, Timing
from benchmarks.serving import cpu_seconds

LOANS: Final = int(os.environ.get("CHEDAI_BENCH_LOANS", "1000000"))
DAYS: Final = int(os.environ.get("CHEDAI_BENCH_DAYS", "60"))
BEGIN: Final = date(2026, 1, 1)
CORE: Final = frozenset({"bill", "age", "suspend", "accrue", "snapshot", "seal"})
_SERVER: Final = "-c shared_buffers=2GB -c max_wal_size=8GB -c max_parallel_workers_per_gather=0"
_LOOPED: Final = 300
_SMALL: Final = 20_000


def join(folder: Path) -> None:
    """The product on the database of the environment, with the keys of `folder`."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "chedai.config.settings", "CHEDAI_VAR": str(folder)}
    os.environ |= {"CHEDAI_SECRET_KEY": "x" * 50, "CHEDAI_HOSTS": "testserver", "CHEDAI_LOG_LEVEL": "ERROR"}
    if not (folder / "keys.json").exists():
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
    begun, logged = spent(), wal()
    run_ = import_module("chedai.platform.days.closing").close_run
    close = run_(day=day, steps=steps, actor=seed.ACTOR, tell=lambda *told: None)
    taken = {row.code: row.milliseconds / 1000 for row in close.steps.all()}
    took = since(begun)
    whole = {"wall": took.wall, "cpu": took.cpu, "log": float(wal() - logged)}
    return taken | whole | {"touched": float(close.looked)}


def days(count: int, *, also: Callable[[int], None] = lambda n: None) -> list[dict[str, float]]:
    """Close `count` days; between them people and the bank pay."""
    book = import_module("benchmarks.book_days")
    random, taken = Random(7), []
    for n in range(count):
        day = BEGIN + timedelta(n)
        taken.append(closed(day) | {"untold": 0.0})
        if n == count - 1:
            taken[-1]["untold"] = float(book.untold(day))
        book.debit(day)
        book.counter(day, random)
        also(n)
    return taken


def spent() -> Timing:
    """CPU seconds of this process and of its server process so far, and the clock."""
    return Timing(cpu_seconds(), time.perf_counter(), 1)


def since(begun: Timing) -> Timing:
    """What was spent since `begun`."""
    now = spent()
    return Timing(now.cpu - begun.cpu, now.wall - begun.wall, 1)


def wal() -> int:
    """How much PostgreSQL has logged so far, in bytes; 0 on SQLite."""
    vendor = import_module("django.db").connection.vendor
    return int(one_value("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")) if vendor == "postgresql" else 0


def bytes_each(count: int) -> float:
    """What loans, plans, open items and lateness take on the disk, with their indexes, a loan."""
    tables = ("book_loan", "book_plan", "book_open_item", "book_delinquency")
    return sum(int(one_value(f"SELECT pg_total_relation_size('{table}')")) for table in tables) / count


_BARE: Final = (
    "SELECT loan_id FROM book_plan WHERE due_day IN (0, %(of)s) "
    "EXCEPT SELECT loan_id FROM book_loan_event WHERE recorded_on >= %(due)s",
    "SELECT l.id, l.form_id, l.credit, l.owed, p.packed FROM book_loan l JOIN book_plan p ON p.loan_id = l.id "
    "AND p.version = l.plan_version JOIN book_open_item i ON i.loan_id = l.id WHERE i.due_on = %(due)s",
    "SELECT i.loan_id, i.due_on, i.principal + i.interest FROM book_open_item i JOIN bench_touched t USING (loan_id)",
    "SELECT d.* FROM book_delinquency d JOIN bench_touched t USING (loan_id)",
    "INSERT INTO bench_item SELECT * FROM book_open_item WHERE due_on = %(due)s",
    "INSERT INTO bench_late SELECT d.* FROM book_delinquency d JOIN bench_touched t USING (loan_id) "
    "ON CONFLICT (loan_id) DO UPDATE SET overdue = excluded.overdue, missed = excluded.missed",
    "INSERT INTO bench_move SELECT * FROM book_bucket_move WHERE day = %(day)s",
    "INSERT INTO bench_standing SELECT * FROM book_overdue_standing WHERE day = %(day)s",
)


def bare(day: date) -> Timing:
    """The rows the close of `day` read and wrote, read and written in one transaction and nothing else."""
    copies = {"item": "open_item", "late": "delinquency", "move": "bucket_move", "standing": "overdue_standing"}
    for name, of in copies.items():
        run(f"CREATE TABLE bench_{name} (LIKE book_{of} INCLUDING ALL)")
    run("INSERT INTO bench_late SELECT * FROM book_delinquency")
    due = day - timedelta(1)
    run(
        f"CREATE TABLE bench_touched AS SELECT loan_id FROM book_open_item WHERE due_on = '{due}' "
        f"UNION SELECT loan_id FROM book_bucket_move WHERE day = '{day}'"
    )
    run("ANALYZE bench_touched")
    atomic, connection = import_module("django.db.transaction").atomic, import_module("django.db").connection
    begun = spent()
    with atomic(), connection.cursor() as cursor:
        for statement in _BARE:
            cursor.execute(statement, {"of": due.day, "due": due, "day": day})
            if cursor.description is not None:
                cursor.fetchall()
    return since(begun)


def tenfold() -> tuple[float, float]:
    """The close of the same touched rows in a book of one size, and of ten times the size; seconds of the core."""
    seed = import_module("benchmarks.book_seed")
    who = seed.seed(_SMALL, BEGIN)
    seed.close_before(BEGIN)
    run("ANALYZE")
    small = [closed(BEGIN + timedelta(n))["cpu"] for n in range(5)]
    seed.seed(_SMALL * 9, BEGIN + timedelta(5), due_day=28, first=_SMALL + 1, who=who)
    run("ANALYZE")
    large = [closed(BEGIN + timedelta(5 + n))["cpu"] for n in range(5)]
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
        core = statistics.median(one["cpu"] for one in days(6)[1:])
        rooms = closed(BEGIN + timedelta(6), everything=True)
        return core, {code: rooms[code] for code in ("watch", "collection")}


def payer(seconds: float, loans: int) -> list[float]:
    """Book receipts over the API, one after the other, on loans all over the book; milliseconds of each."""
    client = import_module("django.test").Client(headers={"Authorization": f"Bearer {os.environ['BENCH_TOKEN']}"})
    random, on = Random(11), import_module("chedai.platform.clock").business_date().isoformat()
    taken: list[float] = []
    assert client.get("/api/v1/loans", secure=True).status_code == 200  # the first call loads the addresses
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends:
        given = json.dumps({"amount": random.randint(1_000, 9_000), "received_on": on})
        path = f"/api/v1/loans/CD202601-{random.randint(1, loans):07}-L/repayments"
        key = {"Idempotency-Key": f"bench-{os.getpid()}-{len(taken)}"}
        begun = time.perf_counter()
        answer = client.post(path, given, content_type="application/json", headers=key, secure=True)
        taken.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 201, answer.content
    return sorted(taken)


def latency(first: int, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds of receipts over the API: alone, and while `count` days are closed."""
    alone = _paying()
    quiet = json.loads(alone.communicate()[0].splitlines()[-1])
    beside = _paying()
    while beside.poll() is None and count:
        closed(BEGIN + timedelta(first))
        first, count = first + 1, count - 1
    return quiet, json.loads(beside.communicate()[0].splitlines()[-1])


def _paying() -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.book", "payer"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _token() -> str:
    """The secret of somebody of the cash desk who may call the API."""
    cast, clock = import_module("tests.cast"), import_module("chedai.platform.clock")
    desk = cast.person("fang", "方财", cast.store(), "finance", everywhere=True)
    made = import_module("chedai.platform.accounts.tokens").token_make(
        user_id=desk.user_id,
        name="bench",
        scopes=("loan.read", "loan.repay"),
        expires_at=clock.now() + timedelta(30),
        actor=import_module("benchmarks.book_seed").ACTOR,
    )
    return str(made.secret)


def written_by_updating_all() -> int:
    """Bytes of log that updating every loan writes."""
    before = wal()
    run("UPDATE book_loan SET credit = credit")
    return wal() - before


def beside(report: Report, peers: ModuleType, loans: int, last: date) -> list[Timing]:
    """The peers: two loops timed on a part of the book and carried to all of it, the statement over all of it."""
    sample = min(20_000, loans)
    peers.prepare(loans, last)
    orm = measured_of(lambda: peers.loop(_LOOPED, last)).scaled(loans / _LOOPED)
    touched = peers.touched(sample, last)
    few = touched[:: max(len(touched) // _LOOPED, 1)]
    share = len(touched) * loans / sample
    loop = measured_of(lambda: peers.loop_over(few, last)).scaled(share / len(few))
    silent = measured_of(lambda: peers.loop_over(few, last, snapshot=False)).scaled(share / len(few))
    tuned = measured_of(lambda: peers.tuned(touched, last)).scaled(loans / sample)
    statement = measured_of(lambda: peers.set_based(last))
    for label, timing in (
        (f"per-loan ORM loop (timed on {_LOOPED} loans)", orm),
        (f"the same over the {share:,.0f} touched loans only (timed on {len(few)})", loop),
        ("  that without its snapshot of the overdue", silent),
        (f"the same, read and written in batches of 500 (timed on {len(touched):,})", tuned),
        ("set-based SQL over the whole book", statement),
    ):
        report.row(label, timing, n=loans)
    return [orm, loop, tuned, statement]


def measured_of(act: Callable[[], object]) -> Timing:
    """What `act` spends, on a day of which no peer has told yet."""
    run("TRUNCATE bench_overdue_day")
    begun = spent()
    act()
    return since(begun)


def receipts(report: Report) -> None:
    """Receipts over the API, alone and while days are closed."""
    for label, taken in zip(("alone", "while the close runs"), latency(DAYS, 12), strict=True):
        for name, share in (("p50", 0.5), ("p99", 0.99)):
            seconds = taken[int(len(taken) * share)] / 1000
            report.row(f"a receipt over the API {label}, {name} of {len(taken)}", wall(seconds), per_unit="receipt")


def measured(report: Report, loans: int) -> None:
    """Everything on PostgreSQL, in this process."""
    seed, peers = import_module("benchmarks.book_seed"), import_module("benchmarks.book_peers")
    started = time.perf_counter()
    seed.seed(loans, BEGIN)
    run("ANALYZE")
    seed.close_before(BEGIN)
    run("VACUUM ANALYZE")
    report.row("seeded: contracts, plans, payments, ledger", wall(time.perf_counter() - started), n=loans)
    size = bytes_each(loans)
    taken = days(DAYS)
    core, clocked = (statistics.median(one[name] for one in taken) for name in ("cpu", "wall"))
    report.row(f"a close, median of {DAYS} days", Timing(core, clocked, DAYS), n=loans)
    for code in taken[0]:
        if code not in ("touched", "log", "cpu", "wall", "untold"):
            report.row(f"  step {code}, median", wall(statistics.median(one[code] for one in taken)), n=loans)
    last = BEGIN + timedelta(DAYS - 1)
    rerun = counts(lambda: closed(last))
    simple = bare(last)
    report.row("bare reads and writes of the same rows", simple, n=loans)
    begun = spent()
    proof = import_module("chedai.book.loans.proof.proving").book_prove(last)
    proved = since(begun)
    report.row(f"proof: {proof.by_columns:,} by columns, {proof.replayed:,} replayed", proved, n=loans)
    for one in proof.differences:
        print(one, file=sys.stderr)
    everything = written_by_updating_all()
    receipts(report)
    orm, loop, tuned, statement = beside(report, peers, loans, last)
    report.ratio("G4a faster than a per-loan ORM loop", orm.cpu / core, ">= 5000")
    report.ratio("G4a faster than that loop over touched loans only", loop.cpu / core, ">= 1000")
    report.ratio("G4a faster than it in batches", tuned.cpu / core, ">= 1")
    report.ratio("G4a faster than set-based SQL over the whole book", statement.cpu / core, ">= 100")
    report.ratio("G4b the close over its bare reads and writes", core / simple.cpu, "<= 2")
    log = statistics.median(one["log"] for one in taken) / everything
    report.ratio("G4b log written, share of updating the whole book (%)", log * 100, "<= 2")
    report.ratio("G4c proof, CPU seconds", proved.cpu, "<= 10")
    report.ratio("G4c differences found by the proof", len(proof.differences), "== 0")
    report.ratio("G4c overdue loans the snapshot of the last day tells wrong", taken[-1]["untold"], "== 0")
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
    servers = partial(import_module("tests.support.postgres").server, _SERVER)
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
        os.environ |= {"BENCH_TOKEN": _token(), "BENCH_HOME": folder}
        measured(report, LOANS)
    report.ratio("G4b a book ten times as large, the same touched rows", large / small, "<= 2")
    report.ratio("G4c the close on SQLite over PostgreSQL", sqlite / postgres, "<= 1.5")
    report.print()
    report.save()


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    elif sys.argv[1] == "payer":
        join(Path(os.environ["BENCH_HOME"]))
        print(json.dumps(payer(8.0, LOANS)))
    else:
        print(json.dumps(part(sys.argv[1])))
