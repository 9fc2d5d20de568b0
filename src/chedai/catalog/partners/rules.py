"""What a lender must say of itself and an agreement of its days, as pure questions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlsplit

from chedai.catalog.partners.states import Channel
from chedai.platform.errors import Refusal

CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,38}")
EXPIRING: Final = timedelta(days=60)
"""How long before its last day an agreement is listed as expiring."""


@dataclass(frozen=True, slots=True)
class LenderFacts:
    """What is said of a lender."""

    code: str
    name: str
    channel: Channel
    endpoint: str
    has_secret: bool


def lender_refusals(facts: LenderFacts) -> list[Refusal]:
    """Everything that cannot be, each at its field."""
    found = []
    if not CODE.fullmatch(facts.code):
        zh, en = "代码只用小写字母、数字和连字符，最多 39 位", "a code is of a-z, 0-9 and hyphens, at most 39"
        found.append(Refusal("lender-code", zh, en, field="code"))
    if not facts.name.strip():
        found.append(Refusal("lender-name", "请填写机构名称", "give the name of the lender", field="name"))
    if facts.channel is Channel.HTTP:
        parts = urlsplit(facts.endpoint)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            zh, en = "接口对接须填写 http(s) 地址", "a channel over HTTP needs its http(s) address"
            found.append(Refusal("lender-endpoint", zh, en, field="endpoint"))
        if not facts.has_secret:
            zh, en = "接口对接须填写密钥", "a channel over HTTP needs its secret"
            found.append(Refusal("lender-secret", zh, en, field="secret"))
    return found


def agreement_refusals(number: str, starts: date, ends: date) -> list[Refusal]:
    """The same for an agreement."""
    found = []
    if not number.strip():
        found.append(Refusal("agreement-number", "请填写协议编号", "give the number of the agreement", field="number"))
    if ends < starts:
        zh, en = f"到期日不得早于生效日 {starts}", f"the last day is not before the first, {starts}"
        found.append(Refusal("agreement-days", zh, en, field="ends"))
    return found


def expires_soon(ends: date, on: date) -> bool:
    """Whether an agreement that still holds should be renewed."""
    return on <= ends <= on + EXPIRING
