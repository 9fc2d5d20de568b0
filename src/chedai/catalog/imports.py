"""Vehicle models and products from a workbook. A product row writes a draft of its next version: publishing takes two.

Who brings the file in needs the right the screens ask for. Within a day the import can be taken back: a model no car
was registered of goes, a draft that was not published is withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from chedai.catalog.partners.models import Lender
from chedai.catalog.products import rules as product_rules
from chedai.catalog.products.models import Product
from chedai.catalog.products.selectors import product_of_code, version_on
from chedai.catalog.products.services import product_register, version_draft, version_withdraw
from chedai.catalog.vehicles.models import VehicleModel
from chedai.catalog.vehicles.services import model_list, model_refusals, model_take_back
from chedai.catalog.vehicles.states import Energy
from chedai.engine.compare import VehicleKind
from chedai.engine.compare.methods import METHODS
from chedai.engine.errors import EngineError
from chedai.engine.money import percent, rate_units, yuan
from chedai.engine.rates import parse_fee
from chedai.org.access import access_of
from chedai.platform.actors import Actor
from chedai.platform.errors import Refusal, Refusals
from chedai.platform.imports.columns import Column, Type
from chedai.platform.imports.kinds import ImportKind, Row

RIGHT: Final = "catalog.manage"
KINDS: Final = {
    VehicleKind.OWN_ICE: ("自用传统动力", "own-use combustion"),
    VehicleKind.OWN_NEV: ("自用新能源", "own-use new energy"),
    VehicleKind.COMMERCIAL_ICE: ("商用传统动力", "commercial combustion"),
    VehicleKind.COMMERCIAL_NEV: ("商用新能源", "commercial new energy"),
    VehicleKind.USED: ("二手车", "used car"),
}
ENERGIES: Final = {
    Energy.PETROL: ("汽油", "petrol"),
    Energy.DIESEL: ("柴油", "diesel"),
    Energy.HYBRID: ("油电混动", "hybrid"),
    Energy.PLUG_IN: ("插电混动", "plug-in hybrid"),
    Energy.EXTENDED: ("增程", "range extender"),
    Energy.ELECTRIC: ("纯电", "electric"),
}
MODEL_COLUMNS: Final = (
    Column("code", "车型代码", "model code", required=True, also=("代码",), example="jg-a5-520", longest=39),
    Column("brand", "品牌", "brand", required=True, example="极光", longest=40),
    Column("series", "车系", "series", required=True, example="A5", longest=40),
    Column("trim", "配置", "trim", also=("款型",), example="520 公里 后驱", longest=60),
    Column("year", "年款", "model year", Type.INTEGER, required=True, example="2026"),
    Column("kind", "类别", "kind", required=True, example="自用新能源", longest=20),
    Column("energy", "能源", "energy", required=True, example="纯电", longest=20),
    Column("guide_price", "指导价", "guide price", Type.MONEY, required=True, also=("厂商指导价",), example="159800"),
)
PRODUCT_COLUMNS: Final = (
    Column("lender", "机构代码", "lender code", required=True, also=("机构",), example="jianghe", longest=40),
    Column("code", "产品代码", "product code", required=True, also=("代码",), example="jianghe-auto", longest=39),
    Column("name", "产品名称", "product", required=True, also=("产品",), example="专项车贷", longest=80),
    Column("starts", "生效日", "from", Type.DATE, required=True, example="2026-12-01"),
    Column("ends", "截止日", "until", Type.DATE, example=""),
    Column("vehicles", "车辆", "cars", example="自用传统动力、自用新能源"),
    Column("rates", "各期年利率", "rates by term", required=True, example="12=4.88；36=5.88"),
    Column("methods", "还款方式", "repayment", example="等额本息、等额本金"),
    Column("fees", "费用", "fees", also=("手续费",), example="金融服务费：3%:upfront:dealer", longest=400),
    Column("min_down", "最低首付", "least down payment", Type.RATE, required=True, example="20"),
    Column("max_ltv", "贷款成数上限", "loan ratio", Type.RATE, required=True, example="80"),
    Column("min_amount", "最低金额", "least amount", Type.MONEY, example="20000"),
    Column("max_amount", "最高金额", "most", Type.MONEY, example="800000"),
)


def _key(row: Row) -> str:
    return str(row["code"])


def _named(table: Mapping[Any, tuple[str, str]], word: str, field: str) -> Any:
    """The member somebody means by its name in either language or by its code. Errors: `Refusal` listing the names."""
    plain = word.strip().lower()
    for member, said in table.items():
        if plain in (str(member), *said):
            return member
    zh, en = "、".join(said[0] for said in table.values()), ", ".join(said[1] for said in table.values())
    raise Refusal("no-such-word", f"没有“{word}”（可用：{zh})", f"there is no {word} (known: {en})", field=field)


def _model(row: Row) -> dict[str, Any]:
    names = {name: row[name] or "" for name in ("code", "brand", "series", "trim")}
    kinds = {"kind": _named(KINDS, row["kind"], "kind"), "energy": _named(ENERGIES, row["energy"], "energy")}
    return {**names, **kinds, "year": row["year"], "guide_price": row["guide_price"]}


def model_check(row: Row, actor: Actor) -> None:
    """What the columns alone cannot see. Errors: `Refusal`, `NotAllowed`."""
    access_of(actor.ref).require(RIGHT)
    given = _model(row)
    code = product_rules.code_refusal(given["code"])
    asked = {name: given[name] for name in ("brand", "series", "kind", "energy", "guide_price")}
    refused = [*([code] if code else []), *model_refusals(**asked)]
    if refused:
        raise Refusals(refused)
    if VehicleModel.objects.filter(code=given["code"]).exists():
        zh, en = "车型代码已存在，改价请到车型页", "the code is taken; a price is changed on its page"
        raise Refusal("model-known", zh, en, field="code")


def model_write(row: Row, actor: Actor) -> str:
    """One row as a listed model. Errors: as above."""
    return f"vehicle-model:{model_list(**_model(row), actor=actor).pk}"


def model_undo(subject: str, actor: Actor) -> None:
    """Take back what a row became. Errors: `Conflict` where a car of it was registered."""
    model_take_back(model_id=int(subject.partition(":")[2]), actor=actor)


def product_check(row: Row, actor: Actor) -> None:
    """What the columns alone cannot see; limits are held against the policies when the draft is written."""
    access_of(actor.ref).require(RIGHT)
    lender = Lender.objects.filter(code=row["lender"]).first()
    if lender is None:
        raise Refusal("no-such-lender", f"没有机构 {row['lender']}", f"no lender {row['lender']}", field="lender")
    known = Product.objects.filter(code=row["code"]).select_related("lender").first()
    if known is not None and known.lender_id != lender.pk:
        zh = f"产品 {row['code']} 属于{known.lender.name}"
        raise Refusal("product-elsewhere", zh, f"{row['code']} belongs to {known.lender.code}", field="lender")
    refused = product_rules.code_refusal(row["code"])
    if refused is not None:
        raise refused
    _terms(row, None)


def product_write(row: Row, actor: Actor) -> str:
    """One row as a draft of the next version; an unknown product is registered. Errors: `Refusals` with the limits."""
    known = Product.objects.filter(code=row["code"]).exists()
    if not known:
        lender = Lender.objects.get(code=row["lender"])
        product_register(lender_id=lender.pk, code=row["code"], name=row["name"], actor=actor)
    product = product_of_code(row["code"])
    before = version_on(product.pk, row["starts"])
    version = version_draft(
        product_id=product.pk,
        starts=row["starts"],
        ends=row["ends"],
        terms=_terms(row, before.terms if before else None),
        requirements=before.needs if before else {},
        note="由工作簿导入",
        actor=actor,
    )
    return f"product-version:{version.pk}"


def product_undo(subject: str, actor: Actor) -> None:
    """Withdraw the draft a row became. Errors: `Conflict` where it has been published."""
    version_withdraw(version_id=int(subject.partition(":")[2]), actor=actor)


def _terms(row: Row, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """The terms of a row over those of the version it follows. Errors: `Refusal` at its column."""
    changed: dict[str, Any] = {"rates": _rates(row["rates"])}
    if row["vehicles"]:
        changed["vehicles"] = [_named(KINDS, word, "vehicles").value for word in _words(row["vehicles"])]
    if row["methods"]:
        names = {method.code: (method.zh, method.en) for method in METHODS}
        changed["repayments"] = [_named(names, word, "methods") for word in _words(row["methods"])]
    if row["fees"]:
        changed["fees"] = [_fee(text) for text in _parts(row["fees"])]
    changed |= {name: f"{percent(row[name]):f}" for name in ("min_down", "max_ltv")}
    changed |= {name: yuan(row[name]) for name in ("min_amount", "max_amount") if row[name] is not None}
    return {**(before or {}), **changed}


def _rates(text: str) -> dict[str, str]:
    found = {}
    for part in _parts(text):
        term, equals, rate = part.replace("＝", "=").partition("=")
        try:
            if not equals or not term.strip().isdecimal():
                raise ValueError
            rate_units(rate)
        except (ValueError, EngineError):
            zh, en = f"应写成 期数=年利率，现为 {part}", f"write months=rate, not {part}"
            raise Refusal("rates-wrong", zh, en, field="rates") from None
        found[term.strip()] = rate.strip().rstrip("%")
    return found


def _fee(text: str) -> str:
    try:
        parse_fee(text)
    except EngineError as refused:
        raise Refusal("fee-wrong", refused.text("zh"), refused.text("en"), field="fees") from None
    return text


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace("；", ";").split(";") if part.strip()]


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.replace("，", "、").replace(",", "、").split("、") if word.strip()]


MODELS: Final = ImportKind(
    "vehicle_models", "车型", "vehicle models", RIGHT, MODEL_COLUMNS, _key, model_check, model_write, model_undo
)
PRODUCTS: Final = ImportKind(
    "products", "产品", "products", RIGHT, PRODUCT_COLUMNS, _key, product_check, product_write, product_undo
)


def import_kinds() -> dict[str, ImportKind]:
    """The workbooks the catalogue takes in."""
    return {kind.code: kind for kind in (MODELS, PRODUCTS)}
