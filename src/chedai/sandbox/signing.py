"""The signature both sides put on what they send: `t=<seconds>,v1=<hex>`, HMAC-SHA256 over `<seconds>.<body>`.

Written anew from that sentence, so that the sandbox proves what a lender's own program would.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Final

HEADER: Final = "Chedai-Signature"
TOLERANCE: Final = 300


def seconds_now() -> int:
    """The sandbox is another house: it has a clock of its own, and no business date."""
    return time.time_ns() // 1_000_000_000


def sign(secret: str, body: bytes, at: int) -> str:
    """The value of the header."""
    mac = hmac.new(secret.encode("utf-8"), str(at).encode("ascii") + b"." + body, hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


def is_signed(secret: str, body: bytes, header: str, now: int) -> bool:
    """Whether the other side signed `body`, at most five minutes ago."""
    stamp, _, _ = header.partition(",")
    digits = stamp.removeprefix("t=")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 16) or abs(now - int(digits)) > TOLERANCE:
        return False
    return hmac.compare_digest(sign(secret, body, int(digits)).encode(), header.encode("utf-8", "replace"))
