"""结清: the customer's link, what they ask, and what goes back to them; the list of what is still open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.book.closing import selectors
from chedai.book.closing.links import loan_link_make, loan_link_revoke, most_days
from chedai.book.closing.services import certificate_issue, closure_complete, closure_item_drop, closure_item_finish
from chedai.book.closing.states import ClosingItem, ClosingItemState, ClosureState
from chedai.book.loans.states import BookKind
from chedai.platform import clock
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.files.selectors import paper_content
from chedai.web.approvals.papers import inline
from chedai.web.doors import Request, door
from chedai.web.forms.fields import DayField
from chedai.web.forms.page import FormPage, form_page
from chedai.web.loans import refunds
from chedai.web.loans.frame import day_of, frame, loan_seen

ITEMS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        ClosingItem.CERTIFICATE: gettext_lazy("结清证明"),
        ClosingItem.LIEN: gettext_lazy("解除抵押"),
        ClosingItem.GPS: gettext_lazy("拆除定位装置"),
        ClosingItem.PAPERS: gettext_lazy("归还绿本、钥匙、资料"),
    }
)
ITEM_STATES: Final[Mapping[str, tuple[Promise, str]]] = MappingProxyType(
    {
        ClosingItemState.OPEN: (gettext_lazy("待办"), "amber"),
        ClosingItemState.DONE: (gettext_lazy("已完成"), "green"),
        ClosingItemState.NONE: (gettext_lazy("无此项"), ""),
    }
)
STATES: Final[Mapping[str, tuple[Promise, str]]] = MappingProxyType(
    {
        ClosureState.OPEN: (gettext_lazy("办理中"), "blue"),
        ClosureState.COMPLETE: (gettext_lazy("已办结"), "green"),
        ClosureState.VOID: (gettext_lazy("已作废"), "red"),
    }
)
_DONE: Final = "done"
_NONE: Final = "none"
_USUAL_DAYS: Final = 365


class ItemForm(forms.Form):
    """What came of one item."""

    result = forms.ChoiceField(
        label=gettext_lazy("结果"),
        choices=[(_DONE, gettext_lazy("已办完")), (_NONE, gettext_lazy("无此项"))],
        widget=forms.RadioSelect,
        initial=_DONE,
    )
    reference = forms.CharField(label=gettext_lazy("凭证号、签收人；无此项时写原因"), max_length=80)
    done_on = DayField(label=gettext_lazy("办理日期"))


@require_GET
@door("loan.read")
def closure(request: Request, number: str) -> HttpResponse:
    """The end of a loan, and the way the customer sees it."""
    return _tab(request, loan_seen(request, number), {})


@require_POST
@door("loan.link")
def link(request: Request, number: str) -> HttpResponse:
    """A link for the customer; its address is shown this once, to be copied."""
    loan, today = loan_seen(request, number, "loan.link"), clock.business_date()
    until = day_of(request.POST.get("until", ""), today)
    made, token = loan_link_make(loan_id=loan.pk, until=until, actor=request.actor)
    return _tab(request, loan, {"made": made, "address": request.build_absolute_uri(reverse("my_loan", args=[token]))})


@require_POST
@door("loan.link")
def unlink(request: Request, number: str) -> HttpResponse:
    """The customer's link no longer opens."""
    loan = loan_seen(request, number, "loan.link")
    newest = next(iter(selectors.links_of(loan.pk)), None)
    if newest is None:
        raise Refusal("no-such-link", "还没有发过链接", "no link was made yet")
    loan_link_revoke(link_id=newest.pk, actor=request.actor)
    return _back(request, loan, _("已收回客户链接"))


@require_POST
@door("loan.certify")
def certify(request: Request, number: str) -> HttpResponse:
    """Issue the settlement certificate."""
    loan = loan_seen(request, number, "loan.certify")
    certificate_issue(closure_id=_closure(loan).pk, actor=request.actor)
    return _back(request, loan, _("已开具结清证明"))


@require_GET
@door("loan.read")
def certificate(request: Request, number: str) -> HttpResponse:
    """The certificate as PDF."""
    found = _closure(loan_seen(request, number))
    if found.certificate_id is None:
        raise NotFound("no-such-paper", "还没有结清证明", "there is no certificate yet")
    return inline(*paper_content(found.certificate_id))


@require_http_methods(["GET", "POST"])
@door("loan.close")
def item(request: Request, number: str, kind: str) -> HttpResponse:
    """One item is done, or there is none."""
    loan = loan_seen(request, number, "loan.close")
    found = selectors.closure_of(loan.pk)
    one = next((i for i in selectors.items_of(found.pk if found else 0) if i.kind == kind), None)
    if one is None:
        raise Refusal("no-such-item", "没有这个结清事项", "there is no such item")

    def save(data: dict[str, Any], req: Request) -> str:
        if data["result"] == _NONE:
            closure_item_drop(item_id=one.pk, reason=data["reference"], actor=req.actor)
        else:
            closure_item_finish(item_id=one.pk, reference=data["reference"], done_on=data["done_on"], actor=req.actor)
        return reverse("loan_closure", args=[loan.number])

    page = FormPage(
        key=f"loan.closing.{one.pk}",
        form=ItemForm,
        template="web/loans/counter.html",
        save=save,
        done=gettext_lazy("已登记"),
        initial={"done_on": clock.business_date(), "result": _DONE},
        context=frame(request, loan, "closure") | {"title": ITEMS[kind], "verb": gettext_lazy("登记")},
    )
    return form_page(request, page)


@require_POST
@door("loan.close")
def close(request: Request, number: str) -> HttpResponse:
    """Everything is given back."""
    loan = loan_seen(request, number, "loan.close")
    closure_complete(closure_id=_closure(loan).pk, actor=request.actor)
    return _back(request, loan, _("结清手续已办结"))


def _closure(loan: Any) -> Any:
    found = selectors.closure_of(loan.pk)
    if found is None:
        raise Refusal("not-settled", "贷款还没有结清", "the loan is not settled yet")
    return found


def _back(request: Request, loan: Any, said: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(reverse("loan_closure", args=[loan.number]))


def _tab(request: Request, loan: Any, extra: Mapping[str, Any]) -> HttpResponse:
    found, today, now = selectors.closure_of(loan.pk), clock.business_date(), clock.now()
    links = selectors.links_of(loan.pk)
    items = selectors.items_of(found.pk) if found is not None else []

    def may(right: str) -> bool:
        return bool(request.access.may(right, store_id=loan.store_id, owner_id=loan.officer_id))

    works = found is not None and found.state == ClosureState.OPEN
    days = most_days(today)
    context = {
        "closure": found,
        "closure_state": STATES[found.state] if found is not None else None,
        "items": [_item(one, loan) for one in items],
        "waiting": sum(1 for one in items if one.state == ClosingItemState.OPEN),
        "links": [(one, _opens(one, now)) for one in links],
        "live": any(_opens(one, now) for one in links[:1]),
        "until": today + timedelta(min(_USUAL_DAYS, days)),
        "last": today + timedelta(days),
        "may_link": loan.book == BookKind.OWN and may("loan.link"),
        "may_certify": works and loan.book == BookKind.OWN and may("loan.certify"),
        "may_close": works and may("loan.close"),
    }
    context |= refunds.shown(request, loan)
    return render(request, "web/loans/closure.html", {**frame(request, loan, "closure"), **context, **extra})


def _opens(one: Any, now: Any) -> bool:
    return one.revoked_at is None and one.expires_at > now


def _item(one: Any, loan: Any) -> dict[str, Any]:
    word, tint = ITEM_STATES[one.state]
    waits = one.state == ClosingItemState.OPEN
    late = max((clock.business_date() - one.due_on).days, 0) if waits else 0
    return {
        "it": one,
        "word": ITEMS[one.kind],
        "state": word,
        "tint": "red" if late else tint,
        "late": late,
        "waits": waits,
        "issued": one.kind == ClosingItem.CERTIFICATE and loan.book == BookKind.OWN,
    }
