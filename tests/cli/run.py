"""Running the command line: in this process for speed, or as a real program where the shell matters."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from chedai.cli.main import main

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ran:
    """What a run left behind."""

    code: int
    out: str
    err: str


def chedai(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ran:
    """The command in this process."""
    try:
        code = main(arguments)
    except SystemExit as left:
        code = int(left.code or 0)
    captured = capsys.readouterr()
    return Ran(code, captured.out, captured.err)


def program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command as a program of its own, with a bare environment."""
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-m", "chedai", *arguments], env=bare | environment, capture_output=True, check=False, cwd=ROOT
    )
