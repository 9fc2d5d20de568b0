"""Penalty by daily products: the closed form equals the loop over days, grace and cap as the contract says."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedai.engine.accrual import (
    GraceMissed,
    PenaltyLine,
    PenaltyTerms,
    Piece,
    capped,
    penalty,
    penalty_days,
    penalty_rate,
    penalty_statement,
)
from chedai.engine.errors import AmountOverflow, InvalidArgument, LengthMismatch
from chedai.engine.money import FEN_MAX, RATE_SCALE, Rounding
from chedai.engine.reference import state as reference
from chedai.engine.waterfall import Component

HALF = 50_000_000
DUE = date(2026, 2, 10)

spans = st.lists(st.tuples(st.integers(0, 10**9), st.integers(-10, 400)), min_size=1, max_size=6)


def _statement_terms(**changes: object) -> PenaltyTerms:
    return PenaltyTerms(rate=penalty_rate(6_000_000, HALF), **changes)  # type: ignore[arg-type]


def _pieces(days: int = 20) -> list[Piece]:
    until = DUE + timedelta(days=days)
    return [Piece(Component.INTEREST, 50000, DUE, until), Piece(Component.PRINCIPAL, 254219, DUE, until)]


def test_vector_of_twenty_days_late() -> None:
    # tv.penalty: 2,542.19 and 500.00, 20 days, 6 % + 50 %, /360 -> 12.71 and 2.50
    rate = penalty_rate(6_000_000, HALF)
    assert rate == 9_000_000
    assert penalty([254219, 50000], [20, 20], rate).tolist() == [1271, 250]
    assert penalty([254219, 50000], [20, 20], rate, basis=365).tolist() == [1254, 247]


def test_misused_money_bears_the_higher_markup_not_both() -> None:
    assert penalty_rate(6_000_000, HALF, misuse_markup=100_000_000) == 12_000_000
    assert penalty_rate(6_000_000, 30_000_000) == 7_800_000
    assert penalty_rate(6_000_000, HALF, misuse_markup=30_000_000) == 9_000_000


def test_without_a_markup_the_contract_rate_stays() -> None:
    assert penalty_rate(RATE_SCALE) == RATE_SCALE
    assert penalty_rate(RATE_SCALE, misuse_markup=0) == RATE_SCALE


def test_products_up_to_the_edge_of_int64() -> None:
    assert penalty(2**62 - 512, 1, 360 * RATE_SCALE).tolist() == [2**62 - 512]


def test_a_penalty_rate_of_its_own_replaces_the_markup() -> None:
    assert penalty_rate(6_000_000, HALF, own_rate=18_250_000) == 18_250_000
    assert penalty_rate(6_000_000, own_rate=0) == 0


def test_a_penalty_rate_between_units_rounds_half_up() -> None:
    assert penalty_rate(5_881_235, 30_000_000) == 5_881_235 + 1_764_371
    assert penalty_rate(1, HALF) == 2


@pytest.mark.parametrize("argument", ["contract_rate", "markup", "own_rate", "misuse_markup"])
def test_negative_rates_are_refused(argument: str) -> None:
    arguments = {"contract_rate": 1, "markup": 1, argument: -1}
    with pytest.raises(InvalidArgument, match=f"{argument}: must be at least 0") as refusal:
        penalty_rate(**arguments)
    assert refusal.value.rule_zh == "不得小于 0"


def test_the_day_after_the_due_date_is_the_first() -> None:
    due = DUE.toordinal()
    assert penalty_days(due, [due - 3, due, due + 1, due + 20]).tolist() == [0, 0, 1, 20]


def test_paid_within_the_grace_costs_nothing_and_missed_counts_from_the_due_date_or_after_it() -> None:
    until = [2, 3, 4, 20]
    assert penalty_days(0, until, 3).tolist() == [0, 0, 4, 20]
    assert penalty_days(0, until, 3, GraceMissed.AFTER_GRACE).tolist() == [0, 0, 1, 17]
    assert penalty_days(0, 10, [0, 10, 11]).tolist() == [10, 0, 0]


@given(spans, st.integers(0, 40_000_000), st.sampled_from([360, 365]), st.integers(0, 15), st.sampled_from(GraceMissed))
def test_the_closed_form_equals_the_loop_over_days(
    pieces: list[tuple[int, int]], rate: int, basis: int, grace: int, missed: GraceMissed
) -> None:
    base, late = [p[0] for p in pieces], [p[1] for p in pieces]
    days = penalty_days(0, late, grace, missed)
    charged = penalty(base, days, rate, offsets=[0, len(pieces)], basis=basis)
    dated = [(Decimal(amount) / 100, DUE, DUE + timedelta(days=d)) for amount, d in pieces]
    judged = reference.penalty(
        dated,
        Decimal(rate) / RATE_SCALE,
        basis=basis,
        grace_days=grace,
        backdated=missed is GraceMissed.BACKDATED,
    )
    assert charged.tolist() == [int(judged * 100)]
    terms = PenaltyTerms(rate=rate, basis=basis, grace_days=grace, grace_missed=missed)
    parts = [Piece(Component.PRINCIPAL, amount, DUE, DUE + timedelta(days=d)) for amount, d in pieces]
    statement = penalty_statement(parts, terms)
    assert statement.total == charged[0] == sum(line.amount for line in statement.lines)


@given(st.integers(0, 10**10), st.integers(0, 500), st.integers(1, 500))
def test_more_days_never_cost_less(base: int, days: int, more: int) -> None:
    shorter, longer = penalty([base, base], [days, days + more], 9_000_000)
    assert shorter <= longer


def test_a_posting_is_rounded_once_over_its_pieces() -> None:
    # Three days of 0.004 each: alone nothing, in one posting 0.01.
    assert penalty([16, 16, 16], [1, 1, 1], 9_000_000).tolist() == [0, 0, 0]
    assert penalty([1600, 1600, 1600], [1, 1, 1], 9_000_000).tolist() == [0, 0, 0]
    assert penalty([1600, 1600, 1600], [1, 1, 1], 9_000_000, offsets=[0, 3]).tolist() == [1]
    assert penalty([2000], [1], 9_000_000).tolist() == [1]
    assert penalty([2000], [1], 9_000_000, rounding=Rounding.HALF_EVEN).tolist() == [0]


def test_every_posting_can_have_its_own_rate() -> None:
    assert penalty([100000, 100000, 100000], 36, [9_000_000, 18_000_000], offsets=[0, 2, 3]).tolist() == [1800, 1800]


def test_penalty_of_a_million_loans_in_one_call() -> None:
    base = np.full(100_000, 254219)
    assert (penalty(base, 20, 9_000_000) == 1271).all()


def test_bad_columns_are_refused_with_their_row() -> None:
    with pytest.raises(InvalidArgument, match="base, row 2: must be at least 0"):
        penalty([1, -1], [1, 1], 1)
    with pytest.raises(InvalidArgument, match="days, row 1"):
        penalty([1], [-1], 1)
    with pytest.raises(LengthMismatch, match="rate: has 2 rows where 3 are needed"):
        penalty([1, 1, 1], [1, 1, 1], [1, 1])
    with pytest.raises(InvalidArgument, match="basis: must be 360 or 365") as refusal:
        penalty([1], [1], 1, basis=366)
    assert refusal.value.rule_zh == "必须是 360 或 365"
    with pytest.raises(InvalidArgument, match="grace_days, row 1"):
        penalty_days(0, 1, -1)
    with pytest.raises(AmountOverflow, match="base, row 2: times its days is beyond int64") as overflow:
        penalty([1, FEN_MAX], [1, 3], 1)
    assert overflow.value.rule_zh == "积数超出 int64"


def test_a_statement_explains_every_piece_and_its_lines_add_up() -> None:
    statement = penalty_statement(_pieces(), _statement_terms())
    until = DUE + timedelta(days=20)
    assert statement.lines == (
        PenaltyLine(Component.PRINCIPAL, 254219, DUE, until, 20, 9_000_000, 1271),
        PenaltyLine(Component.INTEREST, 50000, DUE, until, 20, 9_000_000, 250),
    )
    assert (statement.total, statement.waived) == (1521, 0)


def test_a_partial_payment_makes_two_pieces_with_their_own_days() -> None:
    paid_early = Piece(Component.PRINCIPAL, 100000, DUE, DUE + timedelta(days=10))
    rest = Piece(Component.PRINCIPAL, 154219, DUE, DUE + timedelta(days=20))
    statement = penalty_statement([paid_early, rest], _statement_terms())
    assert [(x.days, x.amount) for x in statement.lines] == [(10, 250), (20, 771)]
    assert statement.total == 1021


def test_lines_round_to_the_posting_and_not_each_on_its_own() -> None:
    pieces = [Piece(Component.PRINCIPAL, 1600, DUE, DUE + timedelta(days=1)) for _ in range(3)]
    statement = penalty_statement(pieces, _statement_terms())
    assert [x.amount for x in statement.lines] == [0, 1, 0]
    assert statement.total == 1


def test_half_a_fen_goes_where_the_contract_rounds_it() -> None:
    piece = [Piece(Component.PRINCIPAL, 2000, DUE, DUE + timedelta(days=1))]
    assert penalty_statement(piece, _statement_terms()).total == 1
    assert penalty_statement(piece, _statement_terms(rounding=Rounding.HALF_EVEN)).total == 0


def test_penalty_bears_no_penalty_unless_the_contract_names_it() -> None:
    owed = [*_pieces(), Piece(Component.PENALTY, 10000, DUE, DUE + timedelta(days=20))]
    assert penalty_statement(owed, _statement_terms()).total == 1521
    every = (Component.PRINCIPAL, Component.INTEREST, Component.PENALTY)
    assert penalty_statement(owed, _statement_terms(bearing=every)).total == 1571
    only_principal = _statement_terms(bearing=(Component.PRINCIPAL,))
    assert penalty_statement(owed, only_principal).total == 1271


def test_grace_in_a_statement() -> None:
    assert penalty_statement(_pieces(3), _statement_terms(grace_days=3)).total == 0
    assert penalty_statement(_pieces(4), _statement_terms(grace_days=3)).total == 304
    after = _statement_terms(grace_days=3, grace_missed=GraceMissed.AFTER_GRACE)
    assert penalty_statement(_pieces(4), after).total == 77


def test_the_cap_takes_off_what_exceeds_it_and_says_so() -> None:
    statement = penalty_statement(_pieces(), _statement_terms(cap_amount=1300))
    assert [x.amount for x in statement.lines] == [1271, 29]
    assert (statement.total, statement.waived) == (1300, 221)
    spent = penalty_statement(_pieces(), _statement_terms(cap_amount=1300), charged_before=1290)
    assert [x.amount for x in spent.lines] == [10, 0]
    assert (spent.total, spent.waived) == (10, 1511)
    gone = penalty_statement(_pieces(), _statement_terms(cap_amount=1300), charged_before=1400)
    assert (gone.total, gone.waived) == (0, 1521)


def test_a_cap_by_share_counts_on_the_overdue_amounts_and_the_lower_cap_holds() -> None:
    # 0.4 % of 3,042.19 is 12.17
    assert penalty_statement(_pieces(), _statement_terms(cap_share=400_000)).total == 1217
    assert penalty_statement(_pieces(), _statement_terms(cap_share=400_000, cap_amount=1000)).total == 1000
    assert penalty_statement(_pieces(), _statement_terms(cap_share=400_000, cap_amount=1300)).total == 1217


def test_the_cap_in_columns() -> None:
    charged, waived = capped([100, 100, 100, 0], [0, 950, 1200, 0], 1000)
    assert charged.tolist() == [100, 50, 0, 0]
    assert waived.tolist() == [0, 50, 100, 0]
    assert capped(5, 0, 0) == ([0], [5])
    with pytest.raises(InvalidArgument, match="cap, row 1"):
        capped(1, 1, -1)
    with pytest.raises(InvalidArgument, match="charge, row 1"):
        capped(-1, 1, 1)
    with pytest.raises(InvalidArgument, match="charged_before, row 1"):
        capped(1, -1, 1)


@pytest.mark.parametrize("argument", ["rate", "grace_days", "cap_amount", "cap_share"])
def test_negative_terms_are_refused(argument: str) -> None:
    with pytest.raises(InvalidArgument, match=f"{argument}: must be at least 0"):
        PenaltyTerms(**({"rate": 1} | {argument: -1}))  # type: ignore[arg-type]


def test_terms_and_pieces_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="basis"):
        PenaltyTerms(rate=1, basis=0)
    with pytest.raises(InvalidArgument, match="amount: must be at least 0"):
        Piece(Component.PRINCIPAL, -1, DUE, DUE)
    assert penalty_statement([], _statement_terms(cap_share=1)).total == 0
