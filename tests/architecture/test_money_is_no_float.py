"""Money is integer fen. No public signature and no field lets a float carry it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, files, nodes, place

MONEY = re.compile(
    r"(^|_)(amounts?|principal|balance|fees?|payments?|instalments?|interest|penalt(y|ies)|price|fen|yuan|cost|charge"
    r"|outstanding|due|paid|receipts?|repayments?|tail|balloon|residual|salary|income|limit)($|_)"
)
RATE = re.compile(r"(^|_)(rates?|ratio|share|percent|pct|factor|weight|probability|pd|lgd|ltv|irr)($|_)")
FLOAT = re.compile(r"\bfloat(16|32|64)?\b")

ALLOWED = {
    "src/chedai/engine/rates/roots.py": "fen come in, a root is searched in floats, and only a rate goes out",
}


def _named(path: Path) -> Iterator[tuple[ast.AST, str, ast.expr]]:
    """Fields, public parameters and public results, each with its annotation. Locals may compute as they need."""
    for node in nodes(path, ast.ClassDef, ast.FunctionDef):
        if isinstance(node, ast.ClassDef):
            for field in node.body:
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                    yield field, field.target.id, field.annotation
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            parameters = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            yield from ((p, p.arg, p.annotation) for p in parameters if p.annotation)
            if node.returns:
                yield node, node.name, node.returns


def floats_that_carry_money(path: Path) -> list[str]:
    """The places where a name of money is annotated as a float."""
    return [
        f"{place(path, node)} {name}"
        for node, name, annotation in _named(path)
        if MONEY.search(name) and not RATE.search(name) and FLOAT.search(ast.unparse(annotation))
    ]


def test_no_float_carries_money() -> None:
    modules = [p for p in files("src") if str(p.relative_to(ROOT)) not in ALLOWED]
    assert [found for path in modules for found in floats_that_carry_money(path)] == []


@pytest.mark.parametrize(
    "line",
    ["def pay(principal: float): ...", "class A:\n  fee_total: 'NDArray[np.float64]'", "def balance() -> float: ..."],
)
def test_a_float_that_carries_money_is_found(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.architecture.source.ROOT", tmp_path)
    module = tmp_path / "module.py"
    module.write_text(line, encoding="utf-8")
    assert len(floats_that_carry_money(module)) == 1
