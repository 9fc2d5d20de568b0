"""Writing one answer down: the old one is superseded and stays."""

from __future__ import annotations

from datetime import date

from chedai.deals.applications.models import Answer, Party
from chedai.deals.applications.questions import Question, matched_form
from chedai.deals.applications.states import Source
from chedai.platform import clock
from chedai.platform.actors import Actor


def keep(
    party: Party,
    asked: Question,
    text: str,
    source: Source,
    as_of: date,
    actor: Actor,
    *,
    by_customer: bool = False,
) -> Answer:
    """The new answer in force. Called inside a service, which has locked the application and decided."""
    now = clock.now()
    Answer.objects.filter(party=party, question=asked.code, superseded_at=None).update(superseded_at=now)
    return Answer.objects.create(
        party=party,
        question=asked.code,
        value=text,
        match=matched_form(asked, text) or None,
        source=source,
        as_of=as_of,
        by_customer=by_customer,
        written_by=actor.key,
        written_at=now,
    )
