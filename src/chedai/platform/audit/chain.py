"""The mathematics of the audit log: a hash chain over entries, and Merkle roots over the chain.

Each entry is a line of bytes, stored as it was hashed. Its link is SHA-256(link of the entry before, bytes), so that
no entry can be changed, removed, inserted or moved without breaking every link after it. A Merkle root (RFC 6962) over
the links stands for the whole log in 32 bytes; signed and taken out of the house it proves what the log was that day,
even against somebody who can rewrite the whole table.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from chedai.platform.audit.entries import Entry, Scalar

GENESIS: Final = bytes(32)
"""The link before the first entry."""

Link: TypeAlias = bytes
_sha256 = hashlib.sha256


def canonical(entry: Entry, seq: int, at: str, business_date: str) -> bytes:
    """The bytes of an entry: JSON with sorted keys, no spaces, UTF-8, one line. Its number is part of it."""
    body: dict[str, int | str | dict[str, Scalar]] = {
        "action": entry.action,
        "actor": entry.actor,
        "at": at,
        "date": business_date,
        "facts": entry.facts,
        "reason": entry.reason,
        "seq": seq,
        "subject": entry.subject,
    }
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def link(before: Link, body: bytes) -> Link:
    """The link of an entry whose predecessor has the link `before`."""
    return _sha256(before + body).digest()


class Chain:
    """A chain being written: `append` gives the link of each new entry."""

    __slots__ = ("_digest", "size")

    def __init__(self, head: Link = GENESIS, size: int = 0) -> None:
        self._digest = head
        self.size = size

    @property
    def head(self) -> Link:
        """The link of the last entry."""
        return self._digest

    def append(self, body: bytes) -> Link:
        """Chain `body` and return its link."""
        self._digest = digest = _sha256(self._digest + body).digest()
        self.size += 1
        return digest

    def extend(self, bodies: Iterable[bytes]) -> list[Link]:
        """Chain many at once."""
        digest, links = self._digest, []
        for body in bodies:
            digest = _sha256(digest + body).digest()
            links.append(digest)
        self._digest = digest
        self.size += len(links)
        return links


class MerkleTree:
    """The root over links added one by one, keeping only the frontier: one hash for each bit of the size."""

    __slots__ = ("_frontier", "size")

    def __init__(self) -> None:
        self._frontier: list[bytes] = []  # roots of full subtrees, largest first
        self.size = 0

    def add(self, links: Iterable[Link]) -> None:
        """Add leaves in order."""
        frontier, size = self._frontier, self.size
        for leaf in links:
            node = _sha256(b"\x00" + leaf).digest()
            full = size
            while full & 1:
                node = _sha256(b"\x01" + frontier.pop() + node).digest()
                full >>= 1
            frontier.append(node)
            size += 1
        self.size = size

    def root(self) -> bytes:
        """The root over all leaves so far; the hash of nothing for an empty tree (RFC 6962, 2.1)."""
        if not self._frontier:
            return _sha256(b"").digest()
        node = self._frontier[-1]
        for left in reversed(self._frontier[:-1]):
            node = _sha256(b"\x01" + left + node).digest()
        return node


def merkle_root(links: Sequence[Link]) -> bytes:
    """The root over `links`."""
    tree = MerkleTree()
    tree.add(links)
    return tree.root()


def inclusion_path(links: Sequence[Link], index: int) -> list[bytes]:
    """The hashes that, with entry `index`, rebuild the root: proof of one entry without showing the others."""
    if len(links) == 1:
        return []
    split = 1 << ((len(links) - 1).bit_length() - 1)
    if index < split:
        return [*inclusion_path(links[:split], index), merkle_root(links[split:])]
    return [*inclusion_path(links[split:], index - split), merkle_root(links[:split])]


def root_from_path(leaf: Link, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that `path` leads to from entry `index` of `size` (RFC 9162, 2.1.3.2)."""
    node, first, last = _sha256(b"\x00" + leaf).digest(), index, size - 1
    for sibling in path:
        if first & 1 or first == last:
            node = _sha256(b"\x01" + sibling + node).digest()
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            node = _sha256(b"\x01" + node + sibling).digest()
        first, last = first >> 1, last >> 1
    return node
