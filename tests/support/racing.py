"""Two or more people at once: the same call from many threads, each with its own connection to the database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def race(call: Callable[[int], T], runners: int) -> list[T | Exception]:
    """What `call(number)` returned or raised for each runner; all start together.

    A runner that does not come back in time fails the test: it would keep its connection, and the database with it.
    """
    results: list[T | Exception] = [RuntimeError("did not run")] * runners
    start = threading.Barrier(runners)

    def run(number: int) -> None:
        start.wait()
        try:
            results[number] = call(number)
        except Exception as raised:
            results[number] = raised
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "a runner waits for ever"
    return results
