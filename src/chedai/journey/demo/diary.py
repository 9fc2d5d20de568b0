"""The calendar of the demo's own book: money comes in on its day, contracts change, and the days are closed.

The last months are closed day by day, as a house does; before that the books are brought to the first of each month.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from heapq import heappop, heappush
from typing import Final

from django.db import transaction

from chedai.book.collection.owing import due_today
from chedai.book.loans import selectors as loans
from chedai.book.loans.changes import Restructuring
from chedai.book.loans.close import nightly
from chedai.book.loans.models import Loan, Plan
from chedai.book.loans.plans import unpack
from chedai.book.loans.services.changing import ACTION, loan_change_ask, loan_change_preview
from chedai.book.loans.services.keeping import loan_bring
from chedai.book.loans.services.receiving import loan_prepay, loan_repay, loan_settle_early
from chedai.book.loans.states import BookKind, Channel, LoanStatus
from chedai.book.risk.monthends import month_end_keep
from chedai.engine.daycount import add_months
from chedai.engine.life.events import Disposition, PrepaymentChoice
from chedai.journey.close_of_day import close_day
from chedai.journey.demo import agency, cars, debits, endings
from chedai.journey.demo.agreeing import agree
from chedai.journey.demo.banks import Banks
from chedai.journey.demo.house import House, acting
from chedai.journey.demo.lives import LIVES, Life, Turn, payments, turning_on
from chedai.journey.demo.road import Road
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.actors import Actor, system

MONTHS: Final = 1
"""Whole months before this one whose every day is closed."""
NIGHT: Final = time(0, 20)
_CLOSER: Final = system("close")
_ONE: Final = timedelta(1)
_PREPAID: Final = 1_500_000
_TERM: Final = 36
_ALL: Final = 100


@dataclass(slots=True)
class Diary:
    """Where the calendar stands: `day` is over; nothing is done after `last`."""

    house: House
    day: date
    last: datetime
    mornings: Callable[[Diary], None]
    lives: dict[int, Life] = field(default_factory=dict)
    banks: Banks = field(default_factory=Banks)
    _paying: dict[date, set[int]] = field(default_factory=dict)
    _acts: list[tuple[date, int, Callable[[], None]]] = field(default_factory=list)
    _count: int = 0

    @property
    def today(self) -> date:
        """The day the demo is built."""
        return self.last.astimezone(clock.SHANGHAI).date()

    @property
    def begins(self) -> date:
        """From this day on every day is closed."""
        return add_months(self.today.replace(day=1), -MONTHS)

    @property
    def finance(self) -> Actor:
        """Who books the money."""
        return acting(self.house.group["finance"][0])

    def at(self, hour: int, minute: int) -> datetime:
        """An hour of the day, never after the last."""
        return min(datetime.combine(self.day, time(hour, minute), clock.SHANGHAI), self.last)

    def plan(self, day: date, act: Callable[[], None]) -> None:
        """Something happens on a day to come; what lies after the last day does not."""
        self._count += 1
        if self.day < day <= self.today:
            heappush(self._acts, (day, self._count, act))

    def follow(self, road: Road) -> None:
        """The money of a deal is out: from now on its loan lives, where it is on our own book."""
        loan = loans.loan_of_deal(road.key)
        if loan is None:
            return
        if loan.book != BookKind.OWN:
            self.banks.follow(loan, road.mode, self.today)
            return
        life = LIVES[len(self.lives) % len(LIVES)]
        self.lives[loan.pk] = life
        if life.channel is Channel.DEBIT:
            debits.sign(road, loan)
        dues = self._dues(loan)
        for day, part in payments(life, dues):
            if part == _ALL:
                self._paying.setdefault(day, set()).add(loan.pk)
            self.plan(day, partial(self.pay, loan.pk, part))
        if life.turn is Turn.TAKEN:
            self.plan(self.begins + cars.TAKEN, partial(cars.take, self, loan.pk))
        elif (turn := turning_on(life, dues)) is not None:
            does = {Turn.SETTLE: self._settle, Turn.PREPAY: self._prepay, Turn.RESTRUCTURE: self._restructure}
            self.plan(turn, partial(does[life.turn], loan.pk, road.officer))

    def advance(self, to: date) -> None:
        """Live through the days up to and with `to`."""
        with transaction.atomic():
            while self.day < to:
                self.day += _ONE
                self._night()
                self.banks.day(self)
                while self._acts and self._acts[0][0] <= self.day:
                    heappop(self._acts)[2]()
                if self.day >= self.begins:
                    self.mornings(self)
                    agency.day(self)

    def pay(self, loan_id: int, part: int = 100) -> None:
        """So much per cent of what is due now is paid, penalties with it."""
        loan = loans.loan_read(loan_id)
        with clock.frozen(self.at(10, 15)):
            amount = due_today(loan, self.day) * part // _ALL
            if loan.state != LoanStatus.ACTIVE or amount == 0:
                return
            life = self.lives[loan_id]
            if life.channel is Channel.DEBIT and part == _ALL and debits.is_debited(self, loan):
                debits.collect(self, self._paying[self.day])
                return
            loan_repay(
                loan_id=loan_id,
                amount=amount,
                received_on=self.day,
                channel=life.channel,
                reference=f"{self.day:%Y%m%d}{loan_id:06}",
                actor=self.finance,
                key=self._key(loan_id),
            )

    def _night(self) -> None:
        """What is done as a day begins."""
        with clock.frozen(self.at(NIGHT.hour, NIGHT.minute)):
            if self.day >= self.begins:
                close_day(day=self.day, actor=_CLOSER)
            elif self.day.day == 1 or self.day + _ONE == self.begins:
                self._month()

    def _month(self) -> None:
        """Bring every loan to the day, keep how the month ended, accrue."""
        for loan_id in Loan.objects.filter(book=BookKind.OWN, state=LoanStatus.ACTIVE).values_list("pk", flat=True):
            loan_bring(loan_id=loan_id, day=self.day, actor=_CLOSER)
        month_end_keep(day=self.day, actor=_CLOSER)
        nightly.accrue(day=self.day, actor=_CLOSER)
        nightly.snapshot(day=self.day, actor=_CLOSER)

    def _dues(self, loan: Loan) -> list[date]:
        """The due days of the plan in force, from tomorrow until today."""
        packed = Plan.objects.filter(loan=loan, version=loan.plan_version).values_list("packed", flat=True).get()
        days = (date.fromordinal(due) for due in unpack(bytes(packed)).due.tolist())
        return [day for day in days if self.day < day <= self.today]

    def _prepay(self, loan_id: int, officer: Staff) -> None:
        with clock.frozen(self.at(11, 5)):
            loan_prepay(
                loan_id=loan_id,
                amount=_PREPAID,
                received_on=self.day,
                choice=PrepaymentChoice.SHORTER_TERM,
                actor=self.finance,
                key=self._key(loan_id),
            )

    def _settle(self, loan_id: int, officer: Staff) -> None:
        with clock.frozen(self.at(14, 20)):
            quote = loans.payoff_quote(loans.loan_read(loan_id), self.day)
            loan_settle_early(
                loan_id=loan_id, amount=quote.total, received_on=self.day, actor=self.finance, key=self._key(loan_id)
            )
            endings.certify(self, loan_id)

    def _restructure(self, loan_id: int, officer: Staff) -> None:
        """The officer asks for a new plan; who has the authority approves it; it is paid from then on."""
        change = Restructuring(
            on=self.day,
            first_due=add_months(self.day, 1),
            periods=_TERM,
            interest=Disposition.CAPITALISE,
            penalties=Disposition.WAIVE,
        )
        with clock.frozen(self.at(15, 0)):
            seen = loan_change_preview(loan_id=loan_id, change=change)
            reason = "客户停工两个月，已复工，收入证明已核"
            asked = loan_change_ask(
                loan_id=loan_id, change=change, digest=seen.digest, reason=reason, actor=acting(officer)
            )
        with clock.frozen(self.at(16, 40)):
            if asked.approval is not None:
                store_id = loans.loan_read(loan_id).store_id
                agree(self.house, asked.approval, ACTION, store_id, "同意，观察期按月回访")
        for day in self._dues(loans.loan_read(loan_id)):
            self.plan(day, partial(self.pay, loan_id))

    def _key(self, loan_id: int) -> str:
        self._count += 1
        return f"demo-{loan_id}-{self._count}"
