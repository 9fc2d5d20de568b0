"""Asking the database for one row."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def at_most_one(rows: QuerySet[M]) -> M | None:
    """The row of a query that a key or a constraint leaves at most one, or None.

    `first()` puts such a query in order first, which costs more than reading the row: it looks at every column of every
    table that is joined. Where several rows can be found, say which is meant and ask `first()`.
    """
    return next(iter(rows.order_by()[:1]), None)
