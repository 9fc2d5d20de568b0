"""One method of repayment for another: from a balance and factors to the parts of every instalment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Final

from chedai.engine.schedule.balloon import balloon_from
from chedai.engine.schedule.equal_principal import equal_principal_from
from chedai.engine.schedule.flat import flat_from
from chedai.engine.schedule.interest_first import bullet_from, interest_first_from
from chedai.engine.schedule.level import level_from
from chedai.engine.schedule.rows import Amounts
from chedai.engine.schedule.stepped import stepped_from
from chedai.engine.terms import Amortisation, InterestMethod, LoanTerms


def plan(terms: LoanTerms, balance: int, factors: Sequence[Fraction]) -> Amounts:
    """Principal and interest of every period when `balance` is repaid over `factors` by the method of `terms`.

    One factor a period; they replace the rate, periods and dates of the terms. Deferred interest stays where it arises.
    """
    if terms.interest_method is InterestMethod.FLAT:
        return _flat(terms, balance, factors)
    return _PLANS[terms.amortisation](terms, balance, factors)


def _level(terms: LoanTerms, balance: int, factors: Sequence[Fraction]) -> Amounts:
    return level_from(
        balance,
        factors,
        tail=terms.balloon,
        instalment=terms.instalment,
        grace=terms.grace_principal,
        rounding=terms.rounding,
        multiple=terms.instalment_multiple,
        residue=terms.residue,
    )


def _balloon(terms: LoanTerms, balance: int, factors: Sequence[Fraction]) -> Amounts:
    return balloon_from(
        balance,
        factors,
        tail=terms.balloon,
        instalment=terms.instalment,
        grace=terms.grace_principal,
        rounding=terms.rounding,
        multiple=terms.instalment_multiple,
        residue=terms.residue,
    )


def _equal_principal(terms: LoanTerms, balance: int, factors: Sequence[Fraction]) -> Amounts:
    return equal_principal_from(
        balance, factors, grace=terms.grace_principal, rounding=terms.rounding, multiple=terms.instalment_multiple
    )


def _interest_first(terms: LoanTerms, balance: int, factors: Sequence[Fraction]) -> Amounts:
    return interest_first_from(balance, factors, rounding=terms.rounding)


def _bullet(terms: LoanTerms, balance: int, factors: Sequence[Fraction]) -> Amounts:
    return bullet_from(balance, factors, rounding=terms.rounding)


def _stepped(terms: LoanTerms, balance: int, factors: Sequence[Fraction]) -> Amounts:
    return stepped_from(balance, factors, terms.steps, rounding=terms.rounding, multiple=terms.instalment_multiple)


def _flat(terms: LoanTerms, balance: int, factors: Sequence[Fraction]) -> Amounts:
    return flat_from(
        balance,
        factors,
        amortisation=terms.amortisation,
        instalment=terms.instalment,
        grace=terms.grace_principal,
        rounding=terms.rounding,
        multiple=terms.instalment_multiple,
    )


_PLANS: Final[dict[Amortisation, Callable[[LoanTerms, int, Sequence[Fraction]], Amounts]]] = {
    Amortisation.EQUAL_INSTALMENT: _level,
    Amortisation.EQUAL_PRINCIPAL: _equal_principal,
    Amortisation.INTEREST_FIRST: _interest_first,
    Amortisation.BULLET: _bullet,
    Amortisation.BALLOON: _balloon,
    Amortisation.STEPPED: _stepped,
}
