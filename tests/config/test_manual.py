"""The manual names every setting and every command, and none that does not exist."""

from __future__ import annotations

import re

from chedai.cli.main import COMMANDS
from chedai.config.commands import SERVER
from tests.architecture.source import ROOT

MANUAL = (ROOT / "docs" / "operations.md").read_text("utf-8")


def test_every_setting_is_in_the_manual_and_nothing_else() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "src/chedai/config").glob("*.py"))
    read = set(re.findall(r"CHEDAI_[A-Z_]+[A-Z]", sources)) - {"CHEDAI_NAME"}
    assert set(re.findall(r"CHEDAI_[A-Z_]+[A-Z]", MANUAL)) == read


def test_every_command_is_in_the_manual_and_exists() -> None:
    named = set(re.findall(r"(?:^|`|/)chedai ([a-z][a-z-]+)", MANUAL, re.MULTILINE))
    assert set(SERVER) <= named <= set(SERVER) | set(COMMANDS)
