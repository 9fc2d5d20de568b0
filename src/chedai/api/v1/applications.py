"""The application of a deal: people, answers, papers, what does not fit. Money in fen."""

import base64
import binascii
from typing import Any

from django.http import HttpRequest
from ninja import Path, Router

from chedai.api.application_schemas import (
    AnswersIn,
    ApplicationOut,
    BureauIn,
    CodesIn,
    Deal,
    DealFactsIn,
    DifferenceOut,
    EvidenceIn,
    FlagOut,
    ItemOut,
    LackOut,
    LendersIn,
    LinkOut,
    PaperIn,
    PartyIn,
    PartyOut,
    ReasonIn,
    ResolutionIn,
    ReviewIn,
    StatementIn,
)
from chedai.api.of_deal import application_found, belonging
from chedai.api.operations import caller_of, changing, reading
from chedai.api.schemas import Number
from chedai.api.v1.submissions import submission_out
from chedai.deals.applications.questions import answer_masked, question
from chedai.deals.applications.readiness import lacks_of
from chedai.deals.applications.rules import Line
from chedai.deals.applications.selectors import (
    answers_in_force,
    answers_plain,
    application_if_any,
    differences_of,
    flags_of,
    items_of,
    parties_of,
    submissions_of,
)
from chedai.deals.applications.services.answers import answers_confirm, answers_write, difference_acknowledge
from chedai.deals.applications.services.flags import flag_resolve
from chedai.deals.applications.services.links import link_make
from chedai.deals.applications.services.papers import check_accept, check_hand_in, check_return
from chedai.deals.applications.services.parties import party_add, party_remove
from chedai.deals.applications.services.proofs import BureauFigures, bureau_write, statement_write
from chedai.deals.applications.services.submitting import (
    application_back_to_quote,
    application_return,
    application_submit,
    down_payment_say,
    lenders_choose,
    title_moved_say,
)
from chedai.deals.applications.states import Role
from chedai.deals.pipeline.selectors import deal_of_number
from chedai.platform import clock
from chedai.platform.errors import Refusal

router = Router(tags=["applications"])


def _whole(number: str) -> ApplicationOut:
    found: Any = application_if_any(deal_of_number(number).pk)
    parties = parties_of(found.pk)
    held = answers_in_force(party.pk for party in parties)
    return ApplicationOut(
        id=found.pk,
        deal=found.deal.number,
        state=found.state,
        round=found.round,
        lenders=found.lenders,
        parties=[_party(party, answers_plain(held[party.pk])) for party in parties],
        items=[ItemOut.from_orm(item) for item in items_of(found.pk)],
        flags=[FlagOut.from_orm(flag) for flag in flags_of(found.pk)],
        differences=[
            DifferenceOut(id=d.pk, question=d.own.question, state=d.state, found_at=d.found_at)
            for d in differences_of(found.pk)
        ],
        lacks=[
            LackOut(code=lack.code, field=lack.field, zh=lack.zh, en=lack.en)
            for lack in lacks_of(found, clock.business_date())
        ],
        submissions=[submission_out(one) for one in submissions_of(found.pk)],
    )


def _party(party: Any, answers: dict[str, str]) -> PartyOut:
    return PartyOut(
        id=party.pk,
        customer_id=party.customer_id,
        name=str(party.customer.name),
        role=party.role,
        liability=party.liability,
        liability_amount=party.liability_amount,
        answers={code: answer_masked(question(code), text) for code, text in answers.items()},
    )


@reading(router, "/deals/{number}/application", "application.read", response=ApplicationOut)
def application(request: HttpRequest, number: Path[Deal]) -> Any:
    """The application of a deal with everything that belongs to it."""
    application_found(request, number, "application.read")
    return _whole(number)


@changing(router, "/deals/{number}/application/lenders", "application.write", response=ApplicationOut, method="put")
def choose(request: HttpRequest, number: Path[Deal], lenders: LendersIn) -> Any:
    """For which lenders of the quote the file is meant."""
    found = application_found(request, number, "application.write")
    lenders_choose(application_id=found.pk, codes=lenders.codes, actor=caller_of(request).actor)
    return _whole(number)


@changing(router, "/deals/{number}/application/parties", "application.write", response=ApplicationOut, status=201)
def add_party(request: HttpRequest, number: Path[Deal], party: PartyIn) -> Any:
    """Take somebody in."""
    found = application_found(request, number, "application.write")
    party_add(
        application_id=found.pk,
        customer_id=party.customer_id,
        role=Role(party.role),
        liability=party.liability,
        liability_amount=party.liability_amount,
        actor=caller_of(request).actor,
    )
    return _whole(number)


@changing(
    router,
    "/deals/{number}/application/parties/{party_id}/removal",
    "application.write",
    response=ApplicationOut,
)
def remove_party(request: HttpRequest, number: Path[Deal], party_id: Path[Number], why: ReasonIn) -> Any:
    """Let somebody go."""
    found = application_found(request, number, "application.write")
    party = belonging(parties_of(found.pk), party_id)
    party_remove(party_id=party.pk, reason=why.reason, actor=caller_of(request).actor)
    return _whole(number)


@changing(
    router,
    "/deals/{number}/application/parties/{party_id}/answers",
    "application.write",
    response=ApplicationOut,
    method="put",
)
def write_answers(request: HttpRequest, number: Path[Deal], party_id: Path[Number], answers: AnswersIn) -> Any:
    """Keep answers; those that are not named stay."""
    found = application_found(request, number, "application.write")
    party = belonging(parties_of(found.pk), party_id)
    answers_write(
        party_id=party.pk,
        values=answers.values,
        source=answers.source,
        as_of=answers.as_of,
        reason=answers.reason,
        actor=caller_of(request).actor,
    )
    return _whole(number)


@changing(
    router,
    "/deals/{number}/application/parties/{party_id}/confirmations",
    "application.write",
    response=ApplicationOut,
    status=201,
)
def confirm(request: HttpRequest, number: Path[Deal], party_id: Path[Number], figures: CodesIn) -> Any:
    """Figures are still so today."""
    found = application_found(request, number, "application.write")
    party = belonging(parties_of(found.pk), party_id)
    answers_confirm(party_id=party.pk, codes=figures.codes, actor=caller_of(request).actor)
    return _whole(number)


@changing(
    router,
    "/deals/{number}/application/parties/{party_id}/statements",
    "application.write",
    response=ApplicationOut,
    status=201,
)
def write_statement(request: HttpRequest, number: Path[Deal], party_id: Path[Number], given: StatementIn) -> Any:
    """Keep a bank statement; the first line whose balance does not follow becomes a flag."""
    found = application_found(request, number, "application.write")
    party = belonging(parties_of(found.pk), party_id)
    lines = [
        Line(at, one.day, one.money_in, one.money_out, one.balance, one.words) for at, one in enumerate(given.lines, 1)
    ]
    statement_write(
        party_id=party.pk,
        bank=given.bank,
        account=given.account,
        opening=given.opening,
        lines=lines,
        actor=caller_of(request).actor,
    )
    return _whole(number)


@changing(router, "/deals/{number}/application/facts", "application.write", response=ApplicationOut, method="put")
def say_facts(request: HttpRequest, number: Path[Deal], given: DealFactsIn) -> Any:
    """Who pays the down payment; when a used car last changed hands."""
    found, actor = application_found(request, number, "application.write"), caller_of(request).actor
    if given.payer is not None:
        down_payment_say(application_id=found.pk, payer=given.payer, actor=actor)
    if given.title_moved_on is not None:
        title_moved_say(application_id=found.pk, moved_on=given.title_moved_on, actor=actor)
    return _whole(number)


@changing(
    router,
    "/deals/{number}/application/parties/{party_id}/bureau-reports",
    "application.write",
    response=ApplicationOut,
    status=201,
)
def write_bureau(request: HttpRequest, number: Path[Deal], party_id: Path[Number], report: BureauIn) -> Any:
    """Keep the summary of a credit report, under the consent in force."""
    found = application_found(request, number, "application.write")
    party = belonging(parties_of(found.pk), party_id)
    given = report.dict(exclude={"number", "queried_on"})
    bureau_write(
        party_id=party.pk,
        number=report.number,
        queried_on=report.queried_on,
        figures=BureauFigures(**given),
        actor=caller_of(request).actor,
    )
    return _whole(number)


@changing(
    router,
    "/deals/{number}/application/parties/{party_id}/links",
    "application.write",
    response=LinkOut,
    status=201,
)
def make_link(request: HttpRequest, number: Path[Deal], party_id: Path[Number]) -> Any:
    """A link to the customer's own pages; earlier ones of this person no longer open."""
    found = application_found(request, number, "application.write")
    party = belonging(parties_of(found.pk), party_id)
    link, token = link_make(party_id=party.pk, actor=caller_of(request).actor)
    return LinkOut(token=token, expires_at=link.expires_at)


@changing(
    router,
    "/deals/{number}/application/items/{item_id}/papers",
    "application.write",
    response=ApplicationOut,
    status=201,
)
def hand_in(request: HttpRequest, number: Path[Deal], item_id: Path[Number], paper: PaperIn) -> Any:
    """Hand in a paper."""
    found = application_found(request, number, "application.write")
    item = belonging(items_of(found.pk), item_id)
    try:
        content = base64.b64decode(paper.content, validate=True)
    except binascii.Error:
        raise Refusal("file-base64", "文件须以 base64 编码", "the file is sent in base64", field="content") from None
    check_hand_in(item_id=item.pk, name=paper.name, content=content, day=paper.day, actor=caller_of(request).actor)
    return _whole(number)


@changing(
    router,
    "/deals/{number}/application/items/{item_id}/reviews",
    "document.verify",
    response=ApplicationOut,
    status=201,
)
def review(request: HttpRequest, number: Path[Deal], item_id: Path[Number], said: ReviewIn) -> Any:
    """Accept a paper, or return it with the reason."""
    found = application_found(request, number, "document.verify")
    item, actor = belonging(items_of(found.pk), item_id), caller_of(request).actor
    if said.verdict == "accept":
        check_accept(item_id=item.pk, day=said.day, actor=actor)
    else:
        check_return(item_id=item.pk, reason=said.reason, actor=actor)
    return _whole(number)


@changing(
    router,
    "/deals/{number}/application/flags/{flag_id}/resolution",
    "application.write",
    response=ApplicationOut,
    status=201,
)
def resolve(request: HttpRequest, number: Path[Deal], flag_id: Path[Number], told: ResolutionIn) -> Any:
    """Write down what a finding is about."""
    found = application_found(request, number, "application.write")
    flag = belonging(flags_of(found.pk), flag_id)
    flag_resolve(flag_id=flag.pk, resolution=told.resolution, actor=caller_of(request).actor)
    return _whole(number)


@changing(
    router,
    "/deals/{number}/application/differences/{difference_id}/acknowledgement",
    "application.write",
    response=ApplicationOut,
    status=201,
)
def acknowledge(request: HttpRequest, number: Path[Deal], difference_id: Path[Number], by: EvidenceIn) -> Any:
    """The customer signed for a change on paper."""
    found = application_found(request, number, "application.write")
    difference = belonging(differences_of(found.pk), difference_id)
    actor = caller_of(request).actor
    difference_acknowledge(difference_id=difference.pk, evidence=f"paper:{by.paper_id}", actor=actor)
    return _whole(number)


@changing(router, "/deals/{number}/application/submission", "application.submit", response=ApplicationOut, status=201)
def submit(request: HttpRequest, number: Path[Deal]) -> Any:
    """The file goes on. 422 names everything that is missing."""
    found = application_found(request, number, "application.submit")
    application_submit(application_id=found.pk, actor=caller_of(request).actor)
    return _whole(number)


@changing(router, "/deals/{number}/application/new-plan", "application.submit", response=ApplicationOut, status=201)
def new_plan(request: HttpRequest, number: Path[Deal], why: ReasonIn) -> Any:
    """The plan must change: the deal goes back to the quote, answers and papers stay."""
    found = application_found(request, number, "application.submit")
    application_back_to_quote(application_id=found.pk, reason=why.reason, actor=caller_of(request).actor)
    return _whole(number)


@changing(router, "/deals/{number}/application/return", "application.return", response=ApplicationOut, status=201)
def send_back(request: HttpRequest, number: Path[Deal], why: ReasonIn) -> Any:
    """The file comes back with a reason."""
    found = application_found(request, number, "application.return")
    application_return(application_id=found.pk, reason=why.reason, actor=caller_of(request).actor)
    return _whole(number)
