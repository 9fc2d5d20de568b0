"""Everything by keyboard, and what pages do by themselves: echoes, drafts, the folded menu, lists without reloads."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from chedai.platform.approvals.models import Approval
from chedai.platform.jobs.models import Job
from chedai.web.models import Draft
from tests.browser.conftest import PHONE, Open
from tests.browser.pages import furnish_desk
from tests.house import House, chief


def _focused(page: Page) -> str:
    found: str = page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
    return found


def test_the_first_key_skips_the_menu(house: House, screen: Open) -> None:
    page = screen(house.officer).open("/")
    page.keyboard.press("Tab")
    assert _focused(page) == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#page"
    assert _focused(page) == "page"


def test_every_stop_of_the_tab_key_can_be_seen(house: House, screen: Open) -> None:
    page = screen(chief(house)).open("/jobs/")
    seen = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        outline, name = page.evaluate(
            "[getComputedStyle(document.activeElement).outlineStyle, document.activeElement.outerHTML.slice(0, 60)]"
        )
        assert outline == "solid", name
        seen.add(name)
    assert len(seen) >= 20


def test_ctrl_k_finds_a_page_and_enter_opens_it(house: House, screen: Open) -> None:
    page = screen(chief(house)).open("/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    expect(page.locator("#palette [role=option]").first).to_be_visible()
    page.keyboard.type("日志")
    expect(page.locator("#palette [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/audit/")


def test_the_arrows_choose_in_the_palette_and_escape_closes_it(house: House, screen: Open) -> None:
    page = screen(chief(house)).open("/")
    page.keyboard.press("Control+k")
    options = page.locator("#palette [role=option]")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.locator("#palette-input")).to_have_attribute("aria-activedescendant", "found-2")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_g_and_a_letter_go_to_a_screen_and_not_while_typing(house: House, screen: Open) -> None:
    page = screen(chief(house)).open("/staff/")
    page.keyboard.press("f")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("ga")
    assert page.url.endswith("/staff/")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/approvals/")


def test_single_keys_can_be_switched_off(house: House, screen: Open) -> None:
    page = screen(chief(house)).open("/staff/")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.locator("#single-keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    assert page.evaluate("document.activeElement.name") is None
    page.reload()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()


def test_rows_are_walked_selected_and_done_by_keys(house: House, screen: Open) -> None:
    furnish_desk(house)
    page = screen(chief(house)).open("/jobs/?state=dead")
    for key in ("j", "x", "j", "x", "j", "k"):
        page.keyboard.press(key)
    expect(page.locator(".bulk")).to_be_visible()
    expect(page.locator(".bulk strong")).to_have_text("2")
    expect(page.locator("tr.cursor")).to_have_count(1)
    page.get_by_role("button", name="重试选中的任务").click()
    expect(page.locator(".toast")).to_have_text(re.compile("已重试 2 个任务"))
    assert page.url.endswith("/jobs/?state=dead")
    expect(page.locator("tr[data-row]")).to_have_count(1)


def test_the_whole_page_is_selected_at_once(house: House, screen: Open) -> None:
    furnish_desk(house)
    page = screen(chief(house)).open("/jobs/")
    page.locator("[data-pick-all]").check()
    expect(page.locator(".bulk strong")).to_have_text("50")
    page.get_by_role("button", name="取消选择").click()
    expect(page.locator(".bulk")).to_be_hidden()


def test_e_takes_the_list_out_as_excel(house: House, screen: Open, tmp_path: Path) -> None:
    furnish_desk(house)
    page = screen(chief(house)).open("/jobs/?state=dead")
    with page.expect_download() as waiting:
        page.keyboard.press("e")
    waiting.value.save_as(tmp_path / "jobs.xlsx")
    assert waiting.value.suggested_filename.startswith("后台任务-")
    assert (tmp_path / "jobs.xlsx").read_bytes()[:2] == b"PK"


def test_a_filter_changes_the_list_and_the_address_without_a_new_page(house: House, screen: Open) -> None:
    furnish_desk(house)
    watched = screen(chief(house))
    page = watched.open("/jobs/")
    page.evaluate("window.same = true")
    page.locator("summary", has_text="状态").click()
    page.get_by_role("link", name="失败", exact=True).last.click()
    expect(page.locator("tr[data-row]")).to_have_count(3)
    expect(page).to_have_url(re.compile(r"/jobs/\?state=dead$"))
    assert page.evaluate("window.same") is True
    page.go_back()
    expect(page.locator("tr[data-row]")).to_have_count(50)
    assert watched.faults == []


def test_the_figures_of_the_views_arrive(house: House, screen: Open) -> None:
    furnish_desk(house)
    page = screen(chief(house)).open("/jobs/")
    expect(page.locator("#views-all")).to_have_text(str(Job.objects.count()))
    expect(page.locator("#views-v0")).to_have_text("3")
    expect(page.locator("#views-v0")).to_have_class("red")


def test_the_menu_folds_and_stays_folded(house: House, screen: Open) -> None:
    page = screen(house.officer).open("/")
    page.locator("#fold").click()
    expect(page.locator("#nav")).to_have_css("width", "56px")
    page.reload()
    expect(page.locator("#nav")).to_have_css("width", "56px")


def test_on_a_phone_the_menu_is_a_drawer(house: House, screen: Open) -> None:
    page = screen(house.officer, size=PHONE).open("/")
    expect(page.locator("#nav")).to_be_hidden()
    page.locator("#nav-open").click()
    expect(page.locator("#nav")).to_be_visible()
    expect(page.locator("#nav-open")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#nav")).to_be_hidden()
    assert _focused(page) == "nav-open"


def test_a_drawer_and_a_question_close_by_escape_one_after_the_other(house: House, screen: Open) -> None:
    page = screen(house.officer).open("/style/")
    page.get_by_role("button", name="打开抽屉").click()
    page.get_by_role("button", name="打开确认窗").click()
    expect(page.locator("#sample-modal")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#sample-modal")).to_be_hidden()
    expect(page.locator("#sample-drawer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#sample-drawer")).to_be_hidden()


def test_tabs_change_by_arrows(house: House, screen: Open) -> None:
    page = screen(house.officer).open("/style/")
    page.locator("#tab-one").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-two")).to_be_focused()
    expect(page.locator("#pane-two")).to_be_visible()
    expect(page.locator("#pane-one")).to_be_hidden()


def test_what_is_typed_is_echoed_in_words(house: House, screen: Open) -> None:
    page = screen(house.officer).open("/style/")
    page.locator("#id_price").fill("125000")
    expect(page.locator("#id_price-echo")).to_have_text("12.5 万元")
    page.keyboard.press("Tab")
    expect(page.locator("#id_price")).to_have_value("125,000.00")
    page.locator("#id_number").fill("11010119900307002x")
    expect(page.locator("#id_number-echo")).to_have_text("1990-03-07 女")
    page.locator("#id_number").fill("110101199003070020")
    expect(page.locator("#id_number-echo")).to_have_text("校验码不对")
    page.locator("#id_note").fill("三个字")
    expect(page.locator("#id_note-echo")).to_have_text("3 / 200")


def test_a_draft_keeps_itself_and_comes_back(house: House, screen: Open) -> None:
    watched = screen(house.officer)
    page = watched.open("/style/")
    page.locator("#id_name").fill("王小")
    expect(page.locator("[data-draft-state]")).to_have_text(re.compile("已暂存"))
    page.goto(page.url)
    expect(page.locator("#id_name")).to_have_value("王小")
    watched.press(page.get_by_role("button", name="放弃并重填"))
    expect(page.locator("#id_name")).to_have_value("")
    assert Draft.objects.count() == 0


def test_errors_are_read_first_and_lead_to_their_fields(house: House, screen: Open) -> None:
    page = screen(house.officer).open("/style/")
    page.locator("#id_name").fill("王女士")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#errors")).to_be_focused()
    page.locator("#errors a").first.click()
    expect(page.locator("#id_price")).to_be_focused()
    expect(page.locator("#id_name")).to_have_value("王女士")


def test_a_form_clicked_twice_is_sent_once(house: House, screen: Open) -> None:
    watched = screen(house.officer)
    page = watched.open("/style/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.url.endswith("/style/") else None)
    page.locator("#id_name").fill("王女士")
    with page.expect_navigation():
        page.locator("main form button.btn-main").dblclick()
    assert sent.count("POST") == 1


def test_cases_are_decided_by_keys_one_after_another(house: House, screen: Open) -> None:
    furnish_desk(house)
    first, _second, third = Approval.objects.filter(action="price.deviation").order_by("pk")
    page = screen(house.manager).open("/approvals/")
    page.keyboard.press("a")
    page.wait_for_url(f"**/approvals/{first.pk}/")
    page.keyboard.press("r")
    expect(page.locator("#errors")).to_have_text(re.compile("退回或拒绝须写明理由"))
    page.locator("#id_opinion").fill("请补结清证明 ard")
    page.locator("h1").click()
    page.keyboard.press("r")
    page.wait_for_url(f"**/approvals/{third.pk}/")
    expect(page.locator(".toast")).to_have_text(re.compile("已退回"))
    page.keyboard.press("a")
    page.wait_for_url("**/approvals/")
    prices = Approval.objects.filter(action="price.deviation").order_by("pk")
    states = list(prices.values_list("state", flat=True))
    assert states == ["returned", "returned", "approved"]


def test_a_paper_is_enlarged_and_turned(house: House, screen: Open) -> None:
    furnish_desk(house)
    page = screen(house.manager).open(f"/approvals/{Approval.objects.order_by('pk')[0].pk}/")
    picture = page.locator(".viewer img")
    page.get_by_role("button", name="放大").click()
    page.get_by_role("button", name="旋转").click()
    expect(picture).to_have_attribute("data-zoom", "1")
    expect(picture).to_have_attribute("data-turn", "1")
    page.get_by_role("button", name="缩小").click()
    page.get_by_role("button", name="缩小").click()
    expect(picture).to_have_attribute("data-zoom", "0")


def test_the_language_is_changed_from_the_menu_of_the_person(house: House, screen: Open) -> None:
    page = screen(house.officer).open("/style/")
    page.locator("summary.person").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Style")
    assert page.evaluate("document.documentElement.lang") == "en"


def test_the_bell_opens_what_waits(house: House, screen: Open) -> None:
    furnish_desk(house)
    page = screen(house.manager).open("/")
    expect(page.locator("#count-bell")).to_have_text("2")
    page.get_by_title("通知").click()
    expect(page.locator("#bell a").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#bell")).to_be_hidden()


def test_a_toast_leaves_by_itself(house: House, screen: Open) -> None:
    furnish_desk(house)
    page = screen(chief(house)).open("/jobs/?state=dead")
    page.get_by_role("button", name="重试", exact=True).first.click()
    expect(page.locator(".toast")).to_be_visible()
    expect(page.locator(".toast")).to_have_count(0)


def test_on_paper_there_is_the_page_and_no_frame(house: House, screen: Open) -> None:
    furnish_desk(house)
    page = screen(chief(house)).open("/approvals/")
    page.emulate_media(media="print")
    for gone in (".nav", ".top", ".list-tools .chips"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator("table")).to_be_visible()
    expect(page.locator(".watermark")).to_be_visible()


def test_a_toast_can_be_undone_and_a_chip_fills_its_field(house: House, screen: Open) -> None:
    page = screen(house.officer).open("/style/")
    page.locator("button[name=toast]").click()
    expect(page.locator(".toast")).to_have_text(re.compile("已发补件链接"))
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".toast")).to_have_text("已撤销")
    page.get_by_role("button", name="30%").click()
    expect(page.locator("#id_down")).to_have_value("37,500.00")
    expect(page.locator("#id_down")).to_be_focused()
