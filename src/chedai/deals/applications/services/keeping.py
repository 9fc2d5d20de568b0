"""Writing answers down: the old ones are superseded and stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chedai.deals.applications.models import Answer, Party
from chedai.deals.applications.questions import Question, matched_form
from chedai.deals.applications.states import Source
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.privacy.kinds import Kind
from chedai.platform.privacy.personal import Personal


@dataclass(frozen=True, slots=True)
class Said:
    """One answer that is to be kept."""

    asked: Question
    text: str
    source: Source
    as_of: date
    by_customer: bool = False


def keep(party: Party, said: Sequence[Said], actor: Actor) -> list[Answer]:
    """The new answers in force, in the same order. Called inside a service, which has locked the application and
    decided."""
    now = clock.now()
    codes = [one.asked.code for one in said]
    Answer.objects.filter(party=party, question__in=codes, superseded_at=None).update(superseded_at=now)
    return Answer.objects.bulk_create(
        Answer(
            party=party,
            question=one.asked.code,
            value=Personal(Kind.TEXT, one.text),
            match=matched_form(one.asked, one.text) or None,
            source=one.source,
            as_of=one.as_of,
            by_customer=one.by_customer,
            written_by=actor.key,
            written_at=now,
        )
        for one in said
    )
