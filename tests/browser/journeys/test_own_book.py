"""A new customer on the house's own book, from the door to the money: five people, a telephone, the real buttons."""

from __future__ import annotations

import pytest

from chedai.deals.disbursement.models import PayoutOrder
from chedai.engine.money import yuan
from tests.browser.journeys.steps import PAPERS, Walk
from tests.browser.journeys.walking import dump

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_the_door_to_the_money_on_our_own_book(walk: Walk) -> None:
    walk.walk_in()
    walk.ask("50000", "75,000.00")
    walk.prefer("自营车贷.*等额本息.*36")
    walk.open_deal("own_book")
    walk.send_link()
    walk.agree(2)
    walk.fill()
    walk.hand_in(*PAPERS)
    walk.bureau()
    walk.submit()
    walk.decide()
    walk.read()
    walk.draft()
    walk.sign()
    walk.agree_to_location()
    walk.insure()
    walk.finish(gps="865000000000001", plate="浙A12345", lien="310000123456")
    walk.prove_down("50000")
    walk.pay()
    dump(walk.at(walk.cashier).page)
    print(walk.officer.pdf(f"{walk.path}/contract/file/statement/"))
    print(walk.officer.pdf(f"{walk.path}/contract/file/signed/"))
    assert [one.faults for one in walk.watched] == [[] for _ in walk.watched]
