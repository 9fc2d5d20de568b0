"""Off-catalogue terms: how far from what is listed, in figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chedai.engine.compare import TermRate
from chedai.engine.compare.bespoke import Bespoke, Deviation, Term, average_life, deviations, shape_deviation
from chedai.engine.errors import InvalidArgument
from chedai.engine.rates import Fee, When
from chedai.engine.terms import Amortisation, LoanTerms
from tests.engine.compare.shop import POINT, product

LISTED = product(
    rates=(TermRate(24, 5_380_000), TermRate(36, 5_880_000)),
    min_down=20 * POINT,
    max_down=80 * POINT,
    min_amount=20_000_00,
    max_amount=150_000_00,
    fees=(Fee("服务费", amount=3000_00), Fee("违约金", share=POINT, when=When.CONTINGENT)),
)


def _asked(**changes: object) -> Bespoke:
    listed = {
        "price": 125_000_00,
        "principal": 100_000_00,
        "periods": 36,
        "annual_rate": 5_880_000,
        "fees": LISTED.fees,
    }
    return Bespoke(**(listed | changes))  # type: ignore[arg-type]


def test_listed_terms_deviate_in_nothing() -> None:
    assert deviations(LISTED, _asked()) == ()


def test_every_deviation_is_a_figure_with_its_sign() -> None:
    asked = _asked(principal=112_500_00, annual_rate=5_000_000, fees=())
    lines = deviations(LISTED, asked)
    assert lines == (
        Deviation(Term.RATE, 5_000_000, 5_880_000),
        Deviation(Term.DOWN_PAYMENT, 10 * POINT, 20 * POINT),
        Deviation(Term.FEES, 0, 3000_00),
    )
    assert [line.difference for line in lines] == [-880_000, -10 * POINT, -3000_00]


def test_a_term_between_two_is_measured_against_the_shorter() -> None:
    assert deviations(LISTED, _asked(periods=30)) == (
        Deviation(Term.PERIODS, 30, 24),
        Deviation(Term.RATE, 5_880_000, 5_380_000),
    )


def test_amounts_outside_the_listed_ones() -> None:
    high = deviations(LISTED, _asked(price=200_000_00, principal=160_000_00))
    assert high == (Deviation(Term.AMOUNT, 160_000_00, 150_000_00),)
    low = deviations(LISTED, _asked(price=100_000_00, principal=15_000_00))
    assert low == (
        Deviation(Term.DOWN_PAYMENT, 85 * POINT, 80 * POINT),
        Deviation(Term.AMOUNT, 15_000_00, 20_000_00),
    )
    open_ended = product(rates=LISTED.rates)
    assert deviations(open_ended, _asked(principal=120_000_00, fees=())) == ()


@pytest.mark.parametrize("principal", [0, -1, 125_000_01])
def test_an_amount_that_is_none_is_refused(principal: int) -> None:
    with pytest.raises(InvalidArgument, match="principal: must be positive and within the price"):
        deviations(LISTED, _asked(principal=principal))


def test_a_tail_keeps_the_principal_out_for_longer() -> None:
    level = LoanTerms(principal=100_000_00, annual_rate=5_880_000, periods=36, disbursed_on=date(2026, 11, 20))
    tail = replace(level, amortisation=Amortisation.BALLOON, balloon=30_000_00)
    assert (average_life(level), average_life(tail)) == (571, 724)
    assert shape_deviation(tail, level) == (Deviation(Term.LIFE, 724, 571),)
    assert shape_deviation(level, level) == ()
