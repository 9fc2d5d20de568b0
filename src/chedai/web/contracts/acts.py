"""What is done on the contract tab: a form or a button, a service, and back to the tab."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chedai.catalog.vehicles.selectors import vehicle_models, vehicle_of_vin, vehicle_read
from chedai.catalog.vehicles.services import vehicle_register
from chedai.deals.contracts import selectors
from chedai.deals.contracts.plans import plan_in_hand
from chedai.deals.contracts.services.amending import deal_amend
from chedai.deals.contracts.services.drafting import contract_draft
from chedai.deals.contracts.services.payees import payees_check, payees_set
from chedai.deals.contracts.services.promises import promise_strike, promise_write
from chedai.deals.contracts.services.signing import contract_check, contract_hand_in
from chedai.deals.contracts.services.statements import cost_statement_decline, cost_statement_make
from chedai.deals.contracts.states import Change, Place, PromiseKind
from chedai.engine.compare import VehicleKind
from chedai.org.selectors import staff_in
from chedai.platform import clock
from chedai.web.applications.opened import chosen
from chedai.web.contracts import forms
from chedai.web.contracts.opened import contract_of, deal_for, statement_of
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page

PLAIN = "web/staff/form.html"


@require_POST
@door("contract.work")
def make(request: Request, number: str) -> HttpResponse:
    """Make the statement of the approved plan."""
    deal = deal_for(request, number, "contract.work")
    cost_statement_make(deal_id=deal.pk, actor=request.actor)
    messages.success(request, _("已出具综合融资成本明示表"))
    return _to(deal)


@require_POST
@door("contract.work")
def decline(request: Request, number: str) -> HttpResponse:
    """The customer does not agree at the desk."""
    deal = deal_for(request, number, "contract.work")
    reason = request.POST.get("reason", "")
    cost_statement_decline(statement_id=statement_of(deal).pk, place=Place.DESK, reason=reason, actor=request.actor)
    messages.success(request, _("已记下客户不同意"))
    return _to(deal)


@require_http_methods(["GET", "POST"])
@door("contract.work")
def payees(request: Request, number: str) -> HttpResponse:
    """Enter the accounts, or change them."""
    deal = deal_for(request, number, "contract.work")
    changing = bool(selectors.payees_in_force(deal.pk))

    def save(data: dict[str, Any], request: Request) -> str:
        payees_set(deal_id=deal.pk, accounts=forms.accounts_in(data), actor=request.actor)
        return _address(deal)

    lead = _("变更收款账户须另一人复核，复核后合同重新生成。") if changing else _("各账户金额合计须等于贷款本金。")
    return deal_form(
        request,
        deal,
        "payees",
        forms.AccountForm,
        save,
        title=_("收款账户"),
        verb=_("提交账户变更") if changing else _("登记收款账户"),
        lead=lead,
        done=_("已登记收款账户"),
        initial={"amount": plan_in_hand(deal.pk).principal},
        drafts=False,
    )


@require_POST
@door("contract.check")
def payees_checked(request: Request, number: str) -> HttpResponse:
    """A second person on a change of account."""
    deal = deal_for(request, number, "contract.check")
    accept = request.POST.get("accept") == "1"
    payees_check(deal_id=deal.pk, accept=accept, actor=request.actor)
    messages.success(request, _("已通过账户变更") if accept else _("已退回账户变更"))
    return _to(deal)


@require_http_methods(["GET", "POST"])
@door("contract.work")
def promise(request: Request, number: str) -> HttpResponse:
    """Write down an oral promise."""
    deal = deal_for(request, number, "contract.work")

    def save(data: dict[str, Any], request: Request) -> str:
        promise_write(
            deal_id=deal.pk,
            kind=PromiseKind(data["kind"]),
            text=data["text"],
            promised_on=data["promised_on"],
            promised_by=int(data["promised_by"]),
            actor=request.actor,
            **forms.named(data),
        )
        return _address(deal)

    staff = [(str(pk), name) for pk, name in staff_in(deal.store_id)]
    return deal_form(
        request,
        deal,
        "promise",
        forms.PromiseForm,
        save,
        title=_("口头承诺"),
        verb=_("写下承诺"),
        lead=_("对客户说过的承诺逐条写下，印在合同附件二，随合同签署。"),
        done=_("已写下承诺，请重新生成合同"),
        initial={"promised_on": clock.business_date(), "promised_by": str(request.access.staff_id)},
        options={"staff": staff},
    )


@require_POST
@door("contract.work")
def strike(request: Request, number: str) -> HttpResponse:
    """Take back a promise written down wrongly."""
    deal = deal_for(request, number, "contract.work")
    found = chosen(request, "promise", selectors.promises_of(deal.pk))
    promise_strike(promise_id=found.pk, reason=request.POST.get("reason", ""), actor=request.actor)
    messages.success(request, _("已删除承诺"))
    return _to(deal)


@require_http_methods(["GET", "POST"])
@door("contract.work")
def draft(request: Request, number: str) -> HttpResponse:
    """The car and the agreed day; the rest is of the approved deal."""
    deal = deal_for(request, number, "contract.work")
    plan = plan_in_hand(deal.pk)

    def save(data: dict[str, Any], request: Request) -> str:
        vehicle = vehicle_of_vin(data["vin"]) or vehicle_register(
            vin=data["vin"], model_code=data["model"], invoice_price=plan.price, actor=request.actor
        )
        contract_draft(deal_id=deal.pk, vehicle_id=vehicle.pk, agreed_on=data["agreed_on"], actor=request.actor)
        return _address(deal)

    kind = plan.vehicle_kind
    models = vehicle_models() if kind is VehicleKind.USED else vehicle_models().filter(kind=kind)
    found = selectors.contract_in_force(deal.pk)
    vin = vehicle_read(selectors.contract_document(found).vehicle_id).vin if found is not None else ""
    return deal_form(
        request,
        deal,
        "draft",
        forms.DraftForm,
        save,
        title=_("生成合同"),
        verb=_("生成合同"),
        lead=_("金额、利率、期数、还款计划均取自批复的方案，不在此处填写。"),
        done=_("已生成合同"),
        initial={"agreed_on": clock.business_date(), "vin": vin},
        options={"models": [(one.code, str(one)) for one in models]},
    )


@require_http_methods(["GET", "POST"])
@door("contract.work")
def hand_in(request: Request, number: str) -> HttpResponse:
    """A contract that was signed on paper."""
    deal = deal_for(request, number, "contract.work")
    found = contract_of(deal)

    def save(data: dict[str, Any], request: Request) -> str:
        contract_hand_in(contract_id=found.pk, signed_on=data["signed_on"], actor=request.actor, **forms.named(data))
        return _address(deal)

    return deal_form(
        request,
        deal,
        "hand_in",
        forms.SignedForm,
        save,
        title=_("上传纸质合同"),
        verb=_("上传签字合同"),
        lead=_("上传后由另一人核对签字与内容，通过后合同生效。"),
        done=_("已上传，等待复核"),
        initial={"signed_on": clock.business_date()},
        drafts=False,
    )


@require_http_methods(["GET", "POST"])
@door("contract.check")
def check(request: Request, number: str) -> HttpResponse:
    """A second person beside the signed paper."""
    deal = deal_for(request, number, "contract.check")
    found = contract_of(deal)

    def save(data: dict[str, Any], request: Request) -> str:
        contract_check(
            contract_id=found.pk,
            accept=data["accept"] == "1",
            sha256=data["sha256"],
            reason=data["reason"],
            actor=request.actor,
        )
        return _address(deal)

    paper = found.signed
    return deal_form(
        request,
        deal,
        "check",
        forms.CheckForm,
        save,
        title=_("复核签字合同"),
        verb=_("保存结论"),
        done=_("已保存复核结论"),
        initial={"sha256": found.signed_sha256},
        template="web/contracts/check.html",
        context={"contract": found, "document": selectors.contract_document(found), "paper": paper},
        drafts=False,
    )


@require_http_methods(["GET", "POST"])
@door("contract.work")
def amend(request: Request, number: str) -> HttpResponse:
    """A change after the approval."""
    deal = deal_for(request, number, "contract.work")

    def save(data: dict[str, Any], request: Request) -> str:
        memo = deal_amend(
            deal_id=deal.pk,
            change=Change(data["change"]),
            after=data["after"],
            reason=data["reason"],
            actor=request.actor,
        )
        messages.success(request, _("批复已作废，案卷回到审批") if memo.voids else _("已记下变更"))
        return _address(deal)

    return deal_form(
        request,
        deal,
        "amend",
        forms.AmendForm,
        save,
        title=_("审批后变更"),
        verb=_("提交变更"),
        lead=_("金额、期限、利率、车辆、收款方任一变更，批复、明示表和合同全部作废，案卷回到审批。"),
    )


def deal_form(
    request: Request,
    deal: Any,
    key: str,
    form: Any,
    save: Any,
    *,
    title: str,
    verb: str,
    lead: str = "",
    done: str = "",
    template: str = PLAIN,
    initial: dict[str, Any] | None = None,
    options: dict[str, Any] | None = None,
    context: dict[str, Any] | None = None,
    drafts: bool = True,
) -> HttpResponse:
    """One form of a deal, drawn alike."""
    shown = {"title": f"{title} · {deal.number}", "verb": verb, "lead": lead, "deal": deal}
    page = FormPage(
        key=f"{key}.{deal.pk}",
        form=form,
        template=template,
        save=save,
        done=done,
        initial=initial or {},
        options=options or {},
        context=shown | (context or {}),
        drafts=drafts,
    )
    return form_page(request, page)


def _address(deal: Any) -> str:
    return reverse("deal_contract", args=[deal.number])


def _to(deal: Any) -> HttpResponse:
    return HttpResponseRedirect(_address(deal))
