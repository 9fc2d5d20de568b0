"""What the turn bar says: every sentence a room writes is known, with its parameters, in both languages."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from chedai.deals.applications import steps as applications
from chedai.deals.collateral import services as collateral
from chedai.deals.contracts.rules.drafting import refuse_unapproved
from chedai.deals.disbursement import hearing
from chedai.deals.quotes import services as quotes
from chedai.deals.underwriting import steps as underwriting
from chedai.deals.underwriting.approved import Approved
from chedai.platform.errors import Refusal
from chedai.web.deals.steps import STEPS, step_words
from tests.architecture.source import ROOT
from tests.deals.test_contract_rules import agreed, plan

CHINESE = re.compile("[一-鿿]")
WRITTEN = re.compile(r'next_step="([^"]+)"')
HELD = (applications, underwriting, hearing, collateral, quotes)


def sentences() -> set[str]:
    """What the rooms write into the turn, without parameters: constants and what stands in the call."""
    said = {
        value
        for module in HELD
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and CHINESE.search(value)
    }
    for path in (ROOT / "src" / "chedai" / "deals").rglob("*.py"):
        said |= set(WRITTEN.findall(path.read_text(encoding="utf-8")))
    return said


def test_every_sentence_of_a_room_is_known_and_has_its_english() -> None:
    assert sentences() <= set(STEPS)
    with translation.override("en"):
        assert [one for one in sentences() if CHINESE.search(step_words(one))] == []


@pytest.mark.parametrize(
    ("said", "english"),
    [
        ("复核并放款 A1-202611-0030-F1", "check and pay out A1-202611-0030-F1"),
        ("审批后变更：36 期 → 24 期", "changed after approval: 36 期 → 24 期"),
        (
            "金额：方案 100,000.00，批复 80,000.00；请按批复重新报价并由客户确认",
            "amount: the plan says 100,000.00, the approval 80,000.00; quote again as approved",
        ),
        ("补 9 月流水第 3 页", "补 9 月流水第 3 页"),
        ("", ""),
    ],
)
def test_parameters_go_into_the_readers_sentence_and_free_words_stay(said: str, english: str) -> None:
    with translation.override("en"):
        assert step_words(said) == english
    with translation.override("zh-hans"):
        assert step_words(said) == said


@pytest.mark.parametrize("approval", [None, agreed(plan(), plan_digest="0" * 64), agreed(plan(), amount=8_000_000)])
def test_why_no_statement_can_be_made_is_told_in_english(approval: Approved | None) -> None:
    with pytest.raises(Refusal) as refused:
        refuse_unapproved(plan(), approval)
    with translation.override("en"):
        assert not CHINESE.search(step_words(refused.value.zh))
