"""Which of the plans of a quote the paper is of: the one that was approved."""

from __future__ import annotations

from chedai.deals.quotes.frozen import FrozenPlan
from chedai.deals.quotes.selectors import accepted_plan, plans_of, quote_accepted
from chedai.deals.underwriting.selectors import approved
from chedai.platform.errors import NotFound, Refusal


def plan_in_hand(deal_id: int) -> FrozenPlan:
    """The plan the approval was given for. Of several lenders asked at once another may have won than the customer had
    put first: then it is that lender's plan of the same quote. Without an approval, the plan that was accepted.

    Errors: `Refusal` where the customer has accepted nothing.
    """
    try:
        plans = plans_of(quote_accepted(deal_id))
    except NotFound:
        raise Refusal("no-plan", "客户还没有接受方案", "the customer has accepted no plan", field="plan") from None
    found = approved(deal_id)
    digest = found.plan_digest if found is not None else ""
    return next((plan for plan in plans if plan.digest == digest), None) or accepted_plan(deal_id)
