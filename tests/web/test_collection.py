"""The collection desk: dial, result, on to the next case; what conduct forbids is refused at this door too."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from chedai.book.collection import evidence
from chedai.book.collection.codes import script_of
from chedai.book.collection.evidence import evidence_pack
from chedai.book.collection.models import (
    Agency,
    CollectionCase,
    Contact,
    FieldVisit,
    LegalClaim,
    PlanLine,
    PromiseToPay,
    VisitReport,
)
from chedai.book.collection.services.legal import claim_open
from chedai.book.collection.services.visits import Report, visit_cancel, visit_plan, visit_report
from chedai.book.collection.states import Whom
from chedai.deals.pipeline.services import deal_open
from chedai.deals.pipeline.states import Mode
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict
from chedai.platform.files.selectors import papers_of
from chedai.platform.files.services import paper_hand_in
from chedai.platform.messages.channels import Console
from chedai.platform.messages.models import Message
from chedai.platform.work import work
from tests.book.collection import book
from tests.book.collection.book import EVENING, INSTALMENT, MORNING, TODAY, Desk
from tests.browser.customers import PNG
from tests.cast import acting, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Iterator[Desk]:
    with clock.frozen(MORNING):
        yield book.desk()


def client_of(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff.user)
    return client


def of(desk: Desk, case: CollectionCase) -> CollectionCase:
    CollectionCase.objects.filter(pk=case.pk).update(collector=desk.collector)
    PlanLine.objects.filter(case=case).update(collector=desk.collector)
    return case


def test_a_morning_at_the_desk(desk: Desk) -> None:
    first = of(desk, book.planned(book.late_loan(desk, 1, days=40, bucket="M2", missed=2)))
    second = of(desk, book.planned(book.late_loan(desk, 2, days=20)))
    client = client_of(desk.collector)
    day = client.get("/").content.decode()
    assert "2 件催收" in day and "今日催收队列，已办 0 / 2 件" in day
    assert client.get("/collection/").headers["Location"] == f"/collection/cases/{first.pk}/"
    page = f"/collection/cases/{first.pk}/"
    assert "可以拨打本人" in client.get(page).content.decode()
    assert client.post(page, {"result": "paid"}).status_code == 422  # no call was begun
    number = book.own_number(first)
    client.post(f"{page}dial/", {"number": number.pk})
    shown = client.get(page).content.decode()
    assert "tel:13800130001" in shown and "6,073.52" in shown and script_of(first.script, Whom.DEBTOR).zh[:4] in shown
    wrong = client.post(page, {"result": "promise", "amount": "99999", "due_on": "2026-11-23"})
    assert wrong.status_code == 422 and "不超过应还 6,073.52 元" in wrong.content.decode()
    assert client.post(page, {}).status_code == 422
    done = client.post(page, {"result": "promise", "amount": "3,036.76", "due_on": "2026-11-23", "note": "周一发工资"})
    assert (done.status_code, done.headers["Location"]) == (302, "/collection/")
    promise = PromiseToPay.objects.get()
    assert (promise.amount, promise.due_on, promise.made_by) == (INSTALMENT, TODAY + timedelta(3), desk.collector)
    assert client.get("/collection/").headers["Location"] == f"/collection/cases/{second.pk}/"
    client.post(f"/collection/cases/{second.pk}/skip/")
    client.post(f"/collection/cases/{second.pk}/dial/", {"number": book.own_number(second).pk})
    client.post(f"/collection/cases/{second.pk}/", {"result": "no_answer"})
    assert "2 件都已处理" in client.get("/collection/").content.decode()


def test_the_light_is_red_in_the_evening_and_the_door_refuses(desk: Desk) -> None:
    case = of(desk, book.planned(book.late_loan(desk)))
    client = client_of(desk.collector)
    with clock.frozen(EVENING):
        shown = client.get(f"/collection/cases/{case.pk}/").content.decode()
        assert "现在不能拨打" in shown and "22:00–08:00 不得催收" in shown
        refused = client.post(f"/collection/cases/{case.pk}/dial/", {"number": book.own_number(case).pk})
        assert refused.status_code == 422
        assert client.post(f"/collection/cases/{case.pk}/remind/").status_code == 422
    assert (Contact.objects.count(), Message.objects.count()) == (0, 0)
    assert client.post(f"/collection/cases/{case.pk}/remind/").status_code == 302
    assert Message.objects.get().state == "waiting"


def test_a_collector_cannot_set_a_limit_aside(desk: Desk) -> None:
    case = of(desk, book.planned(book.late_loan(desk)))
    body = {"number": book.own_number(case).pk, "override": "着急"}
    assert client_of(desk.collector).post(f"/collection/cases/{case.pk}/dial/", body).status_code == 403
    assert client_of(desk.colleague).get(f"/collection/cases/{case.pk}/").status_code == 403
    assert client_of(desk.manager).post(f"/collection/cases/{case.pk}/dial/", body).status_code == 302


def test_every_other_act_of_a_case_has_its_form(desk: Desk) -> None:
    case = of(desk, book.planned(book.late_loan(desk, days=100, bucket="M4", missed=7)))
    client, page = client_of(desk.collector), f"/collection/cases/{case.pk}/do/"
    sent = {
        "number": {"whom": "guarantor", "name": "李先生", "phone": "13711112222", "source": "application",
                   "consent_source": "担保合同"},
        "hours": {"starts": "21:00", "ends": "23:00", "source": "录音 3"},
        "visit": {"lead": desk.collector.pk, "second": desk.colleague.pk, "planned_on": "2026-11-21"},
        "claim": {"amount": "20,000", "cost": "500", "note": "律师函已寄"},
        "interruption": {"kind": "acknowledgement", "on": "2026-11-20", "note": "微信确认欠款，已截图"},
    }  # fmt: skip
    for what, body in sent.items():
        assert client.get(f"{page}{what}/").status_code == 200, what
        assert client.post(f"{page}{what}/", body).status_code == 302, what
    body = {"to": "filed", "on": "2026-11-20", "deadline": "2026-12-01", "cost": "1,200", "note": "已交材料"}
    assert client.post(f"{page}stage/", {**body, "deadline": ""}).status_code == 422
    assert client.post(f"{page}stage/", body).status_code == 302
    claim = LegalClaim.objects.get()
    assert (claim.stage, claim.costs) == ("filed", 170_000)
    assert client.get(f"{page}nothing/").status_code == 404
    assert client.get("/collection/claims/").status_code == 200


def test_a_visit_is_called_off_for_a_reason_and_its_day_is_free_again(desk: Desk) -> None:
    case = of(desk, book.planned(book.late_loan(desk)))
    client, page = client_of(desk.collector), f"/collection/cases/{case.pk}/do/"
    two = {"lead": desk.collector.pk, "second": desk.colleague.pk, "planned_on": "2026-11-21"}
    assert client.post(f"{page}visit/", two).status_code == 302
    visit = FieldVisit.objects.get()
    assert "visit_off/" in client.get(f"/collection/cases/{case.pk}/").content.decode()
    assert client.post(f"{page}visit_off/", {"visit": visit.pk, "reason": " "}).status_code == 422
    assert client.post(f"{page}visit_off/", {"visit": 999, "reason": "改约"}).status_code == 422
    assert client.post(f"{page}visit_off/", {"visit": visit.pk, "reason": "客户改约"}).status_code == 302
    seen = client.get(f"/collection/cases/{case.pk}/").content.decode()
    assert "已取消" in seen and "visit_off/" not in seen
    assert AuditEntry.objects.latest("seq").action == "visit.cancelled"
    with pytest.raises(Conflict) as again:
        visit_cancel(visit_id=visit.pk, reason="再取消", actor=acting(desk.collector))
    assert again.value.code == "visit-over"
    assert client.post(f"{page}visit/", two).status_code == 302
    assert [one.state for one in FieldVisit.objects.order_by("pk")] == ["cancelled", "planned"]


def test_the_evidence_is_one_file_and_the_same_again(desk: Desk) -> None:
    case = of(desk, book.planned(book.late_loan(desk)))
    client = client_of(desk.collector)
    client.post(f"/collection/cases/{case.pk}/dial/", {"number": book.own_number(case).pk})
    client.post(f"/collection/cases/{case.pk}/", {"result": "no_answer"})
    packs = [client.post(f"/collection/cases/{case.pk}/evidence/").content for _ in range(2)]
    assert packs[0] == packs[1]
    with zipfile.ZipFile(io.BytesIO(packs[0])) as archive:
        assert archive.namelist() == ["联系记录.csv", "证据目录.pdf", "还款流水.csv"]
        assert "2026-11-20 10:00,电话,本人,无人接听,唐悦" in archive.read("联系记录.csv").decode("utf-8-sig")


def test_the_evidence_tells_the_visits_and_the_claim_and_holds_the_papers_of_the_deal(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    loan = book.late_loan(desk)
    case = of(desk, book.planned(loan))
    by = acting(desk.officer)
    deal = deal_open(
        customer_id=loan.customer_id,
        store_id=desk.store.pk,
        mode=Mode.OWN_BOOK,
        officer_id=desk.officer.pk,
        vehicle="启程 E5",
        actor=by,
    )
    type(loan).objects.filter(pk=loan.pk).update(deal=deal)
    with work():
        for purpose in ("payout_proof", "check:1"):
            paper_hand_in(subject=f"deal:{deal.pk}", purpose=purpose, name="a.png", content=PNG, actor=by)
    two = {"lead_id": desk.collector.pk, "second_id": desk.colleague.pk}
    visit = visit_plan(case_id=case.pk, planned_on=TODAY, actor=acting(desk.collector), **two)
    report = Report("1", MORNING, 30_274_000, 120_155_000, 18, "not_home", "敲门无人应答")
    visit_report(visit_id=visit.pk, report=report, actor=acting(desk.collector))
    claim_open(case_id=case.pk, amount=2_000_000, owner_id=desk.manager.pk, note="律师函已寄", actor=by, cost=50_000)
    seen: list[dict[str, Any]] = []

    def kept(_name: str, data: dict[str, Any]) -> bytes:
        seen.append(data)
        return b"%PDF"

    monkeypatch.setattr(evidence, "pdf", kept)
    with zipfile.ZipFile(io.BytesIO(evidence_pack(case_id=case.pk, actor=by)[1])) as archive:
        assert archive.namelist() == ["放款回单.png", "联系记录.csv", "证据目录.pdf", "还款流水.csv"]
    (index,) = seen
    assert index["visits"] == [
        {
            "at": "2026-11-20 10:00",
            "by": "唐悦、何平",
            "place": "±18 米",
            "result": "无人在家",
            "text": "敲门无人应答",
        }
    ]
    assert index["legal"] == [{"on": "2026-11-20", "stage": "律师函", "cost": 50_000, "note": "律师函已寄"}]
    assert {"on": "2026-11-20", "what": "书面催告", "state": "时效中断"} in index["promises"]


def test_a_visit_reported_offline_arrives_once(desk: Desk) -> None:
    case = of(desk, book.planned(book.late_loan(desk)))
    two = {"lead_id": desk.collector.pk, "second_id": desk.colleague.pk}
    visit = visit_plan(case_id=case.pk, planned_on=TODAY, actor=acting(desk.collector), **two)
    client = client_of(desk.colleague)
    assert "文三路 1 号" in client.get("/collection/visits/").content.decode()
    report = {
        "client_id": "8d1c", "visit": visit.pk, "visited_at": "2026-11-20T09:30:00+08:00", "latitude": 30.274,
        "longitude": 120.155, "accuracy": 18.4, "result": "not_home", "statement": "敲门无人应答，邻居称上班",
        "photos": [{"name": "门口.png", "data": base64.b64encode(PNG).decode()}],
    }  # fmt: skip
    for _ in range(3):
        answer = client.post("/collection/visits/sync/", json.dumps(report), content_type="application/json")
        assert answer.status_code == 200, answer.content
    own = client_of(desk.collector).post(
        "/collection/visits/sync/", json.dumps(report | {"client_id": "77aa"}), content_type="application/json"
    )
    assert own.status_code == 200
    assert sorted(VisitReport.objects.values_list("client_id", flat=True)) == ["77aa", "8d1c"]
    assert FieldVisit.objects.get().state == "done"
    assert Contact.objects.filter(channel="visit").count() == 1
    assert papers_of(f"visit:{visit.pk}").count() == 1  # the same photo twice is one
    stranger = client_of(person("wai", "外人", desk.store, "collector"))
    body = json.dumps(report | {"client_id": "x"})
    assert stranger.post("/collection/visits/sync/", body, content_type="application/json").status_code == 403
    for bad in ({"result": "fly"}, {"visited_at": "2026-11-21T09:00:00+08:00"}, {"accuracy": 200000}):
        body = json.dumps(report | {"client_id": "y"} | bad)
        assert client.post("/collection/visits/sync/", body, content_type="application/json").status_code == 422
    assert client.post("/collection/visits/sync/", b"{", content_type="application/json").status_code == 422


def test_a_visit_nobody_reported_stays_on_the_route_until_somebody_does(desk: Desk) -> None:
    case = of(desk, book.planned(book.late_loan(desk)))
    two = {"lead_id": desk.collector.pk, "second_id": desk.colleague.pk}
    visit = visit_plan(case_id=case.pk, planned_on=TODAY, actor=acting(desk.collector), **two)
    client = client_of(desk.colleague)
    with clock.frozen(MORNING + timedelta(2)):
        shown = client.get("/collection/visits/").content.decode()
        assert "文三路 1 号" in shown and "2026-11-20 未报告" in shown
        report = {
            "client_id": "late", "visit": visit.pk, "visited_at": "2026-11-20T17:30:00+08:00", "latitude": 30.274,
            "longitude": 120.155, "accuracy": 18.4, "result": "not_home", "statement": "敲门无人应答",
        }  # fmt: skip
        sent = client.post("/collection/visits/sync/", json.dumps(report), content_type="application/json")
        assert sent.status_code == 200
        assert "文三路" not in client.get("/collection/visits/").content.decode()


def test_a_manager_runs_agencies_assigns_and_reads_the_effects(desk: Desk) -> None:
    case = of(desk, book.planned(book.late_loan(desk, days=100, bucket="M4", missed=2)))
    client = client_of(desk.manager)
    agency = {"code": "W1", "name": "安信资产", "contract_from": "2026-01-01", "contract_until": "2026-12-31",
              "fee_rate": "15", "listed": "on"}  # fmt: skip
    assert client.post("/collection/agencies/new/", agency).status_code == 302
    pk = Agency.objects.get().pk
    manage = f"/collection/cases/{case.pk}/manage/"
    assert client.post(f"{manage}place/", {"agency": pk, "until": "2026-12-01"}).status_code == 422  # not reviewed
    points = {"conduct": "90", "recovery": "61", "complaints": "70", "conclusion": "合格"}
    assert client.post(f"/collection/agencies/{pk}/do/review/", points).status_code == 302
    assert client.post(f"{manage}place/", {"agency": pk, "until": "2026-12-01"}).status_code == 302
    line = f"{case.loan.number}，{book.own_number(case).pk}，2026-11-20 09:00，call_back，65"
    assert client.post(f"/collection/agencies/{pk}/do/log/", {"lines": f"{line}\nfalsch"}).status_code == 422
    assert Contact.objects.count() == 0
    assert client.post(f"/collection/agencies/{pk}/do/log/", {"lines": line}).status_code == 302
    assert (Contact.objects.get().agency_id, Contact.objects.get().effective) == (pk, True)
    assert client.post(f"{manage}assign/", {"collector": desk.colleague.pk, "reason": "休假"}).status_code == 302
    book.planned(book.late_loan(desk, 2, days=140, bucket="M5", missed=5))
    late = client.get("/collection/cases/?state=open&bucket=from-M4").content.decode()
    assert "2 件" in late and "M5" in late  # M4 以上 holds what is later than M4 as well
    for page in ("agencies/", f"agencies/{pk}/", "effects/", "promises/", "before/", "cars/", "cases/"):
        assert client.get(f"/collection/{page}").status_code == 200, page
    assert "M4 以上：委外" in client.get("/collection/effects/").content.decode()


def test_a_car_is_taken_by_two_and_sold(desk: Desk) -> None:
    case = of(desk, book.planned(book.late_loan(desk, days=100, bucket="M4", missed=2)))
    client, manage = client_of(desk.manager), f"/collection/cases/{case.pk}/manage/"
    took = {"lead": desk.collector.pk, "second": desk.colleague.pk, "taken_on": "2026-11-19", "place": "停车场",
            "condition": "完好", "valued": "60,000"}  # fmt: skip
    assert client.post(f"{manage}car/", took | {"second": desk.collector.pk}).status_code == 422
    assert client.post(f"{manage}car/", took).status_code == 302
    sold = {"sold_on": "2026-11-20", "buyer": "车商甲", "price": "58,000", "costs": "60,000"}
    assert client.post(f"{manage}sell/", sold).status_code == 422
    assert client.post(f"{manage}sell/", sold | {"costs": "2,000"}).status_code == 302
    assert case.recoveries.get().state == "sold"
    assert client_of(desk.finance).get("/collection/cars/").status_code == 200


def test_a_demonstration_shows_what_it_would_have_sent(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case = of(desk, book.planned(book.late_loan(desk)))
    manager = client_of(desk.manager)
    monkeypatch.setattr("chedai.web.messages.demo.channels", dict)
    assert manager.get("/messages/demo/").status_code == 404  # a house that sends for real has no such page
    demo = {"console": Console()}
    for room in ("chedai.web.messages.demo", "chedai.web.messages.views", "chedai.book.collection.services.reminding"):
        monkeypatch.setattr(f"{room}.channels", lambda: demo)
    client_of(desk.collector).post(f"/collection/cases/{case.pk}/remind/")
    assert "/messages/demo/" in manager.get("/messages/").content.decode()
    shown = manager.get("/messages/demo/").content.decode()
    assert "城东店 提醒：您的贷款 A1-202603-0001 已逾期 20 天，应还 3,036.76 元。" in shown
    assert client_of(desk.collector).get("/messages/demo/").status_code == 403
