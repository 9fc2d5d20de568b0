"""A deal that was just approved, and the people who paper it: on our own book or on a bank's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from chedai.catalog.products.models import ProductVersion
from chedai.catalog.vehicles.models import Vehicle
from chedai.catalog.vehicles.selectors import vehicle_models
from chedai.catalog.vehicles.services import vehicle_register
from chedai.crm.customers.services import customer_change
from chedai.deals.applications.selectors import application_of
from chedai.deals.collateral.selectors import items_of
from chedai.deals.collateral.services import collateral_finish, policy_record
from chedai.deals.collateral.states import Cover, ItemKind
from chedai.deals.contracts import selectors
from chedai.deals.contracts.models import Contract, CostStatement, PayeeAccount
from chedai.deals.contracts.plans import plan_in_hand
from chedai.deals.contracts.services.drafting import contract_draft
from chedai.deals.contracts.services.payees import PayeeTyped, payees_set
from chedai.deals.contracts.services.signing import contract_sign
from chedai.deals.contracts.services.statements import cost_statement_confirm, cost_statement_open
from chedai.deals.contracts.states import PayeeRole, Place
from chedai.deals.disbursement.models import PayoutOrder
from chedai.deals.disbursement.selectors import payout_of
from chedai.deals.disbursement.services import down_payment_prove, evidence_check, funds_release, funds_request
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.services import deal_advance
from chedai.deals.pipeline.states import Mode, Stage, Turn
from chedai.deals.quotes.frozen import FrozenPlan
from chedai.deals.quotes.services import quote_accept
from chedai.deals.underwriting.events import CreditDecided
from chedai.deals.underwriting.models import Assessment, Decision, UnderwritingCase
from chedai.deals.underwriting.rules import deciding
from chedai.deals.underwriting.rules.values import canonical, canonical_rules, digest_of
from chedai.deals.underwriting.states import CaseKind, CaseState, DecisionState, Verdict
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.privacy.services import consent_give
from chedai.platform.work import emit, work
from tests import cast
from tests.deals import underwriting_cases
from tests.deals.quoting import LEVEL, Desk, asked, desk
from tests.house import House, build
from tests.support.ground import given

TODAY = date(2026, 11, 20)
WANG = "330106199003070022"
VIN = "LFV2A21K8A3000001"
GUEST = Actor(ActorKind.GUEST, 1, "link-1")
OWN = "tongzhou-own..0.36"
"""等额本息 36 期 of the house's own book, as the tray names it."""


def pdf_paper(text: str = "凭证") -> bytes:
    """A small PDF, different for each text."""
    return b"%PDF-1.4\n%" + text.encode() + b"\n%%EOF\n"


@dataclass(slots=True)
class Papering:
    """A deal in the stage of the contract, a step a method, done by who does it."""

    desk: Desk
    deal: Deal
    finance: Staff
    cashier: Staff
    vehicle: Vehicle

    @property
    def house(self) -> House:
        return self.desk.house

    @property
    def officer(self) -> Actor:
        return cast.acting(self.house.officer)

    @property
    def money(self) -> Actor:
        return cast.acting(self.finance)

    @property
    def plan(self) -> FrozenPlan:
        return plan_in_hand(self.deal.pk)

    @property
    def statement(self) -> CostStatement:
        found = selectors.statement_in_force(self.deal.pk)
        assert found is not None
        return found

    @property
    def contract(self) -> Contract:
        found = selectors.contract_in_force(self.deal.pk)
        assert found is not None
        return found

    @property
    def payout(self) -> PayoutOrder:
        found = payout_of(self.deal.pk)
        assert found is not None
        return found

    def stage(self) -> str:
        self.deal.refresh_from_db()
        return self.deal.stage

    def read(self, seconds: int | None = None, place: Place = Place.PHONE) -> None:
        """The customer opens the statement, reads, and confirms it."""
        statement = self.statement
        cost_statement_open(statement_id=statement.pk, place=place, actor=GUEST)
        held = statement.reading_seconds if seconds is None else seconds
        with clock.frozen(clock.now() + timedelta(seconds=held)):
            content = pdf_paper("签字明示表") if place is Place.DESK else b""
            cost_statement_confirm(
                statement_id=statement.pk, place=place, digest=statement.digest, actor=GUEST, content=content
            )

    def account(self, amount: int | None = None, number: str = "6222020200012345678") -> PayeeTyped:
        whole = self.plan.principal if amount is None else amount
        return PayeeTyped(PayeeRole.DEALER, "城东汽车销售有限公司", "江河银行城东支行", number, whole)

    def pay_to(self, *accounts: PayeeTyped) -> list[PayeeAccount]:
        return payees_set(deal_id=self.deal.pk, accounts=accounts or (self.account(),), actor=self.officer)

    def draft(self, **given: Any) -> Contract:
        vehicle = given.get("vehicle_id", self.vehicle.pk)
        return contract_draft(
            deal_id=self.deal.pk, vehicle_id=vehicle, agreed_on=clock.business_date(), actor=self.officer
        )

    def sign(self) -> Contract:
        """The customer signs on the phone."""
        contract = self.contract
        return contract_sign(contract_id=contract.pk, digest=contract.digest, identity=self._identity(), actor=GUEST)

    def _identity(self) -> str:
        number = self.deal.customer.id_number
        assert number is not None
        return number.in_full()[-4:]

    def signed(self) -> Papering:
        """The whole way to a signed contract."""
        self.read()
        self.pay_to()
        self.draft()
        self.sign()
        return self

    def insure(self, cover: Cover, **changes: Any) -> None:
        given: dict[str, Any] = {
            "insurer": "平安财险",
            "number": f"PA-{cover}",
            "starts": clock.business_date(),
            "ends": clock.business_date() + timedelta(days=364),
        }
        if cover is Cover.COMMERCIAL:
            given |= {"damage": self.plan.price, "third_party": 100_000_000, "content": pdf_paper("批单")}
            given |= {"first_beneficiary": self.plan.lender_code}
        policy_record(deal_id=self.deal.pk, cover=cover, actor=self.officer, **given | changes)

    def finish(self, kind: ItemKind, reference: str = "310000123456") -> None:
        item = next(one for one in items_of(self.deal.pk) if one.kind == kind)
        collateral_finish(
            item_id=item.pk,
            reference=reference,
            done_on=clock.business_date(),
            actor=self.officer,
            content=pdf_paper(kind),
        )

    def agree(self, *purposes: str) -> None:
        for purpose in purposes or ("sensitive", "credit_bureau", "share_lender", "location"):
            consent_give(
                subject=f"customer:{self.deal.customer_id}",
                purpose=purpose,
                wording=f"{purpose}-2026-11",
                evidence="link:1",
                actor=self.officer,
            )

    def prove_down(self, amount: int | None = None) -> None:
        whole = self.plan.down_payment if amount is None else amount
        item = down_payment_prove(
            deal_id=self.deal.pk, amount=whole, name="首付.pdf", content=pdf_paper("首付"), actor=self.officer
        )
        evidence_check(item_id=item.pk, accept=True, actor=self.money)

    def finish_before_payout(self) -> None:
        """The device and the lien, where they come before the money."""
        kinds = {item.kind for item in items_of(self.deal.pk)}
        if ItemKind.GPS in kinds:
            self.finish(ItemKind.GPS, "865000000000001")
        if any(item.before_payout for item in items_of(self.deal.pk) if item.kind == ItemKind.LIEN):
            self.finish(ItemKind.PLATE, "浙A12345")
            self.finish(ItemKind.LIEN)

    def ready(self) -> Papering:
        """Everything the checklist of the own book asks for."""
        self.signed()
        self.agree()
        self.insure(Cover.COMPULSORY)
        self.insure(Cover.COMMERCIAL)
        self.prove_down()
        self.finish_before_payout()
        return self

    def request(self, **given: Any) -> PayoutOrder:
        return funds_request(
            deal_id=self.deal.pk, agreed_on=clock.business_date(), actor=given.pop("actor", self.officer), **given
        )

    def release(self, **given: Any) -> PayoutOrder:
        order = self.payout
        filled: dict[str, Any] = {
            "digest": order.digest,
            "paid_on": clock.business_date(),
            "reference": "20261120-0001",
        }
        filled |= {"actor": self.money, "content": pdf_paper("回单")}
        return funds_release(payout_id=order.pk, **filled | given)


def approved(
    house: House | None = None,
    *,
    own: bool = True,
    chosen: str = "",
    place: Desk | None = None,
    vin: str = VIN,
    identity: str = WANG,
) -> Papering:
    """A quote accepted and approved as it is: the deal stands in the stage of the contract."""
    where = house or build()
    at = place or desk(where)
    finance = Staff.objects.filter(user__username="fang").select_related("user").first()
    cashier = Staff.objects.filter(user__username="qian").select_related("user").first()
    finance = finance or cast.person("fang", "方财", where.east, "finance")
    cashier = cashier or cast.person("qian", "钱账", where.east, "finance")
    Deal.objects.filter(pk=at.deal.pk).update(mode=Mode.OWN_BOOK if own else Mode.DEALER_DESK)
    customer_change(customer_id=at.deal.customer_id, reason="登记证件", id_number=identity, actor=at.actor)
    key = chosen or (OWN if own else LEVEL)
    wish = asked(down_payment=5_000_000) if own else asked()
    quote = at.offer(key, wish=wish)
    quote_accept(quote_id=quote.pk, plan=1, actor=at.actor)
    deal = Deal.objects.get(pk=at.deal.pk)
    deal_advance(deal_id=deal.pk, to=Stage.DECISION, owner_id=None, turn=Turn.APPROVER, next_step="", actor=at.actor)
    model = vehicle_models().filter(kind="own_nev").first()
    assert model is not None
    car = Vehicle.objects.filter(vin=vin).first()
    car = car or vehicle_register(vin=vin, model_code=model.code, invoice_price=12_500_000, actor=at.actor)
    made = Papering(at, deal, finance, cashier, car)
    decide(made)
    return made


def papered() -> Papering:
    """Approved on our own book."""
    return approved(build())


def signed() -> Papering:
    """The same with its contract signed."""
    return given(papered).signed()


def ready() -> Papering:
    """The same with everything the checklist of the own book asks for."""
    return given(papered).ready()


@cache
def _assessed() -> dict[str, Any]:
    """What the rules said of somebody in good order, as it is stored."""
    inputs = underwriting_cases.case()
    result = deciding.decide(inputs, underwriting_cases.book())
    parts = canonical(inputs), canonical_rules(result.rules), canonical(result)
    return {**dict(zip(("inputs", "rules", "result"), parts, strict=True)), "digest": digest_of(*parts)}


def decide(papering: Papering) -> Decision:
    """The house approves the plan as it was accepted."""
    plan, deal, now = papering.plan, papering.deal, clock.now()
    approver = papering.house.approver.user
    case = UnderwritingCase.objects.create(
        deal=deal,
        application=application_of(deal.pk).pk,
        round=UnderwritingCase.objects.filter(deal=deal).count() + 1,
        kind=CaseKind.FULL,
        state=CaseState.DECIDED,
        opened_at=now,
        due_at=now,
    )
    assessment = Assessment.objects.create(case=case, outcome="approve", made_at=now, **_assessed())
    decision = Decision.objects.create(
        case=case,
        assessment=assessment,
        state=DecisionState.CONFIRMED,
        verdict=Verdict.APPROVE,
        amount=plan.principal,
        annual_rate=plan.annual_rate,
        periods=plan.periods,
        lender_code=plan.lender_code,
        plan_digest=plan.digest,
        proposed_by=approver,
        proposed_at=now,
    )
    with work():
        emit(CreditDecided(deal.pk, decision.pk, Verdict.APPROVE))
    return decision


def needs(papering: Papering, **changes: Any) -> None:
    """The version of the product asks for something else."""
    version = ProductVersion.objects.get(pk=papering.plan.product_version)
    version.needs = version.needs | changes
    version.save()
