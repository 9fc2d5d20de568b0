"""One effect for one key, and a limit for a minute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F

from chedai.platform import clock
from chedai.platform.calls.models import CallWindow, KeyedCall
from chedai.platform.errors import Refusal
from chedai.platform.privacy.keys import fingerprint
from chedai.platform.work import work

KEPT: Final = timedelta(days=7)


class TooOften(Refusal):
    """The caller has used up its calls for this minute; `seconds` until the next."""

    status = 429

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        zh, en = f"请求过于频繁，请 {seconds} 秒后再试", f"too many calls; try again in {seconds} s"
        super().__init__("too-often", zh, en)


class KeyReused(Refusal):
    """The key was used for another call."""

    def __init__(self) -> None:
        super().__init__("key-reused", "幂等键已用于另一请求", "the idempotency key was used for another call")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call is answered: status and body. `again` says it is the kept answer of an earlier call."""

    status: int
    body: bytes
    again: bool = False


def call_once(*, caller: str, key: str, request: bytes, effect: Callable[[], Answer]) -> Answer:
    """Do `effect` unless `caller` has used `key` before, in one transaction with keeping its answer.

    Of calls at the same moment one has the effect, the others wait for it and get its answer. What is refused keeps
    nothing: the same key may be tried again. Errors: `KeyReused`.
    """
    asked = fingerprint(request)
    kept = KeyedCall.objects.filter(caller=caller, key=key).first()
    if kept is None:
        try:
            with work():
                with transaction.atomic():
                    kept = KeyedCall.objects.create(
                        caller=caller, key=key, request=asked, answer="", made_at=clock.now()
                    )
                answer = effect()
                kept.status, kept.answer = answer.status, answer.body.decode()
                kept.save(update_fields=["status", "answer"])
                return answer
        except IntegrityError:
            kept = KeyedCall.objects.filter(caller=caller, key=key).first()
            if kept is None:  # the fault was the effect's own
                raise
    if kept.request != asked:
        raise KeyReused
    return Answer(kept.status, kept.answer.in_full().encode(), again=True)


def call_count(*, caller: str, limit: int) -> int:
    """Count one more call of this minute; how many are left. Errors: `TooOften`."""
    now = clock.now()
    minute = int(now.timestamp()) // 60
    with transaction.atomic():
        window, _ = CallWindow.objects.get_or_create(caller=caller, minute=minute)
        CallWindow.objects.filter(pk=window.pk).update(calls=F("calls") + 1)
        window.refresh_from_db(fields=["calls"])
    if window.calls > limit:
        raise TooOften(60 - int(now.timestamp()) % 60)
    return limit - window.calls


def calls_forget() -> int:
    """Throw away kept answers and counts that have had their time; how many."""
    now = clock.now()
    windows, _ = CallWindow.objects.filter(minute__lt=int(now.timestamp()) // 60 - 10).delete()
    keyed, _ = KeyedCall.objects.filter(made_at__lt=now - KEPT).delete()
    return windows + keyed
