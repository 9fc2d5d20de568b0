"""What cannot happen is refused by the position of the event and the rule, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chedai.engine.errors import EventRefused, InvalidArgument
from chedai.engine.life import replay
from chedai.engine.life.events import (
    Charge,
    ChargeKind,
    Disbursement,
    DueDateShift,
    Event,
    InterestPause,
    Payoff,
    Prepayment,
    PrepaymentChoice,
    RateChange,
    Reage,
    Reamortise,
    Restructure,
    Reversal,
    TermExtension,
)
from chedai.engine.terms import Amortisation, Step, StepKind

from .loans import DAILY, INSTALMENT, OUT, TERMS, day, paid, seen

PAID_OUT = Disbursement(on=OUT, id="out", amount=100_000_00)
OFF = Payoff(on=day("02-25"))

IMPOSSIBLE: list[tuple[str, str, Event]] = [
    ("amount", "must be above 0", paid("02-10", 0)),
    ("amount", "must be above 0", Disbursement(on=day("02-10"), amount=-1)),
    ("amount", "must be above 0", Charge(on=day("02-10"), kind=ChargeKind.FEE, amount=0)),
    ("amount", "must be above 0", Prepayment(on=day("02-10"), amount=0, choice=PrepaymentChoice.SHORTER_TERM)),
    ("amount", "must be above 0", paid("02-10", 2**63)),
    ("amount", "goes beyond the amount approved", Disbursement(on=day("02-10"), amount=20_000_01)),
    ("on", "must be before the last due date", Disbursement(on=day("07-10"), amount=1_00)),
    ("on", "must not be before the first payout", paid("01-09", 1_00)),
    ("on", "must not be before the first payout", TermExtension(on=day("01-09"), periods=1)),
    ("annual_rate", "must not be negative", RateChange(on=day("02-10"), annual_rate=-1)),
    ("annual_rate", "is beyond what a rate can be", RateChange(on=day("02-10"), annual_rate=10**9 + 1)),
    (
        "annual_rate",
        "is beyond what a rate can be",
        Restructure(on=day("02-10"), first_due=day("03-10"), periods=1, annual_rate=10**9 + 1),
    ),
    ("end", "must not be before the start", InterestPause(on=OUT, start=day("02-02"), end=day("02-01"))),
    ("periods", "must be at least 1", TermExtension(on=day("02-10"), periods=0)),
    ("due", "is no due date of the loan", DueDateShift(on=OUT, due=day("02-11"), to=day("02-20"))),
    ("to", "must come after the due date before it", DueDateShift(on=OUT, due=day("03-10"), to=day("02-10"))),
    ("on", "must leave an instalment to come", Reamortise(on=day("07-10"))),
    ("periods", "must be at least 1", Reage(on=day("02-10"), first_due=day("03-10"), periods=0)),
    ("every", "must be at least 1", Reage(on=day("02-10"), first_due=day("03-10"), periods=1, every=0)),
    ("first_due", "must come after the change", Reage(on=day("02-10"), first_due=day("02-09"), periods=1)),
    ("first_due", "must come after the change", Restructure(on=day("02-10"), first_due=day("02-10"), periods=1)),
    (
        "annual_rate",
        "must not be negative",
        Restructure(on=day("02-10"), first_due=day("03-10"), periods=1, annual_rate=-1),
    ),
    (
        "waived_principal",
        "must be below the principal owed",
        Restructure(on=day("02-10"), first_due=day("03-10"), periods=1, waived_principal=100_000_00),
    ),
    ("of", "names no event", Reversal(on=day("02-10"), of="nothing")),
    ("of", "names no event", Reversal(on=day("02-10"), of="")),
    ("id", "is the id of another event", paid("02-10", 1_00, id="out")),
]


@pytest.mark.parametrize(("argument", "rule", "event"), IMPOSSIBLE)
def test_impossible_event_is_refused_by_its_row(argument: str, rule: str, event: Event) -> None:
    with pytest.raises(EventRefused) as refused:
        seen("09-01", [PAID_OUT, event])
    assert (refused.value.argument, refused.value.row, refused.value.rule) == (argument, 1, rule)
    assert "第 2 行" in refused.value.text("zh")


@pytest.mark.parametrize(
    "event",
    [
        paid("02-26", 1_00),
        Disbursement(on=day("02-26"), amount=1_00),
        Charge(on=day("02-26"), kind=ChargeKind.FEE, amount=1_00),
        DueDateShift(on=day("02-26"), due=day("03-10"), to=day("03-11")),
        RateChange(on=day("03-15"), recorded_on=day("02-26"), annual_rate=1),
        InterestPause(on=day("02-26"), start=day("03-01"), end=day("03-02")),
        Payoff(on=day("02-26")),
    ],
)
def test_nothing_happens_to_a_loan_paid_off(event: Event) -> None:
    with pytest.raises(EventRefused) as refused:
        seen("09-01", [PAID_OUT, OFF, event])
    assert refused.value.row == 2
    assert refused.value.rule == "comes after the loan was closed on 2026-02-25"
    assert "已于 2026-02-25 结清" in refused.value.text("zh")


@pytest.mark.parametrize(
    "event",
    [
        RateChange(on=day("03-15"), annual_rate=1),
        RateChange(on=day("03-15"), recorded_on=day("02-01"), annual_rate=1),
        TermExtension(on=day("03-15"), periods=3),
        InterestPause(on=day("02-01"), start=day("03-01"), end=day("03-20")),
    ],
)
def test_what_was_agreed_for_later_is_moot_once_paid_off(event: Event) -> None:
    assert seen("09-01", [PAID_OUT, OFF, event]) == seen("09-01", [PAID_OUT, OFF])


def test_a_reversal_is_not_reversed() -> None:
    undo = Reversal(on=day("02-11"), id="undo", of="in")
    with pytest.raises(EventRefused, match="must not name a reversal"):
        seen("03-01", [paid("02-10", 1_00, id="in"), undo, Reversal(on=day("02-12"), of="undo")])


def test_money_without_the_payout_it_answers_is_refused() -> None:
    events = [PAID_OUT, paid("02-10", 1_00), Reversal(on=day("02-11"), of="out")]
    with pytest.raises(EventRefused) as refused:
        seen("03-01", events)
    assert refused.value.row == 1


@pytest.mark.parametrize(
    "event",
    [
        Reage(on=day("02-26"), first_due=day("03-26"), periods=3),
        Restructure(on=day("02-26"), first_due=day("03-26"), periods=3),
    ],
)
def test_nothing_unpaid_is_not_planned_anew(event: Event) -> None:
    with pytest.raises(EventRefused, match="must find principal unpaid"):
        seen("03-01", [paid("02-10", 130_000_00), event])


def test_a_rate_of_no_loan_is_refused() -> None:
    seen("02-10", [], annual_rate=10**9)
    with pytest.raises(InvalidArgument) as refused:
        seen("02-10", [], annual_rate=10**9 + 1)
    assert (refused.value.argument, refused.value.rule) == ("annual_rate", "is beyond what a rate can be")


def test_payout_on_a_day_that_leaves_no_schedule() -> None:
    with pytest.raises(EventRefused) as refused:
        seen("02-10", [replace(PAID_OUT, on=day("02-10"))], first_due=day("02-10"))
    assert (refused.value.row, refused.value.argument) == (0, "on")
    assert refused.value.rule == "leaves no plan: must be after the disbursement"
    assert refused.value.rule_zh.startswith("无法生成还款计划:")


def test_payout_that_the_stated_amounts_do_not_fit() -> None:
    steps = (Step(3, StepKind.PRINCIPAL, 30_000_00), Step(3, StepKind.SOLVE))
    with pytest.raises(EventRefused) as refused:
        seen("01-10", [Disbursement(on=OUT, amount=50_000_00)], amortisation=Amortisation.STEPPED, steps=steps)
    assert (refused.value.row, refused.value.argument) == (0, "steps")


def test_terms_that_cannot_be_are_refused_as_the_schedule_refuses_them() -> None:
    with pytest.raises(InvalidArgument):
        replay(replace(TERMS, balloon=1), DAILY, [])


def test_what_is_taken_back_is_not_looked_at() -> None:
    wrong = paid("01-01", -5, id="wrong")
    undone = [PAID_OUT, paid("02-10", INSTALMENT), wrong, Reversal(on=day("02-11"), of="wrong")]
    assert seen("03-01", undone) == seen("03-01", undone[:2])
