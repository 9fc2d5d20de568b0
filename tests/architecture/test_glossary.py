"""Every word of the code has its 中文, so that a lender and a programmer read the same page.

The words are the rooms, the public classes of each (what a package names in `__all__`), and the values a contract is
written in (the enums of `engine/terms.py`): `LoanTerms` is looked up as "loan terms".
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.source import ROOT, files, place, tree

HEADING = "| English | 中文 | meaning |"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ROOMS = tuple(f"src/chedai/{floor}" for floor in ("engine", "platform", "catalog", "crm", "deals", "book"))
CONTRACT = ROOT / "src/chedai/engine/terms.py"
NO_ROOM = {"__init__", "apps", "models", "management", "migrations"}


def _rows() -> list[tuple[str, str, str]]:
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    table = lines[lines.index(HEADING) + 2 :]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table if line.startswith("|")]
    assert [c for c in cells if len(c) != 3] == []
    return [(english, chinese, meaning) for english, chinese, meaning in cells]


def _spoken(name: str) -> str:
    """An identifier as people say it."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return re.sub(r"[_\s]+", " ", words).strip().lower()


def _enum_values(node: ast.ClassDef) -> list[str]:
    if not any(isinstance(base, ast.Name) and base.id.endswith("Enum") for base in node.bases):
        return []
    values = [field.value for field in node.body if isinstance(field, ast.Assign)]
    return [v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)]


def _exported(room: Path) -> set[str] | None:
    """The names in `__all__` of a package; None for a module, whose public classes are all meant."""
    if room.suffix == ".py":
        return None
    for node in tree(room / "__init__.py").body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def _words() -> dict[str, str]:
    """Each word that needs an entry, with the place that uses it."""
    words: dict[str, str] = {}
    for room in sorted(room for top in ROOMS for room in (ROOT / top).iterdir()):
        if room.stem in NO_ROOM or not (room.suffix == ".py" or (room / "__init__.py").exists()):
            continue
        words.setdefault(_spoken(room.stem), place(room))
        meant = _exported(room)
        for path in [room] if room.suffix == ".py" else files(str(room)):
            for node in tree(path).body:
                if isinstance(node, ast.ClassDef) and (meant is None or node.name in meant) and node.name[0] != "_":
                    values = _enum_values(node) if path == CONTRACT else []
                    words.update({_spoken(word): place(path, node) for word in [node.name, *values]})
    return words


def test_every_word_has_its_chinese() -> None:
    known = {english.lower() for english, _, _ in _rows()}
    assert {word: where for word, where in _words().items() if word not in known} == {}


def test_every_entry_is_in_both_languages_and_explained() -> None:
    assert [row for row in _rows() if not (row[0].isascii() and CHINESE.search(row[1]) and row[2])] == []


def test_the_glossary_is_sorted_and_says_nothing_twice() -> None:
    english = [row[0].lower() for row in _rows()]
    assert english == sorted(set(english))
