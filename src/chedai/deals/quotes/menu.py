"""The F&I menu (加装逐项): each product offered once, alone, with its price and its own effect; a decline is signed.

Nothing is ticked beforehand and nothing is bundled. The walk starts at the preferred plan without any of them; what
was taken before is under the next one. When the menu is through, what was taken goes into a new version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import msgspec

from chedai.catalog.products.menu import menu_item
from chedai.deals.quotes import rules, selectors
from chedai.deals.quotes.freezing import fees_of, over_terms
from chedai.deals.quotes.frozen import FrozenAddOn, FrozenPlan
from chedai.deals.quotes.models import AddOnAnswer, Quote
from chedai.deals.quotes.states import AddOnChoice, QuoteState
from chedai.deals.quotes.versions import next_version, told, with_plans
from chedai.engine.compare.walk import AddOn, payment_walk
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.files.models import Paper
from chedai.platform.files.services import paper_hand_in
from chedai.platform.work import service

SIGNATURES: Final = frozenset({"image/png", "image/jpeg"})


class Effect(msgspec.Struct, frozen=True):
    """What taking a product does to the plan as it stands, in fen: the instalment after it, the difference, the cost
    on top of its price, and everything paid."""

    instalment: int
    effect: int
    cost: int
    total_paid: int


def effect_of(plan: FrozenPlan, taken: Sequence[FrozenAddOn], one: FrozenAddOn) -> Effect:
    """The effect of `one` on a plan that has `taken` already."""
    if plan.terms is None:
        total = plan.total_paid + sum(a.price for a in taken) + one.price
        return Effect(0, 0, 0, total)
    walk = [AddOn(a.name, a.price, a.financed) for a in (*taken, one)]
    step = payment_walk(plan.terms, walk, price=plan.price, fees=fees_of(plan))[-1]
    return Effect(step.instalment, step.effect, step.cost, step.total_paid)


@service
def add_on_answer(
    *,
    quote_id: int,
    code: str,
    choice: AddOnChoice,
    actor: Actor,
    financed: bool = False,
    signature: bytes = b"",
) -> AddOnAnswer:
    """Keep what the customer said to one product. A product is offered once for all versions of a quote.

    Errors: `Conflict` where it was answered already; `Refusal` for a decline without signature, or a financed product
    that lifts the loan above the price of the car.
    """
    quote = selectors.newest_lock(selectors.quote_read(quote_id).number)
    item, said = menu_item(code), selectors.answers_of(quote.number)
    if any(answer.code == code for answer in said):
        raise Conflict("add-on-answered", f"“{item.name}”已经问过一次", f"{item.name_en} has been offered already")
    if choice is AddOnChoice.DECLINED and not signature:
        zh, en = "不需要也请客户签字确认", "a decline is signed by the customer"
        raise Refusal("decline-not-signed", zh, en, field="signature")
    plan, before = selectors.plans_of(quote)[quote.preferred], taken(said)
    financed = financed and choice is AddOnChoice.ACCEPTED
    one = FrozenAddOn(item.code, item.name, item.price, financed)
    above = sum(add_on.price for add_on in before if add_on.financed) + one.price
    if financed and (refused := rules.add_on_refusal(bare(plan), above)) is not None:
        raise refused
    effect = effect_of(bare(plan), before, one)
    answer = AddOnAnswer.objects.create(
        quote=quote,
        code=item.code,
        name=item.name,
        price=item.price,
        financed=financed,
        choice=choice,
        instalment=effect.instalment,
        effect=effect.effect,
        cost=effect.cost,
        answered_at=clock.now(),
        signature=_signed(quote, code, signature, actor),
    )
    facts: dict[str, Scalar] = {"add_on": code, "price": item.price, "choice": choice.value, "financed": financed}
    told(quote, "quote.add_on_answered", actor, facts)
    return answer


@service
def add_ons_take(*, quote_id: int, actor: Actor) -> Quote:
    """A new draft with what was taken from the menu: financed products in the loan, the others paid on the day.

    Errors: `Refusal` where nothing was taken, or the draft has it already.
    """
    quote = selectors.newest_lock(selectors.quote_read(quote_id).number)
    now, plans = taken(selectors.answers_of(quote.number)), selectors.plans_of(quote)
    if not now or all(plan.add_ons == now for plan in plans):
        zh, en = "没有新的加装可并入方案", "there is nothing new to take into the plan"
        raise Refusal("no-add-on-taken", zh, en)
    if quote.state == QuoteState.ACCEPTED:
        raise Conflict("quote-accepted", "报价已接受，不能再加装", "the quote has been accepted")
    changed = tuple(with_add_ons(bare(plan), now) for plan in plans)
    made = next_version(quote, with_plans(changed, quote.preferred), actor)
    told(made, "quote.revised", actor, {"from": quote.version, "add_ons": ",".join(one.code for one in now)})
    return made


def with_add_ons(plan: FrozenPlan, taken: tuple[FrozenAddOn, ...]) -> FrozenPlan:
    """The plan with products beside the car; a subsidy stays what it was on the car alone."""
    beside = sum(one.price for one in taken)
    if plan.terms is None:
        paid = {"total_paid": plan.total_paid + beside, "cash_at_signing": plan.cash_at_signing + beside}
        return msgspec.structs.replace(plan, add_ons=taken, **paid)
    principal = plan.principal + sum(one.price for one in taken if one.financed)
    return over_terms(plan, replace(plan.terms, principal=principal), fees_of(plan), taken)


def bare(plan: FrozenPlan) -> FrozenPlan:
    """The plan without anything beside the car, from which the walk starts."""
    if not plan.add_ons:
        return plan
    beside = sum(one.price for one in plan.add_ons)
    if plan.terms is None:
        paid = {"total_paid": plan.total_paid - beside, "cash_at_signing": plan.cash_at_signing - beside}
        return msgspec.structs.replace(plan, add_ons=(), **paid)
    return over_terms(plan, replace(plan.terms, principal=plan.car_principal), fees_of(plan))


def taken(said: Sequence[AddOnAnswer]) -> tuple[FrozenAddOn, ...]:
    """What was accepted, in the order in which it was offered."""
    accepted = [answer for answer in said if answer.choice == AddOnChoice.ACCEPTED]
    return tuple(FrozenAddOn(one.code, one.name, one.price, one.financed) for one in accepted)


def _signed(quote: Quote, code: str, signature: bytes, actor: Actor) -> Paper | None:
    if not signature:
        return None
    purpose = f"add_on_decline:{code}"
    subject = f"quote:{quote.pk}"
    return paper_hand_in(
        subject=subject, purpose=purpose, name=f"{code}.png", content=signature, actor=actor, allowed=SIGNATURES
    )
