"""A real SMTP server on the loopback, as a process of its own; what it takes lies as files in a folder."""

from __future__ import annotations

import email
import email.policy
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import cast

from tests.support.postgres import free_port


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where the server listens, and what it has taken."""

    port: int
    folder: Path

    def mails(self) -> list[EmailMessage]:
        """The mails taken so far, in order of arrival."""
        files = sorted((self.folder / "new").glob("*"), key=lambda p: p.stat().st_mtime_ns)
        texts = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in files]
        return [cast(EmailMessage, text) for text in texts]


@contextmanager
def server(folder: Path) -> Iterator[Mailbox]:
    """Start the server; it is gone afterwards."""
    port = free_port()
    command = ["-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Mailbox", str(folder)]
    process = subprocess.Popen([sys.executable, *command])
    try:
        wait_for_port(port)
        yield Mailbox(port, folder)
    finally:
        process.terminate()
        process.wait(10)


def wait_for_port(port: int) -> None:
    """Wait until somebody listens."""
    end = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return
