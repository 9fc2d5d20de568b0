"""The settlement quote that follows from the replay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chedai.engine.daycount import add_months
from chedai.engine.life import AdvanceRule, Conventions, PayoffInterest, replay, settlement_position
from chedai.engine.life.events import Charge, ChargeKind, Event, Payoff, Prepayment, PrepaymentChoice, Repayment
from chedai.engine.settlement import LineKind, SettlementFee, settle
from chedai.engine.terms import InterestMethod, LoanTerms

from .loans import CONTRACT, DAILY, INSTALMENT, OUT, TERMS, day, paid, seen

TO_THE_DAY = Conventions(payoff_interest=PayoffInterest.ACCRUED)
FEE = Charge(on=day("02-01"), due_on=day("04-01"), kind=ChargeKind.FEE, amount=90_00)


def test_quote_is_explained_line_by_line() -> None:
    events: list[Event] = [FEE, paid("02-10", INSTALMENT)]
    quote = settle(
        settlement_position(TERMS, DAILY, events, day("02-25")), SettlementFee(share=3_000_000), day("02-25")
    )
    assert [(line.kind, line.amount) for line in quote.lines] == [
        (LineKind.PRINCIPAL, 100_248_55),
        (LineKind.ACCRUED, 268_52),
        (LineKind.FUTURE_FEE, 90_00),
        (LineKind.SETTLEMENT_FEE, 3_007_46),
    ]
    assert quote.total == 103_614_53
    assert quote.lines[1].days == 15


def test_arrears_have_lines_of_their_own() -> None:
    position = settlement_position(TERMS, DAILY, [paid("02-12", 100_00)], day("02-25"))
    assert (position.due_interest, position.due_principal, position.months_paid) == (500_00, 19_751_45, 0)
    assert position.interest_for(15) == 321_43


def test_on_a_due_date_nothing_has_accrued() -> None:
    position = settlement_position(TERMS, DAILY, [paid("02-10", INSTALMENT)], day("02-10"))
    assert (position.accrued_days, position.months_paid, position.principal) == (0, 1, 100_248_55)


def test_contract_interest_is_owed_not_accrued() -> None:
    position = settlement_position(TERMS, CONTRACT, [], day("01-25"))
    assert (position.accrued_days, position.due_interest) == (0, 2_108_72)


@pytest.mark.parametrize("conventions", [DAILY, CONTRACT, TO_THE_DAY, replace(DAILY, advance_rule=AdvanceRule.LAST)])
@pytest.mark.parametrize(
    "events", [[], [paid("01-25", INSTALMENT)], [FEE, paid("02-20", 1_000_00)], [paid("02-20", 30_000_00)]]
)
def test_quote_without_a_fee_is_what_a_payoff_takes(conventions: object, events: list[Event]) -> None:
    on = day("02-25")
    quote = settle(settlement_position(TERMS, conventions, events, on), SettlementFee(), on)  # type: ignore[arg-type]
    state = seen("02-25", [*events, Payoff(on=on, sequence=9)], conventions)  # type: ignore[arg-type]
    assert quote.total == state.entries[-1].amount


def test_credit_is_taken_off() -> None:
    position = settlement_position(TERMS, DAILY, [paid("07-10", 130_000_00)], day("07-11"))
    assert settle(position, SettlementFee(), day("07-11")).total < 0
    assert settlement_position(TERMS, DAILY, [], OUT).principal == 120_000_00


THREE_YEARS = LoanTerms(principal=100_000_00, annual_rate=6_000_000, periods=36, disbursed_on=date(2025, 4, 10))
"""100,000.00 at 6 % over 36 months: 3,042.19 a month. The period from 10 April 2026 has 30 days."""


def test_a_payoff_of_contract_interest_owes_it_to_the_day() -> None:
    terms = THREE_YEARS
    on = date(2026, 4, 17)
    events: list[Event] = [Repayment(on=add_months(terms.disbursed_on, k), amount=3_042_19) for k in range(1, 13)]
    quote = settle(settlement_position(terms, TO_THE_DAY, events, on), SettlementFee(share=3_000_000), on)
    assert [(line.kind, line.amount) for line in quote.lines] == [
        (LineKind.PRINCIPAL, 68_640_65),
        (LineKind.ACCRUED, 80_08),
        (LineKind.SETTLEMENT_FEE, 2_059_22),
    ]
    assert (quote.total, quote.per_day, quote.lines[1].days) == (70_779_95, 11_44, 7)
    fee = Charge(on=on, kind=ChargeKind.FEE, amount=2_059_22)
    state = replay(terms, TO_THE_DAY, [*events, fee, Payoff(on=on, sequence=1)], on + timedelta(days=400))
    assert state.entries[-1].amount == 70_779_95
    assert (state.closed, state.totals.outstanding) == (True, 0)
    assert [(row.principal, row.interest, row.fees) for row in state.rows[12:14]] == [
        (2_698_99, 80_08, 2_059_22),
        (2_712_48, 0, 0),
    ]


def test_interest_paid_ahead_that_falls_away_is_handed_back() -> None:
    events: list[Event] = [paid("02-10", 2 * INSTALMENT)]
    position = settlement_position(TERMS, TO_THE_DAY, events, day("02-24"))
    # The March instalment holds 501.24 of interest, of which 14 of 28 days have run: 250.62 goes back.
    # Its principal, 19,850.21, is owed until its day: it is held, and taken off.
    assert (position.principal, position.accrued_days, position.credit) == (100_248_55, 14, 250_62 + 19_850_21)
    assert settle(position, SettlementFee(), day("02-24")).total == 80_147_72
    state = seen("02-24", [*events, Payoff(on=day("02-24"))], TO_THE_DAY)
    assert state.entries[-1].amount == 80_147_72
    assert [(p.n, p.amount) for p in state.entries[-1].postings][:1] == [(2, -250_62)]
    assert (state.rows[1].interest, state.rows[1].paid_early, state.credit) == (250_62, 20_100_83, 0)


def test_who_pays_ahead_and_settles_owes_the_fee_he_would_have_owed_without() -> None:
    """Nearly everything is paid in as instalments to come, then the loan is settled: the base is what was owed."""
    fee, on = SettlementFee(share=3_000_000), day("02-24")
    fees = []
    for money in (INSTALMENT, 3 * INSTALMENT, 120_000_00):
        quote = settle(settlement_position(TERMS, TO_THE_DAY, [paid("02-10", money)], on), fee, on)
        fees.append([(line.base, line.amount) for line in quote.lines if line.kind is LineKind.SETTLEMENT_FEE])
    assert fees == [[(100_248_55, 3_007_46)]] * 3


@pytest.mark.parametrize("choice", PrepaymentChoice)
def test_all_principal_prepaid_leaves_the_interest_of_its_days_on_the_running_instalment(
    choice: PrepaymentChoice,
) -> None:
    """Not on one that is long due, where it would be late and bear penalty; what is beyond it pays it ahead."""
    events: list[Event] = [paid("02-10", INSTALMENT)]
    for beyond, left, credit in ((0, 250_62, 0), (100_00, 150_62, 0), (300_00, 0, 49_38)):
        all_of_it = Prepayment(on=day("02-24"), amount=100_248_55 + beyond, choice=choice)
        state = seen("03-20", [*events, all_of_it], TO_THE_DAY)
        rows = [(row.due_date, row.interest, row.outstanding) for row in state.rows if row.interest]
        assert rows == [(day("02-10"), 600_00, 0), (day("03-10"), 250_62, left)]
        assert state.credit == credit


def test_more_paid_ahead_than_is_owed_stays_as_credit() -> None:
    events: list[Event] = [paid("02-10", 121_500_00)]
    state = seen("02-24", [*events, Payoff(on=day("02-24"))], TO_THE_DAY)
    assert (state.entries[-1].amount, state.closed) == (0, True)
    assert state.credit == 121_500_00 - (600_00 + 120_000_00 + 250_62)


def test_flat_interest_is_owed_for_its_days() -> None:
    terms = replace(TERMS, interest_method=InterestMethod.FLAT)
    position = settlement_position(terms, TO_THE_DAY, [paid("02-10", 20_600_00)], day("02-24"))
    assert (position.principal, position.interest_for(position.accrued_days), position.due_interest) == (
        100_000_00,
        300_00,
        0,
    )
    # After 10,000.00 paid back early, flat interest is 550.00 a month: half of it for half of the days.
    cut = [Prepayment(on=day("02-24"), amount=10_000_00, choice=PrepaymentChoice.LOWER_INSTALMENT)]
    state = replay(terms, TO_THE_DAY, [paid("02-10", 20_600_00), *cut, Payoff(on=day("02-24"))], day("02-24"))
    assert (state.totals.interest, state.totals.principal, state.closed) == (600_00 + 275_00, 120_000_00, True)
