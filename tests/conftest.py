"""How every test runs: hypothesis without a stopwatch, the clock held still where a test asks for it.

`make test` tries the same examples each time: a commit that passed passes again. `HYPOTHESIS_PROFILE=search make test`
tries new ones; what it finds becomes a test with a name.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from django.test import TransactionTestCase
from hypothesis import settings
from pytest_django import DjangoDbBlocker

from chedai.platform import clock
from tests.support import emptied, ground
from tests.support.ground import MOMENT
from tests.support.installed import install

settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

# What is printed is as wide as where there is no terminal, whatever the one is like where the tests are started.
os.environ["COLUMNS"] = "100"

# Python looks for circles of dead objects every 50,000 new ones, not every 700: it took a third of the time of loading.
gc.set_threshold(50_000, 20, 50)

LONGEST = frozenset({"test_commands.py", "test_pages.py", "test_schemathesis.py"})
COMMITTING = frozenset({"transactional_db", "live_server", "django_db_reset_sequences"})
"""Who asks for one of these commits what it does, and has the tables emptied behind it."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches the database (`-m database`)."""
    for item in items:
        used = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
        if used or item.get_closest_marker("django_db"):
            item.add_marker("database")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """The longest come first, so that no worker has one of them left when the others are done. What is loaded now stays
    to the end: nobody looks through it again.
    """
    gc.collect()
    gc.freeze()
    session.items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.fixture(scope="session", autouse=True)
def _emptying() -> Iterator[None]:
    """What a test has committed is taken away by `emptied.empty`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: emptied.empty())
        yield


@pytest.fixture(scope="session")
def _grounds(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What lies at the end is undone before the database is removed."""
    yield
    with django_db_blocker.unblock():
        ground.lay()


@pytest.fixture
def _ground(request: pytest.FixtureRequest, _grounds: None, django_db_blocker: DjangoDbBlocker) -> None:
    """What the test begins with (`begins_with`), and nothing else."""
    wanted, database = request.node.get_closest_marker("begins_with"), request.node.get_closest_marker("django_db")
    commits = COMMITTING & set(request.fixturenames) or (database is not None and database.kwargs.get("transaction"))
    with django_db_blocker.unblock():
        ground.lay(*(wanted.args if wanted is not None and not commits else ()))


@pytest.fixture
def _django_db_helper(_ground: None, _django_db_helper: None) -> None:
    """The transaction of a test, or the emptied tables, as pytest-django gives them: on the ground of the test."""


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
