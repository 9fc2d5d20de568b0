"""Something to see in the pipeline: deals at several stages, some of them late."""

from __future__ import annotations

from datetime import timedelta

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.services import deal_advance, deal_describe, deal_open, note_write
from chedai.deals.pipeline.states import Mode, Stage, Turn
from chedai.platform import clock
from tests import cast
from tests.house import House

_CASES = (
    ("何平", "启程 E5 430km", 7_800_000, "", ()),
    ("赵敏", "启程 S5 1.5T", 12_000_000, "", ()),
    ("孙立", "启程 E5 520km", 10_000_000, "江河银行", (Stage.APPLICATION,)),
    ("周晓燕", "云途 轿跑", 9_600_000, "江河银行", (Stage.APPLICATION,)),
    ("冯军", "启程 E5 430km", 7_200_000, "江河银行", (Stage.APPLICATION, Stage.DECISION)),
    ("吕梁", "山岳 X7", 15_800_000, "长桥银行", (Stage.APPLICATION, Stage.DECISION, Stage.CONTRACT)),
    (
        "张帆",
        "启程 E5 520km",
        10_500_000,
        "远达汽金",
        (Stage.APPLICATION, Stage.DECISION, Stage.CONTRACT, Stage.DISBURSEMENT),
    ),
)
_TURNS = {
    Stage.APPLICATION: (Turn.OFFICER, "缺收入证明"),
    Stage.DECISION: (Turn.LENDER, "等江河银行批复"),
    Stage.CONTRACT: (Turn.CUSTOMER, "待确认明示表"),
    Stage.DISBURSEMENT: (Turn.FINANCE, "待付款"),
}


def furnish(house: House) -> list[str]:
    """The deals; the addresses that lie behind the pipeline."""
    actor, now = cast.acting(house.officer), clock.now()
    deals: list[Deal] = []
    for days, (name, car, amount, lender, stages) in enumerate(_CASES):
        with clock.frozen(now - timedelta(days=days % 4, hours=days)):
            customer = customer_register(
                kind=CustomerKind.PERSON, name=name, store_id=house.east.pk, owner_id=house.officer.pk, actor=actor
            )
            deal = deal_open(
                customer_id=customer.pk,
                store_id=house.east.pk,
                mode=Mode.DEALER_DESK,
                officer_id=house.officer.pk,
                vehicle=car,
                actor=actor,
            )
            deal_describe(deal_id=deal.pk, amount=amount, lender_name=lender, actor=actor)
            for stage in stages:
                turn, step = _TURNS[stage]
                deal_advance(deal_id=deal.pk, to=stage, owner_id=None, turn=turn, next_step=step, actor=actor)
            deals.append(deal)
    note_write(
        deal_id=deals[2].pk, staff_id=house.officer.pk, text="客户周五到店签字，先备好明示表", pinned=True, actor=actor
    )
    number = deals[2].number
    return [
        "/deals/list/",
        "/deals/calendar/",
        f"/deals/{number}/",
        f"/deals/{number}/loan/",
        f"/deals/{number}/record/",
        f"/deals/{number}/hand-over/",
        f"/deals/{number}/lose/",
    ]
