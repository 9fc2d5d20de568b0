"""The old 台账 through the import: rows become customers and deals, in few queries, and go out again within a day."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final

import pytest
import xlsxwriter
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from chedai.catalog.starter.services import catalogue_load_starter
from chedai.crm.customers.models import Customer
from chedai.crm.search.models import SearchWord
from chedai.deals.pipeline.imports import ledger_write, ledger_write_many
from chedai.deals.pipeline.models import Deal, DealNote, StageEntry
from chedai.journey.wiring import wire
from chedai.platform import clock, events
from chedai.platform.actors import Actor
from chedai.platform.audit.models import AuditEntry
from chedai.platform.audit.services import log_verify
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.imports import kinds
from chedai.platform.imports.models import Batch, BatchRow
from chedai.platform.imports.services import batch_bring, batch_check, batch_undo, batch_write
from chedai.platform.jobs import handlers, worker
from chedai.platform.privacy.personal import Personal
from chedai.platform.work import work
from tests import cast
from tests.conftest import MOMENT
from tests.deals.quoting import SEED
from tests.house import House, build

pytestmark = pytest.mark.django_db

HEADS: Final = ("编号", "姓名", "证件号", "电话", "车型", "资方", "金额", "进件日", "放款日", "门店", "工号")
WANG: Final = ("330106199003070014", "13800138000")
LI: Final = ("330106198501012314", "13900139000")


@pytest.fixture
def house() -> Iterator[House]:
    before = (kinds.kinds(), handlers.handlers(), events.wiring())
    wire()
    with clock.frozen(MOMENT):
        made = build()
        catalogue_load_starter(actor=SEED)
        yield made
    kinds.install(before[0])
    handlers.install(before[1])
    events.install(before[2])


def row(number: str, name: str, who: tuple[str, str], amount: str = "100000", officer: str = "") -> list[str]:
    return [number, name, *who, "启程 E5", "jianghe", amount, "2025-03-04", "2025-03-11", "A1", officer]


def brought(manager: Actor, officer: str, *rows: Sequence[Any]) -> Batch:
    """The file with `rows`, tried and written as far as it can be."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for at, cells in enumerate([HEADS, *([*one[:-1], one[-1] or officer] for one in rows)]):
            sheet.write_row(at, 0, cells)
    batch = batch_bring(kind="ledger", name="台账.xlsx", content=out.getvalue(), actor=manager)
    batch_check(batch_id=batch.pk, places=batch.places, actor=manager)
    worker.run_due()
    batch_write(batch_id=batch.pk, actor=manager)
    worker.run_due()
    batch.refresh_from_db()
    return batch


def test_rows_become_customers_and_deals_and_each_is_on_record(house: House) -> None:
    manager = cast.acting(house.manager)
    rows = [row("TZ-1", "王芳", WANG), row("TZ-2", "李强", LI, "80000"), row("TZ-3", "王芳", WANG, "0")]
    batch = brought(manager, house.officer.number, *rows, row("TZ-4", "王芳", WANG), row("TZ-5", "王方", WANG))
    assert batch.counts == {"rows": 5, "written": 3, "bad": 2}
    bad = BatchRow.objects.filter(state="bad").order_by("number")
    assert [one.reason_zh for one in bad] == ["贷款金额须大于 0", "该证件号已登记为另一姓名"]
    deals = {deal.number: deal for deal in Deal.objects.select_related("customer")}
    assert deals.keys() == {"TZ-1", "TZ-2", "TZ-4"}
    assert deals["TZ-1"].customer_id == deals["TZ-4"].customer_id
    assert Customer.objects.count() == 2
    assert (deals["TZ-2"].amount, deals["TZ-2"].lender_code, deals["TZ-2"].state) == (8_000_000, "jianghe", "funded")
    stay = StageEntry.objects.get(deal=deals["TZ-2"])
    assert (stay.stage, stay.left_at, deals["TZ-2"].closed_at) == ("complete", stay.entered_at, stay.entered_at)
    done = list(AuditEntry.objects.filter(action__in=("customer.registered", "deal.brought")).values_list("action"))
    assert sorted(done) == [("customer.registered",)] * 2 + [("deal.brought",)] * 3
    assert log_verify().findings == ()
    words = {word.word.in_full() for word in SearchWord.objects.filter(customer=deals["TZ-1"].customer)}
    assert {"王芳", "wangfang", "#8000"} <= words


def test_one_row_and_many_leave_the_same_on_record(house: House) -> None:
    manager = cast.acting(house.manager)
    cells = dict(zip([one.name for one in kinds.kinds()["ledger"].columns], row("TZ-1", "王芳", WANG), strict=True))
    days = {"opened_on": date(2025, 3, 4), "funded_on": date(2025, 3, 11), "amount": 10_000_000}
    one = cells | days | {"officer": house.officer.number}
    ledger_write(one, manager)
    ledger_write_many([one | {"number": "TZ-2", "id_number": LI[0], "phone": LI[1], "name": "李强"}], manager)
    entries = AuditEntry.objects.filter(action__in=("customer.registered", "deal.brought")).order_by("seq")
    told = [json.loads(bytes(entry.body)) for entry in entries]
    for body in told:
        body["facts"].pop("number", None)
    same = [(body["action"], body["actor"], body["facts"]) for body in told]
    assert len(same) == 4
    assert same[:2] == same[2:]
    with pytest.raises(Refusal, match="TZ-1"):
        ledger_write(one, manager)
    assert Deal.objects.count() == 2


def left(house: House) -> list[Any]:
    """What stands in the database of customers, deals, words and the log, without numbers and nonces."""
    people = {one.pk: one for one in Customer.objects.all()}
    whose = {pk: bytes(one.id_number_index or b"") for pk, one in people.items()}
    left_out = ("id", "number", "customer_id", "deal_id")
    tables: list[Any] = []
    for model in (Customer, Deal, StageEntry, SearchWord):
        names = [field.attname for field in model._meta.concrete_fields if field.attname not in left_out]
        rows: list[Any] = []
        for one in model._default_manager.order_by("pk"):
            of = one if not isinstance(one, StageEntry) else one.deal
            values = {name: getattr(one, name) for name in names}
            values |= {name: value.in_full() for name, value in values.items() if isinstance(value, Personal)}
            values |= {name: bytes(value) for name, value in values.items() if isinstance(value, memoryview)}
            rows.append((getattr(of, "number", ""), whose.get(getattr(of, "customer_id", 0)), sorted(values.items())))
        tables.append(sorted(rows, key=repr))
    told = [json.loads(bytes(body)) for body in AuditEntry.objects.order_by("seq").values_list("body", flat=True)]
    made = [one for one in told if one["action"] in ("customer.registered", "deal.brought")]
    return [*tables, sorted((one["action"], one["actor"], one["date"], sorted(one["facts"].items())) for one in made)]


def test_a_piece_of_rows_leaves_what_the_same_rows_leave_one_by_one(house: House) -> None:
    manager, names = cast.acting(house.manager), [one.name for one in kinds.kinds()["ledger"].columns]
    days = {"opened_on": date(2025, 3, 4), "funded_on": date(2025, 3, 11), "amount": 10_000_000}
    usual = dict(zip(names, row("TZ", "王芳", WANG), strict=True)) | days | {"officer": house.officer.number}
    of_li = {"name": "李强", "id_number": LI[0], "phone": LI[1]}
    given = [
        usual | {"number": "TZ-1"},
        usual | {"number": "TZ-2"} | of_li | {"phone": None, "lender": "JIANGHE"},
        usual | {"number": "TZ-3", "id_number": "330106 19900307 0014"},  # the first again
        usual | {"number": "TZ-4", "name": "王方"},
        usual | {"number": "TZ 5"},
        usual | {"number": "TZ-6", "phone": "12345"},
        usual | {"number": "TZ-7", "store": "Z9"},
        usual | {"number": "TZ-8", "officer": "N999"},
        usual | {"number": "TZ-9", "lender": "nobody"},
        usual | {"number": "TZ-10"} | of_li | {"amount": 1, "vehicle": "海豚 2026 款"},
    ]

    def said(one: str | Refusal) -> str:
        return one.code if isinstance(one, Refusal) else one.partition(":")[0]

    def by_itself(one: dict[str, Any]) -> str | Refusal:
        try:
            with work():
                return ledger_write(one, manager)
        except Refusal as refused:
            return refused

    def at_once() -> Sequence[str | Refusal]:
        with work():
            return ledger_write_many(given, manager)

    refused = ["identity-other", "number-signs", "phone-wrong", "no-such-store", "no-such-staff", "no-such-lender"]
    stands: list[list[Any]] = []
    for way in (at_once, lambda: [by_itself(one) for one in given]):
        with transaction.atomic():
            assert [said(one) for one in way()] == ["deal"] * 3 + refused + ["deal"]
            stands.append(left(house))
            transaction.set_rollback(True)
    assert [len(table) for table in stands[0][:3]] == [2, 4, 4]
    assert stands[0] == stands[1]


def _asked(house: House, first: int, many: int) -> int:
    """How many queries `many` rows take, from the file to the last."""
    rows = [row(f"TZ-{at}", "王芳", WANG) for at in range(first, first + many)]
    with CaptureQueriesContext(connection) as queries:
        batch = brought(cast.acting(house.manager), house.officer.number, *rows)
    assert batch.counts == {"rows": many, "written": many}
    return len(queries)


def test_a_row_more_asks_the_database_nothing_more(house: House) -> None:
    _asked(house, 0, 1)
    assert _asked(house, 10, 2) == _asked(house, 20, 40)


def test_within_a_day_the_deals_go_out_again_and_what_has_gone_on_stays(house: House) -> None:
    manager = cast.acting(house.manager)
    rows = [row("TZ-1", "王芳", WANG), row("TZ-2", "李强", LI), row("TZ-3", "王芳", WANG)]
    batch = brought(manager, house.officer.number, *rows)
    used = Deal.objects.get(number="TZ-2")
    DealNote.objects.create(deal=used, text="已联系", author=house.officer, written_at=clock.now())
    batch_undo(batch_id=batch.pk, actor=manager)
    worker.run_due()
    batch.refresh_from_db()
    assert batch.counts == {"rows": 3, "undone": 2, "kept": 1}
    assert BatchRow.objects.get(state="kept").reason_zh == "案卷已有后续业务，不能撤销"
    assert [deal.number for deal in Deal.objects.all()] == ["TZ-2"]
    assert [stay.deal_id for stay in StageEntry.objects.all()] == [used.pk]
    assert Customer.objects.count() == 2  # who was registered stays on file
    back = AuditEntry.objects.filter(action="deal.taken_back").order_by("seq")
    assert [json.loads(bytes(entry.body))["facts"]["number"] for entry in back] == ["TZ-3", "TZ-1"]

    again = brought(manager, house.officer.number, *rows)
    assert again.counts["written"] == 2
    assert sorted(Deal.objects.values_list("number", flat=True)) == ["TZ-1", "TZ-2", "TZ-3"]


def test_after_a_day_an_import_stands(house: House) -> None:
    manager = cast.acting(house.manager)
    batch = brought(manager, house.officer.number, row("TZ-1", "王芳", WANG))
    with clock.frozen(MOMENT + timedelta(days=1, minutes=1)), pytest.raises(Conflict, match="import-old"):
        batch_undo(batch_id=batch.pk, actor=manager)
    assert Deal.objects.get().number == "TZ-1"
