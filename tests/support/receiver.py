"""The other side of a webhook: a real HTTP server in a process of its own, which keeps what it was told.

`python -m tests.support.receiver PORT FILE ANSWERS`: writes each request as a line of JSON to FILE and answers with the
statuses of ANSWERS in turn, the last one for ever.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from tests.support.postgres import free_port
from tests.support.smtp import wait_for_port


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where it listens, and what it was told."""

    url: str
    file: Path

    def told(self) -> list[dict[str, Any]]:
        """The requests so far: headers and body."""
        return [json.loads(line) for line in self.file.read_text().splitlines()] if self.file.exists() else []


@contextmanager
def server(folder: Path, *answers: int) -> Iterator[Receiver]:
    """Start a receiver that answers with `answers` in turn."""
    port, file = free_port(), folder / "told.jsonl"
    command = [sys.executable, "-m", "tests.support.receiver", str(port), str(file), ",".join(map(str, answers))]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        yield Receiver(f"http://127.0.0.1:{port}/hook", file)
    finally:
        process.terminate()
        process.wait(10)


def main(port: int, file: Path, answers: list[int]) -> None:
    """Listen until terminated."""

    class Keep(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            with file.open("a") as out:
                out.write(json.dumps({"headers": dict(self.headers), "body": body}) + "\n")
            status = answers.pop(0) if len(answers) > 1 else answers[0]
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()

    HTTPServer(("127.0.0.1", port), Keep).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), [int(status) for status in sys.argv[3].split(",")])
