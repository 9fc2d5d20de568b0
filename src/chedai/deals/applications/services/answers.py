"""Writing answers down: by the customer behind their link, or by staff. A step is kept as soon as it is typed.

What a customer wrote is theirs. Where staff change income, job, address, years of residence or debts afterwards, the
two readings stand side by side as a difference until the customer has acknowledged it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from chedai.deals.applications.models import Answer, Application, Difference, Party
from chedai.deals.applications.questions import Question, answer_read, asked_of, question
from chedai.deals.applications.selectors import answers_in_force, answers_plain, party_read
from chedai.deals.applications.services.checklist import checklist_refresh
from chedai.deals.applications.services.flags import flags_refresh
from chedai.deals.applications.services.keeping import keep
from chedai.deals.applications.services.parties import writing_lock
from chedai.deals.applications.states import DifferenceState, Liability, Role, Source
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Refusal, Refusals
from chedai.platform.privacy.kinds import Kind
from chedai.platform.privacy.personal import Personal
from chedai.platform.work import record, service


@service
def answers_write(
    *,
    party_id: int,
    values: Mapping[str, str | int],
    actor: Actor,
    source: Source = Source.CUSTOMER,
    as_of: date | None = None,
    reason: str = "",
) -> list[str]:
    """Keep the answers that are new, and say which: amounts as fen, months and choices as in `questions.toml`.

    A guest writes for themselves; staff who change what the customer wrote say why. Errors: `Refusals` at the fields,
    `Conflict` while the application is submitted.
    """
    party = party_read(party_id)
    application = writing_lock(party.application_id)
    read = _read(party, values, as_of or clock.business_date(), actor)
    before = answers_plain(answers_in_force([party.pk])[party.pk])
    changed = {one.code: (one, text) for one, text in read if before.get(one.code, "") != text}
    own = actor.kind is ActorKind.GUEST
    if not own:
        _refuse_without_reason(party, changed, reason)
    for one, text in changed.values():
        said = Source.STAFF if one.staff and source is Source.CUSTOMER else source
        _write(application, party, one, text, Source.CUSTOMER if own else said, as_of, reason, actor)
    if changed:
        facts: dict[str, Scalar] = {"party": party.pk, "fields": ",".join(sorted(changed)), "source": source.value}
        record(actor=actor, action="answers.written", subject=f"deal:{application.deal_id}", facts=facts)
        checklist_refresh(application, actor)
        if any(one.matched for one, _ in changed.values()):
            flags_refresh(application, actor)
    return sorted(changed)


@service
def answers_confirm(*, party_id: int, codes: list[str], actor: Actor) -> None:
    """Say that figures are still so today: the same answer, of a new day."""
    party = party_read(party_id)
    application = writing_lock(party.application_id)
    held = answers_in_force([party.pk])[party.pk]
    today = clock.business_date()
    for code in codes:
        if code not in held:
            raise Refusal("answer-missing", "还没有填写，无法确认", "there is no answer to confirm", field=code)
        old = held[code]
        new = keep(
            party,
            question(code),
            old.value.in_full(),
            Source(old.source),
            today,
            actor,
            by_customer=old.by_customer,
        )
        Difference.objects.filter(later=old).update(later=new)
        Difference.objects.filter(own=old, state=DifferenceState.OPEN).update(own=new)
    facts: dict[str, Scalar] = {"party": party.pk, "fields": ",".join(sorted(codes))}
    record(actor=actor, action="answers.confirmed", subject=f"deal:{application.deal_id}", facts=facts)


@service
def difference_acknowledge(*, difference_id: int, evidence: str, actor: Actor) -> Difference:
    """The customer knows and agrees: behind their link (link:<id>) or on a signed paper (paper:<id>)."""
    kind, _, number = evidence.partition(":")
    if kind not in ("link", "paper") or not number.isdigit():
        zh, en = "请上传客户签字的确认书", "hand in the confirmation the customer signed"
        raise Refusal("difference-evidence", zh, en, field="evidence")
    rows = Difference.objects.select_for_update(no_key=True, of=("self",)).select_related("application", "own")
    found = rows.filter(pk=difference_id, state=DifferenceState.OPEN).first()
    if found is None:
        raise Refusal("no-such-difference", "没有待确认的差异", "there is no open difference")
    if actor.kind is not ActorKind.GUEST and kind == "link":
        zh, en = "只有客户本人能在链接中确认", "only the customer confirms behind the link"
        raise Refusal("difference-evidence", zh, en, field="evidence")
    _settle(found, DifferenceState.ACKNOWLEDGED, evidence)
    facts: dict[str, Scalar] = {"difference": found.pk, "field": found.own.question, "evidence": evidence}
    deal = f"deal:{found.application.deal_id}"
    record(actor=actor, action="difference.acknowledged", subject=deal, facts=facts)
    return found


def _read(party: Party, values: Mapping[str, str | int], on: date, actor: Actor) -> list[tuple[Question, str]]:
    """Every value in its one form, or all refusals at once."""
    job = str(values.get("job", "")) or answers_plain(answers_in_force([party.pk])[party.pk]).get("job", "")
    asked = {one.code for one in asked_of(party.customer.kind, Role(party.role), Liability(party.liability), job)}
    found, refused = [], []
    for code, typed in values.items():
        one = question(code)
        try:
            if code not in asked or (one.staff and actor.kind is ActorKind.GUEST):
                raise Refusal("answer-not-asked", f"{one.zh}：不需要填写", f"{one.en}: is not asked", field=code)
            found.append((one, answer_read(one, typed, on)))
        except Refusal as refusal:
            refused.append(refusal)
    if refused:
        raise Refusals(refused)
    return found


def _is_own(answer: Answer) -> bool:
    """Whether the customer stands behind an answer: they said so, or acknowledged it."""
    if answer.by_customer or answer.source == Source.CUSTOMER:
        return True
    return Difference.objects.filter(later=answer, state=DifferenceState.ACKNOWLEDGED).exists()


def _refuse_without_reason(party: Party, changed: Mapping[str, tuple[Question, str]], reason: str) -> None:
    held = answers_in_force([party.pk])[party.pk]
    watched = [code for code, (one, _) in changed.items() if one.watched and code in held and _is_own(held[code])]
    if watched and not reason.strip():
        zh, en = "修改客户填写的内容须写明原因", "say why you change what the customer wrote"
        raise Refusal("reason-missing", zh, en, field="reason")


def _write(
    application: Application,
    party: Party,
    one: Question,
    text: str,
    source: Source,
    as_of: date | None,
    reason: str,
    actor: Actor,
) -> None:
    own = actor.kind is ActorKind.GUEST
    old = Answer.objects.filter(party=party, question=one.code, superseded_at=None).first()
    new = keep(party, one, text, source, as_of or clock.business_date(), actor, by_customer=own)
    standing = (
        Difference.objects.filter(own__party=party, own__question=one.code, state=DifferenceState.OPEN)
        .select_related("own")
        .first()
    )
    if standing is not None:
        if own or standing.own.value.in_full() == text:
            _settle(standing, DifferenceState.UNDONE, f"link:{actor.ref}" if own else "")
        else:
            standing.later = new
            standing.reason = Personal(Kind.TEXT, reason)
            standing.save(update_fields=["later", "reason"])
    elif one.watched and not own and old is not None and old.value.in_full() and _is_own(old):
        Difference.objects.create(application=application, own=old, later=new, reason=reason, found_at=clock.now())


def _settle(difference: Difference, state: DifferenceState, evidence: str) -> None:
    difference.state, difference.evidence, difference.settled_at = state, evidence, clock.now()
    difference.save(update_fields=["state", "evidence", "settled_at"])
