"""What this room listens to, for the table of the top floor."""

from __future__ import annotations

from typing import Any, Final

from chedai.book.closing.services import closure_open_on_settled, closure_void_on_reversed
from chedai.book.loans.events import LoanReversed, LoanSettled
from chedai.platform.events import Handler

HANDLERS: Final[dict[type[Any], Handler]] = {
    LoanSettled: closure_open_on_settled,
    LoanReversed: closure_void_on_reversed,
}
