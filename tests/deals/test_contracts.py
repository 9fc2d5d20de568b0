"""The paper: a statement read before anything is signed, a contract of the approved figures, changes that go back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from django.apps import apps

from chedai.catalog.products.models import Promotion
from chedai.catalog.vehicles.services import vehicle_bind
from chedai.deals.contracts import selectors
from chedai.deals.contracts.documents import ContractDocument, encode
from chedai.deals.contracts.models import Amendment, ClauseVersion, Contract, CostStatement, PayeeAccount, Reading
from chedai.deals.contracts.services.amending import deal_amend
from chedai.deals.contracts.services.clauses import clause_propose, clauses_ship
from chedai.deals.contracts.services.payees import payees_check
from chedai.deals.contracts.services.promises import promise_strike, promise_write
from chedai.deals.contracts.services.signing import contract_check, contract_hand_in, contract_sign
from chedai.deals.contracts.services.statements import (
    cost_statement_confirm,
    cost_statement_decline,
    cost_statement_make,
    cost_statement_open,
)
from chedai.deals.contracts.states import Change, Place, PromiseKind
from chedai.deals.underwriting.selectors import approved as approval_of
from chedai.org.models import AuthorityLimit
from chedai.platform import clock
from chedai.platform.approvals.services import approval_decide
from chedai.platform.approvals.states import Verdict
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict, NotAllowed, Refusal, Refusals
from chedai.platform.files.selectors import paper_content
from tests import cast
from tests.deals.papering import GUEST, TODAY, WANG, Papering, approved, decide, papered, pdf_paper
from tests.deals.quoting import shelf
from tests.support.ground import begins_with, given
from tests.support.racing import race

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf, papered),
    pytest.mark.usefixtures("held_clock"),
]


def rows() -> dict[str, int]:
    """How many rows every table of the deals and of the log has."""
    counted = [m for m in apps.get_models() if m._meta.app_label in ("deals", "catalog")]
    return {m._meta.label: m._base_manager.count() for m in [*counted, AuditEntry]}


def refused(call: Callable[[], Any], code: str, kind: type[Refusal] = Refusal) -> Refusal:
    """The call is refused with a code and has changed nothing."""
    before = (rows(), list(Contract.objects.values_list("pk", "state")), list(Reading.objects.values()))
    with pytest.raises(kind) as found:
        call()
    assert found.value.code == code
    assert (rows(), list(Contract.objects.values_list("pk", "state")), list(Reading.objects.values())) == before
    return found.value


@pytest.fixture
def deal() -> Papering:
    return given(papered)


def test_an_approval_opens_the_stage_with_a_statement_of_the_approved_figures(deal: Papering) -> None:
    assert deal.stage() == "contract"
    assert (deal.deal.turn, deal.deal.next_step) == ("customer", "阅读并确认综合融资成本明示表")
    statement, plan = deal.statement, deal.plan
    document = selectors.statement_document(statement)
    assert (statement.version, statement.principal, document.plan_digest) == (1, 7_500_000, plan.digest)
    assert statement.nominal_rate == plan.nominal_rate == document.nominal_rate
    assert statement.reading_seconds == 60
    assert cost_statement_make(deal_id=deal.deal.pk, actor=deal.officer).pk == statement.pk
    paper, content = paper_content(statement.paper_id)
    assert (paper.media_type, content[:5]) == ("application/pdf", b"%PDF-")


def test_a_statement_is_confirmed_only_after_the_set_time(deal: Papering) -> None:
    statement = deal.statement

    def confirm(place: Place = Place.PHONE, **given: Any) -> CostStatement:
        filled = {"statement_id": statement.pk, "place": place, "digest": statement.digest, "actor": GUEST}
        return cost_statement_confirm(**filled | given)

    refused(confirm, "statement-state", Conflict)  # never opened
    cost_statement_open(statement_id=statement.pk, place=Place.PHONE, actor=GUEST)
    with clock.frozen(clock.now() + timedelta(seconds=59)):
        said = refused(confirm, "statement-not-read")
        assert said.zh == "须阅读满 60 秒，还差 1 秒"
        cost_statement_open(statement_id=statement.pk, place=Place.PHONE, actor=GUEST)  # the clock goes on
    with clock.frozen(clock.now() + timedelta(seconds=60)):
        refused(lambda: confirm(Place.DESK, content=pdf_paper()), "statement-not-read")  # not opened at the desk
        refused(lambda: confirm(digest="0" * 64), "statement-changed", Conflict)
        confirm()
    reading = Reading.objects.get()
    assert (reading.place, (reading.confirmed_at - reading.opened_at).total_seconds()) == ("phone", 60.0)  # type: ignore[operator]
    assert deal.statement.state == "confirmed"
    refused(confirm, "statement-state", Conflict)


def test_at_the_desk_the_signed_sheet_is_kept(deal: Papering) -> None:
    statement = deal.statement
    cost_statement_open(statement_id=statement.pk, place=Place.DESK, actor=deal.officer)
    with clock.frozen(clock.now() + timedelta(seconds=60)):

        def confirm(content: bytes) -> CostStatement:
            return cost_statement_confirm(
                statement_id=statement.pk,
                place=Place.DESK,
                digest=statement.digest,
                actor=deal.officer,
                name="明示表.pdf",
                content=content,
            )

        refused(lambda: confirm(b""), "signed-sheet-missing")
        confirm(pdf_paper("签字"))
    kept = Reading.objects.get().signed_paper
    assert kept is not None and kept.purpose == "cost_statement_signed"


def test_a_customer_may_say_no_and_think_again(deal: Papering) -> None:
    statement = deal.statement
    cost_statement_open(statement_id=statement.pk, place=Place.PHONE, actor=GUEST)
    cost_statement_decline(statement_id=statement.pk, place=Place.PHONE, reason="费用太高", actor=GUEST)
    assert (deal.statement.state, deal.stage(), deal.deal.next_step) == (
        "declined",
        "contract",
        "客户不同意费用，请联系客户",
    )
    deal.pay_to()
    deal.draft()
    refused(deal.sign, "statement-not-confirmed")
    deal.read()
    assert deal.sign().state == "signed"


def test_a_statement_whose_bytes_were_touched_is_not_used(deal: Papering) -> None:
    statement = deal.statement
    body = bytes(statement.document).replace(b'"principal":7500000', b'"principal":7400000')
    CostStatement.objects.filter(pk=statement.pk).update(document=body)
    with pytest.raises(Conflict) as found:
        deal.read()
    assert found.value.code == "document-touched"


def test_a_contract_is_drafted_of_the_approved_deal(deal: Papering) -> None:
    refused(deal.draft, "no-payee")
    deal.pay_to()
    promise_write(
        deal_id=deal.deal.pk,
        kind=PromiseKind.SETTLEMENT,
        text="还满 12 期后提前结清免收违约金",
        promised_on=date(2026, 11, 18),
        promised_by=deal.house.officer.pk,
        actor=deal.officer,
    )
    contract = deal.draft()
    document = selectors.contract_document(contract)
    assert (contract.number, contract.principal) == (f"{deal.deal.number}-H1", 7_500_000)
    assert (document.principal_words, document.interest) == ("柒万伍仟元整", deal.plan.interest)
    assert [(one.text, one.promised_by) for one in document.promises] == [("还满 12 期后提前结清免收违约金", "林晓")]
    codes = [one.code for one in document.clauses]
    assert "gps" in codes and "beneficiary" in codes and "guarantor" not in codes and "partner_lender" not in codes
    body = bytes(contract.document).decode()
    assert [secret in body for secret in ("王芳", WANG, "6222020200012345678")] == [False, False, False]
    again = deal.draft()
    assert (again.number, Contract.objects.get(pk=contract.pk).state) == (f"{deal.deal.number}-H2", "void")


def test_nothing_is_signed_before_the_statement_is_confirmed(deal: Papering) -> None:
    deal.pay_to()
    contract = deal.draft()
    refused(deal.sign, "statement-not-confirmed")
    refused(
        lambda: contract_hand_in(
            contract_id=contract.pk, name="a.pdf", content=pdf_paper(), signed_on=TODAY, actor=deal.officer
        ),
        "statement-not-confirmed",
    )


def test_signing_binds_the_car_takes_the_place_and_goes_on(deal: Papering) -> None:
    deal.signed()
    contract = deal.contract
    assert (contract.state, contract.signed_how, contract.signed_on) == ("signed", "electronic", TODAY)
    assert (deal.stage(), deal.deal.amount, deal.deal.lender_code) == ("disbursement", 7_500_000, "tongzhou")
    refused(deal.draft, "contract-signed", Conflict)
    refused(deal.sign, "contract-state", Conflict)


def test_who_does_not_know_the_identity_does_not_sign(deal: Papering) -> None:
    deal.read()
    deal.pay_to()
    contract = deal.draft()
    sign = {"contract_id": contract.pk, "digest": contract.digest, "actor": GUEST}
    refused(lambda: contract_sign(identity="0000", **sign), "identity-wrong")
    refused(lambda: contract_sign(identity=WANG[-4:], **sign | {"digest": "0" * 64}), "contract-changed", Conflict)


def test_a_car_in_another_live_loan_is_not_signed_for(deal: Papering) -> None:
    deal.read()
    deal.pay_to()
    deal.draft()
    vehicle_bind(vehicle_id=deal.vehicle.pk, deal_id=9_999, actor=deal.officer)
    refused(deal.sign, "vin-in-another-loan", Conflict)
    assert deal.stage() == "contract"


@begins_with(shelf)
def test_a_promotion_that_is_used_up_is_not_signed_for() -> None:
    deal = approved(own=False)
    promotion = Promotion.objects.filter(quota__isnull=False).order_by("pk").first()
    assert promotion is not None
    deal.read()
    deal.pay_to()
    contract = deal.draft()
    document = selectors.contract_document(contract)
    held = with_promotion(document, promotion.code)
    Contract.objects.filter(pk=contract.pk).update(document=held[0], digest=held[1])
    Promotion.objects.filter(pk=promotion.pk).update(used=promotion.quota)
    refused(deal.sign, "promotion-used-up", Conflict)
    Promotion.objects.filter(pk=promotion.pk).update(used=0)
    deal.sign()
    assert Promotion.objects.get(pk=promotion.pk).used == 1
    deal_amend(deal_id=deal.deal.pk, change=Change.VEHICLE, after="另一辆车", reason="客户换车", actor=deal.officer)
    assert Promotion.objects.get(pk=promotion.pk).used == 0


def with_promotion(document: ContractDocument, promotion: str) -> tuple[bytes, str]:
    """The contract as if its plan had come with a promotion."""
    return encode(msgspec.structs.replace(document, promotion_code=promotion))


def test_a_paper_contract_needs_a_second_person(deal: Papering) -> None:
    deal.read()
    deal.pay_to()
    contract = deal.draft()
    hand_in = {"contract_id": contract.pk, "name": "合同.pdf", "content": pdf_paper("签字"), "actor": deal.officer}
    refused(lambda: contract_hand_in(signed_on=date(2026, 11, 19), **hand_in), "signed-day")
    contract_hand_in(signed_on=TODAY, **hand_in)
    contract = deal.contract
    assert (contract.state, deal.stage(), deal.deal.turn) == ("checking", "contract", "finance")
    check = {"contract_id": contract.pk, "sha256": contract.signed_sha256}
    refused(lambda: contract_check(accept=True, actor=deal.officer, **check), "maker-is-checker", NotAllowed)
    refused(
        lambda: contract_check(accept=True, actor=deal.money, **check | {"sha256": "0" * 64}), "file-changed", Conflict
    )
    refused(lambda: contract_check(accept=False, actor=deal.money, **check), "reason-missing")
    contract_check(accept=False, reason="缺少骑缝章", actor=deal.money, **check)
    assert (deal.contract.state, deal.contract.signed_sha256) == ("draft", "")
    contract_hand_in(signed_on=TODAY, **hand_in)
    contract_check(accept=True, actor=deal.money, **check)
    assert (deal.contract.state, deal.contract.signed_how, deal.stage()) == ("signed", "wet_ink", "disbursement")


def test_a_change_of_account_needs_a_second_person_and_a_new_contract(deal: Papering) -> None:
    refused(lambda: deal.pay_to(deal.account(7_499_999)), "split-not-loan")
    refused(lambda: deal.pay_to(deal.account(number="12")), "account-wrong")
    deal.pay_to(deal.account(7_000_000), deal.account(500_000, "6222020200099999999"))
    first = deal.draft()
    deal.pay_to(deal.account(number="6222020200088888888"))
    assert [one.state for one in PayeeAccount.objects.order_by("pk")] == ["in_force", "in_force", "proposed"]
    refused(lambda: payees_check(deal_id=deal.deal.pk, accept=True, actor=deal.officer), "maker-is-checker", NotAllowed)
    payees_check(deal_id=deal.deal.pk, accept=True, actor=deal.money)
    assert [one.state for one in PayeeAccount.objects.order_by("pk")] == ["replaced", "replaced", "in_force"]
    assert Contract.objects.get(pk=first.pk).state == "void"
    log = b"".join(bytes(body) for body in AuditEntry.objects.values_list("body", flat=True)).decode()
    assert "6222020200088888888" not in log


def test_a_signed_contract_keeps_its_accounts(deal: Papering) -> None:
    deal.signed()
    refused(lambda: deal.pay_to(deal.account(number="6222020200088888888")), "payee-signed", Conflict)


def test_a_promise_after_signing_has_its_own_paper_and_a_signed_one_stays(deal: Papering) -> None:
    given: dict[str, Any] = {
        "deal_id": deal.deal.pk,
        "kind": PromiseKind.FEE,
        "text": "免收上门服务费",
        "promised_on": TODAY,
        "promised_by": deal.house.officer.pk,
        "actor": deal.officer,
    }
    struck = promise_write(**given)
    promise_strike(promise_id=struck.pk, reason="写错了", actor=deal.officer)
    kept = promise_write(**given)
    deal.signed()
    refused(lambda: promise_write(**given), "promise-paper")
    promise_write(**given, content=pdf_paper("补充承诺"), name="补充.pdf")
    refused(lambda: promise_strike(promise_id=kept.pk, reason="不认", actor=deal.officer), "promise-signed", Conflict)
    assert [one.paper_id is None for one in selectors.promises_of(deal.deal.pk)] == [True, False]


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (Change.AMOUNT, "75,000.00 元", "80,000.00 元"),
        (Change.TERM, "36 期", "48 期"),
        (Change.RATE, "11.8%", "12.8%"),
        (Change.VEHICLE, "启程 E5 520km 长续航版", "启程 E6"),
        (Change.PAYEE, "江河银行城东支行 75,000.00 元", "长桥银行"),
    ],
)
def test_a_change_after_approval_voids_it_and_goes_back(change: Change, before: str, after: str) -> None:
    deal = given(papered)
    deal.signed()
    refused(
        lambda: deal_amend(deal_id=deal.deal.pk, change=change, after=before, reason="客户要求", actor=deal.officer),
        "nothing-changed",
    )
    deal_amend(deal_id=deal.deal.pk, change=change, after=after, reason="客户要求变更", actor=deal.officer)
    memo = Amendment.objects.get()
    assert (memo.before, memo.after, memo.voids) == (before, after, True)
    assert (deal.stage(), approval_of(deal.deal.pk)) == ("decision", None)
    assert selectors.contract_in_force(deal.deal.pk) is None
    assert selectors.statement_in_force(deal.deal.pk) is None
    refused(lambda: cost_statement_make(deal_id=deal.deal.pk, actor=deal.officer), "not-approved")
    decide(deal)
    assert (deal.stage(), deal.statement.version) == ("contract", 2)


def test_what_changes_nothing_approved_is_noted_and_goes_on(deal: Papering) -> None:
    deal.signed()
    deal_amend(
        deal_id=deal.deal.pk, change=Change.OTHER, after="联系电话更新", reason="客户更换号码", actor=deal.officer
    )
    assert (deal.stage(), deal.contract.state, Amendment.objects.get().voids) == ("disbursement", "signed", False)


def test_before_the_approval_nothing_is_amended() -> None:
    deal = given(papered)
    deal.signed()
    deal_amend(deal_id=deal.deal.pk, change=Change.TERM, after="48 期", reason="客户要求", actor=deal.officer)
    refused(
        lambda: deal_amend(deal_id=deal.deal.pk, change=Change.TERM, after="60 期", reason="再改", actor=deal.officer),
        "amend-stage",
        Conflict,
    )


def test_a_new_wording_of_a_clause_is_published_by_two_people_from_its_day(deal: Papering) -> None:
    clauses_ship(actor=deal.officer)
    assert clauses_ship(actor=deal.officer) == 0
    compliance = cast.person("gui", "桂合", deal.house.east, "compliance", everywhere=True)
    AuthorityLimit.objects.create(action="clause.publish", role="compliance", amount=0, since=TODAY)
    given: dict[str, Any] = {
        "code": "loan",
        "title": "借款",
        "body": "新的条款内容",
        "law_note": "民法典",
        "actor": deal.officer,
    }
    with pytest.raises(Refusals):
        clause_propose(starts=TODAY, **given | {"law_note": " "})
    approval = clause_propose(starts=date(2026, 12, 1), **given)
    approval_decide(
        approval_id=approval.pk,
        verdict=Verdict.APPROVE,
        digest=approval.digest,
        capacities=frozenset({"compliance"}),
        actor=cast.acting(compliance),
        opinion="同意",
    )
    assert list(
        ClauseVersion.objects.filter(code="loan").order_by("version").values_list("version", "starts", "ends")
    ) == [
        (1, date(2020, 1, 1), date(2026, 11, 30)),
        (2, date(2026, 12, 1), None),
    ]
    deal.pay_to()
    document = selectors.contract_document(deal.draft())
    assert next(one for one in document.clauses if one.code == "loan").version == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_sign_at_once_one_does(deal: Papering) -> None:
    deal.read()
    deal.pay_to()
    contract = deal.draft()

    def sign(_: int) -> Contract:
        with clock.frozen(clock.now()):
            return contract_sign(contract_id=contract.pk, digest=contract.digest, identity=WANG[-4:], actor=GUEST)

    results = race(sign, 3)
    assert sorted(type(one).__name__ for one in results) == ["Conflict", "Conflict", "Contract"]
    assert AuditEntry.objects.filter(action="contract.signed").count() == 1
