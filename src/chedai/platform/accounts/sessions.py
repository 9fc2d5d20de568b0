"""Where an account is signed in, and ending that: here, elsewhere, everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Final

from allauth.usersessions.models import UserSession

from chedai.platform.actors import Actor
from chedai.platform.errors import NotFound
from chedai.platform.work import record, service

_KEPT: Final = {4: 24, 6: 48}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One session: since when, in which browser, and from which network; the whole address is not kept."""

    pk: int
    since: datetime
    browser: str
    network: str
    is_here: bool


def sessions_of(user_id: int, here: str | None = None) -> list[SignedIn]:
    """The sessions an account has open; `here` is the key of the one that asks. Those that ran out are forgotten."""
    open_ = [session for session in UserSession.objects.filter(user_id=user_id) if not session.purge()]
    rows = [SignedIn(s.pk, s.created_at, s.user_agent, shown_network(s.ip), s.session_key == here) for s in open_]
    return sorted(rows, key=lambda row: (not row.is_here, -row.since.timestamp()))


def network_of(address: str) -> str:
    """The first address of the network: /24 of the old kind, /48 of the new. It tells a showroom, not a computer."""
    return shown_network(address).partition("/")[0]


def shown_network(address: str) -> str:
    """203.0.113.0/24, whatever is left of the address."""
    found = ip_address(address)
    return str(ip_network((str(found), _KEPT[found.version]), strict=False))


@service
def session_end(*, session_id: int, user_id: int, actor: Actor) -> None:
    """End one session of an account. Errors: `NotFound`."""
    session = UserSession.objects.select_for_update(no_key=True).filter(pk=session_id, user_id=user_id).first()
    if session is None:
        raise NotFound("no-such-session", "没有这个会话", "there is no such session")
    session.end()
    record(actor=actor, action="account.session_ended", subject=f"user:{user_id}", facts={"session": session_id})


@service
def sessions_end(*, user_id: int, actor: Actor, but: str | None = None) -> int:
    """Sign an account out everywhere, except in the session with the key `but`; how many have ended."""
    ended = list(UserSession.objects.filter(user_id=user_id).exclude(session_key=but or ""))
    for session in ended:
        session.end()
    record(actor=actor, action="account.sessions_ended", subject=f"user:{user_id}", facts={"sessions": len(ended)})
    return len(ended)


def sessions_forget() -> int:
    """Throw away what is known of sessions that have run out: browsers and addresses are not kept longer; how many."""
    return sum(session.purge() for session in UserSession.objects.iterator(chunk_size=500))
