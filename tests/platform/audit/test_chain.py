"""The chain and its roots, against values worked by hand and against the definition of RFC 6962."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedai.platform.audit.chain import (
    GENESIS,
    PAGE,
    Chain,
    MerkleTree,
    canonical,
    link,
    merkle_root,
)
from chedai.platform.audit.entries import Entry


def by_definition(leaves: list[bytes]) -> bytes:
    """The root as RFC 6962 section 2.1 defines it, by recursion."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


def test_the_bytes_of_an_entry_are_stated() -> None:
    entry = Entry("person:17", "quote.offered", "quote:5", {"total": 12_500_000, "客户": None}, "到店")
    assert canonical(entry, 3, "2026-11-21T02:00:00.000000+00:00", "2026-11-21").decode() == (
        '{"action":"quote.offered","actor":"person:17","at":"2026-11-21T02:00:00.000000+00:00","date":"2026-11-21",'
        '"facts":{"total":12500000,"客户":null},"reason":"到店","seq":3,"subject":"quote:5"}'
    )


def test_each_link_is_the_hash_of_the_one_before_and_the_bytes() -> None:
    chain = Chain()
    first, second = chain.append(b"one"), chain.append(b"two")
    assert first == hashlib.sha256(bytes(32) + b"one").digest() == link(GENESIS, b"one")
    assert second == hashlib.sha256(first + b"two").digest() == chain.head
    assert Chain().extend([b"one", b"two"]) == [first, second]
    assert chain.size == 2


def pages(links: list[bytes]) -> list[bytes]:
    return [b"".join(links[at : at + PAGE]) for at in range(0, len(links), PAGE)]


@pytest.mark.parametrize("size", [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 3 * PAGE + 5, 7 * PAGE, 9 * PAGE - 1])
def test_the_root_grown_link_by_link_is_the_root_over_pages_by_definition(size: int) -> None:
    links = [hashlib.sha256(number.to_bytes(4)).digest() for number in range(size)]
    assert merkle_root(links) == by_definition(pages(links))


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=300), st.integers(0, 300))
def test_a_root_may_be_asked_for_at_any_time(links: list[bytes], stop: int) -> None:
    tree = MerkleTree()
    tree.add(links[:stop])
    assert tree.root() == by_definition(pages(links[:stop]))
    tree.add(links[stop:])
    assert (tree.root(), tree.size) == (by_definition(pages(links)), len(links))
