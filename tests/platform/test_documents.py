"""Papers: the same bytes for the same figures, every character there, and nothing typed by people is markup."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest

from chedai.platform.documents import rendering
from chedai.platform.documents.rendering import NoTemplate, pdf, png
from tests.architecture.source import ROOT

TRY = """#import "house.typ": paper, money, rate
#let data = json(bytes(sys.inputs.data))
#show: paper.with(title: "试页", number: data.number, foot: "v1")
#data.name
#for fen in data.fen [#money(fen) /]
#for units in data.rates [#rate(units) /]
"""


@pytest.fixture
def tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of templates with one of our own."""
    (tmp_path / "fonts").symlink_to(rendering.TEMPLATES / "fonts")
    (tmp_path / "tried.typ").write_text(TRY, encoding="utf-8")
    (tmp_path / "house.typ").write_bytes((rendering.TEMPLATES / "house.typ").read_bytes())
    monkeypatch.setattr(rendering, "TEMPLATES", tmp_path)
    return tmp_path


def text_of(content: bytes, at: Path) -> str:
    """What an independent reader finds in it."""
    at.write_bytes(content)
    return subprocess.run(["pdftotext", "-layout", str(at), "-"], capture_output=True, check=True, text=True).stdout


FIGURES = {
    "number": "A1-202611-0001",
    "name": "#strong[王] *建* $x$ 喆堃珺",
    "fen": [0, 5, 99, 100, 123_456_789, 100_000_000_000, -12_345],
    "rates": [7_219_999, 7_225_000, 7_224_999, 100_000_000, 5_000, -340_000],
}


def test_figures_are_printed_to_the_fen(tried: Path) -> None:
    found = text_of(pdf("tried", FIGURES), tried / "out.pdf")
    assert "0.00 /0.05 /0.99 /1.00 /1,234,567.89 /1,000,000,000.00 /-123.45 /" in found
    assert "7.22% /7.23% /7.22% /100.00% /0.01% /-0.34% /" in found
    assert "A1-202611-0001" in found


def test_what_people_typed_is_no_markup(tried: Path) -> None:
    assert "#strong[王] *建*" in text_of(pdf("tried", FIGURES), tried / "out.pdf")


def test_the_same_figures_give_the_same_bytes(tried: Path) -> None:
    once, again = pdf("tried", FIGURES), pdf("tried", FIGURES)
    assert once == again
    assert pdf("tried", {**FIGURES, "fen": [1]}) != once


def test_a_picture_is_a_picture(tried: Path) -> None:
    assert png("tried", FIGURES).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["nothing", "../secret", "house.typ", ""])
def test_a_paper_the_house_does_not_have(name: str) -> None:
    with pytest.raises(NoTemplate):
        pdf(name, {})


def test_the_fonts_go_with_the_product() -> None:
    shipped = {path.name for path in (rendering.TEMPLATES / "fonts").iterdir()}
    assert {"NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf", "OFL.txt"} <= shipped
    packaged = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "documents/**/*" in packaged["tool"]["setuptools"]["package-data"]["chedai"]
