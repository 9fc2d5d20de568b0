"""Where Django finds the models of the rooms."""

from chedai.book.ledger.models import (
    AccountDay,
    AccountMonth,
    JournalEntry,
    JournalHead,
    PeriodMove,
    Posting,
)
from chedai.book.loans.models import (
    BucketMove,
    Delinquency,
    Loan,
    LoanChange,
    LoanEvent,
    LoanForm,
    OpenItem,
    OverdueDay,
    ParkedMoney,
    Plan,
)

__all__ = [
    "AccountDay",
    "AccountMonth",
    "BucketMove",
    "Delinquency",
    "JournalEntry",
    "JournalHead",
    "Loan",
    "LoanChange",
    "LoanEvent",
    "LoanForm",
    "OpenItem",
    "OverdueDay",
    "ParkedMoney",
    "PeriodMove",
    "Plan",
    "Posting",
]
