"""Collection: cases with what stands against a call, calls and their results, promises, the logs of agencies."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router

from chedai.api.collection_schemas import (
    CallIn,
    CollectionCaseOut,
    CollectionCaseWhole,
    CollectionContactOut,
    LogIn,
    LogOut,
    PromiseOut,
    ResultIn,
)
from chedai.api.operations import caller_of, changing, reading
from chedai.api.pages import Cut, Page, page
from chedai.api.schemas import Number
from chedai.book.collection import selectors
from chedai.book.collection.services.dialling import contact_begin, contact_result
from chedai.book.collection.services.gate import light
from chedai.book.collection.services.outside import Reported, agency_log_take
from chedai.book.collection.states import CaseState
from chedai.org.permissions import Permission
from chedai.platform.actors import Actor, ActorKind

router = Router(tags=["collection"])

READ: Permission = "collection.read"
WORK: Permission = "collection.work"
MANAGE: Permission = "collection.manage"
AGENCY: Permission = "agency.manage"


def _person(request: HttpRequest) -> Actor:
    """A token calls as its account: who reached whom is a person."""
    caller = caller_of(request)
    return Actor(ActorKind.PERSON, caller.user_id, caller.actor.name)


def _case(request: HttpRequest, case_id: int, permission: Permission) -> Any:
    """The case, where the caller may use `permission` on it."""
    found = selectors.case_read(case_id)
    caller_of(request).require(permission, store_id=found.store_id, owner_id=found.collector_id)
    return found


@reading(router, "/collection/cases", READ, response=Page[CollectionCaseOut])
def cases(request: HttpRequest, cut: Query[Cut], state: CaseState | None = None) -> dict[str, Any]:
    """The cases the caller may see, newest first."""
    rows = selectors.cases_seen(caller_of(request).access.records(READ, owner="collector_id"))
    return page(rows.filter(state=state) if state else rows, cut)


@reading(router, "/collection/cases/{case_id}", READ, response=CollectionCaseWhole)
def case(request: HttpRequest, case_id: Path[Number]) -> Any:
    """One case and its numbers, each with the rules that stand against calling it now."""
    found = _case(request, case_id, READ)
    return {"case": found, "numbers": [_number(found, one) for one in selectors.numbers_of(found.customer_id)]}


@changing(router, "/collection/cases/{case_id}/calls", WORK, response=CollectionContactOut, status=201)
def call(request: HttpRequest, case_id: Path[Number], call: CallIn) -> Any:
    """Begin a call. 422 names every rule of conduct that stands against it; the limits are the same at every door."""
    found = _case(request, case_id, WORK)
    if call.override:
        caller_of(request).require(MANAGE, store_id=found.store_id)
    return contact_begin(
        case_id=found.pk,
        number_id=call.number_id,
        channel=call.channel,
        override=call.override,
        actor=_person(request),
    )


@changing(router, "/collection/contacts/{contact_id}/result", WORK, response=CollectionContactOut)
def result(request: HttpRequest, contact_id: Path[Number], result: ResultIn) -> Any:
    """Write down what came of a call, once."""
    _case(request, selectors.contact_read(contact_id).case_id, WORK)
    return contact_result(contact_id=contact_id, actor=_person(request), **result.model_dump())


@reading(router, "/collection/promises", READ, response=Page[PromiseOut])
def promises(request: HttpRequest, cut: Query[Cut]) -> dict[str, Any]:
    """The promises the caller may see, newest first."""
    records = caller_of(request).access.records(READ, store="case__store_id", owner="case__collector_id")
    return page(selectors.promises_seen(records), cut)


@changing(router, "/collection/agencies/{agency_id}/contacts", AGENCY, response=LogOut, status=201)
def log(request: HttpRequest, agency_id: Path[Number], log: LogIn) -> Any:
    """Take the log of an agency. Its contacts count together with our own; what broke a rule is named."""
    rows = [Reported(**one.model_dump()) for one in log.contacts]
    return agency_log_take(agency_id=agency_id, rows=rows, actor=_person(request))


def _number(case: Any, number: Any) -> dict[str, Any]:
    found, counted, _limits = light(case, number)
    blocks = [{"rule": block.rule, "zh": block.zh, "en": block.en} for block in found]
    facts = {"id": number.pk, "whom": number.whom, "phone": number.phone, "source": number.source}
    return facts | {"effective_today": counted.effective, "dials_today": counted.dials, "blocks": blocks}
