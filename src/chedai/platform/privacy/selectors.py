"""Reading what people agreed to, and what they asked to be deleted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from chedai.platform.privacy.models import Consent, Erasure
from chedai.platform.privacy.registry import Hold, holder_of


def consents_of(subjects: Iterable[str]) -> QuerySet[Consent]:
    """Every consent ever given by some subjects, those in force and those withdrawn, newest first."""
    return Consent.objects.filter(subject__in=list(subjects)).order_by("-pk")


def erasures() -> QuerySet[Erasure]:
    """Every request for deletion."""
    return Erasure.objects.all()


def hold_on(subject: str, on: date) -> Hold | None:
    """The longest statutory hold on the data of a subject, on a day; None where it may be deleted at once."""
    holder, number = holder_of(subject)
    return holder.hold(number, on)
