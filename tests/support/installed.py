"""An installation on one PC, made once for all tests that begin with one: its keys, its database, its static files."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path


def environment(var: Path) -> dict[str, str]:
    """The environment of an installation whose folder is `var`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CHEDAI_", "DJANGO_"))}
    return kept | {
        "CHEDAI_SECRET_KEY": "k" * 50,
        "CHEDAI_HOSTS": "localhost,127.0.0.1",
        "CHEDAI_TLS": "no",
        "CHEDAI_VAR": str(var),
    }


def chedai(place: dict[str, str], *line: str) -> subprocess.CompletedProcess[str]:
    """A command of the server, as a process of its own."""
    call = [sys.executable, "-m", "chedai.config.commands", *line]
    return subprocess.run(call, env=place, capture_output=True, text=True, check=False, timeout=120)


def install(var: Path, shared: Path) -> None:
    """Lay a new installation into `var`: a copy of that in `shared`, which whoever comes first makes by the commands.

    Every migration runs there, on an empty database.
    """
    shared.mkdir(parents=True, exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "done").exists():
            place = environment(shared / "var")
            for line in ("keys new", "upgrade"):
                made = chedai(place, *line.split())
                assert made.returncode == 0, made.stderr
            (shared / "done").touch()
    shutil.copytree(shared / "var", var)
