"""Comparing an application with all others: the same paper, telephone, address or employer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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


def _answers(application: Application, parties: Sequence[Party]) -> list[Finding]:
    """What somebody of another deal answered as well: three queries, however many people and answers there are."""
    given: dict[int, list[Answer]] = defaultdict(list)
    standing = Answer.objects.filter(party__in=parties, superseded_at=None, match__isnull=False)
    for answer in standing.order_by("pk"):
        given[answer.party_id].append(answer)
    asked = [look for party in parties for look in _looks(party, given[party.pk])]
    elsewhere = _elsewhere(application, asked)
    found = []
    for look in asked:
        others = elsewhere.of(look)
        if others:
            key = f"{look.kind}:{look.party.pk}:{look.question or 'own'}"
            found.append(Finding(look.kind, key, look.party.pk, look.question, tuple(sorted(others))))
    return found


@dataclass(frozen=True, slots=True)
class _Look:
    """One thing that is compared: of whom, which question (none: the own number), among the answers to which questions;
    its keys there, and among the telephones of customers where it is a telephone."""

    party: Party
    question: str
    kind: FlagKind
    codes: tuple[str, ...]
    answers: list[bytes]
    phones: list[bytes]


def _looks(party: Party, given: Iterable[Answer]) -> Iterator[_Look]:
    """What is compared of a party: the answers, and the person's own number, which others may give as theirs or as an
    employer's or a contact's."""
    for answer in given:
        one = question(answer.question)
        kind = _KINDS.get(one.kind, FlagKind.SAME_EMPLOYER)
        text = matched_form(one, answer.value.in_full())
        yield (
            _phone(party, one.code, text)
            if kind is FlagKind.SAME_PHONE
            else _Look(party, one.code, kind, (one.code,), candidates(Kind.TEXT, text), [])
        )
    if party.customer.phone:
        yield _phone(party, "", party.customer.phone.in_full())


def _phone(party: Party, code: str, text: str) -> _Look:
    keys = candidates(Kind.TEXT, text), candidates(Kind.PHONE, text)
    return _Look(party, code, FlagKind.SAME_PHONE, PHONES, *keys)


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """What stands in other deals: by question and key, and by the key of a telephone, whose and in which deal."""

    answered: Mapping[tuple[str, bytes], Collection[tuple[int, str]]]
    reached: Mapping[bytes, Collection[tuple[int, str]]]

    def of(self, look: _Look) -> set[str]:
        """The deals of other people in which it stands."""
        seen = [self.answered.get((code, key), ()) for code in look.codes for key in look.answers]
        seen += [self.reached.get(key, ()) for key in look.phones]
        return {number for one in seen for customer, number in one if customer != look.party.customer_id}


def _elsewhere(application: Application, asked: Sequence[_Look]) -> _Elsewhere:
    answered: dict[tuple[str, bytes], set[tuple[int, str]]] = defaultdict(set)
    reached: dict[bytes, set[tuple[int, str]]] = defaultdict(set)
    same = Answer.objects.filter(
        question__in={code for look in asked for code in look.codes},
        match_index__in={key for look in asked for key in look.answers},
        superseded_at=None,
        party__removed_at=None,
    ).exclude(party__application=application)
    for code, key, customer, number in same.values_list(
        "question", "match_index", "party__customer_id", "party__application__deal__number"
    ):
        answered[code, bytes(key or b"")].add((customer, number))
    people = Customer.objects.filter(phone_index__in={key for look in asked for key in look.phones})
    others = Party.objects.filter(customer__in=people, removed_at=None).exclude(application=application)
    for key, customer, number in others.values_list(
        "customer__phone_index", "customer_id", "application__deal__number"
    ):
        reached[bytes(key or b"")].add((customer, number))
    return _Elsewhere(answered, reached)


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
