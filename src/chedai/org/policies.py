"""Who publishes a policy."""

from __future__ import annotations

from datetime import date

from chedai.org import publication
from chedai.org.permissions import Permission
from chedai.platform.policies.services import PUBLISH

RIGHT: Permission = "policy.publish"


def publication_steps(on: date) -> tuple[str, ...]:
    """The roles that must agree, in order. Errors: `Refusal` where nobody is set."""
    return publication.publication_steps(PUBLISH, RIGHT, on)
