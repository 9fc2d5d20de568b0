"""A strategy is written by one person, published by another, in force from a day; a malformed one stays a draft."""

from __future__ import annotations

from datetime import date

import pytest

from chedai.book.collection.models import CollectionCase, PlanLine
from chedai.book.collection.services.planning import collection_plan
from chedai.org.access import access_of
from chedai.org.authority import capacities
from chedai.org.models import AuthorityLimit, Staff
from chedai.org.policies import publication_steps
from chedai.platform import clock
from chedai.platform.approvals.services import approval_decide
from chedai.platform.approvals.states import Verdict
from chedai.platform.errors import NotAllowed, Refusal
from chedai.platform.policies.laying_over import digest_of, shipped_text
from chedai.platform.policies.services import PUBLISH, draft_submit, draft_write
from tests import cast
from tests.book.collection import book
from tests.book.collection.book import CLOSE, MORNING, TODAY

pytestmark = pytest.mark.django_db
NAME = "collection_strategy.toml"
BEGIN = date(2026, 11, 23)


def rewritten(**changed: str) -> str:
    """The strategies as shipped until Sunday, and a second version of them from Monday on."""
    head, row, rest = shipped_text(NAME).partition('[[policy.row]]\nid = "v1"\nfrom = 2025-02-28\nvalue = [')
    table, _, after = rest.partition("]\nsource")
    newer = table.replace('action = "call", script = "m1-call", priority = 40', changed["m1"])
    closed = row.replace("value", "to = 2026-11-22" + chr(10) + "value")
    first = f'{closed}{table}]\nsource = "内部规定"\nconfidence = "D"\n'
    second = f'\n[[policy.row]]\nid = "v2"\nfrom = {BEGIN}\nvalue = [{newer}]\nsource{after}'
    return f"{head}{first}{second}"


def draft_of(writer: Staff, text: str) -> int:
    base = digest_of(shipped_text(NAME))
    return draft_write(name=NAME, content=text, base_digest=base, actor=cast.acting(writer)).pk


def decide(who: Staff, approval_id: int, digest: str) -> None:
    held = capacities(access_of(who.user_id), PUBLISH, amount=0, deviation=0, store_id=None, on=TODAY)
    approval_decide(
        approval_id=approval_id, verdict=Verdict.APPROVE, digest=digest, capacities=held, actor=cast.acting(who)
    )


def test_a_new_version_works_from_its_day_once_a_second_person_has_published_it() -> None:
    with clock.frozen(MORNING):
        desk = book.desk()
        writer = cast.person("wei", "卫宁", desk.store, "compliance", everywhere=True)
        checker = cast.person("qi", "齐放", desk.store, "compliance", everywhere=True)
        AuthorityLimit.objects.create(action=PUBLISH, role="compliance", amount=0, since=cast.JOINED)
        broken = draft_of(writer, rewritten(m1='action = "shout", script = "m1-call", priority = 40'))
        with pytest.raises(Refusal, match="unknown action shout"):
            draft_submit(draft_id=broken, steps=publication_steps(TODAY), actor=cast.acting(writer))
        text = rewritten(m1='action = "letter", script = "m1-call", priority = 45')
        approval = draft_submit(
            draft_id=draft_of(writer, text), steps=publication_steps(TODAY), actor=cast.acting(writer)
        ).approval
        assert approval is not None
        with pytest.raises(NotAllowed, match="maker-is-checker"):
            decide(writer, approval.pk, approval.digest)
        decide(checker, approval.pk, approval.digest)
        loans = [book.late_loan(desk, n) for n in range(1, 5)]
        collection_plan(day=TODAY, actor=CLOSE)
        CollectionCase.objects.update(next_on=BEGIN)
        collection_plan(day=BEGIN, actor=CLOSE)
    champion = [loan.number for loan in loans if PlanLine.objects.get(day=TODAY, case__loan=loan).arm == "champion"]
    assert champion
    for loan in champion:
        before, after = (PlanLine.objects.get(day=day, case__loan__number=loan) for day in (TODAY, BEGIN))
        assert (before.action, before.priority, before.strategy.split("@")[0]) == (
            "call",
            40,
            "collection_strategy.lines/v1",
        )
        assert (after.action, after.priority, after.strategy.split("@")[0]) == (
            "letter",
            45,
            "collection_strategy.lines/v2",
        )
        assert before.arm == after.arm  # the draw does not change with the version
