"""Something to see of custody: a green book in the safe, a key on its way, one that is late, a count with a gap."""

from __future__ import annotations

from datetime import timedelta

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.deals.custody.rules import Courier, Holder
from chedai.deals.custody.selectors import findings_of
from chedai.deals.custody.services.counting import count_close, count_open, count_tick
from chedai.deals.custody.services.moving import custody_enter, custody_send
from chedai.deals.custody.states import CustodyKind, HolderKind
from chedai.deals.pipeline.services import deal_open
from chedai.deals.pipeline.states import Mode
from chedai.platform import clock
from tests import cast
from tests.house import House


def furnish(house: House) -> list[str]:
    """The addresses that lie behind the menu."""
    keeper, officer = cast.acting(house.manager), cast.acting(house.officer)
    with clock.frozen(clock.now() - timedelta(days=9)):
        customer = customer_register(
            kind=CustomerKind.PERSON,
            name="卫青",
            store_id=house.east.pk,
            owner_id=house.officer.pk,
            actor=officer,
        )
        deal = deal_open(
            customer_id=customer.pk,
            store_id=house.east.pk,
            mode=Mode.OWN_BOOK,
            officer_id=house.officer.pk,
            vehicle="轩逸",
            actor=officer,
        )
        made = [
            custody_enter(deal_id=deal.pk, kind=kind, number="330012345", shelf="A-1", actor=keeper).item.label
            for kind in (CustodyKind.GREEN_BOOK, CustodyKind.KEY, CustodyKind.CONTRACT)
        ]
        to = Holder(kind=HolderKind.SAFE, store_id=house.west.pk)
        custody_send(label=made[1], to=to, seen=1, actor=keeper, courier=Courier("顺丰", "SF1001"))
    done = count_open(store_id=house.east.pk, actor=keeper)
    count_tick(count_id=done.pk, label=made[2], actor=keeper)
    count_close(count_id=done.pk, actor=keeper)
    going = count_open(store_id=house.east.pk, actor=keeper)
    count_tick(count_id=going.pk, label=made[2], actor=keeper)
    (gap,) = findings_of(done.pk)
    return [
        f"/custody/{made[0]}/",
        f"/custody/{made[1]}/",
        f"/custody/{made[1]}/receive/",
        f"/custody/{made[2]}/send/",
        f"/custody/counts/{done.pk}/",
        f"/custody/counts/{going.pk}/",
        f"/custody/findings/{gap.pk}/",
        "/custody/counts/",
        "/custody/counts/open/",
        f"/deals/{deal.number}/custody/enter/",
        f"/deals/{deal.number}/after/",
    ]
