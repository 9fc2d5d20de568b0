"""How figures are written on a page: yuan with cents, 万元 as an echo, rates, dates, spans of time.

Amounts come as integer fen, rates in units of 1e-8 a year, moments in UTC. Nothing is rounded that is money.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.utils.translation import gettext as _

from chedai.engine.money import percent
from chedai.platform import clock

NOT_APPLICABLE: Final = "—"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_LONG: Final = 10
_CENT: Final = Decimal("0.01")


def money(fen: int | None) -> str:
    """12500000 -> 125,000.00; negative in brackets; nothing at all as a dash."""
    if fen is None:
        return NOT_APPLICABLE
    whole, cents = divmod(abs(fen), 100)
    text = f"{whole:,}.{cents:02d}"
    return f"({text})" if fen < 0 else text


def wan(fen: int | None) -> str:
    """12500000 -> 12.5 万元. An echo beside an amount in yuan and the unit of reports, never mixed into a ledger."""
    if fen is None:
        return NOT_APPLICABLE
    return _("%(figure)s 万元") % {"figure": wan_figure(fen)}


def wan_figure(fen: int | None) -> str:
    """12500000 -> 12.5, where the head of the chart or the table has the unit 万元."""
    if fen is None:
        return NOT_APPLICABLE
    return f"{(Decimal(fen) / 1_000_000).quantize(_CENT, ROUND_HALF_UP).normalize():,f}"


def rate(units: int | None) -> str:
    """7220000 -> 7.22%."""
    return NOT_APPLICABLE if units is None else f"{percent(units).quantize(_CENT, ROUND_HALF_UP)}%"


def day(value: date | None) -> str:
    """2026-11-20."""
    if value is None:
        return NOT_APPLICABLE
    local = value.astimezone(clock.SHANGHAI).date() if isinstance(value, datetime) else value
    return local.isoformat()


def short_day(value: date | None) -> str:
    """11-20 within the year the books are on, else in full."""
    text = day(value)
    return text[5:] if text.startswith(f"{clock.business_date().year}-") else text


def moment(value: datetime | None) -> str:
    """11-20 09:12 in Shanghai, with its year where it is another one."""
    if value is None:
        return NOT_APPLICABLE
    return f"{short_day(value)} {value.astimezone(clock.SHANGHAI):%H:%M}"


def until(value: datetime | None) -> str:
    """How long something holds: what ends at midnight holds through the day before, 11-20; else the moment."""
    if value is None or value.astimezone(clock.SHANGHAI).time() != time.min:
        return moment(value)
    return short_day((value - timedelta(days=1)).astimezone(clock.SHANGHAI).date())


def span(value: timedelta) -> str:
    """The two largest parts of a span: 3 时 20 分, 2 天 6 时, 12 分."""
    seconds = max(int(value.total_seconds()), 0)
    days, hours, minutes = seconds // _DAY, seconds % _DAY // _HOUR, seconds % _HOUR // _MINUTE
    if days:
        return _("%(days)s 天 %(hours)s 时") % {"days": days, "hours": hours} if hours else _("%s 天") % days
    if hours:
        return (
            _("%(hours)s 时 %(minutes)s 分") % {"hours": hours, "minutes": minutes} if minutes else _("%s 时") % hours
        )
    return _("%s 分") % minutes


def worked(value: timedelta) -> str:
    """Working time, in hours: 36 时, 3 时 20 分. Never in days, which would be taken for days of the calendar.

    From ten hours on the minutes are left out: nobody acts on them.
    """
    minutes = max(int(value.total_seconds()), 0) // _MINUTE
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return _("%s 分") % minutes
    if not minutes or hours >= _LONG:
        return _("%s 时") % hours
    return _("%(hours)s 时 %(minutes)s 分") % {"hours": hours, "minutes": minutes}
