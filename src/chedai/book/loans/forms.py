"""What many loans share, as canonical JSON, and the whole of one loan's agreement put together again.

The loan has its own principal, rate, number of periods and days; all else of its terms, the conventions it is counted
by and the fee for leaving early are its form. The same form is stored once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from chedai.book.loans.models import LoanForm
from chedai.engine.life import Conventions
from chedai.engine.money import Rounding
from chedai.engine.settlement import SettlementFee
from chedai.engine.terms import (
    Amortisation,
    DayCount,
    InterestMethod,
    LoanTerms,
    MonthEnd,
    Residue,
    Shift,
    Step,
    Stub,
    Unit,
)

if TYPE_CHECKING:
    from chedai.book.loans.models import Loan


class SharedTerms(msgspec.Struct, frozen=True, kw_only=True):
    """The terms of a loan without its own figures. `states_first_due`: the first due day was agreed, not worked out."""

    every: int
    unit: Unit
    interest_method: InterestMethod
    amortisation: Amortisation
    day_count: DayCount
    rounding: Rounding
    residue: Residue
    month_end: MonthEnd
    due_day: int | None
    stub: Stub
    shift: Shift
    grace_principal: int
    grace_interest: int
    interest_free_periods: int
    down_payment: int
    balloon: int
    instalment: int | None
    instalment_multiple: int
    steps: tuple[Step, ...]
    states_first_due: bool


class FormBody(msgspec.Struct, frozen=True, kw_only=True):
    """A form. `fees_stop`: fees that come with later instalments fall away when the loan is settled early."""

    terms: SharedTerms
    conventions: Conventions
    fee: SettlementFee = SettlementFee()
    fees_stop: bool = True


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed for one loan, and how it is counted."""

    terms: LoanTerms
    conventions: Conventions
    fee: SettlementFee
    fees_stop: bool


def form_body(terms: LoanTerms, conventions: Conventions, fee: SettlementFee, *, fees_stop: bool = True) -> bytes:
    """The form of these terms as canonical JSON."""
    shared = {name: getattr(terms, name) for name in SharedTerms.__struct_fields__ if name != "states_first_due"}
    body = FormBody(
        terms=SharedTerms(**shared, states_first_due=terms.first_due is not None),
        conventions=conventions,
        fee=fee,
        fees_stop=fees_stop,
    )
    return msgspec.json.encode(body, order="deterministic")


def form_keep(body: bytes) -> LoanForm:
    """The stored form of these bytes, written where it is new."""
    digest = hashlib.sha256(body).hexdigest()
    return LoanForm.objects.get_or_create(digest=digest, defaults={"body": body})[0]


@lru_cache(maxsize=512)
def _decoded(body: bytes) -> FormBody:
    return msgspec.json.decode(body, type=FormBody)


def agreement_of(loan: Loan) -> Agreement:
    """What was agreed for a loan; its form must be loaded with it."""
    form = _decoded(bytes(loan.form.body))
    shared = msgspec.structs.asdict(form.terms)
    first_due = loan.first_due if shared.pop("states_first_due") else None
    terms = LoanTerms(
        principal=loan.principal,
        annual_rate=loan.annual_rate,
        periods=loan.periods,
        disbursed_on=loan.disbursed_on,
        first_due=first_due,
        **shared,
    )
    return Agreement(terms, form.conventions, form.fee, form.fees_stop)


def conventions_of(forms: Iterable[int]) -> dict[int, Conventions]:
    """The conventions of many forms by their key."""
    rows = LoanForm.objects.filter(pk__in=set(forms)).values_list("pk", "body")
    return {pk: _decoded(bytes(body)).conventions for pk, body in rows}
