"""The rules that tools hold: that the tools are told of them, and that they bite."""

from __future__ import annotations

import os
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
    assert [line for line in lines if line.startswith("make")] == ["make check", "make test"]
    assert lines[-1] == "make test"
