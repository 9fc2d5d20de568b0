"""The money: nothing leaves while a line is open, to no other account, by no single person, and only once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from chedai.deals.applications.events import LenderFunded
from chedai.deals.collateral.states import Cover, ItemKind
from chedai.deals.contracts.models import Contract, PayeeAccount
from chedai.deals.contracts.selectors import payees_in_force
from chedai.deals.contracts.services.amending import deal_amend
from chedai.deals.contracts.states import Change
from chedai.deals.disbursement.events import FundsReleased
from chedai.deals.disbursement.models import LenderNotice, PayoutOrder, PayoutPart
from chedai.deals.disbursement.selectors import funding_checklist, payout_of
from chedai.deals.disbursement.services import down_payment_prove, evidence_check, funds_release, funds_return
from chedai.deals.underwriting.models import PayoutCondition
from chedai.platform import clock, events
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict, NotAllowed, Refusal, Refusals
from chedai.platform.privacy.services import consent_withdraw
from chedai.platform.work import emit, work
from tests import cast
from tests.deals.papering import TODAY, Papering, approved, needs, papered, pdf_paper, ready, signed
from tests.deals.quoting import shelf
from tests.deals.test_contracts import refused
from tests.support.ground import begins_with, given
from tests.support.racing import race

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf, papered, ready),
    pytest.mark.usefixtures("held_clock"),
]


@pytest.fixture
def deal() -> Papering:
    return given(ready)


def open_lines(deal: Papering) -> list[str]:
    deal.deal.refresh_from_db()
    return [line.check.value for line in funding_checklist(deal.deal) if line.blocks]


@begins_with(shelf, papered)
def test_every_open_line_is_named_and_blocks() -> None:
    deal = given(papered)
    assert open_lines(deal) == [
        "statement",
        "contract",
        "consents",
        "down_payment",
        "compulsory",
        "commercial",
        "beneficiary",
        "lien",
        "gps",
        "vehicle",
        "payee",
    ]
    with pytest.raises(Refusals) as found:
        deal.request()
    assert [one.field for one in found.value.refusals] == open_lines(deal)
    assert PayoutOrder.objects.count() == 0
    deal.ready()
    assert open_lines(deal) == []


@begins_with(shelf, papered, signed)
def test_each_line_closes_by_its_own_proof() -> None:
    deal = given(signed)
    assert open_lines(deal) == ["consents", "down_payment", "compulsory", "commercial", "beneficiary", "lien", "gps"]
    deal.agree()
    deal.prove_down(deal.plan.down_payment - 1)
    assert "down_payment" in open_lines(deal)
    line = next(one for one in funding_checklist(deal.deal) if one.check == "down_payment")
    assert line.missing_zh == "已复核凭证 49,999.99 元，差 0.01 元"


def withdraw_consent(deal: Papering) -> None:
    consent_withdraw(subject=f"customer:{deal.deal.customer_id}", purpose="location", actor=deal.officer)


def lose_beneficiary(deal: Papering) -> None:
    deal.insure(Cover.COMMERCIAL, number="2", ends=date(2028, 1, 1), first_beneficiary="", content=b"")


def cut_cover(deal: Papering) -> None:
    deal.insure(Cover.COMMERCIAL, number="2", ends=date(2028, 1, 1), third_party=1)


def shrink_account(deal: Papering) -> None:
    PayeeAccount.objects.update(amount=1)


@pytest.mark.parametrize(
    ("undo", "line"),
    [
        (withdraw_consent, "consents"),
        (lose_beneficiary, "beneficiary"),
        (cut_cover, "commercial"),
        (shrink_account, "payee"),
    ],
)
def test_what_opens_again_between_request_and_release_stops_the_money(undo: Any, line: str) -> None:
    deal = given(ready)
    order = deal.request()
    undo(deal)
    assert open_lines(deal) == [line]
    with pytest.raises(Refusal):
        deal.release()
    assert (PayoutOrder.objects.get(pk=order.pk).state, deal.stage()) == ("requested", "disbursement")


def test_a_condition_of_the_approval_blocks_until_it_is_met(deal: Papering) -> None:
    source = deal.deal.cases.get().decisions.get()
    made = PayoutCondition.objects.create(
        deal=deal.deal,
        source="decision",
        source_id=source.pk,
        code="guarantor",
        zh="补充担保人签字",
        en="a guarantor signs",
        set_by="person:1",
    )
    said = refused(deal.request, "funding-condition", Refusals)
    assert (said.field, said.zh) == ("guarantor", "补充担保人签字：批复条件未满足")
    PayoutCondition.objects.filter(pk=made.pk).update(state="met")
    deal.request()


@begins_with(shelf, papered)
def test_a_lien_that_may_follow_does_not_block_but_one_that_comes_first_does() -> None:
    deal = given(papered)
    needs(deal, lien_days=0, gps=False)
    deal.signed()
    assert "lien" in open_lines(deal)
    needs(deal, lien_days=30)
    assert "lien" not in open_lines(deal)
    lien = next(one for one in funding_checklist(deal.deal) if one.check == "lien")
    assert (lien.light, lien.zh) == ("later", "抵押登记：放款后 30 天内")


def test_money_is_asked_for_and_let_go_by_two_people(deal: Papering) -> None:
    order = deal.request()
    assert (order.amount, order.route, order.number) == (7_500_000, "own", f"{deal.deal.number}-F1")
    assert [(part.amount, part.payee.role) for part in PayoutPart.objects.select_related("payee")] == [
        (7_500_000, "dealer")
    ]
    before = clock.now()
    released = deal.release()
    assert (released.state, released.released_at, deal.stage()) == ("released", before, "collateral")
    entry = AuditEntry.objects.get(action="payout.released")
    assert b'"days_late": 0' in bytes(entry.body) or b'"days_late":0' in bytes(entry.body)


def test_one_person_does_not_do_both(deal: Papering) -> None:
    deal.request(actor=deal.money)
    refused(deal.release, "maker-is-checker", NotAllowed)
    assert deal.release(actor=cast.acting(deal.cashier)).state == "released"


def test_money_goes_to_no_other_account_and_no_other_sum(deal: Papering) -> None:
    (held,) = payees_in_force(deal.deal.pk)
    other = PayeeAccount.objects.create(
        deal=deal.deal,
        role="other",
        holder="别人",
        bank="某行",
        account="6222020200077777777",
        amount=7_500_000,
        state="refused",
        proposed_by=deal.house.officer.user,
        proposed_at=clock.now(),
    )
    refused(lambda: deal.request(parts={other.pk: 7_500_000}), "payee-not-of-contract")
    refused(lambda: deal.request(parts={held.pk: 7_499_999}), "split-not-loan")
    refused(lambda: deal.request(parts={held.pk: 7_499_999, other.pk: 1}), "payee-not-of-contract")
    assert deal.request(parts={held.pk: 7_500_000}).amount == 7_500_000


def test_an_account_changed_after_the_request_stops_the_money(deal: Papering) -> None:
    deal.request()
    (held,) = payees_in_force(deal.deal.pk)
    held.account = "6222020200066666666"
    held.save()
    refused(deal.release, "payout-changed", Conflict)
    assert deal.stage() == "disbursement"


@begins_with(shelf, papered)
def test_split_payouts_come_to_the_loan() -> None:
    deal = given(papered)
    deal.read()
    deal.pay_to(deal.account(7_000_001), deal.account(499_999, "6222020200099999999"))
    deal.draft()
    deal.sign()
    deal.agree()
    for cover in Cover:
        deal.insure(cover)
    deal.prove_down()
    deal.finish(ItemKind.GPS, "865000000000001")
    deal.finish(ItemKind.LIEN)
    first, second = payees_in_force(deal.deal.pk)
    refused(lambda: deal.request(parts={first.pk: 7_000_000, second.pk: 500_000}), "part-not-of-contract")
    order = deal.request()
    assert sorted(order.parts.values_list("amount", flat=True)) == [499_999, 7_000_001]
    assert deal.release().amount == 7_500_000


def test_the_proof_and_the_reference_are_kept(deal: Papering) -> None:
    deal.request()
    refused(lambda: deal.release(content=b""), "proof-missing")
    refused(lambda: deal.release(reference=" "), "reference-missing")
    refused(lambda: deal.release(paid_on=TODAY + timedelta(days=1)), "paid-day")
    refused(lambda: deal.release(digest="0" * 64), "payout-changed", Conflict)
    released = deal.release()
    assert released.proof is not None and released.reference == "20261120-0001"


def test_a_returned_payout_is_asked_for_anew(deal: Papering) -> None:
    order = deal.request()
    refused(deal.request, "payout-asked", Conflict)
    funds_return(payout_id=order.pk, reason="账户待核", actor=deal.money)
    assert (payout_of(deal.deal.pk), deal.stage(), deal.deal.turn) == (None, "disbursement", "officer")
    assert deal.request().number == f"{deal.deal.number}-F2"
    refused(lambda: funds_return(payout_id=order.pk, reason="再退", actor=deal.money), "payout-settled", Conflict)


def test_a_voided_approval_stops_a_payout_that_was_asked_for(deal: Papering) -> None:
    order = deal.request()
    deal_amend(deal_id=deal.deal.pk, change=Change.PAYEE, after="长桥银行", reason="客户换账户", actor=deal.officer)
    order.refresh_from_db()
    assert (order.state, order.returned_for, deal.stage()) == ("returned", "审批后变更，批复失效", "decision")
    with pytest.raises(Conflict):
        funds_release(
            payout_id=order.pk,
            digest=order.digest,
            paid_on=TODAY,
            reference="1",
            actor=deal.money,
            content=pdf_paper(),
        )
    assert open_lines(deal)[:3] == ["approval", "statement", "contract"]


@begins_with(shelf, papered, signed)
def test_the_down_payment_is_looked_at_by_a_second_person() -> None:
    deal = given(signed)
    proof = {"deal_id": deal.deal.pk, "amount": deal.plan.down_payment, "name": "首付.pdf", "actor": deal.officer}
    refused(lambda: down_payment_prove(content=b"", **proof), "evidence-missing")
    item = down_payment_prove(content=pdf_paper("首付"), **proof)
    refused(lambda: evidence_check(item_id=item.pk, accept=True, actor=deal.officer), "maker-is-checker", NotAllowed)
    assert "down_payment" in open_lines(deal)
    evidence_check(item_id=item.pk, accept=False, reason="看不清", actor=deal.money)
    again = down_payment_prove(content=pdf_paper("首付 2"), **proof)
    evidence_check(item_id=again.pk, accept=True, actor=deal.money)
    assert "down_payment" not in open_lines(deal)


@begins_with(shelf)
def test_a_lenders_word_is_its_proof_and_is_heard_once() -> None:
    deal = approved(own=False)
    deal.ready()
    for _ in range(2):
        with work():
            emit(LenderFunded(deal.deal.pk, 71))
    assert LenderNotice.objects.count() == 1
    deal.deal.refresh_from_db()
    assert (deal.deal.turn, deal.deal.next_step) == ("finance", "资方已放款，核对并登记放款")
    assert deal.request().route == "lender"
    assert deal.release(content=b"").state == "released"


@begins_with(shelf)
def test_a_lenders_own_message_asks_for_the_payout_and_one_of_us_confirms_it() -> None:
    deal = approved(own=False)
    deal.ready()
    paid_on = TODAY - timedelta(days=1)
    Contract.objects.update(signed_on=paid_on)
    with work():
        emit(LenderFunded(deal.deal.pk, 71, deal.plan.principal, paid_on, "P-77"))
    order = deal.payout
    assert (order.state, order.requested_by, order.amount, order.agreed_on) == (
        "requested", None, deal.plan.principal, paid_on,
    )  # fmt: skip
    deal.deal.refresh_from_db()
    assert (deal.deal.turn, deal.deal.next_step) == ("finance", f"复核并放款 {order.number}")
    refused(lambda: deal.release(content=b"", paid_on=paid_on - timedelta(days=1)), "paid-day")
    assert deal.release(content=b"", paid_on=paid_on).state == "released"


@pytest.mark.parametrize(
    ("short", "ready", "paid_on", "step"),
    [
        (1, True, TODAY, "资方放款金额与合同不符，请核对"),
        (0, False, TODAY, "资方已放款，但放款条件未满足"),
        (0, True, TODAY - timedelta(1), "资方放款日早于合同签署日，请核对"),
    ],
)
@begins_with(shelf)
def test_a_lenders_message_that_does_not_fit_asks_for_nothing(
    short: int, ready: bool, paid_on: date, step: str
) -> None:
    deal = approved(own=False)
    _ = deal.ready() if ready else deal.signed()
    with work():
        emit(LenderFunded(deal.deal.pk, 71, deal.plan.principal - short, paid_on, "P-77"))
    deal.deal.refresh_from_db()
    assert (PayoutOrder.objects.count(), deal.deal.turn, deal.deal.next_step) == (0, "finance", step)


@begins_with(shelf)
def test_the_day_a_lender_told_before_we_asked_is_the_day_of_the_payout_unless_nothing_was_signed() -> None:
    deal = approved(own=False)
    deal.signed()
    signed_on, told = TODAY - timedelta(days=4), TODAY - timedelta(days=2)
    Contract.objects.update(signed_on=signed_on)
    with work():
        emit(LenderFunded(deal.deal.pk, 71, deal.plan.principal, told, "P-77"))
    deal.agree()
    for cover in Cover:
        deal.insure(cover)
    deal.prove_down()
    deal.finish_before_payout()
    deal.request()
    refused(lambda: deal.release(content=b"", paid_on=told - timedelta(days=1)), "paid-day")
    LenderNotice.objects.update(paid_on=signed_on - timedelta(days=1))
    refused(lambda: deal.release(content=b"", paid_on=signed_on - timedelta(days=1)), "paid-day")
    LenderNotice.objects.update(paid_on=told)
    released = deal.release(content=b"", paid_on=told)
    assert (released.state, released.paid_on) == ("released", told)


@pytest.mark.django_db(transaction=True)
def test_two_releases_at_once_pay_once(deal: Papering) -> None:
    order = deal.request()
    told: list[object] = []
    table = {**events.wiring(), FundsReleased: (told.append,)}
    before = dict(events.wiring())
    events.install(table)
    moment = clock.now()

    def release(number: int) -> PayoutOrder:
        who = (deal.finance, deal.cashier)[number % 2]
        with clock.frozen(moment):
            return funds_release(
                payout_id=order.pk,
                digest=order.digest,
                paid_on=TODAY,
                reference=f"R{number}",
                actor=cast.acting(who),
                content=pdf_paper(),
            )

    try:
        results = race(release, 4)
    finally:
        events.install(before)
    assert sorted(type(one).__name__ for one in results) == ["Conflict"] * 3 + ["PayoutOrder"]
    assert (len(told), AuditEntry.objects.filter(action="payout.released").count()) == (1, 1)
    assert deal.stage() == "collateral"
