"""The customer's link to their loan: made by staff until a day, for as long as the loan lives, revocable, on record."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, time, timedelta
from typing import Final

from chedai.book.closing import rules
from chedai.book.closing.models import LoanLink
from chedai.book.loans.noting import loan_record
from chedai.book.loans.rules import refuse_of_bank
from chedai.book.loans.selectors import loan_lock
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.errors import NotFound
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import service

MOST_DAYS: Final = "paper.loan_link_days"
"""The policy that says for how many days at most a link holds."""


@service
def loan_link_make(*, loan_id: int, until: date, actor: Actor) -> tuple[LoanLink, str]:
    """A new link, good through a day, and its token, shown this once. An earlier one no longer opens.

    Errors: `Refusal` for a day outside the policy; `Conflict` for a bank's loan, which has no account here.
    """
    loan, now, today = loan_lock(loan_id), clock.now(), clock.business_date()
    refuse_of_bank(loan.book)
    rules.refuse_until(until, today, most_days(today))
    LoanLink.objects.filter(loan=loan, revoked_at=None).update(revoked_at=now)
    token = secrets.token_urlsafe(24)
    ends = datetime.combine(until + timedelta(days=1), time.min, clock.SHANGHAI)
    link = LoanLink.objects.create(loan=loan, token_hash=_hash(token), made_by=actor.key, made_at=now, expires_at=ends)
    loan_record(loan, "loan.link_made", {"link": link.pk, "until": until.isoformat()}, actor)
    return link, token


@service
def loan_link_revoke(*, link_id: int, actor: Actor) -> None:
    """Take a link back at once. Errors: `NotFound`, also for one that was taken back."""
    rows = LoanLink.objects.select_for_update(no_key=True, of=("self",)).select_related("loan")
    link = rows.filter(pk=link_id, revoked_at=None).first()
    if link is None:
        raise NotFound("no-such-link", "没有这个链接", "there is no such link")
    link.revoked_at = clock.now()
    link.save(update_fields=["revoked_at"])
    loan_record(link.loan, "loan.link_revoked", {"link": link.pk}, actor)


@service
def loan_link_enter(*, token: str) -> LoanLink:
    """Open the link at its front page; the opening goes on record. Errors: as `loan_link_open`."""
    link = loan_link_open(token)
    link.opened_at, link.opened = clock.now(), link.opened + 1
    link.save(update_fields=["opened_at", "opened"])
    loan_record(link.loan, "loan.link_opened", {"link": link.pk}, loan_guest(link))
    return link


def loan_link_open(token: str) -> LoanLink:
    """The link of a token while it opens. Errors: `NotFound`, whether it never was, has expired or was revoked."""
    rows = LoanLink.objects.select_related("loan__form", "loan__customer", "loan__officer__user", "loan__deal")
    link = rows.filter(token_hash=_hash(token), revoked_at=None, expires_at__gt=clock.now()).first()
    if link is None:
        zh, en = "链接已失效，请联系您的金融专员", "this link no longer opens; ask your finance officer"
        raise NotFound("link-closed", zh, en)
    return link


def loan_guest(link: LoanLink) -> Actor:
    """Who acts behind a link."""
    return Actor(ActorKind.GUEST, link.pk, f"loan-link-{link.pk}")


def most_days(on: date) -> int:
    """For how many days a link may hold."""
    return book_in_force().in_force(MOST_DAYS, on).number


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
