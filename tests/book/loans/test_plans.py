"""Packed plans give back what was packed, in the fewest bytes the rule of the plan allows."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chedai.book.loans.plans import PlanRows, anchor_day, pack, unpack, unpack_many
from chedai.engine.errors import InvalidArgument
from chedai.engine.schedule import schedule
from chedai.engine.terms import Amortisation, DayCount, InterestMethod, LoanTerms

RULE_BYTES = 30


def of(terms: LoanTerms) -> PlanRows:
    """The schedule of `terms` as columns."""
    rows = schedule(terms).rows
    none = np.zeros(len(rows), dtype=np.int64)
    return PlanRows(
        np.array([row.due.toordinal() for row in rows], dtype=np.int32),
        np.array([row.principal for row in rows], dtype=np.int64),
        np.array([row.interest for row in rows], dtype=np.int64),
        none,
    )


def same(one: PlanRows, other: PlanRows) -> bool:
    """Whether two plans agree in every row and column."""
    return all(np.array_equal(mine, theirs) for mine, theirs in zip(one, other, strict=True))


terms = st.builds(
    LoanTerms,
    principal=st.integers(100_000, 80_000_000),
    annual_rate=st.sampled_from([0, 4_990_000, 5_880_000, 7_777_700, 24_000_000]),
    periods=st.integers(3, 60),
    disbursed_on=st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    due_day=st.sampled_from([None, None, 5, 29, 31]),
    every=st.sampled_from([1, 1, 3]),
    day_count=st.sampled_from(list(DayCount)),
    amortisation=st.sampled_from(
        [Amortisation.EQUAL_INSTALMENT, Amortisation.EQUAL_PRINCIPAL, Amortisation.INTEREST_FIRST]
    ),
    interest_method=st.sampled_from(list(InterestMethod)),
    grace_principal=st.sampled_from([0, 0, 2]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(terms, min_size=1, max_size=4))
def test_any_plans_come_back_to_the_fen(many: list[LoanTerms]) -> None:
    plans = [of(one) for one in many]
    packed = [pack(plan) for plan in plans]
    assert all(same(unpack(blob), plan) for blob, plan in zip(packed, plans, strict=True))
    columns = unpack_many(packed)
    assert columns.offsets.tolist() == np.cumsum([0, *(plan.due.size for plan in plans)]).tolist()
    assert same(PlanRows(*columns[1:]), PlanRows(*(np.concatenate(column) for column in zip(*plans, strict=True))))


@pytest.mark.parametrize("day_count", [DayCount.THIRTY_360, DayCount.ACT_365, DayCount.ACT_360])
@pytest.mark.parametrize("amortisation", [Amortisation.EQUAL_INSTALMENT, Amortisation.EQUAL_PRINCIPAL])
def test_the_usual_plans_are_a_rule_of_thirty_bytes(day_count: DayCount, amortisation: Amortisation) -> None:
    plan = of(
        LoanTerms(
            principal=12_345_678,
            annual_rate=6_660_000,
            periods=36,
            disbursed_on=date(2026, 1, 31),
            day_count=day_count,
            amortisation=amortisation,
        )
    )
    assert len(pack(plan)) == RULE_BYTES
    assert same(unpack(pack(plan)), plan)


def test_one_fen_off_the_rule_is_kept_as_it_is() -> None:
    plan = of(LoanTerms(principal=10_000_000, annual_rate=6_000_000, periods=36, disbursed_on=date(2026, 1, 15)))
    plan.principal[7] += 1
    plan.principal[8] -= 1
    assert len(pack(plan)) > RULE_BYTES
    assert same(unpack(pack(plan)), plan)


@pytest.mark.parametrize(
    ("due", "day"),
    [
        ([date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)], 31),
        ([date(2026, 2, 28), date(2026, 3, 28)], 28),
        ([date(2026, 2, 28), date(2026, 3, 30)], 30),
        ([date(2026, 3, 5), date(2026, 4, 7)], 0),
    ],
)
def test_the_day_of_the_month_on_which_a_plan_falls_due(due: list[date], day: int) -> None:
    assert anchor_day(np.array([one.toordinal() for one in due], dtype=np.int32)) == day


def test_columns_that_are_no_plan_are_refused() -> None:
    plan = of(LoanTerms(principal=10_000_000, annual_rate=6_000_000, periods=3, disbursed_on=date(2026, 1, 15)))
    with pytest.raises(InvalidArgument, match="must not fall"):
        pack(plan._replace(due=plan.due[::-1].copy()))
    with pytest.raises(InvalidArgument, match="one length"):
        pack(plan._replace(fees=plan.fees[:1]))
    with pytest.raises(InvalidArgument, match="65535"):
        pack(PlanRows(*(column[:0] for column in plan)))
