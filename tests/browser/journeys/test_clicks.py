"""Few fields, few clicks: a walk-in in six, a quote in five, any record three clicks from my day."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from chedai.deals.contracts.selectors import contract_in_force
from tests import cast
from tests.browser.conftest import Open
from tests.deals.papering import Papering, approved
from tests.house import House

pytestmark = pytest.mark.django_db(transaction=True)

TYPED = "input:not([type=hidden]):not([type=checkbox]):not([type=submit]), select, textarea"


def fields(page: Page, form: str) -> set[str]:
    """What a form asks for, each name once, without what its drawer or another form holds."""
    names: list[str] = page.locator(form).locator(TYPED).evaluate_all("found => found.map(one => one.name)")
    return {name for name in names if name}


def clicks(page: Page, start: str, wanted: set[str], most: int) -> dict[str, int]:
    """By how few links somebody who knows the way gets from a page to each address; what is further off is missing."""
    found: dict[str, int] = {}
    seen, edge = {start}, [start]
    for clicked in range(1, most + 1):
        following: list[str] = []
        for address in edge:
            page.goto(address)
            links: list[str] = page.locator("a[href]").evaluate_all("found => found.map(one => one.href)")
            for there in wanted & {link.split("#")[0].split("?")[0] for link in links}:
                found.setdefault(there, clicked)
            if len(found) == len(wanted):
                return found
            near = [link for link in links if link.startswith(start) and link not in seen and "?" not in link]
            seen.update(near)
            following += near
        edge = following
    return found


@pytest.fixture
def deal(house: House) -> Papering:
    return approved(house).signed()


def test_a_walk_in_is_noted_in_six_fields(house: House, screen: Open) -> None:
    reception = cast.person("he", "何静", house.east, "reception")
    asked = fields(screen(reception).open("/reception/"), "main form:has([name=interest])")
    assert asked == {"name", "phone", "purpose", "source", "interest", "next_contact_on"}


def test_a_quote_is_asked_for_in_five_inputs(deal: Papering, screen: Open) -> None:
    page = screen(deal.house.officer).open("/quotes/new/")
    assert page.locator("#desk .field-top").count() == 5  # car, price, down payment, term, ceiling
    assert {"car", "price", "down", "term", "ceiling"} <= fields(page, "#desk")


def test_any_record_is_three_clicks_from_my_day(deal: Papering, screen: Open) -> None:
    number, officer = deal.deal.number, deal.house.officer
    assert contract_in_force(deal.deal.pk) is not None
    watched = screen(officer)
    tabs = ("", "application/", "contract/", "payout/", "after/")
    paths = [f"/customers/{deal.deal.customer_id}/", *(f"/deals/{number}/{tab}" for tab in tabs)]
    wanted = {f"{watched.base}{path}" for path in paths}
    assert clicks(watched.page, f"{watched.base}/", wanted, 3).keys() == wanted
