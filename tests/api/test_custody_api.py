"""Custody over the interface: in, out by courier and received, and a count that answers for what it missed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse

from chedai.org.models import RoleGrant
from chedai.platform import clock
from tests.api.conftest import Caller
from tests.deals.custody import Vault, vault

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]


def said(answer: HttpResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content.decode()
    return json.loads(answer.content)


@pytest.fixture
def safe() -> Vault:
    return vault()


def test_a_key_travels_by_courier_and_two_who_move_it_conflict(safe: Vault, calling: Callable[..., Caller]) -> None:
    keeper, other = calling("cai", "finance"), calling("hu", "manager")
    made = said(keeper.post(f"/deals/{safe.deal.number}/custody", {"kind": "key", "shelf": "A-1"}), 201)["item"]
    at = f"/custody/{made['label']}"
    assert (made["holder"], made["seq"]) == ({"kind": "safe", "store": "A1", "staff": None, "party": ""}, 1)
    out = {"seen": 1, "to": "safe", "store": "B2", "company": "顺丰", "waybill": "SF1001"}
    sent = said(keeper.post(f"{at}/send", out))["item"]
    assert (sent["holder"]["kind"], sent["waybill"], sent["next"]["store"]) == ("courier", "SF1001", "B2")
    assert said(other.post(f"{at}/send", out), 409)["title"] == "moved-meanwhile"
    got = said(other.post(f"{at}/receive", {"seen": 2, "shelf": "C-9"}))
    assert (got["item"]["store"], got["item"]["shelf"], got["item"]["next"]) == ("B2", "C-9", None)
    assert [one["act"] for one in got["movements"]] == ["receive", "send", "enter"]
    lent = {
        "seen": 3,
        "to": "staff",
        "staff": keeper.staff.number,
        "back_by": str(clock.business_date() + timedelta(9)),
    }
    assert said(other.post(f"{at}/send", lent))["item"]["next"]["staff"] == keeper.staff.number
    assert said(other.post(f"{at}/recall", {"seen": 4}))["item"]["next"] is None
    assert said(other.post(f"{at}/send", {"seen": 5, "to": "courier"}), 422)["title"] == "to-nobody"
    assert [one["label"] for one in said(keeper.get("/custody?holder=safe"))["items"]] == [made["label"]]


def test_a_count_over_the_interface_lists_what_is_missing(safe: Vault, calling: Callable[..., Caller]) -> None:
    label = safe.enter()
    keeper, finance, other = calling("cai", "manager"), calling("fei", "finance"), calling("he", "compliance")
    with clock.frozen(clock.now() + timedelta(hours=1)):
        count = said(keeper.post("/custody-counts", {"store_id": safe.store.pk}), 201)
        at = f"/custody-counts/{count['id']}"
        assert said(keeper.post(f"{at}/ticks", {"label": "Z9-202601-0001-K1"}))["ticks"] == ["Z9-202601-0001-K1"]
        closed = said(keeper.post(f"{at}/close", {}))
    found = {(one["kind"], one["label"]): one["id"] for one in closed["findings"]}
    assert set(found) == {("missing", label), ("unexpected", "Z9-202601-0001-K1")}
    assert said(finance.get(f"/custody/{label}"))["item"]["missing"]
    answer = f"/custody-findings/{found['missing', label]}/result"
    assert said(keeper.post(answer, {"write_off": True, "reason": "遗失"}), 409)["title"] == "own-count"
    assert said(finance.post(answer, {"write_off": True, "reason": "遗失"}), 403)["title"] == "not-allowed"
    ended = said(other.post(answer, {"write_off": True, "reason": "遗失"}))
    assert {one["label"]: one["state"] for one in ended["findings"]}[label] == "written_off"
    assert said(finance.get(f"/custody/{label}"))["item"]["holder"]["kind"] == "gone"
    RoleGrant.objects.filter(staff=finance.staff).update(store=safe.other)
    assert said(finance.get(at), 403)["title"] == "not-allowed"
