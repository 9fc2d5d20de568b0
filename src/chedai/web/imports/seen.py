"""Which imports a person may see and work on.

To bring a kind in one holds its right. Whoever holds it for all stores sees every batch of that kind, others their own.
"""

from __future__ import annotations

from typing import Any

from chedai.platform.accounts.selectors import names
from chedai.platform.errors import NotFound
from chedai.platform.imports.kinds import ImportKind, kinds
from chedai.platform.imports.selectors import batches_seen
from chedai.web.doors import Request


def kinds_for(request: Request) -> list[ImportKind]:
    """The kinds the person may bring in."""
    return [kind for kind in kinds().values() if request.access.may(kind.permission)]


def kind_for(request: Request, code: str) -> ImportKind:
    """One of them. Errors: `NotFound`, `NotAllowed`."""
    found = kinds().get(code)
    if found is None:
        raise NotFound("no-such-import", "没有这种导入", "there is no such import")
    request.access.require(found.permission)
    return found


def batches(request: Request) -> Any:
    """The batches the person may see."""
    allowed = kinds_for(request)
    every = [kind.code for kind in allowed if request.access.stores(kind.permission) is None]
    return batches_seen(every, [kind.code for kind in allowed], request.actor.key)


def batch_for(request: Request, pk: int) -> Any:
    """One of them. Errors: `NotFound`."""
    found = batches(request).filter(pk=pk).first()
    if found is None:
        raise NotFound("no-such-batch", "没有这次导入", "there is no such import")
    return found


def bringer(batch: Any) -> str:
    """Who brought a batch."""
    kind, _colon, number = batch.brought_by.partition(":")
    if kind != "person" or not number.isdigit():
        return str(batch.brought_by)
    return names([int(number)]).get(int(number), str(batch.brought_by))


def name_bringers(rows: Any) -> None:
    """Hang on each batch of a page who brought it; one query for all of them."""
    numbers = {row.pk: int(row.brought_by.partition(":")[2]) for row in rows if row.brought_by.startswith("person:")}
    known = names(numbers.values())
    for row in rows:
        row.bringer = known.get(numbers.get(row.pk, 0), row.brought_by)
