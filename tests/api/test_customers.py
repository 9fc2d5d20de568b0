"""Customers over the interface: masked, registered once, corrected on the version read, merged, revealed on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chedai.crm.customers.models import Customer, Former
from chedai.platform.audit.models import AuditEntry
from chedai.platform.calls.models import KeyedCall
from chedai.platform.files.services import paper_hand_in
from chedai.platform.privacy.models import Consent
from tests import cast
from tests.api.conftest import Caller, body
from tests.browser.customers import LI, PHONE, PNG, WANG

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]

Calling = Callable[..., Caller]


@pytest.fixture
def officer(calling: Calling) -> Caller:
    return calling("lin", "officer", everywhere=False)


def register(caller: Caller, key: str | None = None, **changed: Any) -> Any:
    given = {"kind": "person", "name": "王建国", "id_number": WANG, "phone": PHONE, "trade": "freight", "store": "A1"}
    return caller.post("/customers", given | changed, key=key)


def seen(caller: Caller, number: int) -> tuple[Any, dict[str, str]]:
    answer = caller.get(f"/customers/{number}")
    return body(answer), {"If-Match": answer["ETag"]}


def test_a_customer_is_registered_once_for_one_key_and_answered_masked(officer: Caller) -> None:
    first, again = register(officer, key="register-wang-1"), register(officer, key="register-wang-1")
    assert (first.status_code, again["Idempotent-Replayed"], Customer.objects.count()) == (201, "true", 1)
    told = body(first)
    assert body(again) == told
    assert {name: told[name] for name in ("name", "id_number", "phone", "address", "trade", "store", "owner")} == {
        "name": "王**",
        "id_number": "110***********0011",
        "phone": "138****8000",
        "address": None,
        "trade": "freight",
        "store": "A1",
        "owner": officer.staff.number,
    }
    assert body(officer.get("/customers"))["items"][0]["phone"] == "138****8000"
    assert PHONE not in KeyedCall.objects.get().answer.in_full()


def test_an_identity_on_file_is_a_conflict_and_a_wrong_one_is_named(officer: Caller) -> None:
    register(officer)
    again = register(officer)
    assert (again.status_code, body(again)["errors"][0]["field"]) == (409, "id_number")
    wrong = register(officer, id_number="110101199003070012", phone="1")
    assert (wrong.status_code, [e["field"] for e in body(wrong)["errors"]]) == (422, ["id_number", "phone"])
    elsewhere = register(officer, id_number=LI, store="Z9")
    assert (elsewhere.status_code, Customer.objects.count()) == (404, 1)


def test_who_is_known_is_told_across_stores_as_far_as_the_rights_go(officer: Caller, calling: Calling) -> None:
    number = body(register(officer))["id"]
    other = calling("zhou", "officer", everywhere=False)
    told = body(other.post("/customers/known", {"phone": "+86 138 0013 8000"}))
    assert told == [{"id": None, "name": "王**", "store": "A1", "owner": officer.staff.number}]
    assert body(officer.post("/customers/known", {"id_number": WANG}))[0]["id"] == number
    assert other.get(f"/customers/{number}").status_code == 404
    assert body(other.get("/customers"))["items"] == []


def test_a_correction_needs_the_version_that_was_read(officer: Caller) -> None:
    number = body(register(officer))["id"]
    address, given = f"/customers/{number}", {"reason": "换号", "phone": "13900139001", "trade": None}
    told, version = seen(officer, number)
    assert officer.post(address, given, method="patch").status_code == 428
    changed = officer.post(address, given, method="patch", **version)
    assert (changed.status_code, body(changed)["phone"], body(changed)["trade"]) == (200, "139****9001", "")
    assert body(changed)["id_number"] == told["id_number"]
    assert officer.post(address, given, method="patch", **version).status_code == 412
    former = Former.objects.get()
    assert (former.reason.in_full(), former.fields, str(former.phone)) == ("换号", "phone", "138****8000")
    _, version = seen(officer, number)
    taken = officer.post(address, {"reason": "停机", "phone": ""}, method="patch", **version)
    assert body(taken)["phone"] is None


def test_two_records_are_merged_by_who_may(officer: Caller, calling: Calling) -> None:
    keep = body(register(officer))["id"]
    gone = body(register(officer, id_number="", phone="13900139001"))["id"]
    _, version = seen(officer, keep)
    given = {"gone": gone, "reason": "重复建档"}
    assert officer.post(f"/customers/{keep}/merges", given, **version).status_code == 403
    manager = calling("xu", "manager", everywhere=False)
    answer = manager.post(f"/customers/{keep}/merges", given, **version)
    assert (answer.status_code, Customer.objects.get(pk=gone).merged_into_id) == (200, keep)
    assert manager.get(f"/customers/{gone}").status_code == 404


def test_a_consent_needs_a_proof_of_this_customer_and_is_withdrawn(officer: Caller) -> None:
    number = body(register(officer))["id"]
    address, given = f"/customers/{number}/consents", {"purpose": "credit_bureau", "wording": "ZX-2026-10"}
    assert officer.post(address, given).status_code == 422
    stranger = paper_hand_in(
        subject="customer:999", purpose="consent", name="x.png", content=PNG, actor=cast.acting(officer.staff)
    )
    assert officer.post(address, given | {"paper": stranger.pk}).status_code == 422
    assert officer.post(address, given | {"filed": f"A-{PHONE}"}).status_code == 422
    assert officer.post(address, given | {"purpose": "resale", "filed": "A-1"}).status_code == 422
    assert not Consent.objects.exists()
    made = officer.post(address, given | {"filed": "A-2026-031"})
    assert (made.status_code, body(made)["evidence"]) == (201, "filed:A-2026-031")
    (gone,) = body(officer.post(f"{address}/credit_bureau/withdrawal", {}))
    assert gone["withdrawn_at"] is not None
    assert body(officer.get(address)) == [gone]
    assert officer.post(f"{address}/credit_bureau/withdrawal", {}).status_code == 404


def test_a_value_in_full_is_told_for_a_reason_on_record_and_kept_nowhere(officer: Caller, calling: Calling) -> None:
    number = body(register(officer))["id"]
    given, address = {"field": "phone", "reason": "联系客户"}, f"/customers/{number}/reveals"
    answer = officer.post(address, given)
    assert (body(answer), answer["Cache-Control"]) == ({"field": "phone", "value": PHONE}, "no-store")
    entry = AuditEntry.objects.get(action="personal.revealed")
    assert entry.subject == f"customer:{number}" and PHONE not in bytes(entry.body).decode()
    assert not [call for call in KeyedCall.objects.all() if PHONE in call.answer.in_full()]
    for wrong in ({"reason": "看看"}, {"reason": ""}, {"reason": f"打 {PHONE}"}, {"field": "store"}):
        assert officer.post(address, given | wrong).status_code == 422
    assert officer.post(address, given | {"field": "address"}).status_code == 404
    manager = calling("xu", "manager", everywhere=False)
    assert manager.post(address, given).status_code == 403
    assert AuditEntry.objects.filter(action="personal.revealed").count() == 1
