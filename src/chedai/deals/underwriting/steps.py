"""What the turn bar of a deal says while the decision has it. Chinese as stored; the screens translate it."""

from __future__ import annotations

from typing import Final

from chedai.platform.actors import system

HOUSE: Final = system("underwriting")
"""Who acts where an event moved a case, and no person."""

PROPOSE: Final = "审核资料并提出结论"
CONFIRM: Final = "复核审批结论"
EXPLAIN: Final = "向客户说明拒绝原因，改报可行方案"
AFTER_VOID: Final = "批准后有变更，重新审批"
AFTER_APPROVAL: Final = "出具融资成本明示表并签约"
"""For the turn between the approval and what the contract's own room says next."""
