"""The wiring holds: every table is installed at the start, every round has its handler, the house tidies up."""

from __future__ import annotations

from typing import Any

import pytest

from chedai.journey import wiring
from chedai.platform import events
from chedai.platform.actors import system
from chedai.platform.approvals.events import ApprovalClosed
from chedai.platform.approvals.states import State
from chedai.platform.audit.models import AuditCheckpoint
from chedai.platform.jobs import handlers, schedule, worker
from chedai.platform.jobs.models import Job
from chedai.platform.privacy import registry
from chedai.platform.webhooks.models import Delivery
from chedai.platform.webhooks.services import endpoint_add
from chedai.platform.work import record, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock")]


def test_every_table_is_installed_when_the_product_starts() -> None:
    assert events.wiring().keys() == wiring.EVENTS.keys()
    assert handlers.handlers() == wiring.JOBS
    assert (registry.purposes(), schedule.rounds()) == (wiring.PURPOSES, wiring.ROUNDS)


def test_every_round_and_every_job_has_a_handler_with_words() -> None:
    assert [rule.kind for rule in wiring.ROUNDS if rule.kind not in wiring.JOBS] == []
    assert [kind for kind, handler in wiring.JOBS.items() if not all(handler.words)] == []


def test_what_comes_round_seals_the_log_and_tidies_up() -> None:
    with work():
        record(actor=system("test"), action="thing.done", subject="thing:1")
    schedule.rounds_ask(wiring.ROUNDS)
    assert worker.run_due() == len(wiring.ROUNDS)
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
    assert AuditCheckpoint.objects.get().size == 2  # the thing that was done, and the close of the day


def test_who_subscribed_hears_how_an_approval_ended_once(settings: Any) -> None:
    settings.DEBUG = True
    endpoint_add(url="http://127.0.0.1:9/hook", events=["approval.closed"], actor=system("test"))
    for _ in range(2):
        with work():
            events.dispatch(ApprovalClosed(5, "payout.release", "payout:5", State.APPROVED))
    told = Delivery.objects.get().body
    assert (told["subject"], told["facts"]) == (
        "approval:5",
        {"action": "payout.release", "of": "payout:5", "state": "approved"},
    )
