"""Whose cases a piece of collection is about: the loans of a stretch of numbers, or loans by name.

The morning goes through the book stretch by stretch; what happens to one loan concerns that loan alone. Either way the
same questions are asked of the tables, with another condition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from django.db import connection
from django.db.models import Q

from chedai.book.loans.selectors import last_loan

_NEXT: Final = (
    "SELECT loan_id FROM ("
    "SELECT * FROM (SELECT loan_id FROM book_delinquency WHERE loan_id > %s ORDER BY loan_id LIMIT %s) late UNION "
    "SELECT * FROM (SELECT loan_id FROM book_collection_case WHERE state = 'open' AND loan_id > %s ORDER BY loan_id "
    "LIMIT %s) known) worked ORDER BY loan_id LIMIT %s"
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The loans numbered from `first` to `last`; `is_final` where none is numbered higher."""

    first: int
    last: int
    is_final: bool

    def by(self, field: str) -> Q:
        """The rows whose `field` is a loan of the stretch."""
        return Q(**{f"{field}__gte": self.first, f"{field}__lte": self.last})


@dataclass(frozen=True, slots=True)
class Named:
    """Loans by their numbers."""

    loans: tuple[int, ...]

    def by(self, field: str) -> Q:
        """The rows whose `field` is one of these loans."""
        return Q(**{f"{field}__in": self.loans})


Loans: TypeAlias = Stretch | Named


def stretch_after(after: int, loans: int) -> Stretch:
    """The stretch above `after` that holds at most so many loans that are late or have an open case."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [after, loans, after, loans, loans])
        found = [row[0] for row in cursor.fetchall()]
    highest = last_loan()
    last = found[-1] if len(found) == loans else highest
    return Stretch(after + 1, last, last >= highest)
