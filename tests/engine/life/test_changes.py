"""Rates, dates, terms, pauses and new plans, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chedai.engine.accrual import PenaltyTerms
from chedai.engine.calendar import BusinessCalendar
from chedai.engine.errors import EventRefused
from chedai.engine.life import AdvanceRule, Conventions, Recalculation, replay
from chedai.engine.life.events import (
    Charge,
    ChargeKind,
    Disbursement,
    Disposition,
    DueDateShift,
    Event,
    InterestPause,
    Prepayment,
    PrepaymentChoice,
    RateChange,
    Reage,
    Reamortise,
    Restructure,
    TermExtension,
    Waiver,
)
from chedai.engine.terms import Amortisation, InterestMethod, MonthEnd, Residue, Shift, Step, StepKind, Unit
from chedai.engine.waterfall import Component

from .loans import CONTRACT, DAILY, INSTALMENT, OUT, TERMS, day, paid, parts, seen

FIRST_PAID = paid("02-10", INSTALMENT)


def test_first_day_at_the_new_rate_is_the_one_that_closes_on_it() -> None:
    row = seen("02-21", [FIRST_PAID, RateChange(on=day("02-21"), annual_rate=5_000_000)]).rows[1]
    # 100,248.55 x (6 % x 10 + 5 % x 18) / 12 / 28, the instalment solved anew on it
    assert parts(row)[:2] == (19_859_50, 447_54)


def test_new_rate_from_a_due_date_plus_one_starts_with_the_next_period() -> None:
    state = seen("02-11", [FIRST_PAID, RateChange(on=day("02-11"), annual_rate=3_000_000)])
    assert state.rows[0].interest == 600_00
    assert state.rows[1].interest == 250_62


def test_two_rates_of_one_day_are_one_and_a_rate_after_the_end_changes_nothing() -> None:
    twice = [RateChange(on=day("02-21"), annual_rate=rate, sequence=n) for n, rate in enumerate([9_000_000, 5_000_000])]
    assert seen("02-21", twice).rows == seen("02-21", twice[1:]).rows
    assert seen("02-21", [RateChange(on=day("09-01"), annual_rate=1)]).rows == seen("02-21").rows


def test_rate_agreed_for_later_shows_before_its_day() -> None:
    assert seen("01-20", [RateChange(on=day("05-11"), annual_rate=0)]).rows[5].interest == 0


def test_rate_before_the_payout_is_the_rate_of_the_loan() -> None:
    state = seen("01-10", [RateChange(on=day("01-05"), annual_rate=0)])
    assert state.totals.interest == 0
    assert [row.total for row in state.rows] == [20_000_00] * 6


def test_arrears_stay_out_of_the_instalment_solved_anew() -> None:
    late = seen("02-25", [RateChange(on=day("02-21"), annual_rate=5_000_000)])
    on_time = seen("02-25", [FIRST_PAID, RateChange(on=day("02-21"), annual_rate=5_000_000)])
    assert [row.total for row in late.rows[1:5]] == [row.total for row in on_time.rows[1:5]]


def test_further_payout_solves_the_instalment_on_the_running_period_as_it_is() -> None:
    events = [Disbursement(on=OUT, amount=60_000_00), Disbursement(on=day("01-25"), amount=60_000_00)]
    state = seen("01-25", events)
    # 0.5 % x (60,000.00 x 31 + 60,000.00 x 16) / 31
    assert state.rows[0].interest == 454_84
    assert {row.total for row in state.rows[:5]} == {20_326_96}
    assert abs(state.rows[5].total - 20_326_96) <= 3


def test_spread_residue_shares_out_what_a_payout_inside_a_period_leaves() -> None:
    events = [Disbursement(on=OUT, amount=60_000_00), Disbursement(on=day("01-25"), amount=60_000_00)]
    state = seen("01-25", events, residue=Residue.SPREAD)
    assert {row.total for row in state.rows[:5]} == {20_326_96}
    assert abs(state.rows[5].total - 20_326_96) <= 3


def test_spread_keeps_the_instalment_a_whole_multiple() -> None:
    events = [Disbursement(on=OUT, amount=60_000_00), Disbursement(on=day("01-25"), amount=60_000_00)]
    state = seen("01-25", events, residue=Residue.SPREAD, instalment_multiple=100_00)
    assert {row.total for row in state.rows[:5]} == {20_300_00}
    one = seen("01-25", events, residue=Residue.SPREAD, instalment_multiple=10_00)
    assert {row.total for row in one.rows[:5]} == {20_330_00}


def test_spread_is_not_kept_where_it_widens_the_gap() -> None:
    # 209.48 leaves 209.45 for the last instalment; 209.47 would leave 209.51
    terms = replace(TERMS, principal=1_000_00, annual_rate=18_760_000, periods=5, residue=Residue.SPREAD)
    assert [row.total for row in replay(terms, DAILY, []).rows] == [209_48] * 4 + [209_45]


def test_spread_leaves_a_last_instalment_that_is_paid() -> None:
    conventions = replace(DAILY, advance_rule=AdvanceRule.LAST)
    more = [
        Disbursement(on=OUT, amount=60_000_00),
        paid("01-20", 10_175_73),
        RateChange(on=day("02-21"), annual_rate=5_000_000),
    ]
    state = seen("02-21", more, conventions, residue=Residue.SPREAD)
    assert state.rows[5].paid == 10_175_73
    assert sum(row.principal for row in state.rows) == 60_000_00


def test_pause_leaves_the_instalment_and_the_last_one_takes_the_difference() -> None:
    state = seen("02-01", [InterestPause(on=day("02-01"), start=day("02-01"), end=day("02-10"))])
    # ten of 31 days bear nothing: 600.00 x 21 / 31
    assert parts(state.rows[0])[:2] == (19_945_00, 406_45)
    assert [row.total for row in state.rows[:5]] == [INSTALMENT] * 5
    assert state.rows[5].total == 20_153_05


def test_pause_over_a_due_date_frees_days_on_both_sides() -> None:
    state = seen("02-01", [InterestPause(on=day("02-01"), start=day("02-08"), end=day("02-12"))])
    # three days of January's period (8th to 10th) and two of February's
    assert (state.rows[0].interest, state.rows[1].interest) == (541_94, 465_17)


def test_moved_due_date_takes_the_later_ones_along() -> None:
    state = seen("02-01", [DueDateShift(on=day("02-01"), due=day("02-10"), to=day("02-25"))])
    assert [row.due_date for row in state.rows] == [day(f"0{month}-25") for month in range(2, 8)]
    # one month and 15 of the 28 days to 10 March
    assert parts(state.rows[0])[:2] == (19_430_02, 921_43)
    assert state.rows[0].days == 46


def test_dates_gained_later_keep_the_anchor_day() -> None:
    terms = replace(TERMS, disbursed_on=date(2025, 10, 31), periods=4)
    state = replay(terms, CONTRACT, [TermExtension(on=date(2025, 12, 1), periods=2)])
    assert [row.due_date for row in state.rows[3:]] == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    rolled = replace(terms, month_end=MonthEnd.ROLL)
    state = replay(rolled, CONTRACT, [TermExtension(on=date(2025, 12, 1), periods=2)])
    assert [row.due_date for row in state.rows[3:]] == [date(2026, 3, 1), date(2026, 3, 31), date(2026, 5, 1)]
    weekly = replace(terms, unit=Unit.WEEK, every=2)
    state = replay(weekly, CONTRACT, [TermExtension(on=date(2025, 11, 20), periods=1)])
    assert [row.due_date for row in state.rows[3:]] == [date(2025, 12, 26), date(2026, 1, 9)]


def test_dates_gained_later_move_to_business_days() -> None:
    calendar = BusinessCalendar(frozenset(), frozenset(), date(2026, 1, 1), date(2026, 12, 31))
    terms = replace(TERMS, shift=Shift.FOLLOWING)
    state = replay(terms, CONTRACT, [TermExtension(on=day("02-11"), periods=2)], business_days=calendar)
    assert [row.due_date for row in state.rows[5:]] == [day("07-10"), day("08-10"), day("09-10")]
    shifted = DueDateShift(on=day("02-01"), due=day("02-10"), to=day("02-25"))
    moved = replay(terms, CONTRACT, [shifted], business_days=calendar)
    assert moved.rows[2].due_date == day("04-27")  # the 25th is a Saturday
    assert moved.rows[3].days == 30  # interest keeps to the 25th


def test_longer_term_lowers_the_instalment_from_the_running_one_on() -> None:
    state = seen("02-11", [FIRST_PAID, TermExtension(on=day("02-11"), periods=2)])
    assert len(state.rows) == 8
    assert {row.total for row in state.rows[1:7]} == {14_609_07}
    assert state.rows[1].interest == 501_24


def test_longer_bullet_still_pays_everything_at_the_end() -> None:
    state = seen("02-11", [TermExtension(on=day("02-11"), periods=2)], amortisation=Amortisation.BULLET)
    assert [row.total for row in state.rows] == [0] * 7 + [120_000_00 + 8 * 600_00]


def test_prepayment_with_a_shorter_term_keeps_the_instalment() -> None:
    gift = Prepayment(on=day("02-10"), amount=40_000_00, choice=PrepaymentChoice.SHORTER_TERM)
    state = seen("02-10", [FIRST_PAID, gift])
    assert (state.rows[1].days, state.rows[1].principal, state.rows[1].paid) == (0, 40_000_00, 40_000_00)
    assert [row.total for row in state.rows[2:]] == [INSTALMENT, INSTALMENT, 20_148_12]


def test_prepayment_with_a_lower_instalment_keeps_the_dates() -> None:
    gift = Prepayment(on=day("02-10"), amount=40_000_00, choice=PrepaymentChoice.LOWER_INSTALMENT)
    state = seen("02-10", [FIRST_PAID, gift])
    assert [row.due_date for row in state.rows[2:]] == [day(f"0{month}-10") for month in range(3, 8)]
    assert {row.total for row in state.rows[2:6]} == {12_231_06}


@pytest.mark.parametrize("choice", PrepaymentChoice)
def test_prepayment_changes_contract_interest_too(choice: PrepaymentChoice) -> None:
    gift = Prepayment(on=day("02-10"), amount=40_000_00, choice=choice)
    state = seen("02-10", [FIRST_PAID, gift], CONTRACT)
    assert state.rows[2].interest == 301_24  # 0.5 % of 60,248.55


def test_prepayment_pays_what_has_fallen_due_first_and_never_more_than_is_owed() -> None:
    gift = Prepayment(on=day("02-10"), amount=130_000_00, choice=PrepaymentChoice.SHORTER_TERM)
    state = seen("02-10", [gift])
    assert state.rows[0].paid == INSTALMENT
    assert state.rows[1].principal == 120_000_00 - 19_751_45
    assert state.credit == 130_000_00 - INSTALMENT - state.rows[1].principal
    nothing_left = seen("02-10", [replace(gift, amount=20_000_00)])
    assert (nothing_left.rows[0].paid, len(nothing_left.rows)) == (20_000_00, 6)


def test_reamortise_spreads_arrears_and_collects_their_interest_with_the_next_instalment() -> None:
    state = seen("02-20", [Reamortise(on=day("02-20"))])
    assert parts(state.rows[0]) == (0, 0, 0, 0)
    assert state.rows[1].interest == 600_00 + 600_00
    assert sum(row.principal for row in state.rows) == 120_000_00
    assert max(row.total for row in state.rows[1:]) - min(row.total for row in state.rows[1:]) <= 3


def test_reamortise_under_contract_interest_bears_it_from_that_day_only() -> None:
    state = seen("02-20", [Reamortise(on=day("02-20"))], CONTRACT)
    # overdue 600.00; 100,248.55 all through, 19,751.45 again for 18 of 28 days
    assert state.rows[1].interest == 600_00 + 564_73
    on_the_day = seen("02-10", [Reamortise(on=day("02-10"))], CONTRACT)
    assert on_the_day.rows[1].interest == 600_00 + 600_00


def test_reamortise_ends_the_grace() -> None:
    state = seen("02-20", [Reamortise(on=day("02-20"))], grace_principal=3)
    assert all(row.principal > 0 for row in state.rows[1:])


def test_reage_puts_everything_unpaid_into_new_instalments() -> None:
    state = seen("03-25", [FIRST_PAID, Reage(on=day("03-25"), first_due=day("04-10"), periods=6)])
    assert [row.due_date for row in state.rows[:4]] == [day("02-10"), day("03-10"), day("03-25"), day("04-10")]
    assert [row.total for row in state.rows[1:3]] == [0, 0]
    assert state.rows[3].interest == 501_24 + 242_54 + 258_71
    assert sum(row.principal for row in state.rows) == 120_000_00
    assert state.rows[-1].due_date == day("09-10")
    assert [rows[1].total for rows in state.superseded] == [INSTALMENT]


def test_reage_keeps_money_paid_ahead_on_the_row_it_cuts_off() -> None:
    ahead = replace(DAILY, advance_rule=AdvanceRule.LAST)
    fee = Charge(on=day("02-01"), due_on=day("05-01"), kind=ChargeKind.FEE, amount=90_00)
    events: list[Event] = [
        fee,
        paid("02-10", INSTALMENT + 30_000_00),
        Reage(on=day("02-20"), first_due=day("03-20"), periods=3),
    ]
    state = seen("02-20", events, ahead)
    assert state.rows[1].due_date == day("02-20")
    assert state.rows[1].paid == 30_000_00
    assert state.rows[1].outstanding == 0
    assert sum(row.fees for row in state.rows) == 90_00


def test_reage_gathers_an_unpaid_down_payment_and_half_a_fee() -> None:
    fee = Charge(on=OUT, due_on=day("03-01"), kind=ChargeKind.FEE, amount=90_00)
    events: list[Event] = [
        Disbursement(on=OUT, amount=120_000_00),
        fee,
        Reage(on=day("01-20"), first_due=day("02-20"), periods=4),
    ]
    state = seen("01-20", events, replace(CONTRACT, down_payment_rate=20_000_000))
    assert [row.principal for row in state.rows[:2]] == [0, 0]
    assert sum(row.principal for row in state.rows) == 120_000_00
    assert [row.fees for row in state.rows] == [0, 0, 0, 90_00, 0, 0]


def test_reage_after_the_last_due_date_and_before_the_first_period() -> None:
    late = seen("08-01", [Reage(on=day("08-01"), first_due=day("09-10"), periods=2)])
    assert (late.rows[6].days, late.rows[6].principal > 0) == (62, True)
    early = seen("01-10", [Reage(on=day("01-10"), first_due=day("02-10"), periods=3)])
    assert [row.total for row in early.rows[:1]] == [0]
    assert sum(row.principal for row in early.rows[1:]) == 120_000_00


@pytest.mark.parametrize("method", Amortisation)
def test_every_method_can_be_extended_and_reaged(method: Amortisation) -> None:
    fields: dict[str, object] = {"amortisation": method}
    if method is Amortisation.STEPPED:
        fields["steps"] = (
            Step(2, StepKind.PRINCIPAL, 10_000_00),
            Step(2, StepKind.INSTALMENT, 9_000_00),
            Step(2, StepKind.SOLVE),
        )
    if method is Amortisation.BALLOON:
        fields["balloon"] = 30_000_00
    longer = seen("02-11", [TermExtension(on=day("02-11"), periods=2)], **fields)
    anew = seen("02-20", [Reage(on=day("02-20"), first_due=day("03-20"), periods=5)], **fields)
    for state in (longer, anew):
        assert sum(row.principal for row in state.rows) == 120_000_00
        assert state.rows[-1].balance == 0


def test_flat_loan_is_reaged_and_extended_with_flat_interest() -> None:
    longer = seen("02-11", [TermExtension(on=day("02-11"), periods=2)], interest_method=InterestMethod.FLAT)
    assert [row.interest for row in longer.rows] == [600_00] * 8
    more = [Disbursement(on=OUT, amount=60_000_00), Disbursement(on=day("02-15"), amount=60_000_00)]
    paid_out = seen("02-15", more, interest_method=InterestMethod.FLAT)
    assert [row.interest for row in paid_out.rows] == [300_00] + [600_00] * 5
    assert paid_out.rows[1].principal == 22_000_00
    first = seen("02-15", more, interest_method=InterestMethod.FLAT, amortisation=Amortisation.INTEREST_FIRST)
    assert [row.principal for row in first.rows] == [0] * 5 + [120_000_00]
    equal = seen("02-15", more, interest_method=InterestMethod.FLAT, amortisation=Amortisation.EQUAL_PRINCIPAL)
    assert equal.rows[1].principal == 22_000_00
    stated = seen("02-15", more, interest_method=InterestMethod.FLAT, instalment=15_000_00)
    assert stated.rows[1].principal == 14_400_00


def _restructured(**choices: object) -> Event:
    return Restructure(on=day("03-25"), first_due=day("04-25"), periods=6, **choices)  # type: ignore[arg-type]


ARREARS = [FIRST_PAID, Charge(on=day("03-01"), kind=ChargeKind.FEE, amount=200_00)]


def test_restructure_capitalises_interest_and_carries_fees_forward() -> None:
    state = seen("03-25", [*ARREARS, _restructured(annual_rate=5_000_000)])
    capital = 100_248_55 + 501_24 + 242_54
    assert state.rows[3].principal + state.rows[3].balance == capital
    assert state.rows[3].interest == 420_80  # 5 % / 12 of it
    assert (state.rows[1].fees, state.rows[3].fees) == (0, 200_00)
    assert sum(row.principal for row in state.rows) == 120_000_00 + 743_78
    assert state.superseded[0][1].fees == 200_00


def test_restructure_waives_interest_fees_and_some_principal() -> None:
    waive = _restructured(
        interest=Disposition.WAIVE, fees=Disposition.WAIVE, penalties=Disposition.WAIVE, waived_principal=10_000_00
    )
    state = seen("03-25", [*ARREARS, waive])
    assert state.rows[3].principal + state.rows[3].balance == 90_248_55
    assert state.rows[3].interest == 451_24
    assert state.totals.fees == 0


def test_restructure_carries_interest_forward_and_capitalises_fees() -> None:
    fee_ahead = Charge(on=day("03-01"), due_on=day("05-01"), kind=ChargeKind.PENALTY, amount=30_00)
    keep = _restructured(
        interest=Disposition.CARRY_FORWARD, fees=Disposition.CAPITALISE, penalties=Disposition.CAPITALISE
    )
    state = seen("03-25", [*ARREARS, fee_ahead, keep])
    capital = 100_248_55 + 200_00 + 30_00
    assert state.rows[3].principal + state.rows[3].balance == capital
    assert state.rows[3].interest == 501_24 + 242_54 + 502_39
    assert (state.totals.fees, state.totals.penalties) == (0, 0)


def test_restructure_keeps_charges_already_paid() -> None:
    events = [*ARREARS, paid("03-20", 150_00), _restructured(penalties=Disposition.WAIVE)]
    state = seen("03-25", events)
    assert [(row.fees, row.outstanding) for row in state.rows[1:3]] == [(150_00, 0), (0, 0)]
    assert state.rows[3].fees == 50_00


def test_grace_and_free_periods_are_part_of_the_plan() -> None:
    state = seen("01-10", (), grace_principal=2, interest_free_periods=1)
    assert [row.principal for row in state.rows[:2]] == [0, 0]
    assert [row.interest for row in state.rows[:2]] == [0, 600_00]


def test_by_period_interest_of_a_new_rate() -> None:
    per_period = replace(DAILY, recalculation=Recalculation.PER_PERIOD)
    assert seen("02-25", [RateChange(on=day("02-11"), annual_rate=3_000_000)], per_period).rows[1].interest == 300_00


def test_a_flat_loan_owes_interest_for_its_days_when_it_gets_a_new_plan() -> None:
    # Two months and five of 31 days of 600.00: 1,296.77, none of it of the months that the new plan charges itself.
    on, due = day("03-15"), day("04-10")
    event = Restructure(on=on, first_due=due, periods=6, interest=Disposition.CARRY_FORWARD)
    carried = seen("03-15", [event], interest_method=InterestMethod.FLAT)
    assert [row.interest for row in carried.rows[3:]] == [1_296_77 + 600_00, *[600_00] * 5]
    event = Restructure(on=on, first_due=due, periods=6)
    capitalised = seen("03-15", [event], interest_method=InterestMethod.FLAT)
    assert capitalised.totals.principal == 120_000_00 + 1_296_77


def test_what_is_due_is_forgiven_by_component_the_oldest_first() -> None:
    conventions = Conventions(penalty=PenaltyTerms(rate=9_000_000))
    missed = seen("03-20", [], conventions)
    # 38 days on 20,351.45 and 10 days on 20,351.45, at 9 % over 360.
    assert [row.penalties for row in missed.rows[:2]] == [193_34, 50_88]
    events = [
        Waiver(on=day("03-20"), component=Component.PENALTY, amount=200_00),
        Waiver(on=day("03-20"), component=Component.INTEREST, amount=1_101_24, sequence=1),
        paid("03-20", 2 * INSTALMENT - 1_101_24 + 44_22, sequence=2),
    ]
    state = seen("03-20", events, conventions)
    assert [(row.interest, row.penalties, row.outstanding) for row in state.rows[:2]] == [(0, 0, 0), (0, 44_22, 0)]
    assert [(p.n, p.component, p.amount) for p in state.entries[1].postings] == [
        (1, Component.PENALTY, 193_34),
        (2, Component.PENALTY, 6_66),
    ]
    assert state.totals.paid == 2 * INSTALMENT - 1_101_24 + 44_22
    again = Waiver(on=day("03-20"), component=Component.PENALTY, amount=44_22, sequence=3)
    state = seen("03-20", [*events[:2], again], conventions)
    assert [(p.n, p.amount) for p in state.entries[-1].postings] == [(2, 44_22)]


@pytest.mark.parametrize(
    ("component", "amount", "argument"),
    [(Component.PRINCIPAL, 1, "component"), (Component.INTEREST, 600_01, "amount"), (Component.FEE, 1, "amount")],
)
def test_more_than_is_due_is_not_forgiven(component: Component, amount: int, argument: str) -> None:
    with pytest.raises(EventRefused) as refused:
        seen("02-20", [Waiver(on=day("02-20"), component=component, amount=amount)], CONTRACT)
    assert refused.value.argument == argument
