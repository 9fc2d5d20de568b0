"""Registering, changing, merging and relating customers; and what privacy asks of the holder of their data."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Final

from django.db.models import Q

from chedai.crm.customers import rules, selectors
from chedai.crm.customers.events import CustomerRecorded
from chedai.crm.customers.kinds import MUTUAL, CustomerKind, CustomerState, RelationKind, Trade
from chedai.crm.customers.models import Customer, Former, Relation
from chedai.crm.customers.rules import Identity
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal, Refusals
from chedai.platform.privacy.keys import fingerprint
from chedai.platform.privacy.kinds import Kind, normal
from chedai.platform.privacy.personal import Personal
from chedai.platform.work import emit, record, service

CHANGEABLE = ("name", "id_number", "phone", "address", "bank_account")


class Kept(Enum):
    """Stands for a value that a change leaves as it is, where None means to take it away."""

    KEPT = "kept"


KEPT: Final = Kept.KEPT
_KINDS = {"name": Kind.NAME, "id_number": Kind.ID_NUMBER, "phone": Kind.PHONE}
_KINDS |= {"address": Kind.ADDRESS, "bank_account": Kind.BANK_ACCOUNT}


@service
def customer_register(
    *,
    kind: CustomerKind,
    name: str,
    store_id: int,
    owner_id: int,
    actor: Actor,
    id_number: str = "",
    phone: str = "",
    trade: Trade | None = None,
) -> Customer:
    """Register a customer. Errors: `Refusals` at their fields; `Conflict` where the identity is known already."""
    _refuse_identity(Identity(kind, name, id_number, phone))
    customer = Customer.objects.create(
        kind=kind,
        name=name,
        id_number=id_number or None,
        phone=phone or None,
        trade=trade or "",
        store_id=store_id,
        owner_id=owner_id,
        registered_at=clock.now(),
    )
    facts: dict[str, Scalar] = {"kind": kind.value, "store": store_id, "owner": owner_id}
    record(actor=actor, action="customer.registered", subject=f"customer:{customer.pk}", facts=facts)
    emit(CustomerRecorded(customer.pk))
    return customer


@service
def customer_change(
    *, customer_id: int, reason: str, actor: Actor, trade: Trade | Kept | None = KEPT, **values: str
) -> Customer:
    """Change values; what they were before is kept, sealed, with the reason.

    An empty text takes a value away, `trade=None` the trade. The log says which fields, with fingerprints of before and
    after, never the values. Errors: `Refusals` at their fields; `Conflict` where the identity is another customer's.
    """
    customer = selectors.customer_lock(customer_id)
    unknown = values.keys() - set(CHANGEABLE)
    if unknown:
        raise TypeError(f"not a personal value of a customer: {sorted(unknown)}")
    typed = {name: values.get(name, _plain(getattr(customer, name))) for name in ("name", "id_number", "phone")}
    changes_identity = normal(Kind.ID_NUMBER, typed["id_number"]) != _plain(customer.id_number)
    _refuse_identity(Identity(CustomerKind(customer.kind), **typed), known=customer if not changes_identity else None)
    facts = _replace(customer, values, Former(customer=customer, reason=reason.strip(), replaced_by=actor.key))
    if not isinstance(trade, Kept) and (trade or "") != customer.trade:
        facts["trade"] = f"{customer.trade or 'none'} -> {trade or 'none'}"
        customer.trade = trade or ""
    if facts:
        if not reason.strip():
            raise Refusal("reason-missing", "请写明更正原因", "say why it is changed", field="reason")
        customer.save()
        record(actor=actor, action="customer.changed", subject=f"customer:{customer_id}", facts=facts, reason=reason)
        emit(CustomerRecorded(customer.pk))
    return customer


@service
def customer_merge(*, keep_id: int, gone_id: int, reason: str, actor: Actor) -> Customer:
    """Two records of one person become one: `gone` leads to `keep`, which has the history and relations of both.

    Errors: `Refusal` where both have identity numbers and they differ: those are two people.
    """
    if keep_id == gone_id:
        raise Refusal("merge-itself", "不能与自身合并", "a record is not merged with itself", field="gone")
    first, second = sorted((keep_id, gone_id))
    found = {customer.pk: customer for customer in (selectors.customer_lock(first), selectors.customer_lock(second))}
    keep, gone = found[keep_id], found[gone_id]
    if keep.id_number and gone.id_number and keep.id_number != gone.id_number:
        zh, en = "两条记录的证件号不同，不是同一人", "the identity numbers differ: two people"
        raise Refusal("merge-two-people", zh, en, field="gone")
    if keep.kind != gone.kind:
        raise Refusal("merge-kinds", "个人与企业不能合并", "a person and a firm are not one", field="gone")
    filled = [name for name in CHANGEABLE if not getattr(keep, name) and getattr(gone, name)]
    gone.state, gone.merged_into = CustomerState.MERGED, keep
    gone.save(update_fields=["state", "merged_into"])
    for name in filled:
        value: Personal = getattr(gone, name)
        setattr(keep, name, Personal(value.kind, value.in_full()))
    keep.trade = keep.trade or gone.trade
    keep.save()
    _move_relations(gone, keep)
    facts: dict[str, Scalar] = {"gone": gone_id, "filled": ",".join(filled)}
    for subject in (f"customer:{keep_id}", f"customer:{gone_id}"):
        record(actor=actor, action="customer.merged", subject=subject, facts={**facts, "keep": keep_id}, reason=reason)
    for number in (keep_id, gone_id):
        emit(CustomerRecorded(number))
    return keep


@service
def relation_add(*, customer_id: int, other_id: int, kind: RelationKind, actor: Actor) -> Relation:
    """`other` becomes the `kind` of `customer`; a spouse at once the other way round. A person has one spouse."""
    if customer_id == other_id:
        raise Refusal("relation-itself", "不能与本人建立关系", "nobody is related to themselves", field="other")
    first, second = sorted((customer_id, other_id))
    found = {pk: selectors.customer_lock(pk) for pk in (first, second)}
    refused = rules.relation_refusal(kind, *(CustomerKind(found[pk].kind) for pk in (customer_id, other_id)))
    if refused is not None:
        raise refused
    made = [(customer_id, other_id), (other_id, customer_id)] if kind in MUTUAL else [(customer_id, other_id)]
    relations = []
    for one, two in made:
        standing = Relation.objects.filter(customer=one, kind=kind, ended_at=None)
        if (kind in MUTUAL and standing.exists()) or standing.filter(other=two).exists():
            raise Conflict("related-already", "已有这一关系", "this relation is on record already")
        relations.append(Relation.objects.create(customer_id=one, other_id=two, kind=kind, since=clock.now()))
        facts: dict[str, Scalar] = {"other": two, "kind": kind.value}
        record(actor=actor, action="relation.added", subject=f"customer:{one}", facts=facts)
    return relations[0]


@service
def relation_end(*, relation_id: int, actor: Actor) -> None:
    """A relation no longer holds; a spouse's neither way."""
    relation = Relation.objects.select_for_update(no_key=True).filter(pk=relation_id, ended_at=None).first()
    if relation is None:
        raise Conflict("relation-ended", "关系已解除", "the relation has ended")
    pair = Q(customer=relation.customer, other=relation.other)
    if relation.kind in MUTUAL:
        pair |= Q(customer=relation.other, other=relation.customer)
    Relation.objects.filter(pair, kind=relation.kind, ended_at=None).update(ended_at=clock.now())
    facts: dict[str, Scalar] = {"other": relation.other.pk, "kind": relation.kind}
    record(actor=actor, action="relation.ended", subject=f"customer:{relation.customer.pk}", facts=facts)


def customer_erase(customer_id: int) -> None:
    """Delete every personal value of a customer and of the records merged into it. For privacy; see its registry."""
    subjects = selectors.history_subjects(Customer.objects.get(pk=customer_id))
    family = [int(subject.partition(":")[2]) for subject in subjects]
    Former.objects.filter(customer__in=family).delete()
    for customer in Customer.objects.filter(pk__in=family):
        customer.trade = ""
        customer.state, customer.name = CustomerState.ERASED, Personal(Kind.NAME, "")
        customer.id_number = customer.phone = customer.address = customer.bank_account = None
        customer.save()
        emit(CustomerRecorded(customer.pk))


def customer_restrict(customer_id: int) -> None:
    """Take a customer out of use and sight while a law holds the data."""
    Customer.objects.filter(pk=customer_id, state=CustomerState.ACTIVE).update(state=CustomerState.RESTRICTED)


def customers_move(giver: int, taker: int, actor: Actor) -> int:
    """Give every customer of one member of staff to another; for the hand-over of a leaver."""
    return Customer.objects.filter(owner=giver).update(owner=taker)


def customers_count(staff_id: int) -> int:
    """How many customers a member of staff has."""
    return Customer.objects.filter(owner=staff_id).count()


def _refuse_identity(identity: Identity, known: Customer | None = None) -> None:
    today: date = clock.business_date()
    refused = rules.identity_refusals(identity, today)
    if refused:
        raise Refusals(refused)
    taken = selectors.identity_taken(identity.id_number) if identity.id_number and known is None else None
    if taken is not None:
        zh, en = "该证件号已有客户档案", "a customer with this identity is on file"
        raise Conflict("identity-known", zh, en, field="id_number")


def _move_relations(gone: Customer, keep: Customer) -> None:
    """The relations of the record that goes become those of the one that stays, each once and none to itself."""
    for relation in Relation.objects.filter(Q(customer=gone) | Q(other=gone), ended_at=None):
        ends = {"customer": relation.customer, "other": relation.other}
        moved = {name: keep if end.pk == gone.pk else end for name, end in ends.items()}
        doubled = Relation.objects.filter(**moved, kind=relation.kind, ended_at=None).exists()
        relation.ended_at = clock.now()
        relation.save(update_fields=["ended_at"])
        if not doubled and moved["customer"].pk != moved["other"].pk:
            Relation.objects.create(**moved, kind=relation.kind, since=relation.since)


def _replace(customer: Customer, values: dict[str, str], former: Former) -> dict[str, Scalar]:
    """Write the values that differ, keep what they were in `former`, and say which with marks of both."""
    facts: dict[str, Scalar] = {}
    for name, text in values.items():
        before: Personal | None = getattr(customer, name)
        if normal(_KINDS[name], text) == _plain(before):
            continue
        setattr(former, name, before)
        setattr(customer, name, Personal(_KINDS[name], text) if text else None)
        facts[name] = f"{_mark(_plain(before))} -> {_mark(normal(_KINDS[name], text))}"
    if facts:
        former.fields, former.replaced_at = ",".join(facts), clock.now()
        former.save()
    return facts


def _plain(value: Personal | None) -> str:
    return value.in_full() if value is not None else ""


def _mark(text: str) -> str:
    """Eight characters that tell whether two values are the same, and nothing else."""
    return fingerprint(text.encode())[:8] if text else "none"
