"""Customers: found, registered once across all stores, corrected, merged; consents; a value in full for a reason."""

from typing import Annotated, Any

from django.db.models import Q
from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from chedai.api.customer_schemas import (
    ConsentIn,
    ConsentOut,
    CustomerChange,
    CustomerIn,
    CustomerOut,
    CustomerWhole,
    KnownIn,
    KnownOut,
    MergeIn,
    RelationOut,
    RevealIn,
    RevealOut,
)
from chedai.api.operations import caller_of, changing, reading, require_version, revealing
from chedai.api.pages import Cut, Page, page
from chedai.api.schemas import Number
from chedai.crm.customers import selectors, services
from chedai.crm.customers.kinds import RelationKind
from chedai.crm.customers.services import KEPT
from chedai.org.permissions import Permission
from chedai.org.selectors import staff_seen, store_of_code
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.files.selectors import papers_of
from chedai.platform.operations.logs import looks_personal
from chedai.platform.privacy.selectors import consents_of
from chedai.platform.privacy.services import consent_give, consent_withdraw, personal_reveal

router = Router(tags=["customers"])

READ: Permission = "customer.read"
WRITE: Permission = "customer.write"
MERGE: Permission = "customer.merge"
CONSENT: Permission = "privacy.consent"

Purpose = Path[Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]]


def _customer(request: HttpRequest, customer_id: int, permission: Permission) -> Any:
    """The customer in use, where the caller may see it and use `permission` on it."""
    found, caller = selectors.customer_found(customer_id), caller_of(request)
    here = {"store_id": found.store_id, "owner_id": found.owner_id}
    if not caller.access.may(READ, **here):
        raise NotFound("no-such-customer", "没有这位客户", "there is no such customer")
    caller.require(permission, **here)
    return found


def _whole(customer: Any) -> CustomerWhole:
    relations = [
        RelationOut(id=r.pk, kind=RelationKind(r.kind), other=r.other.pk, since=r.since)
        for r in selectors.relations_of(customer.pk)
    ]
    return CustomerWhole(
        id=customer.pk,
        kind=customer.kind,
        trade=customer.trade,
        name=customer.title,
        id_number=customer.id_number,
        phone=customer.phone,
        address=customer.address,
        bank_account=customer.bank_account,
        store=customer.store.code,
        owner=customer.owner.number,
        registered_at=customer.registered_at,
        relations=relations,
    )


@reading(router, "/customers", READ, response=Page[CustomerOut])
def customers(request: HttpRequest, cut: Query[Cut], kind: str | None = None) -> dict[str, Any]:
    """The customers the caller may see, newest first."""
    rows = selectors.customers_seen(caller_of(request).access.records(READ))
    return page(rows.filter(kind=kind) if kind else rows, cut)


@changing(router, "/customers/known", WRITE, response=list[KnownOut])
def known(request: HttpRequest, somebody: KnownIn) -> list[KnownOut]:
    """Who is on file with this identity number or telephone, in all stores: name masked, store and owner."""
    may = caller_of(request).access.may
    return [
        KnownOut(
            id=c.pk if may(READ, store_id=c.store.pk, owner_id=c.owner.pk) else None,
            name=c.title,
            store=c.store.code,
            owner=c.owner.number,
        )
        for c in selectors.known_as(id_number=somebody.id_number, phone=somebody.phone)[:10]
    ]


@reading(router, "/customers/{customer_id}", READ, response=CustomerWhole)
def customer(request: HttpRequest, customer_id: Path[Number]) -> Any:
    """One customer, with those who belong to it."""
    return _whole(_customer(request, customer_id, READ))


@changing(router, "/customers", WRITE, response=CustomerWhole, status=201)
def register(request: HttpRequest, customer: CustomerIn) -> Any:
    """Register a customer; refused with 409 where the identity number is on file in any store."""
    caller = caller_of(request)
    mine = Q(pk=caller.access.staff_id)
    owner = staff_seen(mine if customer.owner is None else Q(number=customer.owner)).first()
    if owner is None:
        raise Refusal("owner-unknown", "没有这个工号", "there is no such number of staff", field="owner")
    owner_id = owner.pk
    store_id = store_of_code(customer.store) if customer.store is not None else owner.home.pk
    caller.require(WRITE, store_id=store_id, owner_id=owner_id)
    made = services.customer_register(
        kind=customer.kind,
        name=customer.name,
        id_number=customer.id_number,
        phone=customer.phone,
        trade=customer.trade,
        store_id=store_id,
        owner_id=owner_id,
        actor=caller.actor,
    )
    return _whole(selectors.customer_found(made.pk))


@changing(router, "/customers/{customer_id}", WRITE, response=CustomerWhole, method="patch")
def change(request: HttpRequest, customer_id: Path[Number], change: CustomerChange) -> Any:
    """Correct what is on file; `If-Match` names the version that was read. What it was is kept with the reason."""
    found = _customer(request, customer_id, WRITE)
    require_version(request, CustomerWhole, _whole(found))
    given = change.model_dump(exclude_unset=True)
    values = {name: given[name] for name in services.CHANGEABLE if given.get(name) is not None}
    trade = change.trade if "trade" in given else KEPT
    actor = caller_of(request).actor
    services.customer_change(customer_id=customer_id, reason=change.reason, actor=actor, trade=trade, **values)
    return _whole(selectors.customer_found(customer_id))


@changing(router, "/customers/{customer_id}/merges", MERGE, response=CustomerWhole)
def merge(request: HttpRequest, customer_id: Path[Number], merge: MergeIn) -> Any:
    """Another record of the same person goes into this one; `If-Match` names the version of this one."""
    found = _customer(request, customer_id, MERGE)
    require_version(request, CustomerWhole, _whole(found))
    gone = _customer(request, merge.gone, MERGE)
    actor = caller_of(request).actor
    services.customer_merge(keep_id=customer_id, gone_id=gone.pk, reason=merge.reason, actor=actor)
    return _whole(selectors.customer_found(customer_id))


@reading(router, "/customers/{customer_id}/consents", READ, response=list[ConsentOut])
def consents(request: HttpRequest, customer_id: Path[Number]) -> Any:
    """Every consent of a customer, those withdrawn too, newest first."""
    return list(consents_of(selectors.history_subjects(_customer(request, customer_id, READ))))


@changing(router, "/customers/{customer_id}/consents", CONSENT, response=ConsentOut, status=201)
def agree(request: HttpRequest, customer_id: Path[Number], consent: ConsentIn) -> Any:
    """Note that the customer agreed to one purpose, with its proof."""
    subject = f"customer:{_customer(request, customer_id, CONSENT).pk}"
    for name, text in (("filed", consent.filed or ""), ("wording", consent.wording)):
        if looks_personal(text):
            raise Refusal("filed-personal", "不要写电话、证件号或账号", "leave numbers of people out", field=name)
    if consent.paper is not None and not papers_of(subject).filter(pk=consent.paper).exists():
        raise Refusal("no-such-paper", "没有这份文件", "there is no such paper", field="paper")
    proof = f"paper:{consent.paper}" if consent.paper is not None else f"filed:{consent.filed}"
    evidence = proof if consent.paper is not None or consent.filed else ""
    return consent_give(
        subject=subject,
        purpose=consent.purpose,
        wording=consent.wording,
        evidence=evidence,
        actor=caller_of(request).actor,
    )


@changing(router, "/customers/{customer_id}/consents/{purpose}/withdrawal", CONSENT, response=list[ConsentOut])
def withdraw(request: HttpRequest, customer_id: Path[Number], purpose: Purpose) -> Any:
    """The customer no longer agrees to a purpose."""
    found = _customer(request, customer_id, CONSENT)
    consent_withdraw(subject=f"customer:{found.pk}", purpose=purpose, actor=caller_of(request).actor)
    return list(consents_of(selectors.history_subjects(found)))


@revealing(router, "/customers/{customer_id}/reveals", "privacy.reveal", response=RevealOut)
def reveal(request: HttpRequest, customer_id: Path[Number], reveal: RevealIn) -> Any:
    """One value in full, for a reason that goes on record. The answer is kept nowhere."""
    found = _customer(request, customer_id, "privacy.reveal")
    value = getattr(found, reveal.field)
    if value is None:
        raise NotFound("no-such-value", "没有这一项", "there is no such value")
    subject, actor = f"customer:{customer_id}", caller_of(request).actor
    text = personal_reveal(subject=subject, field=reveal.field, value=value, reason=reveal.reason, actor=actor)
    return RevealOut(field=reveal.field, value=text)
