"""The clauses of the house: each wording with its days and its law, and a new one for two people."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chedai.deals.contracts import selectors
from chedai.deals.contracts.services.clauses import clause_propose, clauses_ship
from chedai.platform import clock
from chedai.web.contracts.forms import ClauseForm
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page


@require_GET
@door("clause.read")
def clauses(request: Request) -> HttpResponse:
    """What a contract drafted today would say, and what is to come."""
    clauses_ship(actor=request.actor)
    today = clock.business_date()
    shown = [(one, one.starts > today) for one in selectors.clauses(today)]
    return render(request, "web/contracts/clauses.html", {"clauses": shown})


@require_http_methods(["GET", "POST"])
@door("clause.propose")
def clause(request: Request, code: str) -> HttpResponse:
    """A new wording of a clause, from a day on, for somebody else to publish."""
    newest = selectors.clause_history(code)[0]

    def save(data: dict[str, Any], request: Request) -> str:
        approval = clause_propose(code=code, actor=request.actor, **data)
        return reverse("approval", args=[approval.pk])

    page = FormPage(
        key=f"clause.{code}",
        form=ClauseForm,
        template="web/staff/form.html",
        save=save,
        done=_("已提交条款，等待发布"),
        initial={"title": newest.title, "body": newest.body, "law_note": newest.law_note},
        context={
            "title": f"{newest.title} · {_('新版本')}",
            "verb": _("提交新版本"),
            "lead": _("由另一人审批后发布。已签合同仍按签署时的版本。"),
        },
    )
    return form_page(request, page)
