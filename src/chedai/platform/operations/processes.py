"""Several processes as one: they start together, and when one ends or the house is told to stop, all end."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Final

PATIENCE: Final = 30.0
_LOOK: Final = 0.3
_WINDOWS: Final = sys.platform == "win32"
# On Windows only a process in a group of its own (CREATE_NEW_PROCESS_GROUP) can be asked to end.
_OWN_GROUP: Final = 0x200 if _WINDOWS else 0


def run_together(commands: Sequence[Sequence[str]], environment: Mapping[str, str]) -> int:
    """Run until SIGTERM or Ctrl-C: 0; or until one of them ends by itself: 1. Work under way is finished first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    running: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            running.append(subprocess.Popen(command, env=dict(environment), creationflags=_OWN_GROUP))
        while not stop.wait(_LOOK):
            if any(process.poll() is not None for process in running):
                return 1
        return 0
    finally:
        _end(running)


def _end(running: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in running:
        if process.poll() is None:
            process.send_signal(getattr(signal, "CTRL_BREAK_EVENT") if _WINDOWS else signal.SIGTERM)  # noqa: B009
    for process in running:
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
