"""Penalty interest inside the replay: from the row's own history, whoever asks and however often."""

from __future__ import annotations

from dataclasses import replace

from chedai.engine.accrual import GraceMissed, PenaltyTerms
from chedai.engine.life import Conventions, penalties_explained
from chedai.engine.life.conventions import Component
from chedai.engine.life.events import (
    Charge,
    ChargeKind,
    Disbursement,
    Disposition,
    Payoff,
    Restructure,
)

from .loans import INSTALMENT, OUT, TERMS, day, paid, seen

NINE_PERCENT = PenaltyTerms(rate=9_000_000)
LATE = Conventions(penalty=NINE_PERCENT)


def test_overdue_principal_and_interest_cost_the_penalty_rate_by_the_day() -> None:
    # 19,751.45 x 9 % x 15 / 360 + 600.00 x 9 % x 15 / 360
    assert seen("02-25", (), LATE).rows[0].penalties == 74_07 + 2_25
    assert seen("02-10", (), LATE).rows[0].penalties == 0


def test_a_part_paid_late_stops_costing_on_its_day() -> None:
    state = seen("02-25", [paid("02-20", 10_000_00)], LATE)
    # by the 20th 49.38 + 1.50 came first, then 600.00 interest; 9,349.12 principal cost ten days, the rest 15
    assert [(p.component, p.amount) for p in state.entries[1].postings] == [
        (Component.PENALTY, 50_88),
        (Component.INTEREST, 600_00),
        (Component.PRINCIPAL, 9_349_12),
    ]
    assert state.rows[0].penalties == 62_38 + 1_50  # (9,349.12 x 10 + 10,402.33 x 15) x 9 % / 360


def test_asking_in_between_changes_nothing() -> None:
    events = [paid("02-20", 1), paid("03-01", 1)]
    assert seen("03-20", events, LATE).rows[0].penalties == seen("03-20", events, LATE).rows[0].penalties
    alone = seen("03-20", (), LATE).rows[0].penalties
    assert 0 <= alone - seen("03-20", events, LATE).rows[0].penalties <= 1


def test_grace_and_cap() -> None:
    grace = replace(NINE_PERCENT, grace_days=3, grace_missed=GraceMissed.AFTER_GRACE)
    assert seen("02-13", (), Conventions(penalty=grace)).rows[0].penalties == 0
    assert seen("02-14", (), Conventions(penalty=grace)).rows[0].penalties == 4_94 + 15
    capped = replace(NINE_PERCENT, cap_amount=50_00)
    assert seen("02-25", (), Conventions(penalty=capped)).rows[0].penalties == 50_00


def test_levied_penalty_bears_none_unless_the_contract_says_so() -> None:
    fine = Charge(on=day("02-01"), due_on=day("02-05"), kind=ChargeKind.PENALTY, amount=1_000_00)
    assert seen("02-25", [fine], LATE).rows[0].penalties == 1_000_00 + 76_32
    bearing = (Component.PRINCIPAL, Component.INTEREST, Component.PENALTY)
    on_top = Conventions(penalty=replace(NINE_PERCENT, bearing=bearing))
    assert seen("02-25", [fine], on_top).rows[0].penalties == 1_000_00 + 76_32 + 3_75
    # paid in part on the 15th: 400.00 for five days, 600.00 for fifteen
    some = seen("02-25", [fine, paid("02-15", 400_00)], on_top)
    assert some.rows[0].penalties == 1_000_00 + 76_32 + 2_75


def test_overdue_fees_and_down_payments() -> None:
    fee = Charge(on=day("01-20"), kind=ChargeKind.FEE, amount=2_000_00)
    bearing = Conventions(penalty=replace(NINE_PERCENT, bearing=(Component.FEE,)))
    assert seen("02-25", [fee], bearing).rows[0].penalties == 7_50
    down = seen("01-20", (), LATE, down_payment=24_000_00)
    assert down.rows[0].penalties == 60_00


def test_payoff_takes_the_penalty_and_it_stops() -> None:
    state = seen("06-01", [Payoff(on=day("02-25"))], LATE)
    assert state.rows[0].penalties == 76_32
    assert state.closed


def test_a_new_plan_stops_the_penalty_and_takes_it_along() -> None:
    plan = Restructure(on=day("02-25"), first_due=day("03-25"), periods=6, penalties=Disposition.CARRY_FORWARD)
    state = seen("03-20", [plan], LATE)
    assert [row.penalties for row in state.rows[:3]] == [0, 0, 76_32]
    paid_some = seen("03-20", [paid("02-20", 30_00), plan], LATE)
    assert [row.penalties for row in paid_some.rows[:3]] == [30_00, 0, 46_32]


def test_paid_on_time_costs_nothing() -> None:
    state = seen("03-01", [Disbursement(on=OUT, amount=120_000_00), paid("02-10", INSTALMENT)], LATE)
    assert state.totals.penalties == 0


def test_a_penalty_is_explained_line_by_line() -> None:
    terms = PenaltyTerms(rate=9_000_000)
    events = [paid("02-20", 10_000_00)]
    found = penalties_explained(TERMS, Conventions(penalty=terms), events, day("02-22"))
    assert [(one.n, one.due_on, one.total, one.capped) for one in found] == [(1, day("02-10"), 56_08, 0)]
    assert [(line.component, line.base, line.days, line.amount) for line in found[0].lines] == [
        (Component.PRINCIPAL, 9_349_12, 10, 23_37),
        (Component.PRINCIPAL, 10_402_33, 12, 31_21),
        (Component.INTEREST, 600_00, 10, 1_50),
    ]
    assert penalties_explained(TERMS, Conventions(penalty=terms), events, day("02-10")) == ()
    assert penalties_explained(TERMS, Conventions(), events, day("02-22")) == ()
