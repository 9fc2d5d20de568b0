"""The files this room takes in, for the table of the top floor."""

from __future__ import annotations

from chedai.book.loans.bulk.bank_files import BANK_FILE
from chedai.book.loans.bulk.bank_lists import BANK_LIST
from chedai.book.loans.bulk.debit_returns import DEBIT_RETURN
from chedai.platform.imports.kinds import ImportKind


def import_kinds() -> dict[str, ImportKind]:
    """Bank statements, answers to debits, and the banks' lists of their own loans."""
    return {kind.code: kind for kind in (BANK_FILE, DEBIT_RETURN, BANK_LIST)}
