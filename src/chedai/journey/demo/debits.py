"""Direct debit at the store that has begun with it: a batch to the bank on a due day, its answer the same afternoon.

What the others pay by debit is booked as their banks report it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chedai.book.loans.bulk.debit_files import FOOT, HEADS, debit_file
from chedai.book.loans.bulk.debits import debit_make, debit_send
from chedai.book.loans.bulk.mandates import mandate_give
from chedai.book.loans.bulk.models import DebitBatch
from chedai.book.loans.models import Loan
from chedai.journey.demo.files import bring, sheet
from chedai.journey.demo.road import Road
from chedai.platform import clock
from chedai.platform.errors import Refusal

if TYPE_CHECKING:
    from chedai.journey.demo.diary import Diary

PILOT: Final = 1
"""The store that debits, by its place in the house."""
SINCE: Final = timedelta(30)
"""How long before today it has begun."""
_SAID: Final = ("余额不足", "超过扣款限额")
_RESULT: Final = HEADS.index("结果")


def is_debited(diary: Diary, loan: Loan) -> bool:
    """Whether its instalments come by a batch: at the store that has begun, since it has."""
    return loan.store_id == diary.house.stores[PILOT].pk and diary.day >= diary.today - SINCE


def sign(road: Road, loan: Loan) -> None:
    """The customer signs from which account the instalments may be taken."""
    with clock.frozen(road.at):
        mandate_give(
            loan_id=loan.pk,
            bank="江河银行",
            holder=road.person.name,
            account=f"62220215{road.number:010}",
            agreed_on=clock.business_date(),
            actor=road.actor,
        )


def collect(diary: Diary, paying: Collection[int]) -> None:
    """The batch of the day goes out and comes back: the money of the loans that are `paying`, of the others why not."""
    store_id = diary.house.stores[PILOT].pk
    with clock.frozen(diary.at(9, 5)):
        made = debit_make(day=diary.day, store_id=store_id, actor=diary.finance)
        batch = debit_send(batch_id=made.pk, actor=diary.finance)
        sent = debit_file(batch)
    with clock.frozen(diary.at(16, 45)):
        bring("debit_return", f"{batch.number}-回盘.csv", sheet(_answered(batch, sent, paying)), diary.finance)


def last_day(diary: Diary) -> None:
    """The batch of tomorrow is at the bank: what is late is asked for again. Nothing, where nothing is due."""
    with suppress(Refusal), clock.frozen(diary.at(9, 15)):
        day = diary.day + timedelta(1)
        batch = debit_make(day=day, store_id=diary.house.stores[PILOT].pk, actor=diary.finance)
        debit_send(batch_id=batch.pk, actor=diary.finance)


def _answered(batch: DebitBatch, sent: bytes, paying: Collection[int]) -> Iterator[list[str]]:
    """The file as the bank gives it back, with the result and the day of each line."""
    loans = dict(batch.lines.values_list("n", "loan_id"))
    for row in csv.reader(io.StringIO(sent.decode("utf-8-sig"))):
        if row[0] == batch.number and row[1] != FOOT:
            n = int(row[1])
            said = "扣款成功" if loans[n] in paying else _SAID[n % len(_SAID)]
            row[_RESULT:] = [said, batch.day.isoformat()]
        yield row
