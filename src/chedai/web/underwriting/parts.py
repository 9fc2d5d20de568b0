"""What the page of an approval shows of a decision and of a rule set: more than the frozen facts."""

from __future__ import annotations

from typing import Any

from chedai.deals.underwriting.rulebooks import text_on
from chedai.deals.underwriting.rules.book import rule_set
from chedai.deals.underwriting.selectors import decision_of_approval
from chedai.deals.underwriting.states import Verdict
from chedai.deals.underwriting.telling import VERDICTS
from chedai.platform import clock
from chedai.web.underwriting.rule_changes import changes_shown
from chedai.web.underwriting.words import pair


def decision_part(approval: Any, content: dict[str, Any]) -> dict[str, Any]:
    """The verdict and its terms, and the way to the case: papers are opened and the vote is cast there."""
    decision = decision_of_approval(approval.pk)
    return {
        "template": "web/underwriting/approval_part.html",
        "case_id": decision.case_id if decision else None,
        "verdict": pair(VERDICTS[Verdict(content["verdict"])]),
        "content": content,
    }


def rules_part(approval: Any, content: dict[str, Any]) -> dict[str, Any]:
    """The rows that differ from what is in force today."""
    after = rule_set(content["content"])
    before = rule_set(text_on(content["rules"], clock.business_date()))
    return {
        "template": "web/underwriting/rules_part.html",
        "reason": content["reason"],
        "version": after.version,
        "valid_from": after.valid_from,
        "changes": changes_shown(before, after),
    }
