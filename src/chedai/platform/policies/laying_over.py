"""The book with some files of the house laid over those that were shipped, and where in a text a fault stands."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chedai.platform.policies.book import PolicyBook
from chedai.platform.policies.errors import Finding, PolicyBookInvalid
from chedai.platform.policies.shipped import shipped_folder

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,50}\.toml")
_TOML_LINE: Final = re.compile(r"\(at line (\d+),")
_FIELD: Final = re.compile(r"at `\$\.(\w+)")
_GIVEN: Final = re.compile(r'\s*(key|id)\s*=\s*"([^"]*)"')
_TABLE: Final = re.compile(r"\s*\[\[\s*policy(\s*\.\s*row)?\s*\]\]")


def digest_of(content: str) -> str:
    """The SHA-256 of a text; nothing for no text."""
    return hashlib.sha256(content.encode()).hexdigest() if content else ""


def shipped_texts() -> dict[str, str]:
    """The files that came with the product, by name."""
    return {path.name: shipped_text(path.name) for path in sorted(shipped_folder().glob("*.toml"))}


def shipped_text(name: str) -> str:
    """One file as it came with the product, with one kind of line ends; nothing where none of this name came."""
    path = shipped_folder() / name
    if not NAME.fullmatch(name) or not path.is_file():
        return ""
    return path.read_bytes().replace(b"\r\n", b"\n").decode()


def book_of(texts: Mapping[str, str]) -> PolicyBook:
    """The book of some texts. Errors: `PolicyBookInvalid` with every fault."""
    with tempfile.TemporaryDirectory(prefix="policies-") as folder:
        for name, text in texts.items():
            (Path(folder) / name).write_bytes(text.encode())
        return PolicyBook.load(Path(folder))


def faults_of(texts: Mapping[str, str]) -> tuple[PolicyBook | None, tuple[Finding, ...]]:
    """The book of some texts, or what keeps it from being one."""
    try:
        return book_of(texts), ()
    except PolicyBookInvalid as invalid:
        return None, invalid.findings


@dataclass(frozen=True, slots=True)
class Place:
    """A finding and the line of the text it is about; None where it is about another file or no line."""

    finding: Finding
    line: int | None


def line_of(content: str, finding: Finding) -> int | None:
    """The line (from 1) a finding is about, as far as the text tells."""
    if (broken := _TOML_LINE.search(finding.rule)) is not None:
        return int(broken[1])
    if "(at end of document)" in finding.rule:
        return content.rstrip("\n").count("\n") + 1
    places = _places(content)
    start = next((places[name] for name in (*finding.rows, finding.key) if name in places), None)
    field = _FIELD.search(finding.rule)
    return start if start is None or field is None else _field_line(content, start, field[1])


def _places(content: str) -> dict[str, int]:
    """Where each series and each row begins, by name and by position (`#2`, `fees.gps/#3`)."""
    found: dict[str, int] = {}
    series, rows, key = 0, 0, ""
    for number, line in enumerate(content.splitlines(), start=1):
        if (table := _TABLE.match(line)) is not None:
            if table[1]:
                rows += 1
                found[f"{key}/#{rows}"] = number
            else:
                series, rows = series + 1, 0
                key = f"#{series}"
                found[key] = number
        elif (given := _GIVEN.match(line)) is not None:
            if given[1] == "key":
                key = given[2]
            found.setdefault(key if given[1] == "key" else f"{key}/{given[2]}", number)
    return found


def _field_line(content: str, start: int, field: str) -> int:
    """The line of a field in the table around a line, else that line."""
    lines = content.splitlines()
    begin = next((at for at in range(start - 1, -1, -1) if _TABLE.match(lines[at])), 0)
    for at in range(begin + 1, len(lines)):
        if _TABLE.match(lines[at]):
            break
        if re.match(rf"\s*{re.escape(field)}\s*=", lines[at]):
            return at + 1
    return start
