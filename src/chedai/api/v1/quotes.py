"""Quotes: asking the whole catalogue, keeping versions on a deal, offering, sharing, accepting, the PDF."""

import base64
import hashlib
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Path, Router

from chedai.api.operations import caller_of, changing, reading
from chedai.api.paper_schemas import FileOut
from chedai.api.quote_schemas import (
    AcceptIn,
    AdviceIn,
    AdviceNoteOut,
    AdviceOut,
    ComparisonOut,
    PlanOut,
    QuoteIn,
    QuoteOut,
    ShareIn,
    ShareOut,
    WhyNotOut,
    WishIn,
)
from chedai.api.schemas import Number
from chedai.api.v1.deals import DealNumber, deal_for
from chedai.deals.quotes import advice, selectors, services, tray
from chedai.deals.quotes.freezing import freeze
from chedai.deals.quotes.sharing import quote_share
from chedai.deals.quotes.sheet import sheet_of
from chedai.deals.quotes.states import AdviceState
from chedai.engine.compare import Plan, WhyNot
from chedai.engine.compare.words import change_text, reason
from chedai.org.permissions import Permission
from chedai.platform.documents.rendering import pdf, png
from chedai.platform.errors import Conflict

router = Router(tags=["quotes"])

READ: Permission = "quote.read"
MAKE: Permission = "quote.make"


def _quote(request: HttpRequest, quote_id: int, permission: Permission) -> Any:
    """The version, where the caller may use `permission` on it."""
    found = selectors.quote_read(quote_id)
    caller_of(request).require(permission, store_id=found.store_id, owner_id=found.officer_id)
    return found


def _whole(quote_id: int) -> QuoteOut:
    quote = selectors.quote_read(quote_id)
    names = ("number", "version", "state", "vehicle", "quoted_on", "valid_until", "preferred", "digest", "note")
    facts = {name: getattr(quote, name) for name in (*names, "product_versions", "policies", "prepared_at", "plans")}
    deal = None if quote.deal is None else quote.deal.number
    return QuoteOut(id=quote.pk, deal=deal, need=quote.need_id, accepted=quote.accepted_plan, **facts)


def _plan(plan: Plan, wish: WishIn) -> PlanOut:
    frozen = freeze(plan, wish.desk())
    return PlanOut(
        key=tray.key_of(plan),
        lender=frozen.lender_code,
        product=frozen.product_code,
        periods=frozen.periods,
        instalment=frozen.instalment,
        over_cash=frozen.over_cash,
        nominal_rate=frozen.nominal_rate,
        effective_rate=frozen.effective_rate,
        plan=frozen.document(),
    )


def _why(why: WhyNot) -> WhyNotOut:
    return WhyNotOut(
        lender=why.product.lender.code,
        product=why.product.code,
        promotion="" if why.promotion is None else why.promotion.code,
        periods=why.periods,
        reasons=[reason(failure, why) for failure in why.failures],
        changes=[change_text(change) for change in why.changes],
    )


@changing(router, "/quotes", MAKE, response=ComparisonOut)
def compare(request: HttpRequest, wish: WishIn) -> Any:
    """Every plan of the catalogue for a wish, and why the others are not among them. Nothing is kept."""
    found = selectors.quote_answer(wish.desk())
    return ComparisonOut(
        on=found.on,
        catalogue=found.catalogue.name,
        policies=list(found.policies),
        plans=[_plan(plan, wish) for plan in found.comparison.plans],
        why_not=[_why(why) for why in found.comparison.why_not],
    )


@reading(router, "/quotes/{quote_id}", READ, response=QuoteOut)
def quote(request: HttpRequest, quote_id: Path[Number]) -> Any:
    """One version."""
    return _whole(_quote(request, quote_id, READ).pk)


@reading(router, "/deals/{number}/quotes", READ, response=list[QuoteOut])
def quotes(request: HttpRequest, number: DealNumber) -> Any:
    """Every version of a deal, newest first."""
    return [_whole(one.pk) for one in selectors.quotes_of(deal_for(request, number, READ).pk)]


@changing(router, "/deals/{number}/quotes", MAKE, response=QuoteOut, status=201)
def prepare(request: HttpRequest, number: DealNumber, asked: QuoteIn) -> Any:
    """Keep a draft on a deal: its first version, or the next."""
    deal = deal_for(request, number, MAKE)
    made = services.quote_prepare(
        desk=asked.wish.desk(),
        chosen=asked.chosen,
        preferred=asked.preferred,
        store_id=deal.store_id,
        officer_id=deal.officer_id,
        deal_id=deal.pk,
        need_id=asked.need,
        note=asked.note,
        actor=caller_of(request).actor,
    )
    return _whole(made.pk)


@changing(router, "/quotes/{quote_id}/offer", MAKE, response=QuoteOut)
def offer(request: HttpRequest, quote_id: Path[Number]) -> Any:
    """Put a draft before the customer: frozen, good until its last day."""
    found = _quote(request, quote_id, MAKE)
    return _whole(services.quote_offer(quote_id=found.pk, actor=caller_of(request).actor).pk)


@changing(router, "/quotes/{quote_id}/accept", MAKE, response=QuoteOut)
def accept(request: HttpRequest, quote_id: Path[Number], taken: AcceptIn) -> Any:
    """The customer takes a plan of the version whose digest the caller saw."""
    found = _quote(request, quote_id, MAKE)
    if found.digest != taken.digest:
        raise Conflict("quote-changed", "报价内容与所见不符", "this is not the quote that was seen", field="digest")
    made = services.quote_accept(quote_id=found.pk, plan=taken.plan, actor=caller_of(request).actor)
    return _whole(made.pk)


@changing(router, "/quotes/{quote_id}/shares", MAKE, response=ShareOut, status=201)
def share(request: HttpRequest, quote_id: Path[Number], asked: ShareIn) -> Any:
    """Make a link that opens without signing in; the token is told this once."""
    found, caller = _quote(request, quote_id, MAKE), caller_of(request)
    made = quote_share(quote_id=found.pk, staff_id=caller.access.staff_id, days=asked.days, actor=caller.actor)
    path = f"/q/{made.token}/"
    return ShareOut(id=made.share.pk, token=made.token, path=path, expires_at=made.share.expires_at)


@reading(router, "/advice", "advice.read", response=list[AdviceOut])
def advice_list(request: HttpRequest) -> Any:
    """The published texts of the advice library."""
    return [
        AdviceOut(id=one.pk, code=one.code, version=one.version, title=one.title, body=one.body)
        for one in advice.texts().filter(state=AdviceState.PUBLISHED)
    ]


@changing(router, "/quotes/{quote_id}/advice", MAKE, response=AdviceNoteOut, status=201)
def advise(request: HttpRequest, quote_id: Path[Number], asked: AdviceIn) -> Any:
    """Send a published text with the figures of a plan to the customer; the same one twice is sent once."""
    found, caller = _quote(request, quote_id, MAKE), caller_of(request)
    made = advice.advice_send(
        quote_id=found.pk, plan=asked.plan, text_id=asked.text, staff_id=caller.access.staff_id, actor=caller.actor
    )
    return AdviceNoteOut(id=made.pk, text=made.text_id, plan=made.plan, sent_at=made.sent_at)


@reading(router, "/quotes/{quote_id}/sheet/{kind}", READ, response=FileOut)
def sheet(request: HttpRequest, quote_id: Path[Number], kind: Literal["pdf", "png"]) -> Any:
    """The sheet as A4 PDF or as a picture, in base64."""
    found = _quote(request, quote_id, READ)
    data = sheet_of(found).data()
    content = pdf("quote", data) if kind == "pdf" else png("quote", data)
    return FileOut(
        media_type="application/pdf" if kind == "pdf" else "image/png",
        sha256=hashlib.sha256(content).hexdigest(),
        content=base64.b64encode(content).decode(),
    )
