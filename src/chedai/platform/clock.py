"""The only place that reads the clock, and the business date that lives apart from it.

The business date (营业日期) is the day the books are on. It follows the clock in Asia/Shanghai until somebody holds it
back or turns it forward for a demonstration, a training or a late close; every screen shows it where it differs.
Rules never read either: they are given their date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)
_read: ContextVar[list[date | None] | None] = ContextVar("read", default=None)


def _never() -> date | None:
    return None


_turned: Callable[[], date | None] = _never


def now() -> datetime:
    """The present moment in UTC, or the moment a test has frozen."""
    return _frozen.get() or datetime.now(UTC)


def wall_date() -> date:
    """The calendar date in Shanghai."""
    return now().astimezone(SHANGHAI).date()


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (with its time zone) inside the block."""
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def business_date() -> date:
    """The day the books are on: the clock's, unless they were turned to another."""
    read = _read.get()
    return (read[0] or wall_date()) if read else business_date_as(_turned())


def business_date_as(turned: date | None) -> date:
    """`business_date` for who has asked along with something else to which day the books are turned."""
    read = _read.get()
    if read is None:
        return turned or wall_date()
    if not read:
        read.append(turned)
    return read[0] or wall_date()


@contextmanager
def one_reading() -> Iterator[None]:
    """Look up once to which day the books were turned: a request is on one day from its beginning to its end."""
    token = _read.set([])
    try:
        yield
    finally:
        _read.reset(token)


def install(turned: Callable[[], date | None]) -> None:
    """Where the day is kept to which the books were turned."""
    global _turned
    _turned = turned
