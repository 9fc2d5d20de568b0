"""Opening what is owed for the security, settling it, and following the insurance."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from chedai.catalog.vehicles.selectors import vehicle_read
from chedai.catalog.vehicles.services import vehicle_change
from chedai.deals.collateral import rules, selectors
from chedai.deals.collateral.events import GreenBookBack
from chedai.deals.collateral.models import CollateralItem, InsurancePolicy
from chedai.deals.collateral.rules import Asked, Policy
from chedai.deals.collateral.states import Cover, ItemKind, ItemState
from chedai.deals.contracts.events import ContractSigned
from chedai.deals.contracts.plans import plan_in_hand
from chedai.deals.contracts.selectors import contract_document, contract_signed
from chedai.deals.contracts.services.statements import requirements_of
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.selectors import deal_lock
from chedai.deals.pipeline.services import deal_advance, deal_turn
from chedai.deals.pipeline.states import Stage, Turn
from chedai.platform import clock
from chedai.platform.actors import Actor, system
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal, Refusals
from chedai.platform.files.models import Paper
from chedai.platform.files.services import paper_hand_in
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.privacy.services import consent_require
from chedai.platform.work import emit, record, service

ACTOR = system("collateral")
COMPLETE = "资料已齐，归档"
BENEFICIARY_LOST = "第一受益人已失效，请补办批单或续保"
SECURE_AGAIN = "结清已冲销，请重新办理抵押登记、收回绿本"
_INSURANCE = {Cover.COMPULSORY: ItemKind.COMPULSORY, Cover.COMMERCIAL: ItemKind.COMMERCIAL}
_OF_INSURANCE = frozenset(_INSURANCE.values())


@service
def collateral_open_on_signing(event: ContractSigned) -> None:
    """A signed contract opens what is owed for its car. What was settled under an earlier contract stays settled."""
    deal = deal_lock(event.deal_id)
    contract = contract_signed(deal.pk)
    if contract is None:
        return
    today, book = clock.business_date(), book_in_force()
    needs = requirements_of(plan_in_hand(deal.pk))
    asked = Asked(
        lien_days=needs.lien_days,
        gps=needs.gps,
        plated=bool(vehicle_read(contract_document(contract).vehicle_id).plate),
        plate_days=book.in_force("paper.plate_days", today).number,
        green_book_days=book.in_force("paper.green_book_days", today).number,
    )
    known = {item.kind for item in selectors.items_of(deal.pk)}
    made = [one for one in rules.owed(asked) if one.kind not in known]
    CollateralItem.objects.bulk_create(
        CollateralItem(deal=deal, kind=one.kind, owner=deal.officer, days=one.days, before_payout=one.before_payout)
        for one in made
    )
    if made:
        facts: dict[str, Scalar] = {"items": ",".join(one.kind.value for one in made)}
        record(actor=ACTOR, action="collateral.opened", subject=f"deal:{deal.pk}", facts=facts)


@service
def collateral_clock_start(*, deal_id: int, paid_on: date, actor: Actor) -> None:
    """The money is out: every clock that waits for it begins."""
    deal = deal_lock(deal_id)
    for item in selectors.items_of(deal_id):
        if item.state == ItemState.WAITING:
            item.state = rules.move(ItemState.WAITING, "start")
            item.started_at, item.due_on = clock.now(), paid_on + timedelta(days=item.days)
            item.save(update_fields=["state", "started_at", "due_on"])
            facts: dict[str, Scalar] = {"item": item.kind, "due": item.due_on.isoformat()}
            record(actor=actor, action="collateral.started", subject=f"deal:{deal_id}", facts=facts)
    _complete(deal, actor)


@service
def collateral_finish(
    *, item_id: int, reference: str, done_on: date, actor: Actor, name: str = "", content: bytes = b""
) -> CollateralItem:
    """Something owed is done: the plate, the registered lien, the green book, the device, with what proves it.

    A device is put in only after the customer agreed to it. Errors: `Refusal` at its field; `Conflict` where it is
    done already; insurance is recorded as a policy instead.
    """
    deal = deal_lock(selectors.item_read(item_id).deal_id)
    item = selectors.item_lock(item_id)
    if item.kind in _OF_INSURANCE:
        raise Conflict("insurance-item", "保险请登记保单", "record the insurance policy instead")
    if item.state == ItemState.DONE:
        raise Conflict("item-done", "该事项已完成", "this is done already")
    to = rules.move(ItemState(item.state), "finish")
    _refuse_proof(item, reference, done_on, content)
    if item.kind == ItemKind.GPS:
        consent_require(f"customer:{deal.customer_id}", "location")
    if item.kind == ItemKind.PLATE:
        _plate(deal, reference, actor)
    if content:
        item.paper = paper_hand_in(
            subject=f"deal:{deal.pk}",
            purpose=f"collateral:{item.kind}",
            name=name or item.kind,
            content=content,
            actor=actor,
        )
    item.state, item.done_on, item.done_by, item.reference = to, done_on, actor.key, reference.strip()
    item.save()
    facts: dict[str, Scalar] = {"item": item.kind, "on": done_on.isoformat()}
    facts["late_days"] = max((done_on - item.due_on).days, 0) if item.due_on is not None else 0
    record(actor=actor, action="collateral.finished", subject=f"deal:{deal.pk}", facts=facts)
    if item.kind == ItemKind.GREEN_BOOK:
        emit(GreenBookBack(deal.pk, item.pk, actor))
    _complete(deal, actor)
    return selectors.item_read(item_id)


@service
def collateral_reopen(
    *, deal_id: int, kinds: Collection[ItemKind], owner_id: int, due_on: date, actor: Actor
) -> tuple[ItemKind, ...]:
    """What was given back to the customer is owed again, by a day, to whoever sees to it: the loan lives after all.

    Only what had been done is opened; answers these kinds. `collateral_finish` ends each, with new proof.
    """
    deal = deal_lock(deal_id)
    found = [one for one in selectors.items_of(deal_id) if one.kind in kinds and one.state == ItemState.DONE]
    for item in found:
        item.state = rules.move(ItemState.DONE, "reopen")
        item.owner_id, item.started_at, item.due_on = owner_id, clock.now(), due_on
        item.done_on, item.done_by, item.reference, item.paper = None, "", None, None
        item.save()
        facts: dict[str, Scalar] = {"item": item.kind, "due": due_on.isoformat()}
        record(actor=actor, action="collateral.reopened", subject=f"deal:{deal_id}", facts=facts)
    if found:
        deal_turn(deal_id=deal.pk, turn=Turn.OFFICER, next_step=SECURE_AGAIN, actor=actor)
    return tuple(ItemKind(one.kind) for one in found)


@service
def policy_record(
    *,
    deal_id: int,
    cover: Cover,
    insurer: str,
    number: str,
    starts: date,
    ends: date,
    actor: Actor,
    damage: int = 0,
    third_party: int = 0,
    first_beneficiary: str = "",
    name: str = "",
    content: bytes = b"",
) -> InsurancePolicy:
    """Record a policy on the car (fen; `first_beneficiary` the code of the lender it names, proved by its paper).

    A policy that is too small or names another beneficiary is recorded as it is and leaves its item open; a renewal
    that lost the beneficiary is told. Errors: `Refusals` at their fields.
    """
    deal = deal_lock(deal_id)
    rules.refuse_policy(Policy(cover, starts, ends, damage, third_party, first_beneficiary))
    _refuse_typed(insurer, number, proved=bool(content) or not first_beneficiary)
    subject = f"deal:{deal_id}"
    paper = _kept(deal_id, f"insurance:{cover}", name or cover.value, content, actor)
    policy = InsurancePolicy.objects.create(
        deal=deal,
        cover=cover,
        insurer=insurer.strip(),
        number=number.strip(),
        starts=starts,
        ends=ends,
        damage=damage,
        third_party=third_party,
        first_beneficiary=first_beneficiary,
        paper=paper,
        recorded_by_id=actor.ref,
        recorded_at=clock.now(),
    )
    facts: dict[str, Scalar] = {"cover": cover.value, "policy": policy.pk, "ends": ends.isoformat()}
    facts |= {"damage": damage, "third_party": third_party, "beneficiary": first_beneficiary}
    record(actor=actor, action="insurance.recorded", subject=subject, facts=facts)
    _follow_insurance(deal, cover, actor)
    return policy


def _kept(deal_id: int, purpose: str, name: str, content: bytes, actor: Actor) -> Paper | None:
    """The paper of a deal, where one was handed in."""
    subject = f"deal:{deal_id}"
    given = bool(content)
    return paper_hand_in(subject=subject, purpose=purpose, name=name, content=content, actor=actor) if given else None


def _refuse_typed(insurer: str, number: str, *, proved: bool) -> None:
    typed = (
        ("insurer", insurer, "请填写保险公司", "give the insurer"),
        ("number", number, "请填写保单号", "its number"),
    )
    refused = [Refusal(f"policy-{field}", zh, en, field=field) for field, text, zh, en in typed if not text.strip()]
    if not proved:
        zh, en = "第一受益人须上传批单或保单", "the endorsement must be handed in"
        refused.append(Refusal("endorsement-missing", zh, en, field="file"))
    if refused:
        raise Refusals(refused)


@service
def policy_withdraw(*, policy_id: int, reason: str, actor: Actor) -> None:
    """A policy no longer counts: entered wrongly, or cancelled (退保)."""
    policy = selectors.policy_read(policy_id)
    deal = deal_lock(policy.deal_id)
    if not reason.strip():
        raise Refusal("reason-missing", "请写明原因", "say why", field="reason")
    if not InsurancePolicy.objects.filter(pk=policy_id, withdrawn_at=None).update(withdrawn_at=clock.now()):
        raise Conflict("policy-withdrawn", "该保单已注销", "the policy no longer counts already")
    facts: dict[str, Scalar] = {"policy": policy_id, "cover": policy.cover}
    record(actor=actor, action="insurance.withdrawn", subject=f"deal:{deal.pk}", facts=facts, reason=reason.strip())
    _follow_insurance(deal, Cover(policy.cover), actor)


def insurance_lapse() -> int:
    """For the close of day: items whose cover has ended are no longer done; how many."""
    done = CollateralItem.objects.filter(kind__in=_OF_INSURANCE, state=ItemState.DONE)
    return sum(_lapse_if_ended(item.deal_id, Cover(item.kind)) for item in done.order_by("deal_id", "pk"))


@service
def _lapse_if_ended(deal_id: int, cover: Cover) -> bool:
    deal = deal_lock(deal_id)
    before = CollateralItem.objects.get(deal=deal, kind=_INSURANCE[cover]).state
    _follow_insurance(deal, cover, ACTOR)
    after = CollateralItem.objects.get(deal=deal, kind=_INSURANCE[cover]).state
    return before != after


def _follow_insurance(deal: Deal, cover: Cover, actor: Actor) -> None:
    """Bring the item of a cover into step with the policies that count."""
    item = CollateralItem.objects.filter(deal=deal, kind=_INSURANCE[cover]).first()
    if item is None:
        return
    stands = next(one for one in selectors.insured(deal, clock.business_date()) if one.cover is cover)
    at = ItemState(item.state)
    good = stands.policy is not None and not stands.lacking
    if good == (at is ItemState.DONE):
        return
    item.state = rules.move(at, "finish" if good else "lapse") if good or at is ItemState.DONE else at
    if item.state == at:
        return
    item.done_on, item.done_by = (clock.business_date(), actor.key) if good else (None, "")
    item.save(update_fields=["state", "done_on", "done_by"])
    action = "collateral.finished" if good else "collateral.lapsed"
    record(actor=actor, action=action, subject=f"deal:{deal.pk}", facts={"item": item.kind})
    if any(one.code == "no-first-beneficiary" for one in stands.lacking):
        deal_turn(deal_id=deal.pk, turn=Turn.OFFICER, next_step=BENEFICIARY_LOST, actor=actor)
    if good:
        _complete(deal, actor)


def _refuse_proof(item: CollateralItem, reference: str, done_on: date, content: bytes) -> None:
    refused = []
    if not reference.strip():
        refused.append(Refusal("reference-missing", "请填写号码", "give its number", field="reference"))
    if done_on > clock.business_date():
        refused.append(Refusal("done-ahead", "办理日期在将来", "the day lies ahead", field="done_on"))
    if not content and item.kind != ItemKind.PLATE:
        refused.append(Refusal("proof-missing", "请上传凭证", "hand in the proof", field="file"))
    if refused:
        raise Refusals(refused)


def _plate(deal: Deal, plate: str, actor: Actor) -> None:
    contract = contract_signed(deal.pk)
    if contract is not None:
        vehicle_change(vehicle_id=contract_document(contract).vehicle_id, plate=plate, actor=actor)


def _complete(deal: Deal, actor: Actor) -> None:
    """The last paper is back: the deal is complete, or complete again after its cover had lapsed."""
    deal.refresh_from_db()
    if not selectors.everything_back(deal.pk):
        return
    if deal.stage == Stage.COLLATERAL:
        deal_advance(
            deal_id=deal.pk, to=Stage.COMPLETE, owner_id=None, turn=Turn.NOBODY, next_step=COMPLETE, actor=actor
        )
    elif deal.stage == Stage.COMPLETE:
        deal_turn(deal_id=deal.pk, turn=Turn.NOBODY, next_step=COMPLETE, actor=actor)
