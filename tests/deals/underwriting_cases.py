"""A case in good order, and ways to spoil it, for the tests of the decision."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from chedai.deals.underwriting.rules.book import RuleBook, book_of
from chedai.deals.underwriting.rules.values import (
    Ask,
    Borrower,
    Bureau,
    Car,
    Exposure,
    Helper,
    Inputs,
    Regulation,
    Signals,
    Worth,
)
from chedai.engine.affordability import level_instalments

ON = date(2026, 11, 20)


def book() -> RuleBook:
    """The rules as shipped."""
    return book_of({})


def ask(amount: int = 10_000_000, price: int = 15_000_000, periods: int = 36, add_ons: int = 0) -> Ask:
    """100,000.00 for a car of 150,000.00 over 36 months at 6 %, unless told otherwise."""
    return Ask(
        lender_code="OWN",
        lender_kind="leasing",
        product_code="OWN-STD",
        amount=amount,
        add_ons=add_ons,
        annual_rate=6_000_000,
        periods=periods,
        instalment=int(level_instalments(amount, 6_000_000, periods)[0]),
        down_payment=price - (amount - add_ons),
        plan_digest="d" * 64,
    )


def case(**changes: Any) -> Inputs:
    """Wang, 35 years old, salaried, 15,000.00 a month proven, 2,000.00 of debts, a new car of his own province."""
    clean = Inputs(
        on=ON,
        deal="CDA1202611-0001",
        round=1,
        mode="own_book",
        store_region="33",
        borrower=Borrower(
            age_months=35 * 12,
            id_region="33",
            residence_region="33",
            residence="owned",
            residence_months=60,
            job="salaried",
            job_months=48,
            licence="own",
            marital="married",
            income_stated=1_800_000,
            income_verified=1_500_000,
            debt_monthly=200_000,
        ),
        bureau=Bureau(
            stale=False,
            overdue_now=0,
            worst_run=0,
            overdue_months=0,
            queries_3m=1,
            card_limit=5_000_000,
            card_used=500_000,
            bad_debt=False,
        ),
        helpers=(),
        car=Car(kind="own_ice", price=15_000_000, reference=15_800_000, age_months=0),
        ask=ask(),
        regulation=Regulation(ltv=80_000_000, periods=60, rows=("loan_ratio.max@2018",)),
        exposure=Exposure(),
        signals=Signals(down_payment_payer="self", down_payment_proved=True),
    )
    return spoiled(clean, **changes)


def spoiled(inputs: Inputs, **changes: Any) -> Inputs:
    """The case with parts changed: `borrower={"job": "farmer"}`, or a whole part."""
    for name, change in changes.items():
        part = getattr(inputs, name)
        value = msgspec.structs.replace(part, **change) if isinstance(change, dict) else change
        inputs = msgspec.structs.replace(inputs, **{name: value})
    return inputs


def used(*worths: int, moved: date = date(2025, 6, 1), price: int = 8_000_000, age: int = 36) -> Car:
    """A used car with its valuations."""
    told = tuple(Worth("platform", amount, ON) for amount in worths)
    return Car(kind="used", price=price, age_months=age, worths=told, title_moved_on=moved)


def wife(income: int = 800_000, debts: int = 0) -> Helper:
    """She borrows jointly and brings proven income."""
    return Helper(role="spouse", joint=True, income_verified=income, income_stated=income, debt_monthly=debts)
