"""The order of events, what was known when, and the statement that explains each one."""

from __future__ import annotations

from dataclasses import replace

from chedai.engine.life import states_after
from chedai.engine.life.conventions import Component
from chedai.engine.life.events import (
    Charge,
    ChargeKind,
    Disbursement,
    Event,
    Payoff,
    RateChange,
    Reage,
    Reversal,
)

from .loans import DAILY, INSTALMENT, OUT, TERMS, day, paid, seen

FEE = Charge(on=day("02-10"), id="fee", kind=ChargeKind.FEE, amount=80_00, sequence=2)
MONEY = paid("02-10", INSTALMENT, id="in", sequence=1)


def test_acts_of_one_day_follow_their_sequence_not_their_arrival() -> None:
    money_first = seen("02-10", [FEE, MONEY])
    assert money_first == seen("02-10", [MONEY, FEE])
    assert money_first.rows[0].outstanding == 80_00
    fee_first = seen("02-10", [replace(MONEY, sequence=3), FEE])
    assert fee_first.entries[2].postings[0].component is Component.FEE


def test_without_a_sequence_a_charge_comes_before_the_money() -> None:
    state = seen("02-10", [replace(MONEY, sequence=0), replace(FEE, sequence=0)])
    assert [entry.event.id for entry in state.entries] == ["", "fee", "in"]


def test_new_rates_come_before_money_paid_out_the_same_day() -> None:
    events: list[Event] = [Disbursement(on=OUT, amount=120_000_00), RateChange(on=OUT, annual_rate=0)]
    assert seen("01-10", events).totals.interest == 0


def test_charge_levied_before_the_payout_waits_for_it() -> None:
    early = Charge(on=day("01-02"), due_on=day("02-01"), kind=ChargeKind.FEE, amount=80_00)
    assert seen("01-10", [early, Disbursement(on=OUT, amount=1_000_00)]).rows[0].fees == 80_00


def test_backdated_receipt_changes_what_followed() -> None:
    late = seen("03-01", [paid("02-25", INSTALMENT, id="late")])
    found = paid("02-10", INSTALMENT, id="found", recorded_on=day("03-05"))
    assert seen("03-06", [found]).rows[1].interest == 501_24
    assert late.rows[1].interest == 554_15


def test_balance_as_known_then_and_as_known_now() -> None:
    found = paid("02-10", INSTALMENT, id="found", recorded_on=day("03-05"))
    undo = Reversal(on=day("03-20"), of="found")
    assert seen("02-15", [found], known="03-01").rows[0].paid == 0
    assert seen("02-15", [found], known="03-05").rows[0].paid == INSTALMENT
    assert seen("02-15", [found, undo], known="03-19").rows[0].paid == INSTALMENT
    assert seen("02-15", [found, undo]).rows[0].paid == 0


def test_later_acts_do_not_reach_back() -> None:
    events = [MONEY, paid("03-10", INSTALMENT)]
    assert seen("02-15", events).totals.paid == INSTALMENT
    assert seen("02-09", events).totals.paid == 0


def test_states_after_each_event_as_it_came_in() -> None:
    found = paid("02-10", INSTALMENT, id="found", recorded_on=day("03-05"))
    events = [paid("02-20", 1_000_00, id="first"), found, Reversal(on=day("03-20"), of="found")]
    states = states_after(TERMS, DAILY, events, [0, 1, 2])
    assert [state.as_of for state in states] == [day("02-20"), day("03-05"), day("03-20")]
    assert [state.totals.paid for state in states] == [1_000_00, INSTALMENT + 1_000_00, 1_000_00]


def test_statement_says_where_every_fen_went() -> None:
    state = seen("03-10", [replace(FEE, on=day("02-01"), due_on=day("02-05")), paid("02-20", 21_000_00)])
    entry = state.entries[2]
    assert [(p.n, p.due_date, p.component, p.amount) for p in entry.postings] == [
        (1, day("02-10"), Component.FEE, 80_00),
        (1, day("02-10"), Component.INTEREST, 600_00),
        (1, day("02-10"), Component.PRINCIPAL, 19_751_45),
        (2, day("03-10"), Component.INTEREST, 214_29),  # ten days of 28 on 120,000.00
        (2, day("03-10"), Component.PRINCIPAL, 354_26),
    ]
    assert sum(p.amount for p in entry.postings) == entry.amount == 21_000_00
    assert entry.balance == 120_000_00 - 19_751_45 - 354_26


def test_statement_of_a_row_that_a_new_plan_removed() -> None:
    ahead = [paid("02-10", INSTALMENT + 25_000_00), Reage(on=day("02-20"), first_due=day("03-20"), periods=3)]
    postings = seen("02-20", ahead).entries[1].postings
    assert postings[-1].n is None
    assert postings[-1].due_date == day("04-10")


def test_entry_balance_counts_an_unpaid_down_payment() -> None:
    state = seen("01-10", (), down_payment=24_000_00)
    assert state.entries[0].balance == 120_000_00


def test_closed_says_nothing_is_owed() -> None:
    assert not seen("02-25").closed
    assert seen("02-25", [Payoff(on=day("02-25"))]).closed
