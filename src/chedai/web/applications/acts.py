"""What is done on the tabs of an application: one button, one service, and back to the tab."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from chedai.deals.applications.selectors import (
    differences_of,
    flags_of,
    items_of,
    parties_of,
    statements_of,
    submissions_of,
)
from chedai.deals.applications.services.answers import difference_acknowledge
from chedai.deals.applications.services.flags import flag_resolve, flags_look
from chedai.deals.applications.services.lenders import (
    submission_funded,
    submission_send,
    submission_win,
    submission_withdraw,
)
from chedai.deals.applications.services.links import link_make, link_revoke
from chedai.deals.applications.services.papers import check_accept, check_hand_in, check_return
from chedai.deals.applications.services.parties import party_change, party_remove
from chedai.deals.applications.services.proofs import statement_remove
from chedai.deals.applications.services.submitting import (
    application_back_to_quote,
    application_return,
    application_submit,
    down_payment_say,
    lenders_choose,
    title_moved_say,
)
from chedai.deals.applications.states import Liability
from chedai.org.permissions import Permission
from chedai.platform.errors import Refusal
from chedai.platform.files.services import paper_hand_in
from chedai.platform.work import work
from chedai.web.applications.opened import application_for, chosen
from chedai.web.applications.views import application_page
from chedai.web.doors import Opened, Request, door
from chedai.web.forms.fields import MoneyField

Does = Callable[[Request, Any], object]
FORM, PAPERS, LENDERS = "deal_application", "deal_papers", "deal_lenders"


def act(right: Permission, tab: str, done: Promise) -> Callable[[Does], Opened[[str]]]:
    """Make a button of what it does: its right on the deal, its word when it is done, and back to its tab.

    What `does` gives back, if anything, is the line of the tab that is opened.
    """

    def wrap(does: Does) -> Opened[[str]]:
        @require_POST
        @door(right)
        @functools.wraps(does)
        def view(request: Request, number: str) -> HttpResponseBase:
            item = does(request, application_for(request, number, right))
            messages.success(request, str(done))
            address = reverse(tab, args=[number])
            return HttpResponseRedirect(f"{address}?item={item}" if item is not None else address)

        return view

    return wrap


@act("application.submit", FORM, _("已提交进件"))
def submit(request: Request, found: Any) -> None:
    """The file goes on."""
    application_submit(application_id=found.pk, actor=request.actor)


@act("application.return", FORM, _("已退回进件"))
def send_back(request: Request, found: Any) -> None:
    """The file comes back with a reason."""
    application_return(application_id=found.pk, reason=request.POST.get("reason", ""), actor=request.actor)


@act("application.submit", FORM, _("已回到报价"))
def new_plan(request: Request, found: Any) -> None:
    """Back to the quote: the plan must change."""
    application_back_to_quote(application_id=found.pk, reason=request.POST.get("reason", ""), actor=request.actor)


@act("application.write", FORM, _("已保存送审对象"))
def aims(request: Request, found: Any) -> None:
    """For which lenders, and who pays the down payment."""
    with work():
        lenders_choose(application_id=found.pk, codes=request.POST.getlist("codes"), actor=request.actor)
        if request.POST.get("payer"):
            down_payment_say(application_id=found.pk, payer=request.POST["payer"], actor=request.actor)
        if moved_on := _day(request, "title_moved_on"):
            title_moved_say(application_id=found.pk, moved_on=moved_on, actor=request.actor)


@act("application.write", FORM, _("已修改责任方式"))
def change(request: Request, found: Any) -> None:
    """How far somebody answers for the loan."""
    party = chosen(request, "party", parties_of(found.pk))
    typed = request.POST.get("liability", "")
    if typed not in set(Liability):
        raise Refusal("liability", "请选择责任方式", "choose a liability", field="liability")
    amount = MoneyField(label="", required=False).clean(request.POST.get("liability_amount", ""))
    party_change(party_id=party.pk, liability=Liability(typed), liability_amount=amount, actor=request.actor)


@act("application.write", FORM, _("已移除当事人"))
def remove(request: Request, found: Any) -> None:
    """Somebody leaves the application."""
    party = chosen(request, "party", parties_of(found.pk))
    party_remove(party_id=party.pk, reason=request.POST.get("reason", ""), actor=request.actor)


@require_POST
@door("application.write")
def link(request: Request, number: str) -> HttpResponse:
    """A link for one person; its address is shown this once, to be copied."""
    found = application_for(request, number, "application.write")
    party = chosen(request, "party", parties_of(found.pk))
    made, token = link_make(party_id=party.pk, actor=request.actor)
    address = request.build_absolute_uri(reverse("phone", args=[token]))
    return application_page(request, number, {"made": made, "made_for": party, "address": address})


@act("application.write", FORM, _("已收回客户链接"))
def unlink(request: Request, found: Any) -> None:
    """The newest link of somebody no longer opens."""
    party = chosen(request, "party", parties_of(found.pk))
    newest = party.links.order_by("-pk").first()
    link_revoke(link_id=newest.pk if newest else 0, actor=request.actor)


@act("application.write", FORM, _("已移除流水"))
def drop_statement(request: Request, found: Any) -> None:
    """A bank statement no longer counts."""
    one = chosen(request, "statement", statements_of(party.pk for party in parties_of(found.pk)))
    statement_remove(statement_id=one.pk, reason=request.POST.get("reason", ""), actor=request.actor)


@act("application.write", FORM, _("已重新核查"))
def look(request: Request, found: Any) -> None:
    """Compare with all other deals again."""
    flags_look(application_id=found.pk, actor=request.actor)


@act("application.write", FORM, _("已写下核实情况"))
def resolve(request: Request, found: Any) -> None:
    """What a finding is about, in writing."""
    flag = chosen(request, "flag", flags_of(found.pk))
    flag_resolve(flag_id=flag.pk, resolution=request.POST.get("resolution", ""), actor=request.actor)


@act("application.write", FORM, _("已登记客户确认"))
def acknowledge(request: Request, found: Any) -> None:
    """The customer signed for a change on paper."""
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


@act("application.write", PAPERS, _("已上传资料"))
def hand_in(request: Request, found: Any) -> object:
    """Papers for one line of the checklist."""
    item = chosen(request, "item", items_of(found.pk))
    files = request.FILES.getlist("file")
    if not files:
        raise Refusal("file-missing", "请选择文件", "choose a file", field="file")
    with work():
        for file in files:
            check_hand_in(
                item_id=item.pk, name=file.name or "", content=file.read(), day=_day(request), actor=request.actor
            )
    return item.pk


@act("document.verify", PAPERS, _("已通过资料"))
def accept(request: Request, found: Any) -> None:
    """A paper is in order."""
    item = chosen(request, "item", items_of(found.pk))
    check_accept(item_id=item.pk, day=_day(request), actor=request.actor)


@act("document.verify", PAPERS, _("已退回资料"))
def give_back(request: Request, found: Any) -> None:
    """A paper goes back with its reason."""
    item = chosen(request, "item", items_of(found.pk))
    check_return(item_id=item.pk, reason=request.POST.get("reason", ""), actor=request.actor)


@act("application.submit", LENDERS, _("已送审"))
def send(request: Request, found: Any) -> None:
    """The file goes to the lenders that were ticked."""
    submission_send(application_id=found.pk, codes=request.POST.getlist("codes"), actor=request.actor)


@act("application.submit", LENDERS, _("已撤回送审"))
def withdraw(request: Request, found: Any) -> None:
    """The file is taken back from one lender."""
    one = chosen(request, "submission", submissions_of(found.pk))
    submission_withdraw(submission_id=one.pk, reason=request.POST.get("reason", ""), actor=request.actor)


@act("application.submit", LENDERS, _("已选定机构，其他送审已撤回"))
def win(request: Request, found: Any) -> None:
    """One lender is taken."""
    submission_win(submission_id=chosen(request, "submission", submissions_of(found.pk)).pk, actor=request.actor)


@act("application.submit", LENDERS, _("已登记机构放款"))
def funded(request: Request, found: Any) -> None:
    """The lender has paid out."""
    submission_funded(submission_id=chosen(request, "submission", submissions_of(found.pk)).pk, actor=request.actor)


def _day(request: Request, name: str = "day") -> date | None:
    text = request.POST.get(name, "")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        zh, en = "日期应为 2026-11-20 的形式", "a day is written 2026-11-20"
        raise Refusal("day", zh, en, field=name) from None
