"""Reading what people agreed to, and what they asked to be deleted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from chedai.platform.errors import NotFound
from chedai.platform.privacy.models import Consent, Erasure
from chedai.platform.privacy.registry import Hold, holder_of


def consents_of(subjects: Iterable[str]) -> QuerySet[Consent]:
    """Every consent ever given by some subjects, those in force and those withdrawn, newest first."""
    return Consent.objects.filter(subject__in=list(subjects)).order_by("-pk")


def erasures() -> QuerySet[Erasure]:
    """Every request for deletion."""
    return Erasure.objects.all()


def erasure_of(subject: str) -> Erasure | None:
    """The request for deletion of one subject."""
    return Erasure.objects.filter(subject=subject).order_by("-pk").first()


def erasure_found(erasure_id: int) -> Erasure:
    """One request. Errors: `NotFound`."""
    found = Erasure.objects.filter(pk=erasure_id).first()
    if found is None:
        raise NotFound("no-such-erasure", "没有这项删除申请", "there is no such request for deletion")
    return found


def hold_on(subject: str, on: date) -> Hold | None:
    """The longest statutory hold on the data of a subject, on a day; None where it may be deleted at once."""
    holder, number = holder_of(subject)
    return holder.hold(number, on)
