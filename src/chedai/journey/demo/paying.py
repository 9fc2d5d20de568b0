"""The second half of a deal's way: statement, contract, covers, payout, and what comes back afterwards."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from chedai.catalog.vehicles.services import vehicle_register
from chedai.deals.collateral.selectors import items_of as collateral_of
from chedai.deals.collateral.services import collateral_finish, policy_record
from chedai.deals.collateral.states import Cover, ItemKind
from chedai.deals.contracts import selectors as contracts
from chedai.deals.contracts.services.drafting import contract_draft
from chedai.deals.contracts.services.payees import PayeeTyped, payees_set
from chedai.deals.contracts.services.signing import contract_sign
from chedai.deals.contracts.services.statements import cost_statement_confirm, cost_statement_open
from chedai.deals.contracts.states import PayeeRole, Place
from chedai.deals.disbursement.selectors import payout_of
from chedai.deals.disbursement.services import down_payment_prove, evidence_check, funds_release, funds_request
from chedai.deals.underwriting.selectors import conditions_open
from chedai.deals.underwriting.services.conditions import condition_meet
from chedai.journey.demo import vaults
from chedai.journey.demo.house import acting
from chedai.journey.demo.papers import paper
from chedai.journey.demo.people import plate, vin
from chedai.journey.demo.road import Road
from chedai.platform import clock
from chedai.platform.work import work

_PAPERS: Final = {
    ItemKind.PLATE: "机动车行驶证",
    ItemKind.LIEN: "抵押登记回执",
    ItemKind.GREEN_BOOK: "机动车登记证书",
    ItemKind.GPS: "定位装置安装单",
}


def sign(road: Road) -> None:
    """The statement is read and confirmed, the car is named, the contract signed on the phone."""
    statement = contracts.statement_in_force(road.key)
    if statement is None:
        raise LookupError("no statement was drawn up")
    with road.step(1, 20):
        cost_statement_open(statement_id=statement.pk, place=Place.PHONE, actor=road.guest)
    road.at += timedelta(seconds=statement.reading_seconds + 40)
    road.last = max(road.last, road.at)
    with clock.frozen(road.at), work():
        cost_statement_confirm(
            statement_id=statement.pk, place=Place.PHONE, digest=statement.digest, actor=road.guest, content=b""
        )
    with road.step(0, 4):
        car = vehicle_register(
            vin=vin(road.number),
            model_code=road.model.code,
            invoice_price=road.plan.price,
            colour=road.rng.choice(("珍珠白", "曜石黑", "星河蓝", "石英灰")),
            actor=road.actor,
        )
        account = f"62220212{road.number:010}"
        payee = PayeeTyped(
            PayeeRole.DEALER, f"{road.store.name}汽车销售有限公司", "江河银行", account, road.plan.principal
        )
        payees_set(deal_id=road.key, accounts=(payee,), actor=road.actor)
        contract_draft(deal_id=road.key, vehicle_id=car.pk, agreed_on=road.soon(3), actor=road.actor)
    contract = contracts.contract_in_force(road.key)
    if contract is None:
        raise LookupError("no contract was drafted")
    with road.step(0, 6):
        identity = road.person.id_number[-4:]
        contract_sign(contract_id=contract.pk, digest=contract.digest, identity=identity, actor=road.guest)


def insure(road: Road) -> None:
    """Everything the payout waits for: covers, down payment, device, plate and lien, conditions."""
    with road.step(2, 16):
        today = clock.business_date()
        for cover in (Cover.COMPULSORY, Cover.COMMERCIAL):
            _policy(road, cover, today)
        item = down_payment_prove(
            deal_id=road.key,
            amount=road.plan.down_payment,
            name="首付凭证.png",
            content=paper("首付款凭证", f"{road.number} down"),
            actor=road.actor,
        )
    with road.step(0, 4):
        evidence_check(item_id=item.pk, accept=True, actor=acting(road.house.group["finance"][0]))
        for condition in conditions_open(road.key):
            condition_meet(condition_id=condition.pk, evidence="已核对", actor=acting(road.analyst))
        before = [one for one in collateral_of(road.key) if one.before_payout]
        if any(one.kind == ItemKind.LIEN for one in before):
            _finish(road, ItemKind.PLATE, plate(road.number))
            _finish(road, ItemKind.LIEN, f"3301{road.number:08}")
        if any(one.kind == ItemKind.GPS for one in collateral_of(road.key)):
            _finish(road, ItemKind.GPS, f"8650000{road.number:08}")


def request(road: Road) -> None:
    """The officer asks for the payout."""
    with road.step(0, 3):
        funds_request(deal_id=road.key, agreed_on=road.soon(1), actor=road.actor)


def pay(road: Road) -> None:
    """Finance lets the money go."""
    order = payout_of(road.key)
    if order is None:
        raise LookupError("no payout was asked for")
    with road.step(1, 8):
        funds_release(
            payout_id=order.pk,
            digest=order.digest,
            paid_on=clock.business_date(),
            reference=f"{road.at:%Y%m%d}-{road.number:04}",
            content=paper("付款回单", f"{road.number} paid"),
            actor=acting(road.house.group["finance"][1]),
        )


def after(road: Road, *, everything: bool) -> None:
    """Plate, lien and green book come back after the money is out."""
    with road.step(24, 120):
        open_kinds = [one.kind for one in collateral_of(road.key) if one.done_on is None]
        if ItemKind.PLATE in open_kinds:
            _finish(road, ItemKind.PLATE, plate(road.number))
    if not everything:
        return
    for kind, reference in (
        (ItemKind.LIEN, f"3301{road.number:08}"),
        (ItemKind.GREEN_BOOK, f"33{road.number:010}"),
    ):
        with road.step(24, 160):
            if any(one.kind == kind and one.done_on is None for one in collateral_of(road.key)):
                _finish(road, kind, reference)
    vaults.keep(road)


def _policy(road: Road, cover: Cover, today: date) -> None:
    given: dict[str, Any] = {"insurer": "远山财险（样例）", "number": f"PA{road.number:08}{cover[:2].upper()}"}
    if cover is Cover.COMMERCIAL:
        given |= {"damage": road.plan.price, "third_party": 200_000_000, "name": "批单.png"}
        given |= {
            "first_beneficiary": road.plan.lender_code,
            "content": paper("第一受益人批单", f"{road.number} beneficiary"),
        }
    ends = today.replace(year=today.year + 1) - timedelta(days=1) if (today.month, today.day) != (2, 29) else today
    policy_record(deal_id=road.key, cover=cover, starts=today, ends=ends, actor=road.actor, **given)


def _finish(road: Road, kind: ItemKind, reference: str) -> None:
    item = next(one for one in collateral_of(road.key) if one.kind == kind)
    collateral_finish(
        item_id=item.pk,
        reference=reference,
        done_on=clock.business_date(),
        name=f"{kind}.png",
        content=paper(_PAPERS[kind], f"{road.number} {kind}"),
        actor=road.actor,
    )
