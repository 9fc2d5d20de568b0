"""The pre-check at the desk: a few facts ticked, go or no-go, each rule with its figures and its version."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from chedai.deals.applications.precheck import Answer, Ticked, precheck
from chedai.engine.affordability import level_instalments
from chedai.platform import clock
from chedai.platform.policies.selectors import book_in_force
from chedai.web.doors import Request, door
from chedai.web.forms.fields import DayField, MoneyField
from chedai.web.underwriting.words import said

_TERMS = [(str(n), str(n)) for n in (12, 24, 36, 48, 60)]
RATE: Final = "eligibility.precheck_rate"
"""The policy that says at which rate an instalment is weighed before there is a quote."""


class PrecheckForm(forms.Form):
    """What is asked before anything is typed into an application; what is left open is not judged."""

    born = DayField(label=_("出生日期"))
    months = forms.ChoiceField(label=_("期数"), choices=_TERMS, widget=forms.RadioSelect, initial="36")
    amount = MoneyField(label=_("贷款金额"), required=False)
    income = MoneyField(label=_("月收入"), required=False)
    debts = MoneyField(label=_("其他月供"), required=False)
    job_months = forms.IntegerField(label=_("现单位工作月数"), required=False, min_value=0, max_value=720)
    car_years = forms.IntegerField(label=_("二手车车龄（年）"), required=False, min_value=0, max_value=50)
    worst_run = forms.IntegerField(label=_("24 个月内最长连续逾期"), required=False, min_value=0, max_value=24)
    overdue_months = forms.IntegerField(label=_("24 个月内累计逾期"), required=False, min_value=0, max_value=24)


@require_http_methods(["GET", "POST"])
@door("precheck.run")
def page(request: Request) -> HttpResponse:
    """The form and, once it is sent, the answer beside it. Nothing is kept."""
    form = PrecheckForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        answer = _answer(form.cleaned_data)
        checks = [(one, said(one.zh, one.en)) for one in answer.checks]
        context |= {"answer": answer, "checks": checks}
    status = 422 if form.errors else 200
    return render(request, "web/underwriting/precheck.html", context, status=status)


def _answer(data: dict[str, Any]) -> Answer:
    months = int(data["months"])
    amount, book, today = data["amount"], book_in_force(), clock.business_date()
    ticked = Ticked(
        born=data["born"],
        months=months,
        job_months=data["job_months"],
        worst_run=data["worst_run"],
        overdue_months=data["overdue_months"],
        income=data["income"],
        debts=data["debts"] or 0,
        instalment=int(level_instalments(amount, book.in_force(RATE, today).rate, months)[0]) if amount else None,
        car_years=data["car_years"],
    )
    return precheck(ticked, book, today)
