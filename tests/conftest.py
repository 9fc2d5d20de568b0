"""How every test runs: hypothesis without a stopwatch, the clock held still where a test asks for it.

`make test` tries the same examples each time: a commit that passed passes again. `HYPOTHESIS_PROFILE=search make test`
tries new ones; what it finds becomes a test with a name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import settings

from chedai.platform import clock

settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

MOMENT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""Friday 20 November 2026, ten in the morning in Shanghai."""


@pytest.fixture
def held_clock() -> Iterator[datetime]:
    with clock.frozen(MOMENT):
        yield MOMENT
