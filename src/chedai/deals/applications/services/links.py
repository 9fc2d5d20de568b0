"""The customer's link: made by staff, good for some days, to be taken back at any time."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from chedai.deals.applications.models import PhoneLink
from chedai.deals.applications.readiness import stale_days
from chedai.deals.applications.selectors import deal_subject, party_read
from chedai.deals.applications.states import LinkState
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import NotFound
from chedai.platform.privacy.services import consent_give
from chedai.platform.work import record, service

DAYS = "application.link_days"
WORDING = "2026-11"
"""The edition of the consent texts on the phone page; an agreement names the one that was read."""


@service
def link_make(*, party_id: int, actor: Actor) -> tuple[PhoneLink, str]:
    """A new link for one person, and its token, shown this once. Earlier links of theirs no longer open."""
    party = party_read(party_id)
    now = clock.now()
    PhoneLink.objects.filter(party=party, revoked_at=None, expires_at__gt=now).update(revoked_at=now)
    token = secrets.token_urlsafe(24)
    link = PhoneLink.objects.create(
        party=party,
        token_hash=token_hash(token),
        made_by=actor.key,
        made_at=now,
        expires_at=now + timedelta(days=stale_days(DAYS, clock.business_date())),
    )
    facts: dict[str, Scalar] = {"party": party.pk, "link": link.pk, "until": link.expires_at.isoformat()}
    record(actor=actor, action="link.made", subject=deal_subject(party.application.deal_id), facts=facts)
    return link, token


@service
def link_revoke(*, link_id: int, actor: Actor) -> None:
    """Take a link back at once."""
    rows = PhoneLink.objects.select_for_update(no_key=True, of=("self",)).select_related("party__application")
    link = rows.filter(pk=link_id, revoked_at=None).first()
    if link is None:
        raise NotFound("no-such-link", "没有这个链接", "there is no such link")
    link.revoked_at = clock.now()
    link.save(update_fields=["revoked_at"])
    subject = deal_subject(link.party.application.deal_id)
    record(actor=actor, action="link.revoked", subject=subject, facts={"link": link.pk})


def link_state(link: PhoneLink, now: datetime) -> LinkState:
    """Whether a link opens at a moment."""
    if link.revoked_at is not None:
        return LinkState.REVOKED
    return LinkState.OPEN if link.expires_at > now else LinkState.EXPIRED


@service
def link_enter(*, token: str) -> PhoneLink:
    """Open the link at its front page; the opening goes on record. Errors: as `link_open`."""
    link = link_open(token)
    link.opened_at, link.opened = clock.now(), link.opened + 1
    link.save(update_fields=["opened_at", "opened"])
    facts: dict[str, Scalar] = {"link": link.pk, "party": link.party_id}
    subject = deal_subject(link.party.application.deal_id)
    record(actor=guest(link), action="link.opened", subject=subject, facts=facts)
    return link


def link_open(token: str) -> PhoneLink:
    """The link of a token while it opens. Errors: `NotFound`, whether it never was, has expired or was revoked."""
    rows = PhoneLink.objects.select_related("party__customer", "party__application__deal__officer__user")
    found = rows.filter(token_hash=token_hash(token), revoked_at=None, party__removed_at=None).first()
    if found is None or link_state(found, clock.now()) is not LinkState.OPEN:
        zh, en = "链接已失效，请联系您的金融专员", "this link no longer opens; ask your finance officer"
        raise NotFound("link-closed", zh, en)
    return found


@service
def link_agree(*, token: str, purpose: str) -> None:
    """The person behind the link agrees to one purpose, on its own."""
    link = link_open(token)
    consent_give(
        subject=f"customer:{link.party.customer_id}",
        purpose=purpose,
        wording=f"{purpose}-{WORDING}",
        evidence=f"link:{link.pk}",
        actor=guest(link),
    )


def guest(link: PhoneLink) -> Actor:
    """Who acts behind a link."""
    return Actor(ActorKind.GUEST, link.pk, f"link-{link.pk}")


def token_hash(token: str) -> str:
    """What of a token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()
