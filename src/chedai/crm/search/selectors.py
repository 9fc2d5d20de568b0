"""Looking for customers."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from chedai.crm.customers.models import Customer
from chedai.crm.search import rules
from chedai.crm.search.models import SearchWord
from chedai.platform.privacy.fields import candidates
from chedai.platform.privacy.kinds import Kind


def matching(typed: str) -> Q:
    """The customers that have every word of what was typed, as a filter on `Customer`; too little fits nobody."""
    words = rules.asked_words(typed)
    if not words:
        return Q(pk__in=[])
    found = Q()
    for word in sorted(words):
        holders = SearchWord.objects.filter(word_index__in=candidates(Kind.TEXT, word)).values("customer_id")
        found &= Q(pk__in=holders)
    return found


def customers_found(typed: str, records: Q) -> QuerySet[Customer]:
    """The customers somebody may see who fit what was typed, newest first."""
    return (
        Customer.objects.filter(records).filter(matching(typed)).select_related("store", "owner__user").order_by("-pk")
    )
