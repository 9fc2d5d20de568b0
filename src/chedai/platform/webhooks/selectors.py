"""Reading webhooks."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Case, CharField, Max, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Concat

from chedai.platform.errors import NotFound
from chedai.platform.jobs.models import Job
from chedai.platform.jobs.states import State
from chedai.platform.webhooks.models import Delivery, Endpoint
from chedai.platform.webhooks.states import DeliveryState

DELIVER = "webhook.deliver"
"""The kind of the job that carries a delivery; its key names the delivery."""


def endpoints() -> QuerySet[Endpoint]:
    """All endpoints."""
    return Endpoint.objects.all()


def endpoint_get(endpoint_id: int) -> Endpoint:
    """One endpoint. Errors: `NotFound`."""
    found = Endpoint.objects.filter(pk=endpoint_id).first()
    if found is None:
        raise NotFound("no-such-webhook", "没有这个回调", "there is no such webhook")
    return found


def deliveries(endpoint_id: int) -> QuerySet[Delivery]:
    """The delivery log of an endpoint."""
    return endpoint_get(endpoint_id).deliveries.all()


def job_key(delivery_id: int) -> str:
    """The key of the job that carries a delivery."""
    return f"{DELIVER}:{delivery_id}"


def deliveries_told(endpoint_id: int) -> QuerySet[Delivery]:
    """The delivery log of an endpoint, each with `stands`, a `DeliveryState`, in one query."""
    key = Concat(Value(f"{DELIVER}:"), Cast(OuterRef("pk"), CharField()))
    of_job = Subquery(Job.objects.filter(key=key).values("state")[:1])
    stands = Case(
        When(delivered_at__isnull=False, then=Value(DeliveryState.DELIVERED)),
        When(carried__in=(State.WAITING, State.RUNNING), then=Value(DeliveryState.WAITING)),
        When(carried=State.DONE, then=Value(DeliveryState.HELD)),
        default=Value(DeliveryState.DEAD),
        output_field=CharField(),
    )
    return Delivery.objects.filter(endpoint_id=endpoint_id).annotate(carried=of_job).annotate(stands=stands)


def last_delivered(endpoint_ids: Iterable[int]) -> dict[int, object]:
    """When each endpoint last took something; one that never did is missing."""
    taken = Delivery.objects.filter(endpoint_id__in=list(endpoint_ids), delivered_at__isnull=False)
    return dict(taken.values("endpoint_id").annotate(last=Max("delivered_at")).values_list("endpoint_id", "last"))


def delivery_lock(delivery_id: int) -> Delivery:
    """A delivery, locked until the transaction ends. Errors: `NotFound`."""
    found = Delivery.objects.select_for_update(no_key=True).filter(pk=delivery_id).first()
    if found is None:
        raise NotFound("no-such-delivery", "没有这条投递记录", "there is no such delivery")
    return found


def endpoint_lock(endpoint_id: int) -> Endpoint:
    """An endpoint, locked until the transaction ends. Errors: `NotFound`."""
    found = Endpoint.objects.select_for_update(no_key=True).filter(pk=endpoint_id).first()
    if found is None:
        raise NotFound("no-such-webhook", "没有这个回调", "there is no such webhook")
    return found
