"""How the sandbox decides: the same file and the same seed always get the same answer. Pure.

Order of the rules: no work or no income is declined; an instalment over half of the income is declined; an income not
verified is asked for once; a loan over four fifths of the price is cut to that; for the rest a roll of the seed asks
for one more paper in a fifth of the first rounds, and sets a condition in a fifth.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

HALF: Final = 50
CUT: Final = 80
EXTRA_RATE: Final = 50_000  # 0.05 % a year on a cut loan, in 1e-8
EXTRA_PAPER: Final = "social_insurance"


@dataclass(frozen=True, slots=True)
class Said:
    """What the lender says: money in fen, the rate in 1e-8 a year."""

    answer: str  # approved conditional asked_more declined
    amount: int | None = None
    annual_rate: int | None = None
    periods: int | None = None
    conditions: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    reason: str = ""

    def document(self) -> dict[str, Any]:
        """As it goes into a message."""
        return {
            "answer": self.answer,
            "amount": self.amount,
            "annual_rate": self.annual_rate,
            "periods": self.periods,
            "conditions": list(self.conditions),
            "papers": list(self.papers),
            "reason": self.reason,
        }


def roll(seed: int, lender: str, key: str) -> int:
    """A number from 0 to 99, the same for the same seed, lender and deal."""
    return int.from_bytes(hashlib.sha256(f"{seed}|{lender}|{key}".encode()).digest()[:8], "big") % 100


def decide(document: Mapping[str, Any], lender: str, seed: int) -> Said:
    """What this lender says to a file."""
    asked = document["asked"]
    amount, periods = int(asked["amount"]), int(asked["periods"])
    applicant = next(party for party in document["parties"] if party["role"] == "applicant")
    answers = applicant["answers"]
    income = int(answers.get("income_verified") or answers.get("income_stated") or answers.get("turnover") or 0)
    if answers.get("job") == "unemployed" or income == 0:
        return Said("declined", reason="无稳定收入")
    if amount * 100 > HALF * income * periods:
        return Said("declined", reason="月供超过收入的一半")
    first, held = int(document["round"]) == 1, {paper["code"] for paper in document["papers"]}
    if first and applicant["kind"] == "person" and not answers.get("income_verified"):
        return Said("asked_more", papers=("income_proof",), reason="收入未核实")
    price = int(document["car"]["price"])
    if price and amount * 100 > CUT * price:
        cut = price * CUT // 100 // 10_000 * 10_000
        rate = int(asked["annual_rate"]) + EXTRA_RATE
        return Said("conditional", cut, rate, periods, (f"贷款金额调整为 {cut // 100} 元",))
    number = roll(seed, lender, str(document["deal"]))
    if first and number < 20 and EXTRA_PAPER not in held:
        return Said("asked_more", papers=(EXTRA_PAPER,), reason="请补充社保缴存证明")
    if number >= 80:
        return Said("conditional", amount, int(asked["annual_rate"]), periods, ("放款前安装车载定位",))
    return Said("approved", amount, int(asked["annual_rate"]), periods)


def unread(papers: tuple[str, ...]) -> Said:
    """What a lender says to a file whose papers could not be had, or are not those the file names."""
    return Said("asked_more", papers=papers, reason="资料无法读取，请重新提交")


FORCED: Final = ("approved", "conditional", "declined", "asked_more")


def forced(answer: str, document: Mapping[str, Any]) -> Said:
    """What the control endpoint wants said, on the terms asked for."""
    asked = document["asked"]
    terms = (int(asked["amount"]), int(asked["annual_rate"]), int(asked["periods"]))
    match answer:
        case "approved":
            return Said("approved", *terms)
        case "conditional":
            return Said("conditional", *terms, conditions=("放款前安装车载定位",))
        case "asked_more":
            return Said("asked_more", papers=(EXTRA_PAPER,), reason="请补充社保缴存证明")
        case _:
            return Said("declined", reason="综合评分不足")
