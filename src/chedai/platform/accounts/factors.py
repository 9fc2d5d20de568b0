"""Second factors: which an account has, what happened to them, and starting over for somebody who lost the phone.

The factors themselves are allauth's (an authenticator app, passkeys, recovery codes). Here they are watched: whatever a
page does to them goes into the audit log, in the same transaction.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Final

from allauth.mfa.models import Authenticator
from django.conf import settings

from chedai.platform.accounts.models import User
from chedai.platform.accounts.sessions import sessions_end
from chedai.platform.actors import Actor
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.privacy.cipher import Keyring
from chedai.platform.privacy.keys import keys
from chedai.platform.work import record, service, work

_PLACE: Final = "second-factor"
CODES: Final = str(Authenticator.Type.RECOVERY_CODES)


def has_second_factor(user_id: int) -> bool:
    """Whether the account has one; recovery codes alone are none."""
    return bool(Authenticator.objects.filter(user_id=user_id).exclude(type=CODES).exists())


def factors_of(user_id: int) -> dict[int, str]:
    """The factors of an account and their kinds."""
    return dict(Authenticator.objects.filter(user_id=user_id).values_list("pk", "type"))


@contextmanager
def factors_watched(user_id: int, actor: Actor) -> Iterator[None]:
    """A piece of work in which the factors of an account may change: every change is on record.

    Errors: `Refusal` where a second factor is compulsory and the last one would go; nothing has changed then.
    """
    with work():
        before = factors_of(user_id)
        yield
        after = factors_of(user_id)
        if settings.SECOND_FACTOR_REQUIRED and _are_enough(before) and not _are_enough(after):
            zh, en = "必须保留一种第二重验证：请先添加新的", "one second factor must stay: add another one first"
            raise Refusal("last-factor", zh, en)
        for number, kind in sorted(after.items() - before.items()):
            _note("account.factor_added", user_id, number, kind, actor)
        for number, kind in sorted(before.items() - after.items()):
            _note("account.factor_removed", user_id, number, kind, actor)


def _are_enough(factors: Mapping[int, str]) -> bool:
    return any(kind != CODES for kind in factors.values())


@service
def factors_reset(*, user_id: int, reason: str, actor: Actor) -> None:
    """Take every second factor off an account whose owner has lost it, and end its sessions: they set up a new one.

    Errors: `NotFound` where the account has none.
    """
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    found = factors_of(user_id)
    if user is None or not found:
        raise NotFound("no-second-factor", "该账号没有第二重验证", "the account has no second factor")
    Authenticator.objects.filter(user=user).delete()
    record(actor=actor, action="account.factors_reset", subject=f"user:{user_id}", reason=reason)
    for number, kind in sorted(found.items()):
        _note("account.factor_removed", user_id, number, kind, actor)
    sessions_end(user_id=user_id, actor=actor)


def _note(action: str, user_id: int, number: int, kind: str, actor: Actor) -> None:
    record(actor=actor, action=action, subject=f"user:{user_id}", facts={"kind": kind, "factor": number})


def secret_seal(text: str) -> str:
    """The secret of a factor as it lies in the database. Its key never rotates: a factor lives as long as its phone."""
    return base64.b64encode(_ring(keys().audit_seed).seal(_PLACE, text)).decode()


def secret_open(sealed: str) -> str:
    """The secret again. Errors: `CannotOpen`."""
    return _ring(keys().audit_seed).open(_PLACE, base64.b64decode(sealed))


@cache
def _ring(seed: bytes) -> Keyring:
    return Keyring(1, {1: hmac.digest(seed, b"second factor", hashlib.sha256)})
