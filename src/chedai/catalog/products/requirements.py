"""What a lender asks for beside the figures: papers by job and marital state, and conditions of the payout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from chedai.engine.compare import CustomerKind
from chedai.platform.errors import Refusal


class PaperRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One paper that is asked for. `jobs` and `marital` are the codes it is asked of; empty asks everybody.

    `valid_days` is how old it may be on the day it is handed in; None is any age.
    """

    paper: str
    jobs: tuple[str, ...] = ()
    marital: tuple[str, ...] = ()
    customers: tuple[CustomerKind, ...] = ()
    required: bool = True
    valid_days: int | None = None

    def asked_of(self, *, job: str, marital: str, customer: CustomerKind = CustomerKind.PERSON) -> bool:
        """Whether the paper is asked of somebody."""
        return (
            (not self.jobs or job in self.jobs)
            and (not self.marital or marital in self.marital)
            and (not self.customers or customer in self.customers)
        )


class Requirements(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a version of a product asks for before and after the payout.

    `lien_days` days after the payout the lien must be filed, 0 before it, None never; `reading_seconds` is how long the
    cost statement is before the customer's eyes before it can be confirmed.
    """

    papers: tuple[PaperRule, ...] = ()
    gps: bool = False
    first_beneficiary: bool = True  # the lender is 第一受益人 of the car's insurance
    lien_days: int | None = 30
    down_payment_evidence: bool = True
    e_sign: bool = True
    reading_seconds: int = 30

    def papers_for(
        self, *, job: str, marital: str, customer: CustomerKind = CustomerKind.PERSON
    ) -> tuple[PaperRule, ...]:
        """The papers asked of one customer, in their order."""
        return tuple(p for p in self.papers if p.asked_of(job=job, marital=marital, customer=customer))


def requirements_of(document: Mapping[str, Any]) -> Requirements:
    """The requirements of a stored document. Errors: `Refusal` naming the place."""
    try:
        found = msgspec.convert(document, Requirements)
    except msgspec.ValidationError as error:
        zh, en = f"要求内容有误：{error}", f"the requirements cannot be read: {error}"
        raise Refusal("requirements-wrong", zh, en, field="requirements") from None
    if found.reading_seconds < 0 or (found.lien_days is not None and found.lien_days < 0):
        raise Refusal(
            "requirements-negative", "天数与秒数不得为负", "days and seconds are not below zero", field="lien_days"
        )
    return found


def stored(requirements: Requirements) -> dict[str, Any]:
    """The document of requirements."""
    document: dict[str, Any] = msgspec.to_builtins(requirements)
    return document
