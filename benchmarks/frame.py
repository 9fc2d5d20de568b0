"""The frame's own cost: an empty page of the product beside an empty view of Django, both signed in.

The empty view is what `django-admin startproject` gives: its seven middlewares, `login_required`, `HttpResponse()`.
Ours is the product as it runs in production: every guard, the policy, the menu by right, the watermark, the whole
document. Both are called in this process through the WSGI handler, on SQLite, with one session each.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from benchmarks.harness import Report, measure
from benchmarks.serving import caller, start

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


def _cookie() -> str:
    """A session of a manager, of a store."""
    staff = import_module("tests.cast")
    person = staff.person("xu", "许宁", staff.store(), "manager")
    client = import_module("django.test").Client()
    client.force_login(person.user)
    return f"sessionid={client.cookies['sessionid'].value}"


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
        start(Path(folder))
        settings: Any = import_module("django.conf").settings
        settings.ROOT_URLCONF = "benchmarks.frame_views"
        cookie = _cookie()
        calls = {
            "empty view of Django, nobody signed in": caller("benchmarks.frame_views", _STOCK, "/open/", ""),
            "empty view of Django, signed in": caller("benchmarks.frame_views", _STOCK, "/empty/", cookie),
            "empty page of chedai": caller("benchmarks.frame_views", settings.MIDDLEWARE, "/page/", cookie),
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
