"""Pages by cursor: a stable order, a mark where to go on, no counting of what is not shown."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Final, Generic, TypeVar

from django.db.models import QuerySet
from ninja import Schema
from pydantic import Field

from chedai.platform.errors import Refusal

MOST: Final = 200

T = TypeVar("T")


class Page(Schema, Generic[T]):
    """Some of a list, and the cursor of the next page (none on the last)."""

    items: list[T]
    next: str | None


class Cut(Schema):
    """Which page is asked for."""

    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50


def page(rows: QuerySet[Any], cut: Cut, *, newest_first: bool = True) -> dict[str, Any]:
    """The rows after the cursor, by number."""
    order, beyond = ("-pk", "pk__lt") if newest_first else ("pk", "pk__gt")
    if cut.cursor is not None:
        rows = rows.filter(**{beyond: _read(cut.cursor)})
    found = list(rows.order_by(order)[: cut.limit + 1])
    shown = found[: cut.limit]
    return {"items": shown, "next": _write(shown[-1].pk) if len(found) > cut.limit else None}


def _write(number: int) -> str:
    return base64.urlsafe_b64encode(f"n{number}".encode()).decode().rstrip("=")


def _read(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        number = int(text[1:]) if text[:1] == "n" and text[1:].isascii() and text[1:].isdigit() else -1
    except (binascii.Error, ValueError):
        number = -1
    if not 0 <= number < 2**63:
        raise Refusal("cursor", "翻页标记无效", "the cursor is not one of ours", field="cursor")
    return number
