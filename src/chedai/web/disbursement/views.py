"""The payout tab with its checklist, and what is done there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.deals.contracts.plans import plan_in_hand
from chedai.deals.contracts.selectors import contract_document, contract_signed
from chedai.deals.disbursement import selectors, services
from chedai.deals.disbursement.rules import Line, days_late
from chedai.deals.disbursement.states import Check, PayoutState
from chedai.deals.pipeline.states import Stage
from chedai.platform import clock
from chedai.platform.errors import Refusal
from chedai.platform.files.selectors import paper_content
from chedai.web.applications.opened import chosen
from chedai.web.approvals.papers import inline
from chedai.web.contracts.acts import deal_form
from chedai.web.contracts.forms import file_field, named
from chedai.web.contracts.opened import deal_for, may
from chedai.web.contracts.words import PAYEES
from chedai.web.deals.jacket import jacket
from chedai.web.disbursement.lists import PAYOUT_QUEUE
from chedai.web.disbursement.words import EVIDENCE, LIGHTS, PAYOUTS, ROUTES, asker_of
from chedai.web.doors import Request, door
from chedai.web.forms.fields import DayField, MoneyField
from chedai.web.lists.page import list_page


class DownPaymentForm(forms.Form):
    """The proof of the down payment."""

    amount = MoneyField(label=gettext_lazy("凭证金额"), least=1)
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)
    file = file_field(gettext_lazy("首付凭证"), help_text=gettext_lazy("刷卡单、转账回单或收据。"))


class RequestForm(forms.Form):
    """When the money is to go."""

    agreed_on = DayField(label=gettext_lazy("约定放款日"))


class ReleaseForm(forms.Form):
    """The second person's word and proof."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    paid_on = DayField(label=gettext_lazy("付款日期"))
    reference = forms.CharField(label=gettext_lazy("付款流水号"), max_length=60)
    file = file_field(gettext_lazy("付款回单"), required=False, help_text=gettext_lazy("资方已回执放款的可不传。"))


class ReasonForm(forms.Form):
    """Why it is not let go."""

    reason = forms.CharField(label=gettext_lazy("退回原因"), max_length=200)


@require_http_methods(["GET", "POST"])
@door("payout.read")
def payouts(request: Request) -> HttpResponse:
    """Every payout the person may see, what waits first."""
    return list_page(request, PAYOUT_QUEUE)


@require_GET
@door("payout.read")
def payout(request: Request, number: str) -> HttpResponse:
    """The checklist, the accounts, the order."""
    deal = deal_for(request, number, "payout.read")
    context = jacket(request, deal.number, "payout")
    order = selectors.payout_of(deal.pk)
    contract = contract_signed(deal.pk)
    lines = list(selectors.funding_checklist(deal)) if deal.stage in _WORKED else []
    context |= {
        "lines": [_line(line) for line in sorted(lines, key=lambda line: not line.blocks)],
        "open": sum(1 for line in lines if line.blocks),
        "evidence": [(*EVIDENCE[one.state], one) for one in selectors.evidence_of(deal.pk)],
        "order": _order(order),
        "returned": [one for one in selectors.payouts_of(deal.pk) if one.state == PayoutState.RETURNED],
        "agreed_on": contract_document(contract).agreed_on if contract is not None else None,
        "notice": selectors.lender_notice(deal.pk),
        "requests": may(request, deal, "payout.request") and deal.stage == Stage.DISBURSEMENT,
        "releases": may(request, deal, "payout.release"),
        "is_maker": order is not None and order.requested_by_id == request.actor.ref,
    }
    return render(request, "web/disbursement/payout.html", context)


_WORKED = frozenset({Stage.CONTRACT, Stage.DISBURSEMENT})


def _line(line: Line) -> dict[str, Any]:
    chinese = (get_language() or "zh").startswith("zh")
    word, tint, sign = LIGHTS[line.light]
    return {
        "text": line.zh if chinese else line.en,
        "missing": line.missing_zh if chinese else line.missing_en,
        "word": word,
        "tint": tint,
        "sign": sign,
        "is_down": line.check is Check.DOWN_PAYMENT and line.blocks,
    }


def _order(order: Any) -> dict[str, Any] | None:
    if order is None:
        return None
    word, tint = PAYOUTS[order.state]
    late = days_late(order.agreed_on, order.paid_on) if order.paid_on is not None else None
    parts = [(PAYEES[one.role], one, amount) for one, amount in selectors.parts_of(order.pk)]
    return {
        "it": order,
        "word": word,
        "tint": tint,
        "route": ROUTES[order.route],
        "parts": parts,
        "late": late,
        "by": asker_of(order),
    }


@require_http_methods(["GET", "POST"])
@door("payout.request")
def down_payment(request: Request, number: str) -> HttpResponse:
    """Hand in the proof of the down payment."""
    deal = deal_for(request, number, "payout.request")

    def save(data: dict[str, Any], request: Request) -> str:
        services.down_payment_prove(
            deal_id=deal.pk, amount=data["amount"], note=data["note"], actor=request.actor, **named(data)
        )
        return _address(deal)

    return deal_form(
        request,
        deal,
        "down_payment",
        DownPaymentForm,
        save,
        title=_("首付凭证"),
        verb=_("上传首付凭证"),
        lead=_("上传后由财务复核，复核后放款条件才算满足。"),
        done=_("已上传首付凭证"),
        initial={"amount": plan_in_hand(deal.pk).down_payment},
        drafts=False,
    )


@require_POST
@door("payout.release")
def evidence(request: Request, number: str) -> HttpResponse:
    """A second person on a proof."""
    deal = deal_for(request, number, "payout.release")
    found = chosen(request, "item", selectors.evidence_of(deal.pk))
    accept = request.POST.get("accept") == "1"
    reason = request.POST.get("reason", "")
    services.evidence_check(item_id=found.pk, accept=accept, reason=reason, actor=request.actor)
    messages.success(request, _("已复核首付凭证") if accept else _("已退回首付凭证"))
    return HttpResponseRedirect(_address(deal))


@require_http_methods(["GET", "POST"])
@door("payout.request")
def ask(request: Request, number: str) -> HttpResponse:
    """Ask for the payout: everything else is of the contract."""
    deal = deal_for(request, number, "payout.request")
    contract = contract_signed(deal.pk)
    today = clock.business_date()

    def save(data: dict[str, Any], request: Request) -> str:
        services.funds_request(deal_id=deal.pk, agreed_on=data["agreed_on"], actor=request.actor)
        return _address(deal)

    return deal_form(
        request,
        deal,
        "payout",
        RequestForm,
        save,
        title=_("申请放款"),
        verb=_("申请放款"),
        lead=_("金额和收款账户取自合同。提交后由财务另一人复核放款。"),
        done=_("已申请放款"),
        initial={"agreed_on": contract_document(contract).agreed_on if contract is not None else today},
    )


@require_http_methods(["GET", "POST"])
@door("payout.release")
def release(request: Request, number: str) -> HttpResponse:
    """Let the money go: accounts and amounts before the eyes, proof beside."""
    deal = deal_for(request, number, "payout.release")
    order, notice = _requested(deal), selectors.lender_notice(deal.pk)

    def save(data: dict[str, Any], request: Request) -> str:
        services.funds_release(
            payout_id=order.pk,
            digest=data["digest"],
            paid_on=data["paid_on"],
            reference=data["reference"],
            actor=request.actor,
            **named(data),
        )
        return _address(deal)

    return deal_form(
        request,
        deal,
        "release",
        ReleaseForm,
        save,
        title=_("复核放款"),
        verb=_("确认已放款"),
        done=_("已放款"),
        template="web/disbursement/release.html",
        initial={"digest": order.digest} | _told(notice),
        context={"order": _order(order), "notice": notice},
        drafts=False,
    )


@require_http_methods(["GET", "POST"])
@door("payout.release")
def send_back(request: Request, number: str) -> HttpResponse:
    """Do not let the money go."""
    deal = deal_for(request, number, "payout.release")
    order = _requested(deal)

    def save(data: dict[str, Any], request: Request) -> str:
        services.funds_return(payout_id=order.pk, reason=data["reason"], actor=request.actor)
        return _address(deal)

    return deal_form(
        request,
        deal,
        "payout_return",
        ReasonForm,
        save,
        title=_("退回放款"),
        verb=_("退回放款申请"),
        done=_("已退回放款申请"),
    )


@require_GET
@door("payout.read")
def file(request: Request, number: str, kind: str) -> HttpResponse:
    """The proof of the payment, or the newest proof of the down payment."""
    deal = deal_for(request, number, "payout.read")
    order = selectors.payout_of(deal.pk)
    wanted = order.proof_id if kind == "proof" and order is not None else None
    if kind == "down":
        wanted = next((one.paper_id for one in selectors.evidence_of(deal.pk)), None)
    if wanted is None:
        raise Refusal("no-such-paper", "没有这份文件", "there is no such paper")
    return inline(*paper_content(wanted))


def _requested(deal: Any) -> Any:
    """The payout that waits. Errors: `Refusal`."""
    order = selectors.payout_of(deal.pk)
    if order is None or order.state != PayoutState.REQUESTED:
        raise Refusal("no-payout-waiting", "没有待复核的放款", "no payout is waiting")
    return order


def _told(notice: Any) -> dict[str, Any]:
    """The day and number of the payment as the lender told them, else today."""
    if notice is None or notice.paid_on is None:
        return {"paid_on": clock.business_date()}
    return {"paid_on": notice.paid_on, "reference": notice.reference}


def _address(deal: Any) -> str:
    return reverse("deal_payout", args=[deal.number])
