"""The list pattern, on the lists of jobs, approvals, staff and messages."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.http import HttpResponse, QueryDict
from django.test import Client
from python_calamine import CalamineWorkbook

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.org.models import Staff
from chedai.platform.approvals.models import Approval
from chedai.platform.audit.models import AuditEntry
from chedai.platform.clock import now
from chedai.platform.jobs.models import Job
from chedai.platform.jobs.states import State
from chedai.platform.messages.models import Message, Template
from chedai.web.approvals.lists import APPROVALS
from chedai.web.audit.lists import AUDIT
from chedai.web.jobs.lists import JOBS
from chedai.web.lists.build import _sum_line
from chedai.web.lists.spec import Column, Kind, ListSpec
from chedai.web.lists.state import read
from chedai.web.messages.views import MESSAGES
from chedai.web.models import ListColumns, SavedView
from tests import cast
from tests.house import House

Browse = Callable[[Staff], Client]


@pytest.fixture
def work(house: House) -> list[Job]:
    """130 jobs: 30 of them dead, two kinds, a minute apart."""
    states = (State.DONE, State.DEAD, State.DONE, State.WAITING)
    made = [
        Job(
            kind=f"kind.{n % 2}",
            asked_by="system:scheduler",
            asked_at=now() - timedelta(minutes=129 - n),
            run_at=now(),
            state=states[n % 4] if n < 120 else State.DONE,
            attempts=n % 5,
        )
        for n in range(130)
    ]
    return Job.objects.bulk_create(made)


def _rows(answer: HttpResponse) -> int:
    assert answer.status_code == 200
    return answer.content.decode().count("data-row>")


def test_a_list_is_shown_by_pages_with_the_count_always_there(house: House, browse: Browse, work: list[Job]) -> None:
    client = browse(house.admin)
    first, last = client.get("/jobs/"), client.get("/jobs/?page=3")
    assert (_rows(first), _rows(last), _rows(client.get("/jobs/?page=99"))) == (50, 30, 30)
    for answer in (first, last):
        assert "130 个" in answer.content.decode()
    assert "第 1 / 3 页" in first.content.decode()
    assert 'rel="prev"' not in first.content.decode()


def test_a_filter_is_a_blue_chip_that_takes_itself_away(house: House, browse: Browse, work: list[Job]) -> None:
    page = browse(house.admin).get("/jobs/?state=dead&sort=kind").content.decode()
    assert page.count("data-row>") == 30
    assert '<a class="chip chip-set" href="/jobs/?sort=kind"' in page
    assert "状态：失败" in page
    assert "导出这 30 个" in page


def test_a_day_counts_from_midnight_in_shanghai(house: House, browse: Browse, work: list[Job]) -> None:
    client = browse(house.admin)
    Job.objects.filter(pk=work[0].pk).update(asked_at="2026-11-18T15:59:59Z")
    Job.objects.filter(pk=work[1].pk).update(asked_at="2026-11-18T16:00:00Z")
    assert _rows(client.get("/jobs/?asked_from=2026-11-18&asked_to=2026-11-18")) == 1
    assert _rows(client.get("/jobs/?asked_from=2026-11-19&asked_to=2026-11-19")) == 1
    assert "2026-11-19 ~ 2026-11-19" in client.get("/jobs/?asked_from=2026-11-19&asked_to=2026-11-19").content.decode()


@pytest.mark.parametrize(
    "query",
    ["page=x", "page=-1", "page=99999999", "sort=nothing", "group=state'", "asked_from=yesterday", "x=1", "page=٣"],
)
def test_an_address_the_list_does_not_understand_shows_the_list(
    house: House, browse: Browse, work: list[Job], query: str
) -> None:
    assert _rows(browse(house.admin).get(f"/jobs/?{query}")) >= 30


def test_a_list_is_sorted_both_ways_and_says_so(house: House, browse: Browse, work: list[Job]) -> None:
    client = browse(house.admin)
    newest = client.get("/jobs/").content.decode()
    assert 'aria-sort="descending"><a class="sort" href="/jobs/?sort=asked_at"' in newest
    oldest = client.get("/jobs/?sort=asked_at").content.decode()
    assert 'aria-sort="ascending"><a class="sort" href="/jobs/?"' in oldest
    assert f'value="{work[129].pk}"' in newest
    assert f'value="{work[0].pk}"' in oldest


def test_groups_have_their_counts(house: House, browse: Browse, work: list[Job]) -> None:
    page = browse(house.admin).get("/jobs/?group=state").content.decode()
    assert '失败 <span class="muted">30</span>' in page
    assert "分组：状态" in page


def test_sums_stand_below_and_beside_the_count(house: House, browse: Browse, ask: Callable[..., Approval]) -> None:
    for number, amount in ((1, 10_000_000), (2, 2_550_000)):
        ask(number, amount)
    page = browse(house.manager).get("/approvals/?group=state").content.decode()
    assert "2 件 · 125,500.00 元" in page
    assert page.count("125,500.00") == 3  # beside the count, at the head of the group, in the foot
    assert "合计 2 件" in page
    assert 'class="num" data-label="金额（元）">125,500.00</td>' in page  # on a phone the foot names its figures


def test_several_sums_are_named_and_their_unit_is_said_once() -> None:
    money = {"kind": Kind.MONEY, "value": lambda row: 0, "total": "x"}
    columns = [Column("a", "贷款额（元）", **money), Column("b", "未还本金", **money)]  # type: ignore[arg-type]
    assert _sum_line(columns, {"a": 1_000_00, "b": 250}) == "贷款额 1,000.00 元 · 未还本金 2.50 元"


def test_a_list_takes_the_same_queries_however_long_it_is(
    house: House,
    browse: Browse,
    work: list[Job],
    django_assert_num_queries: Callable[[int], Iterator[None]],
) -> None:
    client = browse(house.admin)
    client.get("/jobs/")
    # The frame 4; columns, views, count, rows: 4; groups: 1 more.
    for query, number in (("", 8), ("?state=dead&sort=kind", 8), ("?group=state", 9)):
        with django_assert_num_queries(number):
            client.get(f"/jobs/{query}")


def test_htmx_gets_the_list_without_the_page(house: House, browse: Browse, work: list[Job]) -> None:
    answer = browse(house.admin).get("/jobs/", headers={"HX-Request": "true", "HX-Target": "list"})
    part = answer.content.decode()
    assert part.strip().startswith('<div id="list"')
    assert "<html" not in part
    assert part.count("data-row>") == 50


def test_views_show_their_counts(house: House, browse: Browse, work: list[Job]) -> None:
    counts = browse(house.admin).get("/jobs/?counts=1").content.decode()
    assert '<span id="views-v0" hx-swap-oob="true" class="red">30</span>' in counts
    assert '<span id="views-all" hx-swap-oob="true" class="muted">130</span>' in counts


def test_a_view_is_saved_shared_with_the_team_and_deleted_by_its_owner(
    house: House, browse: Browse, ask: Callable[..., Approval]
) -> None:
    mine, colleague, manager = browse(house.officer), browse(house.colleague), browse(house.manager)
    mine.post("/approvals/?state=pending", {"act": "view", "name": "在途", "shared": "team"})
    mine.post("/approvals/?state=returned", {"act": "view", "name": "我的退回"})
    seen = colleague.get("/approvals/").content.decode()
    assert "在途" in seen
    assert "我的退回" not in seen
    assert "在途" not in manager.get("/approvals/").content.decode()
    view = SavedView.objects.get(name="在途")
    assert colleague.post("/approvals/", {"act": "forget", "view": view.pk}).status_code == 404
    assert "删除视图" not in colleague.get("/approvals/?state=pending").content.decode()
    assert "删除视图 在途" in mine.get("/approvals/?state=pending").content.decode()
    mine.post("/approvals/", {"act": "forget", "view": view.pk})
    assert not SavedView.objects.filter(name="在途").exists()


def test_a_view_under_the_same_name_replaces_the_one_before(house: House, browse: Browse) -> None:
    client = browse(house.officer)
    for state in ("pending", "returned"):
        client.post(f"/approvals/?state={state}", {"act": "view", "name": "常用"})
    assert [view.query for view in SavedView.objects.all()] == ["state=returned"]


def test_a_view_with_too_many_filters_is_refused(house: House, browse: Browse) -> None:
    client = browse(house.auditor)
    assert client.post(f"/audit/?action={'a' * 1000}", {"act": "view", "name": "长"}).status_code == 422


@pytest.mark.parametrize(
    ("who", "data", "said"),
    [
        ("manager", {"name": "组", "shared": "team"}, "你不在任何小组"),
        ("officer", {"name": " "}, "视图名称为 1 至 20 字"),
        ("officer", {"name": "长" * 21}, "视图名称为 1 至 20 字"),
    ],
)
def test_a_view_that_cannot_be_kept_says_why(
    house: House, browse: Browse, who: str, data: dict[str, str], said: str
) -> None:
    answer = browse(getattr(house, who)).post("/approvals/", {"act": "view", **data})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert SavedView.objects.count() == 0


def test_columns_are_chosen_for_a_person(house: House, browse: Browse, work: list[Job]) -> None:
    client = browse(house.admin)
    assert "提交人</th>" not in client.get("/jobs/").content.decode()
    client.post("/jobs/?state=dead", {"act": "columns", "column": ["asked_by", "state", "no-such-column"]})
    page = client.get("/jobs/").content.decode()
    assert "提交人</th>" in page
    assert "下次运行" not in page.split("<thead")[1].split("</thead>")[0]
    assert ListColumns.objects.get().shown == ["state", "asked_by"]


def _sheet(answer: HttpResponse) -> list[list[object]]:
    assert answer.status_code == 200, answer.content.decode()[:200]
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()


def test_excel_holds_exactly_what_the_list_shows_on_all_its_pages(
    house: House, browse: Browse, work: list[Job]
) -> None:
    client = browse(house.admin)
    client.post("/jobs/", {"act": "columns", "column": ["state", "attempts", "asked_at"]})
    answer = client.post("/jobs/?kind=kind.0&sort=asked_at&page=2", {"act": "export"})
    rows = _sheet(answer)
    assert rows[0] == ["任务", "状态", "已试次数", "提交时间"]
    body = rows[1:66]
    assert [row[3] for row in body] == sorted(str(row[3]) for row in body)
    assert len(body) == 65
    assert body[-1] == ["kind.0", "完成", 3.0, "11-20 09:59"]
    assert rows[-1][0] == "周航 2026-11-20 10:00"
    assert "filename*=utf-8''%E5%90%8E" in answer["Content-Disposition"]
    entry = AuditEntry.objects.latest("seq")
    assert (entry.action, entry.subject) == ("list.exported", "list:jobs")
    assert '"rows":65' in bytes(entry.body).decode()


def test_money_leaves_as_figures(house: House, browse: Browse, ask: Callable[..., Approval]) -> None:
    ask(1, 10_000_050)
    rows = _sheet(browse(house.manager).post("/approvals/", {"act": "export"}))
    assert rows[0][2] == "金额（元）"
    assert rows[1][2] == 100_000.5


def test_personal_data_leaves_masked(house: House, browse: Browse) -> None:
    template = Template.objects.create(
        code="due", channel="sms", language="zh-hans", version=1, category="service", body="x", written_at=now()
    )
    Message.objects.create(
        subject="customer:1", template=template, address="13800138000", title="", body="x", key="1", asked_at=now()
    )
    client = browse(house.admin)
    client.post("/messages/", {"act": "columns", "column": ["address"]})
    assert "13800138000" not in client.get("/messages/").content.decode()
    assert _sheet(client.post("/messages/", {"act": "export"}))[1] == ["客户号 1", "138001****"]


def test_a_manager_of_one_store_sees_the_messages_to_its_customers_only(house: House, browse: Browse) -> None:
    template = Template.objects.create(
        code="due", channel="email", language="zh", version=1, category="service", body="x", written_at=now()
    )
    for store, owner in ((house.east, house.officer), (house.west, cast.person("wuxi", "吴西", house.west, "officer"))):
        customer = customer_register(
            kind=CustomerKind.PERSON, name="王芳", store_id=store.pk, owner_id=owner.pk, actor=cast.acting(owner)
        )
        Message.objects.create(
            subject=f"customer:{customer.pk}",
            template=template,
            address="a",
            title="",
            body="x",
            key=store.code,
            asked_at=now(),
        )
    ours, theirs = (one.subject.partition(":")[2] for one in Message.objects.order_by("pk"))
    page = browse(house.manager).get("/messages/").content.decode()
    assert f"客户号 {ours}" in page and f"客户号 {theirs}" not in page
    page = browse(house.admin).get("/messages/").content.decode()
    assert f"客户号 {ours}" in page and f"客户号 {theirs}" in page


def test_who_may_not_export_does_not(house: House, browse: Browse) -> None:
    cast.person("yao", "姚前台", house.east, "reception", "manager")
    reader = cast.person("bai", "白夜", house.east)
    assert browse(reader).post("/jobs/", {"act": "export"}).status_code == 403
    assert AuditEntry.objects.filter(action="list.exported").count() == 0


def test_a_list_too_long_for_one_workbook_asks_for_a_filter(
    house: House, browse: Browse, work: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chedai.web.lists.export.MOST", 100)
    answer = browse(house.admin).post("/jobs/", {"act": "export"})
    assert answer.status_code == 422
    assert "一次最多导出 100 行，当前 130 行；请先筛选" in answer.content.decode()


def test_what_is_selected_is_done_at_once(house: House, browse: Browse, work: list[Job]) -> None:
    dead = [job.pk for job in work if job.state == State.DEAD][:3]
    answer = browse(house.admin).post("/jobs/?state=dead", {"act": "bulk:retry", "pick": dead}, follow=True)
    assert answer.redirect_chain == [("/jobs/?state=dead", 302)]
    assert "已重试 3 个任务" in answer.content.decode()
    assert Job.objects.filter(state=State.DEAD).count() == 27


def test_nothing_selected_and_an_unknown_act_are_refused(house: House, browse: Browse, work: list[Job]) -> None:
    client = browse(house.admin)
    assert "请先选中要重试选中的任务的行" in client.post("/jobs/", {"act": "bulk:retry"}).content.decode()
    assert client.post("/jobs/", {"act": "bulk:burn", "pick": "1"}).status_code == 404
    assert client.post("/jobs/", {"act": "forget", "view": "x"}).status_code == 404


def test_an_empty_list_says_why_and_a_filter_that_fits_nothing_offers_the_way_back(
    house: House, browse: Browse
) -> None:
    client = browse(house.admin)
    assert "还没有任务：导入、发送消息、定时工作会出现在这里。" in client.get("/jobs/").content.decode()
    assert "去掉所有筛选" in client.get("/jobs/?state=dead").content.decode()


def test_staff_are_those_of_the_stores_the_person_reaches(house: House, browse: Browse) -> None:
    east, all_stores = browse(house.manager).get("/staff/"), browse(house.auditor).get("/staff/")
    assert (_rows(east), _rows(all_stores)) == (5, 7)
    assert "秦朗" not in east.content.decode()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("role=officer", {"林晓", "周敏"}),
        ("q=许宁", {"许宁"}),
        ("q=HANG", {"周航"}),
        ("state=left", set()),
        ("store=x", set()),
    ],
)
def test_staff_are_found_by_role_name_and_number(house: House, browse: Browse, query: str, names: set[str]) -> None:
    page = browse(house.auditor).get(f"/staff/?{query}").content.decode()
    body = page.split("<tbody")[1].split("</tbody>")[0] if "<tbody" in page else ""
    assert {n for n in ("林晓", "周敏", "许宁", "周航", "沈涛", "秦朗", "吴敏") if n in body} == names


@pytest.mark.parametrize("spec", [APPROVALS, AUDIT, JOBS, MESSAGES], ids=lambda spec: spec.key)
def test_a_list_opens_in_the_order_of_its_key(spec: ListSpec) -> None:
    assert read(spec, QueryDict(""), None).order == ("-pk",)


def test_the_order_never_leaves_two_rows_to_chance() -> None:
    assert read(JOBS, QueryDict("sort=kind&group=state"), None).order == ("state", "kind", "pk")
    assert read(JOBS, QueryDict("sort=-kind"), None).order == ("-kind", "-pk")
