"""What people do with alerts and playbooks: act, close, tick a step off, hold a drill."""

from __future__ import annotations

from chedai.book.risk import limits
from chedai.book.risk.models import Alert, AlertNote, PlaybookRun, PlaybookStep
from chedai.book.risk.scanning import playbook_begin
from chedai.book.risk.states import ALERT_MOVES, AlertState, Outcome, RunState
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.errors import Conflict, NotFound, Refusal
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import record, service


def alert_lock(alert_id: int) -> Alert:
    """The alert, held until the work ends. Errors: `NotFound`."""
    alert = Alert.objects.select_for_update(no_key=True, of=("self",)).filter(pk=alert_id).first()
    if alert is None:
        raise NotFound("alert-unknown", "没有这条预警", "there is no such alert")
    return alert


def _move(alert: Alert, verb: str) -> AlertState:
    if (to := ALERT_MOVES.get((AlertState(alert.state), verb))) is None:
        raise Conflict("alert-closed", "预警已关闭", "the alert is closed")
    return to


def _words(text: str) -> str:
    if not text.strip():
        raise Refusal("note-empty", "请写明做了什么", "say what was done", field="text")
    return text.strip()


@service
def alert_act(*, alert_id: int, text: str, actor: Actor) -> AlertNote:
    """Write down what was done about an alert; the first time stops its clock.

    Errors: `NotFound`, `Conflict` for a closed one, `Refusal` without words.
    """
    alert = alert_lock(alert_id)
    alert.state = _move(alert, "act")
    note = AlertNote.objects.create(alert=alert, text=_words(text), by_id=actor.ref, at=clock.now())
    alert.acted_at = alert.acted_at or note.at
    alert.save(update_fields=["state", "acted_at"])
    record(actor=actor, action="alert.acted", subject=f"alert:{alert.pk}")
    return note


@service
def alert_close(*, alert_id: int, outcome: Outcome, text: str, actor: Actor) -> Alert:
    """Close an alert with what it turned out to be. Errors: as `alert_act`; `Conflict` while its playbook runs."""
    alert = alert_lock(alert_id)
    alert.state = _move(alert, "close")
    if PlaybookRun.objects.filter(alert=alert, state=RunState.RUNNING).exists() and outcome is not Outcome.FALSE_ALARM:
        zh, en = "预案还有步骤未完成", "its playbook has steps that are not done"
        raise Conflict("playbook-running", zh, en)
    now = clock.now()
    AlertNote.objects.create(alert=alert, text=_words(text), by_id=actor.ref, at=now)
    alert.acted_at = alert.acted_at or now
    alert.closed_at, alert.closed_by_id, alert.outcome = now, actor.ref, outcome
    alert.save(update_fields=["state", "acted_at", "closed_at", "closed_by", "outcome"])
    if outcome is Outcome.FALSE_ALARM:
        PlaybookRun.objects.filter(alert=alert, state=RunState.RUNNING).update(state=RunState.DONE, ended_at=now)
    record(actor=actor, action="alert.closed", subject=f"alert:{alert.pk}", facts={"outcome": outcome.value})
    return alert


@service
def step_done(*, step_id: int, note: str, actor: Actor) -> PlaybookStep:
    """Tick a step off with what came of it; the last one ends the run.

    Errors: `NotFound`, `Conflict` where it is done already, `Refusal` without words.
    """
    step = PlaybookStep.objects.filter(pk=step_id).first()
    if step is None:
        raise NotFound("step-unknown", "没有这个步骤", "there is no such step")
    run = PlaybookRun.objects.select_for_update(no_key=True, of=("self",)).get(pk=step.run_id)
    step.refresh_from_db()
    if step.done_on is not None or run.state != RunState.RUNNING:
        raise Conflict("step-done", "该步骤已完成", "the step is done already")
    step.note, step.done_on, step.done_by_id = _words(note), clock.business_date(), actor.ref
    step.save(update_fields=["note", "done_on", "done_by"])
    if not run.steps.filter(done_on=None).exists():
        run.state, run.ended_at = RunState.DONE, clock.now()
        run.save(update_fields=["state", "ended_at"])
    facts = {"step": step.place, "late": step.done_on > step.due_on}
    record(actor=actor, action="playbook.step", subject=f"playbook:{run.pk}", facts=facts)
    return step


@service
def drill_begin(*, playbook: str, store_id: int | None, actor: Actor) -> PlaybookRun:
    """Begin a playbook as a drill (演练). Errors: `NotFound` for a code that is not in force."""
    day = clock.business_date()
    if playbook not in limits.playbooks_on(book_in_force(), day):
        raise NotFound("playbook-unknown", "没有这个预案", "there is no such playbook")
    return playbook_begin(playbook, alert=None, store_id=store_id, day=day, actor=actor)
