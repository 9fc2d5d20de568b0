"""The first screens: approvals decided one after another, the log read and read over, jobs taken up again."""

from __future__ import annotations

import io
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from chedai.org.models import Staff
from chedai.platform.approvals.models import Approval
from chedai.platform.audit.models import AuditEntry
from chedai.platform.files.services import paper_hand_in
from chedai.platform.jobs.models import Job
from chedai.platform.jobs.services import job_ask
from chedai.platform.jobs.states import State
from tests import cast
from tests.house import House

Browse = Callable[[Staff], Client]
Ask = Callable[..., Approval]

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def _decide(client: Client, approval: Approval, verdict: str, opinion: str = "") -> object:
    data = {"verdict": verdict, "digest": approval.digest, "opinion": opinion, "form_key": str(uuid4())}
    return client.post(f"/approvals/{approval.pk}/", data)


def test_deciding_one_case_leads_to_the_next_and_the_last_to_the_list(house: House, browse: Browse, ask: Ask) -> None:
    first, second = ask(1), ask(2)
    client = browse(house.manager)
    assert client.get("/approvals/next/")["Location"] == f"/approvals/{first.pk}/"
    assert _decide(client, first, "approve")["Location"] == f"/approvals/{second.pk}/"  # type: ignore[index]
    assert _decide(client, second, "return", "缺结清证明")["Location"] == "/approvals/"  # type: ignore[index]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("approved", "returned")
    assert "已退回：个性化定价 报价 2" in client.get("/").content.decode()


def test_a_return_without_a_reason_is_refused_at_the_field(house: House, browse: Browse, ask: Ask) -> None:
    asked = ask()
    answer = _decide(browse(house.manager), asked, "return")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert '<a href="#id_opinion">意见</a>' in answer.content.decode()  # type: ignore[attr-defined]
    asked.refresh_from_db()
    assert asked.state == "pending"


def test_the_page_shows_what_was_frozen_and_who_has_said_what(house: House, browse: Browse, ask: Ask) -> None:
    asked = ask(1, steps=("manager", "approver"))
    _decide(browse(house.manager), asked, "approve", "同意")
    page = browse(house.approver).get(f"/approvals/{asked.pk}/").content.decode()
    assert "5.28%" in page
    assert "二次购车" in page
    assert "100,000.00" in page
    assert "许宁" in page
    assert "同意" in page
    assert "第 <strong>1</strong> / 1 件" in page


def test_who_may_not_decide_reads_why(house: House, browse: Browse, ask: Ask) -> None:
    asked = ask()
    page = browse(house.officer).get(f"/approvals/{asked.pk}/").content.decode()
    assert 'name="verdict"' not in page
    assert "提交人不得审批自己的申请" in page
    assert "撤回申请" in page
    other = browse(house.approver).get(f"/approvals/{asked.pk}/").content.decode()
    assert "超出你的审批权限" in other


def test_a_decision_from_outside_the_store_changes_nothing(house: House, browse: Browse, ask: Ask) -> None:
    asked = ask()
    elsewhere = cast.person("gao", "高原", house.west, "manager")
    assert browse(elsewhere).get(f"/approvals/{asked.pk}/").status_code == 404
    assert _decide(browse(elsewhere), asked, "approve").status_code == 404  # type: ignore[attr-defined]
    asked.refresh_from_db()
    assert asked.state == "pending"


def test_a_case_that_changed_while_it_was_read_is_a_conflict(house: House, browse: Browse, ask: Ask) -> None:
    asked = ask()
    client = browse(house.manager)
    _decide(client, asked, "approve")
    late = _decide(client, asked, "decline", "晚了")
    assert late.status_code == 409  # type: ignore[attr-defined]
    assert "该审批已有结论" in late.content.decode()  # type: ignore[attr-defined]


def test_the_maker_takes_it_back(house: House, browse: Browse, ask: Ask) -> None:
    asked = ask()
    answer = browse(house.officer).post(f"/approvals/{asked.pk}/withdraw/", follow=True)
    assert "已撤回申请" in answer.content.decode()
    asked.refresh_from_db()
    assert asked.state == "withdrawn"
    assert browse(house.manager).post(f"/approvals/{ask(2).pk}/withdraw/").status_code == 403


def test_papers_are_shown_to_who_may_see_the_approval_and_no_other_paper_is(
    house: House, browse: Browse, ask: Ask
) -> None:
    asked = ask(1)
    actor = cast.acting(house.officer)
    paper = paper_hand_in(subject="quote:1", purpose="报价单", name="王.png", content=PNG, actor=actor)
    other = paper_hand_in(subject="quote:2", purpose="报价单", name="李.png", content=PNG + b"x", actor=actor)
    client = browse(house.manager)
    assert f'src="/approvals/{asked.pk}/papers/{paper.pk}/"' in client.get(f"/approvals/{asked.pk}/").content.decode()
    shown = client.get(f"/approvals/{asked.pk}/papers/{paper.pk}/")
    assert (shown.content, shown["Content-Type"], shown["X-Content-Type-Options"]) == (PNG, "image/png", "nosniff")
    assert shown["Content-Disposition"].startswith("inline")
    assert client.get(f"/approvals/{asked.pk}/papers/{other.pk}/").status_code == 404


def test_the_log_is_listed_with_names_and_each_entry_shows_its_bytes(house: House, browse: Browse, ask: Ask) -> None:
    ask()
    client = browse(house.auditor)
    page = client.get("/audit/?action=approval.requested").content.decode()
    assert "提交审批" in page
    assert "林晓" in page
    seq = AuditEntry.objects.latest("seq").seq
    entry = client.get(f"/audit/{seq}/").content.decode()
    assert "&quot;action&quot;:&quot;approval.requested&quot;" in entry
    assert "10000000" in entry
    assert client.get("/audit/999/").status_code == 404
    assert "林晓" in client.get(f"/audit/?q=person:{house.officer.user_id}").content.decode()


def test_the_log_leaves_with_names_too(house: House, browse: Browse, ask: Ask) -> None:
    asked = ask()
    answer = browse(house.auditor).post("/audit/", {"act": "export"})
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[1][2:5] == ["提交审批", f"审批 {asked.pk}", "林晓"]


def test_a_system_actor_is_called_by_its_name(house: House, browse: Browse) -> None:
    AuditEntry.objects.create(
        seq=1, body=b"{}", link=b"", at="2026-11-20T02:00Z", actor="system:scheduler", action="x.y", subject="z"
    )
    AuditEntry.objects.create(
        seq=2, body=b"[]", link=b"", at="2026-11-20T02:00Z", actor="robot", action="x.y", subject="z"
    )
    client = browse(house.auditor)
    page = client.get("/audit/").content.decode()
    assert "系统 scheduler" in page
    assert "robot" in page
    assert [client.get(f"/audit/{seq}/").status_code for seq in (1, 2)] == [200, 200]


def test_the_log_is_read_over_and_what_was_changed_is_named(house: House, browse: Browse, ask: Ask) -> None:
    ask()
    client = browse(house.auditor)
    assert "还没有检查点" in client.get("/audit/verify/").content.decode()
    assert "日志完整，没有发现改动" in client.post("/audit/verify/").content.decode()
    AuditEntry.objects.filter(seq=1).update(body=b"{}")
    page = client.post("/audit/verify/").content.decode()
    assert "发现 1 处问题" in page or "发现 2 处问题" in page
    assert "第 1 条被改动" in page


@pytest.mark.parametrize(
    ("state", "verb", "after"), [(State.DEAD, "retry", "waiting"), (State.WAITING, "cancel", "cancelled")]
)
def test_a_job_is_taken_up_again_or_taken_out(
    house: House, browse: Browse, state: State, verb: str, after: str
) -> None:
    job = job_ask(kind="none", payload={}, actor=cast.acting(house.admin))
    Job.objects.filter(pk=job.pk).update(state=state)
    client = browse(house.admin)
    assert f'formaction="/jobs/{job.pk}/{verb}/"' in client.get("/jobs/").content.decode()
    assert client.post(f"/jobs/{job.pk}/{verb}/?state=dead")["Location"] == "/jobs/?state=dead"
    assert client.post(f"/jobs/{job.pk}/{verb}/").status_code == 409
    job.refresh_from_db()
    assert job.state == after


def test_only_who_runs_the_system_touches_jobs(house: House, browse: Browse) -> None:
    job = job_ask(kind="none", payload={}, actor=cast.acting(house.admin))
    assert browse(house.manager).post(f"/jobs/{job.pk}/cancel/").status_code == 403
    job.refresh_from_db()
    assert job.state == State.WAITING
