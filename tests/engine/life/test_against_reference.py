"""The replay against the judge that lives the loan one day at a time: same rows, to the fen."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings

from chedai.engine.life.conventions import AdvanceRule, Component, Conventions, PayoffInterest, Recalculation
from chedai.engine.life.events import (
    Charge,
    ChargeKind,
    Disbursement,
    Event,
    Payoff,
    RateChange,
    Repayment,
    Reversal,
)
from chedai.engine.life.replay import replay
from chedai.engine.money import Rounding
from chedai.engine.reference.life import live
from chedai.engine.terms import DayCount, LoanTerms, Unit

from .strategies import Life, lives

_EDGE = 3
"""Fen: what the rows of a plan differ by because each is rounded."""


def assert_same(life: Life) -> None:
    terms, conventions, events, as_of = life
    rows, credit = live(terms, conventions, events, as_of)
    state = replay(terms, conventions, events, as_of)
    assert list(state.rows) == rows
    assert state.credit == credit


def assert_same_money(life: Life) -> None:
    """What is owed and paid in all is the same, and what is paid on each row; interest by a fen a row, each rounded."""
    terms, conventions, events, as_of = life
    rows, credit = live(terms, conventions, events, as_of)
    state = replay(terms, conventions, events, as_of)
    assert state.credit == credit
    assert [(row.due_date, row.paid) for row in state.rows] == [(row.due_date, row.paid) for row in rows]
    assert sum(row.principal for row in state.rows) == sum(row.principal for row in rows)
    assert abs(sum(row.interest for row in state.rows) - sum(row.interest for row in rows)) <= len(rows)


def ends_on_an_edge(life: Life) -> bool:
    """Whether money paid ahead, last row first, ends within a few fen of a row's end.

    There replay and judge answer one question differently: is a row settled on which the money paid ahead leaves
    nothing open, and of which nothing is over? The judge says no, so that interest which overdue principal bears later
    in that row's period is laid on that row. The replay says yes, and lays it on the row whose principal is overdue.
    The replay is right: a row with nothing open is settled, as it is everywhere else, and late money costs where it is
    late. The judge keeps its own reading because it knows rows by what came in, not by what is still open; on an edge
    it is asked for the money only. Our own book pays the next row first and keeps contract interest: it has no edge.
    """
    terms, conventions, events, _ = life
    if conventions.advance_rule is not AdvanceRule.LAST or conventions.recalculation is Recalculation.NONE:
        return False
    for day in {event.on for event in events if isinstance(event, Repayment)}:
        so_far = [event for event in events if event.on <= day]
        ahead = [row for row in live(terms, conventions, so_far, day)[0] if row.due_date > day and row.paid]
        if ahead and min(ahead[0].outstanding, ahead[0].paid) <= _EDGE:
            return True
    return False


@settings(max_examples=300)
@given(lives())
def test_replay_and_daily_judge_agree_to_the_fen(life: Life) -> None:
    if ends_on_an_edge(life):
        assert_same_money(life)
    else:
        assert_same(life)


def test_on_an_edge_interest_on_late_principal_is_of_the_row_that_is_late() -> None:
    """1,000.00 at 24 % in three periods of ten days; the last row is paid to the fen the day after the payout.

    The second row is a day late on 22 January, in the period of the third: 0.44 of interest. The third is settled.
    """
    terms = LoanTerms(
        principal=1_000_00,
        annual_rate=24_000_000,
        periods=3,
        disbursed_on=date(2023, 1, 1),
        every=10,
        unit=Unit.DAY,
        day_count=DayCount.ACT_365,
    )
    conventions = Conventions(recalculation=Recalculation.DAILY, advance_rule=AdvanceRule.LAST)
    events: tuple[Event, ...] = (
        Disbursement(on=date(2023, 1, 1), id="out", amount=1_000_00),
        Repayment(on=date(2023, 1, 2), id="tail", amount=335_50),
    )
    life = (terms, conventions, events, date(2023, 1, 22))
    assert ends_on_an_edge(life)
    assert_same_money(life)
    told = [(row.principal, row.interest, row.paid) for row in replay(*life).rows]
    assert told[1:] == [(331_36, 4_81, 0), (335_50, 0, 335_50)]
    judged = [(row.principal, row.interest, row.paid) for row in live(*life)[0]]
    assert judged[1:] == [(331_36, 4_37, 0), (335_50, 44, 335_50)]


OUT = Disbursement(on=date(2024, 1, 1), id="out", amount=10_000_00)
SECOND = Disbursement(on=date(2024, 2, 12), id="second", amount=2_000_00)
FEE = Charge(on=date(2024, 1, 3), id="fee", kind=ChargeKind.FEE, amount=30_00, due_on=date(2024, 2, 10))
FINE = Charge(on=date(2024, 1, 4), id="fine", kind=ChargeKind.PENALTY, amount=20_00)
CHEAPER = RateChange(on=date(2024, 2, 20), id="cheaper", annual_rate=3_000_000)
OFF = Payoff(on=date(2024, 2, 20), id="off")


def paid(day: date, yuan: int, name: str = "in") -> Repayment:
    return Repayment(on=day, id=name, amount=yuan * 100)


LIVES: dict[str, tuple[Event, ...]] = {
    "nothing happens, not even the payout": (),
    "nothing is paid": (OUT,),
    "part of the first instalment, late": (OUT, paid(date(2024, 2, 9), 800)),
    "the first instalment on its day": (OUT, paid(date(2024, 2, 1), 1_745)),
    "nearly the first instalment, early: no room for the rest of its interest": (OUT, paid(date(2024, 1, 15), 1_744)),
    "three instalments at once, early": (OUT, paid(date(2024, 1, 15), 5_500)),
    "the tail ahead of time, then nothing": (OUT, paid(date(2024, 1, 15), 9_000)),
    "more than everything": (OUT, paid(date(2024, 1, 15), 12_000)),
    "settled early": (OUT, OFF),
    "settled after part was paid": (OUT, paid(date(2024, 2, 1), 1_000), OFF),
    "settled early, with interest paid ahead": (
        OUT,
        paid(date(2024, 2, 1), 1_745),
        paid(date(2024, 2, 5), 1_900, "more"),
        OFF,
    ),
    "settled out of what was paid ahead": (OUT, paid(date(2024, 2, 1), 10_200), OFF),
    "charges, paid in their turn": (OUT, FEE, FINE, paid(date(2024, 2, 20), 1_000)),
    "a fee out of money that stands as a credit": (OUT, paid(date(2024, 1, 2), 12_000), FEE),
    "a second payout": (OUT, SECOND),
    "a cheaper rate while the first instalment is overdue": (OUT, CHEAPER, paid(date(2024, 3, 5), 500)),
    "a receipt taken back": (OUT, paid(date(2024, 1, 15), 900, "wrong"), Reversal(on=date(2024, 2, 1), of="wrong")),
}


def within_what_the_judge_knows() -> list[tuple[str, AdvanceRule, Recalculation]]:
    """Where interest runs to the end of a period, money on due dates; with the tail paid first, no payoff."""
    asked = []
    for name, events in LIVES.items():
        inside = any(isinstance(e, Repayment | Payoff) and e.on.day != 1 for e in events)
        off = any(isinstance(e, Payoff) for e in events)
        for rule in AdvanceRule:
            for recalculation in Recalculation:
                left_open = inside and recalculation is Recalculation.PER_PERIOD
                if recalculation is Recalculation.NONE or not (left_open or (off and rule is AdvanceRule.LAST)):
                    asked.append((name, rule, recalculation))
    return asked


@pytest.mark.parametrize(("name", "rule", "recalculation"), within_what_the_judge_knows())
def test_named_lives_agree_to_the_fen(name: str, rule: AdvanceRule, recalculation: Recalculation) -> None:
    terms = LoanTerms(principal=12_000_00, annual_rate=16_000_000, periods=6, disbursed_on=date(2024, 1, 1))
    order = (Component.INTEREST, Component.PRINCIPAL, Component.FEE, Component.PENALTY)
    conventions = Conventions(recalculation=recalculation, advance_rule=rule, allocation=order)
    for as_of in (date(2024, 1, 20), date(2024, 3, 1), date(2024, 3, 9)):
        assert_same((terms, conventions, LIVES[name], as_of))


@pytest.mark.parametrize("day_count", DayCount)
@pytest.mark.parametrize("name", [name for name, events in LIVES.items() if OFF in events])
def test_a_payoff_that_owes_interest_to_its_day_agrees_to_the_fen(name: str, day_count: DayCount) -> None:
    terms = LoanTerms(
        principal=12_000_00, annual_rate=16_000_000, periods=6, disbursed_on=date(2024, 1, 1), day_count=day_count
    )
    for as_of in (date(2024, 2, 20), date(2024, 3, 1), date(2024, 7, 2)):
        assert_same((terms, Conventions(payoff_interest=PayoffInterest.ACCRUED), LIVES[name], as_of))


def test_overdue_principal_bears_no_interest_past_the_last_instalment() -> None:
    terms = LoanTerms(principal=12_000_00, annual_rate=16_000_000, periods=6, disbursed_on=date(2024, 1, 1))
    for recalculation in Recalculation:
        assert_same((terms, Conventions(recalculation=recalculation), (OUT,), date(2024, 8, 20)))


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("day_count", DayCount)
@pytest.mark.parametrize("disbursed", [date(2023, 8, 31), date(2023, 11, 30), date(2024, 1, 15)])
def test_day_counts_agree_to_the_fen(disbursed: date, day_count: DayCount, rounding: Rounding) -> None:
    terms = LoanTerms(
        principal=10_000,
        annual_rate=10_470_000,
        periods=4,
        every=2,
        disbursed_on=disbursed,
        day_count=day_count,
        rounding=rounding,
    )
    events = (
        Disbursement(on=disbursed, id="out", amount=10_000),
        Repayment(on=date(2024, 2, 2), id="in", amount=3_000),
    )
    assert_same((terms, Conventions(recalculation=Recalculation.DAILY), events, date(2024, 4, 4)))


def test_the_last_row_takes_a_fen_more_while_it_holds_less_than_it_agreed() -> None:
    """Rounding left the last row 19.98 of 20.01; paid ahead with that it is not closed: the next fen is its own."""
    terms = LoanTerms(
        principal=100_00,
        annual_rate=300_000,
        periods=5,
        disbursed_on=date(2023, 1, 1),
        every=10,
        unit=Unit.DAY,
        day_count=DayCount.THIRTY_360,
    )
    conventions = Conventions(recalculation=Recalculation.DAILY, advance_rule=AdvanceRule.LAST)
    paid = [Repayment(on=date(2023, 1, 1), id="a", amount=19_98), Repayment(on=date(2023, 1, 2), id="b", amount=1)]
    events = (Disbursement(on=date(2023, 1, 1), id="out", amount=100_00), *paid)
    assert_same((terms, conventions, events, date(2023, 1, 2)))
    assert [row.paid for row in replay(terms, conventions, events, date(2023, 1, 2)).rows] == [0, 0, 0, 0, 19_99]
