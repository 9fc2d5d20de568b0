"""Actions whose approval shows more than its frozen facts: one table, a line a room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from chedai.catalog.products.services import PUBLISH as PRODUCT
from chedai.deals.underwriting.services.drafting import PUBLISH as RULES
from chedai.deals.underwriting.services.proposing import DECIDE
from chedai.platform.policies.services import PUBLISH as POLICY
from chedai.web.catalog.products import publication as product
from chedai.web.policies.parts import publication as policy
from chedai.web.underwriting.parts import decision_part, rules_part

PARTS: Final[dict[str, Callable[[Any, dict[str, Any]], dict[str, Any]]]] = {
    POLICY: policy,
    PRODUCT: product,
    DECIDE: decision_part,
    RULES: rules_part,
}
"""By action: what its part of the page shows, with the `template` that shows it."""


def part_of(approval: Any, content: dict[str, Any]) -> dict[str, Any] | None:
    """The part for an approval; None where the facts are enough."""
    make = PARTS.get(approval.action)
    return make(approval, content) if make else None
