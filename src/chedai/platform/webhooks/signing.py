"""The signature of a webhook: `t=<seconds>,v1=<hex>`, HMAC-SHA256 over `<seconds>.<body>`.

The receiver computes it anew with the secret, compares in constant time, and refuses what is older than five minutes.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

HEADER: Final = "Chedai-Signature"
TOLERANCE: Final = 300


def sign(secret: str, body: bytes, at: int) -> str:
    """The value of the header for `body`, sent at second `at`."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def verify(secret: str, body: bytes, header: str, now: int) -> bool:
    """Whether `header` signs `body`, and not too long ago."""
    try:
        parts = dict(part.split("=", 1) for part in header.split(","))
        at = int(parts["t"])
    except (ValueError, KeyError):
        return False
    return abs(now - at) <= TOLERANCE and hmac.compare_digest(sign(secret, body, at), header)
