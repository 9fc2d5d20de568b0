"""Where Django finds the models of the rooms."""

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
    "BucketMove",
    "Delinquency",
    "Loan",
    "LoanChange",
    "LoanEvent",
    "LoanForm",
    "OpenItem",
    "OverdueDay",
    "ParkedMoney",
    "Plan",
]
