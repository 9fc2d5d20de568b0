"""What proves income and debts: bank statements, added up again, and the summary of a credit report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from chedai.deals.applications import rules
from chedai.deals.applications.models import BureauReport, Statement, StatementLine
from chedai.deals.applications.rules import Line
from chedai.deals.applications.selectors import application_lock, bureau_newest, deal_subject, party_read
from chedai.deals.applications.services.flags import flags_refresh
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.privacy.services import consent_require
from chedai.platform.work import record, service


class BureauFigures(Struct, frozen=True, kw_only=True):
    """The figures of a credit report; money in fen. See `facts.BureauFacts` for what each is."""

    open_loans: int
    balance: int
    monthly: int
    card_limit: int = 0
    card_used: int = 0
    overdue_now: int = 0
    overdue_accounts: int = 0
    worst_run: int = 0
    overdue_months: int = 0
    queries_3_months: int = 0
    queries_6_months: int = 0
    guarantees: int = 0
    bad_debt: bool = False


@service
def statement_write(
    *, party_id: int, bank: str, account: str, opening: int, lines: Sequence[Line], actor: Actor
) -> Statement:
    """Keep a bank statement. Its balances are added up again; the first that does not follow is flagged by its line.

    Errors: `Refusal` where it is empty or its days run backwards.
    """
    party = party_read(party_id)
    application = application_lock(party.application_id)
    refused = rules.statement_refusal(lines)
    if refused is not None:
        raise refused
    if not bank.strip():
        raise Refusal("statement-bank", "请填写开户银行", "name the bank", field="bank")
    wrong = rules.first_wrong_line(opening, lines)
    statement = Statement.objects.create(
        party=party,
        bank=bank.strip()[:60],
        account=account,
        opening=opening,
        since=lines[0].day,
        until=lines[-1].day,
        wrong_line=wrong.number if wrong else None,
        written_by=actor.key,
        written_at=clock.now(),
    )
    StatementLine.objects.bulk_create(
        StatementLine(
            statement=statement,
            number=line.number,
            day=line.day,
            money_in=line.money_in,
            money_out=line.money_out,
            balance=line.balance,
            words=line.words,
        )
        for line in lines
    )
    facts: dict[str, Scalar] = {"statement": statement.pk, "lines": len(lines), "wrong": wrong.number if wrong else 0}
    record(actor=actor, action="statement.written", subject=deal_subject(application.deal_id), facts=facts)
    flags_refresh(application, actor)
    return statement


@service
def statement_remove(*, statement_id: int, reason: str, actor: Actor) -> None:
    """Take a statement out, with the reason; it stays on file."""
    rows = Statement.objects.select_for_update(no_key=True, of=("self",)).select_related("party")
    statement = rows.filter(pk=statement_id, removed_at=None).first()
    if statement is None:
        raise NotFound("no-such-statement", "没有这份流水", "there is no such statement")
    if not reason.strip():
        raise Refusal("reason-missing", "请写明移除原因", "say why", field="reason")
    application = application_lock(statement.party.application_id)
    statement.removed_at = clock.now()
    statement.save(update_fields=["removed_at"])
    facts: dict[str, Scalar] = {"statement": statement.pk}
    subject = deal_subject(application.deal_id)
    record(actor=actor, action="statement.removed", subject=subject, facts=facts, reason=reason)
    flags_refresh(application, actor)


@service
def bureau_write(*, party_id: int, number: str, queried_on: date, figures: BureauFigures, actor: Actor) -> BureauReport:
    """Keep the summary of a credit report, asked for under the consent in force.

    Errors: `Refusal` without consent, for a report asked for before it was given, and for figures below zero
    (征信业管理条例第十八条: written consent comes first).
    """
    party = party_read(party_id)
    consent = consent_require(f"customer:{party.customer_id}", "credit_bureau")
    given_on = consent.given_at.astimezone(clock.SHANGHAI).date()
    if queried_on < given_on:
        zh = f"查询日 {queried_on} 早于授权日 {given_on}"
        en = f"the report was asked for on {queried_on}, before consent was given on {given_on}"
        raise Refusal("bureau-before-consent", zh, en, field="queried_on")
    if queried_on > clock.business_date():
        raise Refusal("bureau-day", "查询日不得晚于今天", "the report is not of a day to come", field="queried_on")
    if not number.strip():
        raise Refusal("bureau-number", "请填写报告编号", "give the number of the report", field="number")
    for field in figures.__struct_fields__:
        if getattr(figures, field) < 0:
            raise Refusal("bureau-figure", "不得小于 0", "not below zero", field=field)
    report = BureauReport.objects.create(
        party=party,
        consent_id=consent.pk,
        number=number.strip(),
        queried_on=queried_on,
        written_by=actor.key,
        written_at=clock.now(),
        **{field: getattr(figures, field) for field in figures.__struct_fields__},
    )
    facts: dict[str, Scalar] = {"party": party.pk, "consent": consent.pk, "queried_on": queried_on.isoformat()}
    subject = deal_subject(party.application.deal_id)
    record(actor=actor, action="bureau.written", subject=subject, facts=facts)
    return report


@service
def bureau_look(*, party_id: int, actor: Actor) -> BureauReport:
    """Read a credit report: who looked, and when, goes on record (征信业管理条例第二十二条)."""
    party = party_read(party_id)
    report = bureau_newest(party_id)
    if report is None:
        raise NotFound("no-such-report", "没有信用报告", "there is no credit report")
    facts: dict[str, Scalar] = {"party": party.pk, "report": report.pk}
    record(actor=actor, action="bureau.read", subject=deal_subject(party.application.deal_id), facts=facts)
    return report
