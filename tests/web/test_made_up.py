"""Addresses and forms that somebody made up: a list, a refusal, never a fault."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from chedai.org.models import Staff
from chedai.web.nav import NAV
from tests.house import House, chief

Browse = Callable[[Staff], Client]

NASTY = [
    "\0",
    "²",
    "٣",
    "9" * 30,
    "-1",
    "' OR 1=1 --",
    "<script>",
    "%",
    "𠮷" * 200,
    "2026-02-30",
    "9999-12-31",
    "0001-01-01",
]
WORST = ["\0", "9" * 30]
KEYS = [
    "q",
    "page",
    "sort",
    "group",
    "state",
    "kind",
    "store",
    "role",
    "action",
    "category",
    "asked_from",
    "at_to",
    "view",
]


@pytest.mark.parametrize("name", [entry.name for group in NAV for entry in group.entries])
def test_an_address_somebody_made_up_is_answered(house: House, browse: Browse, name: str) -> None:
    """The two worst for each key alone; then every value for every key, several in one address."""
    asked = [{key: value} for key in KEYS for value in WORST]
    asked += [{key: NASTY[(at + turn) % len(NASTY)] for at, key in enumerate(KEYS)} for turn in range(len(NASTY))]
    client = browse(chief(house))
    wrong = [made_up for made_up in asked if client.get(reverse(name), made_up).status_code >= 500]
    assert wrong == []


@pytest.mark.parametrize("value", NASTY)
def test_what_is_posted_to_a_list_is_answered(house: House, browse: Browse, value: str) -> None:
    client = browse(chief(house))
    for data in (
        {"act": value},
        {"act": "view", "name": value},
        {"act": "forget", "view": value},
        {"act": "columns", "column": value},
        {"act": "bulk:retry", "pick": value},
    ):
        assert client.post("/jobs/", data).status_code < 500, data


@pytest.mark.parametrize(
    "path",
    [
        f"/approvals/{'9' * 30}/",
        f"/audit/{'9' * 30}/",
        f"/jobs/{'9' * 30}/retry/",
        f"/drafts/{'k' * 200}/",
        "/shell/find/",
    ],
)
def test_numbers_beyond_all_rows_and_names_beyond_all_forms_are_refused(
    house: House, browse: Browse, path: str
) -> None:
    client = browse(chief(house))
    send = client.post if "retry" in path or "drafts" in path or "find" in path else client.get
    assert send(path, {"q": "\0"}).status_code in (200, 404, 422)


@pytest.mark.parametrize("number", ["²" * 18, "１１０１０１１９９００３０７００１１", "11010119900307001\0"])
def test_strange_digits_are_no_fault(house: House, browse: Browse, number: str) -> None:
    answer = browse(house.officer).post("/style/", {"number": number, "name": "\0", "price": "²", "form_key": "²"})
    assert answer.status_code == 422
