"""The rules that tools hold: that the tools are told of them, and that they bite."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, files, run

BIN = Path(sys.executable).parent


def _ruff(code: str, path: str) -> str:
    return run(str(BIN / "ruff"), "check", "--output-format=concise", "--stdin-filename", path, "-", stdin=code).stdout


@pytest.mark.parametrize(
    "code",
    [
        "from datetime import date\n\nTODAY = date.today()\n",
        "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n",
        "import time\n\nNOW = time.time()\n",
        "from django.utils import timezone\n\nNOW = timezone.now()\n",
        "from django.dispatch import receiver\n\nreceiver\n",
        "from django.db.models.signals import post_save\n\npost_save\n",
        "from django.db import models\n\nPRICE = models.FloatField()\n",
    ],
)
def test_a_banned_call_is_refused(code: str) -> None:
    assert "TID251" in _ruff(code, "src/chedai/book/rules.py")


def test_the_clock_is_the_one_place_that_reads_the_clock() -> None:
    code = "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n"
    assert "TID251" not in _ruff(code, "src/chedai/platform/clock.py")


def test_the_engine_and_the_command_line_start_without_the_server_extra() -> None:
    blocked = "import sys; sys.modules['django'] = None\n"
    code = blocked + "import chedai.cli.main, chedai.engine.terms, chedai.platform.policies"
    done = run(sys.executable, "-c", code, env={**os.environ, "PYTHONPATH": "src"})
    assert (done.returncode, done.stderr) == (0, "")


def test_no_test_is_skipped_or_excused() -> None:
    words = ("mark.sk" + "ip", "pytest.sk" + "ip", "mark.x" + "fail", "pytest.x" + "fail", "importor" + "skip")
    assert [str(p) for p in files("tests") for w in words if w in p.read_text(encoding="utf-8")] == []


def test_ci_runs_every_target_and_the_tests_last() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[-4:] == ["make check", "make test-postgres", "make test-browser", "make test"]
    assert "set -euo pipefail" in lines  # the first that fails is the last that runs


def test_ci_says_what_to_install_where_it_cannot(tmp_path: Path) -> None:
    """Somebody who is not root, with neither the programs nor a font, gets one line and nothing is begun."""
    for name, body in {"id": "echo 1000", "find": "", "make": "echo begun"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    for name in ("bash", "dirname"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    done = run(str(ROOT / ".ci" / "run"), env={"PATH": str(tmp_path)})
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    assert "apt-get install postgresql chromium fonts-noto-cjk" in done.stderr
