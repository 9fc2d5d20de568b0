"""Deals, visits and leads over the interface: the same rules, the same refusals, once for each key."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.crm.reception.models import Lead, Visit
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.services import deal_open
from chedai.deals.pipeline.states import DealState, Mode
from tests import cast
from tests.api.conftest import Caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]

Calling = Callable[..., Caller]


def said(answer: HttpResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)


def deal_of(caller: Caller) -> Deal:
    who = caller.staff
    customer = customer_register(
        kind=CustomerKind.PERSON, name="王建国", store_id=who.home_id, owner_id=who.pk, actor=cast.acting(who)
    )
    return deal_open(
        customer_id=customer.pk,
        store_id=who.home_id,
        mode=Mode.OWN_BOOK,
        officer_id=who.pk,
        vehicle="海豚",
        actor=cast.acting(who),
    )


def test_a_deal_is_read_with_its_clocks_and_the_name_masked(calling: Calling) -> None:
    caller = calling("lin", "officer", everywhere=False)
    deal = deal_of(caller)
    found = said(caller.get(f"/deals/{deal.number}"))
    assert (found["deal"]["customer_name"], found["deal"]["stage"], found["deal"]["turn"]) == (
        "王**",
        "quote",
        "officer",
    )
    assert [(s["stage"], s["worked_minutes"]) for s in found["stages"]] == [("quote", 0)]
    assert [d["number"] for d in said(caller.get("/deals?stage=quote"))["items"]] == [deal.number]
    assert said(caller.get("/deals?stage=contract"))["items"] == []
    assert said(caller.get("/deals/bottlenecks"))[0]["waiting"] == 1


def test_a_deal_is_opened_for_a_customer_the_caller_may_see(calling: Calling) -> None:
    mine, other = calling("lin", "officer", everywhere=False), calling("zhou", "officer", everywhere=False)
    customer = said(mine.post("/customers", {"kind": "person", "name": "王芳", "phone": "13812342107"}), 201)["id"]
    wanted = {"customer": customer, "mode": "own_book", "vehicle": "启程 E5"}
    opened = said(mine.post("/deals", wanted), 201)["deal"]
    assert (opened["officer"], opened["stage"], opened["vehicle"]) == (mine.staff.number, "quote", "启程 E5")
    said(other.post("/deals", wanted), 403)
    said(mine.post("/deals", wanted | {"officer": other.staff.number}), 403)
    assert said(mine.post("/deals", wanted | {"officer": "N999"}), 422)["title"] == "no-such-staff"
    said(mine.post("/deals", wanted | {"customer": 999_999}), 404)
    assert Deal.objects.count() == 1


def test_a_deal_of_somebody_else_is_refused_and_stays_as_it_is(calling: Calling) -> None:
    deal, other = deal_of(calling("lin", "officer", everywhere=False)), calling("zhou", "officer", everywhere=False)
    said(other.get(f"/deals/{deal.number}"), 403)
    for path, body in (("losses", {"reason": "other"}), ("notes", {"text": "x"})):
        said(other.post(f"/deals/{deal.number}/{path}", body), 403)
    deal.refresh_from_db()
    assert (deal.state, deal.notes.count()) == (DealState.OPEN, 0)
    said(other.get("/deals/A1-202611-9999"), 404)


def test_a_deal_is_handed_over_noted_and_closed(calling: Calling) -> None:
    mine, boss = calling("lin", "officer", everywhere=False), calling("xu", "manager")
    deal = deal_of(mine)
    over = {"owner": boss.staff.number, "reason": "休假"}
    assert said(boss.post(f"/deals/{deal.number}/hand-overs", over))["deal"]["owner"] == boss.staff.number
    said(boss.post(f"/deals/{deal.number}/hand-overs", {"owner": "N999", "reason": "休假"}), 422)
    said(mine.post(f"/deals/{deal.number}/notes", {"text": "周五来"}), 201)
    assert said(mine.post(f"/deals/{deal.number}/losses", {"reason": "paid_cash"}))["deal"]["state"] == "lost"
    said(mine.post(f"/deals/{deal.number}/losses", {"reason": "paid_cash"}), 409)


VISIT = {"name": "王女士", "phone": "13808002107", "purpose": "look", "next_contact_on": "2026-11-22"}


def test_a_visit_with_one_key_is_one_visit(calling: Calling) -> None:
    caller = calling("lin", "officer", everywhere=False)
    first = said(caller.post("/visits", VISIT, key="visit-0001"), 201)
    assert said(caller.post("/visits", VISIT, key="visit-0001"), 201) == first
    assert (Visit.objects.count(), Lead.objects.count(), first["ticket"]) == (1, 1, 1)
    assert said(caller.post(f"/visits/{first['id']}/services", {}))["state"] == "served"
    said(caller.post(f"/visits/{first['id']}/services", {}), 409)
    assert said(caller.post(f"/visits/{first['id']}/departures", {}))["state"] == "left"
    assert len(said(caller.get("/visits"))["items"]) == 1


def test_a_visit_that_is_wrong_names_its_fields_and_is_not_kept(calling: Calling) -> None:
    caller = calling("lin", "officer", everywhere=False)
    wrong = said(caller.post("/visits", {**VISIT, "phone": "12", "next_contact_on": None}), 422)
    assert {one["field"] for one in wrong["errors"]} == {"phone", "next_contact_on"}
    assert Visit.objects.count() == 0


def test_leads_are_registered_taken_contacted_and_lost(calling: Calling) -> None:
    lin, zhou = calling("lin", "officer", everywhere=False), calling("zhou", "officer", everywhere=False)
    asked = {"name": "赵", "phone": "13800000001", "source": "online", "cost": 12000, "pool": True}
    pooled = said(lin.post("/leads", asked), 201)
    assert (pooled["state"], pooled["owner"], pooled["phone"]) == ("pool", None, "138****0001")
    said(zhou.post("/leads", asked), 409)
    taken = said(zhou.post(f"/leads/{pooled['id']}/takings", {"next_contact_on": "2026-11-22"}))
    assert (taken["state"], taken["owner"]) == ("open", zhou.staff.number)
    said(lin.post(f"/leads/{pooled['id']}/takings", {"next_contact_on": "2026-11-22"}), 409)
    said(lin.get(f"/leads/{pooled['id']}"), 403)
    contact = {"channel": "call", "outcome": "reached"}
    said(zhou.post(f"/leads/{pooled['id']}/contacts", contact), 422)
    after = said(zhou.post(f"/leads/{pooled['id']}/contacts", {**contact, "next_contact_on": "2026-11-25"}), 201)
    assert after["next_contact_on"] == "2026-11-25"
    assert said(zhou.post(f"/leads/{pooled['id']}/losses", {"reason": "no_interest"}))["state"] == "lost"
    assert [one["state"] for one in said(zhou.get("/leads?state=lost"))["items"]] == ["lost"]


def test_needs_keep_their_versions(calling: Calling) -> None:
    caller = calling("lin", "officer", everywhere=False)
    address = f"/customers/{deal_of(caller).customer_id}/needs"
    assert said(caller.post(address, {"budget": 15_000_000}), 201)["version"] == 1
    said(caller.post(address, {"budget": 18_000_000}), 422)
    said(caller.post(address, {"budget": 18_000_000, "reason": "补贴到账"}), 201)
    assert [one["version"] for one in said(caller.get(address))] == [2, 1]
