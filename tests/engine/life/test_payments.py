"""Where money goes and what it does to the interest, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chedai.engine.life import AdvanceRule, Conventions, Recalculation, replay
from chedai.engine.life.conventions import Component, Direction
from chedai.engine.life.events import Charge, ChargeKind, Disbursement, Payoff, Reage, TermExtension
from chedai.engine.terms import Amortisation, DayCount, InterestMethod

from .loans import CONTRACT, DAILY, INSTALMENT, OUT, TERMS, day, paid, parts, seen

LAST = replace(DAILY, advance_rule=AdvanceRule.LAST)


def test_instalment_paid_on_its_day_is_neither_early_nor_late() -> None:
    row = seen("02-10", [paid("02-10", INSTALMENT)]).rows[0]
    assert (row.paid, row.paid_early, row.paid_late, row.outstanding) == (INSTALMENT, 0, 0, 0)


def test_partial_payment_covers_interest_before_principal() -> None:
    state = seen("02-10", [paid("02-10", 500_00)])
    assert [(p.n, p.component, p.amount) for p in state.entries[1].postings] == [(1, Component.INTEREST, 500_00)]
    assert state.rows[0].outstanding == INSTALMENT - 500_00


def test_principal_first_where_the_contract_says_so() -> None:
    order = (Component.PRINCIPAL, Component.INTEREST, Component.FEE, Component.PENALTY)
    state = seen("02-10", [paid("02-10", 19_800_00)], replace(DAILY, allocation=order))
    assert [(p.component, p.amount) for p in state.entries[1].postings] == [
        (Component.PRINCIPAL, 19_751_45),
        (Component.INTEREST, 48_55),
    ]


def test_late_payment_is_late_and_overdue_principal_bore_interest_until_then() -> None:
    state = seen("02-25", [paid("02-25", INSTALMENT)])
    assert state.rows[0].paid_late == INSTALMENT
    # 0.5 % x (120,000.00 x 15 + 100,248.55 x 13) / 28
    assert parts(state.rows[1])[:2] == (19_797_30, 554_15)


def test_contract_interest_ignores_when_money_comes() -> None:
    plan = [parts(row) for row in seen("01-10", (), CONTRACT).rows]
    for events in ([paid("01-25", INSTALMENT)], [paid("03-30", INSTALMENT)]):
        assert [parts(row) for row in seen("04-01", events, CONTRACT).rows] == plan


def test_paid_before_the_due_date_under_contract_interest_settles_whole_instalments() -> None:
    state = seen("01-25", [paid("01-25", INSTALMENT + 100_00)], CONTRACT)
    assert [row.paid_early for row in state.rows[:3]] == [INSTALMENT, 100_00, 0]
    assert state.rows[1].outstanding == INSTALMENT - 100_00


def test_next_settles_the_running_instalment_with_interest_to_the_day() -> None:
    state = seen("01-25", [paid("01-25", INSTALMENT)])
    assert parts(state.rows[0])[:2] == (20_061_13, 290_32)  # 120,000.00 x 0.5 % x 15 / 31
    assert state.rows[0].outstanding == 0
    # the other 16 days, 548.23 - 290.32, and a whole month on 99,938.87
    assert state.rows[1].interest == 257_91 + 499_69


def test_next_goes_on_to_the_following_instalment_which_has_no_interest_yet() -> None:
    state = seen("01-25", [paid("01-25", 2 * INSTALMENT)])
    assert parts(state.rows[1])[:2] == (INSTALMENT, 0)
    assert state.rows[1].paid_early == INSTALMENT
    # 16 days of January's period and February's whole one on 79,587.42, carried to the third
    assert state.rows[2].interest == 205_39 + 397_94 + 397_94


def test_last_shortens_the_tail_and_leaves_the_running_instalment_due() -> None:
    state = seen("01-25", [paid("01-25", INSTALMENT)], LAST)
    assert parts(state.rows[5])[:2] == (INSTALMENT, 0)
    assert state.rows[5].paid_early == INSTALMENT
    # 0.5 % x (120,000.00 x 15 + 99,648.55 x 16) / 31
    assert parts(state.rows[0])[:2] == (19_803_97, 547_48)


def test_last_fills_one_instalment_after_the_other_from_the_end() -> None:
    state = seen("01-25", [paid("01-25", 30_000_00)], LAST)
    assert [row.paid for row in state.rows] == [0, 0, 0, 0, 30_000_00 - INSTALMENT, INSTALMENT]


def test_a_tail_repaid_ahead_stays_empty_whatever_interest_comes_later() -> None:
    long = {"periods": 24, "annual_rate": 24_000_000}  # instalment 6,344.53
    ahead = [paid("01-25", 44_666_52)]
    before, after = seen("01-25", ahead, **long), seen("09-25", ahead, **long)
    assert [row.total for row in before.rows[22:]] == [6_343_40, 0]
    assert [row.total for row in after.rows[22:]] == [6_420_61, 0]


def test_by_period_a_payoff_takes_the_interest_of_arrears_to_the_end_of_the_period() -> None:
    per_period = replace(DAILY, recalculation=Recalculation.PER_PERIOD)
    state = seen("02-25", [Payoff(on=day("02-25"))], per_period)
    # 15 days on 120,000.00, the other 13 on the overdue 19,751.45
    assert state.rows[1].interest == 367_28
    assert state.entries[1].amount == 120_000_00 + 600_00 + 367_28
    assert state.closed


def test_a_tail_larger_than_the_agreed_amounts_is_paid_off_too() -> None:
    balloon = seen("01-25", [Payoff(on=day("01-25"))], amortisation=Amortisation.BALLOON, balloon=60_000_00)
    assert balloon.closed
    assert balloon.rows[5].paid == 67_911_67
    stated = seen("01-25", [Payoff(on=day("01-25"))], instalment=5_000_00)
    assert [row.paid for row in stated.rows] == [5_000_00] * 5 + [95_290_32]
    graced = seen("01-10", [Payoff(on=OUT)], instalment=5_000_00, grace_principal=2)
    assert [row.paid for row in graced.rows] == [0, 0, 5_000_00, 5_000_00, 5_000_00, 105_000_00]


def test_a_balloon_is_paid_ahead_from_its_tail() -> None:
    state = seen("01-25", [paid("01-25", 70_000_00)], LAST, amortisation=Amortisation.BALLOON, balloon=60_000_00)
    assert state.rows[5].paid == 70_000_00


def test_part_of_a_fen_is_carried_to_the_next_instalment() -> None:
    terms = replace(TERMS, principal=100_00, annual_rate=7_000_000)
    state = replay(terms, DAILY, [paid("01-25", 17_01)], day("01-25"))
    # 100.00 x 7 %/12 x 15/31 = 0.2823 is 0.28; the whole period, 0.5331, is 0.53: 0.25 is carried, not 0.2508
    assert (state.rows[0].interest, state.rows[1].interest) == (28, 25 + 49)


def test_interest_that_finds_no_room_in_an_instalment_goes_on_to_the_next() -> None:
    state = seen("01-25", [paid("01-25", 20_100_00)])
    # 19,809.68 of principal leaves 541.77 of the agreed amount; the whole period bears 548.88
    assert parts(state.rows[0])[:2] == (20_061_13, 290_32)
    assert state.rows[0].outstanding == 251_45
    assert state.rows[1].interest == 548_88 - 290_32 + 499_69


def test_per_period_counts_the_running_period_in_full_even_when_paid_inside_it() -> None:
    per_period = replace(DAILY, recalculation=Recalculation.PER_PERIOD)
    assert seen("02-25", (), per_period).rows[1].interest == 600_00
    assert seen("02-25", [paid("02-20", INSTALMENT)], per_period).rows[1].interest == 600_00
    # on the due date the period is over
    assert seen("03-10", (), per_period).rows[2].interest == 402_49


def test_payment_after_the_last_due_date_is_booked_on_its_day() -> None:
    per_period = replace(DAILY, recalculation=Recalculation.PER_PERIOD)
    state = seen("08-01", [paid("08-01", 200_000_00)], per_period)
    assert state.closed
    assert state.credit == 200_000_00 - state.totals.total


def test_overpayment_is_held_and_explained() -> None:
    state = seen("07-10", [paid("07-10", 130_000_00)])
    left = state.entries[1].postings[-1]
    assert (left.n, left.due_date, left.component, left.amount) == (None, None, None, state.credit)
    assert state.credit == 130_000_00 - state.totals.paid > 0


def test_credit_goes_to_the_next_charge_and_the_next_payout() -> None:
    whole = replace(DAILY, approved=200_000_00)
    events = [
        Disbursement(on=OUT, amount=60_000_00),
        paid("01-25", 70_000_00),
        Charge(on=day("02-01"), kind=ChargeKind.FEE, amount=50_00),
        Disbursement(on=day("02-05"), amount=20_000_00),
    ]
    state = seen("02-05", events, whole)
    assert state.credit == 0
    assert sum(p.amount for p in state.entries[2].postings if p.component is Component.FEE) == 50_00
    assert state.totals.paid == 70_000_00


def test_charge_belongs_to_the_instalment_in_whose_period_it_falls_due() -> None:
    fee = Charge(on=day("02-01"), due_on=day("02-20"), kind=ChargeKind.FEE, amount=80_00)
    penalty = Charge(on=day("02-01"), due_on=day("02-10"), kind=ChargeKind.PENALTY, amount=30_00)
    state = seen("02-01", [fee, penalty])
    assert [(row.fees, row.penalties) for row in state.rows[:2]] == [(0, 30_00), (80_00, 0)]


def test_charges_after_the_last_due_date_stand_on_a_row_of_their_own() -> None:
    first = Charge(on=day("07-20"), kind=ChargeKind.FEE, amount=80_00)
    second = Charge(on=day("08-01"), kind=ChargeKind.PENALTY, amount=20_00)
    state = seen("08-01", [first, second])
    row = state.rows[-1]
    assert (row.n, row.due_date, row.days, row.total) == (7, day("08-01"), 22, 100_00)
    late = seen("08-05", [first, second, paid("08-05", 200_000_00)])
    assert late.rows[-1].paid_late == 100_00
    early = seen("07-01", [replace(first, on=day("07-01"), due_on=day("07-20")), paid("07-01", 200_000_00)])
    assert early.rows[-1].paid_early == 80_00


def test_vertical_pays_one_component_of_all_overdue_instalments_first() -> None:
    order = (Component.INTEREST, Component.PRINCIPAL, Component.FEE, Component.PENALTY)
    vertical = replace(CONTRACT, direction=Direction.VERTICAL, allocation=order)
    state = seen("03-15", [paid("03-15", 1_000_00)], vertical)
    assert [(p.n, p.component, p.amount) for p in state.entries[1].postings] == [
        (1, Component.INTEREST, 600_00),
        (2, Component.INTEREST, 400_00),
    ]


def test_payoff_takes_everything_owed_that_day_and_closes() -> None:
    state = seen("02-25", [paid("02-10", INSTALMENT), Payoff(on=day("02-25"))])
    assert state.entries[2].amount == 100_248_55 + 268_52  # 501.24 x 15 / 28
    assert state.closed
    assert [row.outstanding for row in state.rows] == [0] * 6


def test_payoff_takes_charges_not_yet_due_and_uses_the_credit() -> None:
    fee = Charge(on=day("01-20"), due_on=day("06-01"), kind=ChargeKind.FEE, amount=77_00)
    state = seen("01-25", [fee, Payoff(on=day("01-25"))])
    assert state.entries[2].amount == 120_000_00 + 290_32 + 77_00
    rich = seen("07-11", [paid("07-10", 130_000_00), Payoff(on=day("07-11"))])
    assert rich.entries[2].amount == 0
    assert rich.closed


def test_payoff_under_contract_interest_takes_all_of_it() -> None:
    state = seen("01-25", [Payoff(on=day("01-25"))], CONTRACT)
    assert state.entries[1].amount == 120_000_00 + 2_108_72


def test_down_payment_is_a_row_with_no_days_and_bears_no_interest() -> None:
    state = seen("01-20", (), down_payment=24_000_00)
    first = state.rows[0]
    assert (first.days, first.due_date, first.principal, first.interest, first.balance) == (
        0,
        OUT,
        24_000_00,
        0,
        96_000_00,
    )
    assert state.rows[1].interest == 480_00


def test_down_payment_can_be_taken_on_the_spot_and_in_proportion_to_each_payout() -> None:
    spot = replace(DAILY, down_payment_rate=25_000_000, down_payment_paid=True)
    events = [Disbursement(on=OUT, amount=60_000_00), Disbursement(on=day("02-15"), amount=20_000_00)]
    state = seen("02-15", events, spot)
    singles = [row for row in state.rows if row.days == 0]
    assert [(row.due_date, row.principal, row.paid) for row in singles] == [
        (OUT, 15_000_00, 15_000_00),
        (day("02-15"), 5_000_00, 0),  # the money went to the overdue instalment
    ]
    rounded = seen("01-10", (), replace(spot, down_payment_rate=33_333_333), instalment_multiple=100)
    assert rounded.rows[0].principal == 40_000_00


def test_down_payment_row_stands_behind_the_instalment_of_the_same_day() -> None:
    events = [Disbursement(on=OUT, amount=60_000_00), Disbursement(on=day("02-10"), amount=20_000_00)]
    state = seen("02-10", events, replace(DAILY, down_payment_rate=10_000_000))
    assert [row.days for row in state.rows[:3]] == [0, 31, 0]
    assert state.rows[1].balance == 60_000_00 - 6_000_00 - state.rows[1].principal
    assert state.rows[2].balance == state.rows[1].balance + 18_000_00


@pytest.mark.parametrize("method", [Amortisation.EQUAL_PRINCIPAL, Amortisation.INTEREST_FIRST, Amortisation.BULLET])
def test_paid_off_early_in_other_methods(method: Amortisation) -> None:
    state = seen("02-25", [Payoff(on=day("02-25"))], amortisation=method)
    # 600.00 of the first period, and 15 of 28 days on everything that is still owed
    assert state.entries[1].amount == 120_000_00 + 600_00 + 321_43
    assert state.closed


def test_flat_interest_stays_on_its_rows() -> None:
    state = seen("02-10", [paid("02-10", 50_000_00)], interest_method=InterestMethod.FLAT)
    assert [row.interest for row in state.rows] == [600_00] * 6
    assert [row.paid for row in state.rows[:3]] == [20_600_00, 20_600_00, 8_800_00]


def test_interest_of_the_first_instalments_collected_later() -> None:
    state = seen("04-10", [paid("04-10", 62_000_00)], grace_interest=2)
    assert [row.interest for row in state.rows[:3]] == [0, 0, 600_00 + 600_00 + 600_00]


def test_interest_collected_later_is_the_same_whether_the_rows_before_are_paid_or_not() -> None:
    unpaid = seen("02-25", (), CONTRACT, grace_interest=2)
    assert [row.principal for row in unpaid.rows[:2]] == [19_751_45, 19_850_21]
    settled = seen("02-25", [paid("02-10", 19_751_45)], grace_interest=2)
    assert [row.principal for row in settled.rows[:2]] == [19_751_45, 19_850_21]
    assert settled.rows[2].interest == 600_00 + 501_24 + 401_99


@pytest.mark.parametrize("rule", AdvanceRule)
@pytest.mark.parametrize(
    "terms",
    [
        {"interest_method": InterestMethod.FLAT, "grace_principal": 5, "grace_interest": 5},
        {"amortisation": Amortisation.BULLET},
        {"amortisation": Amortisation.BALLOON, "balloon": 60_000_00},
        {"grace_interest": 3},
    ],
)
def test_payoff_leaves_nothing_where_interest_is_collected_later(rule: AdvanceRule, terms: dict[str, object]) -> None:
    state = seen("06-01", [Payoff(on=day("03-25"))], replace(DAILY, advance_rule=rule), **terms)
    assert state.closed
    assert state.totals.paid == state.entries[1].amount


def test_interest_paid_with_arrears_is_not_asked_for_again() -> None:
    # the term is longer only after it was over: what accrues behind the last row was collected with it
    events = [TermExtension(on=day("07-20"), periods=2), Payoff(on=day("08-01"))]
    state = seen("09-20", events)
    assert state.closed


def test_a_payment_on_a_day_already_looked_at_keeps_its_place() -> None:
    plan = Reage(on=OUT, first_due=day("02-10"), periods=2, sequence=1)
    state = seen("01-10", [plan, replace(plan, sequence=2), Payoff(on=OUT, sequence=3)])
    assert state.totals.interest == 0
    assert state.closed


def test_rounding_follows_the_terms() -> None:
    terms = replace(TERMS, principal=100_00, annual_rate=1_000_000, periods=2, day_count=DayCount.PERIOD)
    events = [Disbursement(on=OUT, amount=99_00)]
    assert replay(terms, CONTRACT, events, OUT).rows[0].interest == 8  # 8.25


def test_a_loan_of_another_first_day_counts_from_the_payout() -> None:
    state = seen("01-15", [Disbursement(on=day("01-15"), amount=120_000_00)])
    assert [row.due_date for row in state.rows[:2]] == [day("02-15"), day("03-15")]


def test_nothing_is_owed_before_the_first_payout() -> None:
    state = seen("01-05", [Disbursement(on=day("01-10"), amount=120_000_00)])
    assert (state.rows, state.totals.total, state.closed) == ((), 0, False)


def test_without_a_payout_among_the_events_the_contract_pays_out() -> None:
    assert replay(TERMS, DAILY, []).rows == seen("01-10").rows
    assert seen("01-10").entries[0].amount == 120_000_00


def test_as_of_defaults_to_the_last_event() -> None:
    assert replay(TERMS, DAILY, [paid("02-25", INSTALMENT)]).as_of == date(2026, 2, 25)


def test_a_convention_can_be_read_from_the_package() -> None:
    assert Conventions().recalculation is Recalculation.NONE
