"""Webhooks: signed, delivered once, tried again, with a log; the receiver is a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.jobs import handlers, worker
from chedai.platform.jobs.models import Job
from chedai.platform.webhooks import services, signing
from chedai.platform.webhooks.models import Delivery, Endpoint
from tests.conftest import MOMENT
from tests.support import receiver
from tests.support.postgres import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock", "tellers")]

ADMIN = Actor(ActorKind.PERSON, 1, "管理员")
NOW = int(MOMENT.timestamp())


@pytest.fixture
def tellers(settings: Any) -> Iterator[None]:
    settings.DEBUG = True
    before = handlers.handlers()
    handlers.install(services.HANDLERS)
    yield
    handlers.install(before)


def add(url: str, *events: str) -> tuple[Endpoint, str]:
    return services.endpoint_add(url=url, events=events or ("approval.closed",), actor=ADMIN)


def tell(key: str = "approval-5", event: str = "approval.closed") -> int:
    return services.webhook_tell(event=event, subject="approval:5", facts={"state": "approved"}, key=key)


def test_who_wants_to_know_is_told_once_and_can_check_who_told(tmp_path: Path) -> None:
    with receiver.server(tmp_path, 200) as other:
        endpoint, secret = add(other.url)
        assert tell() == 1
        assert tell() == 0
        assert worker.run_due() == 1
        (told,) = other.told()
    body = told["body"].encode()
    assert json.loads(body) == {
        "id": f"{endpoint.pk}:approval-5",
        "event": "approval.closed",
        "subject": "approval:5",
        "facts": {"state": "approved"},
        "at": MOMENT.isoformat(),
    }
    header = told["headers"][signing.HEADER]
    assert signing.verify(secret, body, header, NOW)
    assert not signing.verify(secret, body + b" ", header, NOW)
    assert not signing.verify("another", body, header, NOW)
    assert not signing.verify(secret, body, header, NOW + 301)
    assert not signing.verify(secret, body, "t=now", NOW)
    assert (Delivery.objects.get().status, Delivery.objects.get().delivered_at) == (200, MOMENT)


def test_a_receiver_that_fails_is_tried_again_until_it_answers(tmp_path: Path) -> None:
    with receiver.server(tmp_path, 500, 302, 204) as other:
        add(other.url)
        tell()
        for minutes in (0, 1, 3):
            with clock.frozen(MOMENT + timedelta(minutes=minutes)):
                worker.run_due()
        assert len(other.told()) == 3
    delivery = Delivery.objects.get()
    assert (delivery.tries, delivery.status, delivery.delivered_at) == (3, 204, MOMENT + timedelta(minutes=3))


def test_a_receiver_that_is_away_leaves_its_fault_in_the_log() -> None:
    add(f"http://127.0.0.1:{free_port()}/hook")
    tell()
    worker.run_due()
    delivery = Delivery.objects.get()
    assert (delivery.tries, delivery.status, delivery.fault) == (1, None, "URLError")


def test_who_does_not_want_to_know_is_not_told() -> None:
    endpoint, _ = add("http://127.0.0.1/hook", "loan.settled")
    assert tell() == 0
    services.endpoint_change(endpoint_id=endpoint.pk, is_active=False, events=["approval.closed"], actor=ADMIN)
    assert tell() == 0
    assert not Delivery.objects.exists()


def test_an_endpoint_switched_off_gets_nothing_more() -> None:
    endpoint, _ = add(f"http://127.0.0.1:{free_port()}/hook")
    tell()
    services.endpoint_change(endpoint_id=endpoint.pk, is_active=False, events=endpoint.events, actor=ADMIN)
    worker.run_due()
    assert (Delivery.objects.get().tries, Job.objects.get().state) == (0, "done")
    with pytest.raises(NotFound):
        services.endpoint_change(endpoint_id=0, is_active=True, events=[], actor=ADMIN)


@pytest.mark.parametrize("url", ["ftp://host/x", "https:///x", "javascript:alert(1)", "https://me:secret@host/x"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Refusal) as refusal:
        add(url)
    assert refusal.value.field == "url"
    assert not Endpoint.objects.exists()


def test_in_production_only_https(settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(Refusal):
        add("http://host/x")
    assert add("https://host/x")[0].pk


def test_an_endpoint_wants_at_least_one_event() -> None:
    with pytest.raises(Refusal) as refusal:
        services.endpoint_add(url="https://host/x", events=[], actor=ADMIN)
    assert refusal.value.field == "events"


def test_the_secret_rests_sealed() -> None:
    endpoint, secret = add("http://127.0.0.1/hook")
    endpoint.refresh_from_db()
    assert (str(endpoint.secret), endpoint.secret.in_full()) == ("****", secret)
