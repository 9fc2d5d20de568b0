"""Taking the file back from lenders."""

from __future__ import annotations

from chedai.deals.applications.models import Application, Submission, SubmissionRound
from chedai.deals.applications.selectors import round_now, submissions_lock
from chedai.deals.applications.services.checklist import checklist_refresh
from chedai.deals.applications.states import AT_THE_LENDER, SUBMISSION_MOVES, SubmissionState
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict
from chedai.platform.jobs.services import job_ask
from chedai.platform.work import record

WITHDRAW = "lender.withdraw"


def withdraw_all(application: Application, reason: str, actor: Actor, *, but: int = 0) -> None:
    """Withdraw the file from every lender that has it, except one. Called inside a service."""
    for submission in submissions_lock(application.pk):
        if submission.pk != but and submission.state in AT_THE_LENDER:
            withdraw(submission, reason, actor)


def withdraw(submission: Submission, reason: str, actor: Actor) -> SubmissionRound:
    """Withdraw it from one, which is told by the outbox. Errors: `Conflict` where it has nothing to give back."""
    if SubmissionState.WITHDRAWN not in SUBMISSION_MOVES[SubmissionState(submission.state)]:
        zh, en = "该机构的送审已结束，不能撤回", "this submission is over and cannot be withdrawn"
        raise Conflict("submission-state", zh, en)
    now, current = clock.now(), round_now(submission)
    current.state, current.reason, current.answered_at = SubmissionState.WITHDRAWN, reason[:200], now
    current.save()
    submission.state, submission.changed_at = SubmissionState.WITHDRAWN, now
    submission.save()
    if submission.asks.exists():
        checklist_refresh(submission.application, actor)  # what only this lender wanted is wanted no more
    if submission.channel == "http":
        job_ask(kind=WITHDRAW, payload={"round": current.pk}, actor=actor, key=f"{WITHDRAW}:{current.pk}")
    facts: dict[str, Scalar] = {"lender": submission.lender_code, "round": current.number}
    subject = f"deal:{submission.application.deal_id}"
    record(actor=actor, action="submission.withdrawn", subject=subject, facts=facts, reason=reason)
    return current
