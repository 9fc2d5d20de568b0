"""The customer's pages of the paper: the cost of everything, the signature, their own contract."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.deals.applications.states import Role
from chedai.deals.contracts import selectors
from chedai.deals.contracts.rules.reading import seconds_left
from chedai.deals.contracts.services.signing import contract_sign
from chedai.deals.contracts.services.statements import (
    cost_statement_confirm,
    cost_statement_decline,
    cost_statement_open,
)
from chedai.deals.contracts.states import ContractState, Place, StatementState
from chedai.platform import clock
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.files.selectors import paper_content
from chedai.web.approvals.papers import inline
from chedai.web.phone.guests import Guest, by_link

_REFUSED = 422


@by_link
@require_http_methods(["GET", "POST"])
def statement(request: Guest) -> HttpResponse:
    """综合融资成本明示表: opened here, read for the set time by our clock, confirmed before anything is signed."""
    found = _statement(request)
    refused = ""
    if request.method == "POST":
        digest = request.POST.get("digest", "")
        try:
            cost_statement_confirm(statement_id=found.pk, place=Place.PHONE, digest=digest, actor=request.actor)
            return HttpResponseRedirect(reverse("phone_sign", args=[request.token]))
        except Refusal as error:
            refused = error.text(get_language() or "zh-hans")
    elif found.state != StatementState.CONFIRMED:
        cost_statement_open(statement_id=found.pk, place=Place.PHONE, actor=request.actor)
        found = _statement(request)
    reading = selectors.reading_at(found.pk, Place.PHONE)
    left = seconds_left(reading.opened_at, clock.now(), found.reading_seconds) if reading is not None else 0
    return _page(
        request,
        "statement",
        _REFUSED if refused else 200,
        it=found,
        document=selectors.statement_document(found),
        left=left,
        refused=refused,
    )


@by_link
@require_POST
def decline(request: Guest) -> HttpResponse:
    """我不同意: nothing is signed, the officer is told."""
    found = _statement(request)
    reason = request.POST.get("reason", "")
    cost_statement_decline(statement_id=found.pk, place=Place.PHONE, reason=reason, actor=request.actor)
    return HttpResponseRedirect(reverse("phone", args=[request.token]))


@by_link
@require_http_methods(["GET", "POST"])
def sign(request: Guest) -> HttpResponse:
    """The contract, read as PDF, signed with the last four of the identity number; or where it stands."""
    deal = _deal(request)
    found = selectors.contract_in_force(deal.pk)
    statement = selectors.statement_in_force(deal.pk)
    refused = ""
    if request.method == "POST" and found is not None:
        try:
            contract_sign(
                contract_id=found.pk,
                digest=request.POST.get("digest", ""),
                identity=request.POST.get("identity", ""),
                actor=request.actor,
            )
            return HttpResponseRedirect(reverse("phone_sign", args=[request.token]))
        except Refusal as error:
            refused = error.text(get_language() or "zh-hans")
            found = selectors.contract_in_force(deal.pk)
    return _page(
        request,
        "sign",
        _REFUSED if refused else 200,
        it=found,
        document=selectors.contract_document(found) if found is not None else None,
        is_draft=found is not None and found.state == ContractState.DRAFT,
        is_signed=found is not None and found.state == ContractState.SIGNED,
        confirmed=statement is not None and statement.state == StatementState.CONFIRMED,
        refused=refused,
    )


@by_link
@require_GET
def paper(request: Guest, kind: str) -> HttpResponse:
    """A copy for the customer, at any time: the statement, the contract to be read, the one that was signed."""
    deal = _deal(request)
    wanted: Any = None
    contract = selectors.contract_in_force(deal.pk)
    if kind == "statement":
        wanted = _statement(request).paper_id
    elif contract is not None:
        wanted = {"draft": contract.draft_id, "signed": contract.signed_id}.get(kind)
    if wanted is None:
        raise NotFound("no-such-paper", "没有这份文件", "there is no such paper")
    return inline(*paper_content(wanted))


def _deal(request: Guest) -> Any:
    """The deal, for the borrower alone. Errors: `NotFound` for anybody else of the application."""
    if request.link.party.role != Role.APPLICANT:
        raise NotFound("not-the-borrower", "合同由借款人本人签署", "the borrower signs")
    return request.link.party.application.deal


def _statement(request: Guest) -> Any:
    found = selectors.statement_in_force(_deal(request).pk)
    if found is None:
        raise NotFound("no-such-statement", "还没有综合融资成本明示表", "there is no statement of all-in cost yet")
    return found


def _page(request: Guest, name: str, status: int = 200, /, **context: Any) -> HttpResponse:
    """A page with what its frame shows."""
    party = request.link.party
    deal = party.application.deal
    frame = {
        "link": request.link,
        "token": request.token,
        "party": party,
        "deal": deal,
        "officer": deal.officer.user.display_name,
        "home_word": _("返回首页"),
    }
    return render(request, f"web/phone/{name}.html", {**frame, **context}, status=status)
