"""Chinese reads as Chinese: full-width punctuation in every refusal and every word a person sees."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import SRC, files, place, tree
from tests.support.chinese import widen

HALF = re.compile(r"[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]")
TABLES = ("org/permissions.toml",)
ROOMS = ("api", "crm", "journey", "org", "platform")
"""What refuses people on screens and at the interface. Formats that programs read stay as typed."""


def _said(node: ast.AST) -> Iterator[str]:
    """The parts of a constant or of an f-string, what is filled in left out."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            yield from (part.value for part in values if isinstance(part, ast.Constant) and isinstance(part.value, str))


def _docstrings(module: ast.Module) -> set[int]:
    """Prose of the code: what nobody on a page reads."""
    return {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}


def _half_width(path: Path) -> list[str]:
    module = tree(path)
    prose = _docstrings(module)
    inside = {id(part) for node in ast.walk(module) if isinstance(node, ast.JoinedStr) for part in node.values}
    strings = (node for node in ast.walk(module) if isinstance(node, ast.Constant | ast.JoinedStr))
    spoken = (node for node in strings if id(node) not in prose and id(node) not in inside)
    return [text for node in spoken for text in _said(node) if HALF.search(text)]


@pytest.mark.parametrize("room", ROOMS)
def test_no_sentence_holds_half_width_punctuation_beside_chinese(room: str) -> None:
    found = {
        place(path): wrong
        for path in files(f"src/chedai/{room}")
        if "management" not in path.parts and (wrong := _half_width(path))
    }
    assert found == {}, "python -m tests.support.chinese <files>"


def test_the_words_of_the_permission_table_are_full_width() -> None:
    for table in TABLES:
        document = tomllib.loads((SRC / table).read_text(encoding="utf-8"))
        said = [row["zh"] for part in ("roles", "permissions") for row in document[part].values()]
        said += [row["zh"] for row in document["conflicts"]]
        assert {text: widen(text) for text in said if widen(text) != text} == {}


def test_the_check_sees_what_it_is_for() -> None:
    assert [
        bool(HALF.search(text)) for text in ("没有权限:查看", "金额 1,000 元", "没有权限：查看", "(留痕)", "r × 12")
    ] == [
        True,
        False,
        False,
        True,
        False,
    ]
