"""Who may change loans while the close reads many of them at once.

Locking tens of thousands of rows would write each of them. Loans are therefore in stripes by their number: whoever
changes one loan shares its stripe until the transaction ends, the close holds the stripes of a part alone while it
works on it. SQLite lets one transaction write at a time, which is the same.
"""

from __future__ import annotations

from typing import Final

from django.db import connection

from chedai.platform.bulk import is_postgres

_BITS: Final = 16
STRIPE: Final = 1 << _BITS
"""Loans in a stripe."""

_SPACE: Final = 0x424F4F4B  # the name space of these locks


def stripe_share(loan_id: int) -> None:
    """Share the stripe of a loan until the transaction ends; waits while the close works on it. Before any row lock."""
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [_SPACE, loan_id >> _BITS])


def stripes_hold(first: int, last: int) -> None:
    """Hold alone the stripes of the loans from `first` to `last` until the transaction ends."""
    if is_postgres():
        with connection.cursor() as cursor:
            locks = "SELECT count(pg_advisory_xact_lock(%s, n)) FROM generate_series(%s, %s) n"
            cursor.execute(locks, [_SPACE, first >> _BITS, last >> _BITS])
