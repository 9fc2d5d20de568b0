"""A car that is taken back, sold, and pays off its loan; what is over goes back to its owner (民法典 413)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from chedai.book.collection.models import CollectionCase, Recovery
from chedai.book.collection.services.booking import car_book
from chedai.book.collection.services.recovery import car_sell, car_take
from chedai.book.collection.states import CaseState
from chedai.book.loans import selectors as loans
from chedai.book.refunds.rules import Payee
from chedai.book.refunds.services import ACTION, refund_ask
from chedai.journey.demo import endings
from chedai.journey.demo.agreeing import agree
from chedai.journey.demo.house import acting
from chedai.platform import clock

if TYPE_CHECKING:
    from chedai.journey.demo.diary import Diary

TAKEN: Final = timedelta(5)
"""After the first day that is closed by itself."""
_SOLD: Final = timedelta(10)
_COSTS: Final = 320_000  # towing, storage, the auction's share
_OVER: Final = 250_000
_WHOLE: Final = 100_000
_VALUED: Final = 104  # per cent of what it brought


def take(diary: Diary, loan_id: int) -> None:
    """The collector and an officer fetch the car; where nothing is late any more nothing is done."""
    case = CollectionCase.objects.filter(loan_id=loan_id, state=CaseState.OPEN).first()
    if case is None:
        return
    with clock.frozen(diary.at(15, 10)):
        price = _price(diary, loan_id)
        taken = car_take(
            case_id=case.pk,
            taken_on=diary.day,
            place="客户小区地库，客户在场签收清单",
            condition="右后门划痕，里程 21,460 公里，钥匙两把",
            taken_by=diary.house.group["collector"][0].pk,
            second=diary.house.officers[case.store_id][0].pk,
            valued=price * _VALUED // 100 // _WHOLE * _WHOLE,
            actor=acting(diary.house.managers[case.store_id]),
        )
    diary.plan(diary.day + _SOLD, partial(_sell, diary, taken.pk, price))


def _price(diary: Diary, loan_id: int) -> int:
    """A price in whole thousands that carries the loan, the costs, and leaves something over."""
    owed = loans.payoff_quote(loans.loan_read(loan_id), diary.day + _SOLD).total + _COSTS + _OVER
    return -(-owed // _WHOLE) * _WHOLE


def _sell(diary: Diary, recovery_id: int, price: int) -> None:
    store_id = Recovery.objects.values_list("case__store_id", flat=True).get(pk=recovery_id)
    with clock.frozen(diary.at(11, 40)):
        car_sell(
            recovery_id=recovery_id,
            sold_on=diary.day,
            buyer="杭州联拍二手车有限公司",
            price=price,
            costs=_COSTS,
            actor=acting(diary.house.managers[store_id]),
        )
    diary.plan(diary.day + timedelta(1), partial(_book, diary, recovery_id))


def _book(diary: Diary, recovery_id: int) -> None:
    """Another person books the money, which ends the loan; the manager agrees to what goes back."""
    with clock.frozen(diary.at(10, 20)):
        loan_id = car_book(recovery_id=recovery_id, actor=diary.finance).case.loan_id
    with clock.frozen(diary.at(14, 5)):
        loan = loans.loan_read(loan_id)
        payee = Payee("江河银行滨江支行", loan.customer.name.in_full(), f"62220217{loan.pk:010}")
        asked = refund_ask(
            loan_id=loan_id, amount=loan.credit, payee=payee, actor=diary.finance, key=f"demo-over-{recovery_id}"
        )
        agree(diary.house, asked.approval, ACTION, loan.store_id, "处置余款，退还车主本人账户")
    with clock.frozen(diary.at(15, 20)):
        endings.certify(diary, loan_id, "随车交付买方，车主已知")
