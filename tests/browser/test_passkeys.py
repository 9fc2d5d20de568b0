"""A passkey in a real browser with a virtual authenticator: added, used alone, used as second factor, removed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from chedai.org.models import Staff
from chedai.platform.audit.models import AuditEntry
from tests import cast

pytestmark = [pytest.mark.django_db(transaction=True)]

PASSWORD = "lantern-Quay-47"
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    cache.clear()
    context = chromium.new_context(locale="zh-CN")
    opened = context.new_page()
    wire = context.new_cdp_session(opened)
    wire.send("WebAuthn.enable")
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    yield opened
    context.close()


@pytest.fixture
def lin() -> Staff:
    staff = cast.person("lin", "林晓", cast.store(), "officer")
    staff.user.set_password(PASSWORD)
    staff.user.save()
    return staff


def press(page: Page, selector: str) -> None:
    """Click what leads to another page, and wait for it."""
    with page.expect_navigation():
        page.click(selector)


def sign_in(page: Page, house: str) -> None:
    page.goto(house + reverse("account_login"))
    page.fill("[name=login]", "lin")
    page.fill("[name=password]", PASSWORD)
    press(page, ".gate-box .btn-main")


def add(page: Page, house: str, *, alone: bool) -> None:
    page.goto(house + reverse("mfa_add_webauthn"))
    page.fill("[name=password]", PASSWORD)
    press(page, ".gate-box .btn-main")
    page.fill("[name=name]", "展厅电脑")
    if alone:
        page.check("[name=passwordless]")
    page.click("#passkey_add")
    expect(page.locator("h1")).to_have_text("恢复码")


def sign_out(page: Page, house: str) -> None:
    page.goto(house + reverse("account_logout"))
    press(page, ".gate-box .btn-main")
    expect(page).to_have_url(re.compile("/accounts/login/"))


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("seq").values_list("action", flat=True))


def test_a_passkey_signs_in_alone(page: Page, lin: Staff, live_server: Any) -> None:
    house = live_server.url
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
    sign_in(page, house)
    expect(page.locator("h1")).to_have_text("今日")
    add(page, house, alone=True)
    sign_out(page, house)
    page.click("#passkey_login")
    expect(page.locator("h1")).to_have_text("今日")
    assert faults == []
    assert actions() == [
        "account.signed_in",
        "account.factor_added",
        "account.factor_added",
        "account.signed_out",
        "account.signed_in",
    ]


def test_a_passkey_is_the_second_step_after_the_password(page: Page, lin: Staff, live_server: Any) -> None:
    house = live_server.url
    sign_in(page, house)
    add(page, house, alone=False)
    sign_out(page, house)
    sign_in(page, house)
    expect(page.locator("h1")).to_have_text("第二重验证")
    page.click("#passkey")
    expect(page.locator("h1")).to_have_text("今日")


def test_a_passkey_is_removed_with_its_recovery_codes(page: Page, lin: Staff, live_server: Any) -> None:
    house = live_server.url
    sign_in(page, house)
    add(page, house, alone=True)
    page.goto(house + reverse("mfa_list_webauthn"))
    with page.expect_navigation():
        page.get_by_role("link", name="移除").click()
    press(page, ".btn-danger")
    expect(page.locator("main")).to_contain_text("还没有通行密钥")
    assert not Authenticator.objects.exists()
    assert actions()[-2:] == ["account.factor_removed"] * 2
