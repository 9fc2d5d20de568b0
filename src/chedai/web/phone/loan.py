"""我的贷款: the customer's own loan by their link: what is due, the account, what settling or paying ahead takes."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.book.closing.asking import quote_for_customer, settlement_ask, settlement_withdraw
from chedai.book.closing.links import loan_link_enter
from chedai.book.closing.selectors import ask_open, closure_of
from chedai.book.closing.simulation import prepayment_try
from chedai.book.loans import selectors
from chedai.book.loans.states import RECEIPTS
from chedai.engine.errors import EngineError
from chedai.platform import clock
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.files.selectors import paper_content
from chedai.web.approvals.papers import inline
from chedai.web.forms.fields import DayField, MoneyField
from chedai.web.forms.page import refuse
from chedai.web.loans import words
from chedai.web.loans.frame import day_of
from chedai.web.loans.penalties import penalties_told
from chedai.web.phone.guests import Guest, by_loan_link

_REFUSED: Final = 422


class PrepayForm(forms.Form):
    """How much the customer would pay ahead, and when."""

    amount = MoneyField(label=gettext_lazy("提前还多少"), least=1)
    on = DayField(label=gettext_lazy("哪一天还"))


@by_loan_link
@require_GET
def home(request: Guest) -> HttpResponse:
    """The loan at a glance, and the way to everything else."""
    loan_link_enter(token=request.token)
    loan, today = request.link.loan, clock.business_date()
    rows = _rows(loan, today)
    late = [row for row in rows if row.due_date <= today and row.outstanding]
    closure = closure_of(loan.pk)
    return _page(
        request,
        "loan_home",
        late=late,
        due_now=sum(row.outstanding for row in late),
        next=next((row for row in rows if row.due_date > today and row.outstanding), None),
        paid=sum(1 for row in rows if not row.outstanding),
        count=len(rows),
        ask=ask_open(loan.pk),
        certificate=closure.number if closure is not None and closure.certificate_id else "",
        **penalties_told(loan, today),
    )


@by_loan_link
@require_GET
def plan(request: Guest) -> HttpResponse:
    """Every instalment with what is paid of it."""
    today = clock.business_date()
    return _page(request, "loan_plan", rows=_rows(request.link.loan, today), today=today)


@by_loan_link
@require_GET
def account(request: Guest) -> HttpResponse:
    """Every movement, newest first, and where the money went."""
    try:
        made = selectors.account_of(request.link.loan, clock.business_date())
    except EngineError:
        made = None
    lines = [
        {
            "word": words.kind(line.event.kind),
            "on": line.event.on,
            "amount": line.event.amount,
            "reference": line.event.reference if line.event.kind in RECEIPTS else "",
            "postings": [(words.posting(one), one.amount) for one in line.entry.postings] if line.entry else [],
            "taken_back": line.taken_back,
            "parked": line.parked,
        }
        for line in reversed(made.lines if made else ())
    ]
    return _page(request, "loan_account", lines=lines)


@by_loan_link
@require_http_methods(["GET", "POST"])
def payoff(request: Guest) -> HttpResponse:
    """What settles the loan on a chosen day, why that is not the balance, and the button that asks for it."""
    loan, today = request.link.loan, clock.business_date()
    on = day_of((request.POST or request.GET).get("on", ""), today)
    context: dict[str, Any] = {"on": on, "today": today, "ask": ask_open(loan.pk), "quote": None, "fault": ""}
    try:
        if request.method == "POST":
            settlement_ask(link=request.link, on=on, shown=_fen(request.POST.get("shown", "")))
            return HttpResponseRedirect(reverse("my_loan_payoff", args=[request.token]))
    except Refusal as refused:
        context["fault"] = _said(refused)
    if context["ask"] is None:
        try:
            quote = quote_for_customer(loan, on)
            lines = [(words.LINES[one.kind], _why(one), one.amount) for one in quote.lines if one.amount]
            context |= {"quote": quote, "lines": lines, "beyond": quote.total - quote.balance}
        except Refusal as refused:
            context["fault"] = context["fault"] or _said(refused)
    return _page(request, "loan_payoff", _REFUSED if context["fault"] else 200, **context)


@by_loan_link
@require_POST
def withdraw(request: Guest) -> HttpResponse:
    """The customer does not want to settle after all."""
    settlement_withdraw(link=request.link)
    return HttpResponseRedirect(reverse("my_loan_payoff", args=[request.token]))


@by_loan_link
@require_GET
def prepay(request: Guest) -> HttpResponse:
    """A prepayment tried out: a shorter term beside a lower instalment, with every figure. Nothing is kept."""
    loan = request.link.loan
    asked = "amount" in request.GET
    form = PrepayForm(request.GET if asked else None, initial={"on": clock.business_date()})
    tried = None
    if asked and form.is_valid():
        try:
            tried = prepayment_try(loan, form.cleaned_data["amount"], form.cleaned_data["on"])
        except Refusal as refused:
            refuse(form, refused)
    return _page(request, "loan_prepay", _REFUSED if asked and form.errors else 200, form=form, tried=tried)


@by_loan_link
@require_GET
def certificate(request: Guest) -> HttpResponse:
    """The settlement certificate as PDF. Errors: `NotFound` before it is issued, and once it no longer counts."""
    closure = closure_of(request.link.loan_id)
    if closure is None or closure.certificate_id is None:
        raise NotFound("no-such-paper", "还没有结清证明", "there is no certificate yet")
    return inline(*paper_content(closure.certificate_id))


def _rows(loan: Any, on: date) -> tuple[Any, ...]:
    """The instalments; none while the loan is being looked at."""
    try:
        return selectors.loan_state(loan, on).rows
    except EngineError:
        return ()


def _fen(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def _why(line: Any) -> str:
    return str(line.text_zh if words.is_chinese() else line.text_en)


def _said(refused: Refusal) -> str:
    return refused.text(get_language() or "zh-hans")


def _page(request: Guest, name: str, status: int = 200, /, **context: Any) -> HttpResponse:
    """A page with what its frame shows: whose loan, until when."""
    loan = request.link.loan
    frame = {
        "link": request.link,
        "token": request.token,
        "loan": loan,
        "state": words.STATES[loan.state],
        "officer": loan.officer.user.display_name,
        "home_word": _("返回我的贷款"),
    }
    return render(request, f"web/phone/{name}.html", {**frame, **context}, status=status)
