"""The same story over the interface alone: statement, contract, payout, figures equal to the fen everywhere."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse

from chedai.deals.collateral.selectors import items_of
from chedai.org.models import Staff
from chedai.org.permissions import table
from chedai.platform import clock
from chedai.platform.accounts.tokens import token_make
from chedai.platform.actors import system
from tests.api.conftest import Caller
from tests.deals.papering import TODAY, Papering, papered, pdf_paper
from tests.deals.quoting import shelf
from tests.support.ground import begins_with, given

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf, papered),
    pytest.mark.usefixtures("held_clock"),
]

FILE = {"name": "a.pdf", "content": base64.b64encode(pdf_paper()).decode()}


@pytest.fixture
def deal(held_clock: object) -> Papering:
    return given(papered)


def token_of(staff: Staff) -> Caller:
    """A caller with every scope: what it may do is then what its person may do."""
    expires_at, every = clock.now() + timedelta(days=1), tuple(table().permissions)
    made = token_make(user_id=staff.user_id, name="t", scopes=every, expires_at=expires_at, actor=system("test"))
    return Caller(staff, made.secret)


def said(answer: HttpResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content.decode()
    return json.loads(answer.content)


def test_a_deal_is_papered_and_paid_over_the_interface(deal: Papering) -> None:
    officer, finance = token_of(deal.house.officer), token_of(deal.finance)
    at = f"/deals/{deal.deal.number}"
    paper = said(officer.get(f"{at}/paper"))
    statement = paper["statement"]
    assert (statement["principal"], paper["contract"]) == (7_500_000, None)
    confirm = {"digest": statement["digest"], "file": FILE}
    said(officer.post(f"{at}/statement/opening", {}))
    refused = said(officer.post(f"{at}/statement/confirmation", confirm), 422)
    assert refused["title"] == "statement-not-read"
    with clock.frozen(clock.now() + timedelta(seconds=60)):
        said(officer.post(f"{at}/statement/confirmation", confirm))
    account = {"role": "dealer", "holder": "城东", "bank": "江河银行", "account": "6222020200012345678"}
    said(officer.post(f"{at}/payees", {"accounts": [account | {"amount": 7_500_000}]}, method="put"))
    drafted = said(officer.post(f"{at}/contract", {"vin": deal.vehicle.vin, "agreed_on": str(TODAY)}), 201)
    contract = drafted["contract"]
    rows = contract["document"]["schedule"]
    assert contract["principal"] == statement["principal"] == sum(row["principal"] for row in rows)
    assert sum(row["interest"] for row in rows) == statement["document"]["interest"] == deal.plan.interest
    assert contract["document"]["principal_words"] == statement["document"]["principal_words"]
    assert drafted["payees"][0]["account"] == "622202*********5678"
    signed = said(officer.post(f"{at}/contract/signed-paper", {"signed_on": str(TODAY), "file": FILE}))
    check = {"accept": True, "sha256": signed["contract"]["signed_sha256"]}
    assert officer.post(f"{at}/contract/check", check).status_code == 403
    assert said(finance.post(f"{at}/contract/check", check))["contract"]["state"] == "signed"
    kept = said(officer.get(f"{at}/paper/signed"))
    assert (kept["sha256"], base64.b64decode(kept["content"])) == (check["sha256"], pdf_paper())

    problem = said(officer.post(f"{at}/payout", {"agreed_on": str(TODAY)}), 422)
    assert [one["field"] for one in problem["errors"]] == [
        "consents",
        "down_payment",
        "compulsory",
        "commercial",
        "beneficiary",
        "lien",
        "gps",
    ]
    deal.agree()
    cover = {"insurer": "平安", "number": "P-1", "starts": str(TODAY), "ends": "2027-11-19"}
    said(officer.post(f"{at}/insurance", cover | {"cover": "compulsory"}), 201)
    whole = {"cover": "commercial", "damage": 12_500_000, "third_party": 100_000_000, "file": FILE}
    said(officer.post(f"{at}/insurance", cover | whole | {"first_beneficiary": "tongzhou"}), 201)
    for item in items_of(deal.deal.pk):
        if item.kind in ("gps", "plate", "lien"):
            number = "浙A12345" if item.kind == "plate" else "865000000000001"
            done = {"reference": number, "done_on": str(TODAY), "file": FILE}
            said(officer.post(f"/collateral/{item.pk}/done", done))
    proved = said(officer.post(f"{at}/down-payment", {"amount": 5_000_000, "file": FILE}), 201)
    evidence = proved["evidence"][0]["id"]
    said(finance.post(f"/evidence/{evidence}/check", {"accept": True}))
    order = said(officer.post(f"{at}/payout", {"agreed_on": str(TODAY)}), 201)["order"]
    assert (order["amount"], [part["amount"] for part in order["parts"]]) == (7_500_000, [7_500_000])
    release = {"digest": order["digest"], "paid_on": str(TODAY), "reference": "R-1", "file": FILE}
    assert officer.post(f"/payouts/{order['id']}/release", release).status_code == 403
    assert said(finance.post(f"/payouts/{order['id']}/release", release))["order"]["state"] == "released"
    assert (deal.stage(), said(finance.get("/payouts?state=released"))["items"][0]["number"]) == (
        "collateral",
        order["number"],
    )
    left = said(officer.get(f"{at}/collateral"))["items"]
    assert [item["kind"] for item in left if item["state"] == "open"] == ["green_book"]
    amended = officer.post(f"{at}/amendments", {"change": "term", "after": "48 期", "reason": "客户要求"})
    assert said(amended, 409)["title"] == "amend-stage"
