"""The list of audit entries. Its columns are copies for finding; the entry page shows the very bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chedai.platform.accounts.selectors import names
from chedai.platform.audit.selectors import entries, head
from chedai.web import words
from chedai.web.acts import ACTIONS
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Primary, Row, Search

PERSON: Final = "person:"


def actor_names(rows: Sequence[Row]) -> None:
    """Hang onto each entry the name of who acted; a system actor is called by its own."""
    people = {int(row.actor.removeprefix(PERSON)) for row in rows if row.actor.startswith(PERSON)}
    found = names(people) if people else {}
    for row in rows:
        person = row.actor.startswith(PERSON)
        row.actor_name = found.get(int(row.actor.removeprefix(PERSON)), "") if person else words.actor(row.actor)


def _code(entry: Row) -> str:
    """The code behind the words, where there are any."""
    return str(entry.action) if entry.action in ACTIONS else ""


AUDIT: Final = ListSpec(
    key="audit",
    title=_("审计日志"),
    unit=_("条"),
    permission="audit.read",
    rows=lambda request: entries(),
    columns=(
        Column(
            "seq",
            _("序号"),
            lambda entry: entry.seq,
            Kind.TEXT,
            sort="pk",
            link=lambda entry: reverse("audit_entry", args=[entry.seq]),
        ),
        Column("at", _("时间"), lambda entry: entry.at, Kind.MOMENT, sort="pk"),
        Column("action", _("做了什么"), lambda entry: words.action(entry.action), note=_code),
        Column("subject", _("对什么"), lambda entry: words.subject(entry.subject)),
        Column("actor", _("谁"), lambda entry: entry.actor_name, note=lambda entry: entry.actor),
    ),
    sort="-seq",
    filters=(
        Choice(
            "action",
            _("做了什么"),
            lambda request: sorted(ACTIONS.items()),
            lambda value: Q(action=value),
        ),
        Days("at", _("日期"), "at", moments=True),
    ),
    search=Search(_("对象或操作人，如 staff:17、person:3"), lambda typed: Q(subject=typed) | Q(actor=typed)),
    primary=Primary(_("校验日志"), "audit_verify", "shield-check", "audit.verify", key="v"),
    empty=_("日志还是空的。"),
    fast_count=lambda: head()[0],
    enrich=actor_names,
)
