"""One loan: what it stands at, its plan, every line of its account as known now or then, what settling takes."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from chedai.book.loans import selectors
from chedai.book.loans.bulk.bank_lists import bank_lines_of
from chedai.book.loans.bulk.by_contract import contract_rows
from chedai.book.loans.rules import refusal_of
from chedai.book.loans.states import BookKind
from chedai.book.risk.observation import observation_of
from chedai.engine.errors import EngineError
from chedai.platform import clock
from chedai.platform.accounts.selectors import names
from chedai.web.doors import Request, door
from chedai.web.lists.page import list_page
from chedai.web.loans import words
from chedai.web.loans.frame import day_of, frame, loan_seen
from chedai.web.loans.glance import glance, state_of
from chedai.web.loans.lists import LOANS
from chedai.web.loans.penalties import penalties_told
from chedai.web.loans.worth import worth

_LISTS: Final = 60
"""How many lists of a bank are shown back: five years of months."""


@require_http_methods(["GET", "POST"])
@door("loan.read")
def loans(request: Request) -> HttpResponse:
    """The loans the person may see."""
    return list_page(request, LOANS)


@require_GET
@door("loan.read")
def loan(request: Request, number: str) -> HttpResponse:
    """The loan at a glance: what is owed and why, what comes next, the last receipts."""
    found = loan_seen(request, number)
    today = clock.business_date()
    shown, rows = glance(found, today)
    context = {**shown, **penalties_told(found, today), **worth(found, rows)}
    context["observed"] = observation_of(found, today)
    return render(request, "web/loans/loan.html", frame(request, found, "overview") | context)


@require_GET
@door("loan.read")
def plan(request: Request, number: str) -> HttpResponse:
    """The schedule as it stands on a day, and the ones that were replaced."""
    found = loan_seen(request, number)
    on = day_of(request.GET.get("on", ""), clock.business_date())
    context: dict[str, Any] = {"on": on, "today": clock.business_date()}
    if found.book == BookKind.BANK:
        rows = contract_rows(found)
        context |= {"rows": rows, "principal": found.principal, "interest": sum(row.interest for row in rows)}
    else:
        state, context["fault"] = state_of(found, on)
        if state is not None:
            context |= {"rows": state.rows, "superseded": state.superseded}
            context |= {"principal": state.totals.principal, "interest": state.totals.interest}
    return render(request, "web/loans/plan.html", frame(request, found, "plan") | context)


@require_GET
@door("loan.read")
def account(request: Request, number: str) -> HttpResponse:
    """Every event with where its money went: as the books know it now, or as they knew it on a day."""
    found = loan_seen(request, number)
    if found.book == BookKind.BANK:
        return _told_by_bank(request, found, "account")
    today = clock.business_date()
    on = day_of(request.GET.get("on", ""), today)
    known = day_of(request.GET.get("known", ""), today)
    try:
        made = selectors.account_of(found, on, known if known < today else None)
        lines, fault = _lines(made), ""
    except EngineError as error:
        refused = refusal_of(error)
        lines, fault = [], refused.zh if words.is_chinese() else refused.en
    context = {"lines": lines, "fault": fault, "on": on, "known": known, "then": known < today}
    return render(request, "web/loans/account.html", frame(request, found, "account") | context)


def _lines(made: Any) -> list[dict[str, Any]]:
    people = names({line.event.by_id for line in made.lines if line.event.by_id})
    shown = []
    for line in made.lines:
        entry = line.entry
        shown.append(
            {
                "event": line.event,
                "kind": words.kind(line.event.kind),
                "channel": words.CHANNELS[line.event.channel],
                "by": people.get(line.event.by_id, ""),
                "postings": [(words.posting(one), one.amount) for one in entry.postings] if entry else [],
                "balance": entry.balance if entry else None,
                "taken_back": line.taken_back,
                "parked": line.parked,
                "late_known": line.event.recorded_on != line.event.on,
            }
        )
    return shown


@require_GET
@door("loan.read")
def payoff(request: Request, number: str) -> HttpResponse:
    """What settles the loan on a day, line by line, and why it is not the balance."""
    found = loan_seen(request, number)
    if found.book == BookKind.BANK:
        return _told_by_bank(request, found, "payoff")
    today = clock.business_date()
    on = max(day_of(request.GET.get("on", ""), today), today)
    last = selectors.payoff_good_through(on)
    good = min(max(day_of(request.GET.get("good", ""), last), on), last)
    context: dict[str, Any] = {"on": on, "good": good, "last": last, "quote": None, "fault": ""}
    try:
        quote = selectors.payoff_offer(found, on, good)
        context |= {
            "quote": quote,
            "lines": words.payoff_lines(quote),
            "beyond": quote.total - quote.balance,
        }
    except EngineError as error:
        refused = refusal_of(error)
        context["fault"] = refused.zh if words.is_chinese() else refused.en
    return render(request, "web/loans/payoff.html", frame(request, found, "payoff") | context)


def _told_by_bank(request: Request, loan: Any, tab: str) -> HttpResponse:
    """A tab of a bank's loan that only the bank can fill, with how its lists had the loan, newest first."""
    lines = list(bank_lines_of(loan.pk)[: _LISTS if tab == "account" else 1])
    return render(request, "web/loans/by_bank.html", frame(request, loan, tab) | {"lines": lines})
