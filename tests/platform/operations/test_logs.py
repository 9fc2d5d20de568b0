"""Logs say what happened and to which number, and never whose data it was."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from chedai.platform.operations.logs import BLOT, JsonLines, blot


def line(message: str, *, error: Exception | None = None, **extra: object) -> dict[str, object]:
    info = None
    if error is not None:
        try:
            raise error
        except Exception:
            info = sys.exc_info()
    record = logging.LogRecord("chedai.test", logging.WARNING, "x.py", 1, message, (), info)
    record.__dict__.update(extra)
    written: dict[str, object] = json.loads(JsonLines().format(record))
    return written


def test_a_line_is_json_with_the_numbers_that_were_given() -> None:
    written = line("job failed", job=17, kind="letter")
    assert {k: written[k] for k in ("level", "logger", "event", "job", "kind")} == {
        "level": "warning",
        "logger": "chedai.test",
        "event": "job failed",
        "job": 17,
        "kind": "letter",
    }


@pytest.mark.parametrize(
    "secret",
    [
        "13800138000",
        "138 0013 8000",
        "11010119900307001X",
        "6222021234567890123",
        "wang@example.com",
        "Bearer abc.def-1",
        "password=hunter2",
        "?token=abc",
    ],
)
def test_what_looks_personal_or_secret_is_blotted_out(secret: str) -> None:
    for written in (line(f"refused {secret} now"), line("refused", path=f"/x/{secret}/")):
        assert secret not in json.dumps(written)
        assert BLOT in json.dumps(written)


@pytest.mark.parametrize("harmless", ["2026-11-20T10:00:00", "123456789", "loan:20261120", "amount 303676"])
def test_dates_numbers_and_amounts_stay(harmless: str) -> None:
    assert blot(harmless) == harmless


def test_of_an_exception_the_type_and_the_place_are_kept_but_not_its_words() -> None:
    written = line("request failed", error=ValueError("王小明 did not answer"))
    assert written["exception"] == "ValueError"
    assert str(written["at_code"]).count("test_logs.py") == 1
    assert "王小明" not in json.dumps(written, ensure_ascii=False)


def test_objects_that_are_no_numbers_or_words_are_left_out() -> None:
    assert "customer" not in line("seen", customer={"name": "王小明"})
