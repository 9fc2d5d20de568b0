"""What collection holds of a person, and how it goes: numbers, notes, places, photos. Counts and money stay."""

from __future__ import annotations

from collections.abc import Sequence

from chedai.book.collection.models import Contact, DebtorNumber, FieldVisit, LegalStep, Recovery, VisitReport
from chedai.platform.files.services import papers_erase


def collection_erase(customers: Sequence[int]) -> None:
    """Delete the personal values of these debtors. For privacy only, when no law holds them any more."""
    for number in DebtorNumber.objects.filter(customer_id__in=customers):
        number.name, number.phone, number.relation, number.consent_source = "", "", "", ""
        number.save()
    Contact.objects.filter(customer_id__in=customers).update(note=None)
    visits = FieldVisit.objects.filter(case__customer_id__in=customers)
    for visit in visits.values_list("pk", flat=True):
        papers_erase(subject=f"visit:{visit}")
    visits.update(address=None)
    for report in VisitReport.objects.filter(visit__case__customer_id__in=customers):
        report.place, report.statement = "", ""
        report.save()
    for step in LegalStep.objects.filter(claim__case__customer_id__in=customers):
        step.note = ""
        step.save()
    Recovery.objects.filter(case__customer_id__in=customers).update(buyer=None)
