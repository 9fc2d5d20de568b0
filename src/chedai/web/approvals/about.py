"""What an approval is about, by the number people know: of a deal, a loan, a quote. Not the key of its row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from django.db.models import Q

from chedai.book.loans.selectors import loans_seen
from chedai.deals.pipeline.selectors import deals_seen
from chedai.deals.quotes.selectors import quotes_seen
from chedai.web import words

_SEEN: Final[Mapping[str, Callable[[Q], Any]]] = {"deal": deals_seen, "loan": loans_seen, "quote": quotes_seen}


def name_all(approvals: Iterable[Any]) -> None:
    """Hang `about` onto each of them: one query for each kind of thing they are about."""
    shown = list(approvals)
    asked: dict[str, set[int]] = defaultdict(set)
    for one in shown:
        kind, _colon, key = one.subject.partition(":")
        if kind in _SEEN and key.isdigit():
            asked[kind].add(int(key))
    numbers = {f"{kind}:{pk}": number for kind in asked for pk, number in _numbers(kind, sorted(asked[kind]))}
    for one in shown:
        one.about = numbers.get(one.subject) or words.subject(one.subject)


def title_of(approval: Any) -> str:
    """The act in words, and what it is done to. Name them first, or it stands there with its key."""
    about = getattr(approval, "about", "") or words.subject(approval.subject)
    return f"{words.action(approval.action)} {about}"


def _numbers(kind: str, keys: Sequence[int]) -> Iterable[tuple[int, str]]:
    rows: Iterable[tuple[int, str]] = _SEEN[kind](Q(pk__in=keys)).order_by().values_list("pk", "number")
    return rows
