"""An old 台账 brought in by the piece beside one commit a row, and a file sent to two lenders beside eight creates.

Both ways of the import go through the product: every row is checked, becomes a customer with the words it is found by
and a deal, and stands on record. By the piece is what the import does. Beside it stand two ways of bringing the same
rows one by one, each row its own durable commit: the import asked for one row at a time, and what a person or a program
does who has no import, a customer registered and a deal opened through their services (two commits, and the deal is not
even paid out then). Sending a file to two lenders writes eight rows of record: for each the submission, its round, the
job that carries it, and the entry of the log, which also moves the head of the chain. Beside it stand eight `create()`
of the same rows, each its own commit, as `create()` outside a transaction is, and without `full_clean`. They are asked
in two ways. Bare, the entry is a row like any other, its bytes made up. Chained, it is what our eight rows hold: its
bytes are hashed onto the end of the chain, so the head is locked, the entry created and the head saved, in the one
transaction of that row. SQLite in a file as the product sets it up (a commit survives the process, and reaches the disk
at the next checkpoint), and PostgreSQL with fsync and synchronous commits; CPU is that of this process and of the
process PostgreSQL works for it in.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, timedelta
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from benchmarks.harness import Report, Timing, measure
from benchmarks.serving import cpu_seconds, start

_MANY: Final = 2_000
_FEW: Final = 100
_PIECE: Final = 1_000
_TIMES: Final = 100
_SURNAMES: Final = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁"
_GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文建国志"
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _identity(at: int) -> str:
    """An identity number with its check digit: born one day after another."""
    body = f"330106{date(1960, 1, 1) + timedelta(days=at):%Y%m%d}{at % 900 + 100}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def _row(at: int, officer: str) -> dict[str, Any]:
    return {
        "number": f"B-{at:06}",
        "name": _SURNAMES[at % len(_SURNAMES)] + _GIVEN[at % len(_GIVEN)] + _GIVEN[at // 7 % len(_GIVEN)][: at % 3],
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


def _ways(people: tuple[Any, Any], store_id: int) -> tuple[Callable[[], None], ...]:
    """The import by the piece, by the row, and the services by hand; each call takes rows that were not there."""
    imports, work = import_module("chedai.deals.pipeline.imports"), import_module("chedai.platform.work").work
    register = import_module("chedai.crm.customers.services").customer_register
    opened = import_module("chedai.deals.pipeline.services").deal_open
    kind, mode = (
        import_module("chedai.crm.customers.kinds").CustomerKind,
        import_module("chedai.deals.pipeline.states").Mode,
    )
    actor, officer = import_module("tests.cast").acting(people[0]), people[1]
    taken = iter([_row(at, officer.number) for at in range(_MANY * 4 + _FEW * 8)])

    def by_the_piece() -> None:
        for _ in range(_MANY // _PIECE):
            with work():
                came = imports.ledger_write_many([next(taken) for _ in range(_PIECE)], actor)
            assert all(isinstance(one, str) for one in came)

    def by_the_row() -> None:
        for _ in range(_FEW):
            with work():
                imports.ledger_write(next(taken), actor)

    def by_hand() -> None:
        for _ in range(_FEW):
            row = next(taken)
            whose = {"store_id": store_id, "actor": actor}
            known = {"name": row["name"], "id_number": row["id_number"], "phone": row["phone"]}
            customer = register(kind=kind.PERSON, owner_id=officer.pk, **known, **whose)
            car = {"vehicle": row["vehicle"], "mode": mode.DEALER_DESK}
            opened(customer_id=customer.pk, officer_id=officer.pk, **car, **whose)

    return by_the_piece, by_the_row, by_hand


def _goings(times: int) -> Iterator[list[Any]]:
    """A file on its way to two lenders, who are others each time."""
    rounds = import_module("chedai.deals.applications.services.rounds")
    lender_of = import_module("chedai.catalog.models").Lender
    option_of = import_module("chedai.deals.applications.plans").Option
    plan = {"product_code": "standard", "product_name": "标准贷", "product_kind": "bank", "product_version": 1}
    terms = {"amount": 10_000_000, "annual_rate": 5_000_000, "periods": 36, "instalment": 299_709}
    for at in range(times):
        named = [{"lender_code": f"l{at}-{side}", "lender_name": "江河银行"} for side in range(2)]
        options = [option_of(**one, lender_kind="bank", **plan, **terms) for one in named]
        lenders = [lender_of(code=one.lender_code, name=one.lender_name, channel="http") for one in options]
        yield [rounds.Going(lender, one, None) for lender, one in zip(lenders, options, strict=True)]


def _sending(people: tuple[Any, Any]) -> tuple[Callable[[], None], ...]:
    """A file written down as sent to two lenders; the same eight rows created one by one, and so with a chained log."""
    rounds = import_module("chedai.deals.applications.services.rounds")
    work, clock = import_module("chedai.platform.work").work, import_module("chedai.platform.clock")
    actor, numbers = import_module("tests.cast").acting(people[0]), iter(range(10**9, 2 * 10**9))
    deal = import_module("chedai.deals.pipeline.models").Deal.objects.latest("pk")
    applications = import_module("chedai.deals.applications.models").Application.objects
    application = applications.create(deal=deal, quote_id=1, opened_at=clock.now())
    waiting, tables = iter(list(_goings(_TIMES * 12))), _tables()

    def sent() -> None:
        for _ in range(_TIMES):
            with work():
                rounds.rounds_open(application, next(waiting), actor)

    def creating(note: Callable[[dict[str, Any], datetime], None]) -> None:
        for _ in range(_TIMES):
            for one in next(waiting):
                now = clock.now()
                _create(tables, application, one, actor.key, now)
                note({"actor": actor.key, "action": "submission.sent", "subject": f"deal:{application.deal_id}"}, now)

    def bare(noted: dict[str, Any], now: datetime) -> None:
        tables[3].objects.create(seq=next(numbers), body=b"x" * 200, link=bytes(32), at=now, **noted)

    chained = _chaining()
    return sent, lambda: creating(bare), lambda: creating(chained)


def _chaining() -> Callable[[dict[str, Any], datetime], None]:
    """Creating an entry of the log at the end of its chain, as one would with models."""
    chain, entries = import_module("chedai.platform.audit.chain"), import_module("chedai.platform.audit.entries")
    log, clock = import_module("chedai.platform.audit.models"), import_module("chedai.platform.clock")
    atomic = import_module("django.db.transaction").atomic
    facts = {"lender": "jianghe", "round": 1, "amount": 10_000_000}

    def chained(noted: dict[str, Any], now: datetime) -> None:
        with atomic():
            head = log.AuditHead.objects.select_for_update(no_key=True).get(pk=1)
            head.size += 1
            entry = entries.Entry(**noted, facts=facts)
            body = chain.canonical(entry, head.size, now.isoformat(), clock.business_date().isoformat())
            head.link = chain.link(bytes(head.link), body)
            log.AuditEntry.objects.create(seq=head.size, body=body, link=head.link, at=now, **noted)
            head.save()

    return chained


def _tables() -> tuple[Any, ...]:
    """The four tables of a sending, imported once."""
    files = import_module("chedai.deals.applications.models")
    jobs, log = import_module("chedai.platform.jobs.models"), import_module("chedai.platform.audit.models")
    return files.Submission, files.SubmissionRound, jobs.Job, log.AuditEntry


def _create(tables: tuple[Any, ...], application: Any, one: Any, by: str, now: datetime) -> None:
    """Three of the four rows of one lender by `create()`, each its own commit; the log is written after them."""
    submissions, rounds, jobs, _ = tables
    file = submissions.objects.create(
        application=application,
        lender_code=one.lender.code,
        lender_name=one.lender.name,
        channel=one.lender.channel,
        product_code=one.option.product_code,
        product_version=one.option.product_version,
        state=one.state,
        made_at=now,
        changed_at=now,
    )
    current = rounds.objects.create(
        submission=file,
        number=1,
        key=f"{application.deal.number}-{file.pk}-1",
        asked_amount=one.option.amount,
        asked_rate=one.option.annual_rate,
        asked_periods=one.option.periods,
        state=one.state,
        opened_at=now,
    )
    asked = {"kind": "lender.send", "payload": {"round": current.pk}, "key": f"lender.send:{current.pk}"}
    jobs.objects.create(**asked, asked_by=by, asked_at=now, run_at=now)


def _measured(database: str) -> list[Timing]:
    """Every way on one database, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        start(Path(folder), database)
        cast, actors = import_module("tests.cast"), import_module("chedai.platform.actors")
        import_module("chedai.journey.wiring").wire()
        import_module("chedai.catalog.starter.services").catalogue_load_starter(actor=actors.system("benchmark"))
        store = cast.store()
        people = cast.person("xu", "许宁", store, "manager"), cast.person("lin", "林晓", store, "officer")
        timings = [measure(way, 3, clock=cpu_seconds) for way in _ways(people, store.pk)]
        timings += [measure(way, 3, clock=cpu_seconds) for way in _sending(people)]
        import_module("django.db").connections.close_all()
    return timings


def _tell(report: Report, timings: list[Timing], database: str) -> None:
    piece, row, hand, sent, created, chained = timings
    report.row(f"{database}: import by the piece", piece, per_unit="row", n=_MANY)
    report.row(f"{database}: import, one commit each", row, per_unit="row", n=_FEW)
    report.row(f"{database}: customer and deal by their services", hand, per_unit="row", n=_FEW)
    report.row(f"{database}: file sent to two lenders, eight rows", sent, per_unit="file", n=_TIMES)
    report.row(f"{database}: eight creates of the same rows", created, per_unit="file", n=_TIMES)
    report.row(f"{database}: eight creates, the log chained", chained, per_unit="file", n=_TIMES)
    share = _MANY / _FEW
    for label, peer in (("one commit each", row), ("services", hand)):
        report.ratio(f"{database}: CPU, {label} over the piece", peer.cpu * share / piece.cpu, ">= 20")
        report.ratio(f"{database}: wall, {label} over the piece", peer.wall * share / piece.wall, ">= 20")
    for label, peer in (("eight creates, log chained", chained), ("eight bare creates", created)):
        report.ratio(f"{database}: CPU, eight rows over {label}", sent.cpu / peer.cpu, "<= 0.2")
        report.ratio(f"{database}: wall, eight rows over {label}", sent.wall / peer.wall, "<= 0.2")


def main() -> None:
    """Measure, print, save."""
    goal = "durable bulk import >= 20x one commit each; eight rows of record <= 1/5 of eight creates"
    report = Report("bulk_import", goal, packages=("django", "psycopg"))
    apart = get_context("spawn")
    with ProcessPoolExecutor(1, apart, max_tasks_per_child=1) as processes:
        _tell(report, processes.submit(_measured, "").result(), "SQLite")
        with import_module("tests.support.postgres").server("") as url:
            _tell(report, processes.submit(_measured, url).result(), "PostgreSQL")
    report.print()
    report.save()


if __name__ == "__main__":
    main()
