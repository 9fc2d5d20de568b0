"""A bank's statement: brought in and tried first, booked at a word, its bad rows back, taken out again within a day."""

import base64
import hashlib
from typing import Any

from django.http import HttpRequest
from ninja import Path, Router

from chedai.api.bank_file_schemas import BankFileIn, BankFileOut
from chedai.api.operations import caller_of, changing, reading, revealing
from chedai.api.paper_schemas import FileOut
from chedai.api.schemas import Number
from chedai.api.v1.contracts import person_of
from chedai.book.loans.bulk.bank_files import BANK_FILE, RIGHT
from chedai.platform.errors import NotFound
from chedai.platform.imports import selectors, services
from chedai.platform.imports.running import bad_rows as workbook_of
from chedai.platform.imports.states import RowState

router = Router(tags=["loans"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_COUNTED = (RowState.GOOD, RowState.SAME, RowState.BAD, RowState.WRITTEN)


def _held(request: HttpRequest, batch_id: int) -> Any:
    """A statement the caller brought, or any for who may bring in those of all stores. Errors: `NotFound`."""
    whole = caller_of(request).access.stores(RIGHT) is None
    seen = selectors.batches_seen([BANK_FILE.code] if whole else [], [BANK_FILE.code], person_of(request).key)
    found = seen.filter(pk=batch_id).first()
    if found is None:
        raise NotFound("no-such-batch", "没有这次导入", "there is no such import")
    return found


def _shown(request: HttpRequest, batch_id: int) -> dict[str, Any]:
    found = _held(request, batch_id)
    pace = selectors.batch_pace(found)
    counts = {state.value: found.counts.get(state, 0) for state in _COUNTED}
    facts = {name: getattr(found, name) for name in ("id", "state", "brought_at")}
    rest = {"rows": found.counts.get("rows", 0), "failed": pace is not None and pace.failed}
    return facts | counts | rest | {"bad_rows": selectors.bad_of(found)}


@changing(router, "/bank-files", RIGHT, response=BankFileOut, status=201)
def bring(request: HttpRequest, given: BankFileIn) -> Any:
    """Bring a statement in and have it tried: nothing is booked. The trial runs behind; read it at its address."""
    actor = person_of(request)
    made = services.batch_bring(kind=BANK_FILE.code, name=given.file.name, content=given.file.read(), actor=actor)
    places = given.columns if given.columns is not None else made.places
    services.batch_check(batch_id=made.pk, places=places, actor=actor)
    return _shown(request, made.pk)


@reading(router, "/bank-files/{batch_id}", RIGHT, response=BankFileOut)
def bank_file(request: HttpRequest, batch_id: Path[Number]) -> Any:
    """How far a statement is: what would be booked, and which rows cannot be, with the reason."""
    return _shown(request, batch_id)


@revealing(router, "/bank-files/{batch_id}/bad-rows", RIGHT, response=FileOut)
def bad_rows(request: HttpRequest, batch_id: Path[Number]) -> Any:
    """The rows that could not come in, as they were brought, with the reason, as a workbook; on record."""
    found = _held(request, batch_id)
    services.bad_rows_taken(batch_id=found.pk, rows=len(selectors.bad_of(found)), actor=person_of(request))
    content = workbook_of(found, "zh-hans", watermark=caller_of(request).actor.name)
    encoded = base64.b64encode(content).decode()
    return FileOut(media_type=XLSX, sha256=hashlib.sha256(content).hexdigest(), content=encoded)


@changing(router, "/bank-files/{batch_id}/booking", RIGHT, response=BankFileOut)
def write(request: HttpRequest, batch_id: Path[Number]) -> Any:
    """Book the good rows, each once whatever overlaps; the work runs behind."""
    services.batch_write(batch_id=_held(request, batch_id).pk, actor=person_of(request))
    return _shown(request, batch_id)


@changing(router, "/bank-files/{batch_id}/withdrawal", RIGHT, response=BankFileOut)
def undo(request: HttpRequest, batch_id: Path[Number]) -> Any:
    """Take what was booked out again, within a day; the work runs behind."""
    services.batch_undo(batch_id=_held(request, batch_id).pk, actor=person_of(request))
    return _shown(request, batch_id)
