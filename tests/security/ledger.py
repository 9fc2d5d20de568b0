"""The ledger behind its addresses: it belongs to the house, and one entry is in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from chedai.book.ledger.journal import journal_post
from chedai.book.ledger.kinds import EntryKind
from chedai.book.ledger.rules import Transfer
from chedai.book.ledger.selectors import head
from chedai.platform import clock
from chedai.platform.actors import system

if TYPE_CHECKING:
    from tests.security.holdings import House

Values = dict[str, Any]


def _entry(house: House) -> Values:
    """The first entry."""
    if head()[0] == 0:
        journal_post(
            day=clock.business_date(),
            kind=EntryKind.PAYOUT,
            subject="loan:1",
            transfers=[Transfer("1301", "1002", 100)],
            actor=system("test"),
        )
    return {"seq": 1}


OF_HOUSE: Final[dict[str, Callable[[House], Values]]] = {
    "ledger_account": lambda house: {"code": "1301"},
    "journal_entry": _entry,
    "get /ledger/accounts/{code}/statement": lambda house: {"code": "1301"},
    "get /ledger/entries/{seq}": _entry,
}
