"""A customer's data across all rooms, on one screen: how long a law holds it, and who deletes what when none does.

The rooms of deals bring the holds; deletion goes through them all, the customers' own room last, because the rooms
before it find what is theirs by the customer's numbers.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from chedai.book.closing.privacy import closing_erase
from chedai.book.collection.privacy import collection_erase
from chedai.book.loans.bulk.mandates import mandates_erase
from chedai.book.refunds.privacy import refunds_erase
from chedai.crm.customers.models import Customer
from chedai.crm.customers.privacy import CUSTOMERS as OWN
from chedai.crm.customers.selectors import history_subjects
from chedai.crm.reception.privacy import reception_erase
from chedai.deals.applications.privacy import applications_erase
from chedai.deals.collateral.privacy import collateral_erase
from chedai.deals.contracts.privacy import contracts_erase, deals_hold
from chedai.deals.custody.privacy import custody_erase
from chedai.deals.pipeline.privacy import deals_erase
from chedai.deals.quotes.privacy import quotes_erase
from chedai.deals.underwriting.privacy import underwriting_erase
from chedai.platform.files.services import papers_erase
from chedai.platform.messages.services import messages_erase
from chedai.platform.privacy.registry import Hold, Holder

ROOMS: Final = (
    reception_erase,
    quotes_erase,
    applications_erase,
    underwriting_erase,
    contracts_erase,
    collateral_erase,
    custody_erase,
    deals_erase,
    mandates_erase,
    refunds_erase,
    collection_erase,
    closing_erase,
)
"""Who deletes what of a customer, each by the numbers of the customer and of the records merged into it."""


def _family(customer_id: int) -> list[int]:
    subjects = history_subjects(Customer.objects.get(pk=customer_id))
    return [int(subject.partition(":")[2]) for subject in subjects]


def _hold(customer_id: int, on: date) -> Hold | None:
    return deals_hold(_family(customer_id), on)


def _erase(customer_id: int) -> None:
    family = _family(customer_id)
    for erase in ROOMS:
        erase(family)
    for number in family:
        papers_erase(subject=f"customer:{number}")
        messages_erase(subject=f"customer:{number}")
    OWN.erase(customer_id)


CUSTOMERS: Final = Holder(hold=_hold, restrict=OWN.restrict, erase=_erase, expired=OWN.expired)
"""Who holds a customer's data: every room at once."""
