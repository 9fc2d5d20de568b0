"""The customer's own part on a telephone of 360 px: agree, apply, hand in over a line that breaks, read, sign, keep."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from chedai.deals.applications.models import CheckItem
from chedai.deals.applications.selectors import application_of, items_of
from chedai.platform.files.models import Paper
from tests.browser.journeys.steps import EMPLOYER, PAPERS, WANG, Walk
from tests.browser.journeys.walking import text_of

pytestmark = pytest.mark.django_db(transaction=True)

PIECE = 256 * 1024
HOME = {
    "marital": "single",
    "residence": "owned",
    "home_address": "浙江省杭州市西湖区文三路 100 号",
    "residence_months": "60",
    "licence": "own",
}
MONEY = {"income_stated": "15000", "debt_monthly": "2000", "debt_balance": "20000"}
CONTACT = {"contact_name": "王建国", "contact_relation": "parent", "contact_phone": "13900001111"}


def test_the_customers_part_from_the_link_to_the_own_contract(walk: Walk, tmp_path: Path) -> None:
    walk.walk_in()
    walk.ask("50000", "75,000.00")
    walk.prefer("自营车贷.*等额本息.*36")
    walk.open_deal("own_book")
    walk.send_link()
    walk.agree(3)
    _apply(walk)
    _hand_in_over_a_line_that_breaks(walk, tmp_path)
    walk.guest.sees("进度", "1 / ")
    _the_house_goes_on(walk)
    walk.guest.sees("现在轮到您：综合融资成本明示表")
    guest = walk.guest.follow("去办：", within="body").sees("15,620.90", "2,483.92", "12.92%", "柒万伍仟元整")
    assert guest.screen.accessibility() == []
    walk.read()
    walk.draft()
    walk.sign()
    kept = walk.guest.follow("合同", within="body").sees("75,000.00", "柒万伍仟元整", "36 期")
    own = kept.page.get_by_role("link", name="打开已签合同").get_attribute("href")
    assert own is not None
    contract = text_of(kept.page.request.get(kept.screen.base + own).body(), tmp_path)
    assert (contract.count("2,483.92"), "14,420.90" in contract, WANG in contract) == (35, True, True)
    assert (kept.screen.sideways(), kept.screen.violations(), kept.screen.accessibility()) == (0, [], [])


def _apply(walk: Walk) -> None:
    """Group after group; the employer is asked once the job is known."""
    guest = walk.guest.follow("去办：家庭与居住", within="body")
    guest.type(**HOME).click("保存，填下一页", within="body").type(job="salaried")
    expect(guest.page.locator("#kept")).to_contain_text("已保存")
    guest.page.reload()
    guest.type(**EMPLOYER).click("保存，填下一页", within="body")
    guest.type(**MONEY).click("保存，填下一页", within="body").type(**CONTACT)
    guest.press(guest.page.locator("main form button").last)
    guest.sees("进度")


def _hand_in_over_a_line_that_breaks(walk: Walk, tmp_path: Path) -> None:
    """A picture in three pieces; the second is lost on its first way, and only that one is sent again."""
    item = next(one for one in items_of(application_of(walk.deal.pk).pk) if one.code == "id_card")
    content = b"%PDF-1.4\n" + bytes(range(256)) * 2600 + b"\n%%EOF\n"
    path = tmp_path / "身份证.pdf"
    path.write_bytes(content)
    guest = walk.guest.follow("资料", within="body").follow("身份证正反面", within="body")
    sent: list[str] = []

    def line(route: Route) -> None:
        sent.append(route.request.url.rstrip("/").rpartition("/")[2])
        if sent.count(str(PIECE)) == 1 and sent[-1] == str(PIECE):
            route.abort("internetdisconnected")
        else:
            route.continue_()

    guest.page.route("**/uploads/*/*/", line)
    guest.page.locator("input[type=file]").set_input_files(path)
    guest.page.wait_for_url("**/papers/")
    assert sent == ["0", str(PIECE), str(PIECE), str(2 * PIECE), "finish"]
    paper = Paper.objects.get(purpose=f"check:{item.pk}")
    assert (paper.size, CheckItem.objects.get(pk=item.pk).state) == (len(content), "handed_in")
    guest.page.unroute("**/uploads/*/*/")


def _the_house_goes_on(walk: Walk) -> None:
    """What the staff does in between: verified income, the other papers, the credit report, the decision."""
    walk.officer.open(f"{walk.path}/application/").follow("填写申请表").type(income_verified="14000").click(
        "保存申请表"
    )
    walk.officer.open(f"{walk.path}/application/").type(payer="self").click("保存送审对象")
    walk.hand_in(*(one for one in PAPERS if one != "身份证正反面"))
    walk.bureau()
    walk.submit()
    walk.decide()
