"""Customers in a real browser: a value in full appears, counts down and is gone; who is known appears while typing."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from chedai.crm.customers.models import Customer
from chedai.platform.audit.entries import Entry
from chedai.platform.audit.models import AuditEntry
from chedai.platform.audit.selectors import reasons
from chedai.platform.audit.services import entries_append
from chedai.platform.work import work
from tests import cast
from tests.browser.conftest import PHONE as SMALL
from tests.browser.conftest import WIDE, Open, Watched
from tests.browser.customers import PHONE, WANG, wang
from tests.house import House

HALF_A_MINUTE = 30_000
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


def clean(watched: Watched) -> None:
    """Nothing that axe, the policy of the page or the console has to say."""
    assert (watched.accessibility(), watched.violations(), watched.faults) == ([], [], [])


def revealed() -> list[dict[str, object]]:
    rows = list(AuditEntry.objects.filter(action="personal.revealed").order_by("seq"))
    given = reasons(row.seq for row in rows)
    return [{**json.loads(bytes(row.body)), "reason": given.get(row.seq)} for row in rows]


def ask(page: Page, field: str, reason: str) -> None:
    page.get_by_role("button", name=f"查看完整{field}").click()
    page.get_by_placeholder("查看原因，会留痕").fill(reason)
    page.get_by_role("button", name="查看 30 秒").click()


@pytest.mark.parametrize("size", [WIDE, SMALL])
def test_a_value_appears_for_a_reason_counts_down_and_disappears(
    house: House, screen: Open, size: dict[str, int]
) -> None:
    customer = wang(house)
    watched = screen(house.officer, size=size)
    watched.page.clock.set_fixed_time(NOON)
    page = watched.open(f"/customers/{customer.pk}/")
    place = page.locator(f"#reveal-customer-{customer.pk}-phone")
    expect(place).to_contain_text("138****8000")
    page.get_by_role("button", name="查看完整电话号码").click()
    expect(page.get_by_placeholder("查看原因，会留痕")).to_be_focused()
    clean(watched)
    page.get_by_role("button", name="查看 30 秒").click()
    expect(page.get_by_placeholder("查看原因，会留痕")).to_be_visible()  # the field is required: nothing was sent
    assert revealed() == []
    page.get_by_role("button", name="联系客户").click()
    page.get_by_role("button", name="查看 30 秒").click()
    expect(place).to_contain_text(PHONE)
    expect(place).to_contain_text("30 秒后遮住")
    clean(watched)
    (entry,) = revealed()
    assert (entry["subject"], entry["facts"]) == (f"customer:{customer.pk}", {"field": "phone", "kind": "phone"})
    assert entry["reason"]
    page.clock.set_fixed_time(NOON + timedelta(seconds=29))
    expect(place).to_contain_text(PHONE)
    expect(place).to_contain_text("1 秒后遮住")
    page.clock.set_fixed_time(NOON + timedelta(seconds=30))
    expect(place).not_to_contain_text(PHONE)
    expect(place).to_contain_text("138****8000")
    expect(place.get_by_role("button")).to_have_accessible_name("查看完整电话号码")
    assert PHONE not in page.content()
    assert PHONE not in page.url
    assert watched.sideways() == 0
    clean(watched)


def test_a_value_is_gone_even_when_the_server_no_longer_answers(house: House, screen: Open) -> None:
    customer = wang(house)
    watched = screen(house.officer)
    watched.page.clock.install()
    page = watched.open(f"/customers/{customer.pk}/")
    ask(page, "电话号码", "联系客户")
    place = page.locator(f"#reveal-customer-{customer.pk}-phone")
    expect(place).to_contain_text(PHONE)
    page.context.set_offline(True)
    page.clock.run_for(HALF_A_MINUTE + 500)
    expect(place).not_to_contain_text(PHONE)
    expect(place).to_contain_text("138****8000")


def test_a_reason_too_short_is_said_at_the_field_and_the_value_stays_masked(house: House, screen: Open) -> None:
    customer = wang(house)
    watched = screen(house.officer)
    page = watched.open(f"/customers/{customer.pk}/")
    ask(page, "电话号码", "看看")
    expect(page.locator(".reveal-form .error")).to_contain_text("至少 4 个字")
    clean(watched)
    page.get_by_role("button", name="不看了").click()
    expect(page.get_by_role("button", name="查看完整电话号码")).to_be_visible()
    assert (revealed(), PHONE in page.content()) == ([], False)


def test_who_is_known_appears_while_typing_and_nothing_of_it_in_the_address(house: House, screen: Open) -> None:
    wang(house)
    watched = screen(house.officer)
    page = watched.open("/customers/new/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label("身份证号或统一社会信用代码").press_sequentially("11010119900307002X")
    expect(page.locator("#known-id_number")).to_contain_text("1990-03-07 · 女 · 36 岁")
    page.get_by_label("身份证号或统一社会信用代码").fill(WANG)
    expect(page.locator("#known-id_number")).to_contain_text("这个证件号已有客户")
    page.get_by_label("电话号码").press_sequentially(PHONE)
    expect(page.locator("#known-phone")).to_contain_text("这个电话已有客户")
    expect(page.locator("#known-phone")).to_contain_text("王**")
    page.get_by_role("radio", name="企业").check()
    expect(page.locator("#known-id_number")).to_contain_text("统一社会信用代码校验不通过")
    assert not [url for url in asked if PHONE in url or WANG in url]
    assert Customer.objects.count() == 1
    clean(watched)


def test_a_customer_is_found_above_the_list_without_a_reload(house: House, screen: Open) -> None:
    customer = wang(house)
    watched = screen(house.officer)
    page = watched.open("/customers/")
    page.keyboard.press("f")
    page.keyboard.type(PHONE)
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_contain_text("王**")
    assert page.url.endswith("/customers/")
    clean(watched)
    page.locator("#found").get_by_role("link", name="打开档案").click()
    expect(page).to_have_url(re.compile(rf"/customers/{customer.pk}/$"))


def test_the_timeline_goes_on_by_its_button(house: House, screen: Open) -> None:
    customer = wang(house)
    actor = cast.acting(house.officer).key
    with work():
        entries_append([Entry(actor, "message.asked", f"customer:{customer.pk}", {}, f"第{n}次") for n in range(40)])
    watched = screen(house.officer)
    page = watched.open(f"/customers/{customer.pk}/")
    told = page.locator(".timeline > li h3")
    expect(told).to_have_count(30)
    page.get_by_role("button", name="更早的动态").click()
    expect(told).to_have_count(44)  # four more are the registration and three corrections
    expect(page.get_by_role("button", name="更早的动态")).to_have_count(0)
    clean(watched)
