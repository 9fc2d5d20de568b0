"""What reception deletes of a customer, when privacy asks."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from chedai.crm.customers.models import Customer
from chedai.crm.reception.models import Lead, LeadContact, Need, Visit
from chedai.crm.reception.states import LeadState
from chedai.platform import clock
from chedai.platform.privacy.kinds import Kind
from chedai.platform.privacy.personal import Personal


def reception_erase(customers: Sequence[int]) -> None:
    """Delete every personal value of their leads, contacts, visits and needs; leads of their telephone numbers too.

    What is counted (source, cost, dates, how it ended) stays. Runs before the customers themselves are erased: their
    numbers are needed to find what was never linked to them.
    """
    known = Customer.objects.filter(pk__in=customers, phone_index__isnull=False)
    numbers = list(known.values_list("phone_index", flat=True))
    theirs = Q(customer__in=customers) | Q(phone_index__in=numbers)
    leads = list(Lead.objects.select_for_update(no_key=True).filter(theirs))
    LeadContact.objects.filter(lead__in=leads).update(note=None)
    for visit in Visit.objects.select_for_update(no_key=True).filter(theirs | Q(lead__in=leads)):
        visit.name, visit.phone, visit.interest = Personal(Kind.NAME, ""), None, ""
        visit.save()
    for lead in leads:
        lead.name, lead.phone, lead.interest = Personal(Kind.NAME, ""), Personal(Kind.PHONE, ""), ""
        if lead.state in (LeadState.OPEN, LeadState.POOL):
            lead.state, lead.closed_at, lead.next_contact_on = LeadState.LOST, clock.now(), None
        lead.save()
    Need.objects.filter(customer__in=customers).update(
        interest="", use="", tags=[], reason="", budget=None, down_payment=None, instalment=None, pick_up_by=None
    )
