"""A workbook on its way in: columns, dry run, bad rows back, commit, undo; and a list on its way out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from chedai.org.models import Store
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.errors import Conflict, NotFound, Refusal, Refusals
from chedai.platform.imports import columns, export, kinds, reading, running, services
from chedai.platform.imports.columns import Column, Type
from chedai.platform.imports.kinds import ImportKind, Row
from chedai.platform.imports.models import Batch, BatchRow
from chedai.platform.imports.states import BatchState, RowState
from chedai.platform.jobs import handlers, worker
from chedai.platform.jobs.handlers import Progress
from chedai.platform.jobs.models import Job
from chedai.platform.privacy.kinds import Kind
from chedai.platform.privacy.personal import Personal
from tests.conftest import MOMENT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock", "stores_can_be_imported")]

MANAGER = Actor(ActorKind.PERSON, 17, "许宁")
COLUMNS = (
    Column("code", "门店编号", "store code", required=True, also=("编号",), longest=20),
    Column("name", "门店名称", "store name", required=True),
    Column("city", "城市", "city"),
    Column("opened", "开业日期", "opened on", Type.DATE),
)


def store_check(row: Row, actor: Actor) -> None:
    if row["code"].startswith("X"):
        raise Refusal("store-code", f"编号 {row['code']} 已停用", f"code {row['code']} is no longer used")


def store_write(row: Row, actor: Actor) -> str:
    if row["name"] == "写不进":
        raise Refusal("store-name", "名称不可用", "the name cannot be used")
    store, _ = Store.objects.update_or_create(
        code=row["code"], defaults={"name": row["name"], "city": row["city"] or ""}
    )
    return f"store:{store.pk}"


def store_undo(subject: str, actor: Actor) -> None:
    store = Store.objects.get(pk=int(subject.partition(":")[2]))
    if store.name == "已改名":
        raise Refusal("store-used", "门店已在使用", "the store is in use")
    store.delete()


@pytest.fixture
def stores_can_be_imported() -> Iterator[None]:
    before = (kinds.kinds(), handlers.handlers())
    kind = ImportKind(
        "stores",
        "门店",
        "stores",
        "import.run",
        COLUMNS,
        lambda row: str(row["code"]),
        store_check,
        store_write,
        store_undo,
    )
    kinds.install({"stores": kind})
    handlers.install(running.HANDLERS)
    yield
    kinds.install(before[0])
    handlers.install(before[1])


HEADS = ("门店编号", "门店名称", "城市", "开业日期")


def xlsx(*rows: Sequence[Any], heads: Sequence[str] = HEADS, above: int = 0) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for at in range(above):
            sheet.write_row(at, 0, ["城东集团门店台账"])
        for at, row in enumerate([heads, *rows], start=above):
            sheet.write_row(at, 0, row)
    return out.getvalue()


def cells(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def bring(*rows: Sequence[Any], **other: Any) -> Batch:
    return services.batch_bring(kind="stores", name="门店.xlsx", content=xlsx(*rows, **other), actor=MANAGER)


def checked(*rows: Sequence[Any], **other: Any) -> Batch:
    batch = bring(*rows, **other)
    services.batch_check(batch_id=batch.pk, places=batch.places, actor=MANAGER)
    worker.run_due()
    batch.refresh_from_db()
    return batch


def written(batch: Batch) -> Batch:
    services.batch_write(batch_id=batch.pk, actor=MANAGER)
    worker.run_due()
    batch.refresh_from_db()
    return batch


GOOD = ("A1", "城东店", "郑州", "2020-03-01")


def test_a_dry_run_counts_and_writes_nothing() -> None:
    batch = checked(GOOD, ("A2", "", "", ""), ("X9", "旧店", "", ""))
    assert (batch.state, batch.counts) == (BatchState.CHECKED, {"rows": 3, "good": 1, "bad": 2})
    assert not Store.objects.exists()


def test_bad_rows_come_back_as_they_were_with_the_reason_in_a_column() -> None:
    batch = checked(GOOD, ("A2", "", "洛阳", "某日"), ("A1", "重复", "", ""), ("X9", "旧店", "", ""))
    assert cells(running.bad_rows(batch, "zh-hans")) == [
        ["原行号", *HEADS, "原因"],
        [3.0, "A2", "", "洛阳", "某日", "门店名称:不能为空;开业日期:不是日期：某日"],
        [4.0, "A1", "重复", "", "", "与第 2 行重复"],
        [5.0, "X9", "旧店", "", "", "编号 X9 已停用"],
    ]
    assert cells(running.bad_rows(batch, "en"))[3][-1] == "code X9 is no longer used"


def test_the_good_rows_go_in_and_the_bad_ones_do_not() -> None:
    batch = written(checked(GOOD, ("A2", "", "", "")))
    assert batch.counts == {"rows": 2, "written": 1, "bad": 1}
    assert list(Store.objects.values_list("code", "name", "city")) == [("A1", "城东店", "郑州")]


def test_the_same_file_again_changes_nothing() -> None:
    written(checked(GOOD))
    again = checked(GOOD)
    assert again.counts == {"rows": 1, "same": 1}
    with pytest.raises(Conflict) as conflict:
        services.batch_write(batch_id=again.pk, actor=MANAGER)
    assert conflict.value.code == "import-nothing"


def test_a_row_that_has_changed_is_written_again() -> None:
    written(checked(GOOD))
    written(checked(("A1", "城东旗舰店", "郑州", "2020-03-01")))
    assert Store.objects.get().name == "城东旗舰店"


def test_a_row_that_fails_while_it_is_written_hurts_no_other() -> None:
    batch = written(checked(GOOD, ("A2", "写不进", "", ""), ("A3", "城西店", "", "")))
    assert batch.counts == {"rows": 3, "written": 2, "bad": 1}
    assert BatchRow.objects.get(state=RowState.BAD).reason_zh == "名称不可用"


def test_within_a_day_the_rows_are_taken_out_again_but_not_what_somebody_went_on_with() -> None:
    batch = written(checked(GOOD, ("A2", "城西店", "", "")))
    Store.objects.filter(code="A2").update(name="已改名")
    with clock.frozen(MOMENT + timedelta(hours=23)):
        services.batch_undo(batch_id=batch.pk, actor=MANAGER)
        worker.run_due()
    batch.refresh_from_db()
    assert (batch.state, batch.counts) == (BatchState.UNDONE, {"rows": 2, "undone": 1, "kept": 1})
    assert list(Store.objects.values_list("code", flat=True)) == ["A2"]


def test_after_a_day_an_import_stays() -> None:
    batch = written(checked(GOOD))
    with clock.frozen(MOMENT + timedelta(hours=25)), pytest.raises(Conflict):
        services.batch_undo(batch_id=batch.pk, actor=MANAGER)
    assert Store.objects.count() == 1


def test_a_worker_killed_while_writing_is_followed_by_one_that_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PIECE", 2)
    batch = checked(*((f"A{n}", f"{n}店", "", "") for n in range(5)))
    services.batch_write(batch_id=batch.pk, actor=MANAGER)

    def killed(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        running.write(Batch.objects.get(), MANAGER, Progress(killed))
    assert Store.objects.count() == 2
    worker.run_due()
    assert Batch.objects.get().counts == {"rows": 5, "written": 5}
    assert Store.objects.count() == 5


def test_columns_are_found_by_their_words_and_remembered_for_the_same_heads() -> None:
    heads = ("店号", "门店 名称*", "城市")
    batch = bring(("A1", "城东店", "郑州"), heads=heads, above=2)
    assert batch.places == {"name": 1, "city": 2}
    with pytest.raises(Refusals) as refusal:
        services.batch_check(batch_id=batch.pk, places=batch.places, actor=MANAGER)
    assert [(r.zh, r.field) for r in refusal.value.refusals] == [("请选择对应的列：门店编号", "code")]
    services.batch_check(batch_id=batch.pk, places={"code": 0, "name": 1, "city": 2, "x": 9}, actor=MANAGER)
    assert bring(("B1", "城西店", "郑州"), heads=heads).places == {"code": 0, "name": 1, "city": 2}


def test_what_has_moved_on_is_not_checked_or_undone_again() -> None:
    batch = written(checked(GOOD))
    with pytest.raises(Conflict):
        services.batch_check(batch_id=batch.pk, places={}, actor=MANAGER)
    with pytest.raises(NotFound):
        services.batch_undo(batch_id=0, actor=MANAGER)
    with pytest.raises(NotFound):
        services.batch_bring(kind="unknown", name="", content=xlsx(GOOD), actor=MANAGER)


def test_a_csv_from_an_old_program_is_read() -> None:
    content = "门店编号,门店名称\nA1,城东店\n".encode("gb18030")
    batch = services.batch_bring(kind="stores", name="门店.csv", content=content, actor=MANAGER)
    assert (batch.counts, batch.places) == ({"rows": 1}, {"code": 0, "name": 1})


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 not a workbook", "import-file"),
        (b"\xff\xff\xff\x81", "import-file"),
        (b"a\x00b", "import-file"),
        ("门店编号,门店名称\n".encode(), "import-empty"),
        (b",,\n", "import-empty"),
    ],
)
def test_a_file_that_is_none_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        services.batch_bring(kind="stores", name="x", content=content, actor=MANAGER)
    assert (refusal.value.code, refusal.value.field) == (code, "file")
    assert not Batch.objects.exists()


def test_a_file_may_not_be_longer_than_can_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 1)
    with pytest.raises(Refusal) as refusal:
        bring(GOOD, GOOD)
    assert refusal.value.code == "import-long"


@pytest.mark.parametrize(
    ("type_", "cell", "value"),
    [
        (Type.TEXT, 138.0, "138"),
        (Type.TEXT, date(2026, 1, 5), "2026-01-05"),
        (Type.INTEGER, "1,200", 1200),
        (Type.MONEY, 3036.76, 303_676),
        (Type.MONEY, "¥12,345.60", 1_234_560),
        (Type.MONEY, "1,000元", 100_000),
        (Type.RATE, 5.88, 5_880_000),
        (Type.RATE, "5.88%", 5_880_000),
        (Type.DATE, "2026年3月5日", date(2026, 3, 5)),
        (Type.DATE, datetime(2026, 3, 5, 10, tzinfo=UTC), date(2026, 3, 5)),
        (Type.YES_NO, "是", True),
        (Type.YES_NO, 0, False),
        (Type.MONEY, "  ", None),
    ],
)
def test_cells_are_read_as_people_type_them(type_: Type, cell: Any, value: Any) -> None:
    assert columns.value(Column("c", "列", "column", type_), cell) == value


@pytest.mark.parametrize(
    ("type_", "cell"),
    [
        (Type.TEXT, "长" * 201),
        (Type.INTEGER, 1.5),
        (Type.INTEGER, "若干"),
        (Type.MONEY, "1.005"),
        (Type.RATE, "五"),
        (Type.DATE, "2026-02-30"),
        (Type.YES_NO, "大概"),
    ],
)
def test_a_cell_that_cannot_be_read_names_its_column(type_: Type, cell: Any) -> None:
    with pytest.raises(Refusal) as refusal:
        columns.value(Column("c", "列", "column", type_), cell)
    assert (refusal.value.field, refusal.value.zh[:2]) == ("c", "列:")


def test_the_template_reads_back_as_its_own_columns() -> None:
    sheet = cells(kinds.template(kinds.kinds()["stores"], "zh-hans"))
    assert sheet[0] == ["门店编号*", "门店名称*", "城市", "开业日期"]
    assert reading.guess(COLUMNS, [str(head) for head in sheet[0]]) == {"code": 0, "name": 1, "city": 2, "opened": 3}


OUT = (
    Column("name", "姓名", "name"),
    Column("amount", "金额(元)", "amount (yuan)", Type.MONEY),
    Column("rate", "年利率(%)", "rate (%)", Type.RATE),
    Column("day", "日期", "date", Type.DATE),
    Column("n", "期数", "periods", Type.INTEGER),
    Column("new", "新车", "new car", Type.YES_NO),
)
LINE = [Personal(Kind.NAME, "王小明"), 12_500_005, 5_880_000, date(2026, 11, 20), 36, True]


def test_a_list_goes_out_typed_masked_and_with_who_took_it() -> None:
    content = export.workbook(
        "在途/案卷", OUT, [LINE, [None] * 6], language="zh-hans", watermark="许宁 2026-11-20 10:00"
    )
    assert cells(content) == [
        ["姓名", "金额(元)", "年利率(%)", "日期", "期数", "新车"],
        ["王**", 125000.05, 5.88, date(2026, 11, 20), 36.0, "是"],
        [""] * 6,
        [""] * 6,
        ["许宁 2026-11-20 10:00", "", "", "", "", ""],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_what_looks_like_a_formula_is_shown_and_never_computed(text: str) -> None:
    column = (Column("c", "列", "column"),)
    content = export.workbook("x", column, [[text]], language="en")
    assert cells(content) == [["column"], [text]]
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    assert export.csv_text(column, [[text]], language="en").splitlines()[1].strip('"').startswith("'")


def test_csv_says_the_same_figures() -> None:
    assert export.csv_text(OUT, [LINE, [None] * 6], language="en").splitlines() == [
        "\ufeffname,amount (yuan),rate (%),date,periods,new car",
        "王**,125000.05,5.88,2026-11-20,36,是",
        ",,,,,",
    ]


def test_five_thousand_rows_go_in_one_go_with_progress() -> None:
    batch = checked(*((f"S{n}", f"{n}店", "郑州", "2020-03-01") for n in range(5000)))
    assert batch.counts == {"rows": 5000, "good": 5000}
    batch = written(batch)
    assert batch.counts == {"rows": 5000, "written": 5000}
    job = Job.objects.get(kind=services.WRITE)
    assert (job.done, job.total, Store.objects.count()) == (5000, 5000, 5000)
