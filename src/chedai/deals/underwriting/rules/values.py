"""What a decision is made of and what it says: frozen values, stored as canonical bytes.

Amounts fen, rates and shares 1e-8, ratios of tables basis points. None is a fact nobody collected; no rule may take it
for zero. Nothing here names a person: no name, no number, no address.
"""

from __future__ import annotations

import hashlib
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

FORM: Final = 1
"""The form of the stored bytes; raised whenever a field changes its meaning."""


class Outcome(StrEnum):
    """What the rules say; people decide."""

    PASS = "pass"
    REFER = "refer"  # a person must look: a fact is missing, or something does not fit together
    DECLINE = "decline"


class Effect(StrEnum):
    """What a rule that hits does to the outcome."""

    STOP = "stop"  # no authority may go beyond it
    DECLINE = "decline"  # may be overridden, with a reason, and is counted as an exception
    REFER = "refer"
    NOTE = "note"


class Borrower(msgspec.Struct, frozen=True, kw_only=True):
    """The applicant as the rules see them. Regions are the first two digits of the identity number's place."""

    kind: str = "person"
    age_months: int | None = None
    id_region: str | None = None
    residence_region: str | None = None
    residence: str | None = None
    residence_months: int | None = None
    job: str | None = None
    job_months: int | None = None
    licence: str | None = None
    marital: str | None = None
    income_stated: int | None = None  # a month
    income_verified: int | None = None  # a month
    debt_monthly: int | None = None


class Bureau(msgspec.Struct, frozen=True, kw_only=True):
    """What of a credit report counts."""

    stale: bool
    overdue_now: int
    worst_run: int
    overdue_months: int
    queries_3m: int
    card_limit: int
    card_used: int
    bad_debt: bool


class Helper(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who answers for the loan beside the applicant; only joint borrowers bring income."""

    role: str
    joint: bool
    income_verified: int | None = None
    income_stated: int | None = None
    debt_monthly: int | None = None


class Worth(msgspec.Struct, frozen=True):
    """One valuation: fen, already less what an invoice bundles."""

    source: str
    amount: int
    valued_on: date


class Car(msgspec.Struct, frozen=True, kw_only=True):
    """The car. `reference` is the maker's list price of a new one; a used one needs valuations instead."""

    kind: str
    price: int
    subsidy: int = 0
    reference: int | None = None
    age_months: int | None = None
    worths: tuple[Worth, ...] = ()
    title_moved_on: date | None = None


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. `amount` = `car_loan` + `add_ons`; `instalment` is the highest regular one."""

    lender_code: str
    lender_kind: str
    product_code: str
    amount: int
    add_ons: int
    annual_rate: int
    periods: int
    instalment: int
    down_payment: int
    plan_digest: str
    all_in_rate: int | None = None  # the higher of 单利 and 复利, fees included

    @property
    def car_loan(self) -> int:
        """What of the amount pays for the car: the numerator of the regulator's ratio."""
        return self.amount - self.add_ons


class Regulation(msgspec.Struct, frozen=True, kw_only=True):
    """The regulator's limits of the day and the rows of the policy book they come from. None: left to the lender."""

    ltv: int | None = None  # 1e-8
    periods: int | None = None
    rate: int | None = None  # a year, over everything the rate counts
    rows: tuple[str, ...] = ()


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """What the house has already lent or promised (fen)."""

    customer: int = 0
    guaranteed: int = 0


class Signals(msgspec.Struct, frozen=True, kw_only=True):
    """What other deals and the papers say. Counts are of other deals, explained or not: people judge explanations."""

    employer_phone_deals: int = 0
    same_phone_deals: int = 0
    same_address_deals: int = 0
    same_employer_deals: int = 0
    same_file_deals: int = 0
    statement_faults: int = 0
    differences_open: int = 0
    papers_missing: int = 0
    down_payment_payer: str | None = None
    down_payment_proved: bool = False


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """What raters made of the questionnaire: share of the points (bp), how many rated, how far they agree (bp)."""

    points: int
    raters: int
    agreement: int | None = None


class Stress(msgspec.Struct, frozen=True):
    """How hard the burden is tried (压力测试), in 1e-8: the rate rises by so much a year, income falls by that share.

    The defaults are what was tried before the policy named it: decisions of that time replay as they were.
    """

    rate_rise: int = 2_000_000
    income_fall: int = 20_000_000


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a decision may know, on one business date."""

    on: date
    deal: str
    round: int
    mode: str
    store_region: str
    borrower: Borrower
    bureau: Bureau | None
    helpers: tuple[Helper, ...]
    car: Car
    ask: Ask
    regulation: Regulation
    exposure: Exposure
    signals: Signals
    quality: Quality | None = None
    stress: Stress = Stress()


class RuleVersion(msgspec.Struct, frozen=True):
    """Which text of a rule set was used."""

    name: str
    version: str
    digest: str


class PointLine(msgspec.Struct, frozen=True):
    """The points of one attribute and the bin they come from."""

    attribute: str
    bin: str
    points: int


class LimitPart(msgspec.Struct, frozen=True):
    """One of the amounts (fen) of which the smallest is the limit."""

    name: str
    amount: int


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that hit. `found` and `limit` are in the unit of `field`; `deviation` is basis points beyond the limit."""

    code: str
    effect: Effect
    rule_set: str
    version: str
    field: str = ""
    found: int | None = None
    limit: int | None = None
    deviation: int = 0


class Ratios(msgspec.Struct, frozen=True, kw_only=True):
    """The figures the rules asked for (bp, rounded up so that a ratio over its limit stays over it); None: unknown."""

    base: int | None = None  # fen, the price the ratios count
    ltv: int | None = None
    all_in: int | None = None
    down: int | None = None
    dti_before: int | None = None
    dti: int | None = None
    pti: int | None = None
    dti_stated: int | None = None
    dti_stressed: int | None = None
    price_over: int | None = None  # price above the reference
    spread: int | None = None  # between the valuations


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules say on one set of inputs."""

    form: int = FORM
    outcome: Outcome
    grade: str
    score: int | None
    points: tuple[PointLine, ...]
    ratios: Ratios
    limits: tuple[LimitPart, ...]
    limit: int | None
    binding: str
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    flags: tuple[Reason, ...]
    conditions: tuple[str, ...]
    reviews: tuple[str, ...]  # roles a low grade adds
    deviation: int
    rules: tuple[RuleVersion, ...]

    @property
    def stopped(self) -> bool:
        """Whether a rule hit that no authority may go beyond."""
        return any(reason.effect is Effect.STOP for reason in self.reasons)

    @property
    def exceptions(self) -> tuple[Reason, ...]:
        """The rules an approval would go beyond."""
        return tuple(reason for reason in self.reasons if reason.effect is Effect.DECLINE)


def canonical(value: msgspec.Struct) -> bytes:
    """The bytes of a value: the same value always gives the same bytes."""
    return msgspec.json.encode(value, order="deterministic")


def canonical_rules(rules: tuple[RuleVersion, ...]) -> bytes:
    """The bytes of the versions a decision used."""
    return msgspec.json.encode(rules, order="deterministic")


def inputs_from(body: bytes) -> Inputs:
    """Stored inputs. Errors: `msgspec.ValidationError`."""
    return msgspec.json.decode(body, type=Inputs)


def result_from(body: bytes) -> Result:
    """A stored result. Errors: `msgspec.ValidationError`."""
    return msgspec.json.decode(body, type=Result)


def digest_of(*parts: bytes) -> str:
    """SHA-256 over the parts, each preceded by its length."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()
