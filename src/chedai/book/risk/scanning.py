"""The scan of a day: every indicator is counted, a breach opens exactly one alert, and its playbook begins at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from chedai.book.loans.models import Loan
from chedai.book.risk import limits
from chedai.book.risk.indicators import CATALOGUE, SHARES, Asked, Measured
from chedai.book.risk.limits import Playbook, Watched
from chedai.book.risk.models import Alert, PlaybookRun, PlaybookStep
from chedai.book.risk.watching import watch_refresh
from chedai.org.access import in_force
from chedai.org.models import RoleGrant
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.days.report import StepReport
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import record, service


@service
def risk_scan(*, day: date, actor: Actor) -> StepReport:
    """Count every indicator of the policy on `day`. A second scan of a day changes nothing.

    `looked` at so many groups and loans in breach, `changed` so many alerts opened or cleared. An alert that a person
    closed stays closed while its breach lasts; once a scan finds the breach gone, the next one is a new alert.
    """
    rules = book_in_force()
    changed = watch_refresh(day=day, rules=rules)
    looked, held = 0, _standing()
    for watched in limits.watched_on(rules, day, SHARES):
        indicator = CATALOGUE.get(watched.indicator)
        if indicator is None or watched.by not in indicator.groups or _is_monthly(watched, day):
            continue
        measured = indicator.measure(Asked(day, watched.by, rules))
        breaches = {one.subject: one for one in measured if one.loans >= watched.least and one.value > watched.limit}
        looked += len(breaches)
        prefix = {"officer": "staff"}.get(watched.by, watched.by)
        standing = {at: pk for at, pk in held.get(watched.indicator, {}).items() if at.startswith(f"{prefix}:")}
        changed += _clear(standing, breaches, day) + alerts_open(watched, standing, breaches, day, actor)
    return StepReport(looked=looked, changed=changed)


def _is_monthly(watched: Watched, day: date) -> bool:
    """Values are counted on the first of a month: on other days nothing is known of them, and nothing is cleared."""
    return watched.indicator == "value_below_balance" and day.day != 1


def _standing() -> dict[str, dict[str, int]]:
    """The alerts whose breach lasts: by indicator, the key of each by its subject."""
    found: dict[str, dict[str, int]] = {}
    rows = Alert.objects.filter(cleared_on=None).order_by("pk").values_list("indicator", "subject", "pk")
    for indicator, subject, pk in rows:
        found.setdefault(indicator, {})[subject] = pk
    return found


def _clear(standing: Mapping[str, int], breaches: Collection[str], day: date) -> int:
    gone = [pk for subject, pk in standing.items() if subject not in breaches]
    return Alert.objects.filter(pk__in=gone).update(cleared_on=day) if gone else 0


def alerts_open(
    watched: Watched, standing: Collection[str], breaches: Mapping[str, Measured], day: date, actor: Actor
) -> int:
    """Open an alert for each breach that has none (`standing`), its playbook with it; how many. Inside a service.

    A playbook that the policy has no longer does not begin: the record of the alert says so.
    """
    fresh = [one for subject, one in breaches.items() if subject not in standing]
    known = not (fresh and watched.playbook) or watched.playbook in limits.playbooks_on(book_in_force(), day)
    for one in fresh:
        alert = Alert.objects.create(
            indicator=watched.indicator,
            subject=one.subject,
            store_id=one.store_id,
            staff_id=int(one.subject.partition(":")[2]) if watched.by == "officer" else None,
            value=one.value,
            limit=watched.limit,
            policy=watched.policy,
            evidence=dict(one.evidence),
            opened_on=day,
            opened_at=clock.now(),
        )
        facts: dict[str, Scalar] = {
            "indicator": watched.indicator,
            "of": one.subject,
            "value": one.value,
            "limit": watched.limit,
        }
        facts |= {} if known else {"no_playbook": watched.playbook}
        record(actor=actor, action="alert.opened", subject=f"alert:{alert.pk}", facts=facts)
        if watched.playbook and known:
            near = _near(one.subject)
            playbook_begin(watched.playbook, alert=alert, store_id=one.store_id, day=day, actor=actor, near=near)
    return len(fresh)


@service
def playbook_begin(
    code: str, *, alert: Alert | None, store_id: int | None, day: date, actor: Actor, near: int | None = None
) -> PlaybookRun:
    """Begin a playbook: its steps with who holds the role in the store, and their days. No alert: a drill.

    `near` is the officer of the loan it is about: a step of a role they hold is theirs.
    """
    playbook: Playbook = limits.playbooks_on(book_in_force(), day)[code]
    run = PlaybookRun.objects.create(
        alert=alert,
        playbook=code,
        version=playbook.policy,
        is_drill=alert is None,
        store_id=store_id,
        began_on=day,
        began_by=actor.key,
    )
    PlaybookStep.objects.bulk_create(
        PlaybookStep(
            run=run,
            place=step.place,
            zh=step.zh,
            en=step.en,
            role=step.role,
            owner_id=_holder(step.role, store_id, day, near),
            due_on=day + timedelta(days=step.days),
        )
        for step in playbook.steps
    )
    record(actor=actor, action="playbook.began", subject=f"playbook:{run.pk}", facts={"playbook": code})
    return run


def _near(subject: str) -> int | None:
    """The officer of the loan an alert is about."""
    kind, _colon, key = subject.partition(":")
    found = Loan.objects.filter(pk=int(key)).values_list("officer_id", flat=True) if kind == "loan" else ()
    return next(iter(found), None)


def _holder(role: str, store_id: int | None, day: date, near: int | None) -> int | None:
    """The officer of the loan where they hold the role; else who does in the store, or in the group, longest there."""
    grants = RoleGrant.objects.filter(in_force(day), role=role, staff__left_on=None).order_by("staff__number")
    if near is not None and grants.filter(staff_id=near).exists():
        return near
    here = grants.filter(store_id=store_id).first() if store_id else None
    found = here or grants.filter(store=None).first() or (grants.first() if store_id is None else None)
    return found.staff_id if found else None
