"""What applications delete of a customer, when privacy asks."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from chedai.deals.applications.models import (
    Answer,
    BureauReport,
    CheckItem,
    CheckStep,
    Difference,
    Flag,
    PaperAsk,
    Party,
    PhoneLink,
    Statement,
    StatementLine,
)
from chedai.platform.files.services import papers_erase


def applications_erase(customers: Sequence[int]) -> None:
    """Delete what they said and handed in, as applicants or guarantors: answers, statements, credit reports, papers.

    The links to their part and what was found in it go too. What others of the same application said stays.
    """
    parties = list(Party.objects.filter(customer__in=customers).values_list("pk", flat=True))
    Difference.objects.filter(Q(own__party__in=parties) | Q(later__party__in=parties)).delete()
    Answer.objects.filter(party__in=parties).delete()
    StatementLine.objects.filter(statement__party__in=parties).delete()
    for model in (Statement, BureauReport, PhoneLink, Flag):
        model.objects.filter(party__in=parties).delete()
    items = CheckItem.objects.filter(party__in=parties)
    CheckStep.objects.filter(item__in=items).update(reason="")
    PaperAsk.objects.filter(item__in=items).update(reason="")
    items.update(reason="")
    for item in items.select_related("application"):
        papers_erase(subject=f"deal:{item.application.deal_id}", purpose=f"check:{item.pk}")
