"""Logs for machines: one JSON object a line, with what happened and to which number, and nobody's data.

Three nets, one behind the other. Code logs numbers and codes only. Of an exception the type and the places are kept,
not its message, which quotes what it choked on. And whatever still looks like a phone, an identity number, an account
or an address of mail is blotted out.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any, Final

_ALWAYS: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_PERSONAL: Final = re.compile(
    r"(?<!\d)\d{17}[\dXx](?![\dA-Za-z])"  # identity number
    r"|(?<!\d)1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)"  # mobile number
    r"|(?<!\d)\d{16,19}(?!\d)"  # bank account
    r"|[\w.+-]+@[\w-]+\.[\w.]+"  # address of mail
)
_SECRET: Final = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+|\b(password|secret|token|key)=[^\s&]+")
BLOT: Final = "[-]"


def blot(text: str) -> str:
    """The text with everything blotted out that looks personal or secret."""
    return _SECRET.sub(BLOT, _PERSONAL.sub(BLOT, text))


def looks_personal(text: str) -> bool:
    """Whether a number of a person, a card or an account, or an address of mail is in the text."""
    return _PERSONAL.search(text) is not None


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, event, and the numbers that were given with it."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": blot(record.getMessage()),
        }
        given = {k: v for k, v in record.__dict__.items() if k not in _ALWAYS and isinstance(v, (str, int, float))}
        line |= {k: blot(v) if isinstance(v, str) else v for k, v in given.items()}
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            line["at_code"] = [f"{f.filename.rpartition('/')[2]}:{f.lineno} {f.name}" for f in frames[-8:]]
        return json.dumps(line, ensure_ascii=False)


class WithoutPath(logging.Filter):
    """Django's own words on a request quote its path, which may hold what somebody typed. What and how stay."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep what went wrong on our side or was refused for safety, in words of our own."""
        status = getattr(record, "status_code", None)
        if record.name == "django.request" and (not isinstance(status, int) or status < 500):
            return False
        record.msg, record.args = "request failed" if record.exc_info else "request refused", ()
        return True


def configuration(level: str) -> dict[str, Any]:
    """Django's LOGGING: everything to standard error as JSON lines."""
    bare = {"class": "logging.StreamHandler", "formatter": "json", "filters": ["without_path"]}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "chedai.platform.operations.logs.JsonLines"}},
        "filters": {"without_path": {"()": "chedai.platform.operations.logs.WithoutPath"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json"},
            "bare": bare,
            # Not an empty list: a record without any handler is printed by Python's handler of last resort.
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"handlers": ["nowhere"], "propagate": False},  # a line with the path for every request
            "django.request": {"handlers": ["bare"], "propagate": False},
            "django.security": {"handlers": ["bare"], "propagate": False},
            # At DEBUG they would write what the statements and answers hold.
            **{name: {"level": "INFO"} for name in ("django.db.backends", "django.template", "botocore", "urllib3")},
        },
    }
