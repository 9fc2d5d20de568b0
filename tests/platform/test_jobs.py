"""Jobs: asked for with the change, done after it, tried again, laid aside, never done by two at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import transaction

from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.errors import Conflict, NotFound
from chedai.platform.jobs import handlers, schedule, worker
from chedai.platform.jobs.handlers import Handler, Later, Never, Payload, Progress, Result
from chedai.platform.jobs.models import Job
from chedai.platform.jobs.services import Asked, job_ask, job_cancel, job_retry, jobs_ask
from chedai.platform.jobs.states import State
from tests.conftest import MOMENT
from tests.support.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock")]

HOUSE = system("test")


@pytest.fixture
def done_by() -> Iterator[Callable[..., None]]:
    before = handlers.handlers()

    def install(run: Callable[[Payload, Progress], Result], **options: object) -> None:
        handlers.install({"letter": Handler(run, **options)})  # type: ignore[arg-type]

    yield install
    handlers.install(before)


def ask(key: str | None = None) -> Job:
    return job_ask(kind="letter", payload={"number": 5}, actor=HOUSE, key=key)


def later(minutes: float) -> datetime:
    return MOMENT + timedelta(minutes=minutes)


def test_a_job_is_done_with_what_it_was_asked_for(done_by: Callable[..., None]) -> None:
    got: list[Payload] = []
    done_by(lambda payload, progress: got.append(payload) or {"sent": 1})
    job = ask()
    assert worker.run_due() == 1
    job.refresh_from_db()
    assert (got, job.state, job.result, job.attempts) == ([{"number": 5}], State.DONE, {"sent": 1}, 1)
    assert worker.run_due() == 0


def test_a_change_that_failed_asks_for_nothing() -> None:
    with pytest.raises(ValueError, match="refused"), transaction.atomic():
        ask()
        raise ValueError("refused")
    assert not Job.objects.exists()


def test_asking_twice_with_one_key_is_asking_once() -> None:
    assert ask("letter-5").pk == ask("letter-5").pk
    assert ask().pk != ask().pk
    assert Job.objects.count() == 3


def test_sixteen_asking_at_once_ask_once() -> None:
    jobs = race(lambda number: ask("letter-5").pk, 16)
    assert len(set(jobs)) == Job.objects.count() == 1


def test_a_failed_job_is_tried_again_after_a_growing_pause_and_then_laid_aside(done_by: Callable[..., None]) -> None:
    def fail(payload: Payload, progress: Progress) -> Result:
        raise RuntimeError("王小明 13800138000 did not answer")

    done_by(fail, tries=3, pause=timedelta(minutes=1))
    job = ask()
    moments = []
    for minutes in (0, 0.5, 1, 2, 3, 4):
        with clock.frozen(later(minutes)):
            if worker.run_due():
                moments.append(minutes)
    job.refresh_from_db()
    assert moments == [0, 1, 3]
    assert (job.state, job.attempts, job.fault) == (State.DEAD, 3, "RuntimeError")


def test_the_pause_grows_to_a_day_and_no_further() -> None:
    handler = Handler(lambda payload, progress: None, pause=timedelta(minutes=1))
    assert [handlers.pause_before(handler, n) for n in (1, 2, 3)] == [timedelta(minutes=m) for m in (1, 2, 4)]
    assert handlers.pause_before(handler, 60) == timedelta(days=1)


def test_what_trying_again_cannot_help_is_laid_aside_at_once(done_by: Callable[..., None]) -> None:
    def refuse(payload: Payload, progress: Progress) -> Result:
        raise Never("no-such-number")

    done_by(refuse)
    job = ask()
    worker.run_due()
    job.refresh_from_db()
    assert (job.state, job.fault, job.attempts) == (State.DEAD, "no-such-number", 1)


def test_a_party_that_is_not_ready_is_asked_later(done_by: Callable[..., None]) -> None:
    def wait(payload: Payload, progress: Progress) -> Result:
        raise Later

    done_by(wait)
    job = ask()
    worker.run_due()
    job.refresh_from_db()
    assert (job.state, job.fault, job.run_at) == (State.WAITING, "later", MOMENT + timedelta(seconds=30))


def test_a_kind_nobody_handles_is_seen_by_people() -> None:
    job = ask()
    worker.run_due()
    job.refresh_from_db()
    assert (job.state, job.fault) == (State.DEAD, "no handler for letter")


def test_the_job_of_a_worker_that_died_is_taken_over_when_its_lease_runs_out(done_by: Callable[..., None]) -> None:
    done_by(lambda payload, progress: None, lease=timedelta(minutes=5))
    job = ask()
    dead = worker.claim()
    assert dead is not None
    with clock.frozen(later(4)):
        assert worker.claim() is None
    with clock.frozen(later(6)):
        assert worker.run_due() == 1
    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.DONE, 2)
    worker.run(dead)  # the first worker wakes up again: what it says no longer counts
    job.refresh_from_db()
    assert job.attempts == 2


def test_progress_is_seen_and_renews_the_lease(done_by: Callable[..., None]) -> None:
    seen: list[tuple[int, int, datetime | None]] = []

    def count(payload: Payload, progress: Progress) -> Result:
        with clock.frozen(later(3)):
            progress.tell(2, 5)
        job = Job.objects.get()
        seen.append((job.done, job.total, job.leased_until))
        return None

    done_by(count, lease=timedelta(minutes=5))
    ask()
    worker.run_due()
    assert seen == [(2, 5, later(8))]


def test_a_cancelled_job_stops_at_its_next_step(done_by: Callable[..., None]) -> None:
    steps: list[int] = []

    def long(payload: Payload, progress: Progress) -> Result:
        for step in range(3):
            progress.tell(step, 3)
            steps.append(step)
            job_cancel(job_id=Job.objects.get().pk, actor=HOUSE) if step == 0 else None
        return None

    done_by(long)
    job = ask()
    worker.run_due()
    job.refresh_from_db()
    assert (steps, job.state) == ([0], State.CANCELLED)
    with pytest.raises(Conflict):
        job_cancel(job_id=job.pk, actor=HOUSE)


def test_a_person_puts_a_dead_job_back(done_by: Callable[..., None]) -> None:
    job = ask()
    with pytest.raises(Conflict):
        job_retry(job_id=job.pk, actor=HOUSE)
    worker.run_due()
    done_by(lambda payload, progress: None)
    job_retry(job_id=job.pk, actor=HOUSE)
    assert worker.run_due() == 1
    with pytest.raises(NotFound):
        job_retry(job_id=0, actor=HOUSE)


def test_workers_racing_never_take_the_same_job(done_by: Callable[..., None]) -> None:
    for _ in range(8):
        ask()
    claimed = race(lambda number: [job.pk for job in iter(worker.claim, None)], 4)
    numbers = [pk for pks in claimed if isinstance(pks, list) for pk in pks]
    assert sorted(numbers) == sorted(Job.objects.values_list("pk", flat=True))


def test_the_loop_ends_when_it_is_told_to(done_by: Callable[..., None]) -> None:
    stop = threading.Event()
    done_by(lambda payload, progress: stop.set())
    ask()
    worker.work_until(stop, idle=0.01)
    assert Job.objects.get().state == State.DONE


@pytest.mark.parametrize(
    ("rule", "moment", "begun"),
    [
        (schedule.Round("close", at=time(1, 30)), datetime(2026, 11, 20, 2, 0, tzinfo=UTC), "2026-11-20T01:30"),
        (schedule.Round("close", at=time(23, 0)), datetime(2026, 11, 20, 2, 0, tzinfo=UTC), "2026-11-19T23:00"),
        (schedule.Round("seal", every=15), datetime(2026, 11, 20, 2, 14, tzinfo=UTC), "2026-11-20T10:00"),
        (schedule.Round("seal", every=15), datetime(2026, 11, 20, 2, 15, tzinfo=UTC), "2026-11-20T10:15"),
    ],
)
def test_a_round_begins_at_its_hour_of_shanghai(rule: schedule.Round, moment: datetime, begun: str) -> None:
    assert f"{schedule.last_round(rule, moment):%Y-%m-%dT%H:%M}" == begun


def test_each_round_is_asked_for_once() -> None:
    rounds = [schedule.Round("close", at=time(1, 30)), schedule.Round("seal", every=15)]
    schedule.rounds_ask(rounds)
    schedule.rounds_ask(rounds)
    with clock.frozen(later(15)):
        schedule.rounds_ask(rounds)
    assert sorted(Job.objects.values_list("key", flat=True)) == [
        "close@2026-11-20T01:30",
        "seal@2026-11-20T10:00",
        "seal@2026-11-20T10:15",
    ]


def test_jobs_asked_for_together_stand_as_one_by_one_and_a_key_counts_once() -> None:
    alone = job_ask(kind="letter", payload={"number": 1}, actor=HOUSE, key="letter:1")
    jobs_ask("letter", [Asked("letter:1", {"number": 9}), Asked("letter:2", {"number": 2})], HOUSE)
    jobs_ask("letter", [], HOUSE)
    first, second = Job.objects.order_by("pk")
    assert (first.pk, first.payload, second.key, second.payload) == (
        alone.pk,
        {"number": 1},
        "letter:2",
        {"number": 2},
    )
    same = [field.attname for field in Job._meta.concrete_fields if field.attname not in ("id", "key", "payload")]
    assert {name: getattr(first, name) for name in same} == {name: getattr(second, name) for name in same}
