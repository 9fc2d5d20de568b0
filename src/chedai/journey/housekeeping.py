"""What the house does for itself: sealing the log, deleting what has had its time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.contrib.sessions.backends.db import SessionStore

from chedai.crm.reception.leads import leads_idle_to_pool
from chedai.platform import clock
from chedai.platform.accounts.lockout import counts_forget
from chedai.platform.accounts.sessions import sessions_forget
from chedai.platform.audit.services import log_seal
from chedai.platform.calls.services import calls_forget
from chedai.platform.files.services import uploads_forget
from chedai.platform.jobs.handlers import Payload, Progress, Result
from chedai.platform.privacy.keys import keys
from chedai.platform.privacy.services import retention_run

_forgetting: Final[dict[str, Callable[[], int]]] = {}


def also_forget(name: str, forget: Callable[[], int]) -> None:
    """What the doors above keep for a while and want thrown away with the rest."""
    _forgetting[name] = forget


def seal(payload: Payload, progress: Progress) -> Result:
    """Sign the audit log as it stands."""
    checkpoint = log_seal(keys().audit_seed)
    return {"size": checkpoint.size} if checkpoint else None


def pool(payload: Payload, progress: Progress) -> Result:
    """Give leads nobody looks after to whoever takes them."""
    return {"leads": leads_idle_to_pool(clock.business_date())}


def retention(payload: Payload, progress: Progress) -> Result:
    """Delete what no law holds any longer."""
    return {"subjects": retention_run(clock.business_date())}


def tidy(payload: Payload, progress: Progress) -> Result:
    """Throw away kept answers, broken uploads, counts of wrong passwords, and sessions that have ended."""
    SessionStore.clear_expired()
    also = {name: forget() for name, forget in _forgetting.items()}
    kept = {"counts": counts_forget(), "sessions": sessions_forget()}
    return {"calls": calls_forget(), "uploads": uploads_forget(), **kept, **also}
