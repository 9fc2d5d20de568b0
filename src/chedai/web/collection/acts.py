"""What is done with a case beside calling: one form each, drawn alike, and back to the case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from chedai.book.collection import selectors
from chedai.book.collection.services.cases import case_assign
from chedai.book.collection.services.legal import claim_move, claim_of, claim_open, interruption_record
from chedai.book.collection.services.numbers import call_hours_agree, number_add
from chedai.book.collection.services.outside import agencies, case_place, placement_recall
from chedai.book.collection.services.recovery import car_return, car_sell, car_take
from chedai.book.collection.services.reminding import reminder_send
from chedai.book.collection.services.sharing import hands_full
from chedai.book.collection.services.visits import visit_cancel, visit_plan, visits_of_case
from chedai.book.collection.states import Interruption, LegalStage, NumberSource, RecoveryState, VisitState, Whom
from chedai.org.selectors import staff_in, staff_of
from chedai.platform import clock
from chedai.platform.errors import NotFound, Refusal
from chedai.web.collection import forms
from chedai.web.collection.seen import MANAGE, WORK, case_seen
from chedai.web.doors import Request, door
from chedai.web.formats import day
from chedai.web.forms.page import FormPage, form_page

PLAIN: Final = "web/staff/form.html"
Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """One form of a case: what it is called, what it asks, what it does. `options` are made for the case."""

    title: Promise
    verb: Promise
    done: Promise
    form: type[django_forms.Form]
    save: Callable[[Any, Data, Request], object]
    initial: Callable[[Any], Data] = field(default=lambda case: {})
    options: Callable[[Any], Data] = field(default=lambda case: {})
    lead: Promise | str = ""


def _today(case: Any) -> Data:
    return {"on": clock.business_date(), "planned_on": clock.business_date(), "taken_on": clock.business_date()}


def _staff(case: Any) -> Data:
    return {"staff": [("", "—"), *((str(pk), name) for pk, name in staff_in(case.store_id))]}


def _hands(case: Any) -> Data:
    names = dict(staff_in(case.store_id))
    full = hands_full(case.store_id, clock.business_date())
    return {"staff": [(str(pk), _("%(name)s（%(n)s 件）") % {"name": names.get(pk, pk), "n": n}) for pk, n in full]}


def _number(case: Any, data: Data, request: Request) -> object:
    facts = data | {"whom": Whom(data["whom"]), "source": NumberSource(data["source"])}
    return number_add(customer_id=case.customer_id, actor=request.actor, **facts)


def _hours(case: Any, data: Data, request: Request) -> object:
    return call_hours_agree(customer_id=case.customer_id, actor=request.actor, **data)


def _visit(case: Any, data: Data, request: Request) -> object:
    return visit_plan(
        case_id=case.pk,
        planned_on=data["planned_on"],
        lead_id=int(data["lead"]),
        second_id=int(data["second"]),
        actor=request.actor,
    )


def _visits(case: Any) -> Data:
    planned = [one for one in visits_of_case(case.pk) if one.state == VisitState.PLANNED]
    return {"visits": [(str(one.pk), f"{day(one.planned_on)} {one.lead.user.display_name}") for one in planned]}


def _visit_off(case: Any, data: Data, request: Request) -> object:
    return visit_cancel(visit_id=int(data["visit"]), reason=data["reason"], actor=request.actor)


def _claim(case: Any, data: Data, request: Request) -> object:
    return claim_open(
        case_id=case.pk,
        amount=data["amount"],
        cost=data["cost"] or 0,
        note=data["note"],
        owner_id=staff_of(request.actor.ref) or request.access.staff_id,
        actor=request.actor,
    )


def _stage(case: Any, data: Data, request: Request) -> object:
    claim = claim_of(case.pk)
    if claim is None:
        raise Refusal("no-claim", "该案没有诉讼", "there is no claim of this case")
    facts = data | {"to": LegalStage(data["to"]), "cost": data["cost"] or 0}
    return claim_move(claim_id=claim.pk, actor=request.actor, **facts)


def _stage_of(case: Any) -> Data:
    claim = claim_of(case.pk)
    return {"stage": claim.stage if claim is not None else LegalStage.CLOSED}


def _interruption(case: Any, data: Data, request: Request) -> object:
    facts = data | {"kind": Interruption(data["kind"])}
    return interruption_record(case_id=case.pk, actor=request.actor, **facts)


def _assign(case: Any, data: Data, request: Request) -> object:
    collector = int(data["collector"])
    return case_assign(case_id=case.pk, collector_id=collector, reason=data["reason"], actor=request.actor)


def _place(case: Any, data: Data, request: Request) -> object:
    agency = int(data["agency"])
    return case_place(case_id=case.pk, agency_id=agency, until=data["until"], actor=request.actor)


def _recall(case: Any, data: Data, request: Request) -> object:
    placed = case.placements.filter(state="placed").first()
    if placed is None:
        raise Refusal("not-placed", "该案没有委托", "no agency has this case")
    return placement_recall(placement_id=placed.pk, reason=data["reason"], actor=request.actor)


def _take(case: Any, data: Data, request: Request) -> object:
    facts = {name: data[name] for name in ("taken_on", "place", "condition")}
    facts |= {"taken_by": int(data["lead"]), "second": int(data["second"])}
    return car_take(case_id=case.pk, valued=data["valued"] or 0, actor=request.actor, **facts)


def _sell(case: Any, data: Data, request: Request) -> object:
    facts = data | {"costs": data["costs"] or 0}
    return car_sell(recovery_id=_car(case), actor=request.actor, **facts)


def _return(case: Any, data: Data, request: Request) -> object:
    return car_return(recovery_id=_car(case), reason=data["reason"], actor=request.actor)


def _car(case: Any) -> int:
    found = selectors.recovery_of(case.pk)
    if found is None:
        raise Refusal("no-car", "该案没有收车", "no car was taken in this case")
    return int(found.pk)


ACTS: Final[dict[str, Act]] = {
    "number": Act(_("登记号码"), _("登记号码"), _("已登记号码"), forms.NumberForm, _number),
    "hours": Act(_("约定时段"), _("登记约定"), _("已登记约定时段"), forms.HoursForm, _hours),
    "visit": Act(
        _("安排外访"),
        _("安排外访"),
        _("已安排外访"),
        forms.VisitForm,
        _visit,
        _today,
        _staff,
        _("外访至少两人同行。"),
    ),
    "visit_off": Act(_("取消外访"), _("取消外访"), _("已取消外访"), forms.VisitOffForm, _visit_off, options=_visits),
    "claim": Act(
        _("提起诉讼"), _("发出律师函"), _("已提起诉讼"), forms.ClaimForm, _claim, lambda c: {"amount": c.overdue}
    ),
    "stage": Act(_("诉讼进展"), _("登记进展"), _("已登记进展"), forms.StageForm, _stage, _today, _stage_of),
    "interruption": Act(_("时效中断"), _("登记中断"), _("已登记中断"), forms.InterruptionForm, _interruption, _today),
}
"""What who works on a case may do."""

MANAGED: Final[dict[str, Act]] = {
    "assign": Act(_("转派"), _("转派案件"), _("已转派"), forms.AssignForm, _assign, options=_hands),
    "place": Act(
        _("委托机构"),
        _("委托"),
        _("已委托"),
        forms.PlaceForm,
        _place,
        options=lambda case: {"agencies": [(str(one.pk), one.name) for one in agencies()]},
        lead=_("合同有效、评价未到期且通过、已列入公示名单的机构方可委托。"),
    ),
    "recall": Act(_("收回委托"), _("收回"), _("已收回"), forms.ReasonForm, _recall),
    "car": Act(
        _("登记收车"), _("登记收车"), _("已登记收车"), forms.TakeForm, _take, _today, _staff, _("收车须两人以上。")
    ),
    "sell": Act(
        _("登记出售"),
        _("登记出售"),
        _("已登记出售，待财务入账"),
        forms.SellForm,
        _sell,
        lambda c: {"sold_on": clock.business_date()},
        lead=_("净价款由财务入账：先还已到期的，其余冲本金；超过欠款的，结清后退还车主。"),
    ),
    "return": Act(_("归还车辆"), _("归还"), _("已归还"), forms.ReasonForm, _return),
}
"""What a manager may do."""


@require_http_methods(["GET", "POST"])
@door(WORK)
def act(request: Request, case_id: int, what: str) -> HttpResponse:
    """A form of who works on the case."""
    return _page(request, case_seen(request, case_id, WORK), what, ACTS)


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def manage(request: Request, case_id: int, what: str) -> HttpResponse:
    """A form of a manager. A car that is here is sold or returned, not taken again."""
    found = case_seen(request, case_id, MANAGE)
    car = selectors.recovery_of(found.pk)
    if what == "car" and car is not None and car.state == RecoveryState.TAKEN:
        what = "sell"
    return _page(request, found, what, MANAGED)


@require_POST
@door(WORK)
def remind(request: Request, case_id: int) -> HttpResponse:
    """Remind the debtor by message, through the gate."""
    found = case_seen(request, case_id, WORK)
    own = (one for one in selectors.numbers_of(found.customer_id) if one.whom == Whom.DEBTOR)
    number = next(own, None)
    if number is None:
        raise Refusal("no-number", "没有本人号码", "there is no number of the debtor")
    reminder_send(case_id=found.pk, number_id=number.pk, actor=request.actor)
    messages.success(request, _("提醒短信已提交发送"))
    return HttpResponseRedirect(reverse("collection_case", args=[found.pk]))


def _page(request: Request, case: Any, what: str, acts: dict[str, Act]) -> HttpResponse:
    found = acts.get(what)
    if found is None:
        raise NotFound("no-such-act", "没有这个办理事项", "there is nothing of this kind to do")

    def save(data: Data, request: Request) -> str:
        found.save(case, data, request)
        return reverse("collection_case", args=[case.pk])

    page = FormPage(
        key=f"collection.{what}.{case.pk}",
        form=found.form,
        template=PLAIN,
        save=save,
        done=found.done,
        initial=found.initial(case),
        options=found.options(case),
        context={
            "title": f"{found.title} · {case.loan.number}",
            "verb": found.verb,
            "lead": found.lead,
            "back": reverse("collection_case", args=[case.pk]),
        },
        drafts=False,
    )
    return form_page(request, page)
