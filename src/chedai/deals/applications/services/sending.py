"""Noting that a lender has taken the file."""

from __future__ import annotations

from chedai.deals.applications import steps
from chedai.deals.applications.models import SubmissionRound
from chedai.deals.applications.selectors import application_lock, submission_lock, submission_read
from chedai.deals.applications.states import SubmissionState
from chedai.platform import clock
from chedai.platform.audit.entries import Scalar
from chedai.platform.work import record, service


@service
def round_sent(*, round_id: int, reference: str, digest: str) -> None:
    """The file is there, under the lender's own number. An answer that was faster than this note stands."""
    number = SubmissionRound.objects.values_list("submission_id", flat=True).get(pk=round_id)
    application_lock(submission_read(number).application_id)
    submission = submission_lock(number)
    current = SubmissionRound.objects.get(pk=round_id)
    now = clock.now()
    current.reference, current.digest, current.sent_at = reference, digest, current.sent_at or now
    if current.state == SubmissionState.SENDING:
        current.state = SubmissionState.SENT
        if current.number == submission.round:
            submission.state, submission.changed_at = SubmissionState.SENT, now
            submission.save(update_fields=["state", "changed_at"])
    current.save()
    facts: dict[str, Scalar] = {"lender": submission.lender_code, "round": current.number, "reference": reference}
    subject = f"deal:{submission.application.deal_id}"
    record(actor=steps.HOUSE, action="submission.arrived", subject=subject, facts=facts)
