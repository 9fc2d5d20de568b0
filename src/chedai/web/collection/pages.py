"""The lists, the calls before the due day, claims with their limitation, cars, the evidence, what it all brings."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.book.collection import effects as effect_rules
from chedai.book.collection import selectors
from chedai.book.collection.evidence import evidence_pack
from chedai.book.collection.services.booking import car_book
from chedai.book.collection.services.legal import lapses_near
from chedai.book.collection.services.pre_due import RESULTS, pre_due_call
from chedai.book.collection.states import Group, RecoveryState
from chedai.platform import clock
from chedai.web.collection import lists, words
from chedai.web.collection.desk import strategy_named
from chedai.web.collection.seen import BOOK, READ, REPORT, WORK, case_seen, cases
from chedai.web.doors import Request, door
from chedai.web.lists.page import list_page

_DAYS = 90


@require_http_methods(["GET", "POST"])
@door(READ)
def all_cases(request: Request) -> HttpResponse:
    """Every case the person may see."""
    return list_page(request, lists.CASES)


@require_http_methods(["GET", "POST"])
@door(READ)
def promises(request: Request) -> HttpResponse:
    """Promises and what became of them; above them who keeps how many."""
    since = clock.business_date() - timedelta(_DAYS)
    rates = selectors.kept_rates(cases(request, at="case__"), since)
    return list_page(request, lists.PROMISES, {"below": "web/collection/kept.html", "rates": rates, "since": since})


@require_http_methods(["GET", "POST"])
@door(READ)
def before(request: Request) -> HttpResponse:
    """Those at risk before their due day."""
    return list_page(request, lists.BEFORE)


@require_http_methods(["GET", "POST"])
@door(WORK)
def before_call(request: Request, entry_id: int) -> HttpResponse:
    """One call before the due day."""
    found = selectors.pre_due_read(entry_id)
    request.access.require(WORK, store_id=found.store_id, owner_id=found.called_by_id or request.access.staff_id)
    if request.method == "POST":
        result = request.POST.get("result", "")
        pre_due_call(entry_id=entry_id, result=result, staff_id=request.access.staff_id, actor=request.actor)
        messages.success(request, _("已登记"))
        return HttpResponseRedirect(reverse("collection_before"))
    context: dict[str, Any] = {
        "entry": found,
        "group": words.GROUPS[found.group],
        "held_out": found.group == Group.HOLD_OUT,
        "results": [(code, words.before_word(code)) for code in RESULTS],
        "said": words.before_word(found.result),
    }
    return render(request, "web/collection/before.html", context)


@require_http_methods(["GET", "POST"])
@door(READ)
def claims(request: Request) -> HttpResponse:
    """Claims by their deadlines; above them the limitations that end soon."""
    day = clock.business_date()
    near = lapses_near(cases(request), day)
    return list_page(request, lists.CLAIMS, {"before": "web/collection/lapses.html", "near": near})


@require_http_methods(["GET", "POST"])
@door(READ)
def cars(request: Request) -> HttpResponse:
    """Cars taken back; above them those whose proceeds are to be booked."""
    sold = selectors.recoveries_seen(cases(request, BOOK, "case__")).filter(state=RecoveryState.SOLD)
    return list_page(request, lists.CARS, {"before": "web/collection/sold.html", "sold": sold})


@require_POST
@door(BOOK)
def car_booked(request: Request, recovery_id: int) -> HttpResponse:
    """Finance puts the proceeds of a car on its loan."""
    found = selectors.recovery_read(recovery_id)
    request.access.require(BOOK, store_id=found.case.store_id, owner_id=found.case.collector_id)
    car_book(recovery_id=found.pk, actor=request.actor)
    messages.success(request, _("处置款已入账"))
    return HttpResponseRedirect(reverse("collection_cars"))


@require_POST
@door(READ)
def evidence(request: Request, case_id: int) -> HttpResponse:
    """The evidence pack in one click."""
    found = case_seen(request, case_id)
    name, pack = evidence_pack(case_id=found.pk, actor=request.actor)
    answer = HttpResponse(pack, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_GET
@door(REPORT)
def effects(request: Request) -> HttpResponse:
    """What each strategy brought, with its counts."""
    until = clock.business_date()
    since = _day(request.GET.get("since", ""), until - timedelta(_DAYS))
    found = effect_rules.effects(cases(request, REPORT), since, until)
    entries = request.access.records(REPORT, owner="called_by_id")
    groups = effect_rules.held_out(entries, since, until)
    context = {
        "rows": [(one, strategy_named(one.segment, one.arm), _per_yuan(one)) for one in found],
        "held_out": [(one, words.GROUPS[one.group], _tenths(one.share)) for one in groups],
        "helped": _helped(effect_rules.helped(groups)),
        "rates": selectors.kept_rates(cases(request, REPORT, "case__"), since),
        "since": since,
        "until": until,
    }
    return render(request, "web/collection/effects.html", context)


def _per_yuan(one: effect_rules.Effect) -> int | None:
    """What a hundred yuan received cost, in fen; nothing where nothing came in."""
    return None if not one.received else (one.cost * 10_000 + one.received // 2) // one.received


def _tenths(share: int | None) -> str:
    return "" if share is None else f"{share / 10:.1f}%"


def _helped(found: effect_rules.Helped) -> str:
    """One sentence: what calling before the due day brings."""
    if found.difference is None:
        return _("两组都有到期的客户之后才能比较。")
    said = _("联系组按时还款比对照组%(more)s %(points)s 个百分点。") % {
        "more": _("高") if found.difference >= 0 else _("低"),
        "points": f"{abs(found.difference) / 10:.1f}",
    }
    return f"{said}{_('每组不足 30 人，只作参考。')}" if found.few else said


def _day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise
