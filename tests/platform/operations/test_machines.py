"""What a load balancer and a monitor are told, and what the log says of a request."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.jobs.models import Job
from chedai.platform.jobs.services import job_ask
from chedai.platform.operations import health, metrics
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]

TOKEN = "a-long-token-for-the-monitor"


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[Any] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    kept, logger = Kept(), logging.getLogger("chedai.requests")
    logger.addHandler(kept)
    yield kept.records
    logger.removeHandler(kept)


def figures(text: str) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels."""
    families = text_string_to_metric_families(text)
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def test_a_well_system_says_so_and_nothing_more() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, dict.fromkeys(health.CHECKS, True))
    assert "no-store" in answer["Cache-Control"]


def test_a_sick_system_says_what_but_not_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> bool:
        raise OperationalError("could not connect to db.example with password hunter2")

    monkeypatch.setattr(health, "CHECKS", {**health.CHECKS, "database": away})
    answer = Client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {**dict.fromkeys(health.CHECKS, True), "database": False}


def test_jobs_nobody_does_make_the_system_sick() -> None:
    job_ask(kind="house.tidy", payload={}, actor=system("test"), key="x")
    Job.objects.update(run_at=clock.now() - timedelta(minutes=16))
    assert Client().get("/healthz").json()["worker"] is False


@pytest.mark.parametrize(
    ("caller", "headers", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, {}, 200),
        ({"REMOTE_ADDR": "::1"}, {}, 200),
        ({"REMOTE_ADDR": "10.0.0.9"}, {}, 404),
        ({"REMOTE_ADDR": "10.0.0.9"}, {"Authorization": f"Bearer {TOKEN}"}, 200),
        ({"REMOTE_ADDR": "10.0.0.9"}, {"Authorization": "Bearer guessed"}, 404),
        ({"REMOTE_ADDR": "127.0.0.1"}, {"X-Forwarded-For": "10.0.0.9"}, 404),
        ({"REMOTE_ADDR": "127.0.0.1"}, {"Forwarded": "for=10.0.0.9"}, 404),
    ],
)
def test_figures_are_for_this_machine_and_for_who_shows_the_token(
    caller: dict[str, str], headers: dict[str, str], status: int, settings: Any
) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert Client(headers=headers).get("/metrics", **caller).status_code == status


def test_no_token_set_means_no_token_fits(settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    for header in ("Bearer ", "Bearer", ""):
        assert Client(headers={"Authorization": header}).get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 404


def test_requests_are_counted_by_the_name_of_their_address() -> None:
    key = ("chedai_requests_total", "healthz", "GET", "200")
    before = figures(metrics.page().decode()).get(key, 0)
    Client().get("/healthz")
    Client().get("/healthz?probe=13800138000")
    found = figures(metrics.page().decode())
    assert found[key] == before + 2
    assert found[("chedai_oldest_due_job_seconds",)] == 0


def test_what_was_invented_as_a_method_is_no_label() -> None:
    Client().generic("PHONE13800138000", "/healthz")
    assert "13800138000" not in metrics.page().decode()


def test_several_processes_are_added_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(metrics.SHARED, str(tmp_path))
    found = figures(metrics.page().decode())
    assert ("chedai_audit_entries",) in found
    assert not [key for key in found if key[0] == "chedai_requests_total"]  # no process has written a file yet


def test_a_request_is_one_line_with_who_asked(lines: list[Any]) -> None:
    staff = cast.person("hang", "周航", cast.store(), "admin")
    client = Client()
    client.force_login(staff.user)
    client.get("/jobs/?q=13800138000")
    line = lines[-1].__dict__
    assert {k: line[k] for k in ("msg", "address", "method", "status", "actor")} == {
        "msg": "request",
        "address": "jobs",
        "method": "GET",
        "status": 200,
        "actor": f"person:{staff.user_id}",
    }
    assert "13800138000" not in json.dumps({k: str(v) for k, v in line.items()})


def test_an_address_that_does_not_exist_has_no_name(lines: list[Any]) -> None:
    Client().get("/欧阳/13800138000/")
    assert (lines[-1].address, lines[-1].status, lines[-1].actor) == ("-", 404, "-")
