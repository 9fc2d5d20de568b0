"""Deciding about loans: what the ledger sees of one, whether it is settled, what is refused. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from chedai.book.ledger.rules import Balances
from chedai.book.loans.states import LOAN_MOVES, BookKind, ChangeKind, LoanStatus
from chedai.engine.errors import EngineError
from chedai.engine.life import Figures, LoanState
from chedai.engine.money import yuan_grouped
from chedai.platform.errors import Conflict, Refusal


@dataclass(frozen=True, slots=True)
class Lateness:
    """What is overdue on a day: the oldest unpaid due date, instalments missed, fen unpaid without penalties."""

    since: date
    missed: int
    overdue: int


def balances_of(figures: Figures, *, suspended: bool) -> Balances:
    """A loan as the ledger sees it, from the figures of its replay."""
    due, received, waived, capital = figures.due, figures.received, figures.waived, figures.capitalised
    return Balances(
        principal=figures.principal,
        interest_due=due.interest,
        fee_due=due.fee,
        penalty_due=due.penalty,
        credit=figures.held,
        interest_billed=received.interest + due.interest + waived.interest + capital.interest,
        interest_capitalised=capital.interest,
        interest_waived=waived.interest,
        fee_billed=received.fee + due.fee + waived.fee + capital.fee,
        fee_waived=waived.fee,
        penalty_received=received.penalty + capital.penalty,
        written_off=waived.principal,
        suspended=suspended,
    )


def written_off(balances: Balances) -> Balances:
    """What stands after a write-off: principal and fees go against the allowance, interest due out of income."""
    return replace(
        balances,
        principal=0,
        interest_due=0,
        fee_due=0,
        penalty_due=0,
        interest_waived=balances.interest_waived + balances.interest_due,
        written_off=balances.written_off + balances.principal + balances.fee_due,
    )


def lateness_of(figures: Figures) -> Lateness | None:
    """What is overdue; None where nothing is. Penalties alone make nobody late."""
    late = [row for row in figures.open if row.due_on < figures.as_of and row.principal + row.interest + row.fee]
    if not late:
        return None
    overdue = sum(row.principal + row.interest + row.fee for row in late)
    return Lateness(min(row.due_on for row in late), len(late), overdue)


def is_settled(state: LoanState, figures: Figures) -> bool:
    """Whether nothing is owed any more, now or later; money paid ahead settles nothing before its day."""
    ahead = figures.held - state.credit
    return not (figures.principal or figures.open or state.totals.outstanding or ahead)


def move(now: LoanStatus, act: str) -> LoanStatus:
    """Where an act leads. Errors: `Conflict` where it is not possible."""
    to = LOAN_MOVES.get((now, act))
    if to is None:
        raise Conflict("loan-state", "贷款当前状态不能办理", "the state of the loan does not allow this", field="state")
    return to


def refuse_of_bank(book: str) -> None:
    """Errors: `Conflict`: money of a bank's loan is booked by the bank, we only watch."""
    if book != BookKind.OWN:
        zh, en = "资方贷款由资方记账，本公司只跟踪", "a bank's loan is booked by the bank; we watch it"
        raise Conflict("bank-book", zh, en)


def refuse_amount(amount: int) -> None:
    """Errors: `Refusal` for money that is none."""
    if amount <= 0:
        raise Refusal("amount-none", "金额须大于 0", "the amount is above 0", field="amount")


def refuse_day(on: date, first: date, today: date, *, field: str) -> None:
    """Errors: `Refusal` for a value date before the payout or after today."""
    if not first <= on <= today:
        zh, en = f"日期须在 {first} 与 {today} 之间", f"the day lies between {first} and {today}"
        raise Refusal("day-outside", zh, en, field=field)


def refuse_other_amount(amount: int, total: int) -> None:
    """Errors: `Refusal` where a settlement is not the quote of its day."""
    if amount != total:
        told = yuan_grouped(total)
        zh, en = f"结清金额须为 {told} 元", f"settling takes exactly {told} yuan on this day"
        raise Refusal("not-the-quote", zh, en, field="amount")


def refusal_of(error: EngineError) -> Refusal:
    """What the engine refuses, as a person is told."""
    return Refusal("event-refused", error.rule_zh, error.rule, field=error.argument)


def refuse_change(kind: ChangeKind, on: date, today: date, *, late: bool, observed: bool) -> None:
    """Errors: `Refusal` for a day that does not fit; `Conflict` for a due day moved in arrears.

    What changes the plan takes effect today; a rate from a day to come. In arrears a due day is moved only on a loan
    that was restructured: moving it would hide that the customer is late.
    """
    if kind is ChangeKind.RATE:
        if on < today:
            zh, en = "新利率自今天或以后起算", "a new rate counts from today or later"
            raise Refusal("day-outside", zh, en, field="on")
    elif on != today:
        raise Refusal("day-outside", "变更日须为今天", "the change is of today", field="on")
    if kind is ChangeKind.DUE_DATE and late and not observed:
        zh, en = "逾期期间不得变更还款日，请先还清或重组", "in arrears no due day is moved; pay or restructure first"
        raise Conflict("due-date-in-arrears", zh, en, field="to")
