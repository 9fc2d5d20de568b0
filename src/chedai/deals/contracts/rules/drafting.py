"""The contract, put together of what was decided before: no figure is typed, none computed from the product again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from chedai.deals.contracts.documents import (
    ClauseText,
    ContractDocument,
    PayeePart,
    PromiseLine,
    ScheduleRow,
    StatementDocument,
)
from chedai.deals.contracts.rules.splitting import refuse_split
from chedai.deals.contracts.rules.stating import plan_schedule
from chedai.deals.quotes.frozen import FrozenPlan
from chedai.deals.underwriting.approved import Approved
from chedai.engine.money import percent, yuan_grouped
from chedai.engine.rates import When
from chedai.engine.schedule import schedule
from chedai.platform.errors import Refusal, Refusals


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of one clause, as the rule sees it."""

    code: str
    version: int
    position: int
    title: str
    body: str
    law_note: str
    applies: str
    emphasised: bool
    starts: date
    ends: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftTerms:
    """What a contract needs beside plan and statement."""

    number: str
    version: int
    drafted_on: date
    agreed_on: date
    vehicle_id: int
    statement_digest: str
    clauses: Sequence[ClauseText]
    promises: Sequence[PromiseLine]
    payees: Sequence[PayeePart]


def clauses_on(wordings: Iterable[Wording], on: date, facts: frozenset[str]) -> tuple[ClauseText, ...]:
    """The clauses a contract of a day holds: of each the newest wording in force, where the deal calls for it."""
    newest: dict[str, Wording] = {}
    for one in wordings:
        if one.starts <= on and (one.ends is None or on <= one.ends):
            held = newest.get(one.code)
            if held is None or one.version > held.version:
                newest[one.code] = one
    fitting = [one for one in newest.values() if one.applies == "always" or one.applies in facts]
    return tuple(
        ClauseText(one.code, one.version, one.title, one.body, one.law_note, one.emphasised)
        for one in sorted(fitting, key=lambda one: (one.position, one.code))
    )


def refuse_unapproved(plan: FrozenPlan, approved: Approved | None) -> Approved:
    """The approval, where it is of this plan. Errors: `Refusal` without one, `Refusals` naming each difference."""
    if approved is None:
        raise Refusal("not-approved", "该案卷没有有效批复", "this deal has no approval in force", field="approval")
    pairs = (
        ("amount", "金额", "amount", yuan_grouped(plan.principal), yuan_grouped(approved.amount)),
        ("rate", "年利率", "annual rate", f"{percent(plan.annual_rate):f}%", f"{percent(approved.annual_rate):f}%"),
        ("term", "期数", "number of instalments", str(plan.periods), str(approved.periods)),
        ("lender", "资方", "lender", plan.lender_code, approved.lender_code),
    )
    faults = [
        Refusal(
            "not-as-approved",
            f"{zh}：方案 {asked}，批复 {given}；请按批复重新报价并由客户确认",
            f"{en}: the plan says {asked}, the approval {given}; quote again as approved",
            field=field,
        )
        for field, zh, en, asked, given in pairs
        if asked != given
    ]
    if faults:
        raise Refusals(faults)
    if approved.plan_digest and approved.plan_digest != plan.digest:
        zh, en = "批复所依据的方案已变更，须重新审批", "the approval was given for another plan; decide anew"
        raise Refusal("plan-changed", zh, en, field="plan")
    return approved


def contract_of(
    plan: FrozenPlan, statement: StatementDocument, approved: Approved, given: DraftTerms
) -> ContractDocument:
    """The contract. Errors: `Refusal` where the accounts do not take the loan, or the statement is of another plan."""
    _refuse_other(plan, statement)
    refuse_split([one.amount for one in given.payees], plan.principal)
    rows = schedule_rows(plan, given.agreed_on)
    return ContractDocument(
        number=given.number,
        deal_number=statement.deal_number,
        version=given.version,
        drafted_on=given.drafted_on,
        lender_code=plan.lender_code,
        lender_name=plan.lender_name,
        product_name=plan.product_name,
        product_version=plan.product_version,
        promotion_code=plan.promotion_code,
        vehicle=plan.vehicle,
        vehicle_id=given.vehicle_id,
        principal=plan.principal,
        principal_words=statement.principal_words,
        annual_rate=plan.annual_rate,
        nominal_rate=statement.nominal_rate,
        effective_rate=statement.effective_rate,
        periods=statement.periods,
        method=statement.method,
        down_payment=plan.down_payment,
        price=plan.price,
        schedule=rows,
        interest=sum(row.interest for row in rows),
        fee_total=statement.fee_total,
        repaid_total=statement.repaid_total,
        clauses=tuple(given.clauses),
        promises=tuple(given.promises),
        payees=tuple(given.payees),
        agreed_on=given.agreed_on,
        statement_version=statement.version,
        statement_digest=given.statement_digest,
        plan_digest=plan.digest,
        approval=f"{approved.source}:{approved.source_id}",
    )


def _refuse_other(plan: FrozenPlan, statement: StatementDocument) -> None:
    if statement.plan_digest != plan.digest or statement.principal != plan.principal:
        zh, en = "综合融资成本明示表不是本方案的，须重新出具", "the statement is of another plan; make it anew"
        raise Refusal("statement-differs", zh, en, field="statement")


def schedule_rows(plan: FrozenPlan, agreed_on: date) -> tuple[ScheduleRow, ...]:
    """The annex: the engine's schedule of the frozen terms, with the fees that come with the instalments.

    The amounts are those of the statement; the days count from the agreed day of the payout, so that nobody pays
    interest for days on which the money was not yet out. A first due day that was frozen itself stays.
    """
    periodic = sum(fee.each for fee in plan.fees if fee.when is When.PERIODIC)
    first = sum(fee.each for fee in plan.fees if fee.when is When.FIRST_INSTALMENT)
    rows = []
    for row, due in zip(plan_schedule(plan).rows, _days(plan, agreed_on), strict=True):
        fee = (periodic if row.n else 0) + (first if row.n == 1 else 0)
        rows.append(ScheduleRow(row.n, due, row.principal, row.interest, fee, row.total + fee, row.balance))
    return tuple(rows)


def _days(plan: FrozenPlan, agreed_on: date) -> list[date]:
    """When each instalment is due if the money goes out on the agreed day."""
    terms = plan.terms
    if terms is None or terms.first_due is not None:
        return [row.due for row in plan_schedule(plan).rows]
    return [row.due for row in schedule(replace(terms, disbursed_on=agreed_on)).rows]
