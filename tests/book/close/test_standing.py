"""The columns of the proof tell of every loan what its replay tells."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chedai.book.loans.plans import rows_planned
from chedai.book.loans.proof.standing import FEE, INTEREST, PRINCIPAL, Payments, Standing, fits
from chedai.engine.accrual import GraceMissed, PenaltyTerms
from chedai.engine.life import AdvanceRule, Conventions, LoanState, replay
from chedai.engine.life.events import Repayment
from chedai.engine.terms import LoanTerms
from chedai.engine.waterfall import Component

BEGIN = date(2026, 1, 31)
END = date(2026, 8, 20)

orders = st.permutations(list(Component)).map(tuple)
penalties = st.builds(
    PenaltyTerms,
    rate=st.sampled_from([0, 9_000_000, 36_000_000]),
    basis=st.sampled_from([360, 365]),
    grace_days=st.sampled_from([0, 0, 3]),
    grace_missed=st.sampled_from(list(GraceMissed)),
    bearing=st.sampled_from(
        [(Component.PRINCIPAL, Component.INTEREST), (Component.PRINCIPAL,), (Component.FEE, Component.INTEREST)]
    ),
)
receipts = st.lists(st.tuples(st.integers(0, 200), st.integers(1, 9_000_000)), max_size=7)
loans = st.lists(st.tuples(st.integers(1_000_000, 20_000_000), receipts), min_size=1, max_size=4)


def _replayed(principal: int, paid: list[tuple[int, int]], conventions: Conventions) -> LoanState:
    terms = LoanTerms(principal=principal, annual_rate=7_200_000, periods=6, disbursed_on=BEGIN)
    events = [Repayment(on=BEGIN + timedelta(day), amount=amount, sequence=n) for n, (day, amount) in enumerate(paid)]
    return replay(terms, conventions, events, END)


@settings(max_examples=60, deadline=None)
@given(loans, orders, penalties | st.none())
def test_columns_stand_where_the_replay_stands(
    many: list[tuple[int, list[tuple[int, int]]]], order: tuple[Component, ...], penalty: PenaltyTerms | None
) -> None:
    conventions = Conventions(allocation=order, penalty=penalty)
    assert fits(conventions)
    plans = [rows_planned(_replayed(principal, [], Conventions()).rows) for principal, _ in many]
    due, principal, interest, fees = (np.stack(column, axis=1).astype(np.int64) for column in zip(*plans, strict=True))
    rate = np.full(len(many), penalty.rate if penalty else 0, dtype=np.int64)
    standing = Standing.opened(due, (fees, interest, principal), rate, conventions)
    paid = [sorted(of, key=lambda one: one[0]) for _, of in many]
    offsets = np.cumsum([0, *(len(of) for of in paid)])
    flat = [one for of in paid for one in of]
    on = np.array([BEGIN.toordinal() + day for day, _ in flat], dtype=np.int64)
    standing.pay(Payments(offsets, on, np.array([amount for _, amount in flat], dtype=np.int64)))
    for at, ((amount, _), receipts_of) in enumerate(zip(many, paid, strict=True)):
        state = _replayed(amount, receipts_of, conventions)
        assert standing.over[at] == state.credit
        for k, row in enumerate(state.rows):
            days = standing.days(due[[k], [at]], np.array([END.toordinal()]))
            run = standing.penalty(np.array([k]), np.array([at]), days)[0]
            unpaid = sum(standing.unpaid[c, k, at] for c in (FEE, INTEREST, PRINCIPAL))
            assert row.penalties == run
            assert row.outstanding == unpaid + run - standing.penalty_paid[k, at]


def test_what_columns_cannot_work_out_is_said() -> None:
    assert not fits(Conventions(advance_rule=AdvanceRule.LAST))
    assert not fits(Conventions(penalty=PenaltyTerms(rate=1, cap_amount=100)))
    assert not fits(Conventions(penalty=PenaltyTerms(rate=1, bearing=(Component.PENALTY,))))
