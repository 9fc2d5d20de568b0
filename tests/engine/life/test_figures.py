"""What a ledger is told of a loan: balances, open rows and sums that explain every fen that moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given, settings

from chedai.engine.accrual import PenaltyTerms
from chedai.engine.errors import EngineError
from chedai.engine.life import Conventions, PayoffInterest, replay_figures
from chedai.engine.life.events import Disbursement, Disposition, Event, Payoff, Prepayment, Repayment, Restructure
from chedai.engine.terms import LoanTerms

from .anything import lives
from .loans import CONTRACT, INSTALMENT, OUT, TERMS, day, paid

LATE = Conventions(penalty=PenaltyTerms(rate=9_000_000), payoff_interest=PayoffInterest.ACCRUED)


def test_money_paid_ahead_is_held_until_its_day() -> None:
    events: list[Event] = [paid("01-25", INSTALMENT)]
    state, before = replay_figures(TERMS, CONTRACT, events, day("02-09"))
    assert (before.principal, before.held, before.received.interest) == (120_000_00, INSTALMENT, 0)
    _, after = replay_figures(TERMS, CONTRACT, events, day("02-10"))
    assert (after.principal, after.held, after.received.interest) == (100_248_55, 0, 600_00)
    assert state.rows[0].outstanding == 0


def test_what_is_open_has_its_daily_products() -> None:
    events: list[Event] = [paid("02-20", 10_000_00)]
    _, figures = replay_figures(TERMS, LATE, events, day("02-22"))
    # 10 days of 20,351.45 cost 50.88; then 600.00 interest and 9,349.12 principal are paid, 10,402.33 is left.
    (row,) = figures.open
    assert (row.n, row.due_on, row.principal, row.interest) == (1, day("02-10"), 10_402_33, 0)
    assert (row.late_principal, row.late_interest) == (9_349_12 * 10, 600_00 * 10)
    assert (row.penalty_paid, row.penalty, figures.due.penalty) == (50_88, 5_20, 5_20)


def test_what_a_restructure_forgives_and_makes_principal_is_summed_up() -> None:
    on = day("03-20")
    event = Restructure(
        on=on, first_due=day("04-20"), periods=6, interest=Disposition.CAPITALISE, penalties=Disposition.WAIVE
    )
    _, figures = replay_figures(TERMS, LATE, [event], on)
    assert (figures.capitalised.interest, figures.waived.penalty) == (600_00 + 501_24 + 129_67, 244_22)
    assert (figures.principal, figures.open) == (120_000_00 + 1_230_91, ())
    cheaper = replace(event, interest=Disposition.WAIVE, waived_principal=1_000_00)
    _, figures = replay_figures(TERMS, LATE, [cheaper], on)
    assert (figures.waived.interest, figures.waived.principal, figures.principal) == (1_230_91, 1_000_00, 119_000_00)


def test_after_a_payoff_nothing_is_held_or_owed() -> None:
    _, figures = replay_figures(TERMS, LATE, [paid("01-20", 300_00), Payoff(on=day("01-25"))], day("03-01"))
    assert (figures.principal, figures.held, figures.ended_on) == (0, 0, day("01-25"))
    assert figures.received.interest == 290_32
    assert figures.money == 290_32


def test_a_payoff_with_all_contract_interest_holds_nothing_until_its_days_come() -> None:
    state, figures = replay_figures(TERMS, CONTRACT, [Payoff(on=day("01-25"))], day("01-25"))
    assert (figures.principal, figures.held, figures.open, figures.ended_on) == (0, 0, (), day("01-25"))
    assert figures.received.interest == state.totals.interest == state.entries[-1].amount - 120_000_00 > 0


@settings(max_examples=60)
@given(lives())
def test_every_fen_that_moved_is_explained(life: tuple[LoanTerms, Conventions, tuple[Event, ...], date]) -> None:
    terms, conventions, events, as_of = life
    try:
        state, figures = replay_figures(terms, replace(conventions, down_payment_paid=False), events, as_of)
    except EngineError:
        return
    came = sum(e.amount for e in state.entries if not isinstance(e.event, Disbursement) and _is_money(e.event))
    went = sum(e.amount for e in state.entries if isinstance(e.event, Disbursement))
    assert figures.money == came - went
    rows = figures.open
    assert sum(row.fee + row.penalty + row.interest + row.principal for row in rows) == sum(
        row.outstanding for row in state.rows if row.due_date <= as_of
    )
    assert min([figures.principal, figures.held, *(row.principal for row in rows)]) >= 0
    assert figures.principal + figures.received.principal + figures.waived.principal == (
        figures.paid_out + sum(getattr(figures.capitalised, name) for name in ("fee", "penalty", "interest"))
    )


def _is_money(event: Event) -> bool:
    return isinstance(event, (Repayment, Prepayment, Payoff))


def test_before_the_payout_there_is_nothing() -> None:
    _, figures = replay_figures(TERMS, CONTRACT, [Disbursement(on=day("01-12"), amount=120_000_00)], OUT)
    assert (figures.principal, figures.paid_out, figures.money) == (0, 0, 0)
