"""What holds for every loan and every history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from chedai.engine.errors import EventRefused
from chedai.engine.life import Conventions, LoanState, Recalculation, replay, settlement_position
from chedai.engine.life.events import Disbursement, Event, Payoff, Prepayment, Repayment, Restructure, Reversal
from chedai.engine.life.ordering import effective_on
from chedai.engine.schedule import schedule
from chedai.engine.settlement import SettlementFee, settle
from chedai.engine.terms import LoanTerms

from .anything import lives, plans

Life = tuple[LoanTerms, Conventions, tuple[Event, ...], date]
made = plans().filter(lambda terms: terms is not None)


def _told(life: Life) -> LoanState | None:
    """The state; None where the history is impossible."""
    terms, conventions, events, as_of = life
    try:
        return replay(terms, conventions, events, as_of)
    except EventRefused as refused:
        assert refused.row is not None
        return None


@settings(max_examples=70)
@given(made, st.sampled_from(Recalculation))
def test_a_loan_to_which_nothing_happens_is_its_schedule(terms: LoanTerms, recalculation: Recalculation) -> None:
    rows = replay(terms, Conventions(recalculation=recalculation), [], terms.disbursed_on).rows
    assert [(r.due_date, r.days, r.principal, r.interest, r.total, r.balance) for r in rows] == [
        (r.due, r.days, r.principal, r.interest, r.total, r.balance) for r in schedule(terms).rows
    ]


@settings(max_examples=70)
@given(lives())
def test_money_is_conserved_and_every_column_adds_up(life: Life) -> None:
    terms, conventions, events, as_of = life
    state = _told((terms, replace(conventions, down_payment_paid=False), events, as_of))
    if state is None:
        return
    for row in state.rows:
        assert row.total == row.principal + row.interest + row.fees + row.penalties
        assert row.outstanding == row.total - row.paid >= 0
        assert row.paid >= row.paid_early + row.paid_late
        assert min(row.principal, row.interest, row.fees, row.penalties, row.paid_early, row.paid_late) >= 0
    received = sum(e.amount for e in state.entries if isinstance(e.event, (Repayment, Prepayment, Payoff)))
    assert received == state.totals.paid + state.credit
    if not any(isinstance(entry.event, Restructure) for entry in state.entries):
        paid_out = sum(e.amount for e in state.entries if isinstance(e.event, Disbursement))
        assert state.totals.principal == paid_out


@settings(max_examples=40)
@given(lives(), st.randoms(use_true_random=False))
def test_order_of_arrival_does_not_matter(life: Life, random: Random) -> None:
    terms, conventions, events, as_of = life
    state = _told(life)
    if state is not None:
        shuffled = list(events)
        random.shuffle(shuffled)
        assert replay(terms, conventions, shuffled, as_of) == state


@settings(max_examples=40)
@given(lives())
def test_a_reversed_event_equals_never_having_had_it(life: Life) -> None:
    terms, conventions, events, as_of = life
    state = _told(life)
    gone = {event.of for event in events if isinstance(event, Reversal)}
    never = [event for event in events if not isinstance(event, Reversal) and event.id not in gone]
    paid_out = any(isinstance(event, Disbursement) for event in never)
    if state is not None and gone and paid_out:
        assert replay(terms, conventions, never, as_of) == state


@settings(max_examples=40)
@given(lives())
def test_a_payoff_takes_what_the_quote_says_and_leaves_nothing(life: Life) -> None:
    terms, conventions, events, as_of = life
    state = _told(life)
    later = any(effective_on(event) > as_of for event in events if not isinstance(event, Reversal))
    if state is None or not state.rows or later or any(isinstance(event, Payoff) for event in events):
        return
    done = replay(terms, conventions, [*events, Payoff(on=as_of, id="off", sequence=99)], as_of)
    assert done.closed
    assert not done.totals.outstanding
    quote = settle(settlement_position(terms, conventions, events, as_of), SettlementFee(), as_of)
    assert done.entries[-1].amount == max(quote.total, 0)
