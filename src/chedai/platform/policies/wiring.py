"""What this room listens to, for the table of the top floor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from chedai.platform.approvals.events import ApprovalClosed
from chedai.platform.policies.services import on_approval_closed

HANDLERS: Final[dict[type, tuple[Callable[[Any], None], ...]]] = {ApprovalClosed: (on_approval_closed,)}
