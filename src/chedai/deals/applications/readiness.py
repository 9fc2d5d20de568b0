"""What an application still lacks before it goes out: everything at once, each thing by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from chedai.deals.applications import checklists, plans
from chedai.deals.applications.models import Application, Party
from chedai.deals.applications.questions import asked_of
from chedai.deals.applications.rules import BLOCKING, HANDED, Lack, answers_missing, is_stale
from chedai.deals.applications.selectors import (
    answers_in_force,
    answers_plain,
    bureau_newest,
    differences_of,
    flags_of,
    items_of,
    parties_of,
)
from chedai.deals.applications.states import DifferenceState, FlagKind, FlagState, ItemState, Liability, Role
from chedai.deals.pipeline.states import Mode
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.privacy.models import Consent
from chedai.platform.privacy.registry import purposes

CREDIT_DAYS = "application.stale_days.credit"


def lacks_of(application: Application, on: date) -> list[Lack]:
    """All that stands in the way: who people are, answers, papers, then what does not fit."""
    parties = parties_of(application.pk)
    return [
        *_identities(parties),
        *_answers(application, parties, on),
        *_papers(application, on),
        *_consents(application, parties),
        *_differences(application),
        *_flags(application),
    ]


def stale_days(key: str, on: date) -> int:
    """After how many days an answer of this policy is too old."""
    return book_in_force().in_force(key, on).number


def consents_wanted(application: Application, party: Party) -> tuple[str, ...]:
    """What a party must have agreed to: the bureau where the house decides, sharing where a lender does."""
    if party.liability == Liability.AWARE:
        return ()
    own = application.deal.mode == Mode.OWN_BOOK
    return ("sensitive", "credit_bureau") if own else ("sensitive", "credit_bureau", "share_lender")


def consents_asked(application: Application, party: Party) -> tuple[str, ...]:
    """What a party is asked to agree to on the telephone: beside what the file needs, the borrower's word on where the
    car is, if the product wants a device; the payout waits for that one.
    """
    wanted = consents_wanted(application, party)
    device = any(needs.gps for needs in plans.requirements_of(plans.chosen(application)))
    return (*wanted, "location") if wanted and device and party.role == Role.APPLICANT else wanted


def consents_given(party: Party) -> frozenset[str]:
    """What a party has agreed to and not taken back."""
    rows = Consent.objects.filter(subject=f"customer:{party.customer_id}", withdrawn_at=None)
    return frozenset(rows.values_list("purpose", flat=True))


def _identities(parties: list[Party]) -> Iterator[Lack]:
    """Whose number of the identity card, or of the firm, is not on file."""
    for party in parties:
        if not party.customer.id_number:
            who, person = str(party.customer.name), party.customer.kind == "person"
            zh = f"{who}：缺少{'身份证号' if person else '统一社会信用代码'}"
            en = f"{who}: the {'identity number' if person else 'credit code'} is missing"
            yield Lack("identity-missing", zh, en, f"{party.pk}.id_number")


def _answers(application: Application, parties: list[Party], on: date) -> list[Lack]:
    kinds = plans.lender_kinds(plans.chosen(application))
    held = answers_in_force(party.pk for party in parties)
    found = []
    for party in parties:
        plain = answers_plain(held[party.pk])
        asked = asked_of(party.customer.kind, Role(party.role), Liability(party.liability), plain.get("job", ""))
        who = str(party.customer.name)
        for one in answers_missing(asked, plain, kinds):
            zh, en = f"{who}：缺少{one.zh}", f"{who}: {one.en} is missing"
            found.append(Lack("answer-missing", zh, en, f"{party.pk}.{one.code}"))
        for one in asked:
            answer = held[party.pk].get(one.code)
            if answer is None or not one.stale:
                continue
            days = stale_days(one.stale, on)
            if is_stale(answer.as_of, on, days):
                zh = f"{who}：{one.zh}是 {answer.as_of} 的数据，超过 {days} 天，须重新确认"
                en = f"{who}: {one.en} is of {answer.as_of}, more than {days} days ago: confirm it again"
                found.append(Lack("answer-stale", zh, en, f"{party.pk}.{one.code}"))
        found += _bureau(party, on)
    return found


def _bureau(party: Party, on: date) -> list[Lack]:
    report, days = bureau_newest(party.pk), stale_days(CREDIT_DAYS, on)
    if report is None or not is_stale(report.queried_on, on, days):
        return []
    who = str(party.customer.name)
    zh = f"{who}：信用报告是 {report.queried_on} 的，超过 {days} 天"
    en = f"{who}: the credit report is of {report.queried_on}, more than {days} days ago"
    return [Lack("bureau-stale", zh, en, f"{party.pk}.bureau")]


def _papers(application: Application, on: date) -> list[Lack]:
    words = {
        ItemState.MISSING: ("缺少", "is missing"),
        ItemState.RETURNED: ("已退回，须重新提交", "was returned"),
        ItemState.EXPIRED: ("已过期", "has expired"),
    }
    found = []
    for item in items_of(application.pk):
        state = ItemState(item.state)
        past = item.expires_on is not None and item.expires_on < on
        if not item.is_required or (state in HANDED and not past):
            continue
        name, who = checklists.item(item.code), f"{item.party.customer.name}：" if item.party else ""
        zh, en = words[ItemState.EXPIRED if past and state in HANDED else state]
        code = "paper-expired" if past or state is ItemState.EXPIRED else f"paper-{state}"
        text = f"{who}{zh}{name.zh}" if state is ItemState.MISSING else f"{who}{name.zh}{zh}"
        found.append(Lack(code, text, f"{who.replace('：', ': ')}{name.en} {en}", f"item.{item.pk}"))
    return found


def _consents(application: Application, parties: list[Party]) -> list[Lack]:
    found = []
    for party in parties:
        given = consents_given(party)
        for purpose in consents_wanted(application, party):
            if purpose in given:
                continue
            who, words = str(party.customer.name), purposes()[purpose]
            zh, en = f"{who}：缺少授权：{words.zh}", f"{who}: consent is missing: {words.en}"
            found.append(Lack("consent-missing", zh, en, f"{party.pk}.{purpose}"))
    return found


def _differences(application: Application) -> list[Lack]:
    standing = [one for one in differences_of(application.pk) if one.state == DifferenceState.OPEN]
    if not standing:
        return []
    zh = f"{len(standing)} 处修改须客户确认"
    en = f"changes that wait for the customer's acknowledgement: {len(standing)}"
    return [Lack("difference-open", zh, en, "differences")]


def _flags(application: Application) -> list[Lack]:
    found = []
    for flag in flags_of(application.pk):
        if flag.state != FlagState.OPEN or FlagKind(flag.kind) not in BLOCKING:
            continue
        if flag.kind == FlagKind.STATEMENT:
            zh = f"流水第 {flag.line} 行余额不连续，须书面说明"
            en = f"the statement does not add up in line {flag.line}: explain it in writing"
        else:
            zh = f"与其他案卷（{'、'.join(flag.others)}）信息相同，须书面说明"
            en = f"the same is found in {', '.join(flag.others)}: explain it in writing"
        found.append(Lack(f"flag-{flag.kind}", zh, en, f"flag.{flag.pk}"))
    return found
