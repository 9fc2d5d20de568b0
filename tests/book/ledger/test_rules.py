"""What is posted, case by case to the fen, and that whatever happens the accounts say what the balances say."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedai.book.ledger import chart
from chedai.book.ledger.chart import Code
from chedai.book.ledger.drafts import moved_by
from chedai.book.ledger.rules import NOTHING, Balances, Transfer, Unbalanced, postings, transfers

PAID_OUT = Balances(principal=10_000_000)
BILLED = replace(PAID_OUT, interest_due=72_000, interest_billed=72_000, fee_due=5_000, fee_billed=5_000)
SUSPENDED = replace(BILLED, suspended=True)


def said(before: Balances, after: Balances, cash: int = 0, account: Code = chart.BANK) -> list[tuple[str, str, int]]:
    return [(one.debit, one.credit, one.amount) for one in postings(before, after, cash, account=account)]


def test_a_payout_less_its_fee() -> None:
    after = replace(PAID_OUT, fee_billed=300_000)
    assert said(NOTHING, after, -9_700_000) == [("1301", "1002", 9_700_000), ("1301", "6013", 300_000)]


def test_billing_moves_what_was_accrued_to_what_is_due_and_levies_the_fee() -> None:
    assert said(PAID_OUT, BILLED) == [("1132", "1133", 72_000), ("1134", "6013", 5_000)]


def test_a_repayment_with_a_penalty_and_something_over() -> None:
    after = replace(
        BILLED, principal=9_730_000, interest_due=0, fee_due=0, penalty_due=0, penalty_received=800, credit=1_200
    )
    assert said(BILLED, after, 270_000 + 72_000 + 5_000 + 800 + 1_200) == [
        ("1002", "1132", 72_000),
        ("1002", "1134", 5_000),
        ("1002", "1301", 270_000),
        ("1002", "2241", 1_200),
        ("1002", "6012", 800),
    ]


def test_the_reversal_of_a_repayment_is_the_repayment_the_other_way() -> None:
    after = replace(BILLED, principal=9_730_000, interest_due=0, penalty_received=800)
    there = said(BILLED, after, 342_800)
    back = said(after, BILLED, -342_800)
    assert sorted(back) == sorted((credit, debit, amount) for debit, credit, amount in there)


def test_a_penalty_that_only_runs_is_not_posted() -> None:
    assert said(BILLED, replace(BILLED, penalty_due=9_999)) == []


def test_credit_pays_the_next_instalment_without_money() -> None:
    held = replace(PAID_OUT, credit=80_000)
    after = replace(held, credit=8_000, interest_billed=72_000)
    assert said(held, after) == [("2241", "1133", 72_000)]


def test_a_credit_that_goes_back_to_who_paid_it_touches_the_bank_alone() -> None:
    held = replace(NOTHING, interest_billed=72_000, credit=18_800)
    assert said(held, replace(held, credit=0), -18_800) == [("2241", "1002", 18_800)]


def test_a_loan_is_paid_off_with_interest_to_the_day() -> None:
    after = replace(NOTHING, interest_billed=31_200, fee_billed=100_000)
    assert said(PAID_OUT, after, 10_131_200) == [
        ("1002", "1133", 31_200),
        ("1002", "1301", 10_000_000),
        ("1002", "6013", 100_000),
    ]


def test_interest_forgiven_is_taken_out_of_income_and_interest_made_principal_is_not() -> None:
    forgiven = replace(BILLED, interest_due=0, interest_waived=72_000, fee_due=0, fee_waived=5_000)
    assert said(BILLED, forgiven) == [("6011", "1132", 72_000), ("6013", "1134", 5_000)]
    capitalised = replace(BILLED, principal=10_072_000, interest_due=0, interest_capitalised=72_000)
    assert said(BILLED, capitalised) == [("1301", "1132", 72_000)]


def test_interest_goes_into_suspense_is_billed_there_and_is_income_when_paid() -> None:
    assert said(BILLED, SUSPENDED) == [("6011", "1132", 72_000), ("9101", "9100", 72_000)]
    more = replace(SUSPENDED, interest_due=140_000, interest_billed=140_000)
    assert said(SUSPENDED, more) == [("9101", "9100", 68_000)]
    paid = replace(more, interest_due=100_000)
    assert said(more, paid, 40_000) == [("1002", "6011", 40_000), ("9100", "9101", 40_000)]
    assert said(paid, replace(paid, suspended=False)) == [("1132", "6011", 100_000), ("9100", "9101", 100_000)]


def test_interest_made_principal_in_suspense_is_income_only_once_the_loan_pays_again() -> None:
    after = replace(SUSPENDED, principal=10_072_000, interest_due=0, interest_capitalised=72_000)
    assert said(SUSPENDED, after) == [("1301", "2243", 72_000), ("9100", "9101", 72_000)]
    assert said(after, replace(after, suspended=False)) == [("2243", "6011", 72_000)]


def test_interest_made_principal_in_suspense_is_written_off_against_itself() -> None:
    before = replace(SUSPENDED, principal=10_072_000, interest_due=0, interest_capitalised=72_000, fee_due=0)
    gone = replace(before, principal=0, written_off=10_072_000)
    assert said(before, gone) == [("1231", "1301", 10_000_000), ("2243", "1301", 72_000)]


def test_a_write_off_uses_the_allowance_and_what_comes_later_is_a_recovery() -> None:
    gone = replace(SUSPENDED, principal=0, written_off=10_005_000, fee_due=0, interest_due=0, interest_waived=72_000)
    assert said(SUSPENDED, gone) == [
        ("1231", "1134", 5_000),
        ("1231", "1301", 10_000_000),
        ("9100", "9101", 72_000),
    ]
    assert said(gone, replace(gone, recovered=500_000), 500_000) == [("1002", "6702", 500_000)]


def test_a_car_taken_in_payment_and_money_that_was_parked() -> None:
    assert said(PAID_OUT, replace(PAID_OUT, principal=4_000_000), 6_000_000, chart.CARS) == [
        ("1441", "1301", 6_000_000)
    ]
    parked = said(PAID_OUT, replace(PAID_OUT, principal=9_900_000), 100_000, chart.UNALLOCATED)
    assert parked == [("2242", "1301", 100_000)]


def test_money_that_the_balances_do_not_explain_is_refused_by_its_amount() -> None:
    with pytest.raises(Unbalanced) as refused:
        postings(PAID_OUT, replace(PAID_OUT, principal=9_000_000), 1_000_001)
    assert refused.value.gap == 1


AMOUNT = st.integers(0, 10**10)
STATES = st.builds(
    Balances,
    **{name: AMOUNT for name in Balances.__dataclass_fields__ if name != "suspended"},
    suspended=st.booleans(),
)


def cash_of(before: Balances, after: Balances) -> int:
    """The money the identity asks for: what came in less what it went to."""

    def held(b: Balances) -> int:
        owed = b.principal + b.interest_due + b.fee_due + b.interest_waived + b.fee_waived + b.written_off
        return b.credit + b.interest_billed + b.fee_billed + b.penalty_received + b.recovered - owed

    return held(after) - held(before)


def stands(b: Balances) -> dict[Code, int]:
    """What the accounts of a loan must hold on its own, debit positive."""
    lost = min(b.interest_capitalised, b.written_off) if b.suspended else 0
    unearned = min(b.interest_capitalised - lost, b.principal) if b.suspended else 0
    return {
        "1301": b.principal,
        "1132": 0 if b.suspended else b.interest_due,
        "1134": b.fee_due,
        "1231": b.written_off - lost,
        "2241": -b.credit,
        "2243": -unearned,
        "6012": -b.penalty_received,
        "6013": b.fee_waived - b.fee_billed,
        "6702": -b.recovered,
        "9101": b.interest_due if b.suspended else 0,
        "9100": -b.interest_due if b.suspended else 0,
    }


@given(STATES, STATES)
def test_whatever_happens_the_accounts_move_as_the_balances_do(before: Balances, after: Balances) -> None:
    cash = cash_of(before, after)
    moved = {code: sums.net for code, sums in moved_by([postings(before, after, cash)]).items()}
    assert moved.pop("1002", 0) == cash
    old, new = stands(before), stands(after)
    assert {code: moved.pop(code, 0) for code in new} == {code: new[code] - old[code] for code in new}
    interest = -(moved.pop("1133", 0) + moved.pop("6011", 0))
    recognised = [
        b.interest_billed - b.interest_waived + s["2243"] - s["9101"] + s["1231"] - b.written_off
        for b, s in ((before, old), (after, new))
    ]
    assert interest == recognised[1] - recognised[0]
    assert moved == {}


@given(st.lists(STATES, min_size=1, max_size=6))
def test_many_steps_post_in_all_what_one_step_would(states: list[Balances]) -> None:
    path = [NOTHING, *states]
    steps = [postings(a, b, cash_of(a, b)) for a, b in itertools.pairwise(path)]
    one = postings(NOTHING, states[-1], cash_of(NOTHING, states[-1]))
    both = [{code: sums.net for code, sums in moved_by(each).items() if sums.net} for each in (steps, [one])]
    interest = [each.pop("1133", 0) + each.pop("6011", 0) for each in both]
    assert both[0] == both[1]
    assert interest[0] == interest[1]


def test_legs_become_as_few_transfers_as_there_are_accounts_on_the_longer_side() -> None:
    assert transfers({"1002": 10, "1132": -4, "1301": -6, "6011": 0}) == (
        Transfer("1002", "1132", 4),
        Transfer("1002", "1301", 6),
    )
