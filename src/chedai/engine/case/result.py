"""What a replayed case prints: its schedules as published types; `replay-result.schema.json` is generated from them.

Amounts leave as text in yuan with two decimals, so that no reader's float can touch them.
"""

from __future__ import annotations

from datetime import date as Day
from typing import Annotated, TypeAlias

import msgspec

from chedai.engine.life.events import Disbursement
from chedai.engine.life.state import LoanState, Row, Totals
from chedai.engine.money import yuan

Yuan: TypeAlias = Annotated[str, msgspec.Meta(description="yuan, two decimals", pattern=r"^-?\d+\.\d\d$")]


class RowResult(msgspec.Struct, frozen=True, kw_only=True):
    """One instalment; a down payment has days 0."""

    n: int
    due_date: Day
    days: int
    principal: Yuan
    interest: Yuan
    fees: Yuan
    penalties: Yuan
    total: Yuan
    balance: Yuan
    paid: Yuan
    paid_early: Yuan
    paid_late: Yuan
    outstanding: Yuan


class TotalsResult(msgspec.Struct, frozen=True, kw_only=True):
    """The column sums of the rows."""

    principal: Yuan
    interest: Yuan
    fees: Yuan
    penalties: Yuan
    total: Yuan
    paid: Yuan
    paid_early: Yuan
    paid_late: Yuan
    outstanding: Yuan


class DisbursementResult(msgspec.Struct, frozen=True, kw_only=True):
    """Money paid out, and the principal owed after it and after the down payment taken with it."""

    date: Day
    amount: Yuan
    balance: Yuan


class AfterResult(msgspec.Struct, frozen=True, kw_only=True):
    """The event a schedule follows: its place in `events` (from 0), its type, its day and its id if it has one."""

    index: int
    type: str
    date: Day
    id: str = ""


class ScheduleResult(msgspec.Struct, frozen=True, kw_only=True):
    """The schedule as it stands on `as_of`; `after` is null for the contract as signed.

    `credit` is money received beyond everything owed; `closed` says that nothing is owed any more.
    """

    after: AfterResult | None
    as_of: Day
    disbursements: tuple[DisbursementResult, ...]
    rows: tuple[RowResult, ...]
    totals: TotalsResult
    credit: Yuan
    closed: bool


class CaseResult(msgspec.Struct, frozen=True, kw_only=True):
    """One case, with a schedule after each requested event."""

    name: str
    schedules: tuple[ScheduleResult, ...]


def schedule(after: AfterResult | None, state: LoanState) -> ScheduleResult:
    """The state of a loan as published."""
    return ScheduleResult(
        after=after,
        as_of=state.as_of,
        disbursements=tuple(
            DisbursementResult(date=entry.event.on, amount=yuan(entry.amount), balance=yuan(entry.balance))
            for entry in state.entries
            if isinstance(entry.event, Disbursement)
        ),
        rows=tuple(_row(row) for row in state.rows),
        totals=_totals(state.totals),
        credit=yuan(state.credit),
        closed=state.closed,
    )


def _row(row: Row) -> RowResult:
    return RowResult(
        n=row.n,
        due_date=row.due_date,
        days=row.days,
        balance=yuan(row.balance),
        **{name: yuan(getattr(row, name)) for name in TotalsResult.__struct_fields__},
    )


def _totals(totals: Totals) -> TotalsResult:
    return TotalsResult(**{name: yuan(getattr(totals, name)) for name in TotalsResult.__struct_fields__})
