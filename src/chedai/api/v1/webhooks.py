"""Who is told what, and how the telling went."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router

from chedai.api.operations import caller_of, changing, reading, require_version
from chedai.api.pages import Cut, Page, page
from chedai.api.schemas import DeliveryOut, Number, WebhookChange, WebhookIn, WebhookNew, WebhookOut
from chedai.platform.webhooks import selectors, services

router = Router(tags=["webhooks"])


@reading(router, "/webhooks", "webhook.manage", response=Page[WebhookOut])
def webhooks(request: HttpRequest, cut: Query[Cut]) -> dict[str, Any]:
    """Endpoints, newest first. Secrets are never shown again."""
    return page(selectors.endpoints(), cut)


@changing(router, "/webhooks", "webhook.manage", response=WebhookNew, status=201)
def add(request: HttpRequest, webhook: WebhookIn) -> Any:
    """Add an endpoint; the answer holds its secret, this once and under its key."""
    endpoint, secret = services.endpoint_add(url=webhook.url, events=webhook.events, actor=caller_of(request).actor)
    return WebhookNew(
        id=endpoint.pk, url=endpoint.url, events=endpoint.events, is_active=endpoint.is_active, secret=secret
    )


@reading(router, "/webhooks/{webhook_id}", "webhook.manage", response=WebhookOut)
def webhook(request: HttpRequest, webhook_id: Path[Number]) -> Any:
    """One endpoint."""
    return selectors.endpoint_get(webhook_id)


@changing(router, "/webhooks/{webhook_id}", "webhook.manage", response=WebhookOut, method="put")
def change(request: HttpRequest, webhook_id: Path[Number], webhook: WebhookChange) -> Any:
    """Switch an endpoint on or off, or change its events; `If-Match` names the version that was read."""
    require_version(request, WebhookOut, selectors.endpoint_get(webhook_id))
    return services.endpoint_change(
        endpoint_id=webhook_id,
        is_active=webhook.is_active,
        events=webhook.events,
        actor=caller_of(request).actor,
    )


@reading(router, "/webhooks/{webhook_id}/deliveries", "webhook.manage", response=Page[DeliveryOut])
def deliveries(request: HttpRequest, webhook_id: Path[Number], cut: Query[Cut]) -> dict[str, Any]:
    """The delivery log of an endpoint, newest first."""
    return page(selectors.deliveries(webhook_id), cut)
