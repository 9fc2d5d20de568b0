"""The administration of the interface: everybody's tokens, and who is told what by webhook."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from chedai.journey.wiring import TOLD
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.accounts.models import ApiToken
from chedai.platform.accounts.tokens import NewToken, token_find, token_make
from chedai.platform.audit.models import AuditEntry
from chedai.platform.jobs import worker
from chedai.platform.jobs.models import Job
from chedai.platform.webhooks.models import Delivery, Endpoint
from chedai.platform.webhooks.services import endpoint_add, webhook_tell
from tests import cast
from tests.architecture.source import SRC
from tests.conftest import MOMENT
from tests.house import House
from tests.support import receiver
from tests.support.postgres import free_port

Browse = Callable[[Staff], Client]
EVENT = "approval.closed"


def _token(staff: Staff, name: str = "月报") -> NewToken:
    expires_at = clock.now() + timedelta(days=90)
    return token_make(
        user_id=staff.user_id, name=name, scopes=["staff.read"], expires_at=expires_at, actor=cast.acting(staff)
    )


def _endpoint(house: House, url: str) -> Endpoint:
    return endpoint_add(url=url, events=[EVENT], actor=cast.acting(house.admin))[0]


def _away() -> str:
    return f"http://127.0.0.1:{free_port()}/hook"


def _tell(key: str = "approval:5:approved") -> None:
    webhook_tell(event=EVENT, subject="approval:5", facts={"state": "approved"}, key=key)


def test_tokens_are_listed_with_owner_rights_expiry_and_last_use(house: House, browse: Browse) -> None:
    made = _token(house.officer)
    with clock.frozen(MOMENT + timedelta(minutes=5)):
        assert token_find(made.secret) is not None
    page = browse(house.admin).get("/tokens/").content.decode()
    assert f"cd_{made.token.prefix}_…" in page
    assert "林晓" in page
    assert "查看员工" in page
    assert "11-20 10:05" in page
    assert "2027-02-18 10:00" in page
    assert made.secret not in page
    assert "/accounts/tokens/new/" in page


def test_a_token_taken_back_is_good_for_nothing_at_once(house: House, browse: Browse) -> None:
    made = _token(house.officer)
    client = browse(house.admin)
    assert client.post(f"/tokens/{made.token.pk}/revoke/", follow=True).content.decode().count("已收回密钥 月报") == 1
    assert token_find(made.secret) is None
    assert client.post(f"/tokens/{made.token.pk}/revoke/").status_code == 404
    assert AuditEntry.objects.filter(action="token.revoked").count() == 1


def test_several_are_taken_back_together_or_none(house: House, browse: Browse) -> None:
    first, second = _token(house.officer).token, _token(house.manager).token
    client = browse(house.admin)
    client.post(f"/tokens/{first.pk}/revoke/")
    client.post("/tokens/", {"act": "bulk:revoke", "pick": [first.pk, second.pk]})
    second.refresh_from_db()
    assert second.revoked_at is None
    assert (
        "已收回 1 个密钥"
        in client.post("/tokens/", {"act": "bulk:revoke", "pick": [second.pk]}, follow=True).content.decode()
    )
    assert not ApiToken.objects.filter(revoked_at=None).exists()


def test_who_runs_one_store_sees_the_tokens_of_its_people(house: House, browse: Browse) -> None:
    east, west = _token(house.officer, "东").token, _token(house.auditor, "西").token
    local = browse(cast.person("gu", "顾宁", house.east, "admin"))
    page = local.get("/tokens/").content.decode()
    assert east.prefix in page and west.prefix not in page
    assert local.post(f"/tokens/{west.pk}/revoke/").status_code == 404
    west.refresh_from_db()
    assert west.revoked_at is None


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("state=held", {"新", "快到期"}),
        ("state=soon", {"快到期"}),
        ("state=over", {"过期"}),
        ("state=revoked", {"收回"}),
        ("state=unused", {"新"}),
        ("state=nonsense", set()),
    ],
)
def test_tokens_are_found_by_how_they_stand(house: House, browse: Browse, query: str, names: set[str]) -> None:
    now = clock.now()
    for name, change in {
        "新": {},
        "快到期": {"expires_at": now + timedelta(days=9), "used_at": now},
        "过期": {"expires_at": now},
        "收回": {"revoked_at": now},
    }.items():
        ApiToken.objects.filter(pk=_token(house.officer, name).token.pk).update(**change)
    page = browse(house.admin).get(f"/tokens/?{query}").content.decode()
    assert set(re.findall(r"(?:新|快到期|过期|收回)(?=<small>cd_)", page)) == names


def test_a_webhook_is_added_with_its_secret_shown_once(house: House, browse: Browse, settings: Any) -> None:
    client = browse(house.admin)
    sent = {"url": "https://hooks.example/chedai", "events": [EVENT]}
    page = client.post("/webhooks/new/", sent).content.decode()
    endpoint = Endpoint.objects.get()
    secret = endpoint.secret.in_full()
    assert secret in page
    assert (endpoint.url, endpoint.events) == (sent["url"], [EVENT])
    seen = "".join(client.get(path).content.decode() for path in ("/webhooks/", f"/webhooks/{endpoint.pk}/"))
    assert secret not in seen
    assert "审批有结论" in seen
    assert "周航" in seen


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"url": "https://hooks.example/x"}, "必填"),
        ({"url": "ftp://hooks.example/x", "events": [EVENT]}, "地址应为 https://主机/路径"),
        ({"url": "https://hooks.example/x", "events": ["made.up"]}, "made.up"),
    ],
)
def test_what_is_wrong_with_a_webhook_is_said_and_nothing_added(
    house: House, browse: Browse, sent: dict[str, Any], said: str
) -> None:
    answer = browse(house.admin).post("/webhooks/new/", sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Endpoint.objects.exists()


def test_a_test_is_delivered_and_stands_in_the_log(house: House, browse: Browse, tmp_path: Path, settings: Any) -> None:
    settings.DEBUG = True
    client = browse(house.admin)
    with receiver.server(tmp_path, 200) as other:
        endpoint = _endpoint(house, other.url)
        client.post(f"/webhooks/{endpoint.pk}/test/")
        assert "重试中" in client.get(f"/webhooks/{endpoint.pk}/").content.decode()
        worker.run_due()
        assert '"event": "webhook.test"' in other.told()[0]["body"]
    page = client.get(f"/webhooks/{endpoint.pk}/?state=delivered").content.decode()
    assert re.search(r"测试.*?已送达.*?>1<.*?>200<", page, re.DOTALL)
    assert "11-20 10:00" in client.get("/webhooks/").content.decode()


def test_what_was_given_up_is_sent_again(house: House, browse: Browse, settings: Any, tmp_path: Path) -> None:
    settings.DEBUG = True
    client = browse(house.admin)
    endpoint = _endpoint(house, _away())
    _tell()
    for hours in range(0, 24 * 30, 24):
        with clock.frozen(MOMENT + timedelta(hours=hours)):
            worker.run_due()
    delivery = Delivery.objects.get()
    assert (delivery.tries, Job.objects.get().state) == (12, "dead")
    page = client.get(f"/webhooks/{endpoint.pk}/?state=dead").content.decode()
    assert f'formaction="/webhooks/deliveries/{delivery.pk}/retry/"' in page
    assert "URLError" in page
    with receiver.server(tmp_path, 204) as other:
        Endpoint.objects.update(url=other.url)
        assert client.post(f"/webhooks/deliveries/{delivery.pk}/retry/").status_code == 302
        assert client.post(f"/webhooks/deliveries/{delivery.pk}/retry/").status_code == 409
        worker.run_due()
    delivery.refresh_from_db()
    assert (delivery.tries, delivery.status) == (13, 204)
    assert client.post(f"/webhooks/deliveries/{delivery.pk}/retry/").status_code == 409
    assert AuditEntry.objects.filter(action="webhook.retried").count() == 1


def test_a_paused_webhook_gets_nothing_and_what_was_held_can_be_sent_later(
    house: House, browse: Browse, settings: Any
) -> None:
    settings.DEBUG = True
    client = browse(house.admin)
    endpoint = _endpoint(house, _away())
    _tell()
    client.post(f"/webhooks/{endpoint.pk}/switch/")
    worker.run_due()
    assert "停用未发" in client.get(f"/webhooks/{endpoint.pk}/?state=held").content.decode()
    assert client.post(f"/webhooks/{endpoint.pk}/test/").status_code == 409
    client.post(f"/webhooks/{endpoint.pk}/switch/")
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.events) == (True, [EVENT])
    client.post(f"/webhooks/deliveries/{Delivery.objects.get().pk}/retry/")
    assert Job.objects.get().state == "waiting"


def test_a_delivery_whose_job_was_tidied_away_is_asked_for_anew(house: House, browse: Browse, settings: Any) -> None:
    settings.DEBUG = True
    _endpoint(house, _away())
    _tell()
    Job.objects.all().delete()
    browse(house.admin).post(f"/webhooks/deliveries/{Delivery.objects.get().pk}/retry/")
    assert Job.objects.get().state == "waiting"


def test_the_events_of_a_webhook_are_changed(house: House, browse: Browse) -> None:
    endpoint = _endpoint(house, "https://hooks.example/x")
    Endpoint.objects.update(events=["gone.away"])
    client = browse(house.admin)
    assert client.post(f"/webhooks/{endpoint.pk}/events/", {}).status_code == 422
    assert client.post(f"/webhooks/{endpoint.pk}/events/", {"events": [EVENT]}).status_code == 302
    endpoint.refresh_from_db()
    assert endpoint.events == [EVENT]
    assert client.get("/webhooks/999/").status_code == 404


def test_everything_that_is_told_can_be_chosen() -> None:
    sources = [path.read_text(encoding="utf-8") for path in SRC.rglob("*.py")]
    told = {code for source in sources for code in re.findall(r'webhook_tell\(\s*event="([a-z_.]+)"', source)}
    assert told == TOLD.keys()
    assert [code for code, words in TOLD.items() if len(words) != 2 or not all(words)] == []
