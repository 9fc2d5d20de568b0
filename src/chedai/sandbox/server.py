"""The HTTP side of the sandbox: takes files and orders, and sends its answers from a thread of its own."""

from __future__ import annotations

import hashlib
import json
import queue
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, TypeAlias

from chedai.sandbox.desk import MANNERS, Desk, Fetch, Message, Told
from chedai.sandbox.rules import FORCED, unread
from chedai.sandbox.signing import HEADER, is_signed, seconds_now, sign

LARGEST: Final = 2 * 1024 * 1024
LARGEST_PAPER: Final = 64 * 1024 * 1024
TRIES: Final = 5
PAUSE: Final = 0.5
_PATH: Final = re.compile(r"/([a-z0-9-]{1,40})/(submissions|withdrawals)")
_Done: TypeAlias = tuple[int, dict[str, Any], Sequence[Fetch | Message]]
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Settings:
    """How the sandbox runs. `callback` holds `{lender}` where the code of the lender goes."""

    port: int
    secret: str
    callback: str
    host: str = "127.0.0.1"
    seed: int = 1


class Sandbox:
    """The server and the thread that sends; `serve` runs until `close`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.desk = Desk(settings.seed)
        self.outbox: queue.Queue[Fetch | Message | None] = queue.Queue()
        self.http = ThreadingHTTPServer((settings.host, settings.port), handler_of(self))
        self._stop = threading.Event()

    def serve(self) -> None:
        """Answer until closed."""
        sender = threading.Thread(target=self._send_all, daemon=True)
        sender.start()
        try:
            self.http.serve_forever()
        finally:
            self._stop.set()
            self.outbox.put(None)
            self.http.server_close()

    def close(self) -> None:
        """Stop answering."""
        self.http.shutdown()

    def _send_all(self) -> None:
        while (what := self.outbox.get()) is not None:
            if isinstance(what, Fetch):
                self._fetch(what)
            else:
                self._send(what)

    def _fetch(self, wanted: Fetch) -> None:
        """Fetch every paper of a file and hold its bytes against the digest the file names."""
        house = self.settings.callback.replace("{lender}", wanted.lender)
        for paper in wanted.papers:
            status, content = _get(urllib.parse.urljoin(house, str(paper["path"])))
            good = hashlib.sha256(content).hexdigest() == paper["digest"]
            self.desk.fetched(wanted.key, str(paper["code"]), status, good=good)

    def _send(self, message: Message) -> None:
        """One message, tried again while nobody is there."""
        lacking = self.desk.lacking(message.body["key"]) if message.body["answer"] != "funded" else ()
        said = message.body | unread(lacking).document() if lacking else message.body
        body = json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
        secret = f"not-{self.settings.secret}" if message.spoiled else self.settings.secret
        address = self.settings.callback.replace("{lender}", message.lender)
        status = None
        for _ in range(TRIES):
            headers = {"Content-Type": "application/json", HEADER: sign(secret, body, seconds_now())}
            status = _post(address, body, headers)
            if (status is not None and status < 500) or self._stop.wait(PAUSE):
                break
        with self.desk.lock:
            self.desk.sent.append({"message": message.body["message"], "status": status})


def _get(address: str) -> tuple[int | None, bytes]:
    try:
        with _opener.open(address, timeout=10) as answer:
            return int(answer.status), answer.read(LARGEST_PAPER)
    except urllib.error.HTTPError as refused:
        return refused.code, b""
    except (OSError, HTTPException):
        return None, b""


def _post(address: str, body: bytes, headers: dict[str, str]) -> int | None:
    try:
        with _opener.open(urllib.request.Request(address, body, headers, method="POST"), timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except (OSError, HTTPException):
        return None


class Handler(BaseHTTPRequestHandler):
    """What comes in by HTTP; every body is signed. Bound to one sandbox by `handler_of`."""

    sandbox: Sandbox

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """`/health`, and `/state` for who looks on."""
        known = {"/health": {"ok": True}, "/state": self.sandbox.desk.state()}
        found = known.get(self.path)
        self._answer(200 if found else 404, found or {"fault": "no such address"})

    def do_POST(self) -> None:
        """A file, a withdrawal, or an order of the control endpoint."""
        size = self.headers.get("Content-Length", "")
        if not size.isdigit() or int(size) > LARGEST:
            return self._answer(413, {"fault": "too large"})
        body = self.rfile.read(int(size))
        if not is_signed(self.sandbox.settings.secret, body, self.headers.get(HEADER, ""), seconds_now()):
            return self._answer(401, {"fault": "not signed"})
        try:
            status, said, messages = self._do(json.loads(body))
        except (ValueError, KeyError, TypeError, StopIteration):
            status, said, messages = 422, {"fault": "cannot be read"}, []
        self._answer(status, said)  # the file is taken before its answer goes out
        for message in messages:
            self.sandbox.outbox.put(message)
        return None

    def _do(self, document: dict[str, Any]) -> _Done:
        if self.path == "/control":
            return self._control(document)
        found = _PATH.fullmatch(self.path)
        if found is None:
            return 404, {"fault": "no such address"}, []
        lender, what = found.groups()
        if what == "withdrawals":
            with self.sandbox.desk.lock:
                self.sandbox.desk.withdrawn.append(document["key"])
            return 200, {"withdrawn": document["key"]}, []
        reference, messages = self.sandbox.desk.take(lender, str(document["key"]), document)
        return 202, {"reference": reference}, messages

    def _control(self, document: dict[str, Any]) -> _Done:
        manner, answer = document.get("manner", "normal"), document.get("answer", "")
        if manner not in MANNERS or (answer and answer not in FORCED):
            return 422, {"fault": f"manner: {', '.join(MANNERS)}; answer: {', '.join(FORCED)}"}, []
        if paid := document.get("funded"):
            return 200, self.sandbox.desk.state(), [self.sandbox.desk.paid(paid["lender"], paid["key"], paid)]
        if document.get("release"):
            return 200, self.sandbox.desk.state(), self.sandbox.desk.release()
        with self.sandbox.desk.lock:
            self.sandbox.desk.next_up.append(Told(manner, answer))
        return 200, self.sandbox.desk.state(), []

    def _answer(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: what came in is a file about people."""


def handler_of(sandbox: Sandbox) -> type[Handler]:
    """The handler of one sandbox."""
    return type("BoundHandler", (Handler,), {"sandbox": sandbox})
