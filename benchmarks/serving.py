"""The product served in this process, for the benchmarks of its pages: set up as in production, called through WSGI."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path


def start(folder: Path, database: str = "") -> None:
    """The product, set up as in production, with an empty database: SQLite in `folder`, or the one at an address."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "chedai.config.settings",
        "CHEDAI_SECRET_KEY": secrets.token_urlsafe(50),
        "CHEDAI_HOSTS": "testserver",
        "CHEDAI_VAR": str(folder),
        "CHEDAI_MFA_REQUIRED": "no",
        "CHEDAI_LOG_LEVEL": "ERROR",
    }
    os.environ.pop("CHEDAI_DATABASE_URL", None)
    if database:
        os.environ["CHEDAI_DATABASE_URL"] = database
    keys = import_module("chedai.platform.privacy.keys")
    keys.write_new(folder / "keys.json")
    import_module("django").setup()
    command = import_module("django.core.management").call_command
    command("migrate", run_syncdb=True, verbosity=0)
    command("collectstatic", interactive=False, verbosity=0)


def cpu_seconds() -> float:
    """CPU seconds of this process so far, and of the process PostgreSQL works for it in (Linux tells both)."""
    connection, cpu = import_module("django.db").connection, time.process_time()
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text(encoding="ascii")
        cpu += int(told.split()[0]) / 1e9
    return cpu


def caller(urlconf: str, middleware: list[str], path: str, cookie: str) -> Callable[..., bytes]:
    """Call `path` through a handler of its own; a call may bring another query."""
    override = import_module("django.test").override_settings
    with override(MIDDLEWARE=middleware):
        handler = import_module("django.core.handlers.wsgi").WSGIHandler()
    environ = import_module("django.test").RequestFactory().get(path, secure=True).environ | {"HTTP_COOKIE": cookie}

    def call(query: str = environ["QUERY_STRING"]) -> bytes:
        said: list[str] = []
        answer = handler(environ | {"QUERY_STRING": query}, lambda status, headers: said.append(status))
        body = b"".join(answer)
        answer.close()
        assert said == ["200 OK"], (path, said)
        return body

    with override(ROOT_URLCONF=urlconf):
        call()
    return call
