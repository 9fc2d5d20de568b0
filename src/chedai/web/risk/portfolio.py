"""The portfolio: the own book at its month ends, drawn and tabled. Every figure comes from the snapshots."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate
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
from chedai.web.formats import wan_figure
from chedai.web.risk import words
from chedai.web.ui.chart import MOST_LINES, Series, line_chart

MOST_MONTHS: Final = 24
GROUPS: Final = {one: words.GROUPS[one] for one in ("store", "officer", "product", "month")}
"""By what first-payment defaults are counted."""
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
        lost = book.losses([one.month_end for one in summaries], loans=loans)
        context |= {
            "last": _last(summaries),
            "overdue": _overdue(summaries),
            "losses": _losses(summaries, lost),
            "lost": _wan(sum(one.net for one in lost)),
            "summaries": [_line(one, loss) for one, loss in zip(reversed(summaries), reversed(lost), strict=True)],
            "rolling": _rolling(seen),
            "rolls": _rolls(seen),
            "vintage": _vintage(seen),
            "vintages": _vintages(seen),
        }
    days = first_payment_days(clock.business_date())
    by = request.GET.get("by", "")
    by = by if by in GROUPS else "store"
    context |= {"fpd": _first_payments(loans, days, by), "fpd_days": days, "by": by, "groups": list(GROUPS.items())}
    return render(request, "web/risk/portfolio.html", context)


def _share(part: int, whole: int) -> int | None:
    """In hundredths of a percent."""
    return round(part * _TO_TENTHS / whole) if whole else None


def _percent(value: int | None) -> str:
    return "" if value is None else f"{value / 100:.2f}%"


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
        "bad_small": _percent(_share(one.bad.small.part, one.bad.small.whole)),
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


def _line(one: book.MonthSummary, loss: book.Loss) -> dict[str, Any]:
    moved = {"written_off": _wan(loss.written_off), "recovered": _wan(loss.recovered)}
    return _last([one]) | {"overdue": _wan(one.overdue)} | moved


def _losses(summaries: list[book.MonthSummary], lost: list[book.Loss]) -> Any:
    """The allowance beside what was lost so far (written off less what came in afterwards), in 万元."""
    net = list(accumulate(one.net for one in lost))
    places = [_month(one.month_end) for one in summaries]
    allowance = tuple(one.allowance for one in summaries)
    drawn = (Series(_("减值准备"), allowance, chosen=True), Series(_("累计净损失"), tuple(max(one, 0) for one in net)))
    return line_chart(places, drawn, wan_figure)


def _rolling(seen: book.History) -> Any:
    """The roll rates of the first buckets over the months; nothing before the second month end."""
    _counts, balances = book.rolls(seen)
    if len(balances) < 2:
        return None
    places = [_month(one) for one in seen.months[1:]]
    series = tuple(
        Series(f"M{bucket}→M{bucket + 1}", tuple(_share(*_worse(moves, bucket)) for moves in balances), bucket == 1)
        for bucket in range(3)
    )
    return line_chart(places, series, _percent)


def _rolls(seen: book.History) -> list[tuple[str, list[tuple[str, str]]]]:
    """How much of each bucket got worse, month by month: the share by balance, and how many loans of how many.

    The last row is all months together.
    """
    counts, balances = book.rolls(seen)
    lines = []
    for month, moves in enumerate(balances):
        lines.append((_month(seen.months[month + 1]), _roll_line(counts[month], moves)))
    if len(lines) > 1:
        lines.append((_("合计"), _roll_line(counts.sum(axis=0), balances.sum(axis=0))))
    return lines


def _roll_line(counts: Any, balances: Any) -> list[tuple[str, str]]:
    cells = []
    for bucket in range(7):
        worse, whole = _worse(counts, bucket)
        cells.append((_percent(_share(*_worse(balances, bucket))), f"{worse} / {whole}" if whole else ""))
    return cells


def _worse(moves: Any, bucket: int) -> tuple[int, int]:
    """What left a bucket for a worse one, of all that stood in it."""
    worse = moves[bucket, bucket + 1 : SETTLED].sum() + moves[bucket, WRITTEN_OFF]
    return int(worse), int(moves[bucket].sum())


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


def _first_payments(loans: Any, days: int, by: str) -> list[tuple[str, str, int, int]]:
    """FPD by store, officer, product or month of payout: name, share, how many, of how many."""
    names = {str(pk): name for pk, name in open_stores()} if by == "store" else {}
    if by == "officer":
        officers = loans.order_by("officer_id").values_list("officer_id", "officer__user__display_name").distinct()
        names = {str(pk): name for pk, name in officers}
    found = book.first_payments(loans=loans, on=clock.business_date(), days=days, by=by)
    if by == "product":
        names = words.product_names(key for key, _reached, _ripe in found)
    return [
        (names.get(key, key), _percent(_share(reached, ripe)), reached, ripe) for key, reached, ripe in found if ripe
    ]
