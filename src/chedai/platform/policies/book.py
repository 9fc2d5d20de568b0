"""The policy book: every rule of the house, asked for a named date and a named scope, never for "now".

`in_force` gives exactly one row or refuses. Precedence is one rule: among the rows that fit, a row loses where another
fitting row `beats` it by name; if more than one is left, that is an error, however much narrower one of them is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from chedai.platform.policies.checking import overlaps_and_holes, stale, winners
from chedai.platform.policies.errors import (
    AmbiguousPolicy,
    Finding,
    NoPolicyInForce,
    PolicyBookInvalid,
    ScopeNotStated,
    UnknownPolicy,
)
from chedai.platform.policies.reading import read_folder
from chedai.platform.policies.rows import PolicyRow, PolicySeries
from chedai.platform.policies.scope import DIMENSION_ZH, Asked


@dataclass(frozen=True, slots=True)
class BookVersion:
    """What a decision may store: one hash of the whole book, one a file, one a row (id to hash)."""

    book: str
    files: Mapping[str, str]
    rows: Mapping[str, str]


class PolicyBook:
    """All series of policy. Made by `load` from files, or of series in memory (then unchecked: see `check`)."""

    def __init__(self, series: Iterable[PolicySeries], files: Mapping[str, str] | None = None) -> None:
        self._series = {each.key: each for each in series}
        self._files = dict(files or {})
        self._clashes = [finding for each in self._series.values() for finding in overlaps_and_holes(each)]

    @classmethod
    def load(cls, folder: Path) -> PolicyBook:
        """The book of a folder of `*.toml` files.

        Errors: `PolicyBookInvalid` with every fault of every file, overlaps and holes included.
        """
        reading = read_folder(folder)
        book = cls(reading.series, reading.files)
        if faults := [*reading.findings, *book._clashes]:
            raise PolicyBookInvalid(faults)
        return book

    def over(self, shipped: PolicyBook) -> PolicyBook:
        """This book laid over the shipped one: what no file here says anything of is as it was shipped."""
        return PolicyBook((shipped._series | self._series).values(), self._files)

    @property
    def version(self) -> BookVersion:
        """The content hashes of files and rows."""
        rows = {row.id: row.content_hash for row in self.rows()}
        whole = hashlib.sha256("\n".join(f"{i}@{h}" for i, h in sorted(rows.items())).encode())
        return BookVersion(whole.hexdigest()[:16], dict(self._files), rows)

    def keys(self, prefix: str = "") -> list[str]:
        """The keys that begin with `prefix`, in alphabetical order."""
        return sorted(key for key in self._series if key.startswith(prefix))

    def rows(self, prefix: str = "") -> list[PolicyRow]:
        """Every row whose key begins with `prefix`, closed ones included, by key."""
        return [row for key in self.keys(prefix) for row in self._series[key].rows]

    def series(self, key: str) -> PolicySeries:
        """All rows of a key, closed ones included. Errors: `UnknownPolicy`."""
        if key not in self._series:
            raise UnknownPolicy(key, "is in no policy file", "不在任何政策文件中")
        return self._series[key]

    def in_force(
        self,
        key: str,
        on: date,
        *,
        lender_type: str | None = None,
        vehicle_kind: str | None = None,
        region: str | None = None,
        channel: str | None = None,
    ) -> PolicyRow:
        """The one row in force on the date for the scope.

        Errors: `UnknownPolicy`, `UnknownScope`, `ScopeNotStated`, `NoPolicyInForce`, `AmbiguousPolicy`.
        """
        row = self.find(key, on, lender_type=lender_type, vehicle_kind=vehicle_kind, region=region, channel=channel)
        if row is None:
            series, asked = self.series(key), Asked.of(key, lender_type, vehicle_kind, region, channel)
            raise NoPolicyInForce(
                key,
                f"no row in force on {on} for {asked.text_en()}",
                f"{on} 对（{asked.text_zh()}）没有有效的规则",
                file=series.file,
                rows=tuple(each.id for each in series.rows),
            )
        return row

    def find(
        self,
        key: str,
        on: date,
        *,
        lender_type: str | None = None,
        vehicle_kind: str | None = None,
        region: str | None = None,
        channel: str | None = None,
    ) -> PolicyRow | None:
        """As `in_force`, but None where no row is in force: "does this duty bind this lender at all?"."""
        series, asked = self.series(key), Asked.of(key, lender_type, vehicle_kind, region, channel)
        fitting = [row for row in series.rows if row.in_force(on) and row.scope.admits(asked)]
        if missing := sorted({dimension for row in fitting for dimension in row.scope.unanswered(asked)}):
            raise ScopeNotStated(
                key,
                f"differs by {', '.join(missing)}: state it",
                f"因{'、'.join(DIMENSION_ZH[dimension] for dimension in missing)}而异，请写明",
                file=series.file,
                rows=tuple(row.id for row in fitting),
            )
        left = winners(fitting)
        if len(left) > 1 or (fitting and not left):
            raise AmbiguousPolicy(
                key,
                f"has {len(left or fitting)} rows in force on {on} for {asked.text_en()}",
                f"{on} 对（{asked.text_zh()}）有 {len(left or fitting)} 行同时有效",
                file=series.file,
                rows=tuple(row.id for row in left or fitting),
            )
        return left[0] if left else None

    def all_in_force(
        self,
        on: date,
        *,
        lender_type: str | None = None,
        vehicle_kind: str | None = None,
        region: str | None = None,
        channel: str | None = None,
    ) -> list[PolicyRow]:
        """Every row in force on the date that the stated scope does not exclude, by key: a table to read."""
        asked = Asked.of("policies", lender_type, vehicle_kind, region, channel)
        rows: list[PolicyRow] = []
        for key in self.keys():
            fitting = [row for row in self._series[key].rows if row.in_force(on) and row.scope.admits(asked)]
            # A row loses here only where the stated scope is surely inside the scope of the row that beats it.
            certain = winners([row for row in fitting if not row.scope.unanswered(asked)])
            rows += certain + [row for row in fitting if row.scope.unanswered(asked)]
        return rows

    def check(self, on: date) -> list[Finding]:
        """What is wrong with the book as used on a date: overlaps and holes (errors), stale series (warnings)."""
        return [*self._clashes, *self.warnings(on, *self._series)]

    def warnings(self, on: date, *keys: str) -> list[Finding]:
        """The staleness warnings an answer that used these keys must carry."""
        return [finding for key in keys if (finding := stale(self.series(key), on)) is not None]
