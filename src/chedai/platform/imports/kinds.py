"""What can be imported: one table of kinds, installed by the floors above, as with events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from chedai.platform.actors import Actor
from chedai.platform.errors import Refusal
from chedai.platform.imports.columns import Column
from chedai.platform.imports.export import workbook

Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ImportKind:
    """One kind of workbook.

    `key(row)` is what makes a row the same row in another file; `check(row, actor)` refuses what the columns alone
    cannot see, without writing; `write(row, actor)` writes it through the services and gives the subject it became;
    `undo(subject, actor)` takes it out again, refusing where somebody has gone on with it.

    A kind that comes by the thousand has `check_many` and `write_many` as well: the same for a piece of rows, in a few
    queries, with what is refused in the place of its row. Where `write_many` raises `IntegrityError` (somebody took a
    name in that moment) the piece is written row by row. `piece` is how many rows go in a piece, where it is worth more
    than the usual number.

    Rows that nothing but their order tells apart (two payments of one amount on one day, without a number of the bank)
    answer `alike(row)` with what they share: the row then holds which of them it is, from 1, as `row["serial"]`. A row
    that is told apart by itself answers "".
    """

    code: str
    zh: str
    en: str
    permission: str
    columns: tuple[Column, ...]
    key: Callable[[Row], str]
    check: Callable[[Row, Actor], None]
    write: Callable[[Row, Actor], str]
    undo: Callable[[str, Actor], None]
    check_many: Callable[[Sequence[Row], Actor], Sequence[Refusal | None]] | None = None
    write_many: Callable[[Sequence[Row], Actor], Sequence[str | Refusal]] | None = None
    alike: Callable[[Row], str] | None = None
    piece: int | None = None


_kinds: Mapping[str, ImportKind] = MappingProxyType({})


def install(kinds: Mapping[str, ImportKind]) -> None:
    """Install the whole table at once."""
    global _kinds
    _kinds = MappingProxyType(dict(kinds))


def kinds() -> Mapping[str, ImportKind]:
    """The table in force."""
    return _kinds


def template(kind: ImportKind, language: str) -> bytes:
    """The empty workbook to fill in: heads (required ones starred) and one line of examples."""
    starred = [
        Column(c.name, f"{c.zh}{'*' if c.required else ''}", f"{c.en}{'*' if c.required else ''}") for c in kind.columns
    ]
    title = kind.zh if language.startswith("zh") else kind.en
    return workbook(title, starred, [[c.example for c in kind.columns]], language=language)
