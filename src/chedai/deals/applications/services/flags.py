"""Comparing an application with all others: the same paper, telephone, address or employer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from chedai.crm.models import Customer
from chedai.deals.applications.models import Answer, Application, CheckItem, Flag, Party, Statement
from chedai.deals.applications.questions import QuestionKind, matched_form, question, sheet
from chedai.deals.applications.selectors import application_lock, deal_subject, parties_of
from chedai.deals.applications.states import FlagKind, FlagState
from chedai.deals.pipeline.models import Deal
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.files.selectors import papers_of, shared_with
from chedai.platform.privacy.fields import candidates
from chedai.platform.privacy.kinds import Kind
from chedai.platform.privacy.personal import Personal
from chedai.platform.work import record, service

_KINDS = {QuestionKind.PHONE: FlagKind.SAME_PHONE, QuestionKind.ADDRESS: FlagKind.SAME_ADDRESS}
PHONES = tuple(one.code for one in sheet().question if one.matched and one.kind is QuestionKind.PHONE)
SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, under a key that is the same when it is found again."""

    kind: FlagKind
    key: str
    party_id: int | None
    question: str = ""
    others: tuple[str, ...] = ()
    line: int | None = None


def flags_refresh(application: Application, actor: Actor) -> None:
    """Look again: a finding that is gone is closed, a new one opened, one that grew opened anew. Inside a service."""
    parties = parties_of(application.pk)
    found = (*_answers(application, parties), *_papers(application), *_statements(application, parties))
    _keep(application, found, Flag.objects.filter(application=application, gone_at=None), actor)


def flags_of_papers(application: Application, actor: Actor) -> None:
    """The same where only a paper has come: what people said is as it was. Inside a service."""
    held = Flag.objects.filter(application=application, gone_at=None, kind=FlagKind.SAME_FILE)
    _keep(application, _papers(application), held, actor)


def _keep(application: Application, findings: Iterable[Finding], standing: QuerySet[Flag], actor: Actor) -> None:
    found = {one.key: one for one in findings}
    now, fresh = clock.now(), 0
    held = {flag.key: flag for flag in standing}
    for key, flag in held.items():
        one = found.get(key)
        if one is None or not set(one.others) <= set(flag.others) or one.line != flag.line:
            flag.gone_at = now
            flag.save(update_fields=["gone_at"])
        else:
            found.pop(key)
    for one in found.values():
        Flag.objects.create(
            application=application,
            party_id=one.party_id,
            kind=one.kind,
            key=one.key,
            question=one.question,
            others=list(one.others),
            line=one.line,
            found_at=now,
        )
        fresh += 1
    if fresh:
        facts: dict[str, Scalar] = {"found": fresh, "kinds": ",".join(sorted({f.kind.value for f in found.values()}))}
        record(actor=actor, action="flags.found", subject=deal_subject(application.deal_id), facts=facts)


@service
def flag_resolve(*, flag_id: int, resolution: str, actor: Actor) -> Flag:
    """Write down what it is about. Errors: `Refusal` where that is too short to be an explanation."""
    if len(resolution.strip()) < SHORTEST:
        zh, en = f"请写明核实情况，至少 {SHORTEST} 个字", f"say what you found out, in at least {SHORTEST} characters"
        raise Refusal("resolution-missing", zh, en, field="resolution")
    rows = Flag.objects.select_for_update(no_key=True, of=("self",)).select_related("application")
    flag = rows.filter(pk=flag_id, gone_at=None).first()
    if flag is None or flag.state == FlagState.RESOLVED:
        raise Conflict("flag-resolved", "该提示已处理", "this has been dealt with")
    flag.state, flag.resolved_by, flag.resolved_at = FlagState.RESOLVED, actor.key, clock.now()
    flag.resolution = Personal(Kind.TEXT, resolution.strip())
    flag.save()
    facts: dict[str, Scalar] = {"flag": flag.pk, "kind": flag.kind}
    record(actor=actor, action="flag.resolved", subject=deal_subject(flag.application.deal_id), facts=facts)
    return flag


@service
def flags_look(*, application_id: int, actor: Actor) -> None:
    """Compare again now: other deals have come since."""
    flags_refresh(application_lock(application_id), actor)


def _answers(application: Application, parties: Iterable[Party]) -> list[Finding]:
    found = []
    for party in parties:
        for answer in Answer.objects.filter(party=party, superseded_at=None, match__isnull=False).order_by("pk"):
            one = question(answer.question)
            text = matched_form(one, answer.value.in_full())
            kind = _KINDS.get(one.kind, FlagKind.SAME_EMPLOYER)
            codes = PHONES if kind is FlagKind.SAME_PHONE else (one.code,)
            others = _deals_answering(application, party, codes, text)
            if kind is FlagKind.SAME_PHONE:
                others |= _deals_reached_at(application, party, text)
            if others:
                key = f"{kind}:{party.pk}:{one.code}"
                found.append(Finding(kind, key, party.pk, one.code, tuple(sorted(others))))
        found += _own_phone(application, party)
    return found


def _own_phone(application: Application, party: Party) -> list[Finding]:
    """The person's own number: given by others as theirs, or as an employer's or a contact's."""
    if not party.customer.phone:
        return []
    text = party.customer.phone.in_full()
    others = _deals_answering(application, party, PHONES, text) | _deals_reached_at(application, party, text)
    if not others:
        return []
    return [Finding(FlagKind.SAME_PHONE, f"same_phone:{party.pk}:own", party.pk, "", tuple(sorted(others)))]


def _deals_answering(application: Application, party: Party, codes: Iterable[str], text: str) -> set[str]:
    same = Answer.objects.filter(
        question__in=list(codes),
        match_index__in=candidates(Kind.TEXT, text),
        superseded_at=None,
        party__removed_at=None,
    )
    others = same.exclude(party__application=application).exclude(party__customer_id=party.customer_id)
    return set(others.values_list("party__application__deal__number", flat=True))


def _deals_reached_at(application: Application, party: Party, text: str) -> set[str]:
    """Deals of other people whose own telephone it is."""
    people = Customer.objects.filter(phone_index__in=candidates(Kind.PHONE, text)).exclude(pk=party.customer_id)
    others = Party.objects.filter(customer__in=people, removed_at=None).exclude(application=application)
    return set(others.values_list("application__deal__number", flat=True))


def _papers(application: Application) -> list[Finding]:
    """The same bytes handed in for a deal in which none of this application's people take part."""
    shared = shared_with(deal_subject(application.deal_id), "deal:")
    if not shared:
        return []
    people = Party.objects.filter(application=application, removed_at=None).values("customer_id")
    with_us = set(Party.objects.filter(customer_id__in=people).values_list("application__deal_id", flat=True))
    found = []
    items = {f"check:{item.pk}": item for item in CheckItem.objects.filter(application=application)}
    for paper in papers_of(deal_subject(application.deal_id)).filter(pk__in=shared):
        numbers = {int(subject.partition(":")[2]) for subject in shared[paper.pk]} - with_us
        if numbers:
            others = tuple(Deal.objects.filter(pk__in=numbers).order_by("number").values_list("number", flat=True))
            item = items.get(paper.purpose)
            party = item.party_id if item else None
            found.append(Finding(FlagKind.SAME_FILE, f"same_file:{paper.pk}", party, item.code if item else "", others))
    return found


def _statements(application: Application, parties: Iterable[Party]) -> list[Finding]:
    numbers = [party.pk for party in parties]
    wrong = Statement.objects.filter(party__in=numbers, removed_at=None, wrong_line__isnull=False)
    return [Finding(FlagKind.STATEMENT, f"statement:{s.pk}", s.party_id, "", (), s.wrong_line) for s in wrong]
