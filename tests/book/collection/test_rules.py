"""The pure rules: limitation, promises, next days, who gets which arm, what a table of strategies may say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chedai.book.collection import rules
from chedai.book.collection.rules import Money
from chedai.book.collection.states import Group, LegalStage, PromiseState
from chedai.book.collection.strategies import LINES, Facing, chosen, costs_on, lines_fault, strategies_on
from chedai.platform.policies import Line, shipped_book
from tests.book.collection.book import TODAY

STRATEGIES = strategies_on(shipped_book(), TODAY)


@pytest.mark.parametrize(
    ("receipts", "day", "expected"),
    [
        ([], date(2026, 11, 23), (PromiseState.OPEN, 0)),
        ([], date(2026, 11, 24), (PromiseState.BROKEN, 0)),
        ([(21, 100_000)], date(2026, 11, 24), (PromiseState.BROKEN, 100_000)),
        ([(21, 100_000), (23, 200_000)], date(2026, 11, 23), (PromiseState.KEPT, 300_000)),
        ([(19, 300_000)], date(2026, 11, 23), (PromiseState.OPEN, 0)),  # before it was promised
        ([(24, 300_000)], date(2026, 11, 24), (PromiseState.BROKEN, 0)),  # a day too late
    ],
)
def test_a_promise_is_judged_by_what_came_in_its_days(
    receipts: list[tuple[int, int]], day: date, expected: tuple[PromiseState, int]
) -> None:
    money = [Money(date(2026, 11, on), amount) for on, amount in receipts]
    assert rules.judged(300_000, TODAY, date(2026, 11, 23), money, day) == expected


def test_a_promise_lies_within_what_is_owed_and_the_days_of_the_strategy() -> None:
    def refused(amount: int, ahead: int) -> str | None:
        found = rules.promise_refusal(amount, TODAY + timedelta(ahead), today=TODAY, most=303_676, days=7)
        return None if found is None else found.code

    assert refused(303_676, 7) is None
    assert refused(1, 0) is None
    assert refused(303_677, 7) == "promise-amount"
    assert refused(0, 7) == "promise-amount"
    assert refused(303_676, 8) == "promise-day"
    assert refused(303_676, -1) == "promise-day"


def test_the_next_contact_is_compulsory_and_not_later_than_the_strategy_says() -> None:
    assert rules.next_day_refusal(TODAY + timedelta(3), today=TODAY, most=3) is None
    for wrong in (None, TODAY, TODAY + timedelta(4)):
        found = rules.next_day_refusal(wrong, today=TODAY, most=3)
        assert found is not None and (found.code, found.field) == ("next-day", "next_on")
    assert rules.next_default(TODAY, 5, 3) == TODAY + timedelta(3)


@pytest.mark.parametrize(
    ("since", "interrupted", "last"),
    [
        (date(2026, 10, 15), [], date(2029, 10, 15)),
        (date(2026, 10, 15), [date(2027, 1, 8), date(2026, 11, 1)], date(2030, 1, 8)),
        (date(2024, 2, 29), [], date(2027, 2, 28)),
        (date(2026, 10, 15), [date(2026, 3, 1)], date(2029, 10, 15)),  # what came before it was due interrupts nothing
    ],
)
def test_a_claim_lapses_three_years_after_its_last_interruption(
    since: date, interrupted: list[date], last: date
) -> None:
    assert rules.limitation(since, interrupted, 3) == last


def test_a_claim_goes_through_its_stages_only() -> None:
    assert rules.stage_refusal(LegalStage.DEMAND, LegalStage.FILED) is None
    wrong = rules.stage_refusal(LegalStage.DEMAND, LegalStage.JUDGMENT)
    assert wrong is not None and wrong.code == "legal-move"


def test_a_loan_gets_the_first_segment_that_fits_and_always_the_same_arm() -> None:
    def line(bucket: str, grade: str = "", overdue: int = 303_676, loan: str = "L1") -> str | None:
        found = chosen(STRATEGIES, Facing(loan, bucket, grade, overdue))
        return None if found is None else found.code

    assert line("M1", "A", 299_999) == "m1-small"
    assert line("M1", "A", 300_000) in ("m1-call", "m1-gentle")
    assert line("M1", "C", 299_999) in ("m1-call", "m1-gentle")
    assert line("M4", overdue=2_000_000) == "m4-legal"
    assert line("M4", overdue=1_999_999) == "m4-agency"
    assert line("M9") is None
    arms = [line("M2", loan=f"A1-{n:04}") for n in range(1000)]
    assert arms == [line("M2", loan=f"A1-{n:04}") for n in range(1000)]
    assert arms.count("m2-visit") == 293  # of 1,000, policy: 30 %


def test_the_hold_out_is_a_share_that_stays_the_same() -> None:
    groups = [rules.group_of(f"A1-{n:04}", TODAY, 10_000_000) for n in range(1000)]
    assert groups == [rules.group_of(f"A1-{n:04}", TODAY, 10_000_000) for n in range(1000)]
    assert groups.count(Group.HOLD_OUT) == 110  # of 1,000, policy: 10 %


def test_cases_go_to_whoever_has_least_in_hand() -> None:
    assert rules.shared_out([11, 12, 13], {1: 2, 2: 0}) == {11: 2, 12: 2, 13: 1}
    assert rules.shared_out([11], {}) == {}


def _with(**changed: object) -> list[Line]:
    lines = list(shipped_book().in_force(LINES, TODAY).listed(Line))
    cells = dict(lines[1].cells) | changed
    lines[1] = Line(lines[1].code, tuple((name, held) for name, held in cells.items() if held is not None))  # type: ignore[misc]
    return lines


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"share": 70}, "the shares must make 100"),
        ({"action": "shout"}, "unknown action"),
        ({"buckets": ("M2",)}, "for the same loans"),
        ({"script": None}, "is no strategy"),
        ({"over": "many"}, "is no strategy"),
        ({"arm": "challenger"}, "one champion"),
        ({"below": "0"}, "leave nobody"),
    ],
)
def test_a_table_that_is_no_strategy_is_refused_while_it_is_written(changed: dict[str, object], said: str) -> None:
    found = lines_fault(_with(**changed))
    assert found is not None and said in found[0]
    assert lines_fault(_with()) is None


def test_costs_are_fen() -> None:
    assert costs_on(shipped_book(), TODAY) == {"call": 300, "ai_call": 50, "sms": 5, "visit": 18_000, "letter": 2_000}
