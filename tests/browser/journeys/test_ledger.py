"""An old 台账 of 5,000 rows with planted faults from the screen: bad rows come back, once more changes nothing."""

from __future__ import annotations

import io
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from chedai.catalog.starter.services import catalogue_load_starter
from chedai.crm.customers.models import Customer
from chedai.deals.pipeline.models import Deal
from chedai.platform.jobs import worker
from tests.browser.conftest import Open
from tests.browser.journeys.walking import Person
from tests.deals.quoting import SEED
from tests.house import House

pytestmark = pytest.mark.django_db(transaction=True)

ROWS: Final = 5_000
EVERY: Final = 100
"""One row in so many carries the next fault."""

HEADS: Final = (
    "合同编号",
    "姓名",
    "证件号",
    "联系电话",
    "车辆",
    "资方",
    "放款金额",
    "进件日",
    "放款日",
    "门店",
    "工号",
    "备注",
)
FAULTS: Final[tuple[tuple[int, Any, str], ...]] = (
    (2, "330106199003070023", "身份证号"),
    (3, "1381234", "电话号码不正确"),
    (5, "nobody", "没有代码为 nobody 的资方"),
    (6, "十万", "贷款金额"),
    (6, 0, "贷款金额须大于 0"),
    (7, "2025-13-40", "进件日期"),
    (8, "2024-01-01", "早于进件日期"),
    (8, "2031-01-01", "晚于今天"),
    (9, "Z9", "没有编号为 Z9 的门店"),
    (10, "N999", "没有工号 N999"),
    (1, "", "不能为空"),
    (0, "编 号", "编号只用字母、数字和连字符"),
)


def identity(at: int) -> str:
    """An identity number with its check digit: born one day after another."""
    born = date(1970, 1, 1) + timedelta(days=at)
    body = f"330106{born:%Y%m%d}{at % 900 + 100}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def good(at: int, officer: str) -> list[Any]:
    """A row as it should be; every tenth customer comes back for a second loan."""
    who = at - 5 if at % 10 == 9 else at
    opened = date(2024, 1, 2) + timedelta(days=at % 600)
    name, phone = f"客户{'甲乙丙丁戊己庚辛壬癸'[who % 10]}{who}", f"138{who:08}"
    paid = opened + timedelta(days=7)
    lender = ("jianghe", "changqiao", "tongzhou")[at % 3]
    dates = [opened.isoformat(), paid.isoformat()]
    return [f"TZ-{at:05}", name, identity(who), phone, "启程 E5", lender, 50_000 + at, *dates, "A1", officer, "x"]


def rows(officer: str) -> tuple[list[list[Any]], dict[str, str]]:
    """The workbook, and for each bad row its number and what must be said of it."""
    made, wrong = [], {}
    for at in range(ROWS):
        row = good(at, officer)
        if at % EVERY == 0:
            column, value, said = FAULTS[at // EVERY % len(FAULTS)]
            row[column] = value if column else f"{value}{at}"
            wrong[str(row[0])] = said
        made.append(row)
    return made, wrong


def workbook(lines: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([list(HEADS), *lines]):
            sheet.write_row(at, 0, row)
    return out.getvalue()


def bring(person: Person, path: Path) -> Person:
    """Kind, file, columns: those the heads tell are chosen already."""
    person.open("/imports/new/").type(kind="ledger").page.locator("input[type=file]").set_input_files(path)
    return work_off(person.click("上传并对列").click("开始试算"))


def work_off(person: Person) -> Person:
    """The job is done while nobody looks: a page that looks turns itself over, right into what somebody clicks."""
    address = person.page.url
    person.page.goto("about:blank")
    worker.run_due()
    person.page.goto(address)
    return person


def state() -> tuple[int, int, int]:
    whole = sum(Deal.objects.values_list("amount", flat=True))
    return Deal.objects.count(), Customer.objects.count(), whole


def test_five_thousand_rows_come_in_from_the_screen(house: House, screen: Open, tmp_path: Path) -> None:
    catalogue_load_starter(actor=SEED)
    lines, wrong = rows(house.officer.number)
    path = tmp_path / "台账.xlsx"
    path.write_bytes(workbook(lines))
    manager = bring(Person(screen(house.manager), tmp_path), path)
    fit = ROWS - len(wrong)
    manager.sees(f"写入 {fit} 行", f"下载 {len(wrong)} 个问题行")
    assert state() == (0, 0, 0)
    address = manager.page.url
    returned = manager.page.request.get(f"{address}bad/").body()
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(returned)).get_sheet_by_index(0).to_python()
    back = {cell: str(row[-1]) for row in sheet for cell in row if cell in wrong}
    assert len(back) == len(wrong), (manager.page.url, sheet[:3])
    assert [(number, said) for number, said in wrong.items() if said not in back[number]] == []

    work_off(manager.click(f"写入 {fit} 行")).sees("已写入")
    people = {row[2] for row in lines if str(row[0]) not in wrong}
    kept = state()
    assert kept == (fit, len(people), sum(row[6] * 100 for row in lines if str(row[0]) not in wrong))
    deal = Deal.objects.get(number="TZ-00009")
    assert (deal.amount, deal.customer.name.in_full(), deal.stage, deal.lender_code) == (
        5_000_900,
        "客户戊4",
        "complete",
        "jianghe",
    )
    assert Counter(Deal.objects.values_list("state", flat=True)) == {"funded": fit}

    bring(manager, path).sees("没有可以写入的行")
    assert state() == kept
