"""Second factors: set up, asked for, counted, lost and reset; compulsory where the setting says so."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import struct
import time
from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from chedai.org.models import Staff
from chedai.platform.accounts import factors
from chedai.platform.accounts.models import SignInCount
from chedai.platform.actors import Actor
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import NotFound
from tests import cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock")]

PASSWORD = "lantern-Quay-47"


@pytest.fixture(autouse=True)
def no_limits_by_the_minute() -> None:
    cache.clear()


@pytest.fixture
def lin() -> Staff:
    staff = cast.person("lin", "林晓", cast.store(), "officer")
    staff.user.set_password(PASSWORD)
    staff.user.save()
    return staff


def code_of(secret: str, step: int = 0) -> str:
    """What the app on the phone shows (RFC 6238)."""
    moment = struct.pack(">Q", int(time.time()) // 30 + step)  # noqa: TID251 - the library reads the wall clock
    digest = hmac.digest(base64.b32decode(secret), moment, hashlib.sha1)
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def sign_in(client: Client) -> Any:
    return client.post(reverse("account_login"), {"login": "lin", "password": PASSWORD})


def set_up(client: Client) -> str:
    """Set up an authenticator app, after having said the password again; its secret."""
    assert client.get(reverse("mfa_activate_totp"))["Location"].startswith(reverse("account_reauthenticate"))
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    found = re.search(r"<code[^>]*>([A-Z2-7]+)</code>", page)
    assert found, page
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(found[1])})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    return found[1]


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("seq").values_list("action", flat=True))


def facts(action: str) -> list[dict[str, Any]]:
    rows = AuditEntry.objects.filter(action=action).order_by("seq").values_list("body", flat=True)
    return [json.loads(bytes(body))["facts"] for body in rows]


def test_with_an_app_the_password_alone_does_not_open(lin: Staff) -> None:
    client = Client()
    sign_in(client)
    secret = set_up(client)
    assert [f["kind"] for f in facts("account.factor_added")] == ["totp", "recovery_codes"]
    other = Client()
    assert sign_in(other)["Location"] == reverse("mfa_authenticate")
    assert other.get("/").status_code == 302
    assert other.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert other.get("/").status_code == 302
    cache.clear()
    answer = other.post(reverse("mfa_authenticate"), {"code": code_of(secret, 1)})
    if answer.status_code == 200:  # the code of the next half minute is not taken on every version
        answer = other.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert answer["Location"] == "/"
    assert other.get("/").status_code == 200
    assert actions()[-2:] == ["account.sign_in_failed", "account.signed_in"]
    assert facts("account.signed_in")[-1]["by"] == "password,mfa"


def test_secrets_rest_sealed(lin: Staff) -> None:
    client = Client()
    sign_in(client)
    secret = set_up(client)
    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert factors.secret_open(factors.secret_seal(secret)) == secret


def test_a_recovery_code_opens_once(lin: Staff) -> None:
    client = Client()
    sign_in(client)
    set_up(client)
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    code = re.findall(r"<li>([0-9a-f]{8,})</li>", page)[0]
    for expected in (302, 200):
        other = Client()
        sign_in(other)
        assert other.post(reverse("mfa_authenticate"), {"code": code}).status_code == expected


def test_wrong_codes_lock_like_wrong_passwords(lin: Staff) -> None:
    client = Client()
    sign_in(client)
    secret = set_up(client)
    other = Client()
    sign_in(other)
    for _ in range(5):
        other.post(reverse("mfa_authenticate"), {"code": "000000"})
    answer = other.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert "已锁定" in answer.content.decode()
    assert actions()[-6:] == ["account.sign_in_failed"] * 5 + ["account.locked"]
    assert sign_in(Client()).status_code == 200


def test_without_a_factor_nobody_works_where_one_is_compulsory(lin: Staff, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    client = Client()
    sign_in(client)
    assert client.get("/")["Location"] == reverse("mfa_index")
    assert client.get(reverse("own_account"))["Location"] == reverse("mfa_index")
    assert client.get("/", headers={"HX-Request": "true"})["HX-Redirect"] == reverse("mfa_index")
    assert "请先设置第二重验证" in client.get(reverse("mfa_index")).content.decode()
    assert client.post(reverse("language"), {"language": "en"}).status_code == 302
    set_up(client)
    assert client.get("/").status_code == 200


def test_the_last_factor_stays_where_one_is_compulsory(lin: Staff, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    client = Client()
    sign_in(client)
    set_up(client)
    before = actions()
    answer = client.post(reverse("mfa_deactivate_totp"))
    assert (answer.status_code, "必须保留一种第二重验证" in answer.content.decode()) == (422, True)
    assert factors.has_second_factor(lin.user_id)
    assert actions() == before
    settings.SECOND_FACTOR_REQUIRED = False
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert not factors.factors_of(lin.user_id)
    assert actions()[-2:] == ["account.factor_removed"] * 2


def test_who_lost_the_phone_gets_a_fresh_start_and_every_session_ends(lin: Staff) -> None:
    client = Client()
    sign_in(client)
    set_up(client)
    admin: Actor = cast.acting(cast.person("admin", "管理员", cast.store(), "admin"))
    factors.factors_reset(user_id=lin.user_id, reason="手机遗失,已当面核对", actor=admin)
    assert client.get("/").status_code == 302
    assert sign_in(Client())["Location"] == "/"
    assert "account.factors_reset" in actions() and "account.sessions_ended" in actions()
    with pytest.raises(NotFound):
        factors.factors_reset(user_id=lin.user_id, reason="再一次", actor=admin)


def forged(user_handle: str) -> str:
    """What a browser would send for a passkey, signed by nobody."""
    client = {"type": "webauthn.get", "challenge": "AAAA", "origin": "http://testserver"}
    parts = {
        "clientDataJSON": json.dumps(client).encode(),
        "authenticatorData": bytes(32) + b"\x05" + bytes(4),
        "signature": b"forged",
        "userHandle": user_handle.encode(),
    }
    response = {name: base64.urlsafe_b64encode(part).decode().rstrip("=") for name, part in parts.items()}
    return json.dumps({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": response})


def test_a_passkey_that_is_not_right_is_on_record_and_locks_nobody_out(lin: Staff) -> None:
    client = Client()
    for claimed in (user_pk_to_url_str(lin.user), "zzzzz", "?"):
        answer = client.post(reverse("mfa_login_webauthn"), {"credential": forged(claimed)})
        assert (answer.status_code, "_auth_user_id" in client.session) == (302, False)
    failed = AuditEntry.objects.filter(action="account.sign_in_failed").order_by("seq")
    assert [entry.subject for entry in failed] == [f"user:{lin.user_id}", "user:0", "user:0"]
    assert {json.loads(entry.body)["facts"]["by"] for entry in failed} == {"webauthn"}
    assert not SignInCount.objects.exists()
    assert "_auth_user_id" not in client.session
    sign_in(client)
    assert "_auth_user_id" in client.session
