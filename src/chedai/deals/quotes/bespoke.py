"""Terms off the catalogue (个性化方案): the distance in figures, the approver by its size, a word that runs out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import msgspec

from chedai.catalog.products.limits import house_rules
from chedai.catalog.products.selectors import catalogue_on
from chedai.deals.quotes import rules, selectors
from chedai.deals.quotes.freezing import fees_of, over_terms
from chedai.deals.quotes.frozen import FrozenPlan, plan_from
from chedai.deals.quotes.models import BespokeAsk, Quote
from chedai.deals.quotes.states import AskState, QuoteState
from chedai.deals.quotes.versions import next_version, told, with_plans
from chedai.deals.quotes.wishes import refusing
from chedai.engine.compare import Product
from chedai.engine.compare.bespoke import Bespoke, Deviation, deviations, shape_deviation
from chedai.engine.money import RATE_SCALE, divide
from chedai.engine.rates import When
from chedai.engine.schedule import schedule
from chedai.engine.terms import Amortisation, LoanTerms, Step
from chedai.org.authority import steps_for
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.approvals.events import ApprovalClosed
from chedai.platform.approvals.services import approval_request
from chedai.platform.approvals.states import State
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import service

ACTION: Final = "price.deviation"
LONGEST: Final = 30
"""Days for which a word on bespoke terms may be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedTerms:
    """What the customer wants otherwise; None leaves the plan's own. Rate in 1e-8 a year, amounts in fen.

    A balloon (气球) is asked for by its `tail`, or by the `instalment` from which the tail is solved; a stepped plan
    (阶梯) by its `steps`.
    """

    annual_rate: int | None = None
    periods: int | None = None
    down_payment: int | None = None
    waive_fees: bool = False
    tail: int | None = None
    instalment: int | None = None
    steps: tuple[Step, ...] = ()

    @property
    def shapes(self) -> bool:
        """Whether the way of repaying is asked for otherwise."""
        return self.tail is not None or self.instalment is not None or bool(self.steps)


def bespoke_plan(plan: FrozenPlan, asked: AskedTerms) -> FrozenPlan:
    """The plan on the asked terms, worked out in full. Errors: `Refusal` at the field."""
    if plan.terms is None:
        raise Refusal("plan-is-cash", "全款没有贷款条件可改", "cash has no terms to change", field="plan")
    principal = plan.principal if asked.down_payment is None else plan.price - asked.down_payment
    if not 0 < principal <= plan.price:
        zh, en = "首付须低于车价且不为负", "the down payment is below the price and not negative"
        raise Refusal("bespoke-down-payment", zh, en, field="down_payment")
    kept = [fee for fee in fees_of(plan) if not asked.waive_fees or fee.when is When.CONTINGENT]
    with refusing():
        terms = _shaped(
            replace(
                plan.terms,
                principal=principal,
                annual_rate=plan.annual_rate if asked.annual_rate is None else asked.annual_rate,
                periods=plan.periods if asked.periods is None else asked.periods,
            ),
            asked,
        )
        made = over_terms(plan, terms, kept)
    ltv = divide(plan.ltv * principal, plan.principal)
    return msgspec.structs.replace(made, ltv=ltv, subsidies=(), advertised="", advertised_en="")


def _shaped(terms: LoanTerms, asked: AskedTerms) -> LoanTerms:
    """The terms repaid the way that was asked for. Errors: `Refusal` for two ways at once, those of the engine."""
    ways = [asked.tail is not None, asked.instalment is not None, bool(asked.steps)]
    if not any(ways):
        return terms
    if sum(ways) > 1:
        zh, en = "尾款、固定月供、阶梯还款只能选一种", "ask for a tail, a fixed instalment or steps: one of them"
        raise Refusal("bespoke-ways", zh, en, field="tail")
    plain = replace(terms, amortisation=Amortisation.EQUAL_INSTALMENT, balloon=0, instalment=None, grace_principal=0)
    if asked.steps:
        return replace(plain, amortisation=Amortisation.STEPPED, steps=asked.steps)
    if asked.tail is not None:
        return replace(plain, amortisation=Amortisation.BALLOON, balloon=asked.tail)
    last = schedule(replace(plain, amortisation=Amortisation.BALLOON, instalment=asked.instalment)).rows[-1]
    return replace(plain, amortisation=Amortisation.BALLOON, balloon=last.total - (asked.instalment or 0))


def lines_of(product: Product, plan: FrozenPlan, usual: LoanTerms | None = None) -> tuple[Deviation, ...]:
    """How far a plan is from its product, in figures; with the `usual` terms also how far its way of repaying is."""
    shape = () if usual is None or plan.terms is None else _shape_lines(plan.terms, usual)
    asked = Bespoke(
        price=plan.price,
        principal=plan.principal,
        periods=plan.periods,
        annual_rate=plan.annual_rate,
        fees=fees_of(plan),
    )
    return (*deviations(product, asked), *shape)


def _shape_lines(asked: LoanTerms, usual: LoanTerms) -> tuple[Deviation, ...]:
    same = replace(usual, principal=asked.principal, annual_rate=asked.annual_rate, periods=asked.periods)
    return shape_deviation(asked, same)


@service
def bespoke_ask(
    *, quote_id: int, plan: int, asked: AskedTerms, reason: str, days: int, staff_id: int, actor: Actor
) -> BespokeAsk:
    """Ask for terms off the catalogue on one plan of a quote; the size of the deviation names the approvers.

    Errors: `Refusal` without a reason, where nothing deviates, beyond what policies allow, or beyond all authority.
    """
    if not reason.strip():
        raise Refusal("reason-missing", "请写明理由", "say why", field="reason")
    if not 1 <= days <= LONGEST:
        zh, en = f"有效天数为 1 至 {LONGEST} 天", f"from 1 to {LONGEST} days"
        raise Refusal("bespoke-days", zh, en, field="days")
    quote, today = selectors.quote_lock(quote_id), clock.business_date()
    plans = selectors.plans_of(quote)
    if (refused := rules.plan_refusal(plans, plan)) is not None:
        raise refused
    made, product = bespoke_plan(plans[plan], asked), _product(quote, plans[plan], today)
    lines = lines_of(product, made, plans[plan].terms if asked.shapes else None)
    if not lines:
        zh, en = "与产品目录一致，无需审批", "nothing deviates from the catalogue"
        raise Refusal("bespoke-nothing", zh, en, field="annual_rate")
    _refuse_beyond_law(quote, made, today)
    size = rules.deviation_bp(lines, made.price, made.principal)
    return _asked(quote, made, lines, size, reason.strip(), today + timedelta(days=days), staff_id, actor)


@service
def bespoke_take(*, ask_id: int, actor: Actor) -> Quote:
    """A new draft in which the approved plan stands first. Errors: `Refusal` where it is not approved or is over."""
    ask = selectors.ask_lock(ask_id)
    if ask.state != AskState.APPROVED:
        zh, en = "个性化条件尚未获批，不能报出", "the bespoke terms are not approved"
        raise Refusal("bespoke-not-approved", zh, en)
    if ask.expires_on < clock.business_date():
        zh, en = f"个性化条件的批复有效至 {ask.expires_on}", f"the approval of the terms ended on {ask.expires_on}"
        raise Refusal("bespoke-expired", zh, en)
    quote = selectors.newest_lock(ask.quote.number)
    if quote.state == QuoteState.ACCEPTED:
        raise Conflict("quote-accepted", "报价已接受", "the quote has been accepted")
    taken = msgspec.structs.replace(plan_from(ask.plan), bespoke_id=ask.pk)
    cash, *loans = [one for one in selectors.plans_of(quote) if one.bespoke_id != ask.pk]
    made = next_version(quote, with_plans((cash, taken, *loans[:5]), 1), actor)
    told(made, "quote.revised", actor, {"from": quote.version, "bespoke": ask.pk})
    return made


def bespoke_close(event: ApprovalClosed) -> None:
    """An approval ended: the ask behind it is approved or refused."""
    to = AskState.APPROVED if event.state is State.APPROVED else AskState.REFUSED
    BespokeAsk.objects.filter(approval_id=event.approval_id).update(state=to)


def _asked(
    quote: Quote,
    plan: FrozenPlan,
    lines: tuple[Deviation, ...],
    size: int,
    reason: str,
    expires_on: date,
    staff_id: int,
    actor: Actor,
) -> BespokeAsk:
    made = msgspec.structs.replace(plan, deviation_bp=size)
    figures = [{"term": x.term.value, "asked": x.asked, "listed": x.listed, "difference": x.difference} for x in lines]
    ask = BespokeAsk(
        quote=quote,
        plan=made.document(),
        lines=figures,
        deviation_bp=size,
        reason=reason,
        asked_by_id=staff_id,
        asked_at=clock.now(),
        expires_on=expires_on,
    )
    on = clock.business_date()
    steps = steps_for(ACTION, amount=made.principal, deviation=size, store_id=quote.store_id, on=on)
    ask.approval = approval_request(
        action=ACTION,
        subject=f"quote:{quote.pk}",
        document=ask.asked(),
        steps=steps,
        actor=actor,
        amount=made.principal,
        deviation=size,
        unit=quote.store_id,
    )
    ask.save()
    facts: dict[str, Scalar] = {"bespoke": ask.pk, "deviation_bp": size, "steps": ",".join(steps)}
    told(quote, "quote.bespoke_asked", actor, facts | {"lines": ",".join(x.term.value for x in lines)})
    return ask


def _product(quote: Quote, plan: FrozenPlan, today: date) -> Product:
    catalogue = catalogue_on(today, selectors.wish_of(quote).region)
    if (refused := rules.sale_refusal(plan, catalogue, today)) is not None:
        raise refused
    return next(one for one in catalogue.products if one.code == plan.product_code)


def _refuse_beyond_law(quote: Quote, plan: FrozenPlan, today: date) -> None:
    wish = selectors.wish_of(quote).asked_on(today)
    kinds = frozenset() if plan.lender_kind is None else frozenset({plan.lender_kind})
    limits = house_rules(book_in_force(), wish, kinds, long_need=False).rules
    if (refused := rules.law_refusal(plan, limits)) is not None:
        raise refused
    if plan.ltv > RATE_SCALE:
        raise Refusal("bespoke-beyond-policy", "贷款超过车价", "the loan exceeds the car", field="down_payment")
