"""The door of the interface: who gets in, what is said to who does not, and what counts once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from chedai.org.services import authority_set
from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.approvals.models import Approval, ApprovalDecision
from chedai.platform.approvals.services import approval_request
from chedai.platform.audit.models import AuditEntry
from chedai.platform.jobs.models import Job
from chedai.platform.jobs.services import job_ask
from chedai.platform.webhooks.models import Endpoint
from tests import cast
from tests.api.conftest import Caller, body
from tests.conftest import MOMENT
from tests.support.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock")]

Calling = Callable[..., Caller]


def test_a_caller_learns_who_it_is(calling: Calling) -> None:
    answer = calling("lin", "officer", scopes=("home.read", "file.read")).get("/me")
    assert (answer.status_code, body(answer)["roles"], body(answer)["scopes"]) == (
        200,
        ["officer"],
        ["file.read", "home.read"],
    )
    assert body(answer)["business_date"] == "2026-11-20"


@pytest.mark.parametrize("header", [None, "Bearer cd_00000000_nothing", "Basic bGluOng=", "Bearer "])
def test_without_a_token_in_force_nobody_gets_in(header: str | None) -> None:
    answer = Client(headers={"Authorization": header} if header else {}).get("/api/v1/me")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"] == "Bearer"
    assert body(answer)["detail_zh"] == "请提供有效的密钥"


def test_a_problem_is_said_in_both_languages_with_a_stable_type(calling: Calling) -> None:
    answer = calling("lin", "officer").get("/audit/entries")
    assert body(answer) == {
        "type": "urn:chedai:problem:not-allowed",
        "title": "not-allowed",
        "status": 403,
        "detail_zh": "没有权限：查看审计日志",
        "detail_en": "not allowed to read the audit log",
        "errors": [
            {
                "code": "not-allowed",
                "field": None,
                "zh": "没有权限：查看审计日志",
                "en": "not allowed to read the audit log",
            }
        ],
    }


def test_a_token_reaches_no_further_than_its_scopes(calling: Calling) -> None:
    caller = calling("zhou", "compliance", scopes=("home.read",))
    answer = caller.get("/audit/entries")
    assert (answer.status_code, body(answer)["title"]) == (403, "scope-missing")


def test_a_change_needs_a_key(calling: Calling) -> None:
    caller = calling("admin", "admin")
    for key in ("", "short", "with space in it", "长" * 10):
        answer = caller.post("/webhooks", {"url": "https://a/b", "events": ["x"]}, key=key)
        assert (answer.status_code, body(answer)["title"]) == (400, "key-missing")
    assert not Endpoint.objects.exists()


def test_the_same_key_gets_the_same_answer_even_with_a_secret_in_it(calling: Calling) -> None:
    caller, webhook = calling("admin", "admin"), {"url": "https://bank.example/hook", "events": ["approval.closed"]}
    first, second = (caller.post("/webhooks", webhook, key="webhook-1") for _ in range(2))
    assert (first.status_code, first.content) == (201, second.content)
    assert ("Idempotent-Replayed" in first, second["Idempotent-Replayed"]) == (False, "true")
    assert Endpoint.objects.count() == 1
    other = caller.post("/webhooks", {**webhook, "url": "https://other.example/"}, key="webhook-1")
    assert (other.status_code, body(other)["title"]) == (422, "key-reused")


def test_sixteen_clients_with_one_key_get_one_effect_and_one_answer(calling: Calling) -> None:
    caller, webhook = calling("admin", "admin"), {"url": "https://bank.example/hook", "events": ["approval.closed"]}
    answers = race(lambda number: caller.post("/webhooks", webhook, key="webhook-1"), 16)
    contents = {(a.status_code, a.content) for a in answers if not isinstance(a, Exception)}
    assert len(contents) == 1
    assert contents.pop()[0] == 201
    assert Endpoint.objects.count() == AuditEntry.objects.filter(action="webhook.added").count() == 1


def asked(maker: Caller) -> Approval:
    return approval_request(
        action="payout.release",
        subject="payout:5",
        document={"payee": "城东店", "amount": 1},
        steps=("finance",),
        actor=cast.acting(maker.staff),
        amount=100,
        unit=maker.staff.home_id,
    )


@pytest.fixture
def limits(held_clock: object) -> None:
    authority_set(action="payout.release", role="finance", amount=10_000, deviation=0, actor=system("test"))


@pytest.mark.usefixtures("limits")
def test_a_decision_counts_on_the_version_that_was_read(calling: Calling) -> None:
    maker, checker = calling("lin", "officer"), calling("qian", "finance")
    approval = asked(maker)
    path = f"/approvals/{approval.pk}"
    read = checker.get(path)
    decision = {"verdict": "approve", "digest": body(read)["digest"]}
    assert body(read)["content"] == {"payee": "城东店", "amount": 1}
    assert checker.get(path, **{"If-None-Match": read["ETag"]}).status_code == 304
    missing = checker.post(f"{path}/decisions", decision)
    assert (missing.status_code, body(missing)["title"]) == (428, "version-missing")
    stale = checker.post(f"{path}/decisions", decision, **{"If-Match": '"old"'})
    assert (stale.status_code, body(stale)["title"]) == (412, "version-changed")
    assert not ApprovalDecision.objects.exists()
    done = checker.post(f"{path}/decisions", decision, **{"If-Match": read["ETag"]})
    assert (done.status_code, body(done)["state"]) == (201, "approved")
    assert ApprovalDecision.objects.get().decided_by_id == checker.staff.user_id


@pytest.mark.usefixtures("limits")
def test_who_asked_does_not_decide_by_another_door(calling: Calling) -> None:
    maker = calling("qian", "finance")
    approval = asked(maker)
    read = maker.get(f"/approvals/{approval.pk}")
    decision = {"verdict": "approve", "digest": body(read)["digest"]}
    answer = maker.post(f"/approvals/{approval.pk}/decisions", decision, **{"If-Match": read["ETag"]})
    assert (answer.status_code, body(answer)["title"]) == (403, "maker-is-checker")
    assert not ApprovalDecision.objects.exists()


def test_only_the_approvals_of_ones_reach_are_seen(calling: Calling) -> None:
    lin, wu = calling("lin", "officer", everywhere=False), calling("wu", "officer", everywhere=False)
    mine = asked(lin)
    assert [a["id"] for a in body(lin.get("/approvals"))["items"]] == [mine.pk]
    assert body(wu.get("/approvals"))["items"] == []
    assert wu.get(f"/approvals/{mine.pk}").status_code == 403
    assert lin.get("/approvals/999999").status_code == 404


def test_pages_follow_each_other_without_gap_or_double(calling: Calling) -> None:
    caller = calling("admin", "admin")
    for number in range(7):
        job_ask(kind="x", payload={}, actor=system("test"), key=f"k{number}")
    seen: list[int] = []
    cursor = ""
    while True:
        found = body(caller.get(f"/jobs?limit=3{cursor}"))
        seen += [job["id"] for job in found["items"]]
        if found["next"] is None:
            break
        cursor = f"&cursor={found['next']}"
    assert seen == sorted(Job.objects.values_list("pk", flat=True), reverse=True)


@pytest.mark.parametrize("query", ["cursor=zzz", "cursor=é", "limit=0", "limit=201", "cursor=bi0x"])
def test_a_cursor_or_limit_that_is_none_is_refused(calling: Calling, query: str) -> None:
    answer = calling("admin", "admin").get(f"/jobs?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")


def test_what_does_not_fit_the_schema_is_named_without_what_was_sent(calling: Calling) -> None:
    answer = calling("admin", "admin").post("/webhooks", {"url": 13800138000, "events": []})
    assert answer.status_code == 422
    assert sorted(error["field"] for error in body(answer)["errors"]) == ["webhook.events", "webhook.url"]
    assert b"13800138000" not in answer.content


def test_a_caller_that_calls_too_often_is_told_when_to_come_back(calling: Calling, settings: Any) -> None:
    settings.API_CALLS_A_MINUTE = 2
    caller = calling("lin", "officer")
    assert [caller.get("/me").status_code for _ in range(3)] == [200, 200, 429]
    assert caller.get("/me")["Retry-After"] == "60"
    with clock.frozen(MOMENT + timedelta(minutes=1)):
        assert caller.get("/me").status_code == 200


def test_a_fault_of_ours_says_nothing_of_what_it_choked_on(calling: Calling, monkeypatch: pytest.MonkeyPatch) -> None:
    def choke(*arguments: object) -> None:
        raise RuntimeError("王小明 13800138000")

    caller = calling("zhou", "compliance")
    monkeypatch.setattr("chedai.api.v1.audit.services.log_verify", choke)
    answer = caller.get("/audit/verification")
    assert (answer.status_code, body(answer)["title"]) == (500, "fault")
    assert b"13800138000" not in answer.content


def test_the_audit_log_is_read_and_verified_by_who_may(calling: Calling) -> None:
    caller = calling("zhou", "compliance")
    entries = body(caller.get("/audit/entries?limit=1"))
    assert entries["items"][0]["seq"] == AuditEntry.objects.count()
    report = body(caller.get("/audit/verification"))
    assert (report["sound"], report["findings"]) == (True, [])


def test_a_webhook_is_changed_on_the_version_that_was_read(calling: Calling) -> None:
    caller = calling("admin", "admin")
    made = body(caller.post("/webhooks", {"url": "https://a.example/b", "events": ["x"]}))
    path, change = f"/webhooks/{made['id']}", {"is_active": False, "events": ["y"]}
    tag = caller.get(path)["ETag"]
    assert caller.post(path, change, method="put").status_code == 428
    assert body(caller.post(path, change, method="put", **{"If-Match": tag}))["events"] == ["y"]
    assert caller.post(path, change, method="put", **{"If-Match": tag}).status_code == 412
    assert body(caller.get(f"{path}/deliveries"))["items"] == []


def test_a_dead_job_is_retried_by_who_runs_the_system(calling: Calling) -> None:
    caller, job = calling("admin", "admin"), job_ask(kind="x", payload={}, actor=system("test"))
    answer = caller.post(f"/jobs/{job.pk}/retries", {})
    assert (answer.status_code, body(answer)["title"]) == (409, "job-not-dead")
    Job.objects.update(state="dead")
    assert body(caller.post(f"/jobs/{job.pk}/retries", {}))["state"] == "waiting"


def test_staff_are_listed_within_reach(calling: Calling) -> None:
    manager = calling("xu", "manager", everywhere=False)
    cast.person("far", "远方", cast.store("B1", "城西店"), "officer")
    assert [staff["home"] for staff in body(manager.get("/staff"))["items"]] == ["A1"]
