"""Custody on the screen: a green book goes out and comes back, and a safe is counted on the phone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from chedai.deals.custody.models import CountFinding, CustodyCount, Holding
from chedai.deals.custody.states import CustodyKind
from chedai.deals.pipeline.services import deal_lose
from chedai.deals.pipeline.states import LostReason
from chedai.org.models import Staff
from chedai.platform import clock
from tests import cast
from tests.deals.custody import COURIER, Vault, to_safe, to_staff, vault
from tests.deals.quoting import shelf
from tests.support.ground import begins_with, given

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf),
    pytest.mark.usefixtures("held_clock"),
]


@pytest.fixture
def safe() -> Vault:
    given(shelf)
    return vault()


def client_of(staff: Staff) -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(staff.user)
    return client


def at(label: str) -> tuple[str, str]:
    one = Holding.objects.get(item__label=label)
    return one.holder, one.next_holder


def test_a_green_book_goes_out_on_the_screen_and_its_receiver_signs(safe: Vault) -> None:
    keeper, officer = client_of(safe.keeper), client_of(safe.officer)
    sent = keeper.post(
        f"/deals/{safe.deal.number}/custody/enter/", {"kind": "green_book", "number": "330098765", "shelf": "A-1"}
    )
    label = f"{safe.deal.number}-G1"
    assert (sent.status_code, sent["Location"]) == (302, f"/custody/{label}/")
    page = keeper.get(f"/custody/{label}/").content.decode()
    assert "在库" in page and "330098765" not in page
    out = f"/custody/{label}/send/"
    asked = keeper.get(out).content.decode()
    assert 'name="seen"' in asked and "城西店" in asked
    to = {"seen": 1, "to": f"staff:{safe.officer.pk}", "back_by": str(clock.business_date() + timedelta(days=9))}
    assert "请填写预计归还日" in keeper.post(out, to | {"back_by": ""}).content.decode()
    assert keeper.post(out, to).status_code == 302
    assert keeper.post(out, to).status_code == 409
    assert at(label) == ("safe", "staff")
    assert "撤回" in keeper.get(f"/custody/{label}/").content.decode()
    assert officer.post(f"/custody/{label}/receive/", {"seen": 2}).status_code == 302
    assert at(label) == ("staff", "")
    with clock.frozen(clock.now() + timedelta(days=12)):
        keeper = client_of(safe.keeper)
        late = keeper.get("/custody/?when=late").content.decode()
        assert label in late and "林晓" in late
        assert label in keeper.get(f"/deals/{safe.deal.number}/after/").content.decode()
        assert client_of(safe.away).get(f"/custody/{label}/").status_code == 403
        assert label not in client_of(safe.away).get("/custody/").content.decode()


def test_a_safe_is_counted_and_what_is_missing_is_answered_for(safe: Vault) -> None:
    book, key = safe.enter(), safe.enter(shelf="A-2", number="330012399")
    keeper, second, manager = (
        client_of(one) for one in (safe.keeper, safe.second, cast.person("ma", "马明", safe.store, "compliance"))
    )
    with clock.frozen(clock.now() + timedelta(hours=1)):
        assert keeper.post("/custody/counts/open/", {"store_id": safe.other.pk}).status_code == 422
        keeper.post("/custody/counts/open/", {"store_id": safe.store.pk})
        count = CustodyCount.objects.get()
        page = f"/custody/counts/{count.pk}/"
        assert "这不是权证编号" in keeper.post(f"{page}tick/", {"label": "x"}, follow=True).content.decode()
        keeper.post(f"{page}tick/", {"label": key})
        keeper.post(f"{page}untick/", {"label": key})
        shown = keeper.post(f"{page}tick/", {"label": book}, follow=True).content.decode()
        assert "已见 1，应有 2" in shown
        closed = keeper.post(f"{page}close/", follow=True).content.decode()
    assert "盘亏" in closed and key in closed
    gap = CountFinding.objects.get()
    answer = f"/custody/findings/{gap.pk}/"
    thing = manager.get(f"/custody/{key}/").content.decode()
    assert answer in thing and "差异未结，不能移动" in thing and f"/custody/{key}/send/" not in thing
    assert answer not in client_of(safe.officer).get(f"/custody/{key}/").content.decode()  # who does not count
    lost = {"result": "write_off", "reason": "遗失"}
    assert keeper.post(answer, lost).status_code == 409
    assert second.post(answer, lost).status_code == 422  # no right to write off
    assert manager.post(answer, lost).status_code == 302
    assert at(key) == ("gone", "")
    assert "遗失" in keeper.get(page).content.decode()


def test_a_lost_deal_gives_its_papers_back_on_its_own_page(safe: Vault) -> None:
    label = safe.enter()
    keeper = client_of(safe.keeper)
    back = f"/deals/{safe.deal.number}/custody/return/"
    assert keeper.post(back, {"proof": "王芳"}).status_code == 409
    deal_lose(deal_id=safe.deal.pk, reason=LostReason.OTHER, note="不买了", actor=cast.acting(safe.keeper))
    assert "归还客户" in keeper.get(f"/deals/{safe.deal.number}/after/").content.decode()
    assert keeper.post(back, {"proof": "王芳"}).status_code == 302
    assert at(label) == ("customer", "")


def test_what_is_out_beyond_its_day_is_the_keepers_task_and_the_holders(safe: Vault) -> None:
    lent, posted, here = safe.enter(), safe.enter(CustodyKind.KEY, shelf="A-2", number="2"), safe.enter(shelf="A-3")
    back_by = clock.business_date() + timedelta(days=9)
    safe.send(lent, to_staff(safe.officer), safe.keeper, back_by=back_by)
    safe.receive(lent, safe.officer)
    safe.send(posted, to_safe(safe.other), safe.keeper, courier=COURIER)
    due = Holding.objects.get(item__label=posted).due_on
    assert due is not None

    def day_of(staff: Staff, day: date) -> str:
        with clock.frozen(clock.now() + (day - clock.business_date())):
            said = client_of(staff).get("/").content.decode()
        return said[said.index("todo-title") : said.index("</section>", said.index("todo-title"))]

    assert "/custody/" not in day_of(safe.keeper, min(due, back_by) - timedelta(days=1))
    assert "今天内" in day_of(safe.officer, back_by)
    after = max(due, back_by) + timedelta(days=3)
    said = day_of(safe.keeper, after)
    for label, told in (
        (lent, f"逾期 {(after - back_by).days} 天"),
        (lent, "绿本 · 员工持有 · 林晓"),
        (posted, f"逾期 {(after - due).days} 天"),
        (posted, "车钥匙 · 快递中 · 顺丰 SF1001 → 城西店 保险柜"),
    ):
        assert f'href="/custody/{label}/"' in said and told in said
    assert f"/custody/{here}/" not in said
    own, away = day_of(safe.officer, after), day_of(safe.away, after)
    assert (lent in own, posted in own, lent in away, posted in away) == (True, False, False, True)
    assert "/custody/" not in day_of(cast.person("cui", "崔勇", safe.store, "collector"), after)
