"""Registering, changing and blocking lenders; signing agreements with them."""

from __future__ import annotations

from datetime import date
from typing import Final, TypedDict, Unpack

from chedai.catalog.partners import rules, selectors
from chedai.catalog.partners.models import Agreement, Lender, LenderContact
from chedai.catalog.partners.states import Channel, LenderState
from chedai.engine.compare import LenderKind
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal, Refusals
from chedai.platform.privacy.kinds import Kind
from chedai.platform.privacy.personal import Personal
from chedai.platform.work import record, service

_OPEN_FACTS: Final = ("name", "name_en", "channel", "endpoint", "filing_number", "filing_paper_id")


class LenderChanges(TypedDict, total=False):
    """What of a lender may be changed; its code, kind and book are for ever."""

    name: str
    name_en: str
    channel: Channel
    endpoint: str
    secret: str  # empty keeps the one there is
    filing_number: str
    filing_paper_id: int | None


@service
def lender_register(
    *,
    code: str,
    name: str,
    kind: LenderKind,
    actor: Actor,
    name_en: str = "",
    own_book: bool = False,
    channel: Channel = Channel.MANUAL,
    endpoint: str = "",
    secret: str = "",
    filing_number: str = "",
    filing_paper_id: int | None = None,
) -> Lender:
    """Register a lender. Errors: `Refusals` at their fields; `Conflict` where the code is taken."""
    _refuse(rules.LenderFacts(code, name, channel, endpoint, bool(secret)))
    if selectors.lender_known(code):
        raise Conflict("lender-known", f"机构代码 {code} 已存在", f"there is a lender {code} already", field="code")
    lender = Lender.objects.create(
        code=code,
        name=name.strip(),
        name_en=name_en.strip(),
        kind=kind,
        own_book=own_book,
        channel=channel,
        endpoint=endpoint,
        secret=secret or None,
        filing_number=filing_number,
        filing_paper_id=filing_paper_id,
        registered_at=clock.now(),
    )
    facts: dict[str, Scalar] = {"code": code, "kind": kind.value, "own_book": own_book, "channel": channel.value}
    record(actor=actor, action="lender.registered", subject=_subject(lender), facts=facts)
    return lender


@service
def lender_change(*, lender_id: int, actor: Actor, **changes: Unpack[LenderChanges]) -> Lender:
    """Change what may change of a lender; the log names each value before and after, of the secret only that it is new.

    Errors: `Refusals` at their fields.
    """
    lender = selectors.lender_lock(lender_id)
    secret = changes.get("secret", "")
    _refuse(
        rules.LenderFacts(
            lender.code,
            changes.get("name", lender.name),
            Channel(changes.get("channel", lender.channel)),
            changes.get("endpoint", lender.endpoint),
            bool(secret or lender.secret),
        )
    )
    facts: dict[str, Scalar] = {}
    for name in _OPEN_FACTS:
        before, after = getattr(lender, name), changes.get(name, getattr(lender, name))
        if before != after:
            setattr(lender, name, after)
            facts[name] = f"{before or '-'} -> {after or '-'}"
    if secret:
        lender.secret, facts["secret"] = Personal(Kind.TEXT, secret), "new"
    if facts:
        lender.save()
        record(actor=actor, action="lender.changed", subject=_subject(lender), facts=facts)
    return lender


@service
def lender_block(*, lender_id: int, reason: str, actor: Actor) -> Lender:
    """No new business with a lender; its products leave the shelf at once. What runs goes on."""
    lender = selectors.lender_lock(lender_id)
    if not reason.strip():
        raise Refusal("block-reason", "请写明停用原因", "say why", field="reason")
    if lender.state == LenderState.BLOCKED:
        raise Conflict("lender-blocked", "该机构已停用", "the lender is blocked already")
    return _turn(lender, LenderState.BLOCKED, reason.strip(), "lender.blocked", actor)


@service
def lender_unblock(*, lender_id: int, actor: Actor) -> Lender:
    """Business with a lender goes on."""
    lender = selectors.lender_lock(lender_id)
    if lender.state == LenderState.OPEN:
        raise Conflict("lender-open", "该机构未停用", "the lender is not blocked")
    return _turn(lender, LenderState.OPEN, "", "lender.unblocked", actor)


@service
def agreement_sign(
    *, lender_id: int, number: str, starts: date, ends: date, actor: Actor, paper_id: int | None = None
) -> Agreement:
    """Enter a signed agreement. Errors: `Refusals` at their fields; `Conflict` where the number is taken."""
    lender = selectors.lender_lock(lender_id)
    refused = rules.agreement_refusals(number, starts, ends)
    if refused:
        raise Refusals(refused)
    if lender.agreements.filter(number=number.strip()).exists():
        zh, en = f"协议编号 {number} 已存在", f"there is an agreement {number} already"
        raise Conflict("agreement-known", zh, en, field="number")
    agreement = Agreement.objects.create(
        lender=lender, number=number.strip(), starts=starts, ends=ends, paper_id=paper_id, signed_at=clock.now()
    )
    facts: dict[str, Scalar] = {"number": agreement.number, "starts": starts.isoformat(), "ends": ends.isoformat()}
    record(actor=actor, action="agreement.signed", subject=_subject(lender), facts=facts | {"paper": paper_id or 0})
    return agreement


@service
def contact_add(*, lender_id: int, name: str, phone: str, matter: str, actor: Actor) -> LenderContact:
    """Note somebody at a lender. Errors: `Refusal` at its field."""
    lender = selectors.lender_lock(lender_id)
    for field, typed in (("name", name), ("phone", phone), ("matter", matter)):
        if not typed.strip():
            raise Refusal("contact-missing", "请填写完整", "fill this in", field=field)
    contact = LenderContact.objects.create(lender=lender, name=name, phone=phone, matter=matter.strip())
    record(actor=actor, action="lender.contact_added", subject=_subject(lender), facts={"matter": contact.matter})
    return contact


def _turn(lender: Lender, state: LenderState, reason: str, action: str, actor: Actor) -> Lender:
    lender.state, lender.blocked_reason = state, reason
    lender.save(update_fields=["state", "blocked_reason"])
    record(actor=actor, action=action, subject=_subject(lender), facts={"code": lender.code}, reason=reason)
    return lender


def _subject(lender: Lender) -> str:
    return f"lender:{lender.pk}"


def _refuse(facts: rules.LenderFacts) -> None:
    refused = rules.lender_refusals(facts)
    if refused:
        raise Refusals(refused)
