"""After a decline: what would pass, and the next-best plans of the catalogue that do. Advice, no promise (B14)."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from chedai.deals.applications.selectors import application_read
from chedai.deals.quotes.freezing import freeze
from chedai.deals.quotes.frozen import FrozenPlan
from chedai.deals.quotes.selectors import quote_accepted, quote_answer, wish_of
from chedai.deals.quotes.wishes import DeskWish
from chedai.deals.underwriting.gathering import ask_of
from chedai.deals.underwriting.models import Assessment
from chedai.deals.underwriting.rulebooks import book_on
from chedai.deals.underwriting.rules.deciding import decide
from chedai.deals.underwriting.rules.passing import Passing, what_would_pass
from chedai.deals.underwriting.rules.values import Inputs, Outcome
from chedai.deals.underwriting.selectors import inputs_in
from chedai.platform import clock
from chedai.platform.errors import Refusal

MOST = 3


@dataclass(frozen=True, slots=True)
class NextBest:
    """The smallest changes that lift the decline, and plans of the catalogue the rules of today do not decline.

    `wish` is what those plans were asked with: the same car, with the down payment that passes where one does.
    """

    changes: tuple[Passing, ...]
    plans: tuple[FrozenPlan, ...]
    wish: DeskWish


def next_best(assessment: Assessment) -> NextBest:
    """What may be offered instead. Errors: `NotFound` where the deal has no accepted quote."""
    inputs, book = inputs_in(assessment), book_on(clock.business_date())
    changes = what_would_pass(inputs, book)
    application = application_read(assessment.case.application)
    wish = wish_of(quote_accepted(application.deal_id))
    down = next((change.after for change in changes if change.lever == "down_payment"), wish.down_payment)
    wish = msgspec.structs.replace(wish, down_payment=max(down, wish.down_payment), term=None)
    try:
        found = quote_answer(wish).comparison.plans
    except Refusal:  # a car that is no longer sold: the changes alone are the advice
        return NextBest(changes, (), wish)
    plans: list[FrozenPlan] = []
    for plan in found:
        frozen = freeze(plan, wish)
        if frozen.is_cash or any(one.lender_code == frozen.lender_code for one in plans):
            continue
        if _passes(inputs, frozen):
            plans.append(frozen)
        if len(plans) == MOST:
            break
    return NextBest(changes, tuple(plans), wish)


def _passes(inputs: Inputs, plan: FrozenPlan) -> bool:
    assert plan.lender_kind is not None
    asked = msgspec.structs.replace(inputs, ask=ask_of(plan, plan.lender_kind))
    return decide(asked, book_on(inputs.on)).outcome is not Outcome.DECLINE
