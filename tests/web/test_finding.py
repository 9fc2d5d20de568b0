"""Ctrl K finds customers, deals and cars, and nothing somebody may not see."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from chedai.crm.customers.services import customer_change
from chedai.org.models import Staff
from tests import cast
from tests.house import House
from tests.web.test_deals import opened

Browse = Callable[[Staff], Client]


def find(client: Client, typed: str) -> str:
    answer = client.post("/shell/find/", {"q": typed})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("typed", ["wjg", "wangjian", "建国", "2107", "A1-202611-0001", "海豚"])
def test_a_deal_is_found_as_people_ask(house: House, browse: Browse, typed: str) -> None:
    deal = opened(house)
    customer_change(customer_id=deal.customer_id, phone="13808002107", reason="补录", actor=cast.acting(house.officer))
    said = find(browse(house.officer), typed)
    assert f"/deals/{deal.number}/" in said
    assert "王建国" not in said
    assert "13808002107" not in said


def test_nobody_finds_what_they_may_not_see(house: House, browse: Browse) -> None:
    opened(house)
    for person in (house.colleague, house.nobody, house.admin):
        if person is house.nobody:
            assert browse(person).post("/shell/find/", {"q": "wjg"}).status_code == 403
        else:
            assert "A1-202611-0001" not in find(browse(person), "wjg")


def test_screens_are_found_as_before(house: House, browse: Browse) -> None:
    assert "/approvals/" in find(browse(house.manager), "审批")
    assert "没有找到" in find(browse(house.manager), "zzzz")
    assert browse(house.manager).get("/shell/find/?q=x").status_code == 405
