"""Finding what is owed for the security, and how the insurance stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, F, Q, QuerySet, Value, When

from chedai.catalog.partners.selectors import lender_of
from chedai.deals.collateral.models import CollateralItem, InsurancePolicy
from chedai.deals.collateral.rules import Least, Policy, covered_on, gap_days, shortfalls
from chedai.deals.collateral.states import Cover, ItemState
from chedai.deals.contracts.plans import plan_in_hand
from chedai.deals.contracts.selectors import contract_document, contract_signed
from chedai.deals.contracts.services.statements import requirements_of
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.states import DealState
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.policies.selectors import book_in_force

UNDONE = (ItemState.WAITING, ItemState.OPEN, ItemState.LAPSED)


@dataclass(frozen=True, slots=True)
class Insured:
    """How one cover stands on a day: the policy that holds, what it lacks, days without any since the contract."""

    cover: Cover
    policy: Policy | None
    lacking: tuple[Refusal, ...]
    gap: int
    renew_by: date | None  # the last day, where it is near


def item_lock(item_id: int) -> CollateralItem:
    """An item, locked until the transaction ends. Lock its deal first. Errors: `NotFound`."""
    return _item(CollateralItem.objects.select_for_update(no_key=True, of=("self",)).filter(pk=item_id))


def item_read(item_id: int) -> CollateralItem:
    """An item with its deal. Errors: `NotFound`."""
    return _item(CollateralItem.objects.filter(pk=item_id))


def items_of(deal_id: int) -> list[CollateralItem]:
    """Everything tracked of a deal, in its order."""
    return list(CollateralItem.objects.filter(deal_id=deal_id).select_related("owner__user", "paper").order_by("pk"))


def items_seen(records: Q) -> QuerySet[CollateralItem]:
    """What `records` (of `deal__store_id` and `deal__officer_id`) leaves to see, of deals that live.

    `urgent` is the day something is due; what is done, or whose clock has not begun, comes last by it.
    """
    people = ("deal__store", "deal__customer", "owner__user")
    urgent = Case(When(state__in=UNDONE, due_on__isnull=False, then=F("due_on")), default=Value(date.max))
    found = CollateralItem.objects.filter(records).exclude(deal__state=DealState.LOST)
    return found.annotate(urgent=urgent).select_related(*people)


def overdue(records: Q, on: date) -> QuerySet[CollateralItem]:
    """What is past its day and not done, longest first."""
    return items_seen(records).filter(state__in=UNDONE, due_on__lt=on).order_by("due_on", "pk")


def everything_back(deal_id: int) -> bool:
    """Whether nothing is owed for a deal."""
    return not CollateralItem.objects.filter(deal_id=deal_id).exclude(state=ItemState.DONE).exists()


def policies_of(deal_id: int) -> list[InsurancePolicy]:
    """Every policy that counts, newest first."""
    held = InsurancePolicy.objects.filter(deal_id=deal_id, withdrawn_at=None)
    return list(held.select_related("paper", "recorded_by").order_by("-ends", "-pk"))


def policy_read(policy_id: int) -> InsurancePolicy:
    """One policy that counts. Errors: `NotFound`."""
    found = InsurancePolicy.objects.filter(pk=policy_id, withdrawn_at=None).select_related("deal").first()
    if found is None:
        raise NotFound("no-such-policy", "没有这份保单", "there is no such insurance policy")
    return found


def as_rule(policy: InsurancePolicy) -> Policy:
    """A policy as the rule sees it."""
    return Policy(
        Cover(policy.cover),
        policy.starts,
        policy.ends,
        policy.damage,
        policy.third_party,
        policy.first_beneficiary,
    )


def least_of(deal_id: int, on: date) -> Least:
    """What the insurance of a deal must at least be: the loan for the car, and the standard of the house."""
    plan = plan_in_hand(deal_id)
    third_party = book_in_force().in_force("paper.third_party_least", on).money
    beneficiary = plan.lender_code if requirements_of(plan).first_beneficiary else ""
    return Least(min(plan.car_principal, plan.price), third_party, beneficiary)


def insured(deal: Deal, on: date) -> tuple[Insured, ...]:
    """How both covers of a deal stand on a day."""
    held = [as_rule(policy) for policy in policies_of(deal.pk)]
    least = least_of(deal.pk, on)
    near = timedelta(days=book_in_force().in_force("paper.renewal_days", on).number)
    contract = contract_signed(deal.pk)
    since = contract_document(contract).agreed_on if contract is not None else on
    found = []
    for cover in Cover:
        policy = covered_on(held, cover, on)
        lacking = tuple(shortfalls(policy, least)) if policy is not None else ()
        last = max((one.ends for one in held if one.cover is cover), default=None)
        renew = last if last is not None and last <= on + near else None
        found.append(Insured(cover, policy, lacking, gap_days(held, cover, min(since, on), on), renew))
    return tuple(found)


def renewals(records: Q, on: date) -> QuerySet[InsurancePolicy]:
    """The policies of paid-out deals that end soon, with no other to follow; soonest first."""
    near = on + timedelta(days=book_in_force().in_force("paper.renewal_days", on).number)
    ending = InsurancePolicy.objects.filter(records, withdrawn_at=None, ends__lte=near, deal__state=DealState.FUNDED)
    later = InsurancePolicy.objects.filter(withdrawn_at=None, ends__gt=near).values("deal_id", "cover")
    covered = {(row["deal_id"], row["cover"]) for row in later}
    left = [one.pk for one in ending if (one.deal_id, one.cover) not in covered]
    return ending.filter(pk__in=left).select_related("deal__store", "deal__customer").order_by("ends", "pk")


def lender_name(code: str) -> str:
    """The name of a first beneficiary."""
    return lender_of(code).name if code else ""


def _item(found: QuerySet[CollateralItem]) -> CollateralItem:
    one = found.select_related("deal", "owner__user").first()
    if one is None:
        raise NotFound("no-such-item", "没有这个事项", "there is no such item")
    return one
