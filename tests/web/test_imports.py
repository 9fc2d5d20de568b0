"""A workbook through the screen: kind, template, columns, dry run, writing, bad rows back, undo."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from chedai.org import handover, joining
from chedai.org.access import access_of
from chedai.org.handover import Belongings
from chedai.org.imports import staff_write, staff_write_many
from chedai.org.models import RoleGrant, Staff, Store
from chedai.org.wiring import import_kinds
from chedai.platform import clock
from chedai.platform.accounts.models import User
from chedai.platform.audit.models import AuditEntry
from chedai.platform.imports import kinds, running
from chedai.platform.imports.models import Batch, BatchRow
from chedai.platform.jobs import handlers, worker
from chedai.platform.jobs.models import Job
from chedai.web.imports.forms import letter
from tests import cast
from tests.conftest import MOMENT
from tests.house import House

Browse = Callable[[Staff], Client]
HEADS = ("工号", "姓名", "登录名", "门店编号", "角色", "邮箱")
LIN = ("N901", "陈一", "chen.yi", "A1", "金融专员", "chen.yi@example.com")
WU = ("N902", "赵二", "zhao.er", "B2", "", "")


@pytest.fixture(autouse=True)
def installed() -> Iterator[None]:
    before = (kinds.kinds(), handlers.handlers())
    kinds.install(import_kinds())
    handlers.install(running.HANDLERS)
    yield
    kinds.install(before[0])
    handlers.install(before[1])


@pytest.fixture
def admin(house: House, browse: Browse) -> Client:
    return browse(house.admin)


def xlsx(*rows: Sequence[Any], heads: Sequence[str] = HEADS) -> SimpleUploadedFile:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([heads, *rows]):
            sheet.write_row(at, 0, row)
    return SimpleUploadedFile("员工.xlsx", out.getvalue())


def cells(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def bring(client: Client, file: SimpleUploadedFile) -> str:
    answer = client.post("/imports/new/", {"kind": "staff", "file": file})
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


PLACES = {"number": "0", "name": "1", "username": "2", "store": "3", "role": "4", "email": "5"}


def checked(client: Client, *rows: Sequence[Any]) -> str:
    address = bring(client, xlsx(*rows))
    assert client.post(address, PLACES).status_code == 302
    worker.run_due()
    return address


def written(client: Client, *rows: Sequence[Any]) -> str:
    address = checked(client, *rows)
    assert client.post(f"{address}write/").status_code == 302
    worker.run_due()
    return address


def counts() -> dict[str, int]:
    found: dict[str, int] = Batch.objects.order_by("-pk")[0].counts
    return found


def test_the_template_is_downloaded_filled_in_and_taken(admin: Client) -> None:
    said = page(admin, "/imports/new/")
    assert ("/imports/templates/staff/" in said, "登录名" in said) == (True, True)
    sheet = cells(admin.get("/imports/templates/staff/").content)
    assert sheet[0] == ["工号*", "姓名*", "登录名*", "门店编号*", "角色", "邮箱"]
    address = bring(admin, xlsx(LIN, heads=sheet[0]))
    assert Batch.objects.get().places == {name: int(at) for name, at in PLACES.items()}
    assert page(admin, address).count("selected") == 6
    assert page(admin, "/imports/templates/unknown/", 404)


def test_columns_are_matched_on_the_page_and_remembered(admin: Client) -> None:
    heads = ("员工", "姓名", "账号", "店", "备注")
    address = bring(admin, xlsx(("N901", "陈一", "chen.yi", "A1", "x"), heads=heads))
    said = page(admin, address)
    assert ("文件中用不到的列" in said, "A · 员工" in said, "备注" in said) == (True, True, True)
    refused = admin.post(address, {"name": "1", "username": "2"})
    assert (refused.status_code, Job.objects.count()) == (422, 0)
    assert admin.post(address, {"number": "0", "name": "1", "username": "2", "store": "3"}).status_code == 302
    assert "正在试算，没有写入任何内容" in page(admin, address)
    again = bring(admin, xlsx(("N902", "王三", "wang.san", "A1", "y"), heads=heads))
    assert Batch.objects.order_by("-pk")[0].places == {"number": 0, "name": 1, "username": 2, "store": 3}
    said = page(admin, again)
    assert [f'value="{at}" selected' in said for at in range(5)] == [True, True, True, True, False]


def test_the_dry_run_counts_and_writes_nothing(admin: Client) -> None:
    people = Staff.objects.count()
    address = checked(
        admin, LIN, ("", "无号", "wu.hao", "A1"), ("N903", "某人", "lin", "A1"), ("N904", "甲", "jia", "Z9")
    )
    assert (counts(), Staff.objects.count()) == ({"rows": 4, "good": 1, "bad": 3}, people)
    said = page(admin, address)
    assert ("写入 1 行" in said, "下载 3 个问题行" in said, "有问题的行不会写入" in said) == (True, True, True)


def test_the_bad_rows_come_back_with_their_reasons_and_that_is_on_record(admin: Client) -> None:
    address = checked(
        admin,
        ("N001~", "甲", "lin", "A1", "", ""),
        ("N905", "乙", "有 空格", "A1", "", ""),
        ("N906", "丙", "bing", "Z9", "", ""),
        ("N907", "丁", "ding", "A1", "经理人", ""),
        ("N908", "戊", "wu.8", "A1", "", "no address"),
    )
    answer = admin.get(f"{address}bad/")
    sheet = cells(answer.content)
    assert [row[-1] for row in sheet[1:6]] == [
        "登录名已被使用",
        "登录名只用字母、数字、点和连字符",
        "没有编号为 Z9 的门店",
        "没有这个角色：经理人（可用：前台接待、金融专员、风控审批、贷后催收、团队经理、财务、合规、内审、系统管理员）",
        "邮箱地址不对",
    ]
    assert sheet[-1][0].startswith("周航 2026-11-20")
    assert AuditEntry.objects.filter(action="list.exported").count() == 1


def test_the_good_rows_become_staff_with_their_role(admin: Client) -> None:
    address = written(admin, LIN, WU)
    assert counts() == {"rows": 2, "written": 2}
    chen = Staff.objects.select_related("user", "home").get(number="N901")
    assert (chen.user.display_name, chen.user.username, chen.user.email) == ("陈一", "chen.yi", "chen.yi@example.com")
    assert (chen.home.code, access_of(chen.user_id).roles) == ("A1", {"officer"})
    assert not chen.user.has_usable_password()
    assert not RoleGrant.objects.filter(staff__number="N902").exists()
    assert "撤销这次导入" in page(admin, address)
    assert "没有可以写入的行" in page(admin, checked(admin, LIN))
    assert counts() == {"rows": 1, "same": 1}


def test_an_import_is_undone_and_who_has_begun_to_work_stays(admin: Client) -> None:
    address = written(admin, LIN, WU, ("N903", "王三", "wang.san", "A1", "officer", ""))
    User.objects.filter(username="zhao.er").update(last_login=clock.now())
    owner = Staff.objects.get(number="N903").pk
    handover.install({"deals": Belongings("案卷", "deals", lambda staff: int(staff == owner), lambda a, b, actor: 0)})
    assert admin.post(f"{address}undo/").status_code == 302
    worker.run_due()
    handover.install({})
    assert counts() == {"rows": 3, "undone": 1, "kept": 2}
    chen = User.objects.get(display_name="陈一")
    assert (chen.is_active, access_of(chen.pk).grants, User.objects.get(username="zhao.er").is_active) == (
        False,
        (),
        True,
    )
    assert "已有人使用，保留" in page(admin, address)
    assert {row[-1] for row in cells(admin.get(f"{address}bad/").content)[1:3]} == {
        "账号已有人使用，不能撤销",
        "名下已有业务，请走离职交接",
    }


def test_what_was_undone_can_come_in_again(admin: Client) -> None:
    admin.post(f"{written(admin, LIN)}undo/")
    worker.run_due()
    written(admin, LIN)
    assert counts() == {"rows": 1, "written": 1}
    assert Staff.objects.get(number="N901").user.username == "chen.yi"


def test_after_a_day_there_is_no_way_back(admin: Client) -> None:
    address = written(admin, LIN)
    with clock.frozen(MOMENT + timedelta(hours=25)):
        client = Client()
        client.force_login(User.objects.get(username="hang"))
        assert "撤销这次导入" not in page(client, address)
        assert client.post(f"{address}undo/").status_code == 409
    assert Staff.objects.filter(number="N901").exists()


def test_progress_is_told_and_the_page_comes_back_when_it_is_done(admin: Client) -> None:
    address = bring(admin, xlsx(LIN))
    admin.post(address, PLACES)
    assert "every 1s" in page(admin, f"{address}progress/")
    worker.run_due()
    assert admin.get(f"{address}progress/")["HX-Refresh"] == "true"
    assert "系统的列在文件的哪一列" in page(admin, f"{address}?columns=1")


def test_a_job_that_died_is_told(admin: Client) -> None:
    address = bring(admin, xlsx(LIN))
    admin.post(address, PLACES)
    Job.objects.update(state="dead")
    assert "后台任务失败，已停下" in page(admin, address)
    assert admin.get(f"{address}progress/")["HX-Refresh"] == "true"


def test_a_file_that_is_none_is_refused_and_nothing_is_kept(admin: Client) -> None:
    answer = admin.post("/imports/new/", {"kind": "staff", "file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04")})
    assert (answer.status_code, "文件打不开" in answer.content.decode()) == (422, True)
    answer = admin.post("/imports/new/", {"kind": "staff"})
    assert (answer.status_code, Batch.objects.count()) == (422, 0)


def test_only_who_may_keep_staff_imports_them(house: House, browse: Browse, admin: Client) -> None:
    manager = browse(house.manager)
    assert "没有你可以导入的内容" in page(manager, "/imports/new/")
    assert manager.post("/imports/new/", {"kind": "staff", "file": xlsx(LIN)}).status_code == 422
    assert "没有权限" in page(manager, "/imports/templates/staff/", 403)
    address = bring(admin, xlsx(LIN))
    assert page(manager, address, 404)
    assert manager.post(f"{address}write/").status_code == 404
    assert page(browse(house.officer), "/imports/", 403)
    assert Batch.objects.get().state == "brought"


def test_an_administrator_of_one_store_enters_staff_there_only(house: House, browse: Browse, admin: Client) -> None:
    local = browse(cast.person("pan", "潘越", house.east, "admin"))
    address = written(local, LIN, WU)
    assert counts() == {"rows": 2, "written": 1, "bad": 1}
    assert "没有权限" in str(cells(local.get(f"{address}bad/").content)[1][-1])
    assert page(local, bring(admin, xlsx(WU)), 404)
    assert page(admin, address)
    assert "潘越" in page(admin, "/imports/")


def test_letters_are_those_of_a_spreadsheet() -> None:
    assert [letter(at) for at in (0, 25, 26, 51, 52, 702)] == ["A", "Z", "AA", "AZ", "BA", "AAA"]


def test_the_pages_speak_english(admin: Client) -> None:
    address = checked(admin, LIN, ("N906", "丙", "bing", "Z9", "", ""))
    admin.post("/language/", {"language": "en"})
    assert "Write 1 row" in page(admin, address)
    assert "there is no store Z9" in str(cells(admin.get(f"{address}bad/").content)[1][-1])
    assert "Import a file" in page(admin, "/imports/")


def _staff(count: int, first: int = 0) -> list[tuple[str, ...]]:
    numbers = range(first, first + count)
    return [(f"S{n:05}", f"员工{n}", f"user{n}", "A1" if n % 2 else "B2", "officer", "") for n in numbers]


def _asked(client: Client, rows: Sequence[Any]) -> int:
    """How many queries an import takes from the file to the last row."""
    with CaptureQueriesContext(connection) as queries:
        written(client, *rows)
    return len(queries)


def test_a_row_more_asks_the_database_nothing_more(admin: Client) -> None:
    _asked(admin, _staff(1, 100))
    assert _asked(admin, _staff(10, 200)) == _asked(admin, _staff(40, 300))


def test_who_takes_a_name_in_that_moment_costs_one_row_only(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    address = checked(admin, *_staff(3))
    monkeypatch.setattr(joining, "usernames_taken", lambda names: set())  # what a reader sees who looked too early
    cast.person("user1", "抢先", Store.objects.get(code="A1"))
    admin.post(f"{address}write/")
    worker.run_due()
    assert counts() == {"rows": 3, "written": 2, "bad": 1}
    assert BatchRow.objects.get(state="bad").reason_zh == "登录名已被使用"
    assert AuditEntry.objects.filter(action="staff.joined").count() == 2


def test_what_is_on_record_is_the_same_for_one_and_for_many(house: House, admin: Client) -> None:
    actor = cast.acting(house.admin)
    row = dict(zip(("number", "name", "username", "store", "role", "email"), _staff(1)[0], strict=True))
    staff_write(row, actor)
    staff_write_many([row | {"number": "S1", "username": "other"}], actor)
    entries = AuditEntry.objects.filter(action__in=("account.opened", "staff.joined", "role.granted"))
    bodies = [json.loads(entry.body) for entry in entries.order_by("seq")]
    told = [{key: body[key] for key in ("action", "actor", "facts")} for body in bodies]
    for one in told:
        one["facts"].pop("number", None)
    assert len(told) == 6
    assert sorted(told[:3], key=str) == sorted(told[3:], key=str)


def test_five_thousand_staff_come_in_through_the_screen(admin: Client) -> None:
    people = Staff.objects.count()
    rows = _staff(4998)
    address = written(admin, *rows, ("S00001", "重号", "again", "A1"), ("S9", "错店", "wrong", "Z9"))
    assert counts() == {"rows": 5000, "written": 4998, "bad": 2}
    assert Staff.objects.count() == people + 4998
    assert RoleGrant.objects.filter(role="officer", staff__number__startswith="S").count() == 4998
    assert "4,998" in page(admin, address)
    assert [row[-1] for row in cells(admin.get(f"{address}bad/").content)[1:3]] == [
        "与第 3 行重复",
        "没有编号为 Z9 的门店",
    ]
