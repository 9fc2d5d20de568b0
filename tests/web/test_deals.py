"""The pipeline as list, board and calendar; the jacket of a deal and who may open it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.services import deal_advance, deal_describe, deal_open
from chedai.deals.pipeline.states import DealState, Mode, Stage, Turn
from chedai.org.models import Staff
from chedai.platform import clock
from tests import cast
from tests.conftest import MOMENT
from tests.house import House

Browse = Callable[[Staff], Client]


def opened(house: House, officer: Staff | None = None, name: str = "王建国", amount: int = 10_000_000) -> Deal:
    who = officer or house.officer
    customer = customer_register(
        kind=CustomerKind.PERSON, name=name, store_id=who.home_id, owner_id=who.pk, actor=cast.acting(who)
    )
    deal = deal_open(
        customer_id=customer.pk,
        store_id=who.home_id,
        mode=Mode.DEALER_DESK,
        officer_id=who.pk,
        vehicle="海豚 荣耀版",
        actor=cast.acting(who),
    )
    return deal_describe(deal_id=deal.pk, amount=amount, lender_name="江河银行", actor=cast.acting(who))


def to_application(deal: Deal, house: House) -> None:
    deal_advance(
        deal_id=deal.pk,
        to=Stage.APPLICATION,
        owner_id=None,
        turn=Turn.OFFICER,
        next_step="补收入证明",
        actor=cast.acting(house.officer),
    )


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_board_counts_sums_and_puts_what_is_late_on_top(house: House, browse: Browse) -> None:
    with clock.frozen(MOMENT - timedelta(days=3)):
        to_application(opened(house, name="孙立", amount=8_000_000), house)
    to_application(opened(house, name="何平", amount=7_800_000), house)
    opened(house)
    said = page(browse(house.manager), "/deals/")
    lane = said[said.index('data-lane="application"') : said.index('data-lane="decision"')]
    assert "158,000.00" in lane
    assert "1 超时" in lane
    assert lane.index("孙*") < lane.index("何*")
    assert "card-red" in lane[: lane.index("何*")]
    assert "轮到我们 · 补收入证明" in lane
    assert "3 单" in said


def test_list_board_and_calendar_show_the_same_set(house: House, browse: Browse) -> None:
    mine = opened(house)
    other = opened(house, house.colleague)
    for address in ("/deals/list/", "/deals/", "/deals/calendar/?month=2026-11"):
        said = page(browse(house.officer), address)
        assert f"/deals/{mine.number}/" in said
        assert other.number not in said


def test_a_jacket_says_whose_turn_it_is_and_what_happened(house: House, browse: Browse) -> None:
    deal = opened(house)
    to_application(deal, house)
    said = page(browse(house.officer), f"/deals/{deal.number}/")
    assert "轮到我们：补收入证明" in said
    assert 'aria-current="step"' in said
    assert "100,000.00" in said
    assert "王**" in said
    assert "王建国" not in said
    assert "进入下一环节" in page(browse(house.officer), f"/deals/{deal.number}/record/")


@pytest.mark.parametrize("who", ["colleague", "nobody"])
def test_a_deal_of_somebody_else_stays_closed(house: House, browse: Browse, who: str) -> None:
    deal = opened(house)
    client = browse(getattr(house, who))
    for address in ("", "record/", "hand-over/", "lose/"):
        page(client, f"/deals/{deal.number}/{address}", 403)
    assert client.post(f"/deals/{deal.number}/note/", {"text": "x"}).status_code == 403
    assert deal.notes.count() == 0


def test_a_note_is_written_and_shown(house: House, browse: Browse) -> None:
    deal = opened(house)
    client = browse(house.officer)
    client.post(f"/deals/{deal.number}/note/", {"text": "周五到店签字", "pinned": "1"})
    assert "周五到店签字" in page(client, f"/deals/{deal.number}/")
    assert client.post(f"/deals/{deal.number}/note/", {"text": " "}).status_code == 422
    assert deal.notes.count() == 1


def sent(client: Client, address: str, **fields: str) -> int:
    return client.post(address, {"form_key": str(uuid4()), **fields}).status_code


def test_a_manager_hands_a_deal_over_and_an_officer_closes_it(house: House, browse: Browse) -> None:
    deal = opened(house)
    manager, officer = browse(house.manager), browse(house.officer)
    assert sent(manager, f"/deals/{deal.number}/hand-over/", owner=str(house.colleague.pk), reason="") == 422
    assert sent(manager, f"/deals/{deal.number}/hand-over/", owner=str(house.colleague.pk), reason="休假") == 302
    deal.refresh_from_db()
    assert deal.owner == house.colleague
    assert page(officer, f"/deals/{deal.number}/hand-over/", 403)
    assert sent(officer, f"/deals/{deal.number}/lose/", reason="paid_cash", note="") == 302
    deal.refresh_from_db()
    assert deal.state == DealState.LOST


def test_what_is_late_is_found_by_the_database_too(house: House, browse: Browse) -> None:
    with clock.frozen(MOMENT - timedelta(days=9)):
        late = opened(house)
    calm = opened(house)
    said = page(browse(house.manager), "/deals/list/?late=yes")
    assert late.number in said
    assert calm.number not in said


def test_a_made_up_month_is_the_month_of_the_books(house: House, browse: Browse) -> None:
    for month in ("13", "9999-01", "x", "2026-13"):
        assert "2026-11" in page(browse(house.manager), f"/deals/calendar/?month={month}")


def test_the_clocks_of_the_stages_who_waits_and_only_what_one_may_see(house: House, browse: Browse) -> None:
    with clock.frozen(MOMENT - timedelta(hours=5)):
        deal = opened(house)
    with clock.frozen(MOMENT - timedelta(hours=2)):
        step = {"owner_id": None, "turn": Turn.CUSTOMER, "next_step": "补资料", "actor": cast.acting(house.officer)}
        deal_advance(deal_id=deal.pk, to=Stage.APPLICATION, **step)
    with clock.frozen(MOMENT):
        page = browse(house.officer).get("/deals/efficiency/?days=30")
        others = browse(house.colleague).get("/deals/efficiency/?days=30")
    stages = {row["one"].stage: row for row in page.context["stages"]}
    assert {stage: (row["one"].p50, row["one"].waiting, row["slowest"]) for stage, row in stages.items()} == {
        "quote": (timedelta(hours=3), 0, True),
        "application": (timedelta(hours=2), 1, False),
    }
    (turn,) = page.context["turns"]
    assert (turn["word"], turn["count"], turn["longest"]) == ("轮到客户", 1, timedelta(hours=2))
    assert (others.context["stages"], others.context["turns"], others.context["people"]) == ([], [], [])
