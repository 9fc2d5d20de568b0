"""The whole story over the interface alone: from the door to the money, every step a call with somebody's token.

75,000.00 on the house's own book at 11.80 % over 36 equal instalments: 35 of 2,483.92 and a last of 2,483.70,
interest 14,420.90; 1,200.00 for the device: 15,620.90 in all.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from chedai.platform import clock
from tests import cast
from tests.api.conftest import Caller
from tests.deals.applying import ANSWERS, TODAY, paper
from tests.deals.deciding import CLEAN, limits
from tests.deals.quoting import shelf
from tests.support.ground import begins_with, given

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf),
    pytest.mark.usefixtures("held_clock"),
]

OWN = "tongzhou-own..0.36"
WISH = {"price": 12_500_000, "down_payment": 5_000_000, "vehicle_kind": "own_nev", "term": 36}
TERM = {"starts": str(TODAY), "ends": "2027-11-19", "insurer": "平安财险"}


def file(text: str) -> dict[str, str]:
    """A paper as the interface takes it."""
    return {"name": f"{text}.pdf", "content": base64.b64encode(paper(text)).decode()}


@dataclass(slots=True)
class Story:
    """One deal and the four who work on it, each with a token of their own."""

    reception: Caller
    officer: Caller
    approver: Caller
    second: Caller
    finance: Caller
    customer: int = 0
    number: str = ""

    @property
    def at(self) -> str:
        return f"/deals/{self.number}"

    def walk_in(self) -> None:
        came = {"name": "王芳", "phone": "13812342107", "interest": "启程 E5", "next_contact_on": "2026-11-28"}
        visit = ask(self.reception, "/visits", came, 201)
        assert (visit["ticket"], visit["state"]) == (1, "waiting")
        ask(self.officer, f"/visits/{visit['id']}/services", {})
        known = {"kind": "person", "name": "王芳", "phone": "13812342107", "id_number": "330106199003070022"}
        self.customer = ask(self.officer, "/customers", known, 201)["id"]

    def quote(self) -> None:
        opened = {"customer": self.customer, "mode": "own_book", "vehicle": "启程 E5 520km 长续航版"}
        self.number = ask(self.officer, "/deals", opened, 201)["deal"]["number"]
        draft = ask(self.officer, f"{self.at}/quotes", {"wish": WISH, "chosen": [OWN]}, 201)
        plan = draft["plans"][1]
        assert [plan[name] for name in ("principal", "instalment", "last", "interest", "fee_total")] == [
            7_500_000,
            248_392,
            248_370,
            1_442_090,
            120_000,
        ]
        offered = ask(self.officer, f"/quotes/{draft['id']}/offer", {})
        ask(self.officer, f"/quotes/{draft['id']}/accept", {"plan": 1, "digest": offered["digest"]})

    def apply(self) -> None:
        for purpose in ("sensitive", "credit_bureau", "location"):
            given = {"purpose": purpose, "wording": "SQ-2026-11", "filed": "A-1"}
            ask(self.officer, f"/customers/{self.customer}/consents", given, 201)
        form = f"{self.at}/application"
        party = read(self.officer, form)["parties"][0]["id"]
        whole = ask(self.officer, f"{form}/parties/{party}/answers", {"values": ANSWERS}, method="put")
        ask(self.officer, f"{form}/facts", {"payer": "self"}, method="put")
        for item in whole["items"]:
            ask(self.officer, f"{form}/items/{item['id']}/papers", file(item["code"]), 201)
        report = {"number": "2026112000001", "queried_on": str(TODAY)} | CLEAN
        ask(self.officer, f"{form}/parties/{party}/bureau-reports", report, 201)
        down = next(one["id"] for one in whole["items"] if one["code"] == "down_payment")
        ask(self.approver, f"{form}/items/{down}/reviews", {"verdict": "accept", "day": str(TODAY)}, 201)
        assert read(self.officer, form)["lacks"] == []
        assert ask(self.officer, f"{form}/submission", {}, 201)["state"] == "submitted"

    def decide(self) -> None:
        case = read(self.approver, "/cases?state=open")["items"][0]["id"]
        seen = read(self.approver, f"/cases/{case}")
        assert (seen["assessment"]["outcome"], seen["assessment"]["limit"]) == ("pass", 8_750_000)
        said = {"verdict": "approve", "opinion": "资料齐全，收入与流水相符"}
        proposed = ask(self.approver, f"/cases/{case}/decisions", said, 201)
        before = read(self.second, f"/cases/{case}")
        word = {"verdict": "approve", "opinion": "同意", "digest": before["digest"]}
        blind = self.second.post(f"/decisions/{proposed['id']}/confirmations", word)
        assert blind.status_code in (409, 422), blind.content
        for number in before["papers_unseen"]:
            ask(self.second, f"/cases/{case}/papers/{number}/views", {}, 201)
        decided = ask(self.second, f"/decisions/{proposed['id']}/confirmations", word, 201)
        assert (decided["state"], decided["amount"], decided["annual_rate"], decided["periods"]) == (
            "confirmed",
            7_500_000,
            11_800_000,
            36,
        )

    def paper(self) -> None:
        statement = read(self.officer, f"{self.at}/paper")["statement"]
        document = statement["document"]
        assert (document["interest"], document["cost_total"], document["instalment"]) == (
            1_442_090,
            1_562_090,
            248_392,
        )
        ask(self.officer, f"{self.at}/statement/opening", {})
        with clock.frozen(clock.now() + timedelta(seconds=60)):
            confirm = {"digest": statement["digest"], "file": file("明示表")}
            ask(self.officer, f"{self.at}/statement/confirmation", confirm)
        account = {"role": "dealer", "holder": "城东汽车销售有限公司", "bank": "江河银行"}
        account |= {"account": "6222020200012345678"}
        ask(self.officer, f"{self.at}/payees", {"accounts": [account | {"amount": 7_500_000}]}, method="put")

    def sign(self) -> None:
        models = read(self.officer, "/vehicle-models")["items"]
        model = next(one["code"] for one in models if one["kind"] == "own_nev")
        car = {"vin": "LFV2A21K8A3000001", "model": model, "invoice_price": 12_500_000}
        ask(self.officer, "/vehicles", car, 201)
        drafted = {"vin": "LFV2A21K8A3000001", "agreed_on": str(TODAY)}
        rows = ask(self.officer, f"{self.at}/contract", drafted, 201)["contract"]["document"]["schedule"]
        assert [row["principal"] + row["interest"] for row in rows] == [248_392] * 35 + [248_370]
        assert sum(row["interest"] for row in rows) == 1_442_090
        signed = ask(self.officer, f"{self.at}/contract/signed-paper", {"signed_on": str(TODAY), "file": file("合同")})
        check = {"accept": True, "sha256": signed["contract"]["signed_sha256"]}
        assert ask(self.finance, f"{self.at}/contract/check", check)["contract"]["state"] == "signed"

    def secure(self) -> None:
        ask(self.officer, f"{self.at}/insurance", TERM | {"cover": "compulsory", "number": "PA-1"}, 201)
        whole = {"cover": "commercial", "number": "PA-2", "damage": 12_500_000, "third_party": 100_000_000}
        whole |= {"first_beneficiary": "tongzhou", "file": file("批单")}
        ask(self.officer, f"{self.at}/insurance", TERM | whole, 201)
        owed = {item["kind"]: item["id"] for item in read(self.officer, f"{self.at}/collateral")["items"]}
        for kind, reference in (("gps", "865000000000001"), ("plate", "浙A12345"), ("lien", "310000123456")):
            done = {"reference": reference, "done_on": str(TODAY), "file": file(kind)}
            ask(self.officer, f"/collateral/{owed[kind]}/done", done)

    def pay(self) -> None:
        proof = {"amount": 5_000_000, "file": file("首付")}
        proved = ask(self.officer, f"{self.at}/down-payment", proof, 201)
        ask(self.finance, f"/evidence/{proved['evidence'][0]['id']}/check", {"accept": True})
        order = ask(self.officer, f"{self.at}/payout", {"agreed_on": str(TODAY)}, 201)["order"]
        release = {"digest": order["digest"], "paid_on": str(TODAY), "reference": "R-1", "file": file("回单")}
        paid = ask(self.finance, f"/payouts/{order['id']}/release", release)["order"]
        assert (paid["state"], paid["amount"]) == ("released", 7_500_000)


def ask(caller: Caller, path: str, sent: Any, status: int = 200, method: str = "post") -> Any:
    """One call that changes something."""
    answer = caller.post(path, sent, method=method)
    assert answer.status_code == status, (path, answer.content.decode())
    return json.loads(answer.content)


def read(caller: Caller, path: str) -> Any:
    """One call that reads."""
    answer = caller.get(path)
    assert answer.status_code == 200, (path, answer.content.decode())
    return json.loads(answer.content)


@pytest.fixture
def story(held_clock: object, calling: Callable[..., Caller]) -> Story:
    limits()
    given(shelf)
    store = cast.store()
    assert store.code == "A1"
    roles = {"he": "reception", "lin": "officer", "wu": "approver", "zhao": "approver", "fang": "finance"}
    return Story(*(calling(name, role, everywhere=False) for name, role in roles.items()))


def test_from_the_door_to_the_money_without_a_screen(story: Story) -> None:
    story.walk_in()
    story.quote()
    story.apply()
    story.decide()
    story.paper()
    story.sign()
    story.secure()
    story.pay()
    deal = read(story.officer, story.at)
    assert (deal["deal"]["stage"], deal["deal"]["amount"]) == ("collateral", 7_500_000)
    content = base64.b64decode(read(story.officer, f"{story.at}/paper/statement")["content"])
    printed = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    for text in ("75,000.00", "柒万伍仟元整", "14,420.90", "1,200.00", "15,620.90", "2,483.92", "2,483.70", "12.92%"):
        assert text in printed
