"""Showing a personal value in full, agreeing and withdrawing, and deleting."""

from __future__ import annotations

from datetime import date

from chedai.platform import clock
from chedai.platform.actors import Actor, system
from chedai.platform.audit.services import reasons_forget
from chedai.platform.errors import Conflict, NotFound, Refusal
from chedai.platform.privacy.models import Consent, Erasure
from chedai.platform.privacy.personal import Personal
from chedai.platform.privacy.registry import holder_of, holders, purposes
from chedai.platform.privacy.states import ErasureState
from chedai.platform.work import record, service

SHORTEST_REASON = 4
RETENTION = system("retention")


@service
def personal_reveal(*, subject: str, field: str, value: Personal, reason: str, actor: Actor) -> str:
    """The whole value, for a reason that goes on record with who saw it and when."""
    if len(reason.strip()) < SHORTEST_REASON:
        zh, en = "请写明查看原因，至少 4 个字", "say why you need to see it, in at least 4 characters"
        raise Refusal("reason-missing", zh, en, field="reason")
    facts = {"field": field, "kind": value.kind.value}
    record(actor=actor, action="personal.revealed", subject=subject, facts=facts, reason=reason.strip())
    return value.in_full()


@service
def consent_give(*, subject: str, purpose: str, wording: str, evidence: str, actor: Actor) -> Consent:
    """Note that somebody agreed, to which wording, and where the proof is. Agreed twice, the newer proof counts."""
    if purpose not in purposes():
        raise Refusal("no-such-purpose", "没有这项授权用途", "there is no such purpose", field="purpose")
    if not evidence or not wording:
        raise Refusal("no-evidence", "授权须有凭证和文本版本", "consent needs its proof and wording", field="evidence")
    in_force = Consent.objects.select_for_update(no_key=True).filter(
        subject=subject, purpose=purpose, withdrawn_at=None
    )
    in_force.update(withdrawn_at=clock.now(), withdrawn_by=actor.key)
    consent = Consent.objects.create(
        subject=subject,
        purpose=purpose,
        wording=wording,
        evidence=evidence,
        given_at=clock.now(),
        recorded_by=actor.key,
    )
    facts = {"purpose": purpose, "wording": wording, "evidence": evidence}
    record(actor=actor, action="consent.given", subject=subject, facts=facts)
    return consent


@service
def consent_withdraw(*, subject: str, purpose: str, actor: Actor) -> None:
    """Note that somebody no longer agrees. From now on what the consent gated is refused."""
    in_force = Consent.objects.select_for_update(no_key=True).filter(
        subject=subject, purpose=purpose, withdrawn_at=None
    )
    if not in_force.update(withdrawn_at=clock.now(), withdrawn_by=actor.key):
        raise NotFound("no-consent", "没有有效授权可撤回", "there is no consent to withdraw")
    record(actor=actor, action="consent.withdrawn", subject=subject, facts={"purpose": purpose})


def consent_require(subject: str, purpose: str) -> Consent:
    """The consent in force. Errors: `Refusal`, naming the purpose; the step that needs it must not go on."""
    found = Consent.objects.filter(subject=subject, purpose=purpose, withdrawn_at=None).first()
    if found is None:
        words = purposes()[purpose]
        raise Refusal("consent-missing", f"缺少授权：{words.zh}", f"consent is missing: {words.en}")
    return found


@service
def erasure_ask(*, subject: str, actor: Actor, reason: str = "") -> Erasure:
    """Delete a person's data now, or, while a law holds it, take it out of use and delete it when the hold ends.

    Errors: `Conflict` where that was asked before; `Refusal` where the reason quotes a number of a person.
    """
    if Erasure.objects.select_for_update(no_key=True).filter(subject=subject).exists():
        raise Conflict("erasure-asked", "已有删除申请", "deletion was asked for already")
    holder, number = holder_of(subject)
    hold = holder.hold(number, clock.business_date())
    erasure = Erasure(subject=subject, asked_at=clock.now(), asked_by=actor.key, state=ErasureState.RESTRICTED)
    if hold is not None:
        erasure.held_until, erasure.hold = hold.until, hold.rule
        holder.restrict(number)
        facts = {"until": hold.until.isoformat(), "rule": hold.rule}
        record(actor=actor, action="personal.restricted", subject=subject, facts=facts, reason=reason)
        erasure.save()
        return erasure
    return _erase(erasure, actor, reason)


@service
def erasure_carry_out(*, erasure_id: int, actor: Actor) -> Erasure:
    """Delete what was held, now that no law holds it. Errors: `Refusal` naming the hold and its end; `Conflict`."""
    erasure = Erasure.objects.select_for_update(no_key=True).filter(pk=erasure_id).first()
    if erasure is None:
        raise NotFound("no-such-erasure", "没有这项删除申请", "there is no such request for deletion")
    if erasure.state != ErasureState.RESTRICTED:
        raise Conflict("erased-already", "已经删除", "it has been deleted already")
    holder, number = holder_of(erasure.subject)
    hold = holder.hold(number, clock.business_date())
    if hold is not None:
        zh, en = f"法定保存至 {hold.until}（{hold.rule}），此前不能删除", f"held until {hold.until} by {hold.rule}"
        raise Refusal("erasure-held", zh, en)
    return _erase(erasure, actor)


def retention_run(on: date) -> int:
    """Delete what no law holds any longer, and what has lain unused past its time; how many subjects."""
    waiting = Erasure.objects.filter(state=ErasureState.RESTRICTED, held_until__lt=on).order_by("pk")
    count = sum(_hold_ended(erasure, on) for erasure in waiting)
    for kind, holder in holders().items():
        for subject in (f"{kind}:{number}" for number in holder.expired(on)):
            if not Erasure.objects.filter(subject=subject).exists():
                erasure_ask(subject=subject, actor=RETENTION)
                count += 1
    return count


@service
def _hold_ended(erasure: Erasure, on: date) -> bool:
    """Delete what was held; a hold that has grown in the meantime goes on."""
    holder, number = holder_of(erasure.subject)
    hold = holder.hold(number, on)
    if hold is not None:
        erasure.held_until, erasure.hold = hold.until, hold.rule
        erasure.save(update_fields=["held_until", "hold"])
        return False
    _erase(erasure, RETENTION)
    return True


def _erase(erasure: Erasure, actor: Actor, reason: str = "") -> Erasure:
    holder, number = holder_of(erasure.subject)
    holder.erase(number)
    reasons_forget(erasure.subject)
    Consent.objects.filter(subject=erasure.subject, withdrawn_at=None).update(
        withdrawn_at=clock.now(), withdrawn_by=actor.key
    )
    erasure.state, erasure.erased_at = ErasureState.ERASED, clock.now()
    erasure.save()
    record(actor=actor, action="personal.erased", subject=erasure.subject, reason=reason)
    return erasure
