"""The way into the contract: an approval opens the stage and makes the statement of all-in cost."""

from __future__ import annotations

from chedai.deals.applications.events import LenderWon
from chedai.deals.contracts.services.statements import cost_statement_make
from chedai.deals.pipeline.selectors import deal_lock
from chedai.deals.pipeline.services import deal_advance, deal_turn
from chedai.deals.pipeline.states import Stage, Turn
from chedai.deals.underwriting.events import CreditDecided
from chedai.deals.underwriting.selectors import approved
from chedai.deals.underwriting.states import Verdict
from chedai.platform.actors import system
from chedai.platform.errors import Refusal
from chedai.platform.work import service

ACTOR = system("contracts")
_SAID_YES = frozenset({Verdict.APPROVE, Verdict.CONDITIONAL})


@service
def contract_stage_on_decision(event: CreditDecided) -> None:
    """The house said yes: the deal goes to the contract. A pre-check that passed decides nothing yet."""
    if event.verdict in _SAID_YES:
        _open(event.deal_id)


@service
def contract_stage_on_lender_won(event: LenderWon) -> None:
    """A partner's approval was taken: the deal goes to the contract."""
    _open(event.deal_id)


def _open(deal_id: int) -> None:
    """Where the accepted plan is not what was approved the officer quotes again; that is no fault of the decision."""
    deal = deal_lock(deal_id)
    if approved(deal_id) is None or deal.stage not in (Stage.DECISION, Stage.CONTRACT):
        return
    if deal.stage == Stage.DECISION:
        deal_advance(
            deal_id=deal_id,
            to=Stage.CONTRACT,
            owner_id=None,
            turn=Turn.OFFICER,
            next_step="出示综合融资成本明示表",
            actor=ACTOR,
        )
    try:
        cost_statement_make(deal_id=deal_id, actor=ACTOR)
    except Refusal as refused:
        deal_turn(deal_id=deal_id, turn=Turn.OFFICER, next_step=refused.zh[:120], actor=ACTOR)
