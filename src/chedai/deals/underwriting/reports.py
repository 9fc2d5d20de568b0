"""Exceptions and overrides by who approved them and by shop: how far the rules are followed (政策执行监督)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from chedai.deals.underwriting.models import Decision
from chedai.deals.underwriting.states import DecisionState, Verdict
from chedai.platform.clock import SHANGHAI

_APPROVED = (Verdict.APPROVE, Verdict.CONDITIONAL)


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """One approver or shop: decisions, approvals, how many went beyond a rule or against the outcome, how far."""

    name: str
    decided: int
    approved: int
    excepted: int
    overridden: int
    largest: int  # basis points

    @property
    def rate_bp(self) -> int:
        """Approvals with an exception, in basis points of all approvals."""
        return self.excepted * 10_000 // self.approved if self.approved else 0


@dataclass(frozen=True, slots=True)
class ExceptionReport:
    """The same decisions twice over, and which rules were gone beyond."""

    by_approver: tuple[ExceptionRow, ...]
    by_store: tuple[ExceptionRow, ...]
    by_rule: tuple[tuple[str, int], ...]
    decisions: tuple[Decision, ...]  # those with an exception or an override, newest first


def exception_report(records: Q, since: date, until: date) -> ExceptionReport:
    """The decisions confirmed from a day to a day, both inside. `records` filters by the deal's shop and officer."""
    people = ("case__deal__store", "closed_by", "proposed_by", "assessment")
    rows = (
        Decision.objects.filter(records, state=DecisionState.CONFIRMED, closed_at__isnull=False)
        .select_related(*people)
        .prefetch_related("exceptions")
        .order_by("-pk")
    )
    decided = [d for d in rows if d.closed_at and since <= d.closed_at.astimezone(SHANGHAI).date() <= until]
    rules: dict[str, int] = defaultdict(int)
    for decision in decided:
        for one in decision.exceptions.all():
            rules[one.code] += 1
    return ExceptionReport(
        _grouped(decided, lambda d: d.closed_by.display_name if d.closed_by else "—"),
        _grouped(decided, lambda d: d.case.deal.store.name),
        tuple(sorted(rules.items(), key=lambda pair: (-pair[1], pair[0]))),
        tuple(d for d in decided if d.exceptions.all() or d.override_code),
    )


def _grouped(decided: Iterable[Decision], name: Callable[[Decision], str]) -> tuple[ExceptionRow, ...]:
    groups: dict[str, list[Decision]] = defaultdict(list)
    for decision in decided:
        groups[name(decision)].append(decision)
    rows = (_row(who, those) for who, those in groups.items())
    return tuple(sorted(rows, key=lambda row: (-row.rate_bp, row.name)))


def _row(name: str, those: list[Decision]) -> ExceptionRow:
    approved = [d for d in those if d.verdict in _APPROVED]
    excepted = [d for d in approved if d.exceptions.all()]
    return ExceptionRow(
        name,
        len(those),
        len(approved),
        len(excepted),
        sum(1 for d in approved if d.override_code),
        max((d.deviation for d in approved), default=0),
    )
