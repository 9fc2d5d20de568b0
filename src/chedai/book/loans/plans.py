"""The schedule as bytes: one immutable row a loan instead of one a month.

`pack` writes the columns one behind the other, little-endian; `unpack_many` reads many plans into one set of columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from chedai.engine.life import Row

DATES: Final = np.dtype("<i4")
FEN: Final = np.dtype("<i8")
ROW: Final = DATES.itemsize + 3 * FEN.itemsize


class PlanRows(NamedTuple):
    """One plan: due days (`date.toordinal`, int32) and what falls due on each, in fen (int64)."""

    due: NDArray[np.int32]
    principal: NDArray[np.int64]
    interest: NDArray[np.int64]
    fees: NDArray[np.int64]


class PlanColumns(NamedTuple):
    """Many plans: the rows of plan `k` are `offsets[k]` to `offsets[k + 1]`."""

    offsets: NDArray[np.int64]
    due: NDArray[np.int32]
    principal: NDArray[np.int64]
    interest: NDArray[np.int64]
    fees: NDArray[np.int64]


def rows_planned(rows: Sequence[Row]) -> PlanRows:
    """The columns of a schedule as the replay tells it, without penalties: these follow from the days."""
    return PlanRows(
        np.array([row.due_date.toordinal() for row in rows], dtype=np.int32),
        np.array([row.principal for row in rows], dtype=np.int64),
        np.array([row.interest for row in rows], dtype=np.int64),
        np.array([row.fees for row in rows], dtype=np.int64),
    )


def pack(rows: PlanRows) -> bytes:
    """The plan as bytes."""
    amounts = (rows.principal, rows.interest, rows.fees)
    return rows.due.astype(DATES).tobytes() + b"".join(column.astype(FEN).tobytes() for column in amounts)


def unpack(packed: bytes) -> PlanRows:
    """The plan of `pack`."""
    n = len(packed) // ROW
    due = np.frombuffer(packed, DATES, n)
    amounts = np.frombuffer(packed, FEN, 3 * n, offset=n * DATES.itemsize).reshape(3, n)
    return PlanRows(due.astype(np.int32), *(column.astype(np.int64) for column in amounts))


def unpack_many(packed: Sequence[bytes]) -> PlanColumns:
    """Many plans as one set of columns."""
    plans = [unpack(one) for one in packed]
    offsets = np.cumsum([0, *(plan.due.size for plan in plans)], dtype=np.int64)
    no_fen = np.empty(0, dtype=np.int64)
    return PlanColumns(
        offsets,
        np.concatenate([np.empty(0, dtype=np.int32), *(plan.due for plan in plans)]),
        np.concatenate([no_fen, *(plan.principal for plan in plans)]),
        np.concatenate([no_fen, *(plan.interest for plan in plans)]),
        np.concatenate([no_fen, *(plan.fees for plan in plans)]),
    )
