"""What underwriting deletes of a customer, when privacy asks and no law holds it any more."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from chedai.deals.underwriting.models import Assessment, Decision, PayoutCondition, Rating, UnderwritingCase


def underwriting_erase(customers: Sequence[int]) -> None:
    """Delete the facts the rules were given, what was answered and written about people. What was decided stays.

    An assessment without its facts replays no longer; its digest still proves which it was.
    """
    cases = UnderwritingCase.objects.filter(
        Q(deal__customer__in=customers) | Q(deal__application__parties__customer__in=customers)
    ).values("pk")
    Assessment.objects.filter(case__in=cases).update(inputs=b"")
    Decision.objects.filter(case__in=cases).update(opinion="", override_reason="")
    Rating.objects.filter(case__in=cases).update(answers={})
    PayoutCondition.objects.filter(deal__cases__in=cases).update(evidence="")
