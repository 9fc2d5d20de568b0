"""垫款、代偿: each bank with its margin, every advance, and booking what goes out and comes back."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from chedai.book.advances import selectors
from chedai.book.advances.services import advance_make, advance_recover, advance_withdraw, margin_move
from chedai.book.advances.states import AdvanceReason, AdvanceState, MarginKind
from chedai.catalog.partners.selectors import lenders
from chedai.platform import clock
from chedai.platform.approvals.states import State
from chedai.web.contracts.forms import file_field, named
from chedai.web.doors import Request, door
from chedai.web.forms.fields import DayField, MoneyField
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.page import list_page
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Primary, RowAct, Search, View
from chedai.web.loans.frame import frame, loan_seen

REASONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {AdvanceReason.INSTALMENT: _("垫付月供"), AdvanceReason.GUARANTEE: _("代偿")}
)
STATES: Final[Mapping[str, tuple[Promise, str]]] = MappingProxyType(
    {
        AdvanceState.ASKED: (_("待审批"), "blue"),
        AdvanceState.PAID: (_("已垫付"), "amber"),
        AdvanceState.REFUSED: (_("未批准"), "red"),
    }
)


def _state(one: Any) -> tuple[Promise, str]:
    """The word and the tint of an advance: what its maker took back was refused by nobody."""
    if one.state == AdvanceState.REFUSED and one.approval is not None and one.approval.state == State.WITHDRAWN:
        return _("已撤回"), ""
    return STATES[one.state]


class PayForm(forms.Form):
    """What was paid to the bank."""

    reason = forms.ChoiceField(label=_("事由"), choices=list(REASONS.items()), widget=forms.RadioSelect)
    amount = MoneyField(label=_("垫付金额"), least=1)
    paid_on = DayField(label=_("付款日"))
    reference = forms.CharField(label=_("银行流水号"), max_length=80)
    file = file_field(_("付款回单"))


class RecoverForm(forms.Form):
    """What came back: left alone it goes to the oldest advances first; a figure at an advance says otherwise."""

    amount = MoneyField(label=_("收回金额"), least=1)
    received_on = DayField(label=_("到账日"))
    reference = forms.CharField(label=_("银行流水号"), max_length=80)

    def __init__(self, *args: Any, waiting: list[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        for one in waiting:
            label = _("其中归还 %(on)s 垫付的（元）") % {"on": one.paid_on}
            self.fields[f"part_{one.pk}"] = MoneyField(label=label, required=False)


class MarginForm(forms.Form):
    """Margin put down or taken back."""

    lender_code = forms.ChoiceField(label=_("资方"))
    kind = forms.ChoiceField(
        label=_("方向"),
        choices=[(MarginKind.DEPOSIT, _("存入")), (MarginKind.WITHDRAWAL, _("转回"))],
        widget=forms.RadioSelect,
    )
    amount = MoneyField(label=_("金额"), least=1)
    on = DayField(label=_("日期"))
    reference = forms.CharField(label=_("银行流水号"), max_length=80)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["lender_code"].choices = [(one.code, one.name) for one in lenders() if not one.own_book]  # type: ignore[attr-defined]


ADVANCES: Final = ListSpec(
    key="advances",
    title=_("垫款与代偿"),
    unit=_("笔"),
    permission="advance.read",
    rows=lambda request: selectors.advances_seen(
        request.access.records("advance.read", store="loan__store_id", owner="loan__officer_id")
    ),
    columns=(
        Column(
            "loan",
            _("贷款"),
            lambda one: one.loan.number,
            Kind.CODE,
            sort="loan__number",
            link=lambda one: reverse("loan", args=[one.loan.number]),
        ),
        Column("customer", _("客户"), lambda one: one.loan.customer.title),
        Column("lender", _("资方"), lambda one: one.lender_name or one.lender_code, group="lender_code"),
        Column("reason", _("事由"), lambda one: REASONS[one.reason], group="reason"),
        Column("amount", _("垫付（元）"), lambda one: one.amount, Kind.MONEY, total="amount"),
        Column("recovered", _("已收回（元）"), lambda one: one.recovered, Kind.MONEY, total="recovered"),
        Column("outstanding", _("未收回（元）"), lambda one: one.outstanding, Kind.MONEY),
        Column("paid_on", _("付款日"), lambda one: one.paid_on, Kind.DAY, sort="paid_on"),
        Column(
            "state", _("状态"), lambda one: _state(one)[0], Kind.TAG, group="state", tint=lambda one: _state(one)[1]
        ),
    ),
    sort="-paid_on",
    filters=(
        Choice(
            "state",
            _("状态"),
            lambda request: [(state, STATES[state][0]) for state in AdvanceState],
            lambda value: Q(state=value),
        ),
        Days("paid", _("付款日"), "paid_on"),
    ),
    views=(View(_("待审批"), "state=asked"), View(_("已垫付"), "state=paid")),
    search=Search(_("贷款号"), lambda typed: Q(loan__number__startswith=typed.strip().upper())),
    acts=(
        RowAct(
            _("登记收回"),
            lambda one: reverse("advance_recover", args=[one.loan.number]) if one.outstanding else None,
        ),
        RowAct(
            _("撤回申请"),
            lambda one: reverse("advance_withdraw", args=[one.pk]) if one.state == AdvanceState.ASKED else None,
            post=True,
        ),
    ),
    primary=Primary(_("登记保证金"), "margin", "plus", "advance.make"),
    empty=_("还没有垫款。在资方贷款的页面上登记。"),
)


@require_http_methods(["GET", "POST"])
@door("advance.read")
def advances(request: Request) -> HttpResponse:
    """How each bank stands, and every advance."""
    names = dict(lenders().values_list("code", "name"))
    banks = [(names.get(one.lender_code, one.lender_code), one) for one in selectors.exposures()]
    return list_page(request, ADVANCES, {"below": "web/advances/banks.html", "banks": banks})


@require_http_methods(["GET", "POST"])
@door("advance.make")
def margin(request: Request) -> HttpResponse:
    """Margin put down at a bank, or taken back."""

    def save(data: dict[str, Any], req: Request) -> str:
        margin_move(kind=MarginKind(data.pop("kind")), actor=req.actor, key=_key(req, "margin"), **data)
        return reverse("advances")

    page = FormPage(
        key="margin",
        form=MarginForm,
        template="web/staff/form.html",
        save=save,
        done=_("已登记保证金"),
        initial={"on": clock.business_date(), "kind": MarginKind.DEPOSIT},
        context={"title": _("登记保证金"), "verb": _("登记保证金"), "back": reverse("advances")},
    )
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door("advance.make")
def pay(request: Request, number: str) -> HttpResponse:
    """Book an advance; above the policy's amount another person approves it."""
    loan = loan_seen(request, number, "advance.make")

    def save(data: dict[str, Any], req: Request) -> str:
        reason, file = AdvanceReason(data.pop("reason")), named(data)
        data.pop("file")
        advance_make(loan_id=loan.pk, reason=reason, actor=req.actor, key=_key(req, "advance"), **data, **file)
        return reverse("advances")

    page = FormPage(
        key=f"advance.{loan.pk}",
        form=PayForm,
        template="web/loans/counter.html",
        save=save,
        done=_("已登记垫款"),
        initial={"paid_on": clock.business_date(), "reason": AdvanceReason.INSTALMENT},
        context=frame(request, loan, "") | {"title": _("登记垫款"), "verb": _("登记垫款")},
    )
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door("advance.make")
def recover(request: Request, number: str) -> HttpResponse:
    """Book what came back for the advances of a loan."""
    loan = loan_seen(request, number, "advance.make")
    waiting = [one for one in selectors.advances_of(loan.pk) if one.outstanding]

    def save(data: dict[str, Any], req: Request) -> str:
        parts = {one.pk: data.pop(f"part_{one.pk}") or 0 for one in waiting}
        stated = parts if any(parts.values()) else None
        advance_recover(loan_id=loan.pk, stated=stated, actor=req.actor, key=_key(req, "recover"), **data)
        return reverse("advances")

    page = FormPage(
        key=f"advance.back.{loan.pk}",
        form=RecoverForm,
        template="web/loans/counter.html",
        save=save,
        done=_("已登记收回"),
        initial={"received_on": clock.business_date()},
        options={"waiting": waiting},
        context=frame(request, loan, "") | {"title": _("登记收回垫款"), "verb": _("登记收回")},
    )
    return form_page(request, page)


@require_POST
@door("advance.make")
def withdraw(request: Request, advance_id: int) -> HttpResponse:
    """Who asked takes it back."""
    found = selectors.advance_read(advance_id)
    request.access.require("advance.make", store_id=found.loan.store_id, owner_id=found.loan.officer_id)
    advance_withdraw(advance_id=found.pk, actor=request.actor)
    messages.success(request, gettext("已撤回垫款申请"))
    return HttpResponseRedirect(reverse("advances"))


def _key(request: Request, act: str) -> str:
    """The hidden key of the form: sent twice, it is one entry."""
    return f"{act}:{request.POST.get('form_key', '')[:60]}"
