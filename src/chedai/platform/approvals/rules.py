"""Who may decide, as a pure question."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chedai.platform.approvals.states import State, Verdict
from chedai.platform.errors import Conflict, NotAllowed, Refusal


@dataclass(frozen=True, slots=True)
class Case:
    """An approval as the rule sees it: who made it, who has decided so far, what the waiting step needs."""

    state: State
    maker: int
    deciders: frozenset[int]
    needs: str
    digest: str


@dataclass(frozen=True, slots=True)
class Checker:
    """Somebody about to decide: `capacities` are the kinds of step their authority suffices for."""

    user: int
    capacities: frozenset[str]
    digest: str
    verdict: Verdict
    opinion: str


def freeze(document: Mapping[str, Any]) -> tuple[bytes, str]:
    """The bytes of what is to be approved, and their SHA-256. The same content always gives the same bytes."""
    body = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    return body, hashlib.sha256(body).hexdigest()


def refusal(case: Case, checker: Checker) -> Refusal | None:
    """Why `checker` may not decide on `case`; None where they may."""
    if case.state is not State.PENDING:
        return Conflict("approval-closed", "该审批已有结论", "this approval has already been closed")
    if checker.user == case.maker:
        return NotAllowed("maker-is-checker", "提交人不得审批自己的申请", "nobody approves what they prepared")
    if checker.user in case.deciders:
        return NotAllowed("second-step-same-person", "各级审批须由不同的人作出", "each step needs another person")
    if case.needs not in checker.capacities:
        return NotAllowed("authority-exceeded", "超出你的审批权限", "this is beyond your authority")
    if checker.digest != case.digest:
        return Conflict("content-changed", "内容已变，请重新查看", "the content has changed; read it again")
    if checker.verdict is not Verdict.APPROVE and not checker.opinion.strip():
        zh, en = "退回或拒绝须写明理由", "say why you return or decline it"
        return Refusal("opinion-missing", zh, en, field="opinion")
    return None
