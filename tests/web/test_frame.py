"""The frame: menu by right, counts, search, language, watermark, business date, and what all of it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from chedai.org.models import Staff
from chedai.org.permissions import table
from chedai.platform.approvals.models import Approval
from chedai.platform.days.services import business_day_turn
from chedai.platform.jobs.models import Job
from chedai.platform.jobs.services import job_ask
from chedai.platform.jobs.states import State
from chedai.web.nav import NAV, current, nav_html
from tests import cast
from tests.house import House

Browse = Callable[[Staff], Client]


def _page(client: Client, path: str = "/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_who_is_not_signed_in_is_led_to_the_sign_in_page_and_back(db: None) -> None:
    assert Client().get("/jobs/?state=dead")["Location"] == "/accounts/login/?next=/jobs/%3Fstate%3Ddead"
    part = Client().get("/jobs/", headers={"HX-Request": "true"})
    assert (part.content, part["HX-Redirect"]) == (b"", "/accounts/login/?next=/jobs/")


def test_the_menu_shows_what_the_person_may_open(house: House, browse: Browse) -> None:
    officer, admin = _page(browse(house.officer)), _page(browse(house.admin))
    assert 'href="/approvals/"' in officer
    assert 'href="/jobs/"' not in officer
    assert 'href="/jobs/"' in admin
    assert 'href="/approvals/"' not in admin


def test_somebody_without_rights_is_told_which_one_is_missing(house: House, browse: Browse) -> None:
    answer = browse(house.nobody).get("/")
    assert answer.status_code == 403
    assert "没有权限" in answer.content.decode()
    assert "打开首页" in answer.content.decode()


def test_every_line_of_the_menu_has_an_address_and_a_right_of_the_table() -> None:
    entries = [entry for group in NAV for entry in group.entries]
    assert [e.name for e in entries if e.permission not in table().permissions] == []
    assert [e.url for e in entries] == [reverse(e.name) for e in entries]
    assert len({e.name for e in entries}) == len(entries)


def test_the_menu_marks_the_screen_a_page_belongs_to() -> None:
    assert (current("/"), current("/jobs/"), current("/audit/verify/"), current("/style/")) == (
        "home",
        "jobs",
        "audit",
        "",
    )
    assert nav_html(frozenset({"admin"}), "jobs", "zh-hans").count('aria-current="page"') == 1


def test_the_frame_costs_four_queries(
    house: House, browse: Browse, django_assert_num_queries: Callable[[int], Iterator[None]]
) -> None:
    client = browse(house.admin)
    client.get("/messages/")  # the first click of a minute is noted in the session
    for path, own in (("/style/", 1), ("/shell/bell/", 2)):
        with django_assert_num_queries(4 + own):  # session, person, rights, day; then what the page itself asks
            client.get(path)


def test_the_watermark_carries_name_and_time(house: House, browse: Browse) -> None:
    assert '<text x="8" y="40">林晓 2026-11-20 10:00</text>' in _page(browse(house.officer))


def test_the_business_date_is_shown_when_it_is_not_today(house: House, browse: Browse) -> None:
    client = browse(house.officer)
    assert "营业日期" not in _page(client)
    business_day_turn(to=date(2026, 11, 18), reason="月末补录", actor=cast.acting(house.admin))
    assert "营业日期 2026-11-18" in _page(client)


def test_a_folded_menu_is_written_folded(house: House, browse: Browse) -> None:
    client = browse(house.officer)
    assert 'class="shell"' in _page(client)
    client.cookies["rail"] = "1"
    assert 'class="shell rail"' in _page(client)


def test_pages_of_a_signed_in_person_stay_in_no_cache(house: House, browse: Browse) -> None:
    assert browse(house.officer).get("/")["Cache-Control"] == "private, no-store"


def test_the_policy_of_a_page_lets_nothing_in(house: House, browse: Browse) -> None:
    policy = browse(house.officer).get("/")["Content-Security-Policy"]
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert rules == {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }


def test_the_counts_are_those_of_the_person(house: House, browse: Browse, ask: Callable[..., Approval]) -> None:
    ask(1)
    ask(2, steps=("approver",))
    job = job_ask(kind="none", payload={}, actor=cast.acting(house.admin))
    Job.objects.filter(pk=job.pk).update(state=State.DEAD)
    manager, officer, admin = (_page(browse(p), "/shell/counts/") for p in (house.manager, house.officer, house.admin))
    assert 'id="count-approvals" hx-swap-oob="true">1<' in manager
    assert "count-approvals" not in officer
    assert 'id="count-jobs" hx-swap-oob="true">1<' in admin
    assert 'class="btn-count">1<' in admin


def test_the_bell_says_what_waits(house: House, browse: Browse, ask: Callable[..., Approval]) -> None:
    assert "没有等你处理的事" in _page(browse(house.manager), "/shell/bell/")
    ask(7)
    bell = _page(browse(house.manager), "/shell/bell/")
    assert "个性化定价 报价 7" in bell
    assert "林晓" in bell


def _found(client: Client, typed: str) -> str:
    return client.post("/shell/find/", {"q": typed}).content.decode()


def test_the_search_finds_pages_by_word_and_only_those_that_open(house: House, browse: Browse) -> None:
    client = browse(house.admin)
    assert 'href="/jobs/"' in _found(client, "后台")
    assert 'href="/jobs/"' in _found(client, "job")
    assert "没有找到“佣金”。" in _found(client, "佣金")
    assert 'href="/jobs/"' not in _found(browse(house.officer), "")


def test_the_language_is_changed_and_remembered_on_the_account(house: House, browse: Browse) -> None:
    client = browse(house.officer)
    assert '<html lang="zh-CN">' in _page(client)
    answer = client.post("/language/", {"language": "en", "next": "/style/"})
    assert answer["Location"] == "/style/"
    assert answer.cookies["django_language"].value == "en"
    english = _page(client)
    assert '<html lang="en">' in english
    assert "Waiting for me" in english
    house.officer.user.refresh_from_db()
    assert house.officer.user.language == "en"
    elsewhere = browse(house.officer)  # another computer, which knows nothing of the person yet
    assert '<html lang="en">' in _page(elsewhere)


@pytest.mark.parametrize(("wanted", "onward"), [("fr", "/style/"), ("en", "https://elsewhere.example/")])
def test_a_language_nobody_speaks_and_a_way_out_of_the_house_are_ignored(db: None, wanted: str, onward: str) -> None:
    answer = Client().post("/language/", {"language": wanted, "next": onward})
    assert answer["Location"] == ("/style/" if wanted == "fr" else "/")
    assert ("django_language" in answer.cookies) is (wanted == "en")


def test_the_start_page_is_honest_when_nothing_waits(house: House, browse: Browse) -> None:
    page = _page(browse(house.officer))
    assert "今天没有等你的事：没有待联系的线索、到期的案卷，也没有待审批的申请。" in page
    assert "你还没有提交过需要审批的事。" in page


def test_the_start_page_shows_what_waits_and_what_was_asked_for(
    house: House, browse: Browse, ask: Callable[..., Approval]
) -> None:
    ask(3)
    assert "个性化定价 报价 3" in _page(browse(house.manager))
    mine = _page(browse(house.officer))
    assert "个性化定价 报价 3" in mine
    assert "待审批" in mine


def test_on_a_shared_computer_everybody_reads_their_own_language(house: House, browse: Browse) -> None:
    client = browse(house.colleague)
    client.cookies["django_language"] = "en"  # left by whoever sat here before
    assert '<html lang="zh-CN">' in _page(client)


def test_a_toast_offers_to_undo(house: House, browse: Browse) -> None:
    client = browse(house.officer)
    said = client.post("/style/", {"toast": "1"}, follow=True).content.decode()
    assert '<form method="post" action="/style/undo/">' in said
    assert "已撤销" in client.post("/style/undo/", follow=True).content.decode()
