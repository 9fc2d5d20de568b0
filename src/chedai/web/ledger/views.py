"""The pages of the ledger: every figure leads to what it is made of, an entry to what it is about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from chedai.book.ledger import balances, selectors
from chedai.book.ledger.chart import AccountKind, chart
from chedai.platform import clock
from chedai.platform.accounts.selectors import names
from chedai.web import words
from chedai.web.doors import Request, door
from chedai.web.ledger import parts
from chedai.web.ledger.lists import JOURNAL
from chedai.web.lists.page import list_page

_OTHERS: Final = 8


@require_GET
@door("ledger.read")
def ledger(request: Request) -> HttpResponse:
    """The trial balance: today's month to date, or from a day to a day."""
    on = parts.day_of(request.GET.get("on", ""), clock.business_date())
    since = min(parts.day_of(request.GET.get("since", ""), on.replace(day=1)), on)
    found = balances.trial_balance(on, since)
    groups = [(parts.KINDS[kind], _lines(found.of(kind))) for kind in AccountKind]
    shown = sum(len(lines) for _, lines in groups)
    context = {
        "balance": found,
        "groups": [group for group in groups if group[1]],
        "agrees": found.debit == found.credit and found.debit_balance == found.credit_balance,
        "quiet": len(found.lines) - shown,
        "locked_through": selectors.locked_through(),
    }
    return render(request, "web/ledger/trial.html", context)


def _lines(lines: tuple[balances.Line, ...]) -> list[tuple[balances.Line, str]]:
    """Accounts on which something stands or moved, with their names."""
    return [(line, line.account.name(parts.language())) for line in lines if not line.is_empty]


@require_GET
@door("ledger.read")
def account(request: Request, code: str) -> HttpResponse:
    """The statement of an account: what stood, every posting with the balance after it."""
    until = parts.day_of(request.GET.get("on", ""), clock.business_date())
    since = min(parts.day_of(request.GET.get("since", ""), until.replace(day=1)), until)
    after = request.GET.get("after", "")
    page = balances.statement(code, since, until, after=after)
    parts.hang_words(line.posting.entry for line in page.lines)
    context = {
        "account": page.account,
        "name": page.account.name(parts.language()),
        "kind": parts.KINDS[page.account.kind],
        "page": page,
        "lines": [(line, parts.named(line.other)) for line in page.lines],
        "since": since,
        "until": until,
        "after": after,
        "before": since - timedelta(days=1),
    }
    return render(request, "web/ledger/account.html", context)


@require_http_methods(["GET", "POST"])
@door("ledger.read")
def journal(request: Request) -> HttpResponse:
    """Every entry, newest first."""
    return list_page(request, JOURNAL)


@require_GET
@door("ledger.read")
def entry(request: Request, seq: int) -> HttpResponse:
    """One entry: its postings, its bytes and their link, and what else was posted about the same thing."""
    found = selectors.entry(seq)
    others = list(selectors.entries_of(found.subject)[:_OTHERS])
    parts.hang_words([found, *others])
    context = {
        "entry": found,
        "postings": _postings(found),
        "total": sum(posting.amount for posting in found.postings.all()),
        "late": found.value_on != found.day,
        "actor": _actor(found.actor),
        "body": bytes(found.body).decode(errors="replace"),
        "link": bytes(found.link).hex(),
        "others": others,
    }
    return render(request, "web/ledger/entry.html", context)


def _postings(found: Any) -> list[tuple[Any, str, str]]:
    """The postings in order, with the names of both accounts."""
    accounts = chart().accounts
    ordered = sorted(found.postings.all(), key=lambda posting: posting.pk)
    return [(one, parts.named(accounts[one.debit]), parts.named(accounts[one.credit])) for one in ordered]


def _actor(key: str) -> str:
    """Who posted, by name."""
    kind, _, number = key.partition(":")
    return names({int(number)}).get(int(number), key) if kind == "person" else words.actor(key)
