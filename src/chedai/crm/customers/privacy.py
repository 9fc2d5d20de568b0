"""Customers as privacy sees them, for themselves alone; `journey.kept` adds what the other rooms hold of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from chedai.crm.customers.services import customer_erase, customer_restrict
from chedai.platform.privacy.registry import Hold, Holder


def _hold(customer_id: int, on: date) -> Hold | None:
    """A customer who never made a deal is held by no law; deals bring their own holds."""
    return None


def _expired(on: date) -> Iterable[int]:
    """Nobody is deleted unasked while no policy says after how long."""
    return ()


CUSTOMERS = Holder(hold=_hold, restrict=customer_restrict, erase=customer_erase, expired=_expired)
