"""Roll rates, vintages and first-payment defaults: the page's twenty loans, and random books against a loop."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from chedai.engine import portfolio
from chedai.engine.aging import Buckets, aging_matrix
from chedai.engine.columns import row_column
from chedai.engine.errors import InvalidArgument, LengthMismatch
from chedai.engine.portfolio import (
    CODES,
    NOT_YET,
    SETTLED,
    WRITTEN_OFF,
    first_payment_default,
    roll_balances,
    roll_counts,
    states,
    vintage,
)
from tests.engine.portfolio.pages import INSTALMENT, MONTH_ENDS, NAMES, PRINCIPAL, code, fen, loans, rows

LOANS = loans()
MATRIX = np.array([[code(word) for word in line[1:]] for line in rows("loan | Jan")], np.uint8).T
BALANCE = np.array([[loan.balance(month) for loan in LOANS] for month in range(6)], np.int64)


def test_the_states_of_the_page_are_what_aging_says() -> None:
    due = np.array([[loan.due_on(n).toordinal() for n in range(1, 13)] for loan in LOANS])
    for month, end in enumerate(MONTH_ENDS):
        paid = np.array([[INSTALMENT * (n < loan.paid[month]) for n in range(12)] for loan in LOANS])
        days = aging_matrix(due, np.full_like(due, INSTALMENT), paid, end).days_past_due
        seen = Buckets().by_days(days)
        for k, loan in enumerate(LOANS):
            expected = NOT_YET if month < loan.born else SETTLED if loan.paid[month] == 12 else seen[k]
            assert MATRIX[month, k] == expected, (loan.number, end)


def test_every_move_of_the_page_is_counted_and_weighed() -> None:
    counts, balances = roll_counts(MATRIX), roll_balances(MATRIX, BALANCE)
    printed = np.zeros_like(counts), np.zeros_like(counts)
    for month, move, number, amount in rows("from"):
        was, now = (code(word) for word in move.split(" → "))
        printed[0][NAMES.index(month), was, now] = int(number)
        printed[1][NAMES.index(month), was, now] = fen(amount)
    for moves in (counts, balances):
        moves[:, SETTLED:] = 0  # the page leaves out what is no loan of the month any more, or not yet
    assert np.array_equal(counts, printed[0])
    assert np.array_equal(balances, printed[1])


@pytest.mark.parametrize("loans_at_once", [8, portfolio._STRETCH])
@pytest.mark.parametrize(("word", "ever"), [("now", False), ("ever", True)])
def test_the_vintages_of_the_page(word: str, ever: bool, loans_at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolio, "_STRETCH", loans_at_once)
    found = vintage(
        MATRIX,
        BALANCE,
        offsets=[0, 8, 15, 20],
        paid_out=[0, 1, 2],
        base=np.full(20, PRINCIPAL),
        at_least=2,
        ever=ever,
    )
    printed = [line for line in rows("paid out") if line[2] == word]
    assert [fen(line[1]) for line in printed] == found.base.tolist()
    assert [[fen(cell) for cell in line[3:]] for line in printed] == found.amount.tolist()


def test_first_payment_defaults_of_the_page_by_dealer_and_officer() -> None:
    due = [loan.due_on(1).toordinal() for loan in LOANS]
    paid = [day.toordinal() if (day := loan.paid_on(1)) else 0 for loan in LOANS]
    names = ["城东", "城西", "李敏", "赵强"]
    printed = {line[0]: (int(line[1]), int(line[2])) for line in rows("by")}
    for by in ("dealer", "officer"):
        group = [names.index(getattr(loan, by)) for loan in LOANS]
        found = first_payment_default(due, paid, date(2026, 6, 30), days=30, group=group, groups=4)
        for k in set(group):
            assert (found.reached[k], found.ripe[k]) == printed[names[k]]
    found = first_payment_default(due, paid, date(2026, 6, 30), days=30)
    assert (found.reached.tolist(), found.ripe.tolist()) == ([3], [20])


def test_a_loan_too_young_to_tell_is_not_counted_and_a_later_payment_is_not_yet_known() -> None:
    day = date(2026, 3, 10).toordinal()
    due, paid = [day, day, day + 1], [0, day + 40, 0]
    found = first_payment_default(due, paid, date.fromordinal(day + 30), days=30)
    assert (found.reached.tolist(), found.ripe.tolist()) == ([2], [2])


books = st.integers(2, 6).flatmap(
    lambda months: st.lists(st.lists(st.integers(0, CODES - 1), min_size=months, max_size=months), max_size=20)
)


@given(books, st.integers(0, 2**52))
def test_any_book_is_counted_as_a_loop_counts_it(book: list[list[int]], largest: int) -> None:
    months = len(book[0]) if book else 3
    matrix = np.array(book, np.uint8).reshape(len(book), months).T
    balance = np.full(matrix.shape, largest) - np.arange(matrix.size).reshape(matrix.shape) % (largest + 1)
    counts, weights = roll_counts(matrix), roll_balances(matrix, balance)
    for month in range(months - 1):
        seen: Counter[tuple[int, int]] = Counter()
        fens: Counter[tuple[int, int]] = Counter()
        for loan, life in enumerate(book):
            seen[life[month], life[month + 1]] += 1
            fens[life[month], life[month + 1]] += int(balance[month, loan])
        for was in range(CODES):
            for now in range(CODES):
                assert (counts[month, was, now], weights[month, was, now]) == (seen[was, now], fens[was, now])


@given(books, st.integers(0, 12), st.booleans(), st.data())
def test_any_vintage_is_what_a_loop_adds_up(
    book: list[list[int]], at_least: int, ever: bool, data: st.DataObject
) -> None:
    months = len(book[0]) if book else 3
    born = sorted(data.draw(st.integers(0, months - 1)) for _ in book)
    cohorts = list(range(months))
    offsets = [sum(b < c for b in born) for c in [*cohorts, months]]
    matrix = np.array(book, np.uint8).reshape(len(book), months).T
    amount = np.arange(matrix.size).reshape(matrix.shape) + 1
    base = np.arange(len(book)) + 7
    found = vintage(matrix, amount, offsets=offsets, paid_out=cohorts, base=base, at_least=at_least, ever=ever)

    def bad(state: int) -> bool:
        return at_least <= state < SETTLED or state == WRITTEN_OFF

    for cohort in cohorts:
        held = [k for k, b in enumerate(born) if b == cohort]
        assert found.base[cohort] == sum(k + 7 for k in held)
        for mob in range(months):
            month = cohort + mob
            if month >= months:
                assert found.amount[cohort, mob] == -1
                continue
            hit = [k for k in held if any(map(bad, book[k][cohort : month + 1])) and (ever or bad(book[k][month]))]
            assert found.amount[cohort, mob] == sum(int(amount[month, k]) for k in hit)


def _matrix() -> NDArray[np.uint8]:
    return np.zeros((2, 3), np.uint8)


def test_a_column_that_is_only_read_is_not_copied_and_still_looked_over() -> None:
    column = np.array([1, 2, 3])
    assert np.shares_memory(row_column("base", column, 3, copy=False), column)
    assert not np.shares_memory(row_column("base", column, 3), column)
    assert row_column("base", [1.0, 2.0], 2, copy=False).dtype == np.int64
    with pytest.raises(InvalidArgument, match=r"base.*at least 0"):
        vintage(_matrix(), _matrix(), offsets=[0, 3], paid_out=[0], base=np.array([1, -2, 3]), at_least=2)


def test_balances_beyond_what_a_float_counts_are_summed_in_halves() -> None:
    balance = [[2**53 - 1, 3, 2**53], [0, 0, 0]]
    assert roll_balances(_matrix(), balance)[0, 0, 0] == 2**54 + 2


def test_what_is_no_book_is_refused_by_name() -> None:
    with pytest.raises(InvalidArgument, match="states: must be a matrix"):
        states([1, 2])
    with pytest.raises(InvalidArgument, match=r"states.*must be 0 to 15"):
        states([[0, 1], [0, 16]])
    with pytest.raises(InvalidArgument, match=r"states.*must be 0 to 15"):
        states([[0, -1]])
    with pytest.raises(LengthMismatch, match="balance: must be 2 months of 3 loans"):
        roll_balances(_matrix(), [[1, 2, 3]])
    with pytest.raises(LengthMismatch, match="amount: must be 2 months of 3 loans"):
        vintage(_matrix(), [[1, 2, 3]], offsets=[0, 3], paid_out=[0], base=1, at_least=2)
    with pytest.raises(InvalidArgument, match=r"paid_out.*must never fall"):
        vintage(_matrix(), _matrix(), offsets=[0, 1, 3], paid_out=[1, 0], base=1, at_least=2)
    with pytest.raises(InvalidArgument, match=r"group.*must be below 2"):
        first_payment_default([1, 1], [0, 0], date(2026, 1, 1), days=1, group=[0, 2], groups=2)
