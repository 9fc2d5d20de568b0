"""Caps: the higher figure against every cap, and the guard of a live loan."""

from __future__ import annotations

import pytest

from chedai.engine.errors import InvalidArgument
from chedai.engine.money import rate_units
from chedai.engine.rates import Cap, CapVerdict, ChargeRoom, annual_rates, charge_room, check_caps

COURT = Cap("金融借款合计上限", rate_units("24"), "法发〔2017〕22号")
REGION = Cap("地方自律上限", rate_units("6"))


def test_the_compound_figure_is_checked_because_it_is_higher() -> None:
    rates = annual_rates([10_000_000, -10_182_000])  # 21.84 % simple, 24.16 % compound
    verdict = check_caps(rates, [COURT])
    assert not verdict.ok
    assert verdict.figure == rates.effective
    assert verdict.margin == pytest.approx(0.24 - rates.effective)
    assert verdict.margin is not None and verdict.margin < 0
    assert [reason.text() for reason in verdict.reasons] == ["年化综合成本 24.1644% 超过金融借款合计上限上限 24%"]
    assert verdict.reasons[0].text("en") == "annual cost 24.1644% exceeds the cap 金融借款合计上限 of 24%"


def test_the_lowest_cap_binds_and_only_exceeded_ones_are_reasons() -> None:
    verdict = check_caps(annual_rates([10_000_000, -10_050_000]), [COURT, REGION])
    assert verdict.binding == REGION
    assert [reason.cap for reason in verdict.reasons] == [REGION]


def test_under_every_cap() -> None:
    verdict = check_caps(annual_rates([10_000_000, -10_040_000]), [COURT, REGION])
    assert (verdict.ok, verdict.reasons) == (True, ())
    assert verdict.margin == pytest.approx(0.06 - (1.004**12 - 1))


def test_a_rate_that_is_the_cap_but_for_rounding_passes() -> None:
    at_cap = annual_rates([1_000_000_000_000, -1_240_000_000_001], every=12)
    assert at_cap.higher > 0.24
    assert check_caps(at_cap, [COURT]).ok
    above = annual_rates([1_000_000_000, -1_240_000_020], every=12)
    assert not check_caps(above, [COURT]).ok


def test_no_cap_no_verdict_against() -> None:
    rates = annual_rates([10_000, -20_000])
    assert check_caps(rates, []) == CapVerdict(True, rates.effective, None, None, ())


def test_the_room_of_thirty_days() -> None:
    assert charge_room(200_000, [(30, 10_000_000)], rate_units("24")) == ChargeRoom(200_000, 200_000, 0)
    assert charge_room(200_000, [(30, 10_000_000)], rate_units("24"), basis=365) == ChargeRoom(197_260, 197_260, 2_740)


def test_stretches_add_up_and_the_excess_is_waivable() -> None:
    room = charge_room(500_000, [(30, 10_000_000), (15, 5_000_000), (0, 1), (30, 0)], rate_units("24"))
    assert room == ChargeRoom(250_000, 250_000, 250_000)
    assert charge_room(1, [], rate_units("24")) == ChargeRoom(0, 0, 1)


def test_less_than_allowed_is_receivable_as_charged() -> None:
    assert charge_room(100, [(30, 10_000_000)], rate_units("24")) == ChargeRoom(200_000, 100, 0)


@pytest.mark.parametrize(
    ("charged", "stretches", "cap", "basis", "argument"),
    [
        (-1, [], 1, 360, "charged"),
        (1, [], -1, 360, "cap_rate"),
        (1, [], 1, 366, "basis"),
        (1, [(1, 1), (-1, 1)], 1, 360, "stretches, row 2"),
        (1, [(1, -1)], 1, 360, "stretches, row 1"),
    ],
)
def test_bad_input_is_named(
    charged: int, stretches: list[tuple[int, int]], cap: int, basis: int, argument: str
) -> None:
    with pytest.raises(InvalidArgument, match=f"^{argument}: "):
        charge_room(charged, stretches, cap, basis=basis)
