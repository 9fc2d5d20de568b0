"""The sandbox decides the same way every time, and says why."""

from __future__ import annotations

from typing import Any

import pytest

from chedai.sandbox.rules import Said, decide, forced, roll
from chedai.sandbox.signing import is_signed, sign


def file(
    deal: str = "A1-202611-0001",
    amount: int = 8_000_000,
    papers: tuple[str, ...] = (),
    number: int = 1,
    **answers: str,
) -> dict[str, Any]:
    """80,000.00 at 5.88 % over 36 months for a car of 125,000.00; 14,000.00 a month proven."""
    given = {"job": "salaried", "income_stated": "1500000", "income_verified": "1400000"} | answers
    return {
        "deal": deal,
        "round": number,
        "asked": {"amount": amount, "annual_rate": 5_880_000, "periods": 36},
        "car": {"price": 12_500_000},
        "parties": [{"role": "applicant", "kind": "person", "answers": given}],
        "papers": [{"code": code} for code in papers],
    }


def deal_with(roll_between: range, seed: int = 1) -> str:
    return next(f"D{n}" for n in range(1000) if roll(seed, "jianghe", f"D{n}") in roll_between)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (file(job="unemployed"), Said("declined", reason="无稳定收入")),
        (file(amount=25_200_001), Said("declined", reason="月供超过收入的一半")),
        (file(income_verified=""), Said("asked_more", papers=("income_proof",), reason="收入未核实")),
        (
            file(amount=10_100_000),
            Said("conditional", 10_000_000, 5_930_000, 36, ("贷款金额调整为 100000 元",)),
        ),
        (
            file(deal_with(range(20))),
            Said("asked_more", papers=("social_insurance",), reason="请补充社保缴存证明"),
        ),
        (file(deal_with(range(20)), papers=("social_insurance",)), Said("approved", 8_000_000, 5_880_000, 36)),
        (file(deal_with(range(20)), number=2), Said("approved", 8_000_000, 5_880_000, 36)),
        (file(deal_with(range(20, 80))), Said("approved", 8_000_000, 5_880_000, 36)),
        (
            file(deal_with(range(80, 100))),
            Said("conditional", 8_000_000, 5_880_000, 36, ("放款前安装车载定位",)),
        ),
    ],
)
def test_each_rule(document: dict[str, Any], said: Said) -> None:
    assert decide(document, "jianghe", 1) == said


def test_the_seed_and_the_lender_decide_the_roll_and_nothing_else() -> None:
    assert [roll(1, "jianghe", "D1"), roll(1, "jianghe", "D1")] == [roll(1, "jianghe", "D1")] * 2
    assert len({roll(seed, lender, "D1") for seed in range(5) for lender in ("jianghe", "yuanda")}) > 5


def test_what_is_told_is_said() -> None:
    assert forced("approved", file()) == Said("approved", 8_000_000, 5_880_000, 36)
    assert forced("declined", file()).reason == "综合评分不足"


def test_a_signature_is_of_these_bytes_this_secret_and_these_five_minutes() -> None:
    header = sign("secret", b"body", 1000)
    assert is_signed("secret", b"body", header, 1300)
    for secret, body, signed, now in (
        ("secret", b"body", header, 1301),
        ("other", b"body", header, 1000),
        ("secret", b"body.", header, 1000),
        ("secret", b"body", "t=x,v1=0", 1000),
        ("secret", b"body", "", 1000),
    ):
        assert not is_signed(secret, body, signed, now)
