"""The old 台账 from a workbook: a row is a customer and a deal whose money is out.

A person on file by the identity number is found, one who is not is registered. Who brings the file in needs the right
to open deals in the store of each row. Within a day the deals can be taken back; the customers stay on file.
"""

from __future__ import annotations

from typing import Any, Final

from chedai.catalog.partners.models import Lender
from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.rules import Identity, identity_refusals
from chedai.crm.customers.selectors import identity_taken
from chedai.crm.customers.services import customer_register
from chedai.deals.pipeline.history import Past, deal_bring, deal_take_back, past_refusals
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.states import Mode
from chedai.org import selectors
from chedai.org.access import access_of
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.errors import Refusal, Refusals
from chedai.platform.imports.columns import Column, Type
from chedai.platform.imports.kinds import ImportKind, Row

RIGHT: Final = "deal.open"
COLUMNS: Final = (
    Column("number", "编号", "number", required=True, also=("合同编号", "案卷号"), example="TZ2025-00017", longest=40),
    Column("name", "客户姓名", "customer", required=True, also=("姓名", "客户"), example="王芳", longest=80),
    Column("id_number", "身份证号", "identity number", required=True, also=("证件号",), longest=30),
    Column("phone", "手机号", "telephone", also=("电话", "联系电话"), example="13800000000", longest=30),
    Column("vehicle", "车型", "car", required=True, also=("车辆",), example="启程 E5 520km", longest=120),
    Column(
        "lender", "资方代码", "lender code", required=True, also=("机构代码", "资方"), example="jianghe", longest=40
    ),
    Column("amount", "贷款金额", "loan", Type.MONEY, required=True, also=("金额", "放款金额"), example="100000"),
    Column("opened_on", "进件日期", "opened on", Type.DATE, required=True, also=("进件日",), example="2025-03-04"),
    Column("funded_on", "放款日期", "paid out on", Type.DATE, required=True, also=("放款日",), example="2025-03-11"),
    Column("store", "门店编号", "store code", required=True, also=("门店",), example="A1", longest=20),
    Column("officer", "专员工号", "officer", required=True, also=("工号",), example="N003", longest=20),
)


def ledger_check(row: Row, actor: Actor) -> None:
    """What the columns alone cannot see. Errors: `Refusals` at their columns, `NotAllowed`."""
    refused = [*identity_refusals(_identity(row), clock.business_date()), *past_refusals(_past(row), _today())]
    if refused:
        raise Refusals(refused)
    _placed(row, actor)
    _lender(row["lender"])
    _customer(row)
    if Deal.objects.filter(number=row["number"]).exists():
        zh, en = f"编号 {row['number']} 已有案卷", f"there is a deal {row['number']}"
        raise Refusal("deal-known", zh, en, field="number")


def ledger_write(row: Row, actor: Actor) -> str:
    """One row as customer and deal. Errors: as above."""
    store_id, officer_id = _placed(row, actor)
    lender = _lender(row["lender"])
    customer_id = _customer(row)
    if customer_id is None:
        registered = customer_register(
            kind=CustomerKind.PERSON,
            name=row["name"],
            id_number=row["id_number"],
            phone=row["phone"] or "",
            store_id=store_id,
            owner_id=officer_id,
            actor=actor,
        )
        customer_id = registered.pk
    deal = deal_bring(
        past=_past(row),
        customer_id=customer_id,
        store_id=store_id,
        officer_id=officer_id,
        mode=Mode.OWN_BOOK if lender.own_book else Mode.DEALER_DESK,
        lender_code=lender.code,
        lender_name=lender.name,
        actor=actor,
    )
    return f"deal:{deal.pk}"


def ledger_undo(subject: str, actor: Actor) -> None:
    """Take back what a row became. Errors: `Conflict` where somebody has gone on with it."""
    deal_take_back(deal_id=int(subject.partition(":")[2]), actor=actor)


def _key(row: Row) -> str:
    return str(row["number"])


def _today() -> Any:
    return clock.business_date()


def _identity(row: Row) -> Identity:
    return Identity(CustomerKind.PERSON, row["name"], row["id_number"], row["phone"] or "")


def _past(row: Row) -> Past:
    return Past(row["number"], row["vehicle"], row["amount"], row["opened_on"], row["funded_on"])


def _placed(row: Row, actor: Actor) -> tuple[int, int]:
    """Store and officer, where the person may open deals there. Errors: `Refusal` at the column, `NotAllowed`."""
    store_id = selectors.stores_of_codes([row["store"]]).get(row["store"].strip().lower())
    if store_id is None:
        zh, en = f"没有编号为 {row['store']} 的门店", f"there is no store {row['store']}"
        raise Refusal("no-such-store", zh, en, field="store")
    officer_id = Staff.objects.filter(number=row["officer"]).values_list("pk", flat=True).first()
    if officer_id is None:
        zh, en = f"没有工号 {row['officer']}", f"nobody has the number {row['officer']}"
        raise Refusal("no-such-staff", zh, en, field="officer")
    access_of(actor.ref).require(RIGHT, store_id=store_id, owner_id=officer_id)
    return store_id, officer_id


def _lender(code: str) -> Lender:
    found = Lender.objects.filter(code=code.strip().lower()).first()
    if found is None:
        raise Refusal("no-such-lender", f"没有代码为 {code} 的资方", f"there is no lender {code}", field="lender")
    return found


def _customer(row: Row) -> int | None:
    """The customer on file. Errors: `Refusal` where the identity number is on file under another name."""
    known = identity_taken(row["id_number"])
    if known is not None and known.name.in_full() != row["name"].strip():
        zh, en = "该证件号已登记为另一姓名", "this identity number is on file under another name"
        raise Refusal("identity-other", zh, en, field="id_number")
    return known.pk if known is not None else None


LEDGER: Final = ImportKind("ledger", "台账", "old deals", RIGHT, COLUMNS, _key, ledger_check, ledger_write, ledger_undo)


def import_kinds() -> dict[str, ImportKind]:
    """The workbooks the pipeline takes in."""
    return {LEDGER.code: LEDGER}
