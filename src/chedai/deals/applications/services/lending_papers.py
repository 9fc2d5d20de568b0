"""A lender fetches the papers of a file it was sent: by a signed address for one paper, for some days, on record."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Final

from chedai.deals.applications.models import SubmissionRound
from chedai.deals.applications.readiness import stale_days
from chedai.deals.applications.selectors import papers_by_item
from chedai.deals.applications.states import AT_THE_LENDER, SubmissionState
from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import NotFound
from chedai.platform.files.models import Paper
from chedai.platform.files.selectors import paper_content
from chedai.platform.privacy.keys import fingerprint
from chedai.platform.work import record, service

DAYS: Final = "application.lender_link_days"
READING: Final = (*AT_THE_LENDER, SubmissionState.WON, SubmissionState.FUNDED)
"""States in which a lender may read: not once the file was taken back from it, nor once it has declined."""


def paper_token(round_id: int, paper_id: int) -> str:
    """What in an address lets a lender fetch one paper of one round, from now on for the days of the policy."""
    until = clock.now() + timedelta(days=stale_days(DAYS, clock.business_date()))
    claim = f"{round_id}.{paper_id}.{int(until.timestamp())}"
    return f"{claim}.{_signed(claim)}"


@service
def paper_fetch(*, lender_code: str, token: str) -> tuple[Paper, bytes]:
    """The paper behind a lender's address, and its bytes; the fetching goes on record.

    Errors: `NotFound`, whether the address was never given, is over, is another lender's, or the file was taken back.
    """
    claim, _, signature = token.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signed(claim).encode()):
        raise _closed()
    round_id, paper_id, until = (int(part) for part in claim.split("."))
    rows = SubmissionRound.objects.select_related("submission__application__deal")
    found = rows.filter(pk=round_id, submission__lender_code=lender_code, submission__state__in=READING).first()
    if found is None or until <= clock.now().timestamp():
        raise _closed()
    application = found.submission.application
    held = {paper.pk for papers in papers_by_item(application).values() for paper in papers}
    if paper_id not in held:
        raise _closed()
    facts: dict[str, Scalar] = {"lender": lender_code, "round": found.number, "paper": paper_id}
    subject = f"deal:{application.deal_id}"
    record(actor=system(f"lender-{lender_code}"), action="paper.fetched", subject=subject, facts=facts)
    return paper_content(paper_id)


def _signed(claim: str) -> str:
    return fingerprint(f"lender-paper:{claim}".encode())


def _closed() -> NotFound:
    return NotFound("paper-closed", "该地址已失效", "this address no longer opens")
