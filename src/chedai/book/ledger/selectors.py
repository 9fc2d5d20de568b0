"""Reading the journal: its head, its entries, how far its periods are locked. Balances are in `balances`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from django.db.models import Min, QuerySet

from chedai.book.ledger.models import JournalEntry, JournalHead, PeriodMove, Posting
from chedai.book.ledger.rules import Transfer
from chedai.platform.audit.chain import GENESIS
from chedai.platform.bulk import is_postgres
from chedai.platform.errors import NotFound
from chedai.platform.statements import ask, day_answered

_HEAD = 1
_CHUNK = 5000
_END = f"SELECT size, link FROM book_journal_head WHERE id = {_HEAD}"
_END_LOCKED = f"{_END} FOR NO KEY UPDATE"
_THROUGH = "SELECT through FROM book_period_move ORDER BY id DESC LIMIT 1"

Stored: TypeAlias = tuple[JournalEntry, tuple[Transfer, ...]]


def head_lock() -> JournalHead:
    """The head of the chain, locked until the transaction ends; made on the first use."""
    JournalHead.objects.get_or_create(pk=_HEAD, defaults={"link": GENESIS})
    return JournalHead.objects.select_for_update(no_key=True).get(pk=_HEAD)


def end_lock() -> tuple[int, bytes]:
    """Where the chain ends, locked until the transaction ends: number and link of the last entry."""
    found = ask(_END_LOCKED if is_postgres() else _END)
    if not found:
        made = head_lock()
        return made.size, bytes(made.link)
    ((size, link),) = found
    return size, bytes(link)


def head() -> tuple[int, bytes]:
    """How many entries the journal says it has, and the link of the last."""
    row = JournalHead.objects.filter(pk=_HEAD).first()
    return (row.size, bytes(row.link)) if row else (0, GENESIS)


def locked_through() -> date | None:
    """The last day that is locked; None while none is."""
    return next((day_answered(through) for (through,) in ask(_THROUGH)), None)


def first_open_day() -> date | None:
    """The first day that can be booked on; None while every day can."""
    through = locked_through()
    return None if through is None else through + timedelta(days=1)


def first_day() -> date | None:
    """The earliest day something is booked on; None in an empty journal."""
    found: date | None = JournalEntry.objects.aggregate(first=Min("day"))["first"]
    return found


def entries() -> QuerySet[JournalEntry]:
    """The whole journal, without the bytes, for a list that filters and sorts it."""
    return JournalEntry.objects.defer("body", "link")


def entry(seq: int) -> JournalEntry:
    """One entry with its postings. Errors: `NotFound`."""
    found = JournalEntry.objects.filter(seq=seq).prefetch_related("postings").first()
    if found is None:
        raise NotFound("no-such-entry", "没有这张凭证", "there is no such entry")
    return found


def entries_of(subject: str) -> QuerySet[JournalEntry]:
    """What was posted about one thing, newest first."""
    return entries().filter(subject=subject).order_by("-seq")


def stored(first: date | None = None, last: date | None = None) -> Iterator[Stored]:
    """Entries of the days from `first` to `last` with their postings, by number, without holding them in memory."""
    rows = JournalEntry.objects.order_by("seq")
    if first is not None:
        rows = rows.filter(day__gte=first)
    if last is not None:
        rows = rows.filter(day__lte=last)
    for row in rows.prefetch_related("postings").iterator(chunk_size=_CHUNK):
        ordered = sorted(row.postings.all(), key=lambda posting: posting.pk)
        yield row, tuple(Transfer(p.debit, p.credit, p.amount) for p in ordered)


def postings_count(first: date, last: date) -> int:
    """How many postings the days from `first` to `last` hold."""
    return Posting.objects.filter(day__gte=first, day__lte=last).count()


def moves() -> QuerySet[PeriodMove]:
    """How the lock moved, newest first."""
    return PeriodMove.objects.order_by("-pk").select_related("asked_by", "released_by")


@dataclass(frozen=True, slots=True)
class Said:
    """What the bytes of an entry say of it."""

    at: str
    actor: str
    kind: str
    subject: str
    day: str
    value_on: str
    postings: tuple[Transfer, ...]


def said(body: bytes) -> Said | None:
    """The bytes of an entry, read; None where somebody has spoilt them."""
    try:
        found = json.loads(body)
        postings = tuple(Transfer(*one) for one in found["postings"])
        names = ("at", "actor", "kind", "subject", "day", "value_on")
        return Said(**{name: str(found[name]) for name in names}, postings=postings)
    except (ValueError, KeyError, TypeError):
        return None
