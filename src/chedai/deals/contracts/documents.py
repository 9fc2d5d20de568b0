"""What is frozen on paper: the statement of all-in cost and the contract, as values without a personal word.

Both are written once as canonical JSON and known by its SHA-256. Amounts are fen, rates 1e-8 a year; words on paper are
Chinese, because the paper is.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Literal

import msgspec

from chedai.engine.rates import Payee, When


class CostLine(msgspec.Struct, frozen=True):
    """One cost of normal performance: who gets it (收取方), when, how much each time and in all.

    `annual` is its part of the total annual cost (1e-8, to a hundredth of a percent), 0 where the rate does not count
    it; the parts add up to the total as it is printed.
    """

    name: str
    payee: Payee
    payee_name: str
    when: When
    when_words: str
    each: int
    total: int
    in_rate: bool
    annual: int
    note: str = ""


class ContingentLine(msgspec.Struct, frozen=True):
    """或有成本: what falls due only where the customer breaks the contract or leaves it early, and by what measure."""

    name: str
    payee_name: str
    measure: str


class Financed(msgspec.Struct, frozen=True):
    """A price that is part of the principal beside the car (计入本金)."""

    name: str
    amount: int


class StatementDocument(msgspec.Struct, frozen=True, kw_only=True):
    """综合融资成本明示表 in one version."""

    kind: Literal["statement"] = "statement"
    deal_number: str
    version: int
    made_on: date
    lender_name: str
    product_name: str
    vehicle: str
    principal: int
    principal_words: str
    car_principal: int
    financed: tuple[Financed, ...]
    periods: int
    method: str
    annual_rate: int  # of the contract
    nominal_rate: int  # 单利, the total shown first
    effective_rate: int  # 复利
    instalment: int
    last: int
    lines: tuple[CostLine, ...]
    interest: int
    fee_total: int  # what the rate counts beside interest
    other_fees: int  # what it does not count
    cost_total: int
    repaid_total: int  # principal, interest and every fee
    contingent: tuple[ContingentLine, ...]
    sentence: str
    reading_seconds: int
    plan_digest: str
    policies: tuple[str, ...]  # the versions of the policies it was made under


class ScheduleRow(msgspec.Struct, frozen=True):
    """One instalment of the annex."""

    n: int
    due: date
    principal: int
    interest: int
    fee: int
    total: int
    balance: int


class ClauseText(msgspec.Struct, frozen=True):
    """A clause as it is printed in one contract."""

    code: str
    version: int
    title: str
    body: str
    law_note: str
    emphasised: bool


class PromiseLine(msgspec.Struct, frozen=True):
    """An oral promise as it is printed in the annex. Who promised is a number of staff, no name."""

    promised_on: date
    promised_by: str
    kind: str
    text: str


class PayeePart(msgspec.Struct, frozen=True):
    """What goes to which account; the account itself stands in the PDF only."""

    payee_id: int
    role: str
    amount: int


class ContractDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The contract in one version: figures, clauses, annexes."""

    kind: Literal["contract"] = "contract"
    number: str
    deal_number: str
    version: int
    drafted_on: date
    lender_code: str
    lender_name: str
    product_name: str
    product_version: int
    promotion_code: str
    vehicle: str
    vehicle_id: int
    principal: int
    principal_words: str
    annual_rate: int
    nominal_rate: int
    effective_rate: int
    periods: int
    method: str
    down_payment: int
    price: int
    schedule: tuple[ScheduleRow, ...]
    interest: int
    fee_total: int
    repaid_total: int
    clauses: tuple[ClauseText, ...]
    promises: tuple[PromiseLine, ...]
    payees: tuple[PayeePart, ...]
    agreed_on: date  # 约定放款日
    statement_version: int
    statement_digest: str
    plan_digest: str
    approval: str  # decision:12 or submission:7


def encode(document: StatementDocument | ContractDocument) -> tuple[bytes, str]:
    """The canonical bytes and their SHA-256."""
    body = msgspec.json.encode(document, order="deterministic")
    return body, hashlib.sha256(body).hexdigest()


def statement_from(body: bytes) -> StatementDocument:
    """The statement of stored bytes."""
    return msgspec.json.decode(body, type=StatementDocument)


def contract_from(body: bytes) -> ContractDocument:
    """The contract of stored bytes."""
    return msgspec.json.decode(body, type=ContractDocument)
