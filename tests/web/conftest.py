"""The house, and a browser without a screen for each of its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.test import Client

from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.approvals.models import Approval
from tests.conftest import MOMENT
from tests.house import House, approval, build


@pytest.fixture
def house(db: None) -> Iterator[House]:
    with clock.frozen(MOMENT):
        yield build()


@pytest.fixture
def browse() -> Callable[[Staff], Client]:
    """A client with this person signed in."""

    def open_for(staff: Staff) -> Client:
        client = Client()
        client.force_login(staff.user)
        return client

    return open_for


@pytest.fixture
def ask(house: House) -> Callable[..., Approval]:
    """The officer asks for an approval."""
    return partial(approval, house)
