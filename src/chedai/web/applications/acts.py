"""What is done on the tabs of an application: one button, one service, and back to the tab."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chedai.deals.applications.selectors import (
    differences_of,
    flags_of,
    items_of,
    parties_of,
    submissions_of,
)
from chedai.deals.applications.services.answers import difference_acknowledge
from chedai.deals.applications.services.flags import flag_resolve
from chedai.deals.applications.services.lenders import (
    submission_funded,
    submission_send,
    submission_win,
    submission_withdraw,
)
from chedai.deals.applications.services.links import link_make
from chedai.deals.applications.services.papers import check_accept, check_hand_in, check_return
from chedai.deals.applications.services.parties import party_remove
from chedai.deals.applications.services.submitting import (
    application_back_to_quote,
    application_return,
    application_submit,
    down_payment_say,
    lenders_choose,
    title_moved_say,
)
from chedai.platform.errors import Refusal
from chedai.platform.files.services import paper_hand_in
from chedai.platform.work import work
from chedai.web.applications.opened import application_for, chosen
from chedai.web.doors import Request, door


@require_POST
@door("application.submit")
def submit(request: Request, number: str) -> HttpResponse:
    """The file goes on."""
    found = application_for(request, number, "application.submit")
    application_submit(application_id=found.pk, actor=request.actor)
    messages.success(request, _("已提交进件"))
    return _to("deal_application", number)


@require_POST
@door("application.return")
def send_back(request: Request, number: str) -> HttpResponse:
    """The file comes back with a reason."""
    found = application_for(request, number, "application.return")
    application_return(application_id=found.pk, reason=request.POST.get("reason", ""), actor=request.actor)
    messages.success(request, _("已退回进件"))
    return _to("deal_application", number)


@require_POST
@door("application.submit")
def new_plan(request: Request, number: str) -> HttpResponse:
    """Back to the quote: the plan must change."""
    found = application_for(request, number, "application.submit")
    application_back_to_quote(application_id=found.pk, reason=request.POST.get("reason", ""), actor=request.actor)
    messages.success(request, _("已回到报价"))
    return _to("deal_application", number)


@require_POST
@door("application.write")
def aims(request: Request, number: str) -> HttpResponse:
    """For which lenders, and who pays the down payment."""
    found = application_for(request, number, "application.write")
    with work():
        lenders_choose(application_id=found.pk, codes=request.POST.getlist("codes"), actor=request.actor)
        if request.POST.get("payer"):
            down_payment_say(application_id=found.pk, payer=request.POST["payer"], actor=request.actor)
        if moved_on := _day(request, "title_moved_on"):
            title_moved_say(application_id=found.pk, moved_on=moved_on, actor=request.actor)
    messages.success(request, _("已保存送审对象"))
    return _to("deal_application", number)


@require_POST
@door("application.write")
def remove(request: Request, number: str) -> HttpResponse:
    """Somebody leaves the application."""
    found = application_for(request, number, "application.write")
    party = chosen(request, "party", parties_of(found.pk))
    party_remove(party_id=party.pk, reason=request.POST.get("reason", ""), actor=request.actor)
    messages.success(request, _("已移除当事人"))
    return _to("deal_application", number)


@require_POST
@door("application.write")
def link(request: Request, number: str) -> HttpResponse:
    """A link for one person; its address is shown this once."""
    found = application_for(request, number, "application.write")
    party = chosen(request, "party", parties_of(found.pk))
    _made, token = link_make(party_id=party.pk, actor=request.actor)
    address = request.build_absolute_uri(reverse("phone", args=[token]))
    messages.success(request, _("客户链接（只显示一次）：%s") % address)
    return _to("deal_application", number)


@require_POST
@door("application.write")
def resolve(request: Request, number: str) -> HttpResponse:
    """What a finding is about, in writing."""
    found = application_for(request, number, "application.write")
    flag = chosen(request, "flag", flags_of(found.pk))
    flag_resolve(flag_id=flag.pk, resolution=request.POST.get("resolution", ""), actor=request.actor)
    messages.success(request, _("已写下核实情况"))
    return _to("deal_application", number)


@require_POST
@door("application.write")
def acknowledge(request: Request, number: str) -> HttpResponse:
    """The customer signed for a change on paper."""
    found = application_for(request, number, "application.write")
    difference = chosen(request, "difference", differences_of(found.pk))
    file = request.FILES.get("file")
    if file is None:
        raise Refusal("file-missing", "请上传签字的确认书", "hand in the signed confirmation", field="file")
    with work():
        paper = paper_hand_in(
            subject=f"deal:{found.deal_id}",
            purpose=f"difference:{difference.pk}",
            name=file.name or "",
            content=file.read(),
            actor=request.actor,
        )
        difference_acknowledge(difference_id=difference.pk, evidence=f"paper:{paper.pk}", actor=request.actor)
    messages.success(request, _("已登记客户确认"))
    return _to("deal_application", number)


@require_POST
@door("application.write")
def hand_in(request: Request, number: str) -> HttpResponse:
    """Papers for one line of the checklist."""
    found = application_for(request, number, "application.write")
    item = chosen(request, "item", items_of(found.pk))
    files = request.FILES.getlist("file")
    if not files:
        raise Refusal("file-missing", "请选择文件", "choose a file", field="file")
    with work():
        for file in files:
            check_hand_in(
                item_id=item.pk, name=file.name or "", content=file.read(), day=_day(request), actor=request.actor
            )
    messages.success(request, _("已上传资料"))
    return _to("deal_papers", number, item.pk)


@require_POST
@door("document.verify")
def accept(request: Request, number: str) -> HttpResponse:
    """A paper is in order."""
    found = application_for(request, number, "document.verify")
    item = chosen(request, "item", items_of(found.pk))
    check_accept(item_id=item.pk, day=_day(request), actor=request.actor)
    messages.success(request, _("已通过资料"))
    return _to("deal_papers", number)


@require_POST
@door("document.verify")
def give_back(request: Request, number: str) -> HttpResponse:
    """A paper goes back with its reason."""
    found = application_for(request, number, "document.verify")
    item = chosen(request, "item", items_of(found.pk))
    check_return(item_id=item.pk, reason=request.POST.get("reason", ""), actor=request.actor)
    messages.success(request, _("已退回资料"))
    return _to("deal_papers", number)


@require_POST
@door("application.submit")
def send(request: Request, number: str) -> HttpResponse:
    """The file goes to the lenders that were ticked."""
    found = application_for(request, number, "application.submit")
    submission_send(application_id=found.pk, codes=request.POST.getlist("codes"), actor=request.actor)
    messages.success(request, _("已送审"))
    return _to("deal_lenders", number)


@require_POST
@door("application.submit")
def withdraw(request: Request, number: str) -> HttpResponse:
    """The file is taken back from one lender."""
    found = application_for(request, number, "application.submit")
    one = chosen(request, "submission", submissions_of(found.pk))
    submission_withdraw(submission_id=one.pk, reason=request.POST.get("reason", ""), actor=request.actor)
    messages.success(request, _("已撤回送审"))
    return _to("deal_lenders", number)


@require_POST
@door("application.submit")
def win(request: Request, number: str) -> HttpResponse:
    """One lender is taken."""
    found = application_for(request, number, "application.submit")
    one = chosen(request, "submission", submissions_of(found.pk))
    submission_win(submission_id=one.pk, actor=request.actor)
    messages.success(request, _("已选定机构，其他送审已撤回"))
    return _to("deal_lenders", number)


@require_POST
@door("application.submit")
def funded(request: Request, number: str) -> HttpResponse:
    """The lender has paid out."""
    found = application_for(request, number, "application.submit")
    one = chosen(request, "submission", submissions_of(found.pk))
    submission_funded(submission_id=one.pk, actor=request.actor)
    messages.success(request, _("已登记机构放款"))
    return _to("deal_lenders", number)


def _day(request: Request, name: str = "day") -> date | None:
    text = request.POST.get(name, "")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        zh, en = "日期应为 2026-11-20 的形式", "a day is written 2026-11-20"
        raise Refusal("day", zh, en, field=name) from None


def _to(name: str, number: str, item: Any = None) -> HttpResponse:
    address = reverse(name, args=[number])
    return HttpResponseRedirect(f"{address}?item={item}" if item else address)
