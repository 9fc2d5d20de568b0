"""The grid of a rule set by keyboard: a row moves with Alt and an arrow, conditions open one by one."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.house import House


def test_alt_and_an_arrow_move_the_row_somebody_types_in(house: House, screen: Open) -> None:
    watched = screen(house.approver)
    page = watched.open("/decisions/rules/eligibility/grid/")
    numbers = page.locator("[data-number]")
    first, second, third = (numbers.nth(at).inner_text() for at in range(3))
    note = page.locator("tr[data-rule]").first.locator("[name$=_note]")
    note.press("Alt+ArrowDown")
    assert [numbers.nth(at).inner_text() for at in range(3)] == [second, first, third]
    expect(page.locator("[data-rule-said]")).to_have_text("第 2 行")
    expect(page.locator("tr[data-rule]").nth(1).locator("[name$=_note]")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    assert [numbers.nth(at).inner_text() for at in range(3)] == [first, second, third]
    page.keyboard.press("Alt+ArrowUp")  # the first stays the first
    assert numbers.first.inner_text() == first
    assert watched.faults == []


def test_a_row_shows_its_conditions_and_opens_one_more_when_asked(house: House, screen: Open) -> None:
    page = screen(house.approver).open("/decisions/rules/eligibility/grid/")
    row = page.locator("tr[data-rule]").nth(2)
    shown = row.locator("[data-condition]:not([hidden])")
    expect(shown).to_have_count(1)
    more = row.get_by_role("button", name="加条件")
    more.press("Enter")
    expect(shown).to_have_count(2)
    fact = shown.nth(1).locator("select").first
    expect(fact).to_be_focused()
    fact.select_option(label="年龄")
    expect(shown.nth(1).locator("> [data-unit]")).to_have_text("岁")
