"""All rates of odd flows: rows built from known rates give exactly those back."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chedai.engine.errors import NoRate
from chedai.engine.rates.roots import only_rate, roots, sign_changes


def flows_with(rates: list[int]) -> list[int]:
    """Whole flows that balance at exactly these rates (percent a period): the product of (1 + r) * v - 1."""
    product = [Fraction(1)]
    for rate in rates:
        growth = Fraction(100 + rate, 100)
        product = [
            (product[k - 1] * growth if k else Fraction(0)) - (product[k] if k < len(product) else Fraction(0))
            for k in range(len(product) + 1)
        ]
    scale = math.lcm(*(value.denominator for value in product))
    return [int(value * scale) for value in product]


@given(st.sets(st.integers(-9, 30), min_size=1, max_size=4))
@settings(max_examples=60)
def test_every_rate_a_row_was_built_from_is_found(percent: set[int]) -> None:
    rates = sorted(10 * p for p in percent)
    flows = flows_with(rates)
    found = roots([(float(flow), float(k)) for k, flow in enumerate(flows) if flow])
    assert [math.expm1(d) for d in found] == pytest.approx([rate / 100 for rate in rates], rel=1e-6, abs=1e-8)


@given(st.sets(st.integers(-9, 30), min_size=1, max_size=3))
@settings(max_examples=40)
def test_only_one_rate_that_is_not_negative_is_meant(percent: set[int]) -> None:
    flows = flows_with([10 * p for p in percent])
    candidates = [p for p in percent if p >= 0] if len(percent) > 1 else list(percent)
    if len(candidates) == 1:
        assert only_rate(flows, range(len(flows))) == pytest.approx(candidates[0] / 10, rel=1e-6, abs=1e-8)
    else:
        with pytest.raises(NoRate, match="several rates"):
            only_rate(flows, range(len(flows)), row=3)


def test_signs_are_counted_over_zeros() -> None:
    assert sign_changes([0, 5, 0, -3, 0, -1, 2]) == 2
    assert sign_changes([]) == 0


def test_terms_of_one_sign_have_no_roots() -> None:
    assert roots([(1.0, 0.0), (2.0, 1.0)]) == []


def test_roots_far_out_on_both_sides_are_bracketed() -> None:
    assert [math.expm1(d) for d in roots([(1.0, 0.0), (-1e18, 1.0)])] == pytest.approx([1e18 - 1])
    assert [math.exp(d) for d in roots([(1e18, 0.0), (-1.0, 1.0)])] == pytest.approx([1e-18])


def test_a_rate_beyond_any_figure_is_no_rate() -> None:
    with pytest.raises(NoRate, match="beyond any figure"):
        only_rate([1, -100], [0, 1 / 365])
