"""Reading webhooks."""

from __future__ import annotations

from django.db.models import QuerySet

from chedai.platform.errors import NotFound
from chedai.platform.webhooks.models import Delivery, Endpoint


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
