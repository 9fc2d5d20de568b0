"""退还溢缴款: money beyond everything owed goes back to who paid it; another person approves."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from chedai.book.refunds import selectors
from chedai.book.refunds.rules import Payee
from chedai.book.refunds.services import refund_ask
from chedai.book.refunds.states import RefundState
from chedai.web.doors import Request, door
from chedai.web.forms.fields import MoneyField
from chedai.web.forms.page import FormPage, form_page
from chedai.web.loans.frame import frame, loan_seen

STATES: Final[Mapping[str, tuple[Promise, str]]] = MappingProxyType(
    {
        RefundState.ASKED: (gettext_lazy("待审批"), "blue"),
        RefundState.PAID: (gettext_lazy("已退还"), "green"),
        RefundState.REFUSED: (gettext_lazy("未批准"), "red"),
        RefundState.LAPSED: (gettext_lazy("已失效"), "amber"),
    }
)
_TAKEN_BACK: Final = (gettext_lazy("已冲销"), "amber")


class RefundForm(forms.Form):
    """How much goes back, and to which account of the payer."""

    amount = MoneyField(label=gettext_lazy("退还金额"), least=1)
    bank = forms.CharField(label=gettext_lazy("开户行"), max_length=60)
    holder = forms.CharField(label=gettext_lazy("户名"), max_length=80, help_text=gettext_lazy("须为付款人本人。"))
    account = forms.CharField(
        label=gettext_lazy("账号"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


@require_http_methods(["GET", "POST"])
@door("loan.refund")
def refund(request: Request, number: str) -> HttpResponse:
    """Ask for a refund of the credit; it is paid once another person approves."""
    loan = loan_seen(request, number, "loan.refund")

    def save(data: dict[str, Any], req: Request) -> str:
        amount, key = data.pop("amount"), f"refund:{req.POST.get('form_key', '')[:60]}"
        refund_ask(loan_id=loan.pk, amount=amount, payee=Payee(**data), actor=req.actor, key=key)
        return reverse("loan_closure", args=[loan.number])

    page = FormPage(
        key=f"loan.refund.{loan.pk}",
        form=RefundForm,
        template="web/loans/counter.html",
        save=save,
        done=gettext_lazy("已提交退款审批"),
        initial={"amount": loan.credit} if loan.credit else {},
        context=frame(request, loan, "closure")
        | {"title": gettext_lazy("退还溢缴款"), "verb": gettext_lazy("提交退款审批")},
        drafts=False,
    )
    return form_page(request, page)


def shown(request: Request, loan: Any) -> dict[str, Any]:
    """What the tab of the end of a loan shows of its credit."""
    found = selectors.refunds_of(loan.pk)
    waits = any(one.state == RefundState.ASKED for one in found)
    may = request.access.may("loan.refund", store_id=loan.store_id, owner_id=loan.officer_id)
    return {
        "refunds": [(one, _TAKEN_BACK if one.taken_back else STATES[one.state]) for one in found],
        "may_refund": bool(may and loan.credit and loan.settled_on and not waits and not loan.quarantine),
    }
