"""A case in the engine's words: yuan become fen, percent become rate units, places in the list become ids.

Events happen in the order of their days, and on one day in the order of the list. One that states no day of its own (a
charge, a pause, a shift, an extension, a reversal may leave it out) happens on the day the list has reached, but no
later than the day it takes effect.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from chedai.engine.case import document as doc
from chedai.engine.case.fields import in_the_document
from chedai.engine.case.refusal import refused
from chedai.engine.errors import EngineError
from chedai.engine.life import events as life
from chedai.engine.life.conventions import Component, Conventions, PenaltyTerms
from chedai.engine.money import RATE_SCALE, divide, fen, rate_units
from chedai.engine.terms import LoanTerms, Step


def loan_terms(case: doc.Case) -> LoanTerms:
    """The terms of the case. Errors: `CaseRefused` with the path of the field."""
    terms = case.terms
    with _pointing_at(case):
        principal = fen(terms.principal, argument="principal")
        rate = rate_units(terms.down_payment_pct, argument="down_payment_pct")
        return LoanTerms(
            principal=principal,
            annual_rate=rate_units(terms.annual_rate_pct),
            periods=terms.periods,
            disbursed_on=terms.disbursement_date,
            first_due=terms.first_due_date,
            every=terms.every,
            unit=terms.unit,
            interest_method=terms.interest_method,
            amortisation=terms.amortisation,
            day_count=case.day_count,
            rounding=terms.rounding,
            residue=terms.residue,
            month_end=terms.month_end,
            due_day=terms.due_day,
            stub=terms.stub,
            grace_principal=terms.grace_principal,
            grace_interest=terms.grace_interest,
            interest_free_periods=terms.interest_free_periods,
            down_payment=divide(principal * rate, RATE_SCALE, terms.rounding),
            balloon=fen(terms.balloon, argument="balloon"),
            instalment=None if terms.instalment is None else fen(terms.instalment, argument="instalment"),
            instalment_multiple=fen(terms.instalment_multiple, argument="instalment_multiple"),
            steps=tuple(
                Step(step.periods, step.kind, fen(step.amount, argument=f"steps[{i}].amount"))
                for i, step in enumerate(terms.steps)
            ),
        )


def conventions(case: doc.Case) -> Conventions:
    """How the case is counted. Errors: `CaseRefused` with the path of the field."""
    terms = case.terms
    if sorted(terms.allocation) != sorted(Component):
        value = ", ".join(terms.allocation)
        raise refused("terms.allocation", "must name each of the four parts once", "四个组成部分须各出现一次", value)
    with _pointing_at(case):
        return Conventions(
            recalculation=case.recalculation,
            advance_rule=case.advance_rule,
            allocation=terms.allocation,
            direction=terms.allocation_direction,
            penalty=None if terms.penalty is None else _penalty(terms.penalty),
            down_payment_rate=rate_units(terms.down_payment_pct, argument="down_payment_pct"),
            down_payment_paid=terms.down_payment_auto,
        )


def _penalty(penalty: doc.PenaltyCase) -> PenaltyTerms:
    amount, share = penalty.cap_amount, penalty.cap_pct
    return PenaltyTerms(
        rate=rate_units(penalty.annual_rate_pct, argument="penalty.annual_rate_pct"),
        basis=penalty.basis,
        grace_days=penalty.grace_days,
        grace_missed=penalty.grace_missed,
        bearing=penalty.bearing,
        cap_amount=None if amount is None else fen(amount, argument="penalty.cap_amount"),
        cap_share=None if share is None else rate_units(share, argument="penalty.cap_pct"),
    )


def events(case: doc.Case) -> tuple[life.Event, ...]:
    """The events of the case, in its order; each has an id. Errors: `CaseRefused` with the path of the event."""
    translated: list[life.Event] = []
    names = _ids(case)
    reached = case.terms.disbursement_date
    for place, event in enumerate(case.events):
        with _pointing_at(case, place):
            one = _money(event, case.terms) or _plan(event, names, place, reached, case.terms)
        translated.append(replace(one, id=names[place], recorded_on=event.recorded_on, sequence=place))
        reached = max(reached, one.recorded_on or one.on)
    return tuple(translated)


def _money(event: doc.AnyEvent, terms: doc.TermsCase) -> life.Event | None:
    """Events that state an amount or a payment; None for the others."""
    match event:
        case doc.DisbursementCase():
            amount = terms.principal if event.amount is None else event.amount
            return life.Disbursement(on=event.date, amount=fen(amount))
        case doc.RepaymentCase():
            return life.Repayment(on=event.date, amount=fen(event.amount))
        case doc.PrepaymentCase():
            return life.Prepayment(on=event.date, amount=fen(event.amount), choice=event.choice)
        case doc.PayoffCase():
            return life.Payoff(on=event.date)
        case _:
            return None


def _plan(event: doc.AnyEvent, names: tuple[str, ...], place: int, reached: date, terms: doc.TermsCase) -> life.Event:
    """Events that change what is owed or when."""
    match event:
        case doc.ChargeCase():
            on = event.date or min(reached, event.due_date)
            amount = fen(event.amount)
            return life.Charge(on=on, kind=event.kind, amount=amount, due_on=event.due_date)
        case doc.RateChangeCase():
            rate = rate_units(event.annual_rate_pct)
            return life.RateChange(on=event.date, annual_rate=rate)
        case doc.DueDateShiftCase():
            on = event.date or min(reached, event.due_date)
            return life.DueDateShift(on=on, due=event.due_date, to=event.new_due_date)
        case doc.TermExtensionCase():
            return life.TermExtension(on=event.date or reached, periods=event.periods)
        case doc.InterestPauseCase():
            on = event.date or min(reached, event.start_date)
            return life.InterestPause(on=on, start=event.start_date, end=event.end_date)
        case doc.ReamortiseCase():
            return life.Reamortise(on=event.date)
        case doc.ReversalCase():
            on = event.date or reached
            return life.Reversal(on=on, of=_target(event.of, names, place))
        case doc.ReageCase() | doc.RestructureCase():
            return _new_plan(event, terms)
        case _:  # pragma: no cover - the union is closed, `_money` has taken the others
            raise AssertionError(event)


def _new_plan(event: doc.ReageCase | doc.RestructureCase, terms: doc.TermsCase) -> life.Event:
    every, unit = event.every or terms.every, event.unit or terms.unit
    if isinstance(event, doc.ReageCase):
        return life.Reage(
            on=event.date,
            first_due=event.first_due_date,
            periods=event.periods,
            every=every,
            unit=unit,
        )
    rate = event.annual_rate_pct
    return life.Restructure(
        on=event.date,
        first_due=event.first_due_date,
        periods=event.periods,
        interest=event.interest,
        fees=event.fees,
        penalties=event.penalties,
        waived_principal=fen(event.waived_principal, argument="waived_principal"),
        annual_rate=None if rate is None else rate_units(rate),
        every=every,
        unit=unit,
    )


def _ids(case: doc.Case) -> tuple[str, ...]:
    """A name for each event: its id, or its place."""
    names = tuple(event.id or f"events[{place}]" for place, event in enumerate(case.events))
    for place, name in enumerate(names):
        if name in names[:place]:
            raise refused(f"events[{place}].id", "is the id of an earlier event", "与前面的事件编号重复", name)
    return names


def _target(of: str | int, names: tuple[str, ...], place: int) -> str:
    """The id of the earlier event that `of` names."""
    if of in names[:place]:
        return str(of)
    if str(of).isdigit() and int(of) < place:
        return names[int(of)]
    raise refused("of", "must be the id or place (from 0) of an earlier event", "须是前面事件的编号或位置(从 0 起)", of)


@contextmanager
def _pointing_at(case: doc.Case, place: int | None = None) -> Iterator[None]:
    """Refusals from inside come out with the document's own path and figures."""
    try:
        yield
    except EngineError as error:
        raise in_the_document(error, case, place) from None
