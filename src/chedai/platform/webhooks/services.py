"""Adding who wants to be told, telling them, and trying again."""

from __future__ import annotations

import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db.models import F

from chedai.platform import clock
from chedai.platform.actors import Actor, system
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.jobs.handlers import Handler, Later, Payload, Progress, Result
from chedai.platform.jobs.services import job_again, job_ask
from chedai.platform.webhooks.models import Delivery, Endpoint
from chedai.platform.webhooks.selectors import DELIVER, delivery_lock, endpoint_lock, job_key
from chedai.platform.webhooks.signing import HEADER, sign
from chedai.platform.work import record, service

PATIENCE: Final = 10.0
TELLER: Final = system("webhooks")
TEST: Final = "webhook.test"
"""The event of a test: every endpoint gets it when somebody asks, whatever it subscribed to."""


@service
def endpoint_add(*, url: str, events: Iterable[str], actor: Actor) -> tuple[Endpoint, str]:
    """Add an endpoint; the secret is returned this once."""
    wanted = sorted(set(events))
    _refuse_url(url)
    if not wanted:
        raise Refusal("webhook-events", "至少选择一种事件", "choose at least one event", field="events")
    secret = secrets.token_urlsafe(32)
    endpoint = Endpoint.objects.create(url=url, events=wanted, secret=secret, made_by=actor.key, made_at=clock.now())
    facts: dict[str, Scalar] = {"host": urlsplit(url).hostname, "events": ",".join(wanted)}
    record(actor=actor, action="webhook.added", subject=f"webhook:{endpoint.pk}", facts=facts)
    return endpoint, secret


@service
def endpoint_change(*, endpoint_id: int, actor: Actor, is_active: bool, events: Iterable[str]) -> Endpoint:
    """Switch an endpoint on or off, or change what it is told of."""
    endpoint = endpoint_lock(endpoint_id)
    endpoint.is_active, endpoint.events = is_active, sorted(set(events))
    endpoint.save(update_fields=["is_active", "events"])
    facts: dict[str, Scalar] = {"active": is_active, "events": ",".join(endpoint.events)}
    record(actor=actor, action="webhook.changed", subject=f"webhook:{endpoint.pk}", facts=facts)
    return endpoint


def webhook_tell(*, event: str, subject: str, facts: Mapping[str, Any], key: str) -> int:
    """Tell everybody who wants to know of `event`, in the transaction that is open; how many. `key` makes it once."""
    told = 0
    for endpoint in Endpoint.objects.filter(is_active=True):
        if event not in endpoint.events:
            continue
        of_endpoint, at = f"{endpoint.pk}:{key}", clock.now()
        body = {"id": of_endpoint, "event": event, "subject": subject, "facts": dict(facts), "at": at.isoformat()}
        made, new = Delivery.objects.get_or_create(
            key=of_endpoint,
            defaults={"endpoint": endpoint, "event": event, "body": body, "made_at": at},
        )
        if new:
            told += 1
            job_ask(kind=DELIVER, payload={"delivery": made.pk}, actor=TELLER, key=job_key(made.pk))
    return told


@service
def endpoint_test(*, endpoint_id: int, actor: Actor) -> Delivery:
    """Send an endpoint a message without content, signed like any other, to see whether it is taken."""
    endpoint, at = endpoint_lock(endpoint_id), clock.now()
    if not endpoint.is_active:
        zh, en = "回调已停用，启用后才能测试", "the webhook is switched off; switch it on to test it"
        raise Conflict("webhook-off", zh, en)
    key = f"{endpoint.pk}:{TEST}:{uuid4()}"
    body = {"id": key, "event": TEST, "subject": f"webhook:{endpoint.pk}", "facts": {}, "at": at.isoformat()}
    made = Delivery.objects.create(endpoint=endpoint, event=TEST, body=body, key=key, made_at=at)
    job_ask(kind=DELIVER, payload={"delivery": made.pk}, actor=TELLER, key=job_key(made.pk))
    record(actor=actor, action="webhook.tested", subject=f"webhook:{endpoint.pk}", facts={"delivery": made.pk})
    return made


@service
def delivery_retry(*, delivery_id: int, actor: Actor) -> Delivery:
    """Send again what was given up, or held while the endpoint was off. Errors: `Conflict` for what was taken."""
    delivery = delivery_lock(delivery_id)
    if delivery.delivered_at is not None:
        raise Conflict("delivery-taken", "对方已收到，不再发送", "the receiver has taken it already")
    payload = {"delivery": delivery.pk}
    job_again(kind=DELIVER, payload=payload, key=job_key(delivery.pk), actor=TELLER)
    subject = f"webhook:{delivery.endpoint_id}"
    record(actor=actor, action="webhook.retried", subject=subject, facts={"delivery": delivery.pk})
    return delivery


def _refuse_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username:
        zh, en = "地址应为 https://主机/路径", "the address must be https://host/path"
        raise Refusal("webhook-url", zh, en, field="url")
    if parts.scheme == "http" and not settings.DEBUG:
        raise Refusal("webhook-url", "地址须使用 https", "the address must use https", field="url")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A receiver that sends us elsewhere is not followed: the secret was given to one address."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Never."""


_opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


def _deliver(payload: Payload, progress: Progress) -> Result:
    delivery = Delivery.objects.select_related("endpoint").get(pk=payload["delivery"])
    if delivery.delivered_at is not None or not delivery.endpoint.is_active:
        return None
    body = json.dumps(delivery.body, ensure_ascii=False, sort_keys=True).encode()
    signature = sign(delivery.endpoint.secret.in_full(), body, int(clock.now().timestamp()))
    headers = {"Content-Type": "application/json", HEADER: signature, "Chedai-Event": delivery.event}
    request = urllib.request.Request(delivery.endpoint.url, body, headers, method="POST")
    status, fault = None, ""
    try:
        with _opener.open(request, timeout=PATIENCE) as answer:
            status = answer.status
    except urllib.error.HTTPError as refused:
        status = refused.code
    except (OSError, HTTPException) as away:
        fault = type(away).__name__
    delivered = status is not None and 200 <= status < 300
    Delivery.objects.filter(pk=delivery.pk).update(
        tries=F("tries") + 1, status=status, fault=fault, delivered_at=clock.now() if delivered else None
    )
    if not delivered:
        raise Later
    return {"status": status}


HANDLERS = {DELIVER: Handler(_deliver, tries=12, words=("发送回调", "deliver a webhook"))}
