"""Random loans of every method, and random histories of everything that can happen to one."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from chedai.engine.accrual import GraceMissed, PenaltyTerms
from chedai.engine.errors import EngineError
from chedai.engine.life.conventions import AdvanceRule, Component, Conventions, Direction, PayoffInterest, Recalculation
from chedai.engine.life.events import (
    Charge,
    ChargeKind,
    Disbursement,
    Disposition,
    DueDateShift,
    Event,
    InterestPause,
    Payoff,
    Prepayment,
    PrepaymentChoice,
    RateChange,
    Reage,
    Reamortise,
    Repayment,
    Restructure,
    Reversal,
    TermExtension,
    Waiver,
)
from chedai.engine.money import Rounding
from chedai.engine.schedule import schedule
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

OPENED = date(2023, 11, 30)


@st.composite
def plans(draw: st.DrawFn) -> LoanTerms | None:
    """Terms of any method; None where no schedule fulfils them."""
    periods = draw(st.integers(1, 9))
    principal = draw(st.integers(100_00, 500_000_00))
    method = draw(st.sampled_from(Amortisation))
    first = draw(st.integers(0, periods - 1))
    kind = draw(st.sampled_from([StepKind.INTEREST_ONLY, StepKind.PRINCIPAL, StepKind.INSTALMENT]))
    steps = [Step(first, kind, principal // (2 * periods)), Step(periods - first, StepKind.SOLVE)]
    disbursed_on = OPENED + timedelta(days=draw(st.integers(0, 500)))
    dates = draw(st.sampled_from(["natural", "natural", "due_day", "first_due"]))
    fields: dict[str, object] = {}
    if dates == "due_day":
        fields = {"due_day": draw(st.integers(1, 31)), "stub": draw(st.sampled_from(Stub))}
    elif dates == "first_due":
        fields = {"first_due": disbursed_on + timedelta(days=draw(st.integers(1, 50)))}
    if method is Amortisation.STEPPED:
        fields["steps"] = tuple(step for step in steps if step.periods)
    if method is Amortisation.BALLOON:
        fields["balloon"] = draw(st.integers(1, principal // 2))
    if method is Amortisation.EQUAL_INSTALMENT and draw(st.integers(0, 5)) == 0:
        fields["instalment"] = principal // periods + draw(st.integers(0, principal // periods))
    try:
        terms = LoanTerms(
            principal=principal,
            annual_rate=draw(st.one_of(st.just(0), st.integers(0, 36_000_000))),
            periods=periods,
            disbursed_on=disbursed_on,
            every=draw(st.integers(1, 3)),
            unit=draw(st.sampled_from([Unit.MONTH, Unit.MONTH, Unit.WEEK])),
            interest_method=draw(st.sampled_from([InterestMethod.DECLINING_BALANCE, *InterestMethod])),
            amortisation=method,
            day_count=draw(st.sampled_from(DayCount)),
            rounding=draw(st.sampled_from(Rounding)),
            residue=draw(st.sampled_from(Residue)),
            month_end=draw(st.sampled_from(MonthEnd)),
            grace_principal=draw(st.sampled_from([0, 0, first])),
            grace_interest=draw(st.sampled_from([0, 0, first])),
            interest_free_periods=draw(st.sampled_from([0, 0, first])),
            down_payment=draw(st.sampled_from([0, 0, principal // 5])),
            instalment_multiple=draw(st.sampled_from([1, 1, 100])),
            **fields,  # type: ignore[arg-type]
        )
        schedule(terms)
    except EngineError:
        return None
    return terms


conventions = st.builds(
    Conventions,
    recalculation=st.sampled_from(Recalculation),
    advance_rule=st.sampled_from(AdvanceRule),
    allocation=st.permutations(list(Component)).map(tuple),
    direction=st.sampled_from(Direction),
    penalty=st.one_of(
        st.none(),
        st.builds(
            PenaltyTerms,
            rate=st.integers(0, 30_000_000),
            grace_days=st.integers(0, 5),
            grace_missed=st.sampled_from(GraceMissed),
            bearing=st.sampled_from([(Component.PRINCIPAL, Component.INTEREST), tuple(Component)]),
            cap_share=st.sampled_from([None, 10_000_000]),
        ),
    ),
    down_payment_paid=st.booleans(),
    payoff_interest=st.sampled_from(PayoffInterest),
)


@st.composite
def happenings(draw: st.DrawFn, terms: LoanTerms, most: int = 8) -> tuple[Event, ...]:
    """A history; some of it impossible, which the replay must refuse by name."""
    rows = schedule(terms).rows
    life = (rows[-1].due - terms.disbursed_on).days + 40
    events: list[Event] = []
    if draw(st.booleans()):
        share = draw(st.sampled_from([1, 1, 2, 3]))
        for place in range(share):
            on = terms.disbursed_on + timedelta(days=draw(st.integers(0, 60)) if place else 0)
            events.append(Disbursement(on=on, id=f"out{place}", amount=terms.principal // share))
    for place in range(draw(st.integers(0, most))):
        on = terms.disbursed_on + timedelta(days=draw(st.integers(0, life)))
        events.append(draw(_one(terms, on, [row.due for row in rows], place)))
    if events and draw(st.booleans()):
        of = draw(st.sampled_from(events)).id
        events.append(Reversal(on=terms.disbursed_on + timedelta(days=life), id="undo", of=of))
    return tuple(events)


def _one(terms: LoanTerms, on: date, dues: list[date], place: int) -> st.SearchStrategy[Event]:
    about = terms.principal // terms.periods
    money = st.one_of(st.integers(1, about), st.integers(about, 3 * about + 1), st.just(about))
    base = {"on": st.just(on), "id": st.just(f"e{place}"), "sequence": st.just(place)}
    days = st.integers(1, 70)
    after = days.map(lambda n: on + timedelta(days=n))
    new_plan = {"first_due": after, "periods": st.integers(1, 6), "unit": st.sampled_from([Unit.MONTH, Unit.WEEK])}
    kinds = st.sampled_from(Disposition)
    return st.one_of(
        *[st.builds(Repayment, **base, amount=money)] * 6,
        st.builds(Prepayment, **base, amount=money, choice=st.sampled_from(PrepaymentChoice)),
        st.builds(
            Charge,
            **base,
            amount=st.integers(1, 50_00),
            kind=st.sampled_from(ChargeKind),
            due_on=st.one_of(st.none(), after),
        ),
        st.builds(
            Waiver,
            **base,
            amount=st.integers(1, 50_00),
            component=st.sampled_from([Component.INTEREST, Component.PENALTY, Component.FEE]),
        ),
        st.builds(RateChange, **base, annual_rate=st.integers(0, 30_000_000)),
        st.builds(InterestPause, **base, start=after, end=days.map(lambda n: on + timedelta(days=70 + n))),
        st.builds(
            DueDateShift,
            **base,
            due=st.sampled_from(dues),
            to=st.tuples(st.sampled_from(dues), st.integers(-3, 40)).map(lambda t: t[0] + timedelta(days=t[1])),
        ),
        st.builds(TermExtension, **base, periods=st.integers(1, 3)),
        st.builds(Reamortise, **base),
        st.builds(Reage, **base, **new_plan),
        st.builds(
            Restructure,
            **base,
            **new_plan,
            interest=kinds,
            fees=kinds,
            penalties=kinds,
            waived_principal=st.sampled_from([0, 0, 1_00]),
            annual_rate=st.one_of(st.none(), st.integers(0, 20_000_000)),
        ),
        st.builds(Payoff, **base),
    )


@st.composite
def lives(draw: st.DrawFn) -> tuple[LoanTerms, Conventions, tuple[Event, ...], date]:
    terms = draw(plans().filter(lambda made: made is not None))
    assert terms is not None
    events = draw(happenings(terms))
    end = schedule(terms).rows[-1].due
    as_of = draw(st.dates(terms.disbursed_on, end + timedelta(days=60)))
    return terms, draw(conventions), events, as_of
