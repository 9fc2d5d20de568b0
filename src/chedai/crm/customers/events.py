"""What happens to the records of customers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CustomerRecorded:
    """What is on file of a customer was written: registered, changed, merged, erased."""

    customer_id: int


@dataclass(frozen=True, slots=True)
class CustomersRecorded:
    """The same of many, who were registered at once."""

    customer_ids: tuple[int, ...]
