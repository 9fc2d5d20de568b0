"""A real OpenID provider on the loopback, as a process of its own: it signs in whoever the test says."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.postgres import free_port
from tests.support.s3 import wait_for


@contextmanager
def server() -> Iterator[str]:
    """Start the provider and yield its address; it is gone afterwards."""
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://localhost:{port}/.well-known/openid-configuration")
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(10)


def person(provider: str, subject: str, **claims: Any) -> None:
    """Tell the provider about somebody."""
    body = json.dumps(claims).encode()
    request = urllib.request.Request(f"{provider}/users/{subject}", body, {"Content-Type": "application/json"})
    request.get_method = lambda: "PUT"  # type: ignore[method-assign]
    urllib.request.urlopen(request, timeout=5).close()


def agree(address: str, subject: str) -> str:
    """What a browser does on the page of the provider: say who one is; where it is sent back to."""
    form = f"sub={subject}".encode()

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args: Any, **kwargs: Any) -> None:
            return None

    try:
        urllib.request.build_opener(Stay).open(address, form, timeout=5)
    except urllib.error.HTTPError as sent:
        return str(sent.headers["Location"])
    raise AssertionError("the provider did not send back")
