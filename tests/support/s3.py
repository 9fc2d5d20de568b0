"""A real S3-compatible server on the loopback, as a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.postgres import free_port


@contextmanager
def server() -> Iterator[str]:
    """Start the server and yield its address; it is gone afterwards."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/moto-api/")
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def wait_for(address: str, seconds: float = 30) -> None:
    """Wait until something answers at `address`."""
    end = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(address, timeout=2)
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return
