"""The frame's own cost: an empty page of the product beside an empty view of Django, both signed in.

The empty view is what `django-admin startproject` gives: its seven middlewares, `login_required`, `HttpResponse()`.
Ours is the product as it runs in production: every guard, the policy, the menu by right, the watermark, the whole
document. Both are called in this process through the WSGI handler, on SQLite, with one session each.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from benchmarks.harness import Report, measure

_CALLS: Final = 300
_STOCK: Final = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def _start(folder: Path) -> None:
    """The product, set up as in production, with an empty database in `folder`."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "chedai.config.settings",
        "CHEDAI_SECRET_KEY": secrets.token_urlsafe(50),
        "CHEDAI_HOSTS": "testserver",
        "CHEDAI_VAR": str(folder),
        "CHEDAI_MFA_REQUIRED": "no",
        "CHEDAI_LOG_LEVEL": "ERROR",
    }
    os.environ.pop("CHEDAI_DATABASE_URL", None)
    keys = import_module("chedai.platform.privacy.keys")
    keys.write_new(folder / "keys.json")
    import_module("django").setup()
    command = import_module("django.core.management").call_command
    command("migrate", run_syncdb=True, verbosity=0)
    command("collectstatic", interactive=False, verbosity=0)


def _cookie() -> str:
    """A session of a manager, of a store."""
    staff = import_module("tests.cast")
    person = staff.person("xu", "许宁", staff.store(), "manager")
    client = import_module("django.test").Client()
    client.force_login(person.user)
    return f"sessionid={client.cookies['sessionid'].value}"


def _caller(urlconf: str, middleware: list[str], path: str, cookie: str) -> Callable[[], bytes]:
    """Call `path` through a handler of its own."""
    override = import_module("django.test").override_settings
    with override(MIDDLEWARE=middleware):
        handler = import_module("django.core.handlers.wsgi").WSGIHandler()
    environ = import_module("django.test").RequestFactory().get(path, secure=True).environ | {"HTTP_COOKIE": cookie}

    def call() -> bytes:
        said: list[str] = []
        answer = handler(dict(environ), lambda status, headers: said.append(status))
        body = b"".join(answer)
        answer.close()
        assert said == ["200 OK"], (path, said)
        return body

    with override(ROOT_URLCONF=urlconf):
        call()
    return call


def _times(call: Callable[[], bytes]) -> Callable[[], None]:
    def run() -> None:
        for _ in range(_CALLS):
            call()

    return run


def _queries(call: Callable[[], bytes]) -> int:
    db: Any = import_module("django.db").connection
    capture = import_module("django.test.utils").CaptureQueriesContext
    with capture(db) as seen:
        call()
    return len(seen)


def main() -> None:
    """Measure, print, save."""
    report = Report(
        "frame", "an empty page of the product <= 3x an empty view of Django, both signed in", packages=("django",)
    )
    with tempfile.TemporaryDirectory() as folder:
        _start(Path(folder))
        settings: Any = import_module("django.conf").settings
        settings.ROOT_URLCONF = "benchmarks.frame_views"
        cookie = _cookie()
        calls = {
            "empty view of Django, nobody signed in": _caller("benchmarks.frame_views", _STOCK, "/open/", ""),
            "empty view of Django, signed in": _caller("benchmarks.frame_views", _STOCK, "/empty/", cookie),
            "empty page of chedai": _caller("benchmarks.frame_views", settings.MIDDLEWARE, "/page/", cookie),
        }
        for call in calls.values():
            call()
        times = {label: measure(_times(call)) for label, call in calls.items()}
        for label, timing in times.items():
            queries = _queries(calls[label])
            report.row(f"{label} ({queries} queries)", timing, per_unit="call", n=_CALLS)
        _nobody, empty, page = times.values()
        report.ratio("page over the empty view, signed in", page.cpu / empty.cpu, "<= 3")
        report.ratio("queries of the page", _queries(calls["empty page of chedai"]), "<= 4")
        import_module("django.db").connections.close_all()
    report.print()
    report.save()


if __name__ == "__main__":
    main()
