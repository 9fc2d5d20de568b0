"""Encryption at rest with numbered keys, and the blind index by which a value is found without being decrypted.

A sealed value is: format (1 byte), key number (1 byte), nonce (12 bytes), AES-256-GCM ciphertext and tag. The place
where it is stored (table.column) is authenticated with it, so a ciphertext copied to another column does not open. The
index is HMAC-SHA256 over kind and normal form, cut to 16 bytes. Both keys are derived from the numbered master key; a
new key is put first in the ring, old ones stay until everything is sealed anew.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chedai.platform.privacy.kinds import Kind, normal

FORMAT: Final = 1
KEY_BYTES: Final = 32
INDEX_BYTES: Final = 16
_NONCE: Final = 12
_HEAD: Final = 2
_BLOCK: Final = 64  # of SHA-256
_Hash: TypeAlias = "hashlib._Hash"


class CannotOpen(Exception):
    """The value was sealed with a key that is not in the ring, or it has been tampered with."""


def _derive(master: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"chedai " + purpose).derive(master)


def _keyed(key: bytes) -> tuple[_Hash, _Hash]:
    """Both halves of HMAC-SHA256 (RFC 2104) with the key in them: a copy of each makes an HMAC at half its price."""
    block = key.ljust(_BLOCK, b"\0")
    return hashlib.sha256(bytes(b ^ 0x36 for b in block)), hashlib.sha256(bytes(b ^ 0x5C for b in block))


@dataclass(frozen=True)
class Keyring:
    """Master keys by number; `active` seals, all open."""

    active: int
    masters: Mapping[int, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if self.active not in self.masters:
            raise ValueError(f"key {self.active} is not in the ring")
        for number, key in self.masters.items():
            if not 1 <= number <= 255 or len(key) != KEY_BYTES:
                raise ValueError(f"key {number}: keys are numbered 1 to 255 and hold {KEY_BYTES} bytes")
        ciphers = {number: AESGCM(_derive(key, b"seal")) for number, key in self.masters.items()}
        indexes = {number: _keyed(_derive(key, b"index")) for number, key in self.masters.items()}
        object.__setattr__(self, "_ciphers", ciphers)
        object.__setattr__(self, "_indexes", indexes)

    _ciphers: Mapping[int, AESGCM] = field(init=False, repr=False)
    _indexes: Mapping[int, tuple[_Hash, _Hash]] = field(init=False, repr=False)

    def seal(self, place: str, text: str) -> bytes:
        """Encrypt `text` for `place` with the active key."""
        return self.seal_bytes(place, text.encode())

    def open(self, place: str, sealed: bytes) -> str:
        """Decrypt a text. Errors: `CannotOpen`."""
        return self.open_bytes(place, sealed).decode()

    def seal_bytes(self, place: str, content: bytes) -> bytes:
        """Encrypt `content` for `place` with the active key."""
        nonce = os.urandom(_NONCE)
        head = bytes((FORMAT, self.active))
        return head + nonce + self._ciphers[self.active].encrypt(nonce, content, head + place.encode())

    def seal_many(self, place: str, texts: Sequence[str | None]) -> list[bytes | None]:
        """`seal` for a column of values; None stays None. Every value has a nonce of its own."""
        head, encrypt = bytes((FORMAT, self.active)), self._ciphers[self.active].encrypt
        with_place, random = head + place.encode(), os.urandom(_NONCE * len(texts))
        nonces = [random[at : at + _NONCE] for at in range(0, len(random), _NONCE)]
        return [
            None if text is None else head + nonce + encrypt(nonce, text.encode(), with_place)
            for text, nonce in zip(texts, nonces, strict=True)
        ]

    def open_bytes(self, place: str, sealed: bytes) -> bytes:
        """Decrypt. Errors: `CannotOpen`."""
        if len(sealed) <= _HEAD + _NONCE or sealed[0] != FORMAT or sealed[1] not in self._ciphers:
            raise CannotOpen(place)
        head, nonce, rest = sealed[:_HEAD], sealed[_HEAD : _HEAD + _NONCE], sealed[_HEAD + _NONCE :]
        try:
            return self._ciphers[sealed[1]].decrypt(nonce, rest, head + place.encode())
        except InvalidTag:
            raise CannotOpen(place) from None

    def index(self, kind: Kind, text: str) -> bytes:
        """The blind index of a value under the active key."""
        return self._index(self.active, kind, text)

    def index_many(self, kind: Kind, values: Iterable[str]) -> dict[str, bytes]:
        """`index` of many values of a kind; each must be in its one form already (`kinds.normal`)."""
        inner, outer = self._indexes[self.active]
        begun, found = inner.copy(), dict[str, bytes]()
        begun.update(f"{kind}\x00".encode())
        for value in values:
            inside, outside = begun.copy(), outer.copy()
            inside.update(value.encode())
            outside.update(inside.digest())
            found[value] = outside.digest()[:INDEX_BYTES]
        return found

    def index_candidates(self, kind: Kind, text: str) -> list[bytes]:
        """The index under every key of the ring: what to look for while a new key is being brought in."""
        return [self._index(number, kind, text) for number in self.masters]

    def _index(self, number: int, kind: Kind, text: str) -> bytes:
        inner, outer = self._indexes[number]
        inside, outside = inner.copy(), outer.copy()
        inside.update(f"{kind}\x00{normal(kind, text)}".encode())
        outside.update(inside.digest())
        return outside.digest()[:INDEX_BYTES]


def key_number(sealed: bytes) -> int:
    """The key a value was sealed with."""
    return sealed[1]
