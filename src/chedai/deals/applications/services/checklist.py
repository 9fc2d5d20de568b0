"""Keeping the checklist in step with answers, parties and lenders. What was handed in is never thrown away."""

from __future__ import annotations

from chedai.deals.applications import plans
from chedai.deals.applications.checklists import Person, Wanted, wanted
from chedai.deals.applications.models import Application, CheckItem
from chedai.deals.applications.selectors import answers_in_force, answers_plain, asks_standing, parties_of
from chedai.deals.applications.states import Liability, Role
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.work import record


def checklist_refresh(application: Application, actor: Actor) -> None:
    """Add the papers that are wanted now and set aside those that no longer are. Called inside a service."""
    wants = {(one.party_id, one.code): one for one in wanted_now(application)}
    held = {(item.party_id, item.code): item for item in CheckItem.objects.filter(application=application)}
    now, fresh, changed = clock.now(), [], 0
    for key, want in wants.items():
        item = held.get(key)
        if item is None:
            fresh.append(
                CheckItem(
                    application=application,
                    party_id=want.party_id,
                    code=want.code,
                    is_required=want.required,
                    changed_at=now,
                )
            )
        elif (item.is_wanted, item.is_required) != (True, want.required):
            item.is_wanted, item.is_required = True, want.required
            item.save(update_fields=["is_wanted", "is_required"])
            changed += 1
    gone = [item.pk for key, item in held.items() if key not in wants and item.is_wanted]
    changed += len(CheckItem.objects.bulk_create(fresh))
    changed += CheckItem.objects.filter(pk__in=gone).update(is_wanted=False)
    if changed:
        facts: dict[str, Scalar] = {"wanted": len(wants), "changed": changed}
        record(actor=actor, action="checklist.changed", subject=f"deal:{application.deal_id}", facts=facts)


def wanted_now(application: Application) -> list[Wanted]:
    """The papers the application needs by its answers, parties and lenders, and what lenders asked for beside."""
    parties = parties_of(application.pk)
    answers = {number: answers_plain(held) for number, held in answers_in_force(p.pk for p in parties).items()}
    people = [
        Person(
            party_id=party.pk,
            kind=party.customer.kind,
            role=Role(party.role),
            liability=Liability(party.liability),
            job=answers[party.pk].get("job", ""),
            marital=answers[party.pk].get("marital", ""),
            licence=answers[party.pk].get("licence", ""),
        )
        for party in parties
    ]
    applicant = next(person for person in people if person.role is Role.APPLICANT)
    options = plans.chosen(application)
    terms = plans.terms_of(plans.plan_of(application), options, applicant.job, applicant.marital)
    asked = [Wanted(ask.item.code, ask.item.party_id, True) for ask in asks_standing(application.pk)]
    standing = {person.party_id for person in people} | {None}
    return [*wanted(people, terms), *(one for one in asked if one.party_id in standing)]
