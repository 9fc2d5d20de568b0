"""Collection over the interface: the limits of conduct are the same at this door, and a token calls as its account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from chedai.book.collection.models import CollectionCase, Contact
from chedai.book.collection.services.outside import agency_open, agency_review, case_place
from chedai.platform import clock
from tests import cast
from tests.api.conftest import Caller, body
from tests.book.collection import book
from tests.book.collection.book import EVENING, MORNING

pytestmark = pytest.mark.django_db
Calling = Callable[..., Caller]


def codes(answer: object) -> list[str]:
    return [error["code"] for error in body(answer)["errors"]]  # type: ignore[arg-type]


def test_calls_over_the_interface_keep_every_limit(calling: Calling) -> None:
    with clock.frozen(MORNING):
        desk = book.desk()
        case = book.planned(book.late_loan(desk))
        caller = calling("tina", "collector")
        CollectionCase.objects.update(collector=caller.staff)
        listed = body(caller.get("/collection/cases"))["items"]
        assert [(one["loan"], one["overdue"], one["customer_name"]) for one in listed] == [
            ("A1-202603-0001", 303_676, "陈**")
        ]
        path = f"/collection/cases/{case.pk}"
        number = body(caller.get(path))["numbers"][0]
        assert (number["phone"], number["blocks"]) == ("138****0001", [])
        call = {"number_id": number["id"]}
        for _ in range(3):
            begun = caller.post(f"{path}/calls", call)
            assert begun.status_code == 201
            again = caller.post(f"{path}/calls", call)
            assert (again.status_code, codes(again)) == (422, ["conduct-open-call"])
            said = caller.post(f"/collection/contacts/{body(begun)['id']}/result", {"result": "call_back"})
            assert (said.status_code, body(said)["effective"]) == (200, True)
        refused = caller.post(f"{path}/calls", call)
        assert (refused.status_code, codes(refused)) == (422, ["conduct-effective-calls"])
        shown = body(caller.get(path))["numbers"][0]
        assert [one["rule"] for one in shown["blocks"]] == ["effective_calls"]
        assert caller.post(f"{path}/calls", {**call, "override": "急"}).status_code == 403
    with clock.frozen(EVENING):
        assert "conduct-quiet-hours" in codes(caller.post(f"{path}/calls", call))
    assert Contact.objects.count() == 3
    assert {one.by for one in Contact.objects.select_related("by")} == {caller.staff.user}


def test_one_key_is_one_call(calling: Calling) -> None:
    with clock.frozen(MORNING):
        desk = book.desk()
        case = book.planned(book.late_loan(desk))
        caller = calling("tina", "manager")
        call = {"number_id": book.own_number(case).pk}
        for _ in range(2):
            assert caller.post(f"/collection/cases/{case.pk}/calls", call, key="dial-0001").status_code == 201
    assert Contact.objects.count() == 1


def test_the_log_of_an_agency_counts_with_our_own_calls(calling: Calling) -> None:
    with clock.frozen(MORNING):
        desk = book.desk()
        case = book.planned(book.late_loan(desk))
        actor = cast.acting(desk.manager)
        facts = {"code": "W1", "name": "安信", "fee_rate": 15_000_000, "listed": True}
        until = date(2026, 12, 31)
        agency = agency_open(contract_from=date(2026, 1, 1), contract_until=until, actor=actor, **facts)  # type: ignore[arg-type]
        points = {"conduct_points": 80, "recovery": 80, "complaints": 80}
        agency_review(agency_id=agency.pk, conclusion="合格", actor=actor, **points)
        case_place(case_id=case.pk, agency_id=agency.pk, until=until, actor=actor)
        caller = calling("tina", "manager")
        row = {"loan": case.loan.number, "number_id": book.own_number(case).pk, "result": "call_back", "seconds": 40}
        log = {"contacts": [{**row, "at": f"2026-11-20T01:{at}:00Z", "key": at} for at in ("10", "20", "30")]}
        path = f"/collection/agencies/{agency.pk}/contacts"
        assert body(caller.post(path, log)) == {"taken": 3, "known": 0, "breaches": 0}
        assert body(caller.post(path, log)) == {"taken": 0, "known": 3, "breaches": 0}
        own = caller.post(f"/collection/cases/{case.pk}/calls", {"number_id": row["number_id"]})
        assert (own.status_code, codes(own)) == (422, ["conduct-effective-calls"])
        late = {**row, "at": "2026-11-19T14:30:00Z", "key": "night"}
        assert body(caller.post(path, {"contacts": [late]}))["breaches"] == 1
        wrong = {**row, "loan": "nobody", "at": "2026-11-20T01:40:00Z", "key": "x"}
        assert codes(caller.post(path, {"contacts": [wrong]})) == ["log-loan"]
