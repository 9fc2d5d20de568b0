"""Which of the plans of a quote the paper is of: the one that was approved."""

from __future__ import annotations

from chedai.deals.quotes.frozen import FrozenPlan
from chedai.deals.quotes.selectors import plans_of, quote_accepted
from chedai.deals.underwriting.selectors import plan_approved
from chedai.platform.errors import NotFound, Refusal


def plan_in_hand(deal_id: int) -> FrozenPlan:
    """The plan the approval was given for. Of several lenders asked at once another may have won than the customer had
    put first: then it is that lender's plan of the same quote. Without an approval, the plan that was accepted.

    Errors: `Refusal` where the customer has accepted nothing.
    """
    try:
        quote = quote_accepted(deal_id)
    except NotFound:
        raise Refusal("no-plan", "客户还没有接受方案", "the customer has accepted no plan", field="plan") from None
    return plan_approved(quote, deal_id) or plans_of(quote)[quote.accepted_plan or 0]
