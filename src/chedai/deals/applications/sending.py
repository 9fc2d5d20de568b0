"""The outbox to lenders: the file over HTTP, signed, with the round's key so that sending twice is sending once."""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any, Final

from chedai.catalog.partners.models import Lender
from chedai.catalog.partners.selectors import lender_of
from chedai.deals.applications import plans
from chedai.deals.applications.models import SubmissionRound
from chedai.deals.applications.selectors import (
    answers_in_force,
    answers_plain,
    items_of,
    papers_by_item,
    parties_of,
)
from chedai.deals.applications.services.lending_papers import paper_token
from chedai.deals.applications.services.rounds import SEND
from chedai.deals.applications.services.sending import round_sent
from chedai.deals.applications.services.withdrawing import WITHDRAW
from chedai.deals.applications.states import SubmissionState
from chedai.platform import clock
from chedai.platform.files.selectors import paper_content
from chedai.platform.jobs.handlers import Handler, Later, Never, Payload, Progress, Result
from chedai.platform.webhooks.signing import HEADER, sign

PATIENCE: Final = 10.0
MOST: Final = 64 * 1024


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A lender that sends us elsewhere is not followed: the file was meant for one address."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Never."""


_opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


def document_of(found: SubmissionRound) -> dict[str, Any]:
    """The file as a lender gets it. Money in fen, rates in 1e-8 a year; papers by kind and SHA-256, each with the path
    of this house under which the lender may fetch it for some days.
    """
    application = found.submission.application
    plan = plans.plan_of(application)
    parties = parties_of(application.pk)
    answers = answers_in_force(party.pk for party in parties)
    return {
        "key": found.key,
        "round": found.number,
        "deal": application.deal.number,
        "product": found.submission.product_code,
        "asked": {
            "amount": found.asked_amount,
            "annual_rate": found.asked_rate,
            "periods": found.asked_periods,
        },
        "car": {"kind": plan.vehicle_kind.value, "name": plan.vehicle, "price": plan.price},
        "down_payment": plan.down_payment,
        "parties": [
            {
                "role": party.role,
                "liability": party.liability,
                "limit": party.liability_amount,
                "kind": party.customer.kind,
                "name": party.customer.name.in_full(),
                "id_number": party.customer.id_number.in_full() if party.customer.id_number else "",
                "phone": party.customer.phone.in_full() if party.customer.phone else "",
                "answers": answers_plain(answers[party.pk]),
            }
            for party in parties
        ],
        "papers": _papers(found),
    }


def _papers(found: SubmissionRound) -> list[dict[str, Any]]:
    """The papers of the checklist, with what proves their bytes and where they are fetched."""
    application, lender = found.submission.application, found.submission.lender_code
    papers = papers_by_item(application)
    return [
        {
            "code": item.code,
            "party": item.party.role if item.party else "",
            "type": paper.media_type,
            "digest": hashlib.sha256(paper_content(paper.pk)[1]).hexdigest(),
            "path": f"/lender-callback/{lender}/papers/{paper_token(found.pk, paper.pk)}/",
        }
        for item in items_of(application.pk)
        for paper in papers.get(item.pk, [])
    ]


def _send(payload: Payload, progress: Progress) -> Result:
    found = _round(payload)
    if found.state != SubmissionState.SENDING:
        return None  # answered, or withdrawn, while it waited
    body = json.dumps(document_of(found), ensure_ascii=False, sort_keys=True).encode()
    answer = _post(lender_of(found.submission.lender_code), "submissions", found.key, body)
    reference = str(answer.get("reference", ""))[:60]
    round_sent(round_id=found.pk, reference=reference, digest=hashlib.sha256(body).hexdigest())
    return {"reference": reference}


def _withdraw(payload: Payload, progress: Progress) -> Result:
    found = _round(payload)
    body = json.dumps({"key": found.key, "round": found.number}, sort_keys=True).encode()
    _post(lender_of(found.submission.lender_code), "withdrawals", f"{found.key}-w", body)
    return None


def _round(payload: Payload) -> SubmissionRound:
    rows = SubmissionRound.objects.select_related("submission__application__deal")
    return rows.get(pk=payload["round"])


def _post(lender: Lender, path: str, key: str, body: bytes) -> dict[str, Any]:
    """One call. Errors: `Later` where nobody is there or it says so; `Never` where it refuses what was sent."""
    secret = lender.secret
    if secret is None or not lender.endpoint:
        raise Never("lender-without-channel")
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        HEADER: sign(secret.in_full(), body, int(clock.now().timestamp())),
    }
    address = f"{lender.endpoint.rstrip('/')}/{path}"
    request = urllib.request.Request(address, body, headers, method="POST")
    try:
        with _opener.open(request, timeout=PATIENCE) as answer:
            read = json.loads(answer.read(MOST) or b"{}")
            return read if isinstance(read, dict) else {}
    except urllib.error.HTTPError as refused:
        if refused.code >= 500 or refused.code in (408, 429):
            raise Later from None
        raise Never(f"lender-refused-{refused.code}") from None
    except (OSError, HTTPException, ValueError):
        raise Later from None


HANDLERS: Final = {
    SEND: Handler(_send, tries=12, words=("送审", "send a file to a lender")),
    WITHDRAW: Handler(_withdraw, tries=12, words=("撤回送审", "withdraw a file from a lender")),
}
