"""The day of those who work from a queue: what waits there is on their first page, and leads to the act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.test import Client

from chedai.book.risk.models import Alert
from chedai.crm.reception.services import visit_register
from chedai.crm.reception.states import Purpose, Source
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.states import Stage, Turn
from chedai.deals.underwriting.models import UnderwritingCase
from chedai.deals.underwriting.states import CaseKind, CaseState
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.approvals.models import Approval
from tests import cast
from tests.conftest import MOMENT
from tests.house import House, approval
from tests.web.test_deals import opened

Browse = Callable[[Staff], Client]


def todo(client: Client) -> str:
    """The panel of what the person has to do."""
    said = client.get("/").content.decode()
    return said[said.index("todo-title") : said.index("</section>", said.index("todo-title"))]


def before_us(deal: Deal, due: timedelta) -> UnderwritingCase:
    Deal.objects.filter(pk=deal.pk).update(
        stage=Stage.DECISION, turn=Turn.APPROVER, next_step="审核资料并作出决定", turn_since=MOMENT
    )
    return UnderwritingCase.objects.create(
        deal=deal,
        application=deal.pk,
        kind=CaseKind.FULL,
        state=CaseState.OPEN,
        opened_at=MOMENT - timedelta(days=1),
        due_at=MOMENT + due,
    )


def test_an_approver_sees_the_cases_that_wait_the_latest_first(house: House, browse: Browse) -> None:
    calm = before_us(opened(house, name="何平"), timedelta(hours=3))
    late = before_us(opened(house, name="孙立"), timedelta(hours=-2))
    said = todo(browse(house.approver))
    assert said.index("已逾期") < said.index(f"/decisions/{late.pk}/") < said.index(f"/decisions/{calm.pk}/")
    assert "审核资料并提出结论，100,000.00 元" in said and "超时 1 时" in said
    assert "孙立" not in said
    assert "今天没有等你的事" in todo(browse(house.officer))  # it is not the officer's turn


def test_a_case_with_a_proposal_is_not_proposed_again(house: House, browse: Browse) -> None:
    case = before_us(opened(house), timedelta(hours=3))
    UnderwritingCase.objects.filter(pk=case.pk).update(state=CaseState.PROPOSED)
    assert f"/decisions/{case.pk}/" not in todo(browse(house.approver))


def test_finance_sees_what_is_to_be_paid_out_and_signatures_to_check(house: House, browse: Browse) -> None:
    paying, signing = opened(house, name="何平"), opened(house, name="孙立", amount=5_000_000)
    for deal, stage, step, since in (
        (paying, Stage.DISBURSEMENT, f"复核并放款 {paying.number}-F1", MOMENT - timedelta(days=3)),
        (signing, Stage.CONTRACT, "复核纸质合同签字", MOMENT - timedelta(minutes=20)),
    ):
        Deal.objects.filter(pk=deal.pk).update(stage=stage, turn=Turn.FINANCE, next_step=step, turn_since=since)
    client = browse(cast.person("fang", "方芸", house.east, "finance"))
    said = todo(client)
    order = ["已逾期", f"/deals/{paying.number}/payout/", "今天", f"/deals/{signing.number}/contract/"]
    assert sorted(order, key=said.index) == order
    assert f"复核并放款 {paying.number}-F1 · 100,000.00 元" in said
    elsewhere = cast.person("qian", "钱立", house.west, "finance")
    assert "今天没有等你的事" in todo(browse(elsewhere))


def test_who_receives_sees_how_long_customers_wait(house: House, browse: Browse) -> None:
    desk = cast.person("he", "何静", house.east, "reception")
    for minutes, phone in ((25, "13808002107"), (3, "13808002108")):
        with clock.frozen(MOMENT - timedelta(minutes=minutes)):
            visit_register(
                store_id=house.east.pk,
                staff_id=desk.pk,
                name="王女士",
                phone=phone,
                purpose=Purpose.FINANCE,
                source=Source.WALK_IN,
                interest="海豚",
                next_contact_on=date(2026, 11, 22),
                actor=cast.acting(desk),
            )
    said = todo(browse(desk))
    assert ("2 位客户" in said, "最久 25 分" in said, 'href="/reception/"' in said, "已逾期" in said) == (True,) * 4
    west = cast.person("lv", "吕欣", house.west, "reception")
    assert "今天没有等你的事" in todo(browse(west))


def test_an_alert_nobody_has_worked_on_waits_for_who_may(house: House, browse: Browse) -> None:
    alert = Alert.objects.create(
        indicator="overdue_share",
        subject=f"store:{house.east.pk}",
        store=house.east,
        value=8_000_000,
        limit=5_000_000,
        policy="risk.alert",
        evidence={},
        opened_on=date(2026, 11, 18),
        opened_at=MOMENT,
    )
    said = todo(browse(house.approver))
    assert (f"/risk/alerts/{alert.pk}/" in said, "11-18 触发" in said, "逾期率（小口径） 8.00%" in said) == (True,) * 3
    Alert.objects.update(state="acted", acted_at=MOMENT)
    assert "/risk/alerts/" not in todo(browse(house.manager))


def test_the_list_of_decisions_stands_by_when_they_came(house: House, browse: Browse) -> None:
    """A case that was entered later may have come earlier: an import, or the file of another day."""
    first = before_us(opened(house, name="何平"), timedelta(hours=3))
    second = before_us(opened(house, name="孙立"), timedelta(hours=3))
    UnderwritingCase.objects.filter(pk=second.pk).update(opened_at=MOMENT - timedelta(days=9))
    said = browse(house.approver).get("/decisions/").content.decode()
    assert said.index(f"/decisions/{first.pk}/") < said.index(f"/decisions/{second.pk}/")


def test_an_approval_is_named_by_the_number_of_its_deal(house: House, browse: Browse) -> None:
    deal = opened(house)
    asked = approval(house)
    Approval.objects.filter(pk=asked.pk).update(subject=f"deal:{deal.pk}")
    maker, checker = browse(house.officer), browse(house.manager)
    assert f"/approvals/{asked.pk}/" in todo(checker) and deal.number in todo(checker)
    for client, address in (
        (maker, "/"),
        (checker, "/approvals/"),
        (checker, f"/approvals/{asked.pk}/"),
        (checker, "/shell/bell/"),
    ):
        said = client.get(address).content.decode()
        assert deal.number in said, address
