"""The same customer through two lenders: one declines, one approves, both by signed message from another process."""

from __future__ import annotations

import pytest
from pytest_django.live_server_helper import LiveServer

from chedai.platform.jobs import worker
from tests.browser.journeys.steps import PAPERS, Walk
from tests.deals.applying import channel
from tests.sandbox.house import SECRET, sandbox

pytestmark = pytest.mark.django_db(transaction=True)

LOAN, INSTALMENT, INTEREST = "100,000.00", "3,036.76", "9,323.36"


def test_from_the_door_to_the_money_through_two_lenders(walk: Walk, live_server: LiveServer) -> None:
    walk.walk_in()
    walk.ask("25000", LOAN)
    walk.prefer("江河银行.*专项车贷.*等额本息.*36")
    walk.officer.sees(INSTALMENT, INTEREST)
    walk.open_deal("dealer_desk")
    walk.send_link()
    walk.agree(3)
    walk.fill()
    walk.choose("jianghe", "changqiao")
    walk.hand_in(*PAPERS, "户口本")
    walk.submit()
    walk.officer.open(f"{walk.path}/lenders/")
    with sandbox(f"{live_server.url}/lender-callback/{{lender}}/") as lenders:
        for code in ("jianghe", "changqiao"):
            channel(code, f"{lenders.base}/{code}", SECRET)
        lenders.order(answer="declined")
        lenders.order(answer="approved")
        walk.officer.click("送审所选机构").sees("已送审")
        walk.officer.page.goto("about:blank")  # nobody asks anything while the clock is another
        with walk.time.on_the_wall():
            worker.run_due()
            assert lenders.sent(2)
        walk.officer.open(f"{walk.path}/lenders/")
        walk.officer.sees("综合评分不足", "拒绝", "通过").click("选定这家").sees("选定")
    walk.read()
    walk.draft()
    walk.sign()
    walk.officer.open(f"{walk.path}/payout/").sees("还差 4 项", "抵押登记：放款后 30 天内")
    walk.insure()
    walk.prove_down("25000")
    walk.pay()
    walk.officer.open(f"{walk.path}/payout/").sees("已放款", LOAN)
    _says_the_same_on_paper(walk)
    _says_the_same_over_the_interface(walk)
    for screen in walk.watched:
        assert (screen.faults, screen.violations()) == ([], [])


def _says_the_same_on_paper(walk: Walk) -> None:
    statement = walk.officer.pdf(f"{walk.path}/contract/file/statement/")
    contract = walk.officer.pdf(f"{walk.path}/contract/file/signed/")
    for text in (LOAN, "壹拾万元整", INTEREST, INSTALMENT, "5.88%", "江河银行"):
        assert text in statement
        assert text in contract
    assert contract.count(INSTALMENT) == 36


def _says_the_same_over_the_interface(walk: Walk) -> None:
    officer = walk.calling(walk.house.officer)
    sent = {one["lender_code"]: one for one in officer(f"{walk.path}/application")["submissions"]}
    assert {code: one["state"] for code, one in sent.items()} == {"changqiao": "declined", "jianghe": "won"}
    assert (sent["jianghe"]["amount"], sent["jianghe"]["annual_rate"]) == (10_000_000, 5_880_000)
    assert sent["changqiao"]["rounds"][0]["reason"] == "综合评分不足"
    paper, order = officer(f"{walk.path}/paper"), officer(f"{walk.path}/payout")["order"]
    rows = paper["contract"]["document"]["schedule"]
    assert sum(row["principal"] for row in rows) == order["amount"] == 10_000_000
    assert sum(row["interest"] for row in rows) == paper["statement"]["document"]["interest"] == 932_336
    assert [row["principal"] + row["interest"] for row in rows] == [303_676] * 36
    assert order["state"] == "released"
