"""How every test runs: hypothesis without a clock, the clock held still, append-only tables as in production."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import settings

from chedai.platform import clock

settings.register_profile("chedai", deadline=None)
settings.load_profile("chedai")

MOMENT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""Friday 20 November 2026, ten in the morning in Shanghai."""


@pytest.fixture
def held_clock() -> Iterator[datetime]:
    with clock.frozen(MOMENT):
        yield MOMENT
