"""The contract tab, the statement at the desk, the papers as files."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chedai.deals.contracts import selectors
from chedai.deals.contracts.plans import plan_in_hand
from chedai.deals.contracts.rules.reading import seconds_left
from chedai.deals.contracts.services.statements import cost_statement_confirm, cost_statement_open
from chedai.deals.contracts.states import ContractState, Place, StatementState
from chedai.deals.pipeline.states import DealState, Stage
from chedai.deals.underwriting.selectors import approved
from chedai.platform import clock
from chedai.platform.errors import Refusal
from chedai.platform.files.selectors import paper_content
from chedai.web.approvals.papers import inline
from chedai.web.contracts.forms import ConfirmForm, named
from chedai.web.contracts.opened import contract_of, deal_for, may, statement_of
from chedai.web.contracts.words import CHANGES, CONTRACTS, HOW, PAYEES, PLACES, PROMISES, STATEMENTS, tagged
from chedai.web.deals.jacket import jacket
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page


@require_GET
@door("contract.read")
def contract(request: Request, number: str) -> HttpResponse:
    """Where the paper of a deal stands, and the one thing to do next."""
    deal = deal_for(request, number, "contract.read")
    context = jacket(request, deal.number, "contract")
    statement, found = selectors.statement_in_force(deal.pk), selectors.contract_in_force(deal.pk)
    approval = approved(deal.pk)
    context |= {
        "approved": approval,
        "plan": plan_in_hand(deal.pk) if approval is not None else None,
        "statement": _statement(statement),
        "contract": _contract(found),
        "payees": [(PAYEES[one.role], one) for one in selectors.payees_in_force(deal.pk)],
        "proposed": [(PAYEES[one.role], one) for one in selectors.payees_proposed(deal.pk)],
        "promises": [(PROMISES[one.kind], one) for one in selectors.promises_of(deal.pk)],
        "amendments": [(CHANGES[one.change], one) for one in selectors.amendments_of(deal.pk)],
        "works": may(request, deal, "contract.work") and deal.state == DealState.OPEN,
        "checks": may(request, deal, "contract.check"),
        "amends": approval is not None and deal.stage in (Stage.CONTRACT, Stage.DISBURSEMENT),
        "next": _next(statement, found, bool(selectors.payees_in_force(deal.pk))),
    }
    return render(request, "web/contracts/contract.html", context)


def _next(statement: Any, found: Any, paid_to: bool) -> str:
    """The step the page puts its one blue button on."""
    if statement is None:
        return "make"
    if statement.state != StatementState.CONFIRMED:
        return "read"
    if not paid_to:
        return "payees"
    if found is None:
        return "draft"
    return {ContractState.DRAFT: "sign", ContractState.CHECKING: "check"}.get(found.state, "")


def _statement(found: Any) -> dict[str, Any] | None:
    if found is None:
        return None
    readings = [(PLACES[one.place], one) for one in selectors.readings_of(found.pk)]
    document = selectors.statement_document(found)
    return {"it": found, "document": document, "readings": readings, **tagged(STATEMENTS, found.state)}


def _contract(found: Any) -> dict[str, Any] | None:
    if found is None:
        return None
    document = selectors.contract_document(found)
    how = HOW.get(found.signed_how, "")
    return {"it": found, "document": document, "how": how, **tagged(CONTRACTS, found.state)}


@require_http_methods(["GET", "POST"])
@door("contract.work")
def statement(request: Request, number: str) -> HttpResponse:
    """The statement turned to the customer at the desk: the reading time runs from its first opening."""
    deal = deal_for(request, number, "contract.work")
    found = statement_of(deal)
    if found.state not in (StatementState.CONFIRMED, StatementState.VOID):
        cost_statement_open(statement_id=found.pk, place=Place.DESK, actor=request.actor)
    reading = selectors.reading_at(found.pk, Place.DESK)
    left = seconds_left(reading.opened_at, clock.now(), found.reading_seconds) if reading else 0

    def save(data: dict[str, Any], request: Request) -> str:
        cost_statement_confirm(
            statement_id=found.pk, place=Place.DESK, digest=data["digest"], actor=request.actor, **named(data)
        )
        return reverse("deal_contract", args=[deal.number])

    page = FormPage(
        key=f"statement.{found.pk}",
        form=ConfirmForm,
        template="web/contracts/statement.html",
        save=save,
        done=_("客户已确认明示表"),
        initial={"digest": found.digest},
        context={"deal": deal, "it": found, "document": selectors.statement_document(found), "left": left},
        drafts=False,
    )
    return form_page(request, page)


@require_GET
@door("contract.read")
def file(request: Request, number: str, kind: str) -> HttpResponse:
    """A paper as PDF: the statement, the contract as drafted, the file that was signed."""
    deal = deal_for(request, number, "contract.read")
    if kind == "statement":
        wanted = statement_of(deal).paper_id
    elif kind in ("draft", "signed"):
        found = contract_of(deal)
        wanted = found.draft_id if kind == "draft" else found.signed_id
    else:
        wanted = None
    if wanted is None:
        raise Refusal("no-such-paper", "没有这份文件", "there is no such paper")
    return inline(*paper_content(wanted))
