"""Reading quotes; asking the catalogue."""

from __future__ import annotations

import hashlib

from django.db.models import Q, QuerySet

from chedai.catalog.products.selectors import catalogue_on
from chedai.catalog.vehicles.selectors import vehicle_models
from chedai.crm.reception.guests import Whom
from chedai.deals.quotes.asking import Answer, answer
from chedai.deals.quotes.frozen import FrozenPlan, plan_from
from chedai.deals.quotes.models import AddOnAnswer, BespokeAsk, Quote, QuoteShare
from chedai.deals.quotes.states import QuoteState
from chedai.deals.quotes.wishes import DeskWish, wish_from
from chedai.platform import clock
from chedai.platform.errors import NotFound
from chedai.platform.policies.selectors import book_in_force


def quote_answer(desk: DeskWish) -> Answer:
    """Every plan and every reason for a wish, today. Errors: `Refusal` at the field."""
    today = clock.business_date()
    return answer(desk, catalogue_on(today, desk.region), book_in_force(), today)


def model_code(shown: str) -> str:
    """The code of the model that is shown so; nothing where it was typed freely."""
    listed = vehicle_models().filter(brand=shown.partition(" ")[0])
    return next((model.code for model in listed if str(model) == shown), "")


def quote_lock(quote_id: int) -> Quote:
    """One version of a quote, locked until the transaction ends. Errors: `NotFound`."""
    return _found(Quote.objects.select_for_update(no_key=True).filter(pk=quote_id))


def newest_lock(number: str) -> Quote:
    """The newest version of a quote, locked: of two who revise at once the second finds the first's. Errors:
    `NotFound`."""
    first = Quote.objects.select_for_update(no_key=True).filter(number=number).order_by("version").first()
    if first is None:
        raise _unknown()
    return _found(Quote.objects.select_for_update(no_key=True).filter(number=number).order_by("-version"))


def quotes_seen(records: Q) -> QuerySet[Quote]:
    """The quotes that `records` (from `Access.records("quote.read", owner="officer_id")`) leaves to see, newest
    first."""
    people = ("store", "officer__user", "deal__customer", "customer", "lead", "visit", "need")
    return Quote.objects.filter(records).select_related(*people).order_by("-pk")


def quote_read(quote_id: int) -> Quote:
    """One version with the people a page shows. Errors: `NotFound`."""
    return _found(quotes_seen(Q(pk=quote_id)))


def whom_of(quote: Quote) -> Whom:
    """Whom a version is for, by number."""
    return Whom(customer_id=quote.customer_id, lead_id=quote.lead_id, visit_id=quote.visit_id)


def versions_of(number: str) -> list[Quote]:
    """Every version of a quote, newest first."""
    return list(quotes_seen(Q(number=number)).order_by("-version"))


def quotes_of(deal_id: int) -> list[Quote]:
    """Every version of a deal, newest first."""
    return list(quotes_seen(Q(deal=deal_id)).order_by("-version"))


def plans_of(quote: Quote) -> tuple[FrozenPlan, ...]:
    """The plans of a version as they were frozen, cash first."""
    return tuple(plan_from(document) for document in quote.plans)


def wish_of(quote: Quote) -> DeskWish:
    """What the version answers."""
    return wish_from(quote.wish)


def quote_accepted(deal_id: int) -> Quote:
    """The version whose plan the customer of a deal took. Errors: `NotFound`."""
    found = Quote.objects.filter(deal=deal_id, state=QuoteState.ACCEPTED).first()  # asked often: no more than the row
    if found is None:
        raise NotFound("no-accepted-quote", "该案卷还没有接受的报价", "no quote of this deal has been accepted")
    return found


def accepted_plan(deal_id: int) -> FrozenPlan:
    """The plan the customer of a deal took, as it was frozen. Errors: `NotFound`."""
    quote = quote_accepted(deal_id)
    return plans_of(quote)[quote.accepted_plan or 0]


def share_of_token(token: str) -> QuoteShare:
    """The link behind a token, whatever its state. Errors: `NotFound`."""
    hashed = token_hash(token)
    found = QuoteShare.objects.select_related("quote__store", "quote__officer__user").filter(token_hash=hashed).first()
    if found is None:
        raise NotFound("no-such-link", "没有这个链接", "there is no such link")
    return found


def shares_of(quote_id: int) -> QuerySet[QuoteShare]:
    """The links of a version with their openings, newest first."""
    shares = QuoteShare.objects.filter(quote=quote_id).select_related("made_by__user")
    return shares.prefetch_related("openings").order_by("-pk")


def answers_of(number: str) -> list[AddOnAnswer]:
    """What was said to the menu, over every version, in the order in which it was offered."""
    return list(AddOnAnswer.objects.filter(quote__number=number).order_by("pk"))


def asks_of(number: str) -> list[BespokeAsk]:
    """The asks for bespoke terms over every version, newest first."""
    asks = BespokeAsk.objects.filter(quote__number=number).select_related("approval", "asked_by__user")
    return list(asks.order_by("-pk"))


def ask_lock(ask_id: int) -> BespokeAsk:
    """An ask, locked until the transaction ends. Errors: `NotFound`."""
    found = BespokeAsk.objects.select_for_update(no_key=True).filter(pk=ask_id).first()
    if found is None:
        raise NotFound("no-such-ask", "没有这项定制申请", "there is no such ask")
    return found


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _found(quotes: QuerySet[Quote]) -> Quote:
    found = quotes.first()
    if found is None:
        raise _unknown()
    return found


def _unknown() -> NotFound:
    return NotFound("no-such-quote", "没有这份报价", "there is no such quote")
