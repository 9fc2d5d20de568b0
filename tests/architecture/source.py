"""Reading the project's own source, for the tests that hold its rules."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "chedai"

Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(*tops: str, suffix: str = ".py") -> list[Path]:
    """Every file below the folders `tops` that people wrote; migrations are made by Django."""
    found = (p for top in tops for p in (ROOT / top).rglob(f"*{suffix}"))
    return sorted(p for p in found if not {"__pycache__", "migrations"} & {*p.parts})


@cache
def tree(path: Path) -> ast.Module:
    """The parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def nodes(path: Path, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
    """Every node of the given kinds in the module."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, kinds))


def place(path: Path, node: ast.AST | None = None) -> str:
    """Where something stands, as an editor opens it."""
    line = getattr(node, "lineno", 1)
    return f"{path.relative_to(ROOT)}:{line}"


def run(*command: str, stdin: str = "", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """A command in the project's folder, its output as text."""
    return subprocess.run(command, cwd=ROOT, input=stdin, env=env, capture_output=True, text=True, check=False)
