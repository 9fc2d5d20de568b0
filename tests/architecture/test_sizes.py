"""Small and explained: a module fits a sitting, a function fits a screen, and both say what they are."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.source import Function, files, nodes, place, tree

MODULE_LINES = 400
FUNCTION_LINES = 40


def _lines_of_code(function: Function) -> int:
    """Lines from `def` to the end; the docstring does not count, so that nobody shortens it."""
    length = (function.end_lineno or 0) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return length
    text = function.body[0]
    return length - ((text.end_lineno or 0) - text.lineno + 1)


def _is_public(path: Path, node: ast.AST) -> bool:
    return node in tree(path).body and not getattr(node, "name", "_").startswith("_")


def test_no_module_is_longer_than_a_sitting() -> None:
    every = [p for p in files("src", "tests", "benchmarks") if "migrations" not in p.parts]
    assert {place(p): n for p in every if (n := len(p.read_text(encoding="utf-8").splitlines())) > MODULE_LINES} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    functions = [
        (p, f) for p in files("src", "benchmarks") for f in nodes(p, *Function.__args__) if isinstance(f, Function)
    ]
    assert {f"{place(p, f)} {f.name}": n for p, f in functions if (n := _lines_of_code(f)) > FUNCTION_LINES} == {}


def test_every_module_says_what_it_is() -> None:
    assert [place(p) for p in files("src", "tests", "benchmarks") if ast.get_docstring(tree(p)) is None] == []


def test_every_public_class_and_function_is_explained() -> None:
    kinds = (ast.ClassDef, ast.FunctionDef)
    public = [
        (p, n) for p in files("src/chedai/engine", "src/chedai/platform") for n in nodes(p, *kinds) if _is_public(p, n)
    ]
    silent = [place(p, n) for p, n in public if isinstance(n, kinds) and ast.get_docstring(n) is None]
    assert silent == []


def test_nothing_is_left_for_later() -> None:
    words = ("TO" + "DO", "FIX" + "ME", "X" * 3, "NotImplemented" + "Error")
    left = [place(p) for p in files("src", "tests", "benchmarks") for w in words if w in p.read_text(encoding="utf-8")]
    assert left == []
