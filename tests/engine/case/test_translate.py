"""A case in the engine's words: every field arrives, every refusal comes back with the document's own path."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from chedai.engine.case import translate
from chedai.engine.case.reading import read
from chedai.engine.case.refusal import CaseRefused
from chedai.engine.life import events as life
from chedai.engine.life.conventions import AdvanceRule, Component, Conventions, Direction, PenaltyTerms, Recalculation
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

TERMS: dict[str, object] = {
    "principal": "1000",
    "annual_rate_pct": "5.88",
    "periods": 6,
    "disbursement_date": "2024-01-01",
}


def translated(events: list[dict[str, object]]) -> tuple[life.Event, ...]:
    return translate.events(read(json.dumps({"terms": TERMS, "events": events}).encode()))


def refusal(events: list[dict[str, object]]) -> CaseRefused:
    with pytest.raises(CaseRefused) as caught:
        translated(events)
    return caught.value


def test_terms_arrive_in_fen_and_rate_units() -> None:
    terms: dict[str, object] = {
        **TERMS,
        "first_due_date": "2024-02-10",
        "every": 2,
        "unit": "week",
        "interest_method": "flat",
        "amortisation": "stepped",
        "grace_principal": 1,
        "grace_interest": 2,
        "interest_free_periods": 3,
        "down_payment_pct": "12.5",
        "instalment_multiple": "1",
        "instalment": "170.5",
        "balloon": "100",
        "steps": [{"periods": 2, "kind": "instalment", "amount": "50"}, {"periods": 4, "kind": "solve"}],
        "month_end": "roll",
        "due_day": 10,
        "stub": "shorter",
        "rounding": "half_even",
        "residue": "last",
    }
    case = read(json.dumps({"terms": terms, "day_count": "act/act"}).encode())
    assert translate.loan_terms(case) == LoanTerms(
        principal=1000_00,
        annual_rate=5_880_000,
        periods=6,
        disbursed_on=date(2024, 1, 1),
        first_due=date(2024, 2, 10),
        every=2,
        unit=Unit.WEEK,
        interest_method=InterestMethod.FLAT,
        amortisation=Amortisation.STEPPED,
        day_count=DayCount.ACT_ACT,
        grace_principal=1,
        grace_interest=2,
        interest_free_periods=3,
        down_payment=125_00,
        instalment_multiple=100,
        instalment=170_50,
        balloon=100_00,
        steps=(Step(2, StepKind.INSTALMENT, 50_00), Step(4, StepKind.SOLVE)),
        month_end=MonthEnd.ROLL,
        due_day=10,
        stub=Stub.SHORTER,
        rounding=Rounding.HALF_EVEN,
        residue=Residue.LAST,
    )


def test_conventions_arrive() -> None:
    terms: dict[str, object] = {
        **TERMS,
        "allocation": ["interest", "principal", "penalty", "fee"],
        "allocation_direction": "vertical",
        "down_payment_pct": 25,
        "down_payment_auto": True,
        "penalty": {"annual_rate_pct": "8.82", "basis": 365, "grace_days": 3, "bearing": ["principal"], "cap_pct": 20},
    }
    case = read(json.dumps({"terms": terms, "recalculation": "daily", "advance_rule": "last"}).encode())
    assert translate.conventions(case) == Conventions(
        recalculation=Recalculation.DAILY,
        advance_rule=AdvanceRule.LAST,
        allocation=(Component.INTEREST, Component.PRINCIPAL, Component.PENALTY, Component.FEE),
        direction=Direction.VERTICAL,
        penalty=PenaltyTerms(
            rate=8_820_000, basis=365, grace_days=3, bearing=(Component.PRINCIPAL,), cap_share=20_000_000
        ),
        down_payment_rate=25_000_000,
        down_payment_paid=True,
    )


def test_penalty_without_a_cap_has_none_and_one_in_yuan_is_in_fen() -> None:
    for penalty, cap in (({"annual_rate_pct": 8}, None), ({"annual_rate_pct": 8, "cap_amount": "50"}, 50_00)):
        case = read(json.dumps({"terms": {**TERMS, "penalty": penalty}}).encode())
        assert translate.conventions(case).penalty == PenaltyTerms(rate=8_000_000, cap_amount=cap)


def test_every_type_of_event_arrives() -> None:
    day = "2024-02-01"
    on, due = date(2024, 2, 1), date(2024, 3, 1)
    made = translated(
        [
            {"type": "disbursement", "date": "2024-01-01", "amount": "1000"},
            {"type": "repayment", "date": day, "amount": 10, "id": "r", "recorded_on": "2024-02-03"},
            {"type": "prepayment", "date": day, "amount": 20, "choice": "lower_instalment"},
            {"type": "charge", "date": day, "kind": "penalty", "due_date": "2024-03-01", "amount": "5.50"},
            {"type": "rate_change", "date": day, "annual_rate_pct": 4},
            {"type": "due_date_shift", "date": day, "due_date": "2024-03-01", "new_due_date": "2024-03-10"},
            {"type": "term_extension", "date": day, "periods": 2},
            {"type": "interest_pause", "date": day, "start_date": "2024-02-05", "end_date": "2024-02-10"},
            {"type": "reamortise", "date": day},
            {"type": "reage", "date": day, "periods": 3, "first_due_date": "2024-03-01"},
            {"type": "restructure", "date": day, "periods": 3, "first_due_date": "2024-03-01", "interest": "waive",
             "waived_principal": 7, "annual_rate_pct": 3, "every": 2, "unit": "week"},
            {"type": "reversal", "date": day, "of": "r"},
            {"type": "payoff", "date": day},
        ]
    )  # fmt: skip
    name = [f"events[{place}]" for place in range(13)]
    assert [event.sequence for event in made] == list(range(13))
    assert tuple(replace(event, sequence=0) for event in made) == (
        life.Disbursement(on=date(2024, 1, 1), id=name[0], amount=1000_00),
        life.Repayment(on=on, id="r", recorded_on=date(2024, 2, 3), amount=10_00),
        life.Prepayment(on=on, id=name[2], amount=20_00, choice=life.PrepaymentChoice.LOWER_INSTALMENT),
        life.Charge(on=on, id=name[3], kind=life.ChargeKind.PENALTY, amount=5_50, due_on=due),
        life.RateChange(on=on, id=name[4], annual_rate=4_000_000),
        life.DueDateShift(on=on, id=name[5], due=due, to=date(2024, 3, 10)),
        life.TermExtension(on=on, id=name[6], periods=2),
        life.InterestPause(on=on, id=name[7], start=date(2024, 2, 5), end=date(2024, 2, 10)),
        life.Reamortise(on=on, id=name[8]),
        life.Reage(on=on, id=name[9], first_due=due, periods=3),
        life.Restructure(
            on=on,
            id=name[10],
            first_due=due,
            periods=3,
            interest=life.Disposition.WAIVE,
            waived_principal=7_00,
            annual_rate=3_000_000,
            every=2,
            unit=Unit.WEEK,
        ),
        life.Reversal(on=on, id=name[11], of="r"),
        life.Payoff(on=on, id=name[12]),
    )


def test_a_payout_without_an_amount_is_the_principal() -> None:
    (made,) = translated([{"type": "disbursement", "date": "2024-01-03"}])
    assert made == life.Disbursement(on=date(2024, 1, 3), id="events[0]", amount=1000_00)


def test_a_restructure_keeps_the_rate_and_rhythm_it_does_not_name() -> None:
    (made,) = translated([{"type": "restructure", "date": "2024-02-01", "periods": 3, "first_due_date": "2024-03-01"}])
    assert made == life.Restructure(on=date(2024, 2, 1), id="events[0]", first_due=date(2024, 3, 1), periods=3)


def test_an_event_without_a_day_happens_on_the_day_the_list_has_reached() -> None:
    made = translated(
        [
            {"type": "repayment", "date": "2024-02-20", "amount": 10},
            {"type": "charge", "kind": "fee", "due_date": "2024-03-01", "amount": 5},
            {"type": "charge", "kind": "fee", "due_date": "2024-02-10", "amount": 5},
            {"type": "due_date_shift", "due_date": "2024-03-01", "new_due_date": "2024-03-10"},
            {"type": "interest_pause", "start_date": "2024-02-05", "end_date": "2024-02-10"},
            {"type": "reversal", "of": 0},
            {"type": "term_extension", "periods": 2},
        ]
    )
    assert [event.on.isoformat() for event in made] == [
        "2024-02-20", "2024-02-20", "2024-02-10", "2024-02-20", "2024-02-05", "2024-02-20",
        "2024-02-20",
    ]  # fmt: skip


def test_a_reversal_names_an_earlier_event_by_id_or_place() -> None:
    first: dict[str, object] = {"type": "repayment", "date": "2024-02-20", "amount": 10, "id": "7"}
    assert (
        translated([first, {"type": "reversal", "of": "7"}])[1] == translated([first, {"type": "reversal", "of": 0}])[1]
    )
    for of in ("none", 1, 2, "1"):
        error = refusal([first, {"type": "reversal", "of": of}])
        assert (error.argument, error.value) == ("events[1].of", str(of))


def test_two_events_of_one_id_are_refused() -> None:
    first: dict[str, object] = {"type": "repayment", "date": "2024-02-20", "amount": 10, "id": "7"}
    assert refusal([first, first]).argument == "events[1].id"


@pytest.mark.parametrize(
    ("terms", "path"),
    [
        ({"principal": "0.001"}, "terms.principal"),
        ({"principal": 0}, "terms.principal"),
        ({"annual_rate_pct": "-1"}, "terms.annual_rate_pct"),
        ({"annual_rate_pct": "0.0000001"}, "terms.annual_rate_pct"),
        ({"first_due_date": "2024-01-01"}, "terms.first_due_date"),
        ({"down_payment_pct": "100"}, "terms.down_payment_pct"),
        ({"balloon": "1000"}, "terms.balloon"),
        ({"grace_principal": 6}, "terms.grace_principal"),
        ({"amortisation": "stepped"}, "terms.steps"),
    ],
)
def test_refused_terms_keep_the_name_of_the_document(terms: dict[str, object], path: str) -> None:
    case = read(json.dumps({"terms": {**TERMS, **terms}}).encode())
    with pytest.raises(CaseRefused) as caught:
        translate.loan_terms(case)
    assert caught.value.argument == path


def test_an_allocation_names_each_part_once() -> None:
    for order in (["fee", "interest", "principal"], ["fee", "fee", "interest", "principal"]):
        case = read(json.dumps({"terms": {**TERMS, "allocation": order}}).encode())
        with pytest.raises(CaseRefused) as caught:
            translate.conventions(case)
        assert caught.value.argument == "terms.allocation"


def test_refused_amounts_of_events_name_their_place() -> None:
    assert refusal([{"type": "repayment", "date": "2024-02-20", "amount": "1.005"}]).argument == "events[0].amount"
    penalty = read(json.dumps({"terms": {**TERMS, "penalty": {"annual_rate_pct": "0.0000001"}}}).encode())
    with pytest.raises(CaseRefused) as caught:
        translate.conventions(penalty)
    assert caught.value.argument == "terms.penalty.annual_rate_pct"
