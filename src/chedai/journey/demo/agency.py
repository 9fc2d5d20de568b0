"""The outside agency: admitted, given what the telephone did not move, its calls counted, scored after a year."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from chedai.book.collection import selectors
from chedai.book.collection.models import Agency, CollectionCase, LegalClaim, Placement, Recovery
from chedai.book.collection.services.outside import (
    Reported,
    agency_log_take,
    agency_open,
    agency_review,
    case_place,
)
from chedai.book.collection.states import CaseState, PlacementState
from chedai.book.loans.states import BookKind
from chedai.journey.demo.house import House, acting
from chedai.platform import clock

if TYPE_CHECKING:
    from chedai.journey.demo.diary import Diary

_CODE: Final = "HX"
_FEE: Final = 18_000_000  # 18% of what it collects
_FROM: Final = timedelta(7)
"""After the first day that is closed by itself: cases are placed on Mondays."""
_SCORED: Final = timedelta(7)
"""Before today: the log comes in, and the agency is scored."""
_MOST: Final = 4
_BUCKETS: Final = ("M2", "M3", "M4")
_FOR: Final = timedelta(90)
_CALLS: Final = (
    (1, time(10, 12), "no_answer", 0),
    (2, time(15, 40), "call_back", 64),
    (3, time(11, 5), "hardship", 130),
)
_LATE: Final = time(22, 9)  # once somebody called after ten in the evening


def admit(house: House) -> None:
    """A firm under contract for two years; compliance scores it before it gets a case."""
    compliance, today = acting(house.group["compliance"][0]), clock.business_date()
    firm = agency_open(
        code=_CODE,
        name="杭州衡信商务服务有限公司",
        contract_from=today,
        contract_until=today + timedelta(730),
        fee_rate=_FEE,
        listed=True,
        actor=compliance,
    )
    agency_review(
        agency_id=firm.pk,
        conduct_points=85,
        recovery=75,
        complaints=90,
        conclusion="准入评价：资质齐全，话术与录音制度合格",
        actor=compliance,
    )


def day(diary: Diary) -> None:
    """What this day brings of it."""
    if diary.day == diary.today - _SCORED:
        _log_and_score(diary)
    if diary.day >= diary.begins + _FROM and diary.day.weekday() == 0:
        with clock.frozen(diary.at(11, 20)):
            _place(diary)


def _place(diary: Diary) -> None:
    """Cases of our own book late for more than a month, which are not before a court and whose car is not taken."""
    firm = Agency.objects.get(code=_CODE)
    busy = {*LegalClaim.objects.values_list("case_id", flat=True), *Recovery.objects.values_list("case_id", flat=True)}
    taken = set(Placement.objects.values_list("case_id", flat=True))
    found = CollectionCase.objects.filter(state=CaseState.OPEN, bucket__in=_BUCKETS, loan__book=BookKind.OWN)
    for case in found.exclude(pk__in=busy | taken).order_by("since", "pk")[: max(_MOST - len(taken), 0)]:
        if diary.lives[case.loan_id].placed:
            manager = acting(diary.house.managers[case.store_id])
            case_place(case_id=case.pk, agency_id=firm.pk, until=diary.day + _FOR, actor=manager)


def _log_and_score(diary: Diary) -> None:
    firm, compliance = Agency.objects.get(code=_CODE), acting(diary.house.group["compliance"][0])
    with clock.frozen(diary.at(16, 0)):
        if rows := _log(diary, firm):
            agency_log_take(agency_id=firm.pk, rows=rows, actor=compliance)
    with clock.frozen(diary.at(16, 40)):
        agency_review(
            agency_id=firm.pk,
            conduct_points=68,
            recovery=62,
            complaints=90,
            conclusion="年度评价：一次 22 点后外呼，已约谈并扣费；回收率中等，继续合作",
            actor=compliance,
        )


def _log(diary: Diary, firm: Agency) -> list[Reported]:
    """What it did since it has the cases; the first of its calls to the first debtor came late in the evening."""
    rows: list[Reported] = []
    placed = Placement.objects.filter(agency=firm, state=PlacementState.PLACED).select_related("case__loan")
    for one in placed.order_by("pk"):
        numbers = selectors.numbers_of(one.case.customer_id)
        for days, at, result, seconds in _CALLS if numbers else ():
            moment = datetime.combine(one.placed_on + timedelta(days), at if rows else _LATE, clock.SHANGHAI)
            if moment < clock.now():
                rows.append(Reported(one.case.loan.number, numbers[0].pk, moment, result, seconds))
    return rows
