"""The mathematics of the audit log: a hash chain over entries, and Merkle roots over the chain.

Each entry is a line of bytes, stored as it was hashed. Its link is SHA-256(link of the entry before, bytes), so that
no entry can be changed, removed, inserted or moved without breaking every link after it. A Merkle root (RFC 6962) over
the links stands for the whole log in 32 bytes; signed and taken out of the house it proves what the log was that day,
even against somebody who can rewrite the whole table.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final, TypeAlias

import msgspec

from chedai.platform.audit.entries import Entry, Scalar

GENESIS: Final = bytes(32)
"""The link before the first entry."""

PAGE: Final = 64
"""Links a leaf of the Merkle tree holds: hashing pages costs a sixtieth of hashing links."""

Link: TypeAlias = bytes
_sha256 = hashlib.sha256


def _as_text(value: object) -> str:
    """A text that calls itself something more, as one marked safe for a page does, is the text it is."""
    if isinstance(value, str):
        return str.__str__(value)
    raise TypeError(f"a fact is text, a number, yes or no: {type(value).__name__}")


_JSON = msgspec.json.Encoder(order="sorted", enc_hook=_as_text)


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
    return _JSON.encode(body)


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
    """The root over links added one by one: a leaf is a page of links, and of the tree only the frontier is kept."""

    __slots__ = ("_frontier", "_page", "_pages", "size")

    def __init__(self) -> None:
        self._frontier: list[bytes] = []  # roots of full subtrees, largest first
        self._pages = 0
        self._page: list[Link] = []
        self.size = 0

    def add(self, links: Iterable[Link]) -> None:
        """Add links in order."""
        for link_ in links:
            self._page.append(link_)
            self.size += 1
            if len(self._page) == PAGE:
                _push(self._frontier, self._pages, self._page)
                self._pages += 1
                self._page = []

    def root(self) -> bytes:
        """The root over all links so far; the hash of nothing for an empty tree (RFC 6962, 2.1)."""
        frontier = list(self._frontier)
        if self._page:
            _push(frontier, self._pages, self._page)
        if not frontier:
            return _sha256(b"").digest()
        node = frontier.pop()
        while frontier:
            node = _sha256(b"\x01" + frontier.pop() + node).digest()
        return node


def _push(frontier: list[bytes], pages: int, page: list[Link]) -> None:
    """Hang the next page under the frontier of `pages` pages before it."""
    node = _sha256(b"\x00" + b"".join(page)).digest()
    while pages & 1:
        node = _sha256(b"\x01" + frontier.pop() + node).digest()
        pages >>= 1
    frontier.append(node)


def merkle_root(links: Iterable[Link]) -> bytes:
    """The root over `links`."""
    tree = MerkleTree()
    tree.add(links)
    return tree.root()
