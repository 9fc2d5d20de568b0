"""The day: overdue first, then today, then what falls due; one click from a task to its record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.test import Client

from chedai.crm.reception.leads import lead_register
from chedai.crm.reception.states import Source
from chedai.deals.collateral.models import CollateralItem
from chedai.deals.collateral.states import ItemKind, ItemState
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.states import DealState, Stage
from chedai.org.models import Staff
from chedai.platform import clock
from tests import cast
from tests.conftest import MOMENT
from tests.house import House
from tests.web.test_deals import opened, to_application

Browse = Callable[[Staff], Client]


def page(client: Client, address: str = "/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def lead(house: House, on: date, phone: str = "13800000001", name: str = "赵先生") -> None:
    with clock.frozen(MOMENT - timedelta(days=5)):
        lead_register(
            store_id=house.east.pk,
            owner_id=house.officer.pk,
            name=name,
            phone=phone,
            source=Source.ONLINE,
            interest="启程 E5",
            next_contact_on=on,
            actor=cast.acting(house.officer),
        )


def owed(house: House, days: int) -> None:
    deal = opened(house, name="孔立")
    Deal.objects.filter(pk=deal.pk).update(stage=Stage.COLLATERAL, state=DealState.FUNDED)
    CollateralItem.objects.create(
        deal=deal,
        kind=ItemKind.LIEN,
        state=ItemState.OPEN,
        owner=house.officer,
        days=30,
        due_on=date(2026, 11, 20) + timedelta(days=days),
    )


def test_the_day_puts_what_is_overdue_first(house: House, browse: Browse) -> None:
    lead(house, date(2026, 11, 18))
    lead(house, date(2026, 11, 20), "13800000002", "钱先生")
    with clock.frozen(MOMENT - timedelta(days=4)):
        to_application(opened(house, name="孙立"), house)
    owed(house, 6)
    said = page(browse(house.officer))
    order = [said.index(text) for text in ("已逾期", "逾期 2 天", "超时 27 时", "今天内", "11-26 截止")]
    assert order == sorted(order)
    assert "还有 <strong>4</strong> 件等你" in said
    assert "138****0001" in said
    assert "13800000001" not in said


def test_a_kind_of_task_is_picked(house: House, browse: Browse) -> None:
    lead(house, date(2026, 11, 20))
    owed(house, -3)
    said = page(browse(house.officer), "/?kind=papers")
    assert "抵押登记" in said
    assert "意向跟进" not in said
    assert "意向跟进" in page(browse(house.officer), "/?kind=nonsense")


def test_the_strip_counts_beside_amounts(house: House, browse: Browse) -> None:
    opened(house)
    opened(house, house.colleague, amount=8_000_000)
    said = page(browse(house.manager))
    assert "2 单" in said
    assert "18 万元" in said
    assert "2 单" not in page(browse(house.officer))


def test_the_tasks_of_others_are_not_shown(house: House, browse: Browse) -> None:
    lead(house, date(2026, 11, 18))
    assert "意向跟进" not in page(browse(house.colleague))
    assert "今天没有等你的事" in page(browse(house.colleague))


def test_a_task_is_one_click_from_its_record(house: House, browse: Browse) -> None:
    deal = opened(house)
    assert f'href="/deals/{deal.number}/"' in page(browse(house.officer))


def test_a_manager_sees_what_is_late_in_the_team(house: House, browse: Browse) -> None:
    with clock.frozen(MOMENT - timedelta(days=3)):
        to_application(opened(house, name="孙立"), house)
    to_application(opened(house, name="何平"), house)
    said = page(browse(house.manager))
    team = said[said.index("团队超时案卷") : said.index("团队在途案卷")]
    assert "孙*" in team and "轮到我们 · 补收入证明" in team
    assert "何*" not in team
    assert "1 单，最久的在前" in team
    assert "团队超时案卷" not in page(browse(house.officer))
