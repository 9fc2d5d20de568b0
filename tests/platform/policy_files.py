"""Small policy books written on the spot, as a reviewer would write them."""

from __future__ import annotations

from pathlib import Path

from chedai.platform.policies import Finding, PolicyBook, PolicyBookInvalid

HEAD = 'title_zh = "测试"\ntitle_en = "Test"\n'


def series(*rows: str, key: str = "fees.gps", kind: str = "number", unit: str = "months", more: str = "") -> str:
    """One `[[policy]]` table with its rows."""
    unit_line = f'unit = "{unit}"\n' if unit else ""
    head = (
        f'[[policy]]\nkey = "{key}"\ntitle_zh = "题"\ntitle_en = "title"\nkind = "{kind}"\n'
        f'{unit_line}evaluated_at = "contract"\n{more}\n'
    )
    return head + "".join(rows)


def row(name: str, start: str, end: str = "", value: str = "60", more: str = "") -> str:
    """One `[[policy.row]]` table."""
    to = f"to = {end}\n" if end else ""
    holds = f"value = {value}\n" if value else ""
    return f'[[policy.row]]\nid = "{name}"\nfrom = {start}\n{to}{holds}source = "文件"\nconfidence = "A"\n{more}\n'


def write(folder: Path, *tables: str, name: str = "fees") -> Path:
    """A policy file of these tables; the folder is given back."""
    (folder / f"{name}.toml").write_text(HEAD + "".join(tables), encoding="utf-8")
    return folder


def book(folder: Path, *tables: str) -> PolicyBook:
    """The book of one file with these tables."""
    return PolicyBook.load(write(folder, *tables))


def faults(folder: Path) -> tuple[Finding, ...]:
    """What is wrong with the folder; none where it loads."""
    try:
        PolicyBook.load(folder)
    except PolicyBookInvalid as invalid:
        return invalid.findings
    return ()
