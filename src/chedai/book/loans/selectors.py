"""Finding loans, and what the replay says of them on any day: as known now, or as known then."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from chedai.book.ledger.rules import Balances
from chedai.book.loans.forms import agreement_of
from chedai.book.loans.history import events_of
from chedai.book.loans.models import Loan, LoanChange, LoanEvent, OpenItem, OverdueStanding, ParkedMoney
from chedai.book.loans.rules import balances_of
from chedai.book.loans.states import RECEIPTS, BookKind, EventKind
from chedai.book.loans.stripes import stripe_share
from chedai.engine.errors import EngineError
from chedai.engine.life import (
    Entry,
    Figures,
    LoanState,
    OpenRow,
    RowPenalty,
    penalties_explained,
    replay_figures,
    settlement_position,
)
from chedai.engine.life.events import Charge, Event, Reversal
from chedai.engine.settlement import Settlement, settle
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.statements import ask

GOOD_DAYS: Final = "paper.payoff_good_days"
"""The policy that says for how many days after its day a quote stays good."""
_WITH = ("form", "customer", "store", "officer__user", "deal")


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One event of the account statement: its row, where its money went (the engine's entry), and the principal after.

    `entry` is None where nothing was booked: it was taken back, or it is parked, or moves no money and no plan.
    """

    event: LoanEvent
    entry: Entry | None
    taken_back: bool
    parked: bool


@dataclass(frozen=True, slots=True)
class Account:
    """The account of a loan on a day: every event, the schedule as it stands, balances."""

    loan: Loan
    state: LoanState
    figures: Figures
    lines: tuple[StatementLine, ...]

    @property
    def credit(self) -> int:
        """What is held for the customer (fen): what the replay held, less what was paid back."""
        paid_back = (one for one in self.lines if one.event.kind == EventKind.REFUND and not one.taken_back)
        return self.figures.held - sum(one.event.amount for one in paid_back)


def loan_lock(loan_id: int) -> Loan:
    """A loan with its form, locked until the transaction ends. Waits for the close. Errors: `NotFound`."""
    stripe_share(loan_id)
    found = Loan.objects.select_for_update(no_key=True, of=("self",)).filter(pk=loan_id)
    return _one(found.select_related("form", "delinquency"))


def loan_read(loan_id: int) -> Loan:
    """A loan with the people around it. Errors: `NotFound`."""
    return _one(Loan.objects.filter(pk=loan_id).select_related(*_WITH))


def last_loan() -> int:
    """The highest number (primary key) of a loan; 0 where there is none."""
    ((last,),) = ask("SELECT max(id) FROM book_loan")
    return last or 0


def standings_on(day: date) -> QuerySet[OverdueStanding]:
    """The overdue as they stood at the close of `day`, a row each."""
    later = OverdueStanding.objects.filter(loan=OuterRef("loan"), day__gt=OuterRef("day"), day__lte=day)
    return OverdueStanding.objects.filter(~Exists(later), day__lte=day, since__isnull=False)


def first_due_unpaid(loans: QuerySet[Loan], days: int) -> QuerySet[Loan]:
    """Of `loans` those whose first instalment was unpaid so many days past due: the last they stood by then says so."""
    first = F("loan__first_due")
    by_then = OverdueStanding.objects.filter(loan__in=loans, day__lte=first + timedelta(days=days)).values("loan")
    last = by_then.annotate(last=Max("day"), unpaid=Max("day", filter=Q(since=first)))
    return Loan.objects.filter(pk__in=last.filter(unpaid=F("last")).values("loan"))


def loan_of_number(number: str) -> Loan:
    """A loan by its number. Errors: `NotFound`."""
    return _one(Loan.objects.filter(number=number).select_related(*_WITH))


def loan_of_deal(deal_id: int) -> Loan | None:
    """The loan a deal became; None before the payout."""
    return next(iter(Loan.objects.filter(deal_id=deal_id).select_related(*_WITH)), None)


def loans_seen(records: Q) -> QuerySet[Loan]:
    """The loans `records` (of `store_id` and `officer_id`) leaves to see."""
    return Loan.objects.filter(records).select_related(*_WITH)


def _one(found: QuerySet[Loan]) -> Loan:
    loan = next(iter(found), None)
    if loan is None:
        raise NotFound("no-such-loan", "没有这笔贷款", "there is no such loan")
    return loan


def rows_of(loan_id: int) -> list[LoanEvent]:
    """Every event of a loan in the order it came in."""
    return list(LoanEvent.objects.filter(loan_id=loan_id).order_by("seq"))


def event_read(event_id: int) -> LoanEvent:
    """One event with its loan. Errors: `NotFound`."""
    found = next(iter(LoanEvent.objects.filter(pk=event_id).select_related("loan")), None)
    if found is None:
        raise NotFound("no-such-event", "没有这笔登记", "there is no such event")
    return found


def parked_of(loan_id: int) -> dict[int, ParkedMoney]:
    """Money that waits because the loan is in quarantine, by the key of its event."""
    return {one.event_id: one for one in ParkedMoney.objects.filter(loan_id=loan_id, applied_on=None)}


def open_items(loan: Loan, day: date) -> Sequence[OpenRow | OpenItem]:
    """What has fallen due by the end of `day` and is unpaid, oldest first; where there is no plan, what was stored."""
    if loan.book == BookKind.OWN and not loan.quarantine:
        with suppress(EngineError):
            open_ = worked_out(loan, events_of(rows_of(loan.pk)), day)[1].open
            return sorted(open_, key=lambda row: (row.due_on, row.n))
    return list(OpenItem.objects.filter(loan=loan).order_by("due_on", "n"))


def booked_through(loan: Loan, day: date) -> date:
    """Through which day what fell due is booked, once `day` is closed: the day before, or the loan's own if later."""
    return max(loan.worked_on or loan.disbursed_on, day - timedelta(days=1))


def changes_of(loan_id: int) -> list[LoanChange]:
    """The changes ever asked for, newest first."""
    return list(LoanChange.objects.filter(loan_id=loan_id).select_related("asked_by", "approval").order_by("-pk"))


def worked_out(loan: Loan, events: list[Event], as_of: date, known_on: date | None = None) -> tuple[LoanState, Figures]:
    """The loan on a day by these events. Errors: `EngineError` where they make no plan."""
    agreed = agreement_of(loan)
    return replay_figures(agreed.terms, agreed.conventions, events, as_of, known_on=known_on)


def loan_state(loan: Loan, as_of: date, known_on: date | None = None) -> LoanState:
    """The loan on any day, as known now or (`known_on`) as the books knew it then. Errors: `EngineError`."""
    return worked_out(loan, events_of(_counted(loan)), as_of, known_on)[0]


def balances(loan: Loan, as_of: date) -> Balances:
    """What the ledger holds of a loan on a day, written-off loans as if they were not. Errors: `EngineError`."""
    figures = worked_out(loan, events_of(_counted(loan)), as_of)[1]
    return balances_of(figures, suspended=loan.suspended_since is not None)


def account_of(loan: Loan, as_of: date, known_on: date | None = None, *, until: int | None = None) -> Account:
    """The account statement on a day: every event (up to number `until`) with where its money went.

    Errors: `EngineError`.
    """
    parked = parked_of(loan.pk)
    rows = [row for row in rows_of(loan.pk) if known_on is None or row.recorded_on <= known_on]
    rows = [row for row in rows if until is None or row.seq <= until]
    state, figures = worked_out(loan, events_of(r for r in rows if r.pk not in parked), as_of, known_on)
    entries = {entry.event.id: entry for entry in state.entries}
    gone = {row.of_id for row in rows if row.of_id is not None}
    lines = [StatementLine(r, entries.get(str(r.seq)), r.pk in gone, r.pk in parked) for r in rows]
    return Account(loan, state, figures, tuple(lines))


def penalties_of(loan: Loan, on: date) -> tuple[RowPenalty, ...]:
    """How the penalty of each instalment came about up to a day: on what, how many days, at what rate (罚息明细).

    Errors: `EngineError`.
    """
    agreed = agreement_of(loan)
    return penalties_explained(agreed.terms, agreed.conventions, events_of(_counted(loan)), on)


def penalty_basis(loan: Loan) -> int:
    """The days of a year by which the penalty of a loan counts: 360 or 365; 0 for a contract without penalty."""
    terms = agreement_of(loan).conventions.penalty
    return terms.basis if terms is not None else 0


def payoff_quote(loan: Loan, on: date, good_through: date | None = None) -> Settlement:
    """What settling on a day takes, line by line, the fee of the contract included.

    Errors: `EngineError` where the contract does not allow it yet, or the loan's events make no plan.
    """
    agreed, events = agreement_of(loan), events_of(_counted(loan))
    events += [Reversal(on=on, of=charge.id) for charge in fees_falling_away(loan, events, on)]
    position = settlement_position(agreed.terms, agreed.conventions, events, on)
    return settle(position, agreed.fee, on, good_through=good_through)


def payoff_good_through(on: date) -> date:
    """Through which day the quote of a day is good at most, by the policy."""
    return on + timedelta(days=book_in_force().in_force(GOOD_DAYS, on).number)


def payoff_offer(loan: Loan, on: date, good_through: date | None = None) -> Settlement:
    """The quote of a day as somebody is told it: good through the days of the policy, or fewer.

    Errors: as `payoff_quote`; `Refusal` for a day beyond the policy.
    """
    last = payoff_good_through(on)
    if good_through is not None and good_through > last:
        zh, en = f"试算最多有效至 {last}", f"a quote is good through {last} at most"
        raise Refusal("good-too-long", zh, en, field="good_through")
    return payoff_quote(loan, on, good_through or last)


def quote_met(loan: Loan, amount: int, received_on: date) -> Settlement:
    """The quote that money of a day meets: that of an earlier day which is still good, or else that of the day itself.

    Errors: `EngineError` as `payoff_quote`.
    """
    quote = payoff_quote(loan, received_on)
    good = book_in_force().in_force(GOOD_DAYS, received_on).number
    first = max(received_on - timedelta(days=good), loan.disbursed_on)
    day = received_on
    while amount != quote.payable and day > first:
        day -= timedelta(days=1)
        with suppress(EngineError):
            earlier = payoff_quote(loan, day)
            quote = earlier if amount == earlier.payable else quote
    return quote


def fees_falling_away(loan: Loan, events: list[Event], on: date) -> list[Charge]:
    """Fees of later instalments that end with the loan: levied at the payout, due after the day, not taken back."""
    if not agreement_of(loan).fees_stop:
        return []
    gone = {event.of for event in events if isinstance(event, Reversal)}
    charges = [event for event in events if isinstance(event, Charge) and event.id not in gone]
    return [one for one in charges if one.due_on is not None and one.on == loan.disbursed_on and one.due_on > on]


def _counted(loan: Loan) -> list[LoanEvent]:
    parked = parked_of(loan.pk) if loan.quarantine else {}
    return [row for row in rows_of(loan.pk) if row.pk not in parked]


def standing_rows(loan_id: int) -> list[LoanEvent]:
    """What was booked and could be taken back, newest first; money that is parked aside."""
    found = LoanEvent.objects.filter(loan_id=loan_id, reversal=None)
    found = found.exclude(kind__in=(EventKind.REVERSAL, EventKind.DISBURSEMENT))
    return list(found.exclude(parked__isnull=False, parked__applied_on=None).order_by("-seq"))


def receipts_of(loan_id: int) -> QuerySet[LoanEvent]:
    """The receipts of a loan that stand, newest first."""
    found = LoanEvent.objects.filter(loan_id=loan_id, kind__in=RECEIPTS, reversal=None)
    return found.order_by("-on", "-seq")
