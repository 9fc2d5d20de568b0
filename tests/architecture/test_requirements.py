"""Pinned requirements: every line with hashes, no index host, no path of anybody's machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, files

PINNED = re.compile(r"[a-z0-9][a-z0-9._-]*(\[[a-z0-9,]+\])?==[0-9][^ ]*( ; [^\\]+)?")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
LOCKS = files("requirements", suffix=".txt")


def _requirements(path: Path) -> list[list[str]]:
    """Each requirement as its parts: the pin, then its hashes."""
    text = re.sub(r"(?m)^\s*#.*\n?", "", path.read_text(encoding="utf-8")).replace("\\\n", "\n")
    parts = [line.strip() for line in text.splitlines() if line.strip()]
    starts = [i for i, part in enumerate(parts) if not part.startswith("--hash")]
    return [parts[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]


def test_every_set_is_locked() -> None:
    names = {"base", "bench", "build", "dev", "ledger-check", "lock", "modelling", "ocr", "otel", "server"}
    assert {p.stem for p in LOCKS} == names


@pytest.mark.parametrize("lock", LOCKS, ids=lambda p: p.stem)
def test_every_requirement_is_pinned_and_hashed(lock: Path) -> None:
    for pin, *hashes in _requirements(lock):
        assert PINNED.fullmatch(pin.strip()), pin
        assert hashes, pin
        assert all(HASH.fullmatch(h) for h in hashes), pin


@pytest.mark.parametrize("lock", [*LOCKS, ROOT / "pyproject.toml", *files("requirements", suffix=".in")], ids=str)
def test_no_index_and_no_path_is_written_down(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert re.findall(r"https?://|file:|find-links|index-url|(?m:^|\s)/\w+/|@ ", text) == []


def test_one_version_everywhere() -> None:
    """What two sets both pin, they pin alike; otherwise one environment could not hold both."""
    pins: dict[str, set[str]] = {}
    for lock in LOCKS:
        for pin, *_ in _requirements(lock):
            name, _, version = pin.partition(" ")[0].partition("==")
            pins.setdefault(name, set()).add(version)
    assert {name: versions for name, versions in pins.items() if len(versions) > 1} == {}


def test_the_engine_alone_needs_numpy_as_the_only_heavy_package() -> None:
    names = {pin.partition("==")[0] for pin, *_ in _requirements(ROOT / "requirements" / "base.txt")}
    assert names == {"numpy", "msgspec", "rich", "markdown-it-py", "mdurl", "pygments"}
