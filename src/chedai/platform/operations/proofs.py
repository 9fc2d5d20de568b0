"""What is read over after an upgrade and a restore, beside the audit log: the floors above add what they chain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db import connection


@dataclass(frozen=True, slots=True)
class Proof:
    """Something that proves itself. `read` says how many entries there are and what was found, `中文 / English`.

    `table` is where it rests: an archive from before there was one has nothing to prove.
    """

    zh: str
    en: str
    table: str
    read: Callable[[], tuple[int, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Read:
    """A proof that was read over."""

    proof: Proof
    size: int
    findings: tuple[str, ...]

    def line(self) -> str:
        """For a person at the terminal."""
        found = "; ".join(self.findings[:5]) or "sound / 完好"
        return f"{self.proof.en} / {self.proof.zh}: {self.size} entries: {found}"


_proofs: Mapping[str, Proof] = MappingProxyType({})


def install(table: Mapping[str, Proof]) -> None:
    """Install the whole table at once."""
    global _proofs
    _proofs = MappingProxyType(dict(table))


def proofs_read() -> list[Read]:
    """Read all of them over."""
    there = set(connection.introspection.table_names())
    return [Read(proof, *proof.read()) for proof in _proofs.values() if proof.table in there]
