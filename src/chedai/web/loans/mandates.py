"""The tab of a loan on debits and reminders: mandates, what was asked of the bank, what the customer was told."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from chedai.book.loans.bulk.bank_lists import bank_lines_of
from chedai.book.loans.bulk.debit_codes import debit_codes
from chedai.book.loans.bulk.debits import debits_of_loan
from chedai.book.loans.bulk.mandates import mandate_end, mandate_give, mandate_read, mandates_of
from chedai.book.loans.bulk.reminders import reminders_of
from chedai.book.loans.states import BookKind
from chedai.platform import clock
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.files.selectors import paper_content
from chedai.platform.messages.states import State
from chedai.web.approvals.papers import inline
from chedai.web.contracts.forms import file_field, named
from chedai.web.doors import Request, door
from chedai.web.forms.fields import DayField
from chedai.web.forms.page import FormPage, form_page
from chedai.web.loans import words
from chedai.web.loans.debits import LINES
from chedai.web.loans.frame import frame, loan_seen

TOLD: Final[dict[str, tuple[Promise, str]]] = {
    State.WAITING: (gettext_lazy("待发送"), "blue"),
    State.SENT: (gettext_lazy("已送达通道"), "green"),
    State.OPTED_OUT: (gettext_lazy("客户拒收"), "amber"),
    State.FAILED: (gettext_lazy("发送失败"), "red"),
}


class MandateForm(forms.Form):
    """The account as the signed mandate names it."""

    bank = forms.CharField(label=gettext_lazy("开户行"), max_length=60)
    holder = forms.CharField(label=gettext_lazy("户名"), max_length=80)
    account = forms.CharField(
        label=gettext_lazy("账号"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    agreed_on = DayField(label=gettext_lazy("授权签约日"))
    file = file_field(gettext_lazy("授权书"), required=False, help_text=gettext_lazy("客户签字的授权，拍照或扫描。"))


class EndForm(forms.Form):
    """Why the mandate ends."""

    reason = forms.CharField(label=gettext_lazy("终止原因"), max_length=200)


@require_GET
@door("loan.read")
def loan_debit(request: Request, number: str) -> HttpResponse:
    """What the bank may take, what was asked of it, what the customer was told; of a bank's loan, the bank's lists."""
    loan = loan_seen(request, number)
    codes, chinese = debit_codes(), words.is_chinese()
    may = request.access.may("loan.mandate", store_id=loan.store_id, owner_id=loan.officer_id)
    context = {
        "own": loan.book == BookKind.OWN,
        "mandates": mandates_of(loan.pk),
        "may_mandate": may and loan.book == BookKind.OWN,
        "debits": [
            (one, LINES[one.state], (codes[one.code].zh if chinese else codes[one.code].en) if one.code else "")
            for one in debits_of_loan(loan.pk)[:24]
        ],
        "reminders": [(one, TOLD[one.state]) for one in reminders_of(loan)[:24]],
        "bank_lines": list(bank_lines_of(loan.pk)[:24]),
    }
    return render(request, "web/loans/debiting.html", frame(request, loan, "debit") | context)


@require_http_methods(["GET", "POST"])
@door("loan.mandate")
def loan_mandate(request: Request, number: str) -> HttpResponse:
    """Note a signed mandate."""
    loan = loan_seen(request, number, "loan.mandate")

    def save(data: dict[str, Any], req: Request) -> str:
        file = named(data)
        data.pop("file")
        mandate_give(loan_id=loan.pk, actor=req.actor, **data, **file)
        return reverse("loan_debit", args=[loan.number])

    page = FormPage(
        key=f"loan.mandate.{loan.pk}",
        form=MandateForm,
        template="web/loans/counter.html",
        save=save,
        done=gettext_lazy("已登记代扣授权"),
        initial={"agreed_on": clock.business_date(), "holder": ""},
        context=frame(request, loan, "debit")
        | {"title": gettext_lazy("登记代扣授权"), "verb": gettext_lazy("登记代扣授权")},
        drafts=False,
    )
    return form_page(request, page)


@require_GET
@door("loan.mandate")
def loan_mandate_paper(request: Request, number: str, mandate_id: int) -> HttpResponse:
    """The signed sheet of a mandate."""
    held = _held(loan_seen(request, number, "loan.mandate"), mandate_id)
    if held.paper_id is None:
        raise Refusal("no-such-paper", "这份授权没有上传纸质件", "no paper of this mandate was handed in")
    return inline(*paper_content(held.paper_id))


@require_http_methods(["GET", "POST"])
@door("loan.mandate")
def loan_mandate_end(request: Request, number: str, mandate_id: int) -> HttpResponse:
    """End a mandate, for a reason."""
    loan = loan_seen(request, number, "loan.mandate")
    held = _held(loan, mandate_id)

    def save(data: dict[str, Any], req: Request) -> str:
        mandate_end(mandate_id=held.pk, reason=data["reason"], actor=req.actor)
        return reverse("loan_debit", args=[loan.number])

    page = FormPage(
        key=f"loan.mandate.end.{held.pk}",
        form=EndForm,
        template="web/loans/counter.html",
        save=save,
        done=gettext_lazy("已终止代扣授权"),
        context=frame(request, loan, "debit")
        | {"title": gettext_lazy("终止代扣授权"), "verb": gettext_lazy("终止授权")},
        drafts=False,
    )
    return form_page(request, page)


def _held(loan: Any, mandate_id: int) -> Any:
    """A mandate of this loan. Errors: `NotFound`."""
    held = mandate_read(mandate_id)
    if held.loan_id != loan.pk:
        raise NotFound("no-such-mandate", "没有这份代扣授权", "there is no such mandate")
    return held
