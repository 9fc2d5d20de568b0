"""The file of a deal before its lenders. Money in fen, rates in 1e-8 a year."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Router

from chedai.api.application_schemas import (
    AnswerIn,
    Deal,
    LendersIn,
    ReasonIn,
    RoundOut,
    SubmissionOut,
)
from chedai.api.of_deal import application_found, belonging
from chedai.api.operations import caller_of, changing
from chedai.api.schemas import Number
from chedai.deals.applications.selectors import submissions_of
from chedai.deals.applications.services.lenders import (
    Answer,
    submission_answer,
    submission_funded,
    submission_send,
    submission_win,
    submission_withdraw,
)
from chedai.deals.applications.states import SubmissionState

router = Router(tags=["applications"])


def submission_out(one: Any) -> SubmissionOut:
    """The file before one lender, round by round."""
    rounds = [RoundOut.from_orm(row) for row in one.rounds.order_by("number")]
    named = ("lender_code", "state", "round", "amount", "annual_rate", "periods", "conditions")
    return SubmissionOut(id=one.pk, rounds=rounds, **{name: getattr(one, name) for name in named})


@changing(router, "/deals/{number}/submissions", "application.submit", response=list[SubmissionOut], status=201)
def send(request: HttpRequest, number: Path[Deal], lenders: LendersIn) -> Any:
    """Send the file to lenders of the quote, in parallel."""
    found = application_found(request, number, "application.submit")
    sent = submission_send(application_id=found.pk, codes=lenders.codes, actor=caller_of(request).actor)
    return [submission_out(one) for one in sent]


@changing(
    router,
    "/deals/{number}/submissions/{submission_id}/answers",
    "application.submit",
    response=SubmissionOut,
    status=201,
)
def answer(request: HttpRequest, number: Path[Deal], submission_id: Path[Number], said: AnswerIn) -> Any:
    """Write down what a lender without a channel answered."""
    found = application_found(request, number, "application.submit")
    one = belonging(submissions_of(found.pk), submission_id)
    told = Answer(
        message="",
        seq=0,
        state=SubmissionState(said.state),
        amount=said.amount,
        annual_rate=said.annual_rate,
        periods=said.periods,
        conditions=tuple(said.conditions),
        papers=tuple(said.papers),
        reason=said.reason,
    )
    return submission_out(submission_answer(submission_id=one.pk, answer=told, actor=caller_of(request).actor))


@changing(
    router,
    "/deals/{number}/submissions/{submission_id}/withdrawal",
    "application.submit",
    response=SubmissionOut,
    status=201,
)
def withdraw(request: HttpRequest, number: Path[Deal], submission_id: Path[Number], why: ReasonIn) -> Any:
    """Take the file back from one lender."""
    found = application_found(request, number, "application.submit")
    one = belonging(submissions_of(found.pk), submission_id)
    actor = caller_of(request).actor
    return submission_out(submission_withdraw(submission_id=one.pk, reason=why.reason, actor=actor))


@changing(
    router,
    "/deals/{number}/submissions/{submission_id}/win",
    "application.submit",
    response=SubmissionOut,
    status=201,
)
def win(request: HttpRequest, number: Path[Deal], submission_id: Path[Number]) -> Any:
    """Take this lender's approval; the others are withdrawn."""
    found = application_found(request, number, "application.submit")
    one = belonging(submissions_of(found.pk), submission_id)
    return submission_out(submission_win(submission_id=one.pk, actor=caller_of(request).actor))


@changing(
    router,
    "/deals/{number}/submissions/{submission_id}/funding",
    "application.submit",
    response=SubmissionOut,
    status=201,
)
def funded(request: HttpRequest, number: Path[Deal], submission_id: Path[Number]) -> Any:
    """The lender that was taken has paid out."""
    found = application_found(request, number, "application.submit")
    one = belonging(submissions_of(found.pk), submission_id)
    return submission_out(submission_funded(submission_id=one.pk, actor=caller_of(request).actor))
