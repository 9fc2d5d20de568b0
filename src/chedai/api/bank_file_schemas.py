"""What the API says and hears of a bank's statement that is brought in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from chedai.api.paper_schemas import FileIn
from chedai.platform.imports.states import BatchState, RowState

Place = Annotated[int, Field(ge=0, lt=1000)]
Name = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]


class BankFileIn(Schema):
    """A statement as Excel or CSV. `columns` says in which place (from 0) a column stands, by its name in the table of
    bank statements; left out, the answer for the same heads is remembered, or the heads tell."""

    file: FileIn
    columns: Annotated[dict[Name, Place], Field(max_length=40)] | None = None


class BadRowOut(Schema):
    """A row that could not come in, by its number in the file, and why."""

    number: int
    state: RowState
    reason_zh: str
    reason_en: str


class BankFileOut(Schema):
    """A statement on its way in. `rows` in all; `good` would be booked, `same` came in before, `bad` cannot."""

    id: int
    state: BatchState
    rows: int
    good: int
    same: int
    bad: int
    written: int
    brought_at: datetime
    failed: bool
    bad_rows: list[BadRowOut]
