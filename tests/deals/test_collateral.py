"""The security: every item with its clock, insurance without gaps and for the lender, complete when all is back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Q

from chedai.deals.collateral import rules, selectors
from chedai.deals.collateral.models import CollateralItem
from chedai.deals.collateral.rules import Asked, Least, Policy
from chedai.deals.collateral.services import collateral_finish, insurance_lapse, policy_record, policy_withdraw
from chedai.deals.collateral.states import Cover, ItemKind
from chedai.deals.disbursement.selectors import funding_checklist
from chedai.platform import clock
from chedai.platform.errors import Conflict, Refusal, Refusals
from tests.deals.papering import TODAY, Papering, needs, papered, pdf_paper, signed
from tests.deals.quoting import shelf
from tests.deals.test_contracts import refused
from tests.support.ground import begins_with, given

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf, papered, signed),
    pytest.mark.usefixtures("held_clock"),
]

LENDER = Least(7_500_000, 100_000_000, "tongzhou")


def asked(**changes: Any) -> Asked:
    given: dict[str, Any] = {"lien_days": 30, "gps": False, "plated": False, "plate_days": 15, "green_book_days": 45}
    return Asked(**given | changes)


COVERS = [("compulsory", 0, True), ("commercial", 0, True)]


@pytest.mark.parametrize(
    ("what", "owed"),
    [
        (asked(), [("plate", 15, False), ("lien", 30, False), ("green_book", 45, False)]),
        (
            asked(lien_days=0, gps=True, plated=True),
            [("gps", 0, True), ("lien", 0, True), ("green_book", 45, False)],
        ),
        (asked(lien_days=None, plated=True), []),
        (asked(lien_days=60, plated=True), [("lien", 60, False), ("green_book", 60, False)]),
    ],
)
def test_what_is_owed_follows_the_product_and_the_car(what: Asked, owed: list[tuple[str, int, bool]]) -> None:
    assert [(one.kind.value, one.days, one.before_payout) for one in rules.owed(what)] == COVERS + owed


def policy(starts: date, ends: date, cover: Cover = Cover.COMMERCIAL, beneficiary: str = "tongzhou") -> Policy:
    return Policy(cover, starts, ends, 7_500_000, 100_000_000, beneficiary)


@pytest.mark.parametrize(
    ("spans", "gap"),
    [
        ([], 31),
        ([(1, 31)], 0),
        ([(1, 10), (11, 31)], 0),
        ([(1, 10), (12, 31)], 1),
        ([(5, 10), (8, 20)], 4 + 11),
        ([(1, 20), (3, 5), (25, 31)], 4),
    ],
)
def test_days_without_cover_are_counted(spans: list[tuple[int, int]], gap: int) -> None:
    held = [policy(date(2026, 12, a), date(2026, 12, b)) for a, b in spans]
    assert rules.gap_days(held, Cover.COMMERCIAL, date(2026, 12, 1), date(2026, 12, 31)) == gap


@pytest.mark.parametrize(
    ("held", "codes"),
    [
        (Policy(Cover.COMMERCIAL, TODAY, TODAY, 7_500_000, 100_000_000, "tongzhou"), []),
        (Policy(Cover.COMMERCIAL, TODAY, TODAY, 7_499_999, 100_000_000, "tongzhou"), ["damage-low"]),
        (Policy(Cover.COMMERCIAL, TODAY, TODAY, 7_500_000, 99_999_999, "tongzhou"), ["third-party-low"]),
        (Policy(Cover.COMMERCIAL, TODAY, TODAY, 0, 0, ""), ["damage-low", "third-party-low", "no-first-beneficiary"]),
        (Policy(Cover.COMPULSORY, TODAY, TODAY, 0, 0, ""), []),
    ],
)
def test_cover_that_is_too_small_or_for_another_is_named(held: Policy, codes: list[str]) -> None:
    assert [one.code for one in rules.shortfalls(held, LENDER)] == codes


@pytest.fixture
def deal() -> Papering:
    return given(signed)


def states(deal: Papering) -> dict[str, str]:
    return {item.kind: item.state for item in selectors.items_of(deal.deal.pk)}


def lights(deal: Papering) -> dict[str, str]:
    deal.deal.refresh_from_db()
    return {line.check.value: line.light.value for line in funding_checklist(deal.deal)}


def test_a_signed_contract_opens_what_is_owed(deal: Papering) -> None:
    assert states(deal) == dict.fromkeys(("compulsory", "commercial", "gps", "plate", "lien", "green_book"), "waiting")
    assert {item.owner for item in selectors.items_of(deal.deal.pk)} == {deal.house.officer}


def test_insurance_that_names_nobody_first_blocks_and_is_told(deal: Papering) -> None:
    deal.insure(Cover.COMPULSORY)
    deal.insure(Cover.COMMERCIAL, first_beneficiary="", content=b"")
    assert (states(deal)["compulsory"], states(deal)["commercial"]) == ("done", "waiting")
    assert (lights(deal)["commercial"], lights(deal)["beneficiary"]) == ("done", "open")
    deal.insure(Cover.COMMERCIAL, number="PA-2", ends=date(2027, 11, 20))
    assert (states(deal)["commercial"], lights(deal)["beneficiary"]) == ("done", "done")


def test_the_endorsement_is_proved_by_a_paper(deal: Papering) -> None:
    with pytest.raises(Refusals) as found:
        deal.insure(Cover.COMMERCIAL, content=b"")
    assert [one.code for one in found.value.refusals] == ["endorsement-missing"]
    assert selectors.policies_of(deal.deal.pk) == []


def test_a_renewal_that_loses_the_beneficiary_opens_the_item_again(deal: Papering) -> None:
    deal.insure(Cover.COMMERCIAL)
    kept = selectors.policies_of(deal.deal.pk)[0]
    deal.insure(Cover.COMMERCIAL, number="PA-2", ends=date(2028, 11, 19), first_beneficiary="", content=b"")
    assert states(deal)["commercial"] == "lapsed"
    renewed = selectors.policies_of(deal.deal.pk)[0]
    policy_withdraw(policy_id=renewed.pk, reason="录入错误", actor=deal.officer)
    assert (states(deal)["commercial"], selectors.policies_of(deal.deal.pk)) == ("done", [kept])


def test_cover_that_ended_lapses_overnight(deal: Papering) -> None:
    deal.insure(Cover.COMPULSORY, ends=TODAY)
    assert (states(deal)["compulsory"], insurance_lapse()) == ("done", 0)
    with clock.frozen(datetime(2026, 11, 21, 2, tzinfo=clock.SHANGHAI)):
        assert (insurance_lapse(), insurance_lapse()) == (1, 0)
    assert states(deal)["compulsory"] == "lapsed"


def test_a_device_is_put_in_only_with_consent(deal: Papering) -> None:
    item = CollateralItem.objects.get(kind=ItemKind.GPS)
    given: dict[str, Any] = {"item_id": item.pk, "reference": "865000000000001", "done_on": TODAY}
    given |= {"actor": deal.officer, "content": pdf_paper("gps")}
    said = refused(lambda: collateral_finish(**given), "consent-missing")
    assert said.zh == "缺少授权：采集车辆位置"
    deal.agree("location")
    assert collateral_finish(**given).state == "done"
    refused(lambda: collateral_finish(**given), "item-done", Conflict)


def test_what_is_done_needs_its_number_its_proof_and_a_day_that_came(deal: Papering) -> None:
    item = CollateralItem.objects.get(kind=ItemKind.LIEN)
    with pytest.raises(Refusals) as found:
        collateral_finish(item_id=item.pk, reference=" ", done_on=TODAY + timedelta(days=1), actor=deal.officer)
    assert [one.code for one in found.value.refusals] == ["reference-missing", "done-ahead", "proof-missing"]
    assert states(deal)["lien"] == "waiting"


def test_the_plate_goes_to_the_car(deal: Papering) -> None:
    deal.finish(ItemKind.PLATE, "浙A12345")
    deal.vehicle.refresh_from_db()
    assert (deal.vehicle.plate, states(deal)["plate"]) == ("浙A12345", "done")


def test_insurance_is_not_ticked_off_by_hand(deal: Papering) -> None:
    with pytest.raises(Conflict) as found:
        deal.finish(ItemKind.COMMERCIAL)
    assert found.value.code == "insurance-item"


def paid_out() -> Papering:
    """A deal whose lien may follow within thirty days."""
    deal = given(papered)
    needs(deal, lien_days=30, gps=False)
    deal.ready().request()
    deal.release()
    return deal


@pytest.fixture
def paid() -> Papering:
    return given(paid_out)


@begins_with(shelf, papered, paid_out)
def test_clocks_run_from_the_payout_and_the_late_come_first(paid: Papering) -> None:
    items = {item.kind: item for item in selectors.items_of(paid.deal.pk)}
    assert {kind: items[kind].due_on for kind in ("plate", "lien", "green_book")} == {
        "plate": date(2026, 12, 5),
        "lien": date(2026, 12, 20),
        "green_book": date(2027, 1, 4),
    }
    assert list(selectors.overdue(Q(), date(2026, 12, 5))) == []
    late = selectors.overdue(Q(deal__store=paid.house.east), date(2026, 12, 21))
    assert [item.kind for item in late] == ["plate", "lien"]
    assert list(selectors.overdue(Q(deal__store=paid.house.west), date(2026, 12, 21))) == []
    assert [rules.days_left(item.due_on, date(2026, 12, 21)) for item in late] == [-16, -1]


@begins_with(shelf, papered, paid_out)
def test_the_deal_is_complete_when_the_last_paper_is_back(paid: Papering) -> None:
    assert paid.stage() == "collateral"
    paid.finish(ItemKind.PLATE, "浙A12345")
    paid.finish(ItemKind.LIEN)
    assert paid.stage() == "collateral"
    paid.finish(ItemKind.GREEN_BOOK)
    assert (paid.stage(), selectors.everything_back(paid.deal.pk)) == ("complete", True)


@begins_with(shelf, papered, paid_out)
def test_cover_lost_after_the_payout_is_told_and_the_deal_is_complete_again_once_it_is_back(paid: Papering) -> None:
    paid.finish(ItemKind.PLATE, "浙A12345")
    paid.finish(ItemKind.LIEN)
    paid.finish(ItemKind.GREEN_BOOK)
    paid.insure(Cover.COMMERCIAL, number="PA-2", ends=date(2028, 11, 19), first_beneficiary="", content=b"")
    assert paid.stage() == "complete"
    assert (paid.deal.turn, paid.deal.next_step) == ("officer", "第一受益人已失效，请补办批单或续保")
    paid.insure(Cover.COMMERCIAL, number="PA-3", ends=date(2029, 11, 19))
    assert (paid.stage(), paid.deal.turn, paid.deal.next_step) == ("complete", "nobody", "资料已齐，归档")


@begins_with(shelf, papered, paid_out)
def test_insurance_to_renew_is_listed_before_it_ends(paid: Papering) -> None:
    assert list(selectors.renewals(Q(), TODAY)) == []
    ending = selectors.renewals(Q(), date(2027, 10, 21))
    assert sorted(one.cover for one in ending) == ["commercial", "compulsory"]
    paid.insure(Cover.COMPULSORY, number="PA-3", starts=date(2027, 11, 20), ends=date(2028, 11, 19))
    assert [one.cover for one in selectors.renewals(Q(), date(2027, 10, 21))] == ["commercial"]


def test_a_policy_that_ends_before_it_starts_is_refused(deal: Papering) -> None:
    def wrong() -> Any:
        return policy_record(
            deal_id=deal.deal.pk,
            cover=Cover.COMPULSORY,
            insurer="平安",
            number="1",
            starts=TODAY,
            ends=TODAY - timedelta(days=1),
            actor=deal.officer,
        )

    refused(wrong, "policy-days", Refusal)
