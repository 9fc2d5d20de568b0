"""Leads from a workbook (线索导入), as campaigns and websites hand them over: with source, cost and owner.

Without a number of staff a lead goes into the pool of its store. Who brings the file in needs the right to register
leads in the store of each row. A lead nobody has touched can be taken back within a day.
"""

from __future__ import annotations

from typing import Final

from chedai.crm.reception import selectors
from chedai.crm.reception.leads import lead_register, lead_take_back, leads_refuse
from chedai.crm.reception.states import Source
from chedai.org.access import access_of
from chedai.org.models import Staff
from chedai.org.selectors import stores_of_codes
from chedai.platform.actors import Actor
from chedai.platform.errors import Refusal
from chedai.platform.imports.columns import Column, Type
from chedai.platform.imports.kinds import ImportKind, Row
from chedai.platform.privacy.kinds import Kind, normal

RIGHT: Final = "lead.register"
SOURCES: Final = {
    Source.WALK_IN: "自然进店",
    Source.PHONE: "来电",
    Source.ONLINE: "垂直网站",
    Source.SOCIAL: "短视频与社媒",
    Source.EVENT: "车展与外拓",
    Source.REFERRAL: "转介绍",
    Source.REPURCHASE: "老客复购",
}
COLUMNS: Final = (
    Column("name", "称呼", "name", required=True, also=("姓名", "客户"), example="赵先生", longest=40),
    Column("phone", "手机号", "telephone", required=True, also=("电话", "联系电话"), example="13800000000", longest=30),
    Column("source", "来源", "source", required=True, also=("渠道", "线索来源"), example="垂直网站", longest=20),
    Column("store", "门店编号", "store code", required=True, also=("门店",), example="A1", longest=20),
    Column("owner", "负责人工号", "looked after by", also=("工号", "专员工号"), example="N003", longest=20),
    Column("next_contact_on", "下次联系", "next contact", Type.DATE, also=("下次联系日期",), example="2026-12-01"),
    Column("campaign", "活动或渠道", "campaign", also=("活动",), example="双十一直播", longest=60),
    Column("cost", "线索成本", "cost", Type.MONEY, also=("成本",), example="120"),
    Column("interest", "意向车型", "car", also=("车型",), example="启程 E5", longest=80),
)


def lead_check(row: Row, actor: Actor) -> None:
    """What the columns alone cannot see. Errors: `Refusals` at their columns, `Conflict` (撞单), `NotAllowed`."""
    owner_id = _placed(row, actor)[1]
    _source(row["source"])
    leads_refuse(row["name"], row["phone"], row["next_contact_on"], row["cost"] or 0, is_owned=owner_id is not None)
    selectors.collision_refuse(row["phone"])


def lead_write(row: Row, actor: Actor) -> str:
    """One row as a lead. Errors: as above."""
    store_id, owner_id = _placed(row, actor)
    made = lead_register(
        store_id=store_id,
        owner_id=owner_id,
        name=row["name"],
        phone=row["phone"],
        source=_source(row["source"]),
        campaign=row["campaign"] or "",
        cost=row["cost"] or 0,
        interest=row["interest"] or "",
        next_contact_on=row["next_contact_on"],
        actor=actor,
    )
    return f"lead:{made.pk}"


def lead_undo(subject: str, actor: Actor) -> None:
    """Take back what a row became. Errors: `Conflict` where somebody has gone on with it."""
    lead_take_back(lead_id=int(subject.partition(":")[2]), actor=actor)


def _key(row: Row) -> str:
    """A lead is the same lead in another file by its telephone."""
    return normal(Kind.PHONE, str(row["phone"]))


def _source(word: str) -> Source:
    plain = word.strip().lower()
    found = next((source for source, zh in SOURCES.items() if plain in (source.value, zh)), None)
    if found is None:
        zh, en = f"没有这种来源：{word}（可用：{'、'.join(SOURCES.values())}）", f"there is no source {word}"
        raise Refusal("no-such-source", zh, en, field="source")
    return found


def _placed(row: Row, actor: Actor) -> tuple[int, int | None]:
    """Store and owner, where the person may register leads. Errors: `Refusal` at the column, `NotAllowed`."""
    store_id = stores_of_codes([row["store"]]).get(row["store"].strip().lower())
    if store_id is None:
        zh, en = f"没有编号为 {row['store']} 的门店", f"there is no store {row['store']}"
        raise Refusal("no-such-store", zh, en, field="store")
    access = access_of(actor.ref)
    if not row["owner"]:
        access.require(RIGHT, store_id=store_id, owner_id=access.staff_id)
        return store_id, None
    owner_id = Staff.objects.filter(number=row["owner"], left_on=None).values_list("pk", flat=True).first()
    if owner_id is None:
        zh, en = f"没有工号 {row['owner']}", f"nobody has the number {row['owner']}"
        raise Refusal("no-such-staff", zh, en, field="owner")
    access.require(RIGHT, store_id=store_id, owner_id=owner_id)
    return store_id, owner_id


LEADS: Final = ImportKind("leads", "线索", "leads", RIGHT, COLUMNS, _key, lead_check, lead_write, lead_undo)


def import_kinds() -> dict[str, ImportKind]:
    """The workbooks reception takes in."""
    return {LEADS.code: LEADS}
