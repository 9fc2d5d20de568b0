"""How every test runs: hypothesis without a stopwatch, the clock held still where a test asks for it.

`make test` tries the same examples each time: a commit that passed passes again. `HYPOTHESIS_PROFILE=search make test`
tries new ones; what it finds becomes a test with a name.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings

from chedai.platform import clock
from tests.support.installed import install

settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

# What is printed is as wide as where there is no terminal, whatever the one is like where the tests are started.
os.environ["COLUMNS"] = "100"

HERE = Path(__file__).parent
MEASURED = frozenset({"engine", "cli"})
"""Their tests alone reach every line of the engine. Counting makes a test half as slow again: the rest go without."""

MOMENT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""Friday 20 November 2026, ten in the morning in Shanghai."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches the database (`-m database`), and what is not counted."""
    for item in items:
        used = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
        if used or item.get_closest_marker("django_db"):
            item.add_marker("database")
        if item.path.relative_to(HERE).parts[0] not in MEASURED:
            item.add_marker("no_cover")


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], None]:
    """Lays a new installation into a folder; what it copies is made once for all workers."""
    root = tmp_path_factory.getbasetemp()
    shared = (root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / "installation"
    return partial(install, shared=shared)


@pytest.fixture
def held_clock() -> Iterator[datetime]:
    with clock.frozen(MOMENT):
        yield MOMENT
