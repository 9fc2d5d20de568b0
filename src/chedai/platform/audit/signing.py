"""Checkpoints: the size and root of the log, signed with Ed25519, fit to be printed, mailed or put on a USB stick.

Whoever holds a checkpoint can later ask for the log and see whether the entries it covers are still the same. The
signature says who vouched for it; a key is known by its fingerprint, which is compared by eye like a serial number.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement about the first `size` entries: `body` is what was signed, kept as it was."""

    size: int
    root: bytes
    at: str
    body: bytes
    key: bytes
    signature: bytes

    @property
    def fingerprint(self) -> str:
        """The key in twenty characters, in groups of four."""
        return fingerprint(self.key)

    def is_signed(self) -> bool:
        """Whether the signature is the key's, and the fields are those of the signed body."""
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(self.signature, self.body)
        except (InvalidSignature, ValueError):
            return False
        return self.body == _body(self.size, self.root, self.at)

    def line(self) -> str:
        """One line of text: body, key, signature."""
        parts = (self.body, self.key, self.signature)
        return " ".join(base64.b64encode(part).decode() for part in parts)


def fingerprint(key: bytes) -> str:
    """The first 80 bits of the key's hash, to be read aloud: `3F2A-91C0-...`."""
    text = hashlib.sha256(key).hexdigest()[:20].upper()
    return "-".join(text[i : i + 4] for i in range(0, 20, 4))


def sign(seed: bytes, size: int, root: bytes, at: str) -> Checkpoint:
    """Sign the log of `size` entries with the 32-byte `seed` of the private key."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    body = _body(size, root, at)
    return Checkpoint(size, root, at, body, private.public_key().public_bytes_raw(), private.sign(body))


def read(line: str) -> Checkpoint:
    """A checkpoint from its line. Errors: `ValueError` where the line is not one."""
    body, key, signature = (base64.b64decode(part, validate=True) for part in line.split(" "))
    stated = json.loads(body)
    return Checkpoint(stated["size"], bytes.fromhex(stated["root"]), stated["at"], body, key, signature)


def _body(size: int, root: bytes, at: str) -> bytes:
    stated = {"at": at, "root": root.hex(), "size": size}
    return json.dumps(stated, sort_keys=True, separators=(",", ":")).encode()
