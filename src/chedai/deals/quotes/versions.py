"""Versions of a quote as they are kept: computed, numbered, closed, recorded. The services stand on these."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import msgspec
from django.db.models import F
from django.db.models.functions import Length

from chedai.deals.quotes import rules, selectors, tray
from chedai.deals.quotes.asking import Answer
from chedai.deals.quotes.freezing import freeze
from chedai.deals.quotes.frozen import FrozenPlan
from chedai.deals.quotes.models import Quote
from chedai.deals.quotes.states import QuoteState
from chedai.deals.quotes.wishes import DeskWish
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Refusal
from chedai.platform.work import record

_SAME: Final = (
    *("store_id", "officer_id", "deal_id", "customer_id", "lead_id", "visit_id", "need_id"),
    *("vehicle", "wish", "chosen", "note"),
    *("catalogue", "product_versions", "policies", "plans", "preferred", "digest"),
)
"""What a version has from the one before, unless it is changed."""


def next_version(old: Quote, changed: Mapping[str, object], actor: Actor) -> Quote:
    """A version after the newest of `old`'s number, in which the columns `changed` differ; a draft is withdrawn."""
    newest = selectors.newest_lock(old.number)
    if newest.state == QuoteState.DRAFT:
        close(newest, QuoteState.WITHDRAWN, actor, "quote.replaced")
    today: dict[str, object] = {"quoted_on": clock.business_date(), "prepared_at": clock.now()}
    values: dict[str, object] = {name: getattr(old, name) for name in _SAME}
    values |= today | dict(changed)
    return Quote.objects.create(number=old.number, version=newest.version + 1, **values)


def with_plans(plans: Sequence[FrozenPlan], preferred: int) -> dict[str, object]:
    """The columns that hold plans."""
    return {
        "plans": [plan.document() for plan in plans],
        "preferred": preferred,
        "digest": hashlib.sha256(msgspec.json.encode(list(plans), order="deterministic")).hexdigest(),
    }


def revised(
    old: Quote,
    desk: DeskWish,
    chosen: Sequence[str],
    preferred: str,
    note: str,
    actor: Actor,
    *,
    need_id: int | None = None,
    reason: str = "",
) -> Quote:
    """The next version of a quote, computed today."""
    made = kept(desk, chosen, preferred)
    made |= {"note": note.strip(), "need_id": need_id or old.need_id}
    quote = next_version(old, made, actor)
    told(quote, "quote.revised", actor, {"from": old.version, "plans": len(quote.plans) - 1}, reason)
    return quote


def kept(desk: DeskWish, chosen: Sequence[str], preferred: str) -> dict[str, object]:
    """The columns of a version that follow from asking. Errors: `Refusal` where there is no loan to quote."""
    found = selectors.quote_answer(desk)
    shown = tray.lay(found.comparison.plans, chosen, desk.term)
    plans = tuple(freeze(plan, desk) for plan in shown)
    if len(plans) < 2:
        zh, en = "没有符合条件的贷款方案，请看未入选的原因", "no loan meets the wish; see the reasons"
        raise Refusal("nothing-to-quote", zh, en, field="down_payment")
    return {
        "wish": desk.document(),
        "vehicle": desk.vehicle,
        "chosen": [tray.key_of(plan) for plan in shown if not plan.is_cash],
        **with_plans(plans, tray.place_of(shown, preferred)),
        **_rests_on(found, plans),
        "quoted_on": found.on,
        "prepared_at": clock.now(),
    }


def _rests_on(found: Answer, plans: Sequence[FrozenPlan]) -> dict[str, object]:
    versions = sorted({plan.product_version for plan in plans if plan.product_version})
    return {"catalogue": found.catalogue.name, "product_versions": versions, "policies": list(found.policies)}


def close(quote: Quote, to: QuoteState, actor: Actor, action: str, reason: str = "") -> Quote:
    """Move a version to a state in which it stays. Errors: `Conflict`."""
    refused = rules.move_refusal(QuoteState(quote.state), to)
    if refused is not None:
        raise refused
    quote.state, quote.closed_at = to, clock.now()
    quote.save(update_fields=["state", "closed_at"])
    told(quote, action, actor, {}, reason)
    return quote


def told(quote: Quote, action: str, actor: Actor, facts: dict[str, Scalar], reason: str = "") -> None:
    """On the timeline of the deal; before there is one, on the quote's own."""
    subject = f"quote:{quote.pk}" if quote.deal_id is None else f"deal:{quote.deal_id}"
    facts = {"quote": quote.number, "version": quote.version, **facts}
    record(actor=actor, action=action, subject=subject, facts=facts, reason=reason)


def next_number(store: str, today: date) -> str:
    """The next number of a store and day; the caller holds the store."""
    of_day = Quote.objects.filter(number__startswith=rules.prefix_of(store, today)).annotate(long=Length("number"))
    last = of_day.order_by(F("long").desc(), "-number").values_list("number", flat=True).first()
    return rules.number_of(store, today, last or "")
