"""The components alive: a card that is dragged, an amount with its share, an upload, papers, a button that waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import FilePayload, expect

from chedai.platform import clock
from tests.browser.conftest import PHONE, WIDE, Open
from tests.browser.test_pages import keep
from tests.house import House

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f6"
    "45400000000049454e44ae426082"
)


def _picture(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": content}


@pytest.mark.parametrize("path", ["/style/", "/style/customer/"])
@pytest.mark.parametrize("size", ["wide", "phone"])
def test_the_components_are_clean(house: House, screen: Open, path: str, size: str) -> None:
    watched = screen(house.officer, size=WIDE if size == "wide" else PHONE)
    page = watched.open(path)
    page.wait_for_timeout(50)
    keep(watched, path, "zh-hans", size)
    assert (watched.sideways(), watched.violations(), watched.faults) == (0, [], [])
    assert watched.accessibility() == []


def test_an_amount_its_share_and_the_slider_follow_one_another(house: House, screen: Open) -> None:
    page = screen(house.officer).open("/style/")
    amount, share, slider = (
        page.locator("#id_down"),
        page.locator("[data-pair-share]"),
        page.locator("[data-pair-range]"),
    )
    page.locator("#id_price").fill("125,000.00")
    amount.fill("25,000.00")
    expect(share).to_have_value("20")
    expect(slider).to_have_value("20")
    share.fill("30")
    expect(amount).to_have_value("37,500.00")
    expect(slider).to_have_value("30")
    slider.press("ArrowRight")
    expect(amount).to_have_value("38,750.00")
    expect(share).to_have_value("31")
    page.locator("#id_price").fill("100,000.00")  # the price moves: the share stays
    expect(amount).to_have_value("31,000.00")
    cap = page.locator("[data-range-of=id_cap]")
    page.locator("#id_cap").fill("4,200.00")
    expect(cap).to_have_value("4200")
    cap.press("ArrowRight")
    expect(page.locator("#id_cap")).to_have_value("4,300.00")


def test_a_card_goes_only_where_its_menu_says(house: House, screen: Open) -> None:
    page = screen(house.officer).open("/style/")
    card = page.locator(".card", has_text="周女士").first
    card.drag_to(page.locator("[data-lane=back]"))
    assert page.url.endswith("/style/")
    assert page.locator(".toast").count() == 0
    with page.expect_navigation():
        card.drag_to(page.locator("[data-lane=asked]"))
    expect(page.locator(".toast")).to_contain_text("已撤销")  # the sample posts to the address of undo


def test_the_menu_of_a_card_does_what_dragging_does(house: House, screen: Open) -> None:
    page = screen(house.officer).open("/style/")
    page.locator(".card summary").click()
    with page.expect_navigation():
        page.locator(".card [data-to=asked]").click()
    expect(page.locator(".toast")).to_contain_text("已撤销")


def test_an_upload_shows_how_far_it_is_and_what_came(house: House, screen: Open) -> None:
    watched = screen(house.officer)
    page = watched.open("/style/")
    file = page.locator("form[data-upload] input[type=file]")
    file.set_input_files(_picture("收入证明.png", PNG))
    expect(page.locator("#uploaded li")).to_contain_text("收入证明.png")
    expect(page.locator("[data-upload-words]")).to_have_text("已上传")
    assert page.locator(".upload progress").evaluate("bar => bar.value") == 100
    file.set_input_files(_picture("a.exe", b"MZ"))
    expect(page.locator("[data-upload-words]")).to_have_text("没有上传成功，请看页首的说明或再试一次")
    expect(page.locator("#problem")).to_contain_text("不支持这种文件")
    expect(page.locator("#uploaded li")).to_have_count(1)


def test_a_file_past_the_limit_is_named_before_it_is_sent(house: House, screen: Open) -> None:
    page = screen(house.officer).open("/style/")
    page.locator("form[data-upload]").evaluate("form => { form.dataset.most = '10'; }")
    page.locator("form[data-upload] input[type=file]").set_input_files(_picture("大.png", PNG))
    expect(page.locator("[data-upload-words]")).to_have_text("文件超过上限，请压缩或分开上传")
    expect(page.locator("#uploaded li")).to_have_count(0)


def test_papers_are_chosen_enlarged_and_turned(house: House, screen: Open) -> None:
    page = screen(house.officer).open("/style/")
    shown = page.locator("[data-paper]:not([hidden])")
    expect(shown).to_have_attribute("aria-label", "收入证明")
    shown.focus()
    page.keyboard.press("+")
    page.keyboard.press("r")
    expect(shown.locator("img")).to_have_attribute("data-zoom", "1")
    expect(shown.locator("img")).to_have_attribute("data-turn", "1")
    page.locator(".papers-pick").nth(1).click()
    expect(shown).to_have_attribute("aria-label", "身份证正反面")
    expect(page.locator(".papers .band")).to_contain_text("2 / 3")
    page.locator(".papers button[title=下一份]").click()
    expect(shown).to_contain_text("单独打开")


def test_a_button_waits_until_the_page_can_have_been_read(house: House, screen: Open) -> None:
    watched = screen(house.officer)
    watched.page.clock.install()
    watched.page.clock.pause_at(clock.now() + timedelta(hours=1))
    page = watched.open("/style/customer/")
    button = page.locator("[data-wait]")
    expect(button).to_be_disabled()
    expect(button).to_have_text("请阅读完整，还需 3 秒")
    page.clock.run_for(2_000)
    expect(button).to_have_text("请阅读完整，还需 1 秒")
    expect(button).to_be_disabled()
    page.clock.run_for(1_000)
    expect(button).to_be_enabled()
    expect(button).to_have_text("看完了，去签合同")


def test_on_paper_there_is_the_table_and_no_menu(house: House, screen: Open) -> None:
    page = screen(house.officer).open("/style/")
    page.emulate_media(media="print")
    expect(page.locator("#nav")).to_be_hidden()
    expect(page.locator(".upload")).to_be_hidden()
    expect(page.locator(".print-only")).to_be_visible()
    assert page.locator(".sheet").evaluate("panel => getComputedStyle(panel).page") == "sheet"
