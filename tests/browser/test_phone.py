"""The customer's part on a telephone of 360 px, by the real pages: agree, fill in, hand in over a line that breaks."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from chedai.deals.applications.models import Answer, CheckItem
from chedai.deals.applications.services.links import link_make
from chedai.platform.files.models import Paper
from tests.browser.conftest import PHONE, Open
from tests.deals.applying import Case, item, opened
from tests.house import House

pytestmark = [pytest.mark.django_db(transaction=True)]

PIECE = 256 * 1024


@pytest.fixture
def case(house: House) -> Case:
    return opened(house)


def test_agree_and_fill_in_what_is_typed_is_there_at_once(case: Case, screen: Open) -> None:
    _link, token = link_make(party_id=case.applicant.pk, actor=case.officer)
    watched = screen(None, size=PHONE)
    page = watched.open(f"/m/{token}/")
    watched.press(page.get_by_role("link", name="去办：授权"))
    for _ in range(3):
        watched.press(page.get_by_role("button", name="我已阅读并同意"))
    watched.press(page.get_by_role("link", name="返回首页"))
    watched.press(page.get_by_role("link", name="去办：家庭与居住"))
    page.get_by_label("婚姻状况").select_option("single")
    expect(page.locator("#kept")).to_contain_text("已保存")
    assert Answer.objects.get(question="marital", superseded_at=None).value.in_full() == "single"
    page.get_by_label("现住址居住月数").fill("abc")
    page.get_by_label("现住址居住月数").blur()
    expect(page.locator("#kept .error").first).to_be_visible()
    page.get_by_label("现住址居住月数").fill("60")
    watched.press(page.get_by_role("button", name="保存，填下一页"))
    expect(page.get_by_role("heading", name="工作")).to_be_visible()
    page.get_by_label("职业").select_option("salaried")
    expect(page.locator("#kept")).to_contain_text("已保存")
    kept = dict(Answer.objects.filter(superseded_at=None).values_list("question", "written_by"))
    assert set(kept) == {"marital", "residence_months", "job"}
    assert (watched.sideways(), watched.violations(), watched.faults) == (0, [], [])


def test_a_picture_arrives_whole_although_the_line_breaks(case: Case, screen: Open, tmp_path: Path) -> None:
    _link, token = link_make(party_id=case.applicant.pk, actor=case.officer)
    one = item(case, "id_card")
    content = b"%PDF-1.4\n" + bytes(range(256)) * 2600 + b"\n%%EOF\n"
    assert 2 * PIECE < len(content) < 3 * PIECE
    path = tmp_path / "身份证.pdf"
    path.write_bytes(content)
    watched = screen(None, size=PHONE)
    page = watched.open(f"/m/{token}/papers/{one.pk}/")
    sent: list[str] = []

    def line(route: Route) -> None:
        """The second piece is lost on its first way."""
        sent.append(route.request.url.rstrip("/").rpartition("/")[2])
        if sent.count(str(PIECE)) == 1 and sent[-1] == str(PIECE):
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.route(f"**/m/{token}/papers/{one.pk}/uploads/*/*/", line)
    page.locator("input[type=file]").set_input_files(path)
    expect(page.locator("[data-words]")).to_contain_text("网络断开")
    page.wait_for_url(f"**/m/{token}/papers/")
    assert sent == ["0", str(PIECE), str(PIECE), str(2 * PIECE), "finish"]
    paper = Paper.objects.get(subject=f"deal:{case.deal.pk}", purpose=f"check:{one.pk}")
    assert (paper.size, paper.media_type, CheckItem.objects.get(pk=one.pk).state) == (
        len(content),
        "application/pdf",
        "handed_in",
    )
    expect(page.get_by_role("link", name="身份证正反面")).to_contain_text("待复核")
    assert watched.violations() == []
