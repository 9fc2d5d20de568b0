"""What others made: known by hash, with its licence, and nothing that is not used."""

from __future__ import annotations

import re

import pytest

from chedai.web.icons import NoSuchIcon, icon
from tests.support.vendored import WEB, digest, manifest

FONT_LIMIT = 50_000


def test_every_vendored_file_is_the_one_the_manifest_knows() -> None:
    assert {e["path"]: digest(WEB / e["path"]) for e in manifest()} == {e["path"]: e["sha256"] for e in manifest()}


def test_every_vendored_file_has_its_licence_beside_it() -> None:
    assert [e["path"] for e in manifest() if not (WEB / e["licence_text"]).read_text("utf-8").strip()] == []
    assert {e["licence"] for e in manifest()} <= {"MIT", "OFL-1.1"}


def test_nothing_lies_there_that_the_manifest_does_not_know() -> None:
    known = {e["path"] for e in manifest()} | {e["licence_text"] for e in manifest()}
    lying = {p.relative_to(WEB).as_posix() for p in (WEB / "static" / "vendor").iterdir()}
    assert lying - known == {"static/vendor/MANIFEST.toml"}


def test_the_font_is_small() -> None:
    assert (WEB / "static" / "vendor" / "inter-latin.woff2").stat().st_size <= FONT_LIMIT


def test_every_icon_is_used_and_every_icon_used_is_there() -> None:
    sources = [p.read_text("utf-8") for pattern in ("*.html", "*.py", "*.js") for p in WEB.rglob(pattern)]
    words = {word for source in sources for word in re.findall(r"""["']([a-z0-9]+(?:-[a-z0-9]+)*)["']""", source)}
    there = {p.stem for p in (WEB / "icons").glob("*.svg")}
    assert there - words == set()
    named = {name for source in sources for name in re.findall(r'\{% icon "([a-z0-9-]+)"', source)}
    assert named - there == set()


def test_an_icon_is_a_drawing_and_nothing_else() -> None:
    drawn = icon("phone", 18)
    assert drawn.startswith('<svg class="icon icon-18"')
    assert 'aria-hidden="true"' in drawn
    assert 'aria-label="更多 &lt;"' in icon("dots", label="更多 <")
    with pytest.raises(NoSuchIcon):
        icon("../../config/settings")
