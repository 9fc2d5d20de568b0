"""Keys of the API: shown once when they are made, kept as a hash, good for stated rights and until a stated time."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chedai.platform import clock
from chedai.platform.accounts.models import ApiToken
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.work import record, service

LONGEST: Final = timedelta(days=366)
_MARK: Final = "cd"
_USED_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made: its row, and the secret that is shown this once."""

    token: ApiToken
    secret: str


@service
def token_make(*, user_id: int, name: str, scopes: Iterable[str], expires_at: datetime, actor: Actor) -> NewToken:
    """Make a token for an account, for some of its rights, until a moment at most a year away."""
    wanted, now = sorted(set(scopes)), clock.now()
    if not name.strip():
        raise Refusal("token-name", "请填写名称", "give it a name", field="name")
    if not wanted:
        raise Refusal("token-scopes", "至少选择一项权限", "choose at least one right", field="scopes")
    if not now < expires_at <= now + LONGEST:
        zh, en = "有效期须在一年以内", "it must expire within a year"
        raise Refusal("token-expiry", zh, en, field="expires_at")
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user_id=user_id,
        name=name.strip(),
        prefix=prefix,
        digest=_digest(secret),
        scopes=wanted,
        made_at=now,
        expires_at=expires_at,
    )
    facts: dict[str, Scalar] = {"user": user_id, "scopes": ",".join(wanted), "expires_at": expires_at.isoformat()}
    record(actor=actor, action="token.made", subject=f"token:{token.pk}", facts=facts)
    return NewToken(token, f"{_MARK}_{prefix}_{secret}")


@service
def token_revoke(*, token_id: int, actor: Actor) -> None:
    """Take a token back at once."""
    token = ApiToken.objects.select_for_update(no_key=True).filter(pk=token_id, revoked_at=None).first()
    if token is None:
        raise NotFound("no-such-token", "没有这个密钥", "there is no such token")
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    record(actor=actor, action="token.revoked", subject=f"token:{token.pk}")


def token_find(presented: str) -> ApiToken | None:
    """The token that was presented, if it is in force and its account open."""
    mark, _, rest = presented.partition("_")
    prefix, _, secret = rest.partition("_")
    now = clock.now()
    in_force = ApiToken.objects.filter(prefix=prefix, revoked_at=None, expires_at__gt=now, user__is_active=True)
    token = in_force.select_related("user").first() if mark == _MARK and prefix.isascii() else None
    if token is None or not secrets.compare_digest(token.digest, _digest(secret)):
        return None
    if token.used_at is None or now - token.used_at > _USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)
    return token


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
