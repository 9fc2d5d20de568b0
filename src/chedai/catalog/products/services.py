"""Registering products, writing their versions, and publishing one by the hand of a second person.

Only who wrote a version changes and submits it; what is approved is the version by its digest. A published version is
never written again: the next one begins where it ends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import msgspec

from chedai.catalog.partners.selectors import lender_lock
from chedai.catalog.products import rules, selectors
from chedai.catalog.products.models import Product, ProductVersion
from chedai.catalog.products.requirements import requirements_of, stored
from chedai.catalog.products.states import VersionState
from chedai.engine.compare.document import ProductTerms
from chedai.engine.errors import EngineError
from chedai.org.publication import publication_steps
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.approvals.events import ApprovalClosed
from chedai.platform.approvals.rules import freeze
from chedai.platform.approvals.selectors import approval_read
from chedai.platform.approvals.services import approval_hold, approval_request, approval_withdraw
from chedai.platform.approvals.states import State
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotAllowed, Refusal, Refusals
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import record, service

PUBLISH: Final = "product.publish"
"""The action an approval of a version is asked for, and limits of authority are set for."""


@service
def product_register(*, lender_id: int, code: str, name: str, actor: Actor, name_en: str = "") -> Product:
    """Register a product of a lender; it is sold once a version of it is published.

    Errors: `Refusal` at its field; `Conflict` where the code is taken.
    """
    lender = lender_lock(lender_id)
    refused = rules.code_refusal(code)
    if refused is not None:
        raise refused
    if not name.strip():
        raise Refusal("product-name", "请填写产品名称", "give the name of the product", field="name")
    if Product.objects.filter(code=code).exists():
        raise Conflict("product-known", f"产品代码 {code} 已存在", f"there is a product {code} already", field="code")
    product = Product.objects.create(
        lender=lender, code=code, name=name.strip(), name_en=name_en.strip(), registered_at=clock.now()
    )
    facts: dict[str, Scalar] = {"code": code, "lender": lender.code}
    record(actor=actor, action="product.registered", subject=f"product:{product.pk}", facts=facts)
    return product


@service
def version_draft(
    *,
    product_id: int,
    starts: date,
    terms: Mapping[str, Any],
    actor: Actor,
    ends: date | None = None,
    requirements: Mapping[str, Any] | None = None,
    note: str = "",
    version_id: int | None = None,
) -> ProductVersion:
    """Write a version, or write a draft of one's own anew. Its figures are held against the policies at once.

    Errors: `Refusals` at their fields, a limit always named; `Conflict` where the version is no draft any more.
    """
    product = selectors.product_lock(product_id)
    read, needs = rules.product_terms(terms), requirements_of(requirements or {})
    version = _new_or_own(product, version_id, actor)
    version.starts, version.ends, version.note = starts, ends, note.strip()
    version.terms, version.needs = document_of_terms(read), stored(needs)
    _refuse(version)
    version.digest = digest_of(version)
    version.written_at = clock.now()
    version.save()
    facts: dict[str, Scalar] = {"code": product.code, "version": version.number, "starts": starts.isoformat()}
    facts["digest"] = version.digest
    record(actor=actor, action="product.drafted", subject=f"product:{product.pk}", facts=facts)
    return version


@service
def version_submit(*, version_id: int, actor: Actor) -> ProductVersion:
    """Ask a second person to publish a version. Errors: what keeps it from being published, `Conflict`."""
    version = _own(selectors.version_lock(version_id), actor)
    _sound(version)
    steps = publication_steps(PUBLISH, "catalog.publish", clock.business_date())
    version.approval = approval_request(
        action=PUBLISH, subject=f"product-version:{version.pk}", document=document_of(version), steps=steps, actor=actor
    )
    version.state = VersionState.PENDING
    version.save(update_fields=["state", "approval"])
    facts: dict[str, Scalar] = {"version": version.number, "digest": version.digest}
    record(actor=actor, action="product.submitted", subject=f"product:{version.product_id}", facts=facts)
    return version


@service
def version_withdraw(*, version_id: int, actor: Actor) -> ProductVersion:
    """The writer gives up a version that is not published."""
    version = selectors.version_lock(version_id)
    _writers(version, actor)
    if version.state not in (VersionState.DRAFT, VersionState.PENDING):
        raise _no_draft()
    if version.approval_id is not None and version.state == VersionState.PENDING:
        approval_withdraw(approval_id=version.approval_id, actor=actor)
    ProductVersion.objects.filter(pk=version.pk).update(state=VersionState.WITHDRAWN)
    version.state = VersionState.WITHDRAWN
    facts: dict[str, Scalar] = {"version": version.number}
    record(actor=actor, action="product.withdrawn", subject=f"product:{version.product_id}", facts=facts)
    return version


@service
def shipped_publish(*, version_id: int, actor: Actor) -> ProductVersion:
    """Publish the first version of a product out of the starter catalogue, which was reviewed before it was shipped.

    Every later version takes two people. Errors: `NotAllowed` where the product has been published before.
    """
    version = selectors.version_lock(version_id)
    if ProductVersion.objects.filter(product=version.product_id, state=VersionState.PUBLISHED).exists():
        zh, en = "已有发布版本，新版本须双人发布", "a version is published already: the next takes two people"
        raise NotAllowed("publish-takes-two", zh, en)
    _refuse(version)
    return _publish(version, actor)


def on_approval_closed(event: ApprovalClosed) -> None:
    """What follows from the end of an approval: publication, or the version goes back to its writer."""
    if event.action != PUBLISH:
        return
    version = selectors.version_lock(int(event.subject.partition(":")[2]))
    if version.approval_id != event.approval_id or version.state != VersionState.PENDING:
        return
    if event.state is not State.APPROVED:
        version.state = VersionState.WITHDRAWN if event.state is State.DECLINED else VersionState.DRAFT
        version.save(update_fields=["state"])
        return
    decision = approval_read(event.approval_id).decisions.order_by("step").last()
    assert decision is not None, "an approval that was given has its decision"
    actor = Actor(ActorKind.PERSON, decision.decided_by_id, decision.decided_by.display_name)
    if not approval_hold(approval_id=event.approval_id, document=document_of(version), actor=actor):
        ProductVersion.objects.filter(pk=version.pk).update(state=VersionState.DRAFT)
        return
    _sound(version)
    _publish(version, actor)


def document_of(version: ProductVersion) -> dict[str, Any]:
    """What is frozen and approved."""
    product = version.product
    return {
        "product": product.code,
        "name": product.name,
        "lender": product.lender.code,
        "version": version.number,
        "starts": version.starts.isoformat(),
        "ends": version.ends.isoformat() if version.ends else "",
        "terms": version.terms,
        "requirements": version.needs,
    }


def document_of_terms(terms: ProductTerms) -> dict[str, Any]:
    """Terms as they are stored."""
    document: dict[str, Any] = msgspec.to_builtins(terms)
    return document


def digest_of(version: ProductVersion) -> str:
    """The hash two people agree on."""
    return hashlib.sha256(freeze(document_of(version))[0]).hexdigest()


def _new_or_own(product: Product, version_id: int | None, actor: Actor) -> ProductVersion:
    if version_id is not None:
        version = _own(selectors.version_lock(version_id), actor)
        if version.product_id != product.pk:
            raise _no_draft()
        return version
    newest = ProductVersion.objects.filter(product=product).order_by("-number").first()
    return ProductVersion(
        product=product,
        number=newest.number + 1 if newest else 1,
        written_by_id=actor.ref if actor.kind is ActorKind.PERSON else None,
    )


def _own(version: ProductVersion, actor: Actor) -> ProductVersion:
    """A draft in the hands of its writer. Errors: `NotAllowed`, `Conflict`."""
    _writers(version, actor)
    if version.state != VersionState.DRAFT:
        raise _no_draft()
    return version


def _writers(version: ProductVersion, actor: Actor) -> None:
    if version.written_by_id is not None and version.written_by_id != actor.ref:
        zh, en = "只有起草人可以改动、提交或撤回", "only its writer changes, submits or withdraws it"
        raise NotAllowed("not-the-writer", zh, en)


def _refuse(version: ProductVersion) -> None:
    """Errors: everything that is wrong with the days and figures of a version."""
    days = rules.days_refusal(rules.Days(version.starts, version.ends))
    try:
        product = selectors.engine_product(version)
    except EngineError as refused:
        raise Refusals([r for r in (days, rules.told(refused)) if r is not None]) from None
    found = [*([days] if days else []), *rules.limit_refusals(product, book_in_force(), version.starts)]
    if found:
        raise Refusals(found)


def _sound(version: ProductVersion) -> None:
    """Errors: what keeps a version from being published today."""
    today = clock.business_date()
    if version.starts < today:
        zh, en = (
            f"生效日 {version.starts} 已过，最早 {today}",
            f"it begins on {version.starts}, the earliest is {today}",
        )
        raise Refusal("version-late", zh, en, field="starts")
    published = ProductVersion.objects.filter(product=version.product_id, state=VersionState.PUBLISHED)
    later = published.filter(starts__gte=version.starts).order_by("-starts").first()
    if later is not None:
        zh = f"第 {later.number} 版自 {later.starts} 生效，新版本须在其后生效"
        en = f"version {later.number} begins on {later.starts}; a new one begins after it"
        raise Refusal("version-before", zh, en, field="starts")
    _refuse(version)


def _publish(version: ProductVersion, actor: Actor) -> ProductVersion:
    version.state, version.published_at = VersionState.PUBLISHED, clock.now()
    version.published_by_id = actor.ref if actor.kind is ActorKind.PERSON else None
    version.save(update_fields=["state", "published_at", "published_by"])
    facts: dict[str, Scalar] = {"version": version.number, "digest": version.digest}
    facts |= {"starts": version.starts.isoformat(), "approval": version.approval_id or 0}
    record(actor=actor, action="product.published", subject=f"product:{version.product_id}", facts=facts)
    return version


def _no_draft() -> Conflict:
    return Conflict("version-closed", "该版本已提交、发布或撤回", "the version was submitted, published or withdrawn")
