"""A typed decision over the interface beside an operation that does nothing, behind the same door.

Both are POSTs of the same body with the same token: signing in, the right, the count of calls. The decision reads its
inputs into a struct, works out the figures, asks six tables and answers canonical bytes. The time the rule engine
itself takes for the six tables is measured alone and taken off: it is not ours to make faster.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from benchmarks.harness import Report, measure
from benchmarks.serving import start

_CALLS: Final = 200


def _token() -> str:
    """A token of an analyst for everything they may do."""
    staff, clock = import_module("tests.cast"), import_module("chedai.platform.clock")
    person = staff.person("wu", "吴敏", staff.store(), "approver")
    tokens, actors = import_module("chedai.platform.accounts.tokens"), import_module("chedai.platform.actors")
    every = tuple(import_module("chedai.org.permissions").table().permissions)
    made = tokens.token_make(
        user_id=person.user_id,
        name="bench",
        scopes=every,
        expires_at=clock.now() + timedelta(days=1),
        actor=actors.system("bench"),
    )
    return str(made.secret)


def _empty_operation() -> None:
    """An operation that answers nothing, in the interface of this process only."""
    ninja, operations = import_module("ninja"), import_module("chedai.api.operations")
    inputs = import_module("chedai.deals.underwriting.rules.values").Inputs
    router = ninja.Router()

    @operations.asking(router, "/nothing", "rules.read", body=inputs)  # type: ignore[untyped-decorator]
    def nothing(request: Any) -> bytes:
        return b"{}"

    import_module("chedai.api.urls").api.add_router("", router)


def _caller(path: str, secret: str, body: bytes) -> Callable[[], bytes]:
    handler = import_module("django.core.handlers.wsgi").WSGIHandler()
    factory = import_module("django.test").RequestFactory()
    asked = factory.post(path, body, content_type="application/json", secure=True)
    environ = asked.environ | {"HTTP_AUTHORIZATION": f"Bearer {secret}"}

    def call() -> bytes:
        said: list[str] = []
        given = dict(environ) | {"wsgi.input": BytesIO(body)}
        answer = handler(given, lambda status, headers: said.append(status))
        content = b"".join(answer)
        answer.close()
        assert said == ["200 OK"], (path, said, content)
        return content

    return call


def _times(call: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        for _ in range(_CALLS):
            call()

    return run


def _engine(inputs: Any) -> Callable[[], None]:
    """The six tables alone, on the facts a decision asks them with."""
    books = import_module("chedai.deals.underwriting.rules.book")
    facts_of = import_module("chedai.deals.underwriting.rules.facts").facts_of
    ratios = import_module("chedai.deals.underwriting.rules.ratios").ratios
    book = books.book_of({})
    facts = facts_of(inputs, ratios(inputs)) | {"score": 700, "grade": "A", "flags": 0}

    def ask() -> None:
        for name in books.TABLES:
            (book.first if name in ("grade", "policy") else book.rows)(name, facts)

    return ask


def main() -> None:
    """Measure, print, save."""
    report = Report("decision", "a typed decision <= 1.6x an empty operation, the rule engine's own time taken off")
    with tempfile.TemporaryDirectory() as folder:
        start(Path(folder))
        settings: Any = import_module("django.conf").settings
        settings.API_CALLS_A_MINUTE = 1_000_000
        _empty_operation()
        secret = _token()
        inputs = import_module("tests.deals.underwriting_cases").case()
        body = import_module("chedai.deals.underwriting.rules.values").canonical(inputs)
        calls: dict[str, Callable[[], object]] = {
            "empty operation": _caller("/api/v1/nothing", secret, body),
            "decision": _caller("/api/v1/decision-trials", secret, body),
            "rule engine alone, six tables": _engine(inputs),
        }
        for call in calls.values():
            call()
        times = {label: measure(_times(call)) for label, call in calls.items()}
        for label, timing in times.items():
            report.row(label, timing, per_unit="call", n=_CALLS)
        empty, decided, engine = times.values()
        report.ratio("decision over the empty operation", (decided.cpu - engine.cpu) / empty.cpu, "<= 1.6")
        import_module("django.db").connections.close_all()
    report.print()
    report.save()


if __name__ == "__main__":
    main()
