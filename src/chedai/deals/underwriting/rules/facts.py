"""Inputs as the flat facts the tables read, under the names of `fields`. A decision asks in stages: the score needs the
figures, the grade needs the score, the limits need the grade.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from chedai.deals.underwriting.rules.ratios import FULL, means, share
from chedai.deals.underwriting.rules.values import Bureau, Inputs, Ratios
from chedai.engine.money import RATE_SCALE

BP: Final = RATE_SCALE // FULL

Fact: TypeAlias = int | str | bool | None
Facts: TypeAlias = dict[str, Fact]


def facts_of(inputs: Inputs, found: Ratios) -> Facts:
    """Everything known before the score."""
    return {
        **_person(inputs),
        **_bureau(inputs.bureau),
        **_deal(inputs),
        **_signals(inputs),
        "ltv_bp": found.ltv,
        "all_in_bp": found.all_in,
        "down_bp": found.down,
        "dti_bp": found.dti,
        "pti_bp": found.pti,
        "stressed_dti_bp": found.dti_stressed,
        "price_over_bp": found.price_over,
        "spread_bp": found.spread,
        "quality_bp": inputs.quality.points if inputs.quality else None,
        "agreement_bp": inputs.quality.agreement if inputs.quality else None,
    }


def _person(inputs: Inputs) -> Facts:
    person, age = inputs.borrower, inputs.borrower.age_months
    income = means(inputs).verified
    return {
        "mode": inputs.mode,
        "kind": person.kind,
        "age_years": None if age is None else age // 12,
        "age_end_years": None if age is None else (age + inputs.ask.periods) // 12,
        "out_of_province": _outside(inputs),
        "residence": person.residence,
        "residence_months": person.residence_months,
        "job": person.job,
        "job_months": person.job_months,
        "licence": person.licence,
        "marital": person.marital,
        "income_yuan": None if income is None else income // 100,
        "guaranteed_yuan": _yuan_up(inputs.exposure.guaranteed),
    }


def _outside(inputs: Inputs) -> bool | None:
    """Whether neither where the borrower is registered nor where they live is the province of the store."""
    person, here = inputs.borrower, inputs.store_region
    if not here or not (person.id_region or person.residence_region):
        return None
    return here not in (person.id_region, person.residence_region)


def _bureau(bureau: Bureau | None) -> Facts:
    if bureau is None:
        names = ("bureau_stale", "bad_debt", "overdue_now_yuan", "worst_run", "overdue_months", "queries_3m")
        return dict.fromkeys((*names, "card_use_bp"))
    return {
        "bureau_stale": bureau.stale,
        "bad_debt": bureau.bad_debt,
        "overdue_now_yuan": _yuan_up(bureau.overdue_now),
        "worst_run": bureau.worst_run,
        "overdue_months": bureau.overdue_months,
        "queries_3m": bureau.queries_3m,
        "card_use_bp": share(bureau.card_used, bureau.card_limit) if bureau.card_limit else None,
    }


def _deal(inputs: Inputs) -> Facts:
    ask, car = inputs.ask, inputs.car
    moved = car.title_moved_on
    return {
        "lender_kind": ask.lender_kind,
        "vehicle_kind": car.kind,
        "amount_yuan": _yuan_up(ask.amount),
        "periods": ask.periods,
        "rate_bp": None if ask.all_in_rate is None else -(-ask.all_in_rate // BP),
        "car_age_months": car.age_months,
        "car_age_end_months": None if car.age_months is None else car.age_months + ask.periods,
        "valuations": len(car.worths),
        "title_moved_days": None if moved is None else (inputs.on - moved).days,
    }


def _signals(inputs: Inputs) -> Facts:
    seen = inputs.signals
    return {
        "employer_phone_deals": seen.employer_phone_deals,
        "same_phone_deals": seen.same_phone_deals,
        "same_address_deals": seen.same_address_deals,
        "same_employer_deals": seen.same_employer_deals,
        "same_file_deals": seen.same_file_deals,
        "statement_faults": seen.statement_faults,
        "differences_open": seen.differences_open,
        "papers_missing": seen.papers_missing,
        "down_payment_payer": seen.down_payment_payer,
        "down_payment_proved": seen.down_payment_proved,
    }


def _yuan_up(amount: int) -> int:
    """Whole yuan, rounded up: a limit in yuan is passed by the first fen beyond it."""
    return -(-amount // 100)
