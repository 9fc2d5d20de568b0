"""The one timeline of a customer: what the audit log says of it, and what every room has to tell, merged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from django.utils.translation import gettext as _

from chedai.crm.customers import timeline
from chedai.crm.customers.selectors import history_subjects
from chedai.crm.customers.timeline import Cut, Moment, Page
from chedai.platform.audit.selectors import entries_of_any, reasons
from chedai.web import words
from chedai.web.audit.lists import actor_names
from chedai.web.customers import words as customer_words
from chedai.web.doors import Request
from chedai.web.lists.spec import Row
from chedai.web.lists.state import whole

_ICONS: Final = {
    "consent.given": "shield-check",
    "consent.withdrawn": "ban",
    "customer.changed": "pencil",
    "customer.merged": "arrows-join",
    "customer.registered": "user-plus",
    "message.asked": "message",
    "paper.handed_in": "file-text",
    "paper.removed": "trash",
    "personal.revealed": "eye",
    "relation.added": "link",
    "relation.ended": "link",
}
_PIECE: Final = 100
_DIGITS: Final = 6  # of a second, as the log keeps them


def page(request: Request, customer: Any, after: Cut | None = None) -> Page:
    """The next moments of a customer, as far as this person may see them."""
    subjects = history_subjects(customer)
    numbers = [int(subject.partition(":")[2]) for subject in subjects]
    logged = _logged(subjects, after.at if after is not None else None)
    return timeline.page([logged, *timeline.told(numbers, request.access)], after)


def mark(cut: Cut | None) -> str:
    """A cut as an address carries it: microseconds since 1970, and how many of that instant were shown."""
    return f"{round(cut.at.timestamp() * 10**_DIGITS)}-{cut.shown}" if cut is not None else ""


def cut_in(text: str) -> Cut | None:
    """The cut in an address; None for anything else."""
    before, _dash, behind = text.partition("-")
    instant, shown = whole(before), whole(behind)
    if instant is None or shown is None:
        return None
    try:
        seconds, rest = divmod(instant, 10**_DIGITS)
        return Cut(datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest), shown)
    except (OverflowError, ValueError, OSError):
        return None


def _logged(subjects: list[str], until: datetime | None) -> Iterator[Moment]:
    """What the audit log says, newest first; the names of the actors are read a piece at a time."""
    rows: Iterator[Row] = entries_of_any(subjects, until).iterator(chunk_size=_PIECE)
    while piece := list(islice(rows, _PIECE)):
        actor_names(piece)
        given = reasons(entry.seq for entry in piece)
        for entry in piece:
            icon = _ICONS.get(entry.action, "history")
            detail = _detail(entry, given.get(entry.seq, ""))
            yield Moment(entry.at, icon, words.action(entry.action), detail, entry.actor_name)


def _detail(entry: Row, reason: str) -> str:
    """The facts worth a line, then the reason; no facts of bytes that somebody has spoilt."""
    try:
        stated = json.loads(bytes(entry.body))
        facts = dict(stated["facts"])
    except (ValueError, KeyError, TypeError):
        return reason
    said = [_fact(entry.action, name, value) for name, value in facts.items()]
    if entry.action == "customer.changed":
        said = [words.fact(name) for name in facts]
    return " · ".join(part for part in (*said, reason) if part)


def _fact(action: str, name: str, value: Any) -> str:
    """One fact as a reader wants it; nothing for what only the log needs."""
    match action, name:
        case ("consent.given" | "consent.withdrawn", "purpose"):
            return customer_words.purpose(value)
        case ("relation.added" | "relation.ended", "kind"):
            return customer_words.relation(value)
        case ("relation.added" | "relation.ended", "other"):
            return words.subject(f"customer:{value}")
        case ("customer.merged", "gone"):
            return _("%(gone)s 并入") % {"gone": words.subject(f"customer:{value}")}
        case ("personal.revealed", "field"):
            return words.fact(value)
        case ("paper.handed_in", "purpose"):
            return _("授权书") if value == "consent" else str(value)
        case _:
            return ""
