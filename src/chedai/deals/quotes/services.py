"""Preparing a quote, revising it, offering it, having it accepted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.conf import settings

from chedai.catalog.products.selectors import catalogue_on
from chedai.crm.reception.guests import NOBODY, Whom, guest_of
from chedai.crm.reception.selectors import need_in_force
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.selectors import deal_lock
from chedai.deals.pipeline.services import deal_describe, deal_turn
from chedai.deals.pipeline.states import DealState, Stage, Turn
from chedai.deals.quotes import rules, selectors
from chedai.deals.quotes.events import QuoteAccepted
from chedai.deals.quotes.frozen import FrozenPlan
from chedai.deals.quotes.models import BespokeAsk, Quote
from chedai.deals.quotes.states import AskState, QuoteState
from chedai.deals.quotes.versions import close, kept, next_number, revised, told
from chedai.deals.quotes.wishes import DeskWish
from chedai.org.selectors import store_lock
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.approvals.services import approval_hold
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.work import emit, service

WAITS: Final = "等客户确认报价"


@service
def quote_prepare(
    *,
    desk: DeskWish,
    store_id: int,
    officer_id: int,
    actor: Actor,
    chosen: Sequence[str] = (),
    preferred: str = "",
    deal_id: int | None = None,
    need_id: int | None = None,
    whom: Whom = NOBODY,
    note: str = "",
) -> Quote:
    """Ask the catalogue and keep the answer as a draft: the first version of a new quote, or the next of the deal's.

    `whom` is whom reception knows it is for, where there is no deal yet. `chosen` and `preferred` are keys of
    `tray.key_of`; with none the best plans of the term are taken. Where no version of the needs is named, the quote
    answers the customer's last one. Errors: `Refusal` where nothing can be quoted.
    """
    deal = None if deal_id is None else deal_lock(deal_id)
    guest = None if deal is not None else guest_of(whom)
    customer = deal.customer if deal is not None else guest.customer if guest is not None else None
    if customer is not None and need_id is None and (need := need_in_force(customer.pk)) is not None:
        need_id = need.pk
    if deal is not None and (newest := deal.quotes.order_by("-version").first()) is not None:
        return revised(newest, desk, chosen, preferred, note, actor, need_id=need_id)
    store = store_lock(store_id)  # two who quote at once take different numbers
    made = kept(desk, chosen, preferred)
    quote = Quote.objects.create(
        **made,
        number=next_number(store.code, clock.business_date()),
        deal=deal,
        customer=customer,
        lead_id=guest.whom.lead_id if guest else None,
        visit_id=guest.whom.visit_id if guest else None,
        store=store,
        officer_id=officer_id,
        need_id=need_id,
        note=note.strip(),
    )
    told(quote, "quote.prepared", actor, {"plans": len(quote.plans) - 1, "need": need_id})
    return quote


@service
def quote_revise(
    *,
    quote_id: int,
    desk: DeskWish,
    actor: Actor,
    chosen: Sequence[str] = (),
    preferred: str = "",
    note: str = "",
    reason: str = "",
) -> Quote:
    """The next version of a quote, computed today. The old ones stay as they are."""
    quote = selectors.quote_read(quote_id)
    return revised(quote, desk, chosen, preferred, note, actor, reason=reason)


@service
def quote_make(
    *,
    desk: DeskWish,
    store_id: int,
    officer_id: int,
    actor: Actor,
    quote_id: int | None = None,
    chosen: Sequence[str] = (),
    preferred: str = "",
    deal_id: int | None = None,
    need_id: int | None = None,
    whom: Whom = NOBODY,
) -> Quote:
    """What the desk does in one step: keep the answer and offer it. Where the version at hand says the same and still
    stands, that one is given back: printing twice makes no new version. Errors: as `quote_prepare`, `quote_offer`.
    """
    before = None if quote_id is None else selectors.quote_read(quote_id)
    if before is None:
        draft = quote_prepare(
            desk=desk,
            store_id=store_id,
            officer_id=officer_id,
            chosen=chosen,
            preferred=preferred,
            deal_id=deal_id,
            need_id=need_id,
            whom=whom,
            actor=actor,
        )
        return quote_offer(quote_id=draft.pk, actor=actor)
    made, today = kept(desk, chosen, preferred), clock.business_date()
    same = all(getattr(before, name) == made[name] for name in ("wish", "digest", "preferred"))
    if same and before.state == QuoteState.OFFERED and before.valid_until is not None and today <= before.valid_until:
        return before
    draft = revised(before, desk, chosen, preferred, before.note, actor)
    return quote_offer(quote_id=draft.pk, actor=actor)


@service
def quote_offer(*, quote_id: int, actor: Actor) -> Quote:
    """Put a draft before the customer: from now on nothing in it changes, and it is good until its last day.

    Errors: `Refusal` where it was computed on another day, a product is no longer sold, or bespoke terms are not
    approved.
    """
    quote = selectors.quote_lock(quote_id)
    today, plans = clock.business_date(), selectors.plans_of(quote)
    refused = rules.move_refusal(QuoteState(quote.state), QuoteState.OFFERED)
    if refused is not None:
        raise refused
    if quote.quoted_on != today:
        zh, en = f"草稿按 {quote.quoted_on} 测算，请重新测算", f"the draft is of {quote.quoted_on}; compute it again"
        raise Refusal("quote-stale", zh, en, field="quoted_on")
    catalogue = catalogue_on(today, selectors.wish_of(quote).region)
    for plan in plans[1:]:
        if (gone := rules.sale_refusal(plan, catalogue, today)) is not None:
            raise gone
    words = [_approved(plan, today, actor) for plan in plans if plan.bespoke_id]
    quote.valid_until = rules.last_day(today, settings.QUOTE_VALID_DAYS, plans, catalogue, words)
    quote.state, quote.offered_at = QuoteState.OFFERED, clock.now()
    quote.save(update_fields=["state", "offered_at", "valid_until"])
    told(quote, "quote.offered", actor, {"valid_until": quote.valid_until.isoformat(), "digest": quote.digest})
    _show_on_deal(quote, plans, actor)
    return quote


def _show_on_deal(quote: Quote, plans: Sequence[FrozenPlan], actor: Actor) -> None:
    """What lists show of a deal while the customer thinks it over: the plan put first, and that it is their turn."""
    if quote.deal_id is None or quote.deal is None or quote.deal.stage != Stage.QUOTE:
        return
    first = plans[quote.preferred] if quote.preferred < len(plans) else plans[-1]
    deal_describe(
        deal_id=quote.deal_id,
        amount=first.principal,
        lender_code=first.lender_code,
        lender_name=first.lender_name,
        actor=actor,
    )
    deal_turn(deal_id=quote.deal_id, turn=Turn.CUSTOMER, next_step=WAITS, actor=actor)


@service
def quote_accept(*, quote_id: int, plan: int, actor: Actor) -> Quote:
    """The customer takes the plan at a position. What else was offered on the deal is withdrawn, the event goes out.

    Errors: `Refusal` where the quote has no deal, has expired, names no loan, or what it rests on is no longer sold;
    `Conflict` where another quote of the deal was accepted before.
    """
    quote = selectors.quote_lock(quote_id)
    if quote.deal_id is None:
        zh, en = "请先选定客户、建立案卷", "name the customer and open the deal first"
        raise Refusal("quote-without-deal", zh, en, field="deal")
    deal, today, plans = deal_lock(quote.deal_id), clock.business_date(), selectors.plans_of(quote)
    _refuse_acceptance(quote, plan, plans, today)
    _release_accepted(deal, actor)
    now, taken = clock.now(), plans[plan]
    for other in deal.quotes.filter(state__in=(QuoteState.OFFERED, QuoteState.DRAFT)).exclude(pk=quote.pk):
        close(other, QuoteState.WITHDRAWN, actor, "quote.withdrawn")
    quote.state, quote.accepted_plan, quote.closed_at = QuoteState.ACCEPTED, plan, now
    quote.save(update_fields=["state", "accepted_plan", "closed_at"])
    facts: dict[str, Scalar] = {"plan": plan, "lender": taken.lender_code, "product": taken.product_code}
    facts |= {"principal": taken.principal, "periods": taken.periods, "plan_digest": taken.digest}
    told(quote, "quote.accepted", actor, facts)
    deal_describe(
        deal_id=deal.pk,
        amount=taken.principal,
        lender_code=taken.lender_code,
        lender_name=taken.lender_name,
        vehicle=taken.vehicle or deal.vehicle,
        actor=actor,
    )
    emit(QuoteAccepted(deal.pk, quote.pk))
    return quote


@service
def quote_withdraw(*, quote_id: int, reason: str, actor: Actor) -> Quote:
    """Take a draft or an offer back, with the reason."""
    if not reason.strip():
        raise Refusal("reason-missing", "请写明撤回原因", "say why it is withdrawn", field="reason")
    quote = selectors.quote_lock(quote_id)
    if quote.state == QuoteState.ACCEPTED:
        zh, en = "已接受的报价不能撤回", "an accepted quote is not withdrawn"
        raise Conflict("quote-accepted", zh, en)
    return close(quote, QuoteState.WITHDRAWN, actor, "quote.withdrawn", reason)


@service
def quote_attach(*, quote_id: int, deal_id: int, actor: Actor) -> Quote:
    """Name the customer: every version of a quote made before anybody was known goes to the deal.

    Errors: `Conflict` where the quote or the deal has another already.
    """
    deal = deal_lock(deal_id)
    quote = selectors.newest_lock(selectors.quote_read(quote_id).number)
    if quote.deal_id == deal.pk:
        return selectors.quote_lock(quote_id)
    if quote.deal_id is not None:
        raise Conflict("quote-has-deal", "该报价已属于另一案卷", "the quote belongs to another deal", field="deal")
    if (other := deal.quotes.first()) is not None:
        zh, en = (
            f"该案卷已有报价 {other.number}，请在其上修订",
            f"the deal has the quote {other.number}; revise that one",
        )
        raise Conflict("deal-has-quote", zh, en, field="deal")
    Quote.objects.filter(number=quote.number).update(deal=deal, customer=deal.customer_id)
    attached = selectors.quote_lock(quote_id)
    told(attached, "quote.attached", actor, {"deal": deal.number})
    return attached


@service
def quotes_expire(*, actor: Actor) -> int:
    """Close the offers whose last day is over, for the daily round; how many."""
    over = Quote.objects.filter(state=QuoteState.OFFERED, valid_until__lt=clock.business_date())
    late = list(over.select_for_update(no_key=True).order_by("pk"))
    for quote in late:
        close(quote, QuoteState.EXPIRED, actor, "quote.expired")
    return len(late)


def _refuse_acceptance(quote: Quote, plan: int, plans: Sequence[FrozenPlan], today: date) -> None:
    catalogue = catalogue_on(today, selectors.wish_of(quote).region)
    refused: Refusal | None = rules.move_refusal(QuoteState(quote.state), QuoteState.ACCEPTED)
    if quote.state == QuoteState.EXPIRED and quote.valid_until is not None:
        refused = rules.validity_refusal(quote.valid_until, today) or refused
    refused = refused or (None if quote.valid_until is None else rules.validity_refusal(quote.valid_until, today))
    refused = refused or rules.plan_refusal(plans, plan) or rules.sale_refusal(plans[plan], catalogue, today)
    if refused is not None:
        raise refused


def _release_accepted(deal: Deal, actor: Actor) -> None:
    """One quote is accepted on a deal. Only where the deal came back to the quote may another take its place."""
    if deal.state != DealState.OPEN:
        raise Conflict("deal-closed", "该案卷已关闭", "this deal is closed")
    held = deal.quotes.filter(state=QuoteState.ACCEPTED).first()
    if held is None:
        return
    back = deal.stage == Stage.QUOTE and held.closed_at is not None and deal.stage_since > held.closed_at
    if not back:
        zh = f"该案卷已接受报价 {held.number} 第 {held.version} 版"
        raise Conflict("quote-accepted-already", zh, f"quote {held.number} version {held.version} was accepted")
    close(held, QuoteState.WITHDRAWN, actor, "quote.withdrawn")


def _approved(plan: FrozenPlan, today: date, actor: Actor) -> date:
    """Until when the word on bespoke terms is good. Errors: `Refusal` where nobody gave it, or it has run out."""
    ask = BespokeAsk.objects.filter(pk=plan.bespoke_id).first()
    held = ask is not None and ask.state == AskState.APPROVED
    if ask is None or not held or not approval_hold(approval_id=ask.approval_id, document=ask.asked(), actor=actor):
        zh, en = "个性化条件尚未获批，不能报出", "the bespoke terms are not approved"
        raise Refusal("bespoke-not-approved", zh, en, field="plan")
    if ask.expires_on < today:
        zh, en = f"个性化条件的批复有效至 {ask.expires_on}", f"the approval of the terms ended on {ask.expires_on}"
        raise Refusal("bespoke-expired", zh, en, field="plan")
    return ask.expires_on
