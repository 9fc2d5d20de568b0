"""The plan of a loan as packed bytes, and many of them back as columns.

A plan is what falls due when: due days, principal, interest, fees. It never changes, so it is written once and packed:
where the rows follow from a rule (等额本息, 等额本金, 等本等息 on a fixed day of the month), the rule is stored in
thirty bytes, after checking that it gives every row back to the fen; any other plan is stored as differences.
Thirty-six thousand plans come back in one step over columns, which is what the daily close reads.

Days are numbers (`date.toordinal`), amounts fen. Errors: `InvalidArgument` for columns that are no plan.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from chedai.book.loans import plan_rules as rules
from chedai.book.loans.plan_rules import RULE, Columns, Matrices
from chedai.engine.errors import InvalidArgument
from chedai.engine.life import Row
from chedai.engine.money import FenColumn

Days = NDArray[np.int32]


class PlanRows(NamedTuple):
    """One plan, a row an instalment in the order of due days."""

    due: Days
    principal: FenColumn
    interest: FenColumn
    fees: FenColumn


class PlanColumns(NamedTuple):
    """Many plans: the rows of plan `k` are `offsets[k]` to `offsets[k + 1]`."""

    offsets: FenColumn
    due: Days
    principal: FenColumn
    interest: FenColumn
    fees: FenColumn


_HEAD: Final = struct.Struct("<BH")
_COLUMN: Final = struct.Struct("<Bq")
_LISTED: Final = 0
_WIDTHS: Final = (1, 2, 4, 8)


def rows_planned(rows: Sequence[Row]) -> PlanRows:
    """The columns of a schedule as the replay tells it, without penalties: these follow from the days."""
    return PlanRows(
        np.array([row.due_date.toordinal() for row in rows], dtype=np.int32),
        np.array([row.principal for row in rows], dtype=np.int64),
        np.array([row.interest for row in rows], dtype=np.int64),
        np.array([row.fees for row in rows], dtype=np.int64),
    )


def pack(rows: PlanRows) -> bytes:
    """The plan in as few bytes as give it back exactly."""
    _refuse_no_plan(rows)
    return rules.rule_of(Columns(*rows)) or _listed(rows)


def unpack(packed: bytes) -> PlanRows:
    """One plan."""
    columns = unpack_many([packed])
    return PlanRows(columns.due, columns.principal, columns.interest, columns.fees)


def unpack_many(packed: Sequence[bytes]) -> PlanColumns:
    """Many plans, in the order given."""
    by_rule = np.fromiter((one[0] != _LISTED for one in packed), dtype=bool, count=len(packed))
    ruled = np.frombuffer(b"".join(p for p in packed if p[0] != _LISTED), dtype=RULE)
    counts = np.empty(len(packed), dtype=np.int64)
    counts[by_rule] = ruled["n"]
    others = np.flatnonzero(~by_rule).tolist()
    counts[others] = [_HEAD.unpack_from(packed[k])[1] for k in others]
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    if not others:
        return PlanColumns(offsets, *rules.expand(ruled))
    out = Columns.empty(int(offsets[-1]))
    mine = np.repeat(by_rule, counts)
    for column, values in zip(out.each(), rules.expand(ruled).each(), strict=True):
        column[mine] = values
    for k in others:
        for column, listed in zip(out.each(), _from_list(packed[k]), strict=True):
            column[offsets[k] : offsets[k + 1]] = listed
    return PlanColumns(offsets, *out)


def side_by_side(plans: PlanColumns) -> Matrices:
    """The same plans as matrices, each with its own calendar."""
    count = np.diff(plans.offsets)
    k = np.arange(int(count.max(initial=0)))[:, None]
    held = k < count
    row = np.where(held, plans.offsets[:-1] + k, 0)
    due, *amounts = (
        np.where(held, column[row], 0).astype(np.int64)
        for column in (plans.due, plans.principal, plans.interest, plans.fees)
    )
    return Matrices(count, np.arange(count.size), due, *amounts)


def anchor_day(due: Days) -> int:
    """The day of the month on which all of `due` fall (31: the last day at the latest), 0 where they follow no day.

    What falls due on a day is found by it: the loans of that day of the month, and those of 0.
    """
    return rules.anchor_day(due)


def _refuse_no_plan(rows: PlanRows) -> None:
    if len({column.size for column in rows}) != 1:
        raise InvalidArgument("rows", "must have columns of one length", "各列长度必须一致")
    if rows.due.size > 0xFFFF or not rows.due.size:
        raise InvalidArgument("rows", "must be 1 to 65535 rows", "须有 1 至 65535 期", value=rows.due.size)
    if (np.diff(rows.due) < 0).any():
        raise InvalidArgument("due", "must not fall", "到期日须按先后排列")


def _listed(rows: PlanRows) -> bytes:
    parts = [_HEAD.pack(_LISTED, rows.due.size)]
    for column in rows:
        steps: FenColumn = column[1:].astype(np.int64) - column[:-1]
        width = _width(steps)
        parts.append(_COLUMN.pack(width, int(column[0])))
        parts.append(steps.astype(f"<i{width}").tobytes() if width else b"")
    return b"".join(parts)


def _width(steps: FenColumn) -> int:
    if not steps.any():
        return 0
    return next(w for w in _WIDTHS if -(1 << (8 * w - 1)) <= steps.min() and steps.max() < 1 << (8 * w - 1))


def _from_list(packed: bytes) -> list[FenColumn]:
    count = _HEAD.unpack_from(packed)[1]
    at = _HEAD.size
    columns: list[FenColumn] = []
    for _ in PlanRows._fields:
        width, first = _COLUMN.unpack_from(packed, at)
        at += _COLUMN.size
        column = np.full(count, first, dtype=np.int64)
        if width:
            steps = np.frombuffer(packed, dtype=f"<i{width}", count=count - 1, offset=at)
            column[1:] += np.cumsum(steps, dtype=np.int64)
            at += width * (count - 1)
        columns.append(column)
    return columns
