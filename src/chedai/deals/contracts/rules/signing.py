"""Whether a contract may be signed."""

from __future__ import annotations

import hashlib

from chedai.platform.errors import Conflict, Refusal


def refuse_statement(confirmed: bool, shown: tuple[int, str], written: tuple[int, str]) -> None:
    """Principal (fen) and digest of the statement as `shown` and as the contract has it `written`.

    Errors: `Refusal` where the customer has not confirmed it, or it is another.
    """
    if not confirmed:
        zh = "客户尚未阅读并确认综合融资成本明示表，不能签署"
        en = "the customer has not read and confirmed the statement of all-in cost: it cannot be signed"
        raise Refusal("statement-not-confirmed", zh, en, field="statement")
    if shown != written:
        zh, en = "合同本金与明示表不一致，不能签署", "the principal is not that of the statement: it cannot be signed"
        raise Refusal("statement-differs", zh, en, field="statement")


def refuse_touched(content: bytes, sha256: str) -> None:
    """Errors: `Conflict` where a file is no longer what it was when its hash was kept."""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Conflict("file-touched", "文件内容与留存的指纹不符", "the file is not what its hash says")
