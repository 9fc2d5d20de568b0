"""A new customer on the house's own book, from the door to the money: five people, a telephone, the real buttons.

75,000.00 at 11.80 % over 36 equal instalments: 35 of 2,483.92 and a last of 2,483.70, interest 14,420.90 (worked out
beside the product by the annuity and month by month), 1,200.00 for the device: 15,620.90 in all.
"""

from __future__ import annotations

import pytest

from tests.browser.journeys.steps import PAPERS, Walk

pytestmark = pytest.mark.django_db(transaction=True)

LOAN, INSTALMENT, LAST, INTEREST, COST = "75,000.00", "2,483.92", "2,483.70", "14,420.90", "15,620.90"


def test_from_the_door_to_the_money_on_our_own_book(walk: Walk) -> None:
    walk.walk_in()
    walk.ask("50000", LOAN)
    walk.prefer("自营车贷.*等额本息.*36")
    walk.officer.sees("2,483.92")
    walk.open_deal("own_book")
    walk.send_link()
    walk.agree(3)
    walk.fill()
    walk.hand_in(*PAPERS)
    walk.bureau()
    walk.submit()
    walk.at(walk.house.approver).open("/decisions/next/").sees(LOAN, "11.80%", INSTALMENT, "87,500.00")
    walk.decide()
    walk.guest.follow("去办：", within="body").sees(
        "12.92%", "13.72%", LOAN, "柒万伍仟元整", COST, INTEREST, "1,200.00"
    )
    walk.read()
    walk.draft()
    walk.officer.open(f"{walk.path}/contract/").sees(LOAN, INTEREST, COST, "622202*********5678")
    walk.sign()
    walk.officer.open(f"{walk.path}/payout/").sees("还差 6 项")
    walk.insure()
    walk.finish(gps="865000000000001", plate="浙A12345", lien="310000123456")
    walk.prove_down("50000")
    walk.pay()
    walk.officer.open(f"{walk.path}/payout/").sees("已放款", LOAN, "2026-11-20")
    _says_the_same_on_paper(walk)
    _says_the_same_over_the_interface(walk)
    for screen in walk.watched:
        assert (screen.faults, screen.violations()) == ([], [])


def _says_the_same_on_paper(walk: Walk) -> None:
    statement = walk.officer.pdf(f"{walk.path}/contract/file/statement/")
    contract = walk.officer.pdf(f"{walk.path}/contract/file/signed/")
    for text in (LOAN, "柒万伍仟元整", INTEREST, "1,200.00", COST, INSTALMENT, LAST, "12.92%", "13.72%"):
        assert text in statement
    assert contract.count(INSTALMENT) == 35
    for text in (LOAN, "柒万伍仟元整", INTEREST, LAST, "89,420.90", "125,000.00", "50,000.00", "LFV2A21K8A3000001"):
        assert text in contract
    assert "6222020200012345678" in contract


def _says_the_same_over_the_interface(walk: Walk) -> None:
    officer = walk.calling(walk.house.officer)
    paper, order = officer(f"{walk.path}/paper"), officer(f"{walk.path}/payout")["order"]
    document, rows = paper["statement"]["document"], paper["contract"]["document"]["schedule"]
    assert (document["interest"], document["cost_total"], document["instalment"]) == (1_442_090, 1_562_090, 248_392)
    assert [row["principal"] + row["interest"] for row in rows] == [248_392] * 35 + [248_370]
    assert (sum(row["principal"] for row in rows), sum(row["interest"] for row in rows)) == (7_500_000, 1_442_090)
    assert (order["amount"], order["state"], [one["amount"] for one in order["parts"]]) == (
        7_500_000,
        "released",
        [7_500_000],
    )
    deal = officer(walk.path)
    assert (deal["deal"]["stage"], deal["deal"]["amount"]) == ("collateral", 7_500_000)
    stages = ["quote", "application", "decision", "contract", "disbursement", "collateral"]
    assert [stay["stage"] for stay in deal["stages"]] == stages
