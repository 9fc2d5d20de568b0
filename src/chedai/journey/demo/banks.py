"""The banks' loans: their monthly lists, what the house paid for a customer, and what of it came back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from chedai.book.advances.services import ACTION, advance_make, advance_recover, margin_move
from chedai.book.advances.states import AdvanceReason, MarginKind
from chedai.book.loans.models import Loan, Plan
from chedai.book.loans.plans import PlanRows, unpack
from chedai.catalog.partners.selectors import lender_of
from chedai.deals.pipeline.states import Mode
from chedai.engine.daycount import add_months
from chedai.journey.demo.agreeing import agree
from chedai.journey.demo.files import bring, sheet
from chedai.journey.demo.house import House, acting
from chedai.journey.demo.papers import paper
from chedai.platform import clock

if TYPE_CHECKING:
    from chedai.journey.demo.diary import Diary

MONTHS: Final = 4
"""Month ends whose lists have come, before that of yesterday."""
MARGIN: Final = 30_000_000
LENDER: Final = "jianghe"
_HEADS: Final = ("借据号", "应还日期", "实还日期", "逾期天数", "逾期期数", "逾期金额", "剩余本金", "数据日期")
_ACTS: Final = timedelta(2)
"""After a list the house pays what it answers for."""
_CALLED: Final = 3
"""Instalments unpaid at which the bank calls the guarantee."""
_BACK: Final = timedelta(9)


@dataclass(frozen=True, slots=True)
class There:
    """How a loan is paid at its bank: the last `silent` instalments are not. What the house `answers` for it pays.

    Then the customer `resumes`, and pays back `back` per cent of it.
    """

    silent: int = 0
    answers: bool = False
    resumes: bool = False
    back: int = 0


BROKERED: Final = (
    There(silent=4, answers=True, back=40),
    There(silent=2, answers=True, resumes=True, back=100),
    There(silent=1),
    There(),
)
AT_THE_DESK: Final = (There(), There(), There(silent=1), There(), There(silent=2))
"""Of deals as a broker, of those at the desk: one after the other as the money went out."""


@dataclass(slots=True)
class Listed:
    """One loan on the bank's books: what falls due there, and through which day the house has paid for it."""

    loan: Loan
    there: There
    plan: PlanRows
    today: date
    covered: date | None = None

    def unpaid(self, on: date) -> list[int]:
        """The instalments that fell due before a day and are not paid, by their places in the plan."""
        due = self.plan.due.tolist()
        so_far = [n for n, one in enumerate(due) if one <= self.today.toordinal()]
        silent = so_far[-self.there.silent :] if 0 < self.there.silent < len(so_far) else []
        first = self.covered.toordinal() if self.covered is not None and on >= self.covered else 0
        if first and self.there.resumes:
            return []
        return [n for n in silent if first < due[n] < on.toordinal()]

    def arrears(self, on: date) -> int:
        """What is late on a day (fen)."""
        plan = self.plan
        return sum(int(plan.principal[n] + plan.interest[n] + plan.fees[n]) for n in self.unpaid(on))

    def line(self, on: date) -> tuple[object, ...]:
        """The loan's line on the list of a day, in the order of the heads."""
        due = self.plan.due.tolist()
        late = self.unpaid(on)
        fell = [n for n, one in enumerate(due) if one <= on.toordinal() and n not in late]
        balance = self.loan.principal - sum(int(self.plan.principal[n]) for n in fell)
        nearest = date.fromordinal(due[late[0] if late else min(len(fell), len(due) - 1)])
        paid = date.fromordinal(due[fell[-1]]) if fell else ""
        days = (on - nearest).days if late else 0
        money = (_yuan(self.arrears(on)) if late else "", _yuan(balance))
        return (self.loan.number, nearest, paid, days or "", len(late) or "", *money, on)


@dataclass(slots=True)
class Banks:
    """What the banks have of the house's customers, as the calendar comes to it."""

    listed: dict[int, Listed] = field(default_factory=dict)
    _seen: dict[Mode, int] = field(default_factory=dict)

    def follow(self, loan: Loan, mode: Mode, today: date) -> None:
        """A bank's money went out: its loan comes on the next list."""
        ways = BROKERED if mode is Mode.BROKER else AT_THE_DESK
        place = self._seen.get(mode, 0)
        self._seen[mode] = place + 1
        packed = Plan.objects.values_list("packed", flat=True).get(loan=loan, version=loan.plan_version)
        self.listed[loan.pk] = Listed(loan, ways[place % len(ways)], unpack(bytes(packed)), today)

    def day(self, diary: Diary) -> None:
        """What this day brings: the list of yesterday, where one is due."""
        on = diary.day - timedelta(1)
        if self.listed and on in _lists(diary.today):
            with clock.frozen(diary.at(9, 45)):
                self._bring(diary, on)
            for one in self._called(on):
                diary.plan(diary.day + _ACTS, partial(self._pay, diary, one, on))

    def _bring(self, diary: Diary, on: date) -> None:
        """One list: the loans of the demo are of one bank."""
        lines = [one.line(on) for one in self.listed.values() if one.loan.disbursed_on <= on]
        if lines:
            name = f"{lender_of(LENDER).name}-还款清单-{on:%Y%m%d}.csv"
            bring("bank_list", name, sheet([_HEADS, *lines]), diary.finance)

    def _called(self, on: date) -> Iterator[Listed]:
        """Loans the house answers for which are late on a list; a guarantee is called at three instalments."""
        for one in self.listed.values():
            late = len(one.unpaid(on)) if one.there.answers and one.covered is None else 0
            if late and (one.there.resumes or late >= _CALLED):
                yield one

    def _pay(self, diary: Diary, one: Listed, on: date) -> None:
        """Finance pays the bank, above the policy's amount with the manager's word; the customer pays back later."""
        if one.covered is not None:
            return
        reason = AdvanceReason.INSTALMENT if one.there.resumes else AdvanceReason.GUARANTEE
        amount, loan = one.arrears(on), one.loan
        one.covered = on
        with clock.frozen(diary.at(10, 40)):
            made = advance_make(
                loan_id=loan.pk,
                amount=amount,
                paid_on=diary.day,
                reason=reason,
                reference=f"JH{diary.day:%Y%m%d}{loan.pk:06}",
                name="垫付回单.png",
                content=paper("付款回单", f"{loan.pk} advance {diary.day}"),
                actor=diary.finance,
                key=f"demo-advance-{loan.pk}",
            )
        if made.approval is not None:
            with clock.frozen(diary.at(15, 30)):
                agree(diary.house, made.approval, ACTION, loan.store_id, "资方催告函已核，同意代偿")
        diary.plan(diary.day + _BACK, partial(self._back, diary, loan.pk, amount * one.there.back // 100))

    def _back(self, diary: Diary, loan_id: int, amount: int) -> None:
        with clock.frozen(diary.at(14, 50)):
            advance_recover(
                loan_id=loan_id,
                amount=amount,
                received_on=diary.day,
                reference=f"ZK{diary.day:%Y%m%d}{loan_id:06}",
                actor=diary.finance,
                key=f"demo-back-{loan_id}",
            )


def margin(house: House) -> None:
    """What the bank asks a dealer to put down before it takes its customers."""
    today = clock.business_date()
    margin_move(
        lender_code=LENDER,
        kind=MarginKind.DEPOSIT,
        amount=MARGIN,
        on=today,
        reference=f"BZJ{today:%Y%m%d}",
        actor=acting(house.group["finance"][0]),
        key="demo-margin",
    )


def _lists(today: date) -> set[date]:
    """The days of which a list comes: the month ends, and yesterday."""
    first = today.replace(day=1)
    return {add_months(first, -n) - timedelta(1) for n in range(MONTHS)} | {today - timedelta(1)}


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"
