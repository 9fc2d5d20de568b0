"""The pages of approvals. Deciding one leads to the next that waits."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.org.authority import capacities
from chedai.org.inbox import DECIDE, approvals_seen, approvals_waiting
from chedai.platform import clock
from chedai.platform.approvals import selectors
from chedai.platform.approvals.rules import Case, Checker, refusal
from chedai.platform.approvals.services import approval_decide, approval_withdraw
from chedai.platform.approvals.states import State, Verdict
from chedai.platform.errors import NotFound
from chedai.platform.files.selectors import paper_content, papers_of
from chedai.web import words
from chedai.web.approvals.about import name_all, title_of
from chedai.web.approvals.lists import APPROVALS
from chedai.web.approvals.papers import inline
from chedai.web.approvals.parts import part_of
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.page import list_page


class DecisionForm(forms.Form):
    """What a checker says. The hash is that of what they had before their eyes."""

    opinion = forms.CharField(
        label=gettext_lazy("意见"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4, "data-echo": "count"}),
        help_text=gettext_lazy("退回或拒绝须写明理由，提交人会看到。"),
    )
    verdict = forms.ChoiceField(choices=[(v.value, v.value) for v in Verdict], widget=forms.HiddenInput)
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)


@require_http_methods(["GET", "POST"])
@door("approval.read")
def approvals(request: Request) -> HttpResponse:
    """The approvals the person may see."""
    return list_page(request, APPROVALS)


@require_GET
@door("approval.decide")
def following(request: Request) -> HttpResponse:
    """To the oldest case that waits for this person."""
    return HttpResponseRedirect(_next(request))


@require_http_methods(["GET", "POST"])
@door("approval.read")
def approval(request: Request, approval_id: int) -> HttpResponse:
    """One case: papers on the left, what is asked and who has said what on the right."""
    found = _seen(request, approval_id)
    why_not = _why_not(request, found)
    page = FormPage(
        key=f"approval.{approval_id}",
        form=DecisionForm,
        template="web/approvals/approval.html",
        save=lambda data, req: _decide(req, found, data),
        initial={"digest": found.digest},
        context=_case(request, found) | {"why_not": why_not},
    )
    return form_page(request, page)


@require_POST
@door("approval.request")
def withdraw(request: Request, approval_id: int) -> HttpResponse:
    """The maker takes the request back."""
    approval_withdraw(approval_id=_seen(request, approval_id).pk, actor=request.actor)
    messages.success(request, _("已撤回申请"))
    return HttpResponseRedirect(reverse("approval", args=[approval_id]))


@require_GET
@door("file.read")
def paper(request: Request, approval_id: int, paper_id: int) -> HttpResponse:
    """A paper of what is to be approved, for who may see the approval."""
    found = _seen(request, approval_id)
    if not papers_of(found.subject).filter(pk=paper_id).exists():
        raise NotFound("no-such-paper", "没有这份文件", "there is no such paper")
    return inline(*paper_content(paper_id))


def _seen(request: Request, approval_id: int) -> Any:
    """The approval, where the person may see it; else there is none."""
    found = selectors.approval_read(approval_id)
    if not approvals_seen(request.access, request.actor.ref).filter(pk=approval_id).exists():
        raise NotFound("no-such-approval", "没有这项审批", "there is no such approval")
    return found


def _case(request: Request, found: Any) -> dict[str, Any]:
    waiting = approvals_waiting(request.access, request.actor.ref, clock.business_date())
    name_all([found])
    content = selectors.content(found)
    return {
        "approval": found,
        "content": content,
        "part": part_of(found, content),
        "decisions": list(found.decisions.select_related("decided_by").order_by("step")),
        "papers": list(papers_of(found.subject)),
        "left": len(waiting),
        "place": next((at for at, one in enumerate(waiting, 1) if one.pk == found.pk), 0),
        "is_maker": found.requested_by_id == request.actor.ref,
        "title": title_of(found),
    }


def _capacities(request: Request, found: Any) -> frozenset[str]:
    if not request.access.may(DECIDE, store_id=found.unit) and found.unit is not None:
        return frozenset()
    return capacities(
        request.access,
        found.action,
        amount=found.amount,
        deviation=found.deviation,
        store_id=found.unit,
        on=clock.business_date(),
    )


def _why_not(request: Request, found: Any) -> str:
    """Why this person may not decide; the buttons stay, blocked, with this sentence beside them."""
    deciders = frozenset(d.decided_by_id for d in found.decisions.all())
    case = Case(State(found.state), found.requested_by_id, deciders, found.steps[found.step], found.digest)
    me = Checker(request.actor.ref, _capacities(request, found), found.digest, Verdict.APPROVE, "")
    refused = refusal(case, me)
    return refused.text(get_language() or "zh-hans") if refused else ""


def _decide(request: Request, found: Any, data: dict[str, Any]) -> str:
    request.access.require(DECIDE, store_id=found.unit)
    verdict = Verdict(data["verdict"])
    approval_decide(
        approval_id=found.pk,
        verdict=verdict,
        digest=data["digest"],
        capacities=_capacities(request, found),
        actor=request.actor,
        opinion=data["opinion"],
    )
    said = {Verdict.APPROVE: _("已通过"), Verdict.RETURN: _("已退回"), Verdict.DECLINE: _("已拒绝")}[verdict]
    title = f"{words.action(found.action)} {words.subject(found.subject)}"
    messages.success(request, _("%(said)s：%(title)s") % {"said": said, "title": title})
    return _next(request, after=found.pk)


def _next(request: Request, after: int = 0) -> str:
    """The address of the oldest case that waits, else of the list."""
    waiting = approvals_waiting(request.access, request.actor.ref, clock.business_date())
    left = [one.pk for one in waiting if one.pk != after]
    return reverse("approval", args=[left[0]]) if left else reverse("approvals")
