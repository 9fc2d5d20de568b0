"""Models and products from a workbook: bad rows come back with their reason, good ones can be taken back."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import xlsxwriter

from chedai.catalog.imports import MODELS, PRODUCTS, import_kinds
from chedai.catalog.models import Product, ProductVersion, VehicleModel
from chedai.catalog.vehicles.services import vehicle_register
from chedai.platform.actors import Actor
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.imports import kinds, running
from chedai.platform.imports.models import Batch, BatchRow
from chedai.platform.imports.services import batch_bring, batch_check
from chedai.platform.jobs.handlers import Progress
from tests import cast
from tests.catalog import shelf
from tests.catalog.shelf import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]
NOTHING = Progress(lambda done, total: None)


@pytest.fixture(autouse=True)
def installed() -> Iterator[None]:
    before = kinds.kinds()
    kinds.install(import_kinds())
    yield
    kinds.install(before)


@pytest.fixture
def keeper() -> Actor:
    return cast.acting(cast.person("xu", "许宁", cast.store(), "manager"))


def workbook(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([heads, *rows]):
            sheet.write_row(at, 0, row)
    return out.getvalue()


def checked(kind: str, content: bytes, actor: Actor) -> Batch:
    batch = batch_bring(kind=kind, name="目录.xlsx", content=content, actor=actor)
    batch_check(batch_id=batch.pk, places=batch.places, actor=actor)
    batch.refresh_from_db()
    running.check(batch, actor, NOTHING)
    return batch


def test_models_come_from_a_workbook_in_the_words_of_the_desk(keeper: Actor) -> None:
    heads = ["车型代码", "品牌", "车系", "配置", "年款", "类别", "能源", "指导价"]
    rows = [
        ["xx-1", "星野", "S1", "标准", 2026, "自用新能源", "纯电", 129800],
        ["xx-2", "星野", "S1", "长续航", 2026, "自用新能源", "汽油", 149800],
        ["xx-3", "星野", "S1", "", 2026, "飞行器", "纯电", 149800],
        ["XX 4", "星野", "S1", "", 2026, "own_ice", "petrol", "九万"],
    ]
    batch = checked("vehicle_models", workbook(heads, rows), keeper)
    states = list(BatchRow.objects.filter(batch=batch).order_by("number").values_list("state", flat=True))
    assert states == ["good", "bad", "bad", "bad"]
    assert not VehicleModel.objects.exists()


def row(**given: Any) -> dict[str, Any]:
    empty = {column.name: None for column in PRODUCTS.columns}
    return (
        empty
        | {
            "lender": "jianghe",
            "code": "auto",
            "name": "专项车贷",
            "starts": shelf.date(2026, 12, 1),
            "rates": "12=4.68；36=5.68",
            "min_down": 20_000_000,
            "max_ltv": 80_000_000,
        }
        | given
    )


def test_a_product_row_is_a_draft_over_what_is_sold_now_and_can_be_taken_back(keeper: Actor) -> None:
    shelf.product(shelf.lender())
    given = row(methods="等额本息、等额本金", fees="服务费：3%:upfront:dealer")
    PRODUCTS.check(given, keeper)
    subject = PRODUCTS.write(given, keeper)
    draft = ProductVersion.objects.get(number=2)
    assert subject == f"product-version:{draft.pk}"
    assert (draft.state, draft.terms["rates"], draft.terms["min_down"]) == ("draft", {"12": "4.68", "36": "5.68"}, "20")
    assert (draft.terms["repayments"], draft.terms["vehicles"]) == (
        ["level", "equal-principal"],
        ["own_ice", "own_nev"],
    )
    assert draft.terms["fees"] == ["服务费：3%:upfront:dealer"]
    PRODUCTS.undo(subject, keeper)
    draft.refresh_from_db()
    assert draft.state == "withdrawn"


def test_an_unknown_product_is_registered_and_an_over_limit_one_is_not_written(keeper: Actor) -> None:
    shelf.lender()
    with pytest.raises(Refusal) as refused:
        PRODUCTS.write(row(code="used", vehicles="二手车", rates="48=6.98"), keeper)
    assert "36" in refused.value.zh
    ProductVersion.objects.all().delete()
    Product.objects.all().delete()
    PRODUCTS.write(row(code="fresh", name="新产品"), keeper)
    assert Product.objects.get().code == "fresh"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"lender": "nobody"}, "lender"),
        ({"rates": "36:5.88"}, "rates"),
        ({"vehicles": "飞机"}, "vehicles"),
        ({"fees": "服务费"}, "fees"),
        ({"code": "大写"}, "code"),
    ],
)
def test_what_is_wrong_with_a_row_stands_at_its_column(wrong: dict[str, Any], field: str, keeper: Actor) -> None:
    shelf.lender()
    with pytest.raises(Refusal) as refused:
        PRODUCTS.check(row(**wrong), keeper)
    assert refused.value.field == field


def test_who_does_not_keep_the_catalogue_brings_nothing_in() -> None:
    officer = cast.acting(cast.person("lin", "林晓", cast.store(), "officer"))
    shelf.lender()
    with pytest.raises(Refusal) as refused:
        PRODUCTS.check(row(), officer)
    assert refused.value.code == "not-allowed"


def test_a_model_goes_again_unless_a_car_of_it_is_registered(keeper: Actor) -> None:
    given = {"code": "xx-1", "brand": "星野", "series": "S1", "trim": None, "year": 2026, "guide_price": 12_980_000}
    one = given | {"kind": "own_nev", "energy": "electric"}
    MODELS.undo(MODELS.write(one, keeper), keeper)
    assert not VehicleModel.objects.exists()
    subject = MODELS.write(one, keeper)
    vehicle_register(vin="1M8GDM9AXKP042788", model_code="xx-1", actor=SYSTEM)
    with pytest.raises(Conflict):
        MODELS.undo(subject, keeper)
    with pytest.raises(Refusal) as refused:
        MODELS.check(one, keeper)
    assert refused.value.code == "model-known"
