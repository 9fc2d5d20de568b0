"""Links to a quote: one opens without signing in, for a while, and every opening is on record."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from chedai.deals.quotes import selectors
from chedai.deals.quotes.models import Quote, QuoteOpening, QuoteShare
from chedai.deals.quotes.rules import validity_refusal
from chedai.deals.quotes.states import QuoteState
from chedai.deals.quotes.versions import told
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.work import service

OPENINGS_A_MINUTE: Final = 30
"""How often one visitor may ask for links in a minute; more is somebody trying."""


class Opened(StrEnum):
    """What was opened behind a link."""

    PAGE = "page"
    PDF = "pdf"
    IMAGE = "image"


class LinkOver(Refusal):
    """The link is good no longer."""

    status = 410


@dataclass(frozen=True, slots=True)
class NewShare:
    """A link just made: its row, and the token that is shown this once."""

    share: QuoteShare
    token: str


@service
def quote_share(*, quote_id: int, staff_id: int, actor: Actor, days: int = 7) -> NewShare:
    """Make a link to an offered version, for some days, at most as long as the version is good.

    Errors: `Refusal` where the quote is not offered or has expired.
    """
    quote = selectors.quote_lock(quote_id)
    if quote.state not in (QuoteState.OFFERED, QuoteState.ACCEPTED) or quote.valid_until is None:
        raise Refusal("quote-not-offered", "先报出，再发给客户", "offer the quote before sharing it")
    refused = validity_refusal(quote.valid_until, clock.business_date())
    if refused is not None:
        raise refused
    if not 1 <= days <= 30:
        raise Refusal("share-days", "链接有效期为 1 至 30 天", "a link is good for 1 to 30 days", field="days")
    now, token = clock.now(), secrets.token_urlsafe(24)
    last = datetime.combine(quote.valid_until + timedelta(days=1), time.min, clock.SHANGHAI)
    share = QuoteShare.objects.create(
        quote=quote,
        token_hash=selectors.token_hash(token),
        made_by_id=staff_id,
        made_at=now,
        expires_at=min(now + timedelta(days=days), last),
    )
    told(quote, "quote.shared", actor, {"share": share.pk, "expires_at": share.expires_at.isoformat()})
    return NewShare(share, token)


@service
def share_revoke(*, share_id: int, actor: Actor) -> QuoteShare:
    """Take a link back at once. Errors: `NotFound` where it is over already."""
    share = QuoteShare.objects.select_for_update(no_key=True).filter(pk=share_id, revoked_at=None).first()
    if share is None:
        raise NotFound("no-such-link", "没有这个链接", "there is no such link")
    share.revoked_at = clock.now()
    share.save(update_fields=["revoked_at"])
    told(share.quote, "quote.share_revoked", actor, {"share": share.pk})
    return share


@service
def quote_opened(*, token: str, what: Opened, device: str) -> Quote:
    """Somebody opens a link: the quote behind it, and a line in the record.

    Errors: `NotFound` for a token that is none, `LinkOver` for one that has expired or was taken back.
    """
    share = selectors.share_of_token(token)
    if share.revoked_at is not None or clock.now() >= share.expires_at:
        raise LinkOver(
            "link-over", "链接已过期，请向门店索取新的报价", "the link has expired; ask the shop for a new one"
        )
    QuoteOpening.objects.create(share=share, at=clock.now(), what=what, device=device)
    guest = Actor(ActorKind.GUEST, share.pk, "link")
    told(share.quote, "quote.opened", guest, {"share": share.pk, "what": what.value})
    return share.quote
