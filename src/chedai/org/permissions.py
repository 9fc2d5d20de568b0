"""The permission table, read and checked once; see `permissions.toml` for what it says.

Pure: no query, no clock. Who holds which role is for `access` to find.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, TypeAlias

Permission: TypeAlias = str
Role: TypeAlias = str

_TABLE: Final = "permissions.toml"


class Reach(StrEnum):
    """On which records a right holds."""

    OWN = "own"  # records the person is responsible for
    STORE = "store"  # every record of the stores of the grant


@dataclass(frozen=True, slots=True)
class Words:
    """A name in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two roles that exclude each other, and the reason."""

    roles: frozenset[Role]
    reason: Words


@dataclass(frozen=True, slots=True)
class PermissionTable:
    """Roles, permissions with the reach each role has, and the pairs of roles that exclude each other."""

    roles: MappingProxyType[Role, Words]
    permissions: MappingProxyType[Permission, Words]
    reach: MappingProxyType[tuple[Role, Permission], Reach]
    conflicts: tuple[Conflict, ...]
    house: frozenset[Permission]
    """Rights over what belongs to no store: held anywhere they hold for all of it."""

    def reach_of(self, role: Role, permission: Permission) -> Reach | None:
        """How far `role` carries `permission`; None where it does not."""
        return self.reach.get((role, permission))

    def conflict_of(self, held: frozenset[Role], role: Role) -> Conflict | None:
        """The rule that keeps somebody who holds `held` from taking `role` as well."""
        pairs = (c for c in self.conflicts if role in c.roles and (c.roles - {role}) & held)
        return next(pairs, None)


class TableFault(Exception):
    """The permission table contradicts itself: a word nobody defined, a pair of one."""


@cache
def table() -> PermissionTable:
    """The table shipped with the product."""
    return read(tomllib.loads(files("chedai.org").joinpath(_TABLE).read_text("utf-8")))


def read(document: dict[str, Any]) -> PermissionTable:
    """A table from its document. Errors: `TableFault`."""
    roles = {name: Words(**words) for name, words in document["roles"].items()}
    permissions: dict[Permission, Words] = {}
    reach: dict[tuple[Role, Permission], Reach] = {}
    for permission, row in document["permissions"].items():
        permissions[permission] = Words(row["zh"], row["en"])
        for role, value in row.items():
            if role in ("zh", "en"):
                continue
            if role not in roles or value not in tuple(Reach):
                raise TableFault(f"{permission}: {role} = {value!r}")
            reach[role, permission] = Reach(value)
    conflicts = tuple(_conflict(row, roles) for row in document["conflicts"])
    house = frozenset(document["house"]["permissions"])
    if not house <= permissions.keys():
        raise TableFault(f"house: {sorted(house - permissions.keys())}")
    maps = MappingProxyType(roles), MappingProxyType(permissions), MappingProxyType(reach)
    return PermissionTable(*maps, conflicts, house)


def _conflict(row: dict[str, Any], roles: dict[Role, Words]) -> Conflict:
    pair = frozenset(row["roles"])
    if len(pair) != 2 or not pair <= roles.keys():
        raise TableFault(f"conflicts: {row['roles']}")
    return Conflict(pair, Words(row["zh"], row["en"]))
