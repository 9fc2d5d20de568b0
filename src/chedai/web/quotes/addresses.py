"""Addresses of the desk: its whole state stands in the query, so that a link leads back to the very same answer."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import QueryDict
from django.urls import reverse

from chedai.web.quotes.forms import DeskForm

DEFAULTS: Mapping[str, str] = {
    "used": "new",
    "energy": "nev",
    "price": "125,000.00",
    "down": "25,000.00",
    "term": "36",
    "customer": "person",
    "use": "own",
    "order": "mine",
}
"""What the desk shows before anybody typed."""


def filled(query: QueryDict) -> QueryDict:
    """The query with what the desk assumes where it says nothing."""
    data = query.copy()
    for name, value in DEFAULTS.items():
        if not data.get(name) and (name not in ("price", "down") or name not in data):
            data[name] = value
    return data


def query_of(data: QueryDict, **changed: str) -> str:
    """The query of a state with some fields changed; what is empty or as always is left out."""
    values = {name: data.get(name, "") for name in DeskForm.base_fields} | changed
    kept = QueryDict(mutable=True)
    for name, value in values.items():
        if value and (DEFAULTS.get(name) != value or name in ("price", "down", "term")):
            kept[name] = value
    return kept.urlencode()


def desk_url(data: QueryDict, **changed: str) -> str:
    """The desk in a state."""
    return f"{reverse('quote_desk')}?{query_of(data, **changed)}"


def part_of(url: str, name: str = "quote_answer") -> str:
    """A part of the desk for its address."""
    return f"{reverse(name)}?{url.partition('?')[2]}"
