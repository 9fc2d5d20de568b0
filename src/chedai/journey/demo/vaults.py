"""The safes: green books and keys come in, some are lent out and one of them too long, one safe was counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from chedai.deals.custody.rules import Courier, Holder
from chedai.deals.custody.selectors import holdings_of, safe_of
from chedai.deals.custody.services.counting import count_close, count_open, count_tick
from chedai.deals.custody.services.moving import custody_enter, custody_receive, custody_send
from chedai.deals.custody.states import CustodyKind, HolderKind
from chedai.journey.demo.diary import Diary
from chedai.journey.demo.house import acting
from chedai.journey.demo.road import Road
from chedai.platform import clock

LENT_TOO_LONG: Final = 3
"""The deal whose green book the officer took to the registry and never brought back."""
_BACK: Final = timedelta(5)


def keep(road: Road) -> None:
    """What came back goes into the safe, with the second key."""
    keeper = acting(road.house.managers[road.store.pk])
    shelf = f"{road.number // 10 + 1}-{road.number % 10 + 1:02}"
    with road.step(1, 12):
        for one in holdings_of(road.key):
            if one.holder == HolderKind.STAFF:
                custody_receive(label=one.item.label, seen=one.seq, actor=keeper, shelf=shelf)
        custody_enter(deal_id=road.key, kind=CustodyKind.KEY, number="", shelf=shelf, actor=keeper)
    if road.number != LENT_TOO_LONG:
        return
    with road.step(1, 8):
        one = holdings_of(road.key)[0]
        to = Holder(kind=HolderKind.STAFF, staff_id=road.officer.pk)
        sent = custody_send(
            label=one.item.label, to=to, seen=one.seq, actor=keeper, back_by=clock.business_date() + _BACK
        )
        custody_receive(label=one.item.label, seen=sent.seq, actor=road.actor)


def last_day(diary: Diary) -> None:
    """A key travels to another store, and a count of the first safe misses one."""
    first, second = diary.house.stores[:2]
    held = safe_of(first.pk)
    if len(held) < 2:
        return
    keeper = acting(diary.house.managers[first.pk])
    with clock.frozen(diary.at(9, 50)):
        to, one = Holder(kind=HolderKind.SAFE, store_id=second.pk), held[-1]
        courier = Courier("顺丰速运", f"SF{one.item_id:010}")
        custody_send(label=one.item.label, to=to, seen=one.seq, actor=keeper, courier=courier)
    with clock.frozen(diary.at(10, 5)):
        count = count_open(store_id=first.pk, actor=keeper)
        for seen in safe_of(first.pk)[1:]:
            count_tick(count_id=count.pk, label=seen.item.label, actor=keeper)
        count_close(count_id=count.pk, actor=keeper)
