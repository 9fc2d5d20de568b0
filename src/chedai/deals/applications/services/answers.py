"""Writing answers down: by the customer behind their link, or by staff. A step is kept as soon as it is typed.

What a customer wrote is theirs. Where staff change income, job, address, years of residence or debts afterwards, the
two readings stand side by side as a difference until the customer has acknowledged it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from chedai.deals.applications.models import Answer, Application, Difference, Party
from chedai.deals.applications.questions import Question, answer_read, asked_of, question
from chedai.deals.applications.selectors import answers_in_force, answers_plain, party_read
from chedai.deals.applications.services.checklist import checklist_refresh
from chedai.deals.applications.services.flags import flags_refresh
from chedai.deals.applications.services.keeping import Said, keep
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
    held = answers_in_force([party.pk])[party.pk]
    before = answers_plain(held)
    changed = {one.code: (one, text) for one, text in read if before.get(one.code, "") != text}
    own = actor.kind is ActorKind.GUEST
    if not own:
        _refuse_without_reason(held, changed, reason)
    if changed:
        day = as_of or clock.business_date()
        said = [Said(one, text, _source(one, source, own), day, own) for one, text in changed.values()]
        _differ(application, party, held, keep(party, said, actor), reason, actor)
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
        said = Said(question(code), old.value.in_full(), Source(old.source), today, old.by_customer)
        (new,) = keep(party, [said], actor)
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


def _source(asked: Question, source: Source, own: bool) -> Source:
    if own:
        return Source.CUSTOMER
    return Source.STAFF if asked.staff and source is Source.CUSTOMER else source


def _refuse_without_reason(
    held: Mapping[str, Answer], changed: Mapping[str, tuple[Question, str]], reason: str
) -> None:
    watched = [code for code, (one, _) in changed.items() if one.watched and code in held and _is_own(held[code])]
    if watched and not reason.strip():
        zh, en = "修改客户填写的内容须写明原因", "say why you change what the customer wrote"
        raise Refusal("reason-missing", zh, en, field="reason")


def _differ(
    application: Application,
    party: Party,
    held: Mapping[str, Answer],
    new: Sequence[Answer],
    reason: str,
    actor: Actor,
) -> None:
    """What the new answers are to those before: a difference that is opened, goes on, or is undone."""
    own = actor.kind is ActorKind.GUEST
    rows = Difference.objects.filter(own__party=party, state=DifferenceState.OPEN).select_related("own")
    standing = {one.own.question: one for one in rows}
    for answer in new:
        before, open_one = held.get(answer.question), standing.get(answer.question)
        if open_one is not None:
            if own or open_one.own.value.in_full() == answer.value.in_full():
                _settle(open_one, DifferenceState.UNDONE, f"link:{actor.ref}" if own else "")
            else:
                open_one.later = answer
                open_one.reason = Personal(Kind.TEXT, reason)
                open_one.save(update_fields=["later", "reason"])
        elif question(answer.question).watched and not own and before is not None and _is_own(before):
            Difference.objects.create(
                application=application, own=before, later=answer, reason=reason, found_at=clock.now()
            )


def _settle(difference: Difference, state: DifferenceState, evidence: str) -> None:
    difference.state, difference.evidence, difference.settled_at = state, evidence, clock.now()
    difference.save(update_fields=["state", "evidence", "settled_at"])
