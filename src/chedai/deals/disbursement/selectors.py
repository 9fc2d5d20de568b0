"""Finding payouts, and what the checklist says of a deal now."""

from __future__ import annotations

from typing import Final

from django.db.models import Q, QuerySet, Sum

from chedai.catalog.partners.selectors import lender_of
from chedai.catalog.vehicles.selectors import vehicles_bound
from chedai.deals.collateral.selectors import insured, items_of
from chedai.deals.collateral.states import Cover, ItemKind, ItemState
from chedai.deals.contracts.models import Contract, PayeeAccount
from chedai.deals.contracts.plans import plan_in_hand
from chedai.deals.contracts.selectors import (
    contract_document,
    contract_signed,
    payees_in_force,
    payees_proposed,
    statement_in_force,
)
from chedai.deals.contracts.services.statements import requirements_of
from chedai.deals.contracts.states import StatementState
from chedai.deals.disbursement import rules
from chedai.deals.disbursement.models import FundingItem, LenderNotice, PayoutOrder
from chedai.deals.disbursement.rules import Facts, Line, Said
from chedai.deals.disbursement.states import Check, EvidenceState, PayoutState, Route
from chedai.deals.pipeline.models import Deal
from chedai.deals.underwriting.selectors import approved
from chedai.platform import clock
from chedai.platform.errors import NotFound
from chedai.platform.privacy.keys import fingerprint
from chedai.platform.privacy.registry import purposes
from chedai.platform.privacy.selectors import consents_of
from chedai.platform.rows import at_most_one

CONSENTS: Final = {"credit_bureau": True, "share_lender": False}
"""Consents a payout needs: by every lender (True), or by partner lenders only."""


def payout_lock(payout_id: int) -> PayoutOrder:
    """A payout, locked until the transaction ends. Lock its deal first. Errors: `NotFound`."""
    return _payout(PayoutOrder.objects.select_for_update(no_key=True, of=("self",)).filter(pk=payout_id))


def payout_read(payout_id: int) -> PayoutOrder:
    """A payout with its deal. Errors: `NotFound`."""
    return _payout(PayoutOrder.objects.filter(pk=payout_id))


def payout_of(deal_id: int) -> PayoutOrder | None:
    """The payout of a deal that was not returned."""
    live = PayoutOrder.objects.filter(deal_id=deal_id).exclude(state=PayoutState.RETURNED)
    return at_most_one(live.select_related("requested_by", "released_by", "proof", "contract", "deal"))


def payouts_of(deal_id: int) -> list[PayoutOrder]:
    """Every payout that was ever asked for, newest first."""
    found = PayoutOrder.objects.filter(deal_id=deal_id).select_related("requested_by", "released_by", "deal")
    return list(found.order_by("-pk"))


def payouts_seen(records: Q) -> QuerySet[PayoutOrder]:
    """The payouts `records` (of `deal__store_id` and `deal__officer_id`) leaves to see."""
    people = ("deal__store", "deal__customer", "deal__officer__user", "requested_by", "released_by")
    return PayoutOrder.objects.filter(records).select_related(*people)


def parts_of(payout_id: int) -> list[tuple[PayeeAccount, int]]:
    """The accounts of a payout with their amounts (fen)."""
    parts = PayoutOrder.objects.get(pk=payout_id).parts.select_related("payee").order_by("pk")
    return [(part.payee, part.amount) for part in parts]


def evidence_of(deal_id: int) -> list[FundingItem]:
    """The papers handed in for the checklist, newest first."""
    held = FundingItem.objects.filter(deal_id=deal_id)
    return list(held.select_related("paper", "handed_in_by", "checked_by").order_by("-pk"))


def evidence_lock(item_id: int) -> FundingItem:
    """One such paper, locked until the transaction ends. Errors: `NotFound`."""
    found = (
        FundingItem.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk=item_id)
        .select_related("deal")
        .first()
    )
    if found is None:
        raise NotFound("no-such-evidence", "没有这份凭证", "there is no such evidence")
    return found


def evidence_read(item_id: int) -> FundingItem:
    """One such paper with its deal. Errors: `NotFound`."""
    found = FundingItem.objects.filter(pk=item_id).select_related("deal", "paper").first()
    if found is None:
        raise NotFound("no-such-evidence", "没有这份凭证", "there is no such evidence")
    return found


def lender_notice(deal_id: int) -> LenderNotice | None:
    """The partner's word that its money is out."""
    return LenderNotice.objects.filter(deal_id=deal_id).order_by("-pk").first()


def route_of(deal_id: int) -> Route:
    """Who pays: we, where the lender is our own book; else the lender."""
    return Route.OWN if lender_of(plan_in_hand(deal_id).lender_code).own_book else Route.LENDER


def funding_checklist(deal: Deal) -> tuple[Line, ...]:
    """The checklist as it stands now."""
    return rules.checklist(_facts(deal))


def seen_digest(contract: Contract, accounts: list[tuple[PayeeAccount, int]], payout: PayoutOrder) -> str:
    """What the second person's screen shows of a payout, as a hash: worked out from what stands now."""
    parts = [(one.pk, fingerprint(one.account.in_full().encode()), amount) for one, amount in accounts]
    return rules.digest_of(contract.digest, parts, payout.amount, payout.agreed_on)


def _facts(deal: Deal) -> Facts:
    plan, approval, contract = plan_in_hand(deal.pk), approved(deal.pk), contract_signed(deal.pk)
    needs, statement = requirements_of(plan), statement_in_force(deal.pk)
    covers = {one.cover: one for one in insured(deal, clock.business_date())}
    commercial = covers[Cover.COMMERCIAL]
    done = {item.kind for item in items_of(deal.pk) if item.state == ItemState.DONE}
    payees = payees_in_force(deal.pk)
    bound = set(vehicles_bound(deal.pk).values_list("pk", flat=True))
    evidenced: int = (
        FundingItem.objects.filter(deal=deal, code=Check.DOWN_PAYMENT, state=EvidenceState.ACCEPTED).aggregate(
            n=Sum("amount")
        )["n"]
        or 0
    )
    return Facts(
        approved=approval is not None,
        statement_confirmed=statement is not None and statement.state == StatementState.CONFIRMED,
        contract_signed=contract is not None,
        consents_missing=_consents_missing(deal, needs.gps),
        down_payment=plan.down_payment,
        down_evidenced=evidenced,
        down_asked=needs.down_payment_evidence,
        compulsory_held=covers[Cover.COMPULSORY].policy is not None,
        commercial_held=commercial.policy is not None,
        commercial_lacks=tuple((r.zh, r.en) for r in commercial.lacking if r.code != "no-first-beneficiary"),
        beneficiary_asked=needs.first_beneficiary,
        beneficiary_named=commercial.policy is not None and commercial.policy.beneficiary == plan.lender_code,
        lien_days=needs.lien_days,
        lien_done=ItemKind.LIEN in done,
        gps_asked=needs.gps,
        gps_done=ItemKind.GPS in done,
        vehicle_bound=contract is not None and contract_document(contract).vehicle_id in bound,
        payee_total=sum(one.amount for one in payees),
        payee_waiting=bool(payees_proposed(deal.pk)),
        principal=plan.principal,
        conditions=tuple(Said(c.code, c.zh, c.en, c.met) for c in (approval.conditions if approval else ())),
    )


def _consents_missing(deal: Deal, gps: bool) -> tuple[tuple[str, str], ...]:
    """The consents of the borrower that are not in force."""
    partner = route_of(deal.pk) is Route.LENDER
    wanted = [purpose for purpose, always in CONSENTS.items() if always or partner]
    if gps:
        wanted.append("location")
    standing = consents_of([f"customer:{deal.customer_id}"]).filter(withdrawn_at=None)
    held = set(standing.values_list("purpose", flat=True))
    words = purposes()
    return tuple((words[one].zh, words[one].en) for one in wanted if one not in held)


def _payout(found: QuerySet[PayoutOrder]) -> PayoutOrder:
    one = at_most_one(found.select_related("deal", "contract", "requested_by"))
    if one is None:
        raise NotFound("no-such-payout", "没有这笔放款", "there is no such payout")
    return one
