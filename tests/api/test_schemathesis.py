"""Whatever the document allows, and much it does not, is answered without a fault of ours."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode

from chedai.config.wsgi import application
from chedai.org import stages
from tests.api.conftest import Caller
from tests.security.holdings import House

pytestmark = [pytest.mark.django_db(transaction=True)]

CALLS = int(os.environ.get("CHEDAI_FUZZ_CALLS", "1500"))
"""How many calls, with what the document allows and what it does not together; `CHEDAI_FUZZ_CALLS=10000` makes more."""

ROLES = ("compliance", "finance", "manager", "approver", "officer")


@pytest.fixture
def house() -> Iterator[House]:
    """Something behind every address, so that calls come further than that there is none."""
    before = stages.stages()
    made = House()
    made.furnish()
    yield made
    stages.install(before)


# What the document does not allow is refused before a database hears of it.
@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, pytest.param(GenerationMode.NEGATIVE, marks=pytest.mark.one_database)]
)
def test_no_call_ends_in_a_fault_of_ours(
    mode: GenerationMode, house: House, calling: Callable[..., Caller], settings: Any
) -> None:
    settings.API_CALLS_A_MINUTE = 10**9
    callers = [calling("all", *ROLES), calling("admin", "admin")]
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    operations = [found.ok() for found in schema.get_all_operations()]
    counted: Counter[int] = Counter()
    faults: list[str] = []
    for operation in operations:
        there = house.everything(f"{operation.method} {operation.path.removeprefix('/api/v1')}", callers[0].staff)[0]
        faults += fuzz(operation, mode, callers, CALLS // len(operations) // 2 + 1, counted, there)
    assert faults == []
    assert sum(counted.values()) >= CALLS // 2 * 0.9
    assert counted[200] > 0


def fuzz(
    operation: Any,
    mode: GenerationMode,
    callers: list[Caller],
    examples: int,
    counted: Counter[int],
    there: dict[str, Any],
) -> list[str]:
    """Call one operation with what the document allows (or does not), two of three calls on a record that is there.

    The calls that ended in a fault, to be made again by hand.
    """
    faults: list[str] = []

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        caller = callers[sum(counted.values()) % len(callers)]
        if sum(counted.values()) % 3 and case.path_parameters:
            case.path_parameters |= {name: value for name, value in there.items() if name in case.path_parameters}
        headers = {"Authorization": f"Bearer {caller.secret}", "Idempotency-Key": f"fuzz-key-{sum(counted.values())}"}
        answer = case.call(headers=headers)
        counted[answer.status_code] += 1
        if answer.status_code >= 500:
            faults.append(case.as_curl_command())

    call()
    return faults
