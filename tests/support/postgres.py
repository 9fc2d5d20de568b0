"""A real PostgreSQL for the tests: `python -m tests.support.postgres pytest tests/platform` starts one, then runs it.

The server lives in a temporary folder and on a free port of the loopback, and is gone afterwards. PostgreSQL refuses to
run as root; started by root, it runs as the user `postgres` that Debian's package made.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"


def programs() -> Path:
    """Where initdb and pg_ctl are: the newest version Debian installed, or what is on the path."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if installed:
        return installed[-1]
    found = shutil.which("initdb")
    if found is None:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
    return Path(found).parent


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(options: str = FAST) -> Iterator[str]:
    """Start a server and yield the address of its database. Without `options` it keeps what it has committed."""
    folder = Path(tempfile.mkdtemp(prefix="chedai-pg-"))
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    port, bin_ = free_port(), programs()

    def run(*command: str) -> None:
        subprocess.run([*as_user, *command], cwd="/", check=True, stdout=subprocess.DEVNULL)

    data = str(folder / "data")
    run(str(bin_ / "initdb"), "-D", data, "-U", "chedai", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    started = f"-p {port} -h 127.0.0.1 -k {folder} {options}"
    run(str(bin_ / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log"), "-o", started, "start")
    try:
        yield f"postgresql://chedai@127.0.0.1:{port}/postgres"
    finally:
        run(str(bin_ / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def main(command: list[str]) -> int:
    """Run `command` with the database address in its environment."""
    with server() as url:
        return subprocess.run(command, env={**os.environ, "CHEDAI_DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
