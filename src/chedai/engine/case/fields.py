"""Where a refusal of the engine points in the document: the published name of the field, and what was typed there.

The engine counts in fen and rate units and has its own names; whoever wrote the document knows neither.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from chedai.engine.case import document as doc
from chedai.engine.case.refusal import CaseRefused, refused
from chedai.engine.errors import EngineError, Infeasible

_TERMS: Final = {
    "annual_rate": "annual_rate_pct",
    "disbursed_on": "disbursement_date",
    "down_payment": "down_payment_pct",
    "first_due": "first_due_date",
    "rate": "penalty.annual_rate_pct",
    "grace_days": "penalty.grace_days",
    "bearing": "penalty.bearing",
    "cap_amount": "penalty.cap_amount",
    "cap_share": "penalty.cap_pct",
}
"""Names of `LoanTerms` and `PenaltyTerms` that the document spells otherwise."""

_EVENT: Final = {
    "on": "date",
    "annual_rate": "annual_rate_pct",
    "first_due": "first_due_date",
    "due_on": "due_date",
    "due": "due_date",
    "to": "new_due_date",
    "start": "start_date",
    "end": "end_date",
}
"""Names of the events that the document spells otherwise."""

_MONEY: Final = frozenset({"principal", "instalment", "instalment_multiple"})
"""Terms whose least value is one fen."""

_ONE_FEN: Final = Decimal("0.01")
_PLAIN: Final = 20
"""Digits up to which a number is repeated in full."""


def in_the_document(error: EngineError, case: doc.Case, place: int | None = None) -> CaseRefused:
    """`error` as a refusal of the terms, or of the event at `place`, by its published field and with what it says."""
    within: doc.TermsCase | doc.AnyEvent
    if place is None:
        field, rule, rule_zh = _of_terms(error, case.terms)
        part, within = "terms", case.terms
    else:
        field, rule, rule_zh = _of_event(error, case.events[place])
        part, within = f"events[{place}]", case.events[place]
    if field.split(".")[0].split("[")[0] not in within.__struct_fields__:
        return refused(part, rule, rule_zh)
    found = _found(within, field)
    counted = None if isinstance(error, Infeasible) else error.value  # what it could not repay is in fen
    return refused(f"{part}.{field}", rule, rule_zh, counted if found is None else found)


def _of_terms(error: EngineError, terms: doc.TermsCase) -> tuple[str, str, str]:
    field = _TERMS.get(error.argument, error.argument)
    if field == "instalment" and terms.instalment is None and terms.instalment_multiple > _ONE_FEN:
        return "instalment_multiple", "is too large: no instalment repays the loan", "过大,取整后的月供无法还清贷款"
    if field in _MONEY and error.rule == "must be at least 1":
        return field, "must be above 0", "必须大于 0"
    if field == "steps" and error.row is not None:
        stated = ".amount" if terms.steps[error.row].amount < 0 else ""
        return f"steps[{error.row}]{stated}", error.rule, error.rule_zh
    return field, error.rule, error.rule_zh


def _of_event(error: EngineError, event: doc.AnyEvent) -> tuple[str, str, str]:
    field = _EVENT.get(error.argument, error.argument)
    if isinstance(event, doc.DisbursementCase) and field == "date" and error.rule.startswith("leaves no plan"):
        if error.rule.endswith("must be after the disbursement"):
            return field, "must be before the first due date", "必须早于首期还款日"
        return field, f"is a payout day that {error.rule}", f"为放款日时{error.rule_zh}"
    return field, error.rule, error.rule_zh


def _found(part: object, field: str) -> object:
    """What stands in the field, in the words of the document; None where it is left out or no single value."""
    for step in re.findall(r"\w+", field):
        part = part[int(step)] if isinstance(part, tuple) else getattr(part, step, None)
    if isinstance(part, Decimal):
        return f"{part:f}" if -_PLAIN < part.adjusted() < _PLAIN else part
    return part if isinstance(part, (int, str, date)) else None
