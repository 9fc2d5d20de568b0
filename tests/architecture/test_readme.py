"""The two READMEs: the quote they show is computed here and prints what they print, and they say the same."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, run

BLOCK = re.compile(r"```python\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("readme", READMES, ids=lambda p: p.name)
def test_the_quote_prints_what_the_readme_shows(readme: Path) -> None:
    found = BLOCK.search(_text(readme))
    assert found is not None
    code, shown = found.groups()
    done = run(sys.executable, "-X", "utf8", "-c", code)
    assert (done.stderr, done.stdout) == ("", shown)


def test_both_readmes_have_the_same_sections_commands_and_floors() -> None:
    def skeleton(path: Path) -> list[list[str]]:
        text = _text(path)
        commands = re.findall(r"(?m)^(?:make \w+|\.venv/bin/.*)", text)
        floors = re.findall(r"(?m)^ *([a-z]+/(?: \| [a-z]+/)?)", text)
        headings = re.findall(r"(?m)^#+(?= )", text)
        return [
            commands,
            floors,
            headings,
            sorted(set(re.findall(r"\]\((\w[^)]*)\)", text)) - {p.name for p in READMES}),
        ]

    english, chinese = (skeleton(path) for path in READMES)
    assert english == chinese


@pytest.mark.parametrize("page", [*READMES, ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md"], ids=lambda p: p.name)
def test_every_link_leads_to_something(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", _text(page))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_target_of_the_readme_is_in_the_makefile() -> None:
    targets = set(re.findall(r"(?m)^(\w+):", _text(ROOT / "Makefile")))
    assert set(re.findall(r"make (\w+)", "".join(map(_text, READMES)))) - targets - {"nothing"} == set()


def test_the_quote_command_of_the_readme_prints_the_same_instalment() -> None:
    line = re.search(r"(?m)^\.venv/bin/chedai (quote .*)$", _text(READMES[0]))
    assert line is not None
    done = run(sys.executable, "-X", "utf8", "-m", "chedai", *shlex.split(line[1]))
    assert (done.returncode, done.stderr) == (0, "")
    assert "3,932.60" in done.stdout


def test_the_index_of_algorithms_names_every_page_by_its_title() -> None:
    folder = ROOT / "docs" / "algorithms"
    pages = [page for page in folder.glob("*.md") if page.name != "README.md"]
    titles = {page.name: _text(page).splitlines()[0].removeprefix("# ") for page in pages}
    listed = dict(re.findall(r"(?m)^- \[(.+)\]\((.+)\)$", _text(folder / "README.md")))
    assert {name: title for title, name in listed.items()} == titles
