"""Guessing passwords is made slow: after so many tries an account, or an address, is locked for a while.

A try is counted before the password is looked at, under a lock on its row, so that a hundred guesses at once count as a
hundred. A right password gives the try back. An account is locked soon; an address later, because a showroom has one
address for all its people. A name nobody has is counted like any other, so the answer tells nothing about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from chedai.platform import clock
from chedai.platform.accounts.models import SignInCount, User
from chedai.platform.actors import Actor, system
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.privacy.keys import fingerprint
from chedai.platform.work import record, service

DOOR: Final = system("sign-in")
ADDRESS_FACTOR: Final = 10
"""An address is locked after so many times the tries of one account."""


class Locked(Refusal):
    """Too many tries; `until` when the lock opens by itself."""

    status = 429

    def __init__(self, until: datetime, now: datetime) -> None:
        self.until = until
        minutes = max(1, -(-int((until - now).total_seconds()) // 60))
        zh = f"尝试次数过多，已锁定，请 {minutes} 分钟后再试，或请管理员解锁"
        en = f"too many tries: locked, try again in {minutes} min or ask an administrator to unlock"
        super().__init__("sign-in-locked", zh, en)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in: the account it is for, as a key, and the address, as a fingerprint."""

    account: str
    address: str

    @property
    def limits(self) -> Mapping[str, int]:
        """What is counted, and how many tries each has."""
        most: int = settings.LOCK_AFTER
        return {self.account: most, self.address: most * ADDRESS_FACTOR}


def attempt(username: str, address: str) -> Attempt:
    """The try of somebody at `address` to be `username`."""
    return Attempt(account_key(username), fingerprint(f"address:{address}".encode()))


def account_key(username: str) -> str:
    """Under which the tries of an account are counted."""
    return fingerprint(f"account:{username.strip().lower()}".encode())


def attempt_begin(tried: Attempt) -> None:
    """Count the try. Errors: `Locked`."""
    now = clock.now()
    with transaction.atomic():
        rows = _rows(tried.limits, now)
        for key, most in tried.limits.items():
            row = rows[key]
            if row.locked_until is None and row.tries < most:
                continue
            raise Locked(row.locked_until or row.since + _span(), now)
        for row in rows.values():
            row.tries += 1
            row.save(update_fields=["tries", "since", "locked_until"])


@service
def attempt_failed(tried: Attempt, *, username: str) -> None:
    """It was wrong: on record, and locked where it was one too many."""
    now = clock.now()
    user_id = User.objects.filter(username__iexact=username.strip()).values_list("pk", flat=True).first() or 0
    facts: dict[str, Scalar] = {"address": tried.address[:16]}
    record(actor=DOOR, action="account.sign_in_failed", subject=f"user:{user_id}", facts=facts)
    for key, row in _rows(tried.limits, now).items():
        if row.tries < tried.limits[key] or row.locked_until is not None:
            continue
        row.locked_until = now + _span()
        row.save(update_fields=["locked_until"])
        what: dict[str, Scalar] = {"what": "account" if key == tried.account else "address"}
        record(actor=DOOR, action="account.locked", subject=f"user:{user_id}", facts=facts | what)


def attempt_right(tried: Attempt) -> None:
    """It was right: the account starts anew, the address gets this try back (its others stay counted)."""
    with transaction.atomic():
        for key, row in _rows(tried.limits, clock.now()).items():
            row.tries = 0 if key == tried.account else max(0, row.tries - 1)
            row.save(update_fields=["tries"])


@service
def account_unlock(*, user_id: int, actor: Actor) -> None:
    """Open a locked account at once. Errors: `Conflict` where it is not locked."""
    user = User.objects.filter(pk=user_id).first()
    spent = SignInCount.objects.filter(tries__gte=settings.LOCK_AFTER)
    if user is None or not spent.filter(key=account_key(user.username)).delete()[0]:
        raise Conflict("not-locked", "该账号没有锁定", "the account is not locked")
    record(actor=actor, action="account.unlocked", subject=f"user:{user_id}")


def count_clear(username: str) -> None:
    """Forget the tries of an account whose owner has shown that they are."""
    SignInCount.objects.filter(key=account_key(username)).delete()


def locked_until(username: str) -> datetime | None:
    """Until when the account is locked; None where it is not."""
    now = clock.now()
    row = SignInCount.objects.filter(key=account_key(username), locked_until__gt=now).first()
    return row.locked_until if row else None


def counts_forget() -> int:
    """Throw away counts that have had their time; how many."""
    return SignInCount.objects.filter(since__lt=clock.now() - 2 * _span()).delete()[0]


def _span() -> timedelta:
    return timedelta(minutes=settings.LOCK_MINUTES)


def _rows(keys: Iterable[str], now: datetime) -> dict[str, SignInCount]:
    """The counts, locked in order of their keys; one whose time is over begins anew."""
    rows = {}
    for key in sorted(keys):
        SignInCount.objects.get_or_create(key=key, defaults={"since": now})
        row = SignInCount.objects.select_for_update(no_key=True).get(key=key)
        if now >= (row.locked_until or row.since + _span()):
            row.tries, row.since, row.locked_until = 0, now, None
        rows[key] = row
    return rows
