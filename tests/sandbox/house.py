"""The sandbox as a real process on the loopback, and orders to it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chedai.sandbox.signing import HEADER, seconds_now, sign
from tests.support.postgres import free_port
from tests.support.smtp import wait_for_port

SECRET = "sandbox-secret-for-the-tests"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Where it listens."""

    base: str

    def post(self, path: str, document: Any, secret: str = SECRET) -> tuple[int, Any]:
        """One signed call: status and answer."""
        body = json.dumps(document).encode()
        headers = {HEADER: sign(secret, body, seconds_now()), "Content-Type": "application/json"}
        request = urllib.request.Request(self.base + path, body, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.loads(refused.read())

    def order(self, **told: Any) -> Any:
        """An order to the control endpoint."""
        return self.post("/control", told)[1]

    def state(self) -> Any:
        """What it has taken and sent."""
        with urllib.request.urlopen(f"{self.base}/state", timeout=10) as answer:
            return json.loads(answer.read())

    def until(self, holds: Callable[[Any], bool]) -> Any:
        """Its state once `holds`; looked at for at most ten seconds."""
        pause = threading.Event()
        for _ in range(200):
            state = self.state()
            if holds(state):
                return state
            pause.wait(0.05)
        raise AssertionError(state)

    def sent(self, count: int) -> list[tuple[str, int | None]]:
        """The messages sent, once there are `count`."""
        state = self.until(lambda one: len(one["sent"]) >= count)
        return [(one["message"], one["status"]) for one in state["sent"]]


@contextmanager
def sandbox(callback: str, seed: int = 1) -> Iterator[Sandbox]:
    """Start the process; it is gone afterwards."""
    port = free_port()
    command = [sys.executable, "-m", "chedai", "sandbox", "--port", str(port), "--secret", SECRET]
    process = subprocess.Popen([*command, "--callback", callback, "--seed", str(seed)])
    try:
        wait_for_port(port)
        yield Sandbox(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(10)
