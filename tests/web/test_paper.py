"""The paper on the screens: the customer's part on the phone, the desk's with its second person, figures to the fen."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from chedai.deals.applications.selectors import application_of, parties_of
from chedai.deals.applications.services.links import link_make
from chedai.deals.collateral.states import Cover
from chedai.org.models import Staff
from chedai.platform import clock
from tests.deals.papering import TODAY, WANG, Papering, papered, pdf_paper
from tests.deals.quoting import shelf
from tests.house import chief
from tests.support.ground import begins_with, given

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf, papered),
    pytest.mark.usefixtures("held_clock"),
]


@pytest.fixture
def deal(held_clock: object) -> Papering:
    return given(papered)


@pytest.fixture
def phone(deal: Papering) -> str:
    party = parties_of(application_of(deal.deal.pk).pk)[0]
    return f"/m/{link_make(party_id=party.pk, actor=deal.officer)[1]}/"


def text(answer: HttpResponse, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def guest() -> Client:
    return Client(headers={"Accept-Language": "zh-hans"})


def client_of(staff: Staff) -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(staff.user)
    return client


def upload(name: str = "a.pdf") -> BytesIO:
    file = BytesIO(pdf_paper(name))
    file.name = name
    return file


def test_the_customer_reads_waits_confirms_signs_and_keeps_a_copy(deal: Papering, phone: str) -> None:
    me = guest()
    shown = text(me.get(f"{phone}statement/"))
    statement, document = deal.statement, deal.plan
    assert "12.92%" in shown and "75,000.00" in shown and "柒万伍仟元整" in shown
    assert f"{document.interest // 100:,}.{document.interest % 100:02}" in shown
    assert "不再向借款人收取其他任何息费" in shown and 'data-wait="60"' in shown
    sent = {"digest": statement.digest}
    assert "还差 60 秒" in text(me.post(f"{phone}statement/", sent), 422)
    deal.pay_to()
    contract = deal.draft()
    sign = {"digest": contract.digest, "identity": WANG[-4:]}
    assert "不能签署" in text(me.post(f"{phone}contract/", sign), 422)
    with clock.frozen(clock.now() + timedelta(seconds=60)):
        assert me.post(f"{phone}statement/", sent)["Location"] == f"{phone}contract/"
    assert "证件号后四位不符" in text(me.post(f"{phone}contract/", sign | {"identity": "0000"}), 422)
    assert deal.contract.state == "draft"
    me.post(f"{phone}contract/", sign)
    assert (deal.contract.state, deal.stage()) == ("signed", "disbursement")
    assert "已于 2026-11-20 签署" in text(me.get(f"{phone}contract/"))
    for kind in ("statement", "draft", "signed"):
        copy = me.get(f"{phone}copies/{kind}/")
        assert (copy.status_code, copy.content[:5]) == (200, b"%PDF-"), kind


def test_the_customer_may_say_no_on_the_phone(deal: Papering, phone: str) -> None:
    me = guest()
    me.get(f"{phone}statement/")
    assert me.post(f"{phone}statement/decline/", {"reason": "手续费太高"}).status_code == 302
    assert (deal.statement.state, deal.stage()) == ("declined", "contract")


def test_the_desk_does_its_part_and_another_person_checks(deal: Papering) -> None:
    officer, finance = client_of(deal.house.officer), client_of(deal.finance)
    tab = f"/deals/{deal.deal.number}/"
    assert "出示给客户" in text(officer.get(f"{tab}contract/"))
    officer.get(f"{tab}contract/statement/")
    sent = {"digest": deal.statement.digest, "file": upload("明示表.pdf")}
    assert "须阅读满 60 秒" in text(officer.post(f"{tab}contract/statement/", sent), 422)
    with clock.frozen(clock.now() + timedelta(seconds=60)):
        answer = officer.post(f"{tab}contract/statement/", sent | {"file": upload("明示表.pdf")})
    assert (answer.status_code, deal.statement.state) == (302, "confirmed")
    account = {"role": "dealer", "holder": "城东汽车销售", "bank": "江河银行", "account": "6222020200012345678"}
    assert "相差 -1.00 元" in text(officer.post(f"{tab}contract/payees/", account | {"amount": "74,999.00"}), 422)
    officer.post(f"{tab}contract/payees/", account | {"amount": "75,000.00"})
    model = deal.vehicle.model.code
    draft = {"vin": deal.vehicle.vin, "model": model, "agreed_on": TODAY.isoformat()}
    assert officer.post(f"{tab}contract/draft/", draft).status_code == 302
    hand_in = {"signed_on": TODAY.isoformat(), "file": upload("合同.pdf")}
    officer.post(f"{tab}contract/hand-in/", hand_in)
    check = {"sha256": deal.contract.signed_sha256, "accept": "1", "reason": ""}
    assert officer.post(f"{tab}contract/check/", check).status_code == 403
    finance.post(f"{tab}contract/check/", check)
    assert (deal.contract.state, deal.stage()) == ("signed", "disbursement")


def test_the_payout_tab_names_what_is_open_and_finance_lets_the_money_go(deal: Papering) -> None:
    deal.signed()
    officer, finance, cashier = (client_of(one) for one in (deal.house.officer, deal.finance, deal.cashier))
    tab = f"/deals/{deal.deal.number}/"
    shown = text(officer.get(f"{tab}payout/"))
    assert "还差 7 项" in shown and "保单第一受益人不是贷款人" in shown and "须先抵押后放款" in shown
    refused = text(officer.post(f"{tab}payout/request/", {"agreed_on": TODAY.isoformat()}), 422)
    assert "商业险第一受益人为贷款人：保单第一受益人不是贷款人" in refused
    ready(deal)
    officer.post(f"{tab}payout/request/", {"agreed_on": TODAY.isoformat()})
    order = deal.payout
    assert "75,000.00" in text(finance.get("/payouts/?state=requested"))
    sent: dict[str, Any] = {"digest": order.digest, "paid_on": TODAY.isoformat(), "reference": "R-1"}
    assert officer.post(f"{tab}payout/release/", sent).status_code == 403
    assert "请上传付款回单" in text(finance.post(f"{tab}payout/release/", sent), 422)
    assert finance.post(f"{tab}payout/release/", sent | {"file": upload("回单.pdf")}).status_code == 302
    assert deal.stage() == "collateral"
    assert "没有待复核的放款" in text(cashier.post(f"{tab}payout/release/", sent | {"file": upload()}), 422)


def ready(deal: Papering) -> None:
    """The rest of the checklist."""
    deal.agree()
    deal.insure(Cover.COMPULSORY)
    deal.insure(Cover.COMMERCIAL)
    deal.prove_down()
    deal.finish_before_payout()


def test_late_items_stand_first_in_the_tracker(deal: Papering) -> None:
    deal.ready().request()
    deal.release()
    boss = client_of(chief(deal.house))
    with clock.frozen(clock.now() + timedelta(days=60)):
        shown = text(boss.get("/collateral/?when=late"))
        assert deal.deal.number in shown and "-15" in shown
        assert "逾期 15 天" in text(boss.get(f"/deals/{deal.deal.number}/after/"))
    assert deal.deal.number not in text(boss.get("/collateral/?when=late"))


def test_a_change_after_approval_is_told_with_what_it_costs(deal: Papering) -> None:
    deal.signed()
    officer = client_of(deal.house.officer)
    tab = f"/deals/{deal.deal.number}/contract/"
    sent = {"change": "term", "after": "48 期", "reason": "客户要求延长"}
    assert officer.post(f"{tab}amend/", sent).status_code == 302
    shown = text(officer.get(tab))
    assert "36 期" in shown and "48 期" in shown and "没有有效批复" in shown
    assert deal.stage() == "decision"
