"""The chain and its roots, against values worked by hand and against the definition of RFC 6962."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedai.platform.audit.chain import (
    GENESIS,
    Chain,
    MerkleTree,
    canonical,
    inclusion_path,
    link,
    merkle_root,
    root_from_path,
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


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70), st.integers(0, 70))
def test_the_root_grown_leaf_by_leaf_is_the_root_by_definition(leaves: list[bytes], stop: int) -> None:
    tree = MerkleTree()
    tree.add(leaves[:stop])
    assert tree.root() == by_definition(leaves[:stop])
    tree.add(leaves[stop:])
    assert tree.root() == merkle_root(leaves) == by_definition(leaves)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 33])
def test_one_entry_is_proven_without_the_others(size: int) -> None:
    leaves = [hashlib.sha256(bytes([i])).digest() for i in range(size)]
    for index in range(size):
        path = inclusion_path(leaves, index)
        assert root_from_path(leaves[index], index, size, path) == merkle_root(leaves)
        assert root_from_path(bytes(32), index, size, path) != merkle_root(leaves)
