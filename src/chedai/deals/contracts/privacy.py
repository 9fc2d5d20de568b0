"""How long a law holds the data of somebody with a deal, and what contracts delete of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Q

from chedai.catalog.partners.models import Lender
from chedai.deals.contracts.models import Contract, PayeeAccount
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.states import DealState
from chedai.platform import clock
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.privacy.kinds import Kind
from chedai.platform.privacy.personal import Personal
from chedai.platform.privacy.registry import Hold

SIGNED = "retention.signature_certificates"
"""Five years after what was signed has ended (电子签名法 24), whoever lends."""
IDENTITY = "retention.identity_and_transactions"
"""Longer where the lender is bound by the law against money laundering (反洗钱法 34)."""


def deals_hold(customers: Sequence[int], on: date) -> Hold | None:
    """The longest hold of their deals, whether they apply in them or stand beside; None where no law holds any.

    A deal that is open or funded has not ended: it is held as long as if it ended on `on`, and is looked at again then.
    A deal that came to nothing is held from its end where a contract of it was signed, and not at all where none was.
    """
    theirs = Q(customer__in=customers) | Q(application__parties__customer__in=customers)
    holds = [hold for deal in Deal.objects.filter(theirs).distinct() for hold in _holds(deal, on) if hold.until >= on]
    return max(holds, key=lambda hold: hold.until, default=None)


def contracts_erase(customers: Sequence[int]) -> None:
    """Delete whose accounts were to be paid in their deals; the amounts and the parts stay."""
    for account in PayeeAccount.objects.select_for_update(no_key=True).filter(deal__customer__in=customers):
        account.holder, account.account = Personal(Kind.NAME, ""), Personal(Kind.BANK_ACCOUNT, "")
        account.save()


def _holds(deal: Deal, on: date) -> Iterator[Hold]:
    ended = on
    if deal.state == DealState.LOST:
        if not Contract.objects.filter(deal=deal, signed_at__isnull=False).exists():
            return
        ended = deal.closed_at.astimezone(clock.SHANGHAI).date() if deal.closed_at is not None else on
    book = book_in_force()
    lender = Lender.objects.filter(code=deal.lender_code).first()
    rows = [(SIGNED, book.find(SIGNED, ended))]
    if lender is not None:
        rows.append((IDENTITY, book.find(IDENTITY, ended, lender_type=lender.kind)))
    for rule, row in rows:
        if row is not None:
            yield Hold(_years_after(ended, row.number), rule)


def _years_after(day: date, years: int) -> date:
    """The same day so many years later; the first of March where that year has no 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
