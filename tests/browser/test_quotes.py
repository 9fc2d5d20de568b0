"""The quote desk in Chromium: typed in, answered at once, figures to the fen, nothing found by axe, both languages."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chedai.catalog.starter.services import catalogue_load_starter
from chedai.deals.quotes.models import Quote
from chedai.deals.quotes.sharing import quote_share
from tests import cast
from tests.browser.conftest import PHONE, WIDE, Open, Watched
from tests.deals.quoting import SEED, Desk, asked, deal_for
from tests.house import House

pytestmark = pytest.mark.django_db(transaction=True)
TARGET = os.environ.get("CHEDAI_SCREENS")
LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])


@pytest.fixture
def at(house: House) -> Desk:
    catalogue_load_starter(actor=SEED)
    return Desk(house, deal_for(house))


def picture(watched: Watched, name: str) -> None:
    if TARGET:
        watched.page.screenshot(path=str(Path(TARGET) / f"{name}.png"), full_page=True)


def cell(page: Page, code: str, column: int) -> str:
    """The figure of a row of the compare table; column 0 is cash."""
    found = page.locator(f'tr[data-row-code="{code}"] td').nth(column)
    text: str = found.evaluate("cell => [...cell.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join('')")
    return text.strip()


@LANGUAGES
def test_every_page_of_quotes_breaks_nothing(at: Desk, screen: Open, language: str) -> None:
    quote = at.offer(deal=False)
    made = quote_share(quote_id=quote.pk, staff_id=at.house.officer.pk, actor=cast.acting(at.house.officer))
    paths = {what: f"/quotes/{quote.pk}/{what}/" for what in ("print", "menu", "terms", "deal")}
    paths |= {"desk": "/quotes/new/?price=125000&down=25000&term=36&ceiling=4200", "quotes": "/quotes/"}
    paths |= {"quote": f"/quotes/{quote.pk}/", "link": f"/q/{made.token}/"}
    wrong = {}
    for staff in (at.house.officer, None):
        watched = screen(staff, language)
        for what in [what for what in paths if (what == "link") == (staff is None)]:
            for size in (WIDE, PHONE):
                watched.page.set_viewport_size(size)  # type: ignore[arg-type]
                watched.open(paths[what])
                picture(watched, f"{what}-{language}-{size['width']}")
                once = (size is WIDE) == (language != "en")  # as test_pages reads every page: each size, each language
                findings = watched.accessibility() if once else []
                found = (findings, watched.sideways(), watched.faults.copy(), watched.violations())
                watched.faults.clear()
                if any(found):
                    wrong[what, size["width"]] = found
    assert wrong == {}


def test_what_is_typed_is_answered_to_the_fen(at: Desk, screen: Open) -> None:
    watched = screen(at.house.officer)
    page = watched.open("/quotes/new/?tray=jianghe-auto..0.*,changqiao-card..0.*")
    assert [cell(page, "instalment", at) for at in (1, 2)] == ["3,036.76", "3,097.78"]
    page.fill("#id_price", "150000")
    expect(page.locator("#id_down")).to_have_value("30,000.00")  # the share stays
    expect(page.locator('tr[data-row-code="interest"] td').nth(1)).to_contain_text("11,188.02")
    page.fill("#id_price", "125000")
    page.fill("#id_down", "25000")
    expect(page.locator("[data-pair-share]")).to_have_value("20")
    page.locator("[data-pair-range]").focus()
    page.locator("[data-pair-range]").press("ArrowRight")
    expect(page.locator("#id_down")).to_have_value("26,250.00")
    page.fill("[data-pair-share]", "20")
    expect(page.locator('tr[data-row-code="over_cash"] td').nth(1)).to_contain_text("9,323.36")
    assert [cell(page, code, 2) for code in ("nominal", "effective")] == ["7.22%", "7.46%"]
    assert "term=36" in page.url
    assert (watched.faults, watched.violations()) == ([], [])


def test_the_keys_of_the_desk(at: Desk, screen: Open) -> None:
    watched = screen(at.house.officer)
    page = watched.open("/quotes/new/?tray=jianghe-auto..0.*")
    page.locator("h1").click()
    page.keyboard.press("2")
    expect(page.locator('tr[data-row-code="instalment"] td').nth(1)).to_contain_text("4,404.18")
    page.keyboard.press("3")
    expect(page.locator('tr[data-row-code="instalment"] td').nth(1)).to_contain_text("3,036.76")
    page.keyboard.press("]")
    expect(page.locator("#id_down")).to_have_value("26,250.00")
    page.keyboard.press("[")
    expect(page.locator("#id_down")).to_have_value("25,000.00")
    page.keyboard.press("p")
    page.wait_for_url("**/print/")
    quote = Quote.objects.get()
    assert (quote.state, quote.plans[1]["instalment"]) == ("offered", 303_676)
    page.goto(f"{watched.base}/quotes/new/?quote={quote.pk}&tray=jianghe-auto..0.36")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/quotes/{quote.pk}/deal/")
    assert Quote.objects.count() == 1


def test_a_wrong_figure_is_said_and_marked_and_the_answer_stays(at: Desk, screen: Open) -> None:
    watched = screen(at.house.officer)
    page = watched.open("/quotes/new/?tray=jianghe-auto..0.*")
    page.fill("#id_down", "200000")
    expect(page.locator("#desk-errors")).to_contain_text("首付不能超过车价")
    expect(page.locator("#id_down")).to_have_attribute("aria-invalid", "true")
    assert cell(page, "instalment", 1) == "3,036.76"
    page.fill("#id_down", "25000")
    expect(page.locator("#desk-errors li")).to_have_count(0)


def test_plans_come_and_go_and_the_customer_sees_no_row_of_the_house(at: Desk, screen: Open) -> None:
    watched = screen(at.house.officer)
    page = watched.open("/quotes/new/")
    internal = page.locator("[data-internal]")
    expect(internal).to_be_hidden()
    page.locator("#customer-view").uncheck()
    expect(internal).to_be_visible()
    heads = page.locator(".quote-table thead th")
    count = heads.count()
    page.locator("summary", has_text="加方案").click()
    page.locator(".quote-offers a").first.click()
    expect(heads).to_have_count(count + 1)
    page.locator(".quote-acts a", has_text="移出").first.click()
    expect(heads).to_have_count(count)
    page.locator(".quote-acts a", has_text="设为首选").last.click()
    expect(page.locator(".quote-best")).to_contain_text("您选定的方案")
    watched.press(page.locator("#why a", has_text="试一试").first)
    assert watched.faults == []


def test_a_decline_is_drawn_by_hand_and_kept(at: Desk, screen: Open) -> None:
    quote = at.offer(wish=asked(), deal=False)
    watched = screen(at.house.officer)
    page = watched.open(f"/quotes/{quote.pk}/menu/")
    page.locator("summary", has_text="不要").first.click()
    pad = page.locator("[data-sign]").first
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 90, steps=5)
    page.mouse.up()
    watched.press(page.locator("button", has_text="不要，签字确认").first)
    expect(page.locator("dd", has_text="已签字不要")).to_have_count(1)
    answer = quote.add_on_answers.get()
    assert (answer.choice, answer.signature.media_type) == ("declined", "image/png")
