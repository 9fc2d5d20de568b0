"""The settlement quote that follows from the replay."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chedai.engine.life import AdvanceRule, settlement_position
from chedai.engine.life.events import Charge, ChargeKind, Event, Payoff
from chedai.engine.settlement import LineKind, SettlementFee, settle

from .loans import CONTRACT, DAILY, INSTALMENT, OUT, TERMS, day, paid, seen

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


@pytest.mark.parametrize("conventions", [DAILY, CONTRACT, replace(DAILY, advance_rule=AdvanceRule.LAST)])
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
