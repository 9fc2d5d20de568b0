"""大写金额, against the examples of the rules for filling in bills and the places where zeros gather."""

from __future__ import annotations

import pytest

from chedai.deals.contracts.rules.capitals import MOST, in_capitals


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (12, "壹角贰分"),
        (100, "壹元整"),
        (109, "壹元零玖分"),
        (110, "壹元壹角整"),
        (1_000, "壹拾元整"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (140_950, "壹仟肆佰零玖元伍角整"),
        (168_032, "壹仟陆佰捌拾元叁角贰分"),
        (600_714, "陆仟零柒元壹角肆分"),
        (1_000_000, "壹万元整"),
        (1_000_100, "壹万零壹元整"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (10_000_000, "壹拾万元整"),
        (10_700_053, "壹拾万柒仟元伍角叁分"),
        (12_345_678, "壹拾贰万叁仟肆佰伍拾陆元柒角捌分"),
        (100_001_000, "壹佰万零壹拾元整"),
        (1_001_001_000, "壹仟零壹万零壹拾元整"),
        (10_500_000_000, "壹亿零伍佰万元整"),
        (100_000_000_100, "壹拾亿零壹元整"),
        (100_010_000_000, "壹拾亿零壹拾万元整"),
        (MOST, "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_an_amount_is_written_out_as_on_a_bill(fen: int, words: str) -> None:
    assert in_capitals(fen) == words


@pytest.mark.parametrize("fen", [-1, MOST + 1])
def test_an_amount_without_a_name_is_refused(fen: int) -> None:
    with pytest.raises(ValueError, match="neither below zero nor beyond"):
        in_capitals(fen)


def test_no_two_amounts_read_alike() -> None:
    amounts = [*range(0, 200_000, 7), *range(99_990_000, 100_020_000, 11), *range(0, 10**13, 777_777_777)]
    assert len({in_capitals(fen) for fen in amounts}) == len(set(amounts))
