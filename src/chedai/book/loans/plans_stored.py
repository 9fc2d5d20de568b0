"""Plans in force as a query takes them: the bytes of a rule with the row, the few that are no rule by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import F

from chedai.book.loans.models import Plan
from chedai.book.loans.plan_rules import RULE
from chedai.platform.bulk import Blob, is_postgres, rows_among

IS_RULED: Final = f"CASE WHEN length(p.packed) = {RULE.itemsize} THEN 1 ELSE 0 END"
"""Whether the plan `p` of a query is a rule."""


def ruled_bytes() -> Blob:
    """The bytes of the plan `p` of a query where it is a rule, else as many of nothing."""
    nothing = f"'\\x{'00' * RULE.itemsize}'::bytea" if is_postgres() else f"zeroblob({RULE.itemsize})"
    return Blob(f"CASE WHEN length(p.packed) = {RULE.itemsize} THEN p.packed ELSE {nothing} END", RULE.itemsize)


def plans_in_force(loans: Sequence[int]) -> list[bytes]:
    """The packed plans in force of these loans, in the order of their numbers."""
    theirs = Plan.objects.filter(rows_among("book_plan.loan_id", loans), version=F("loan__plan_version"))
    return [bytes(packed) for packed in theirs.order_by("loan_id").values_list("packed", flat=True)]
