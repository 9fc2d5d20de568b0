"""What the API says of the ledger. Amounts in fen; a balance is positive on the account's usual side."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field


class AccountOut(Schema):
    """An account of the chart."""

    code: str
    zh: str
    en: str
    kind: str
    normal: str


class TrialLineOut(Schema):
    """An account over a stretch of days."""

    account: Annotated[str, Field(validation_alias="account.code")]
    opening: int
    debit: int
    credit: int
    closing: int


class TrialBalanceOut(Schema):
    """Every account from `since` to `on`, both included. The sums of both sides are equal."""

    since: date
    on: date
    lines: list[TrialLineOut]
    debit: int
    credit: int


class JournalOut(Schema):
    """A journal entry: `day` is the day of the books, `value_on` that of the fact."""

    seq: int
    day: date
    value_on: date
    recorded_at: datetime
    kind: str
    subject: str


class PostingOut(Schema):
    """One transfer of an entry."""

    debit: str
    credit: str
    amount: int


class JournalWhole(JournalOut):
    """An entry with its postings; its bytes as they were hashed, in base64, and its link."""

    postings: list[PostingOut]
    body: str
    link: str


class AccountStatementLineOut(Schema):
    """A posting seen from an account, and the balance after it."""

    entry: int
    day: date
    value_on: date
    kind: str
    subject: str
    other: str
    debit: int
    credit: int
    balance: int


class AccountStatementOut(Schema):
    """Some of an account's postings in the order of the books; `next` is the cursor of the page after it."""

    account: str
    since: date
    on: date
    opening: int
    closing: int
    lines: list[AccountStatementLineOut]
    next: str | None
