"""Quotes over the interface: the same figures as page and PDF, the same refusals."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from chedai.deals.quotes.models import Quote
from chedai.org.models import Staff
from chedai.platform import events
from tests import house as houses
from tests.api.conftest import Caller, body
from tests.deals.quoting import CARD, LEVEL, Desk, desk, shelf
from tests.support.ground import begins_with

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf),
    pytest.mark.usefixtures("held_clock"),
]
WISH = {"price": 12_500_000, "down_payment": 2_500_000, "vehicle_kind": "own_nev", "term": 36}


@pytest.fixture
def at(db: None) -> Iterator[Desk]:
    before = events.wiring()
    events.install({})
    yield desk(houses.build())
    events.install(before)


@pytest.fixture
def caller(at: Desk, calling: Callable[..., Caller]) -> Caller:
    made = calling("manager", "manager", everywhere=True)
    Staff.objects.filter(pk=made.staff.pk).update(home=at.house.east)
    return made


def kept(caller: Caller, at: Desk, *chosen: str) -> Any:
    answer = caller.post(f"/deals/{at.deal.number}/quotes", {"wish": WISH, "chosen": list(chosen)})
    assert answer.status_code == 201, answer.content
    return body(answer)


def test_a_wish_is_answered_with_every_plan_and_every_reason(at: Desk, caller: Caller) -> None:
    found = body(caller.post("/quotes", WISH | {"instalment_most": 420_000}))
    plans = {plan["key"]: plan for plan in found["plans"]}
    assert found["plans"][0]["key"] == "cash"
    assert (plans[LEVEL]["instalment"], plans[LEVEL]["over_cash"]) == (303_676, 932_336)
    assert plans[CARD]["plan"]["fees"][0]["payee"] == "lender"
    assert round(plans[CARD]["nominal_rate"] / 10_000) == 722
    assert all(why["reasons"] for why in found["why_not"])
    assert Quote.objects.count() == 0


@pytest.mark.parametrize("region", ["x", "杭州", "\U0003d6d9\b", "Zhejiang"])
def test_a_province_nobody_knows_is_refused_at_its_field(at: Desk, caller: Caller, region: str) -> None:
    wish = WISH | {"region": region}
    for path, sent in (("/quotes", wish), (f"/deals/{at.deal.number}/quotes", {"wish": wish, "chosen": [LEVEL]})):
        answer = caller.post(path, sent)
        assert (answer.status_code, body(answer)["title"]) == (422, "no-such-region"), answer.content
        assert [error["field"] for error in body(answer)["errors"]] == ["region"]
    assert caller.post("/quotes", WISH | {"region": "zhejiang"}).status_code == 200
    assert Quote.objects.count() == 0


def test_a_quote_is_kept_offered_shared_and_accepted(at: Desk, caller: Caller) -> None:
    draft = kept(caller, at, LEVEL, CARD)
    assert (draft["state"], draft["deal"], draft["plans"][1]["instalment"]) == ("draft", at.deal.number, 303_676)
    offered = body(caller.post(f"/quotes/{draft['id']}/offer", {}))
    assert (offered["state"], offered["valid_until"]) == ("offered", "2026-11-27")
    shared = body(caller.post(f"/quotes/{draft['id']}/shares", {"days": 3}))
    assert shared["path"] == f"/q/{shared['token']}/"
    taken = caller.post(f"/quotes/{draft['id']}/accept", {"plan": 1, "digest": offered["digest"]})
    assert (body(taken)["state"], body(taken)["accepted"]) == ("accepted", 1)
    assert [one["id"] for one in body(caller.get(f"/deals/{at.deal.number}/quotes"))] == [draft["id"]]


def test_the_pdf_says_what_the_interface_says(at: Desk, caller: Caller) -> None:
    draft = kept(caller, at, LEVEL, CARD)
    file = body(caller.get(f"/quotes/{draft['id']}/sheet/pdf"))
    text = PdfReader(BytesIO(base64.b64decode(file["content"]))).pages[0].extract_text()
    for plan in draft["plans"][1:]:
        for name in ("instalment", "interest", "fee_total", "over_cash", "total_paid"):
            assert f"{plan[name] // 100:,}.{plan[name] % 100:02}" in text
    assert body(caller.get(f"/quotes/{draft['id']}/sheet/png"))["media_type"] == "image/png"


def test_refusals_say_their_code_and_change_nothing(at: Desk, caller: Caller) -> None:
    draft = kept(caller, at, LEVEL)
    early = caller.post(f"/quotes/{draft['id']}/accept", {"plan": 1, "digest": draft["digest"]})
    assert (early.status_code, body(early)["title"]) == (409, "quote-state")
    other = caller.post(f"/quotes/{draft['id']}/accept", {"plan": 1, "digest": "0" * 64})
    assert (other.status_code, body(other)["title"]) == (409, "quote-changed")
    wrong = caller.post("/quotes", WISH | {"down_payment": 13_000_000})
    assert (wrong.status_code, body(wrong)["title"]) == (422, "quote-down-payment")
    assert list(Quote.objects.values_list("state", flat=True)) == ["draft"]


def test_somebody_of_another_store_finds_nothing(at: Desk, calling: Callable[..., Caller]) -> None:
    quote = at.offer(LEVEL)
    stranger = calling("stranger", "officer", everywhere=False)
    assert stranger.get(f"/quotes/{quote.pk}").status_code == 403
    assert stranger.post(f"/quotes/{quote.pk}/offer", {}).status_code == 403
