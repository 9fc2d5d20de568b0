"""Two people who may write policies, one who may publish them, and the wiring of the room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest

from chedai.org.models import AuthorityLimit, Staff
from chedai.platform import events
from chedai.platform.policies.wiring import HANDLERS
from tests import cast


@dataclass(frozen=True, slots=True)
class People:
    """Who works on policies."""

    writer: Staff
    checker: Staff
    other: Staff


@pytest.fixture
def people(db: None, held_clock: None) -> Iterator[People]:
    before = events.wiring()
    events.install(HANDLERS)
    home = cast.store()
    AuthorityLimit.objects.create(action="policy.publish", role="compliance", amount=0, since=date(2025, 1, 1))
    yield People(
        cast.person("gu", "顾言", home, "compliance", everywhere=True),
        cast.person("bai", "白露", home, "compliance", everywhere=True),
        cast.person("wu", "吴敏", home, "approver", everywhere=True),
    )
    events.install(before)
