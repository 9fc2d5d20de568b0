"""Random terms over all methods, day counts, roundings and dates: what a contract could say, and some it should not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from chedai.engine.money import Rounding
from chedai.engine.terms import (
    Amortisation,
    DayCount,
    InterestMethod,
    LoanTerms,
    MonthEnd,
    Residue,
    Step,
    StepKind,
    Stub,
    Unit,
)

FLAT = {Amortisation.EQUAL_INSTALMENT, Amortisation.EQUAL_PRINCIPAL, Amortisation.INTEREST_FIRST}
PRINCIPALS = st.one_of(st.integers(1, 1000), st.integers(1_000, 10**8), st.integers(10**8, 9 * 10**12))
RATES = st.one_of(
    st.just(0),
    st.integers(1, 2_400).map(lambda points: points * 10_000),
    st.integers(1, 5 * 10**7),
    st.integers(1, 10**10),
)
DATES = st.integers(0, 3_000).map(lambda days: date(2019, 1, 1) + timedelta(days=days))


@st.composite
def conventions(draw: st.DrawFn, longest: int) -> dict[str, Any]:
    """What holds for a whole batch: the method and everything that is not a column; `longest` bounds the grace."""
    method = draw(st.sampled_from(Amortisation))
    flat = method in FLAT and draw(st.booleans())
    facts: dict[str, Any] = {
        "amortisation": method,
        "interest_method": InterestMethod.FLAT if flat else InterestMethod.DECLINING_BALANCE,
        "rounding": draw(st.sampled_from(Rounding)),
        "residue": draw(st.sampled_from(Residue)),
        "instalment_multiple": draw(st.sampled_from([1, 1, 1, 100, 10_000])),
        "grace_interest": draw(st.integers(0, min(3, longest - 1))),
        "interest_free_periods": draw(st.integers(0, min(3, longest))),
    }
    if method is not Amortisation.STEPPED:
        facts["grace_principal"] = draw(st.integers(0, min(3, longest - 1)))
    return facts


@st.composite
def amounts(draw: st.DrawFn, method: Amortisation, principal: int) -> dict[str, int]:
    """The stated amounts of one loan: a tail, or an instalment where the method can have one."""
    if method is Amortisation.BALLOON and draw(st.booleans()):
        return {"balloon": draw(st.integers(0, principal - 1))}
    if method is Amortisation.BALLOON or (method is Amortisation.EQUAL_INSTALMENT and draw(st.integers(0, 4)) == 0):
        return {"instalment": draw(st.integers(1, principal))}
    return {}


@st.composite
def steps(draw: st.DrawFn, periods: int, principal: int) -> tuple[Step, ...]:
    """Up to three steps that cover the periods, one of them free at most."""
    cuts = sorted(draw(st.lists(st.integers(0, periods), max_size=2)))
    made, free = [], False
    for start, end in zip([0, *cuts], [*cuts, periods], strict=True):
        if end > start:
            kind = draw(st.sampled_from([k for k in StepKind if not (free and k is StepKind.SOLVE)]))
            stated = kind in (StepKind.INSTALMENT, StepKind.PRINCIPAL)
            made.append(Step(end - start, kind, draw(st.integers(0, 2 * principal // periods)) if stated else 0))
            free = free or kind is StepKind.SOLVE
    return tuple(made)


@st.composite
def due_rules(draw: st.DrawFn) -> dict[str, Any]:
    """How periods are counted, for a whole batch."""
    unit = draw(st.sampled_from([Unit.MONTH, Unit.MONTH, Unit.DAY, Unit.WEEK]))
    return {
        "unit": unit,
        "every": draw(st.sampled_from([1, 1, 2, 3] if unit is Unit.MONTH else [1, 2, 14, 30])),
        "month_end": draw(st.sampled_from(MonthEnd)),
        "stub": draw(st.sampled_from(Stub)),
    }


@st.composite
def due_dates(draw: st.DrawFn, unit: Unit) -> dict[str, Any]:
    """When one loan is paid out and first due."""
    paid_out = draw(DATES)
    facts: dict[str, Any] = {"disbursed_on": paid_out}
    if draw(st.booleans()):
        facts["first_due"] = paid_out + timedelta(days=draw(st.integers(1, 90)))
    if unit is Unit.MONTH and draw(st.booleans()):
        facts["due_day"] = draw(st.integers(1, 31))
    return facts


@st.composite
def loan_terms(draw: st.DrawFn) -> LoanTerms:
    """Any single loan."""
    periods, principal = draw(st.integers(1, 40)), draw(PRINCIPALS)
    facts = draw(conventions(periods)) | draw(due_rules())
    facts |= draw(due_dates(facts["unit"])) | draw(amounts(facts["amortisation"], principal))
    if facts["amortisation"] is Amortisation.STEPPED:
        facts["steps"] = draw(steps(periods, principal))
    if not facts.get("balloon"):
        facts["down_payment"] = draw(st.integers(0, principal - 1)) if draw(st.booleans()) else 0
    day_count = draw(st.sampled_from(DayCount))
    return LoanTerms(principal=principal, annual_rate=draw(RATES), periods=periods, day_count=day_count, **facts)
