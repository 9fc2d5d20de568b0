"""The forms of an application: answers, people, bank statements, credit reports, what a lender said."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.selectors import known_as
from chedai.crm.customers.services import customer_register
from chedai.deals.applications import checklists, plans, rules
from chedai.deals.applications.questions import Question, asked_of
from chedai.deals.applications.selectors import answers_in_force, answers_plain, submissions_of
from chedai.deals.applications.services.answers import answers_confirm, answers_write
from chedai.deals.applications.services.lenders import Answer, submission_answer
from chedai.deals.applications.services.parties import party_add
from chedai.deals.applications.services.proofs import BureauFigures, bureau_write, statement_write
from chedai.deals.applications.states import ANSWERS, Liability, Role, Source, SubmissionState
from chedai.web.applications import words
from chedai.web.applications.forms import answers_form, initial_of, said, values_of
from chedai.web.applications.opened import application_for, chosen
from chedai.web.applications.views import party_of
from chedai.web.doors import Request, door
from chedai.web.forms.fields import DayField, IdentityField, MoneyField, RateField
from chedai.web.forms.page import FormPage, form_page

_STAFF_SOURCES = (Source.CUSTOMER, Source.PAPER, Source.STATEMENT, Source.BUREAU, Source.STAFF)


@require_http_methods(["GET", "POST"])
@door("application.write")
def answers(request: Request, number: str) -> HttpResponse:
    """The answers of one party, as a draft kept while they are typed."""
    found = application_for(request, number, "application.write")
    party = party_of(request, found)
    held = answers_plain(answers_in_force([party.pk])[party.pk])
    asked = asked_of(party.customer.kind, Role(party.role), Liability(party.liability), held.get("job", ""))

    form = _answers_form(asked, plans.lender_kinds(plans.chosen(found)))

    def save(data: dict[str, Any], req: Request) -> str:
        values = values_of(asked, data)
        answers_write(
            party_id=party.pk,
            values=values,
            source=Source(data["source"]),
            as_of=data["as_of"],
            reason=data["reason"],
            actor=req.actor,
        )
        if data["again"]:
            stale = [one.code for one in asked if one.stale and values.get(one.code) not in ("", None)]
            answers_confirm(party_id=party.pk, codes=stale, actor=req.actor)
        return reverse("deal_application", args=[number])

    title = _("%(who)s的申请表") % {"who": party.customer.name}
    initial = initial_of(asked, held) | {"source": Source.CUSTOMER.value}
    return _form(request, number, f"answers.{party.pk}", form, save, _("已保存申请表"), _("保存申请表"), title, initial)


def _answers_form(asked: list[Question], kinds: list[str]) -> type[forms.Form]:
    """The questions, and beside them where the answers come from and why they were changed."""

    class Form(answers_form(asked, kinds)):  # type: ignore[misc]
        """The answers, where they come from, and why they were changed."""

        source = forms.ChoiceField(
            label=gettext_lazy("来源"), choices=[(s.value, words.SOURCES[s]) for s in _STAFF_SOURCES]
        )
        as_of = DayField(label=gettext_lazy("数据日期"), required=False, help_text=gettext_lazy("不填为今天。"))
        reason = forms.CharField(
            label=gettext_lazy("修改原因"),
            required=False,
            max_length=200,
            help_text=gettext_lazy("修改客户本人填写的内容时必填，客户会看到并确认。"),
        )
        again = forms.BooleanField(
            label=gettext_lazy("收入与负债今天仍属实，重新确认日期"), required=False, initial=False
        )

    return Form


class PartyForm(forms.Form):
    """Somebody who comes in: known by the identity number, or registered now."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=40)
    id_number = IdentityField(label=gettext_lazy("身份证号"))
    phone = forms.CharField(label=gettext_lazy("电话"), required=False, max_length=20)
    role = forms.ChoiceField(
        label=gettext_lazy("身份"), choices=[(r.value, words.ROLES[r]) for r in Role if r is not Role.APPLICANT]
    )
    liability = forms.ChoiceField(
        label=gettext_lazy("责任方式"),
        choices=[(x.value, words.LIABILITIES[x]) for x in Liability if x is not Liability.BORROWER],
    )
    liability_amount = MoneyField(label=gettext_lazy("保证限额"), required=False, hint=gettext_lazy("仅限额保证填写"))


@require_http_methods(["GET", "POST"])
@door("application.write")
def party(request: Request, number: str) -> HttpResponse:
    """Take somebody in."""
    found = application_for(request, number, "application.write")

    def save(data: dict[str, Any], req: Request) -> str:
        known = known_as(id_number=data["id_number"]).first()
        customer = known or customer_register(
            kind=CustomerKind.PERSON,
            name=data["name"],
            id_number=data["id_number"],
            phone=data["phone"],
            store_id=found.deal.store_id,
            owner_id=found.deal.officer_id,
            actor=req.actor,
        )
        party_add(
            application_id=found.pk,
            customer_id=customer.pk,
            role=Role(data["role"]),
            liability=Liability(data["liability"]),
            liability_amount=data["liability_amount"],
            actor=req.actor,
        )
        return reverse("deal_application", args=[number])

    return _form(
        request, number, f"party.{found.pk}", PartyForm, save, _("已加入当事人"), _("加入当事人"), _("加入当事人")
    )


class StatementForm(forms.Form):
    """A bank statement, as lines of a table."""

    bank = forms.CharField(label=gettext_lazy("开户银行"), max_length=60)
    account = forms.CharField(label=gettext_lazy("账号"), max_length=30)
    opening = MoneyField(label=gettext_lazy("期初余额"), least=None)
    lines = forms.CharField(
        label=gettext_lazy("流水"),
        widget=forms.Textarea({"rows": 12}),
        max_length=600_000,
        help_text=gettext_lazy("每行五列：日期、收入、支出、余额、摘要，用英文逗号分隔。可直接粘贴银行导出的 CSV。"),
    )


@require_http_methods(["GET", "POST"])
@door("application.write")
def statement(request: Request, number: str) -> HttpResponse:
    """Enter a bank statement; it is added up line by line."""
    found = application_for(request, number, "application.write")
    person = party_of(request, found)

    def save(data: dict[str, Any], req: Request) -> str:
        lines = rules.statement_read(data["lines"])
        given = {name: data[name] for name in ("bank", "account", "opening")}
        statement_write(party_id=person.pk, lines=lines, actor=req.actor, **given)
        return reverse("deal_application", args=[number])

    title = _("%(who)s的银行流水") % {"who": person.customer.name}
    return _form(request, number, f"statement.{person.pk}", StatementForm, save, _("已保存流水"), _("保存流水"), title)


class BureauForm(forms.Form):
    """The summary of a credit report."""

    number = forms.CharField(label=gettext_lazy("报告编号"), max_length=60)
    queried_on = DayField(label=gettext_lazy("查询日期"))
    open_loans = forms.IntegerField(label=gettext_lazy("未结清贷款笔数"), min_value=0, max_value=999)
    balance = MoneyField(label=gettext_lazy("贷款余额"))
    monthly = MoneyField(label=gettext_lazy("每月应还"))
    card_limit = MoneyField(label=gettext_lazy("信用卡总额度"))
    card_used = MoneyField(label=gettext_lazy("信用卡已用额度"))
    overdue_now = MoneyField(label=gettext_lazy("当前逾期金额"))
    overdue_accounts = forms.IntegerField(label=gettext_lazy("逾期账户数"), min_value=0, max_value=999)
    worst_run = forms.IntegerField(label=gettext_lazy("24 个月最长连续逾期期数"), min_value=0, max_value=24)
    overdue_months = forms.IntegerField(label=gettext_lazy("24 个月累计逾期期数"), min_value=0, max_value=999)
    queries_3_months = forms.IntegerField(label=gettext_lazy("近 3 个月查询次数"), min_value=0, max_value=999)
    queries_6_months = forms.IntegerField(label=gettext_lazy("近 6 个月查询次数"), min_value=0, max_value=999)
    guarantees = MoneyField(label=gettext_lazy("对外担保余额"))
    bad_debt = forms.BooleanField(label=gettext_lazy("有呆账、代偿或资产处置"), required=False)


@require_http_methods(["GET", "POST"])
@door("application.write")
def bureau(request: Request, number: str) -> HttpResponse:
    """Enter the summary of a credit report, under the consent in force."""
    found = application_for(request, number, "application.write")
    person = party_of(request, found)

    def save(data: dict[str, Any], req: Request) -> str:
        figures = BureauFigures(**{name: data[name] for name in BureauFigures.__struct_fields__})
        bureau_write(
            party_id=person.pk,
            number=data["number"],
            queried_on=data["queried_on"],
            figures=figures,
            actor=req.actor,
        )
        return reverse("deal_application", args=[number])

    title = _("%(who)s的信用报告摘要") % {"who": person.customer.name}
    return _form(request, number, f"bureau.{person.pk}", BureauForm, save, _("已保存摘要"), _("保存摘要"), title)


class LenderForm(forms.Form):
    """What a lender without a channel said."""

    state = forms.ChoiceField(
        label=gettext_lazy("答复"),
        choices=[(s.value, words.SUBMISSIONS[s][0]) for s in SubmissionState if s in ANSWERS],
        widget=forms.RadioSelect,
    )
    amount = MoneyField(label=gettext_lazy("批复金额"), required=False)
    annual_rate = RateField(label=gettext_lazy("年利率"), required=False)
    periods = forms.IntegerField(label=gettext_lazy("期数"), required=False, min_value=1, max_value=600)
    conditions = forms.CharField(
        label=gettext_lazy("条件"),
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("一行一条。"),
    )
    reason = forms.CharField(label=gettext_lazy("说明"), required=False, max_length=200)
    papers = forms.MultipleChoiceField(
        label=gettext_lazy("要求补的资料"),
        required=False,
        choices=lambda: [(one.code, said(one.zh, one.en)) for one in checklists.checklist().item],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("答复为要求补件时勾选，会进入资料清单。"),
    )


@require_http_methods(["GET", "POST"])
@door("application.submit")
def answer(request: Request, number: str) -> HttpResponse:
    """Write down what a lender answered."""
    found = application_for(request, number, "application.submit")
    one = chosen(request, "submission", submissions_of(found.pk))

    def save(data: dict[str, Any], req: Request) -> str:
        told = Answer(
            message="",
            seq=0,
            state=SubmissionState(data["state"]),
            amount=data["amount"],
            annual_rate=data["annual_rate"],
            periods=data["periods"],
            conditions=tuple(line.strip()[:200] for line in data["conditions"].splitlines() if line.strip())[:20],
            papers=tuple(data["papers"]),
            reason=data["reason"],
        )
        submission_answer(submission_id=one.pk, answer=told, actor=req.actor)
        return reverse("deal_lenders", args=[number])

    title = _("%(who)s的答复") % {"who": one.lender_name}
    return _form(
        request, number, f"lender.{one.pk}.{one.round}", LenderForm, save, _("已登记答复"), _("登记答复"), title
    )


def _form(
    request: Request,
    number: str,
    key: str,
    form: type[forms.Form],
    save: Any,
    done: str,
    verb: str,
    title: str,
    initial: dict[str, Any] | None = None,
) -> HttpResponse:
    back = reverse("deal_lenders" if key.startswith("lender") else "deal_application", args=[number])
    page = FormPage(
        key=f"application.{key}",
        form=form,
        template="web/applications/form.html",
        save=save,
        done=done,
        initial=initial or {},
        context={"title": title, "subtitle": number, "verb": verb, "back": back},
    )
    return form_page(request, page)
