"""Random lives of loans inside what the reference knows.

Two kinds of history: money in any amount at any time over a plan that stays as agreed, and a plan that changes
(payouts, rates) under money that is at most late. Together they would ask how an instalment paid ahead is solved anew,
which the reference leaves open. Where interest runs to the end of the period, money comes on due dates. A charge levied
after `as_of` is left out. No day sees two events, so that no order within a day is asked for.
"""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from chedai.engine.life.conventions import AdvanceRule, Component, Conventions, PayoffInterest, Recalculation
from chedai.engine.life.events import (
    Charge,
    ChargeKind,
    Disbursement,
    Event,
    Payoff,
    RateChange,
    Repayment,
    Reversal,
)
from chedai.engine.money import Rounding
from chedai.engine.reference.dates import spans
from chedai.engine.reference.life import live
from chedai.engine.terms import DayCount, LoanTerms, Unit

Life = tuple[LoanTerms, Conventions, tuple[Event, ...], date]

rates = st.one_of(st.just(0), st.integers(0, 3_600).map(lambda bp: bp * 10_000))
"""Nothing, or up to 36 % a year by the basis point."""


@st.composite
def terms(draw: st.DrawFn) -> LoanTerms:
    unit = draw(st.sampled_from(Unit))
    return LoanTerms(
        principal=draw(st.integers(100_00, 300_000_00)),
        annual_rate=draw(rates),
        periods=draw(st.integers(1, 6)),
        disbursed_on=draw(st.dates(date(2023, 1, 1), date(2025, 12, 31))),
        every=draw(st.integers(10, 40) if unit is Unit.DAY else st.integers(1, 3)),
        unit=unit,
        day_count=draw(st.sampled_from(DayCount)),
        rounding=draw(st.sampled_from(Rounding)),
    )


@st.composite
def lives(draw: st.DrawFn) -> Life:
    agreed = draw(terms())
    conventions = Conventions(
        recalculation=draw(st.sampled_from(Recalculation)),
        advance_rule=draw(st.sampled_from(AdvanceRule)),
        allocation=tuple(draw(st.permutations(list(Component)))),
        payoff_interest=draw(st.sampled_from(PayoffInterest)),
    )
    events = draw(changing(agreed, conventions) if draw(st.booleans()) else paying(agreed, conventions))
    if len(events) > 1 and draw(st.booleans()):
        wrong = draw(st.sampled_from(events[1:]))
        events = (*events, Reversal(on=wrong.on + timedelta(days=draw(st.integers(0, 40))), id="wrong", of=wrong.id))
    as_of = draw(_day(agreed))
    unlevied = {event.id for event in events if isinstance(event, Charge) and event.on > as_of}
    known = [e for e in events if e.id not in unlevied and not (isinstance(e, Reversal) and e.of in unlevied)]
    return agreed, conventions, tuple(known), as_of


@st.composite
def paying(draw: st.DrawFn, agreed: LoanTerms, conventions: Conventions) -> tuple[Event, ...]:
    """One payout; charges; money in any amount at any time."""
    due = [span.end for span in spans(agreed)[1]]
    on_due_dates = conventions.recalculation is Recalculation.PER_PERIOD
    days = sorted(draw(st.sets(st.sampled_from(due) if on_due_dates else _day(agreed), max_size=4)))
    typical = agreed.principal // agreed.periods
    # Money that repays everything leaves open which of the last instalments it settles.
    most = agreed.principal // 5 if conventions.advance_rule is AdvanceRule.LAST else 3 * typical + 1
    events: list[Event] = [Disbursement(on=agreed.disbursed_on, id="out", amount=agreed.principal)]
    instalment = live(agreed, conventions, events, agreed.disbursed_on)[0][0].total
    nearly = st.integers(-200, 200).map(lambda fen: max(1, min(instalment + fen, most)))
    for place, day in enumerate(days):
        amount = draw(st.one_of(st.integers(1, min(typical, most)), st.integers(1, most), nearly))
        events.append(Repayment(on=day, id=f"in{place}", amount=amount))
    for place, (levied, falls) in enumerate(draw(st.lists(st.tuples(_day(agreed), _day(agreed)), max_size=2))):
        if levied <= falls and levied not in days:
            kind = draw(st.sampled_from(ChargeKind))
            amount = draw(st.integers(1, typical))
            events.append(Charge(on=levied, id=f"charge{place}", kind=kind, amount=amount, due_on=falls))
            days.append(levied)
    last = max(event.on for event in events)
    if conventions.advance_rule is AdvanceRule.NEXT and last < due[-1] and draw(st.booleans()):
        next_due = next(day for day in due if day > last)
        events.append(Payoff(on=next_due if on_due_dates else last + timedelta(days=1), id="off"))
    return tuple(events)


@st.composite
def changing(draw: st.DrawFn, agreed: LoanTerms, conventions: Conventions) -> tuple[Event, ...]:
    """Several payouts and rates, and money on or after the first due date that does not cover the first instalment."""
    due = [span.end for span in spans(agreed)[1]]
    on_due_dates = conventions.recalculation is Recalculation.PER_PERIOD
    shares = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
    amounts = [agreed.principal * share // sum(shares) for share in shares]
    days = sorted({d for d in draw(st.sets(_day(agreed, last=False), max_size=6)) if d > agreed.disbursed_on})
    events: list[Event] = [Disbursement(on=agreed.disbursed_on, id="out0", amount=amounts[0])]
    budget = amounts[0] // agreed.periods
    for place, day in enumerate(days):
        kind = draw(st.sampled_from(["out", "rate", "in"]))
        if kind == "out" and len(amounts) > 1:
            events.append(Disbursement(on=day, id=f"out{place + 1}", amount=amounts.pop()))
        elif kind == "rate":
            events.append(RateChange(on=day, id=f"rate{place}", annual_rate=draw(rates)))
        elif day >= due[0] and budget > 0 and (day in due or not on_due_dates):
            amount = draw(st.integers(1, budget))
            events.append(Repayment(on=day, id=f"in{place}", amount=amount))
            budget -= amount
    return tuple(events)


def _day(agreed: LoanTerms, *, last: bool = True) -> st.SearchStrategy[date]:
    """Any day of the loan; without `last`, before the last due date."""
    end = spans(agreed)[1][-1].end
    return st.dates(agreed.disbursed_on, end if last else end - timedelta(days=1))
