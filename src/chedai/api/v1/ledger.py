"""The ledger: chart of accounts, trial balance on any day, statements of accounts, entries as they were hashed."""

import base64
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from chedai.api.ledger_schemas import (
    AccountOut,
    AccountStatementLineOut,
    AccountStatementOut,
    JournalOut,
    JournalWhole,
    TrialBalanceOut,
)
from chedai.api.operations import reading
from chedai.api.pages import MOST, Cut, Page, page
from chedai.api.schemas import Number
from chedai.book.ledger import balances, selectors
from chedai.book.ledger.chart import chart
from chedai.org.permissions import Permission
from chedai.platform import clock
from chedai.platform.errors import Refusal

router = Router(tags=["ledger"])

READ: Permission = "ledger.read"

Code = Path[Annotated[str, Field(pattern=r"^[0-9]{4,8}$")]]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]


@reading(router, "/ledger/accounts", READ, response=list[AccountOut])
def accounts(request: HttpRequest) -> Any:
    """The chart of accounts."""
    return list(chart().accounts.values())


@reading(router, "/ledger/trial-balance", READ, response=TrialBalanceOut)
def trial_balance(request: HttpRequest, on: Day | None = None, since: Day | None = None) -> Any:
    """Every account at the end of a day, with what moved since another (the first of the month where none is given)."""
    return balances.trial_balance(*_days(on, since))


@reading(router, "/ledger/accounts/{code}/statement", READ, response=AccountStatementOut)
def statement(
    request: HttpRequest,
    code: Code,
    on: Day | None = None,
    since: Day | None = None,
    cursor: str = "",
    limit: Annotated[int, Field(ge=1, le=MOST)] = 100,
) -> dict[str, Any]:
    """The postings of an account, with the balance after each."""
    until, begin = _days(on, since)
    found = balances.statement(code, begin, until, after=cursor, size=limit)
    lines = [
        AccountStatementLineOut(
            entry=line.posting.entry_id,
            day=line.posting.day,
            value_on=line.posting.entry.value_on,
            kind=line.posting.entry.kind,
            subject=line.posting.entry.subject,
            other=line.other.code,
            debit=line.debit,
            credit=line.credit,
            balance=line.balance,
        )
        for line in found.lines
    ]
    days = {"since": begin, "on": until}
    sums = {"opening": found.opening, "closing": found.closing}
    return {"account": code, **days, **sums, "lines": lines, "next": found.next or None}


@reading(router, "/ledger/entries", READ, response=Page[JournalOut])
def entries(request: HttpRequest, cut: Query[Cut], subject: str | None = None) -> dict[str, Any]:
    """Entries, newest first; of one thing where `subject` names it."""
    return page(selectors.entries_of(subject) if subject else selectors.entries(), cut)


@reading(router, "/ledger/entries/{seq}", READ, response=JournalWhole)
def entry(request: HttpRequest, seq: Path[Number]) -> dict[str, Any]:
    """One entry with its postings."""
    found = selectors.entry(seq)
    return {
        **JournalOut.from_orm(found).dict(),
        "postings": sorted(found.postings.all(), key=lambda posting: posting.pk),
        "body": base64.b64encode(bytes(found.body)).decode(),
        "link": bytes(found.link).hex(),
    }


def _days(on: date | None, since: date | None) -> tuple[date, date]:
    """The last day and the first. Errors: `Refusal` where they run backwards."""
    until = on or clock.business_date()
    begin = since or until.replace(day=1)
    if begin > until:
        raise Refusal("days-backwards", "起始日不能晚于截止日", "the first day is after the last", field="since")
    return until, begin
