"""A quote over the whole catalogue with all plans: what the server needs for one answer of the desk.

The starter catalogue is loaded, and the answer is asked for as the desk asks for it: every product, term and method,
the table, the reasons with their changes, the chart, and every plan worked out. Each call has another price, so that
nothing is answered out of a memory. Called in this process through the WSGI handler, on SQLite, signed in.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from benchmarks.harness import Report, Timing
from benchmarks.serving import caller, start

_CALLS: Final = 200
_WARM: Final = 20
_QUERY: Final = "price={price}&down=25000&term=36&energy=nev&used=new&ceiling=4200"


def _cookie() -> str:
    """A session of a finance officer, with the starter catalogue on the shelf."""
    actors = import_module("chedai.platform.actors")
    import_module("chedai.catalog.starter.services").catalogue_load_starter(actor=actors.system("benchmark"))
    staff = import_module("tests.cast")
    person = staff.person("lin", "林晓", staff.store(), "officer")
    client = import_module("django.test").Client()
    client.force_login(person.user)
    return f"sessionid={client.cookies['sessionid'].value}"


def _timed(cookie: str) -> Callable[[int], tuple[float, float]]:
    """CPU and wall seconds of one answer for a price."""
    settings: Any = import_module("django.conf").settings
    path = f"/quotes/new/answer/?{_QUERY.format(price=125000)}"
    call = caller(settings.ROOT_URLCONF, settings.MIDDLEWARE, path, cookie)

    def run(price: int) -> tuple[float, float]:
        cpu, wall = time.process_time(), time.perf_counter()
        body = call(_QUERY.format(price=price))
        spent = time.process_time() - cpu, time.perf_counter() - wall
        assert b"data-row-code" in body
        return spent

    return run


def main() -> None:
    """Measure, print, save."""
    goal = "a quote over the whole catalogue with all plans < 100 ms server time at p99"
    report = Report("quote_screen", goal, packages=("django",))
    with tempfile.TemporaryDirectory() as folder:
        start(Path(folder))
        run = _timed(_cookie())
        for price in range(_WARM):
            run(120_000 + price)
        spent = [run(125_000 + 10 * at) for at in range(_CALLS)]
        cpu, wall = sorted(c for c, _ in spent), sorted(w for _, w in spent)
        middle = Timing(statistics.median(cpu), statistics.median(wall), _CALLS)
        report.row("answer of the desk, every product, term and method", middle, per_unit="call")
        report.ratio("milliseconds of CPU at p99", cpu[_CALLS * 99 // 100 - 1] * 1000, "<= 100")
        import_module("django.db").connections.close_all()
    report.print()
    report.save()


if __name__ == "__main__":
    main()
