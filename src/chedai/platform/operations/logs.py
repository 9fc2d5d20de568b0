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


def configuration(level: str) -> dict[str, Any]:
    """Django's LOGGING: everything to standard error as JSON lines; our middleware logs the errors of requests."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "chedai.platform.operations.logs.JsonLines"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Both write the path of the request, which may hold what somebody typed.
            "django.server": {"handlers": [], "propagate": False},
            "django.request": {"handlers": [], "propagate": False},
        },
    }
