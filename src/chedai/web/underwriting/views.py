"""The queue and one case after another: papers left, what the rules say right, the conclusion below."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.deals.underwriting import selectors
from chedai.deals.underwriting.memo import memo_pdf
from chedai.deals.underwriting.rulebooks import book_on
from chedai.deals.underwriting.services.cases import case_assess, paper_see, rating_write
from chedai.deals.underwriting.services.conditions import condition_meet
from chedai.deals.underwriting.services.proposing import decision_withdraw
from chedai.platform import clock
from chedai.platform.errors import NotFound
from chedai.platform.files.selectors import paper_content
from chedai.web.approvals.papers import inline
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.page import list_page
from chedai.web.underwriting.deciding import case_context, form_options, speak
from chedai.web.underwriting.forms import EvidenceForm, OpinionForm, RatingForm
from chedai.web.underwriting.lists import CASES, READ, next_case

PROPOSE = "decision.propose"


@require_http_methods(["GET", "POST"])
@door(READ)
def cases(request: Request) -> HttpResponse:
    """The queue."""
    return list_page(request, CASES)


@require_GET
@door("decision.confirm")
def following(request: Request) -> HttpResponse:
    """To the most urgent case this person may do something on."""
    found = next_case(request)
    return HttpResponseRedirect(reverse("case", args=[found]) if found else reverse("cases"))


@require_http_methods(["GET", "POST"])
@door(READ)
def case(request: Request, case_id: int) -> HttpResponse:
    """One case. Saying something on it leads to the next that waits."""
    found = case_seen(request, case_id)
    context = case_context(request, found)
    page = FormPage(
        key=f"case.{case_id}",
        form=OpinionForm,
        template="web/underwriting/case.html",
        save=lambda data, req: speak(req, found, context, data),
        initial={"digest": context["digest"]},
        options=form_options(context),
        context=context,
    )
    return form_page(request, page)


@require_GET
@door(READ)
def paper(request: Request, case_id: int, paper_id: int) -> HttpResponse:
    """A paper of a case. That this person opened it is noted: it is what a second person decides on."""
    found = case_seen(request, case_id)
    paper_see(case_id=found.pk, paper_id=paper_id, actor=request.actor)
    return inline(*paper_content(paper_id))


@require_GET
@door(READ)
def papers_left(request: Request, case_id: int) -> HttpResponse:
    """How many papers this person has not opened yet."""
    found = case_seen(request, case_id)
    return render(request, "web/underwriting/papers_left.html", papers_context(request, found))


@require_POST
@door(PROPOSE)
def assess(request: Request, case_id: int) -> HttpResponse:
    """Ask the rules again."""
    case_assess(case_id=case_seen(request, case_id, PROPOSE).pk, actor=request.actor)
    messages.success(request, _("已按最新资料重新评估"))
    return HttpResponseRedirect(reverse("case", args=[case_id]))


@require_http_methods(["GET", "POST"])
@door(PROPOSE)
def rate(request: Request, case_id: int) -> HttpResponse:
    """The questionnaire."""
    found = case_seen(request, case_id, PROPOSE)
    questions = book_on(clock.business_date()).sets["questions"]
    mine = next((r for r in selectors.ratings_of(found.pk) if r.rater_id == request.actor.ref), None)

    def save(data: dict[str, Any], request: Request) -> str:
        rating_write(case_id=found.pk, answers=data, actor=request.actor)
        return reverse("case", args=[found.pk])

    page = FormPage(
        key=f"case.rate.{case_id}",
        form=RatingForm,
        template="web/underwriting/rate.html",
        save=save,
        done=gettext_lazy("已保存定性评估"),
        initial=mine.answers if mine else {},
        options={
            "questions": questions.document["questions"],
            "english": not (get_language() or "zh-hans").startswith("zh"),
        },
        context={"case": found, "version": questions.version},
    )
    return form_page(request, page)


@require_GET
@door(READ)
def memo(request: Request, case_id: int) -> HttpResponse:
    """The credit memo of the newest assessment."""
    found = case_seen(request, case_id)
    assessment = selectors.assessment_of(found.pk)
    if assessment is None:
        raise NotFound("no-assessment", "这件还没有评估", "this case has not been assessed")
    answer = HttpResponse(memo_pdf(assessment), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="memo-{found.deal.number}-{found.round}.pdf"'
    return answer


@require_POST
@door(PROPOSE)
def withdraw(request: Request, decision_id: int) -> HttpResponse:
    """The maker takes a proposal back."""
    found = selectors.decision_read(decision_id)
    case_seen(request, found.case_id, PROPOSE)
    decision_withdraw(decision_id=decision_id, actor=request.actor)
    messages.success(request, _("已撤回结论"))
    return HttpResponseRedirect(reverse("case", args=[found.case_id]))


@require_http_methods(["GET", "POST"])
@door("decision.condition")
def condition(request: Request, condition_id: int) -> HttpResponse:
    """State that a condition of the payout is met, and by what."""
    found = selectors.condition_read(condition_id)
    request.access.require("decision.condition", store_id=found.deal.store_id, owner_id=found.deal.officer_id)

    def save(data: dict[str, Any], request: Request) -> str:
        condition_meet(condition_id=found.pk, evidence=data["evidence"], actor=request.actor)
        return reverse("deal_decision", args=[found.deal.number])

    page = FormPage(
        key=f"condition.{condition_id}",
        form=EvidenceForm,
        template="web/underwriting/condition.html",
        save=save,
        done=gettext_lazy("已确认放款前提满足"),
        context={"condition": found, "back": reverse("deal_decision", args=[found.deal.number])},
    )
    return form_page(request, page)


def case_seen(request: Request, case_id: int, permission: str = READ) -> Any:
    """The case, where the person may use `permission` on it. Errors: `NotFound`, `NotAllowed`."""
    found = selectors.case_read(case_id)
    request.access.require(permission, store_id=found.deal.store_id, owner_id=found.deal.officer_id)
    return found


def papers_context(request: Request, found: Any) -> dict[str, Any]:
    """How many papers there are and how many this person has opened."""
    total = selectors.papers_to_see(found.deal_id).count()
    left = len(selectors.papers_unseen(found, request.actor.ref))
    return {"case": found, "papers_total": total, "papers_left": left, "papers_done": total - left}
