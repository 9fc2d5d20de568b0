"""The old 台账 from a workbook: a row is a customer and a deal whose money is out.

A person on file by the identity number is found, one who is not is registered. Who brings the file in needs the right
to open deals in the store of each row. Within a day the deals can be taken back; the customers stay on file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chedai.catalog.partners.models import Lender
from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.many import Registering, customers_register, identities_known
from chedai.crm.customers.models import Customer
from chedai.crm.customers.rules import Identity, identity_refusals
from chedai.deals.pipeline.history import Bringing, Past, deal_take_back, deals_bring, past_refusals
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
from chedai.platform.privacy.kinds import Kind, normal

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


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row with what it names here; `customer` is who has the identity number already."""

    past: Past
    identity: Identity
    store_id: int
    officer_id: int
    lender: Lender
    customer: Customer | None


def ledger_check(row: Row, actor: Actor) -> None:
    """What the columns alone cannot see. Errors: `Refusals` at their columns, `NotAllowed`."""
    (refused,) = ledger_check_many([row], actor)
    if refused is not None:
        raise refused


def ledger_write(row: Row, actor: Actor) -> str:
    """One row as customer and deal. Errors: as above."""
    (came,) = ledger_write_many([row], actor)
    if isinstance(came, Refusal):
        raise came
    return came


def ledger_check_many(rows: Sequence[Row], actor: Actor) -> list[Refusal | None]:
    """`ledger_check` of a piece of rows, in a few queries."""
    return [one if isinstance(one, Refusal) else None for one in _entries(rows, actor)]


def ledger_write_many(rows: Sequence[Row], actor: Actor) -> list[str | Refusal]:
    """`ledger_write` of a piece of rows. Errors: `IntegrityError` where somebody takes a number in this moment."""
    found = _entries(rows, actor)
    entries = [one for one in found if isinstance(one, _Entry)]
    new: dict[str, _Entry] = {}
    for one in entries:
        if one.customer is None:
            new.setdefault(_person(one), one)  # who comes twice is registered as in the first row
    registering = [Registering(one.identity, one.store_id, one.officer_id) for one in new.values()]
    customers = dict(zip(new, customers_register(registering=registering, actor=actor), strict=True))
    bringing = [
        Bringing(
            past=one.past,
            customer_id=one.customer.pk if one.customer is not None else customers[_person(one)],
            store_id=one.store_id,
            officer_id=one.officer_id,
            mode=Mode.OWN_BOOK if one.lender.own_book else Mode.DEALER_DESK,
            lender_code=one.lender.code,
            lender_name=one.lender.name,
        )
        for one in entries
    ]
    deals = iter(deals_bring(bringing=bringing, actor=actor))
    return [one if isinstance(one, Refusal) else f"deal:{next(deals)}" for one in found]


def ledger_undo(subject: str, actor: Actor) -> None:
    """Take back what a row became. Errors: `Conflict` where somebody has gone on with it."""
    deal_take_back(deal_id=int(subject.partition(":")[2]), actor=actor)


def _key(row: Row) -> str:
    return str(row["number"])


def _identity(row: Row) -> Identity:
    return Identity(CustomerKind.PERSON, row["name"], row["id_number"], row["phone"] or "")


def _past(row: Row) -> Past:
    return Past(row["number"], row["vehicle"], row["amount"], row["opened_on"], row["funded_on"])


def _person(entry: _Entry) -> str:
    return normal(Kind.ID_NUMBER, entry.identity.id_number)


def _entries(rows: Sequence[Row], actor: Actor) -> list[_Entry | Refusal]:
    """Each row with what it names, or why it cannot come in."""
    access, today = access_of(actor.ref), clock.business_date()
    stores = selectors.stores_of_codes(row["store"] for row in rows)
    officers = dict(Staff.objects.filter(number__in={row["officer"] for row in rows}).values_list("number", "pk"))
    lenders = {one.code: one for one in Lender.objects.filter(code__in={_code(row) for row in rows})}
    customers = identities_known(row["id_number"] for row in rows)
    numbers = set(Deal.objects.filter(number__in=[row["number"] for row in rows]).values_list("number", flat=True))
    names: dict[str, str] = {}
    found: list[_Entry | Refusal] = []
    for row in rows:
        try:
            identity, past = _identity(row), _past(row)
            refused = [*identity_refusals(identity, today), *past_refusals(past, today)]
            if refused:
                raise Refusals(refused)
            store_id, officer_id = _named(stores, officers, row)
            access.require(RIGHT, store_id=store_id, owner_id=officer_id)
            lender, customer = _lender(lenders, row), customers.get(row["id_number"])
            entry = _Entry(past, identity, store_id, officer_id, lender, customer)
            _refuse_other(entry, names)
            if row["number"] in numbers:
                zh, en = f"编号 {row['number']} 已有案卷", f"there is a deal {row['number']}"
                raise Refusal("deal-known", zh, en, field="number")
            names[_person(entry)] = identity.name.strip()
            found.append(entry)
        except Refusal as refusal:
            found.append(refusal)
    return found


def _named(stores: Mapping[str, int], officers: Mapping[str, int], row: Row) -> tuple[int, int]:
    """Store and officer of a row. Errors: `Refusal` at the column."""
    store_id, officer_id = stores.get(row["store"].strip().lower()), officers.get(row["officer"])
    if store_id is None:
        zh, en = f"没有编号为 {row['store']} 的门店", f"there is no store {row['store']}"
        raise Refusal("no-such-store", zh, en, field="store")
    if officer_id is None:
        zh, en = f"没有工号 {row['officer']}", f"nobody has the number {row['officer']}"
        raise Refusal("no-such-staff", zh, en, field="officer")
    return store_id, officer_id


def _code(row: Row) -> str:
    return str(row["lender"]).strip().lower()


def _lender(lenders: Mapping[str, Lender], row: Row) -> Lender:
    found = lenders.get(_code(row))
    if found is None:
        zh, en = f"没有代码为 {row['lender']} 的资方", f"there is no lender {row['lender']}"
        raise Refusal("no-such-lender", zh, en, field="lender")
    return found


def _refuse_other(entry: _Entry, names: Mapping[str, str]) -> None:
    """Errors: `Refusal` where the identity number is on file, or in a row above, under another name."""
    name = entry.identity.name.strip()
    known = entry.customer.name.in_full() if entry.customer is not None else names.get(_person(entry), name)
    if known != name:
        zh, en = "该证件号已登记为另一姓名", "this identity number is on file under another name"
        raise Refusal("identity-other", zh, en, field="id_number")


LEDGER: Final = ImportKind(
    "ledger",
    "台账",
    "old deals",
    RIGHT,
    COLUMNS,
    _key,
    ledger_check,
    ledger_write,
    ledger_undo,
    ledger_check_many,
    ledger_write_many,
    piece=1_000,
)


def import_kinds() -> dict[str, ImportKind]:
    """The workbooks the pipeline takes in."""
    return {LEDGER.code: LEDGER}
