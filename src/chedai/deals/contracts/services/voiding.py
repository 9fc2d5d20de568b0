"""Putting a contract out of force, and giving back what its signing had taken."""

from __future__ import annotations

from chedai.catalog.products.promotions import promotion_give_back
from chedai.catalog.vehicles.services import vehicle_release
from chedai.deals.contracts import selectors
from chedai.deals.contracts.models import Contract
from chedai.deals.contracts.states import CONTRACT_MOVES, ContractState
from chedai.deals.pipeline.events import DealLost
from chedai.platform import clock
from chedai.platform.actors import Actor, system
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict
from chedai.platform.work import record, service


def contract_void(contract: Contract, actor: Actor, *, why: str) -> None:
    """Void a contract. Inside a service that holds its deal. A signed one gives back its promotion and its car."""
    at = ContractState(contract.state)
    to = CONTRACT_MOVES.get((at, "void"))
    if to is None:
        raise Conflict("contract-void", "合同已作废", "the contract is void already")
    contract.state, contract.voided_at = to, clock.now()
    contract.save(update_fields=["state", "voided_at"])
    facts: dict[str, Scalar] = {"contract": contract.number, "was": at.value, "why": why}
    record(actor=actor, action="contract.voided", subject=f"deal:{contract.deal_id}", facts=facts)
    if at is not ContractState.SIGNED:
        return
    document = selectors.contract_document(contract)
    if document.promotion_code:
        promotion_give_back(code=document.promotion_code, contract=contract.number, actor=actor)
    vehicle_release(vehicle_id=document.vehicle_id, deal_id=contract.deal_id, actor=actor)


@service
def contract_void_on_lost(event: DealLost) -> None:
    """A deal that comes to nothing gives back what its contract had taken."""
    contract = selectors.contract_in_force(event.deal_id)
    if contract is not None:
        contract_void(contract, system("contracts"), why=f"lost:{event.reason}")
