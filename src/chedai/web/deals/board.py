"""The deals of a list as lanes of a board, and on the days they are due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from django.db.models import Count, QuerySet, Sum
from django.urls import reverse

from chedai.deals.pipeline.limits import limits
from chedai.deals.pipeline.states import Stage
from chedai.platform.clock import SHANGHAI
from chedai.web.deals.lists import late, limit_of, urgency_of, used_of
from chedai.web.deals.steps import step_words
from chedai.web.deals.words import STAGES, TURNS
from chedai.web.doors import Request
from chedai.web.lists.build import found
from chedai.web.lists.state import State
from chedai.web.ui.board import Card, Lane, Urgency, urgent_first
from chedai.web.ui.month import Entry, Month, month_of

LANES: Final = tuple(stage for stage in Stage if stage is not Stage.COMPLETE)
_CARDS: Final = 12
_ENTRIES: Final = 400
_TINTS: Final = {Urgency.LATE: "red", Urgency.SOON: "amber", Urgency.CALM: ""}


def lanes(request: Request, state: State) -> list[Lane]:
    """A lane for each stage, what is late on top; counts and sums speak of everything that fits."""
    rows = found(request, state).filter(closed_at=None)
    counted = {r["stage"]: r for r in rows.order_by().values("stage").annotate(n=Count("pk"), total=Sum("amount"))}
    overdue = dict(rows.filter(late()).order_by().values_list("stage").annotate(n=Count("pk")))
    return [_lane(state, stage, rows, counted.get(stage, {}), overdue.get(stage, 0)) for stage in LANES]


def _lane(state: State, stage: Stage, rows: QuerySet[Any], counted: dict[str, int], overdue: int) -> Lane:
    number = counted.get("n", 0)
    first = rows.filter(stage=stage).order_by("turn_since", "pk")[:_CARDS] if number else ()
    more = f"{reverse('deals')}?{state.query(chosen={'stage': stage.value})}"
    return Lane(
        key=stage.value,
        title=STAGES[stage],
        cards=urgent_first(_card(deal) for deal in first),
        count=number,
        late=overdue,
        total=counted.get("total", 0),
        most=limits().most.get(stage, 0),
        more_url=more,
    )


def _card(deal: Any) -> Card:
    return Card(
        title=str(deal.customer.name),
        url=reverse("deal", args=[deal.number]),
        used=used_of(deal),
        limit=limit_of(deal),
        lines=tuple(line for line in (deal.vehicle or deal.number, deal.lender_name) if line),
        amount=deal.amount or None,
        owner=deal.owner.user.display_name,
        reason=" · ".join(str(part) for part in (TURNS[deal.turn], step_words(deal.next_step)) if part),
    )


def month(request: Request, state: State, day: date) -> Month:
    """The open deals on the day by which whoever's turn it is must have acted."""
    rows = found(request, state).filter(closed_at=None).order_by("turn_since", "pk")[:_ENTRIES]
    return month_of(day, _entries(rows))


def _entries(rows: QuerySet[Any]) -> Iterator[Entry]:
    for deal in rows:
        due = limits().due(deal.turn_since, limit_of(deal)).astimezone(SHANGHAI).date()
        label = f"{deal.customer.name} · {STAGES[deal.stage]}"
        yield Entry(due, label, reverse("deal", args=[deal.number]), _TINTS[urgency_of(deal)])
