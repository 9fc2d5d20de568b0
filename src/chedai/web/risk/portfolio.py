"""The portfolio: the own book at its month ends, drawn and tabled. Every figure comes from the snapshots."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from chedai.book.risk import portfolio as book
from chedai.book.risk.selectors import first_payment_days
from chedai.engine.portfolio import SETTLED, WRITTEN_OFF
from chedai.org.selectors import open_stores
from chedai.platform import clock
from chedai.web.doors import Request, door
from chedai.web.ui.chart import MOST_LINES, Series, line_chart

MOST_MONTHS: Final = 24
_TO_TENTHS: Final = 10_000
_CENT: Final = Decimal("0.01")


@require_GET
@door("risk.read")
def portfolio(request: Request) -> HttpResponse:
    """Delinquency, bad loans and allowance by month; how buckets roll; vintages; first-payment defaults."""
    loans = book.loans_of(request.access.stores("risk.read"))
    months = book.months_kept()[-MOST_MONTHS:]
    seen = book.history(months, loans=loans) if months else None
    context: dict[str, Any] = {"months": len(months)}
    if seen is not None:
        summaries = book.summaries(seen)
        context |= {
            "last": _last(summaries),
            "overdue": _overdue(summaries),
            "summaries": [_line(one) for one in reversed(summaries)],
            "rolls": _rolls(seen),
            "vintage": _vintage(seen),
            "vintages": _vintages(seen),
        }
    days = first_payment_days(clock.business_date())
    context |= {"fpd": _first_payments(loans, days), "fpd_days": days}
    return render(request, "web/risk/portfolio.html", context)


def _share(part: int, whole: int) -> int | None:
    """In hundredths of a percent."""
    return round(part * _TO_TENTHS / whole) if whole else None


def _percent(value: int | None) -> str:
    return "" if value is None else f"{value / 100:.2f} %"


def _wan(amount: int) -> str:
    """In 万元 to two places; the unit stands in the head."""
    return f"{(Decimal(amount) / 1_000_000).quantize(_CENT, ROUND_HALF_UP):,}"


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _last(summaries: list[book.MonthSummary]) -> dict[str, Any]:
    one = summaries[-1]
    return {
        "month": _month(one.month_end),
        "loans": one.loans,
        "owed": _wan(one.owed),
        "small": _percent(_share(one.overdue, one.owed)),
        "large": _percent(_share(one.whole, one.owed)),
        "bad": _percent(_share(one.bad.large.part, one.bad.large.whole)),
        "bad_count": _percent(_share(one.bad.loans.part, one.bad.loans.whole)),
        "allowance": _wan(one.allowance),
        "coverage": _percent(_share(one.coverage.part, one.coverage.whole)) if one.coverage else _("无不良"),
    }


def _overdue(summaries: list[book.MonthSummary]) -> Any:
    """Three shares over the months: the part overdue, the balance of loans overdue, bad loans."""
    places = [_month(one.month_end) for one in summaries]
    return line_chart(
        places,
        (
            Series(_("小口径"), tuple(_share(one.overdue, one.owed) for one in summaries)),
            Series(_("大口径"), tuple(_share(one.whole, one.owed) for one in summaries)),
            Series(
                _("不良率"), tuple(_share(one.bad.large.part, one.bad.large.whole) for one in summaries), chosen=True
            ),
        ),
        _percent,
    )


def _line(one: book.MonthSummary) -> dict[str, Any]:
    return _last([one]) | {"overdue": _wan(one.overdue)}


def _rolls(seen: book.History) -> list[tuple[str, list[str]]]:
    """How much of each bucket went into the next, month by month, by balance; the last row is all months together."""
    _counts, balances = book.rolls(seen)
    lines = []
    for month, moves in enumerate(balances):
        lines.append((_month(seen.months[month + 1]), _roll_line(moves)))
    if len(lines) > 1:
        lines.append((_("合计"), _roll_line(balances.sum(axis=0))))
    return lines


def _roll_line(moves: Any) -> list[str]:
    shares = []
    for bucket in range(7):
        whole = int(moves[bucket].sum())
        worse = int(moves[bucket, bucket + 1 : SETTLED].sum() + moves[bucket, WRITTEN_OFF])
        shares.append(_percent(_share(worse, whole)))
    return shares


def _vintage(seen: book.History) -> Any:
    """The newest payout months that have a history, 30+ by month on book; the oldest of them in accent."""
    found = book.vintages(seen, at_least=2)
    rows = [k for k in range(found.base.size) if (found.amount[k] >= 0).sum() > 1][-MOST_LINES:]
    if not rows:
        return None
    cohorts = seen.cohorts[len(seen.cohorts) - found.base.size :]
    longest = max(int((found.amount[k] >= 0).sum()) for k in rows)
    series = tuple(
        Series(
            _month(cohorts[k]),
            tuple(
                None if found.amount[k, mob] < 0 else _share(int(found.amount[k, mob]), int(found.base[k]))
                for mob in range(longest)
            ),
            chosen=k == rows[0],
        )
        for k in rows
    )
    return line_chart([f"MOB{mob}" for mob in range(longest)], series, _percent)


def _vintages(seen: book.History) -> list[tuple[str, str, list[str]]]:
    """Every payout month since the first month kept: what was paid out, and 30+ by month on book."""
    found = book.vintages(seen, at_least=2)
    cohorts = seen.cohorts[len(seen.cohorts) - found.base.size :]
    return [
        (
            _month(cohorts[k]),
            _wan(int(found.base[k])),
            [_percent(None if v < 0 else _share(int(v), int(found.base[k]))) for v in found.amount[k]],
        )
        for k in range(found.base.size)
    ]


def _first_payments(loans: Any, days: int) -> list[tuple[str, str, int, int]]:
    """FPD by store: name, share, how many, of how many."""
    stores = {str(pk): name for pk, name in open_stores()}
    found = book.first_payments(loans=loans, on=clock.business_date(), days=days, by="store")
    return [
        (stores.get(key, key), _percent(_share(reached, ripe)), reached, ripe) for key, reached, ripe in found if ripe
    ]
