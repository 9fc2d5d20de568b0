"""How much: every amount that limits the loan, the smallest of them, and which one that is.

Order decides ties: the law, the house's loan to value, all in, income, policy, exposure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from chedai.deals.underwriting.rules.ratios import FULL, means
from chedai.deals.underwriting.rules.values import Effect, Inputs, LimitPart, Ratios, Reason
from chedai.engine.affordability import Limits, maximal_loan
from chedai.engine.money import RATE_SCALE
from chedai.engine.valuation import max_loan

BP: Final = RATE_SCALE // FULL
MOST: Final = 99_999
"""The largest deviation that is told apart: nobody's authority reaches that far."""

OVER: Final = {
    "law": "over-ltv-law",
    "ltv": "over-ltv",
    "all_in": "over-all-in",
    "income": "over-income",
    "policy": "over-policy",
    "exposure": "over-exposure",
}
"""By the name of a limit the reason for being beyond it."""


@dataclass(frozen=True, slots=True)
class Caps:
    """The row of the policy table that fits: shares in basis points, amounts in yuan."""

    ltv_bp: int
    all_in_bp: int
    dti_bp: int
    pti_bp: int
    periods: int
    amount_yuan: int
    exposure_yuan: int


def caps_of(row: dict[str, Any] | None) -> Caps | None:
    """The row as a value; None where no row fits."""
    return None if row is None else Caps(**{name: int(row[name]) for name in Caps.__dataclass_fields__})


def parts(inputs: Inputs, found: Ratios, caps: Caps | None) -> tuple[LimitPart, ...]:
    """The limits that can be worked out from what is known, in the order that decides ties."""
    known: list[LimitPart] = []
    add_ons = inputs.ask.add_ons
    if found.base is not None and inputs.regulation.ltv is not None:
        known.append(LimitPart("law", _of(found.base, inputs.regulation.ltv) + add_ons))
    if caps is None:
        return tuple(known)
    if found.base is not None:
        known.append(LimitPart("ltv", _of(found.base, caps.ltv_bp * BP) + add_ons))
        known.append(LimitPart("all_in", _of(found.base, caps.all_in_bp * BP)))
    carried = _income(inputs, caps)
    if carried is not None:
        known.append(LimitPart("income", carried))
    known.append(LimitPart("policy", caps.amount_yuan * 100))
    known.append(LimitPart("exposure", max(0, caps.exposure_yuan * 100 - inputs.exposure.customer)))
    return tuple(known)


def smallest(known: tuple[LimitPart, ...]) -> LimitPart | None:
    """The limit that binds. None where one of those every case has could not be worked out."""
    if not {"ltv", "all_in", "income", "policy", "exposure"} <= {part.name for part in known}:
        return None
    return min(known, key=lambda part: part.amount)


def beyond(inputs: Inputs, known: tuple[LimitPart, ...], version: str) -> list[Reason]:
    """A reason for every limit the amount is beyond."""
    amount, add_ons = inputs.ask.amount, inputs.ask.add_ons
    reasons = []
    for part in known:
        if amount <= part.amount:
            continue
        law = part.name == "law"
        of_car = add_ons if part.name in ("law", "ltv") else 0  # these two are told of the loan for the car alone
        reasons.append(
            Reason(
                code=OVER[part.name],
                effect=Effect.STOP if law else Effect.DECLINE,
                rule_set="policies" if law else "policy",
                version=", ".join(inputs.regulation.rows) if law else version,
                field="amount",
                found=amount - of_car,
                limit=part.amount - of_car,
                deviation=deviation(amount, part.amount),
            )
        )
    return reasons


def too_long(inputs: Inputs, caps: Caps, version: str) -> list[Reason]:
    """The reasons for a term beyond the regulator's or the house's."""
    periods, law = inputs.ask.periods, inputs.regulation.periods
    reasons = []
    if law is not None and periods > law:
        rows = ", ".join(inputs.regulation.rows)
        reasons.append(_term("over-term-law", Effect.STOP, "policies", rows, periods, law))
    if periods > caps.periods:
        reasons.append(_term("over-term", Effect.DECLINE, "policy", version, periods, caps.periods))
    return reasons


def too_dear(inputs: Inputs) -> list[Reason]:
    """The reason for a rate above the cap of the day; a plan's rate counts its fees."""
    cap, rate = inputs.regulation.rate, inputs.ask.all_in_rate
    if cap is None or rate is None or rate <= cap:
        return []
    rows = ", ".join(inputs.regulation.rows)
    found, limit = -(-rate // BP), cap // BP
    return [
        Reason(
            code="over-rate-law",
            effect=Effect.STOP,
            rule_set="policies",
            version=rows,
            field="rate_bp",
            found=found,
            limit=limit,
            deviation=deviation(found, limit),
        )
    ]


def too_heavy(found: Ratios, caps: Caps, version: str) -> list[Reason]:
    """The reasons for an instalment beyond the share of income, where the amount alone does not show it."""
    reasons = []
    for code, field, ratio, cap in (
        ("over-dti", "dti_bp", found.dti, caps.dti_bp),
        ("over-pti", "pti_bp", found.pti, caps.pti_bp),
    ):
        if ratio is not None and ratio > cap:
            reasons.append(
                Reason(
                    code=code,
                    effect=Effect.DECLINE,
                    rule_set="policy",
                    version=version,
                    field=field,
                    found=ratio,
                    limit=cap,
                    deviation=min(MOST, ratio - cap),
                )
            )
    return reasons


def deviation(found: int, limit: int) -> int:
    """How far beyond, in basis points of the limit, rounded up."""
    return min(MOST, -(-(found - limit) * FULL // max(limit, 1)))


def _term(code: str, effect: Effect, rule_set: str, version: str, found: int, limit: int) -> Reason:
    return Reason(
        code=code,
        effect=effect,
        rule_set=rule_set,
        version=version,
        field="periods",
        found=found,
        limit=limit,
        deviation=deviation(found, limit),
    )


def _of(base: int, max_share: int) -> int:
    return int(max_loan(base, max_share)[0])


def _income(inputs: Inputs, caps: Caps) -> int | None:
    have, ask = means(inputs), inputs.ask
    if have.verified is None or have.debts is None:
        return None
    limits = Limits(caps.dti_bp * BP, caps.pti_bp * BP)
    return int(maximal_loan(have.verified, have.debts, limits, ask.annual_rate, ask.periods).amount[0])
