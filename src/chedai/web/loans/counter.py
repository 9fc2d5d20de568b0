"""The counter: money received, paid ahead, a loan settled, and what was booked wrongly taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from chedai.book.closing.selectors import ask_open
from chedai.book.closing.simulation import prepayment_shown
from chedai.book.loans import selectors
from chedai.book.loans.rules import refuse_of_bank
from chedai.book.loans.services.receiving import loan_prepay, loan_repay, loan_settle_early, receipt_reverse
from chedai.book.loans.states import AGREED, ChangeKind
from chedai.engine.errors import EngineError
from chedai.engine.life.events import PrepaymentChoice
from chedai.platform import clock
from chedai.platform.errors import NotFound
from chedai.web.doors import Request, door
from chedai.web.forms.fields import DayField, MoneyField
from chedai.web.forms.page import FormPage, form_page
from chedai.web.loans import words
from chedai.web.loans.frame import frame, loan_seen
from chedai.web.loans.glance import state_of, unpaid


class RepayForm(forms.Form):
    """Money received."""

    amount = MoneyField(label=gettext_lazy("收到金额"), least=1)
    received_on = DayField(label=gettext_lazy("到账日"))
    reference = forms.CharField(label=gettext_lazy("银行流水号"), max_length=80, required=False)


class SettleForm(RepayForm):
    """The money that settles the loan; nothing where what is held suffices."""

    amount = MoneyField(label=gettext_lazy("收到金额"), least=0)


class PrepayForm(RepayForm):
    """Principal paid ahead, and what it buys."""

    choice = forms.ChoiceField(
        label=gettext_lazy("客户选择"),
        choices=[
            (PrepaymentChoice.SHORTER_TERM.value, gettext_lazy("期限缩短，月供不变")),
            (PrepaymentChoice.LOWER_INSTALMENT.value, gettext_lazy("月供减少，期限不变")),
        ],
        widget=forms.RadioSelect,
    )


class ReverseForm(forms.Form):
    """Why it is taken back."""

    reason = forms.CharField(label=gettext_lazy("冲销原因"), max_length=200)


def _key(request: Request, act: str) -> str:
    """The hidden key of the form: sent twice, it is one receipt."""
    return f"{act}:{request.POST.get('form_key', '')[:60]}"


@require_http_methods(["GET", "POST"])
@door("loan.repay")
def repay(request: Request, number: str) -> HttpResponse:
    """Book money received."""
    loan = _own(request, number, "loan.repay")
    today = clock.business_date()
    owed = _owed(loan, today)

    def save(data: dict[str, Any], req: Request) -> str:
        loan_repay(loan_id=loan.pk, actor=req.actor, key=_key(req, "counter"), **data)
        return reverse("loan_account", args=[loan.number])

    page = FormPage(
        key=f"loan.repay.{loan.pk}",
        form=RepayForm,
        template="web/loans/counter.html",
        save=save,
        done=gettext_lazy("已登记还款"),
        initial={"received_on": today} | ({"amount": owed["due_now"]} if owed["due_now"] else {}),
        context=frame(request, loan, "") | {"title": gettext_lazy("登记还款"), "verb": gettext_lazy("登记还款")} | owed,
    )
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door("loan.settle")
def prepay(request: Request, number: str) -> HttpResponse:
    """Book principal paid ahead, once the officer saw what it asks and both plans it leads to."""
    loan = _own(request, number, "loan.settle")

    def look(data: dict[str, Any], req: Request) -> dict[str, Any] | None:
        tried = prepayment_shown(loan, data["amount"], data["received_on"])
        shown = f"{data['amount']}.{data['received_on']}.{tried.fee}"
        if req.POST.get("shown") == shown:
            return None
        return {"tried": tried, "shown": shown, "verb": gettext_lazy("登记部分提前还款")}

    def save(data: dict[str, Any], req: Request) -> str:
        choice = PrepaymentChoice(data.pop("choice"))
        loan_prepay(loan_id=loan.pk, choice=choice, actor=req.actor, key=_key(req, "prepay"), **data)
        return reverse("loan_plan", args=[loan.number])

    page = FormPage(
        key=f"loan.prepay.{loan.pk}",
        form=PrepayForm,
        template="web/loans/counter.html",
        save=save,
        look=look,
        done=gettext_lazy("已登记部分提前还款，还款计划已更新"),
        initial={"received_on": clock.business_date(), "choice": PrepaymentChoice.SHORTER_TERM.value},
        context=frame(request, loan, "")
        | {"title": gettext_lazy("部分提前还款"), "verb": gettext_lazy("试算")}
        | _owed(loan, clock.business_date()),
    )
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door("loan.settle")
def settle(request: Request, number: str) -> HttpResponse:
    """Book the money that settles the loan: exactly the quote of its day."""
    loan = _own(request, number, "loan.settle")
    today = clock.business_date()

    def save(data: dict[str, Any], req: Request) -> str:
        loan_settle_early(loan_id=loan.pk, actor=req.actor, key=_key(req, "settle"), **data)
        return reverse("loan", args=[loan.number])

    page = FormPage(
        key=f"loan.settle.{loan.pk}",
        form=SettleForm,
        template="web/loans/counter.html",
        save=save,
        done=gettext_lazy("贷款已结清"),
        initial={"received_on": today} | _quoted(loan, today),
        context=frame(request, loan, "")
        | {"title": gettext_lazy("提前结清"), "verb": gettext_lazy("登记结清"), "today": today}
        | _told(loan, today),
    )
    return form_page(request, page)


def _own(request: Request, number: str, right: str) -> Any:
    """A loan of our own book. Errors: as `loan_seen`; `Conflict` for a bank's, of which nothing can be worked out."""
    loan = loan_seen(request, number, right)
    refuse_of_bank(loan.book)
    return loan


def _owed(loan: Any, on: date) -> dict[str, Any]:
    """What is due and not paid with the penalty of the day, as the page of the loan says it."""
    state, _fault = state_of(loan, on)
    return unpaid(state.rows if state else (), on)


def _told(loan: Any, on: date) -> dict[str, Any]:
    """The quote of the day, line by line; nothing where the customer's own is good, or the events make no plan."""
    if _asked(loan, on) is not None:
        return {}
    try:
        quote = selectors.payoff_quote(loan, on)
    except EngineError:
        return {}
    return {"quote": quote, "lines": words.payoff_lines(quote)}


def _asked(loan: Any, on: date) -> Any | None:
    """What the customer asked to settle for, while it is good."""
    ask = ask_open(loan.pk)
    return ask if ask is not None and ask.settle_on <= on <= ask.good_through else None


def _quoted(loan: Any, on: date) -> dict[str, int]:
    """What the customer asked to settle for while it is good, else the quote of the day."""
    ask = _asked(loan, on)
    if ask is not None:
        return {"amount": ask.quoted}
    try:
        return {"amount": selectors.payoff_quote(loan, on).payable}
    except EngineError:
        return {}


@require_http_methods(["GET", "POST"])
@door("loan.reverse")
def reverse_event(request: Request, number: str, event_id: int) -> HttpResponse:
    """Take back what was booked, for a reason; what two people decided is asked for."""
    loan = loan_seen(request, number, "loan.reverse")
    event = selectors.event_read(event_id)
    if event.loan_id != loan.pk:
        raise NotFound("no-such-event", "没有这笔登记", "there is no such event")
    if event.kind in AGREED:
        asking = reverse("loan_change", args=[loan.number, ChangeKind.REVERSAL.value])
        return HttpResponseRedirect(f"{asking}?event={event.seq}")

    def save(data: dict[str, Any], req: Request) -> str:
        receipt_reverse(event_id=event.pk, reason=data["reason"], actor=req.actor, key=_key(req, "reverse"))
        return reverse("loan_account", args=[loan.number])

    page = FormPage(
        key=f"loan.reverse.{event.pk}",
        form=ReverseForm,
        template="web/loans/counter.html",
        save=save,
        done=gettext_lazy("已冲销"),
        context=frame(request, loan, "")
        | {
            "title": gettext_lazy("冲销"),
            "verb": gettext_lazy("冲销"),
            "event": event,
            "event_kind": words.kind(event.kind),
        },
    )
    return form_page(request, page)
