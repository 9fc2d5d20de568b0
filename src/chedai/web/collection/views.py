"""The desk: the next case of the queue, its call, its result, and on to the one after."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.book.collection import selectors
from chedai.book.collection.codes import results_for
from chedai.book.collection.services.dialling import contact_begin, contact_result, line_skip
from chedai.book.collection.states import Whom
from chedai.platform import clock
from chedai.platform.errors import Refusal
from chedai.web.collection.desk import case_context, initial_of
from chedai.web.collection.forms import ResultForm
from chedai.web.collection.seen import MANAGE, READ, WORK, case_seen
from chedai.web.collection.words import spoken
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page


@require_GET
@door(READ)
def desk(request: Request) -> HttpResponse:
    """To the next case of the own queue; where nothing waits, say so."""
    day = clock.business_date()
    line = selectors.queue_next(request.access.staff_id, day)
    if line is not None:
        return HttpResponseRedirect(reverse("collection_case", args=[line.case_id]))
    done, total = selectors.queue_size(request.access.staff_id, day)
    count, amount = selectors.promised_on(request.access.staff_id, day)
    return render(
        request,
        "web/collection/done.html",
        {"done": done, "total": total, "count": count, "amount": amount, "day": day},
    )


@require_http_methods(["GET", "POST"])
@door(READ)
def case(request: Request, case_id: int) -> HttpResponse:
    """One case a screen. The result of a call leads to the next case of the queue."""
    found = case_seen(request, case_id)
    call = selectors.contact_on(found.pk, request.actor.ref, clock.business_date())
    whom = Whom(call.whom) if call is not None else Whom.DEBTOR
    page = FormPage(
        key=f"collection.{case_id}.{call.pk if call is not None else 0}",
        form=ResultForm,
        template="web/collection/case.html",
        save=lambda data, req: _write(req, found, call, data),
        done=_("已保存结果"),
        initial=initial_of(found, call),
        options={"results": [(one.code, spoken(one)) for one in results_for(whom)]},
        context=case_context(request, found),
        drafts=False,
    )
    return form_page(request, page)


@require_POST
@door(WORK)
def dial(request: Request, case_id: int) -> HttpResponse:
    """Begin a call. What conduct forbids is said on the page of the case; a reason sets aside what policy lets be."""
    found = case_seen(request, case_id, WORK)
    override = request.POST.get("override", "").strip()
    if override:
        request.access.require(MANAGE, store_id=found.store_id)
    number = request.POST.get("number", "")
    if not number.isdecimal():
        raise Refusal("no-such-number", "请选择号码", "choose a number")
    contact_begin(case_id=found.pk, number_id=int(number), override=override, actor=request.actor)
    return HttpResponseRedirect(reverse("collection_case", args=[found.pk]))


@require_POST
@door(WORK)
def skip(request: Request, case_id: int) -> HttpResponse:
    """Leave a case for later this morning."""
    found = case_seen(request, case_id, WORK)
    line_skip(case_id=found.pk, actor=request.actor)
    messages.success(request, _("已跳过，稍后再来"))
    return HttpResponseRedirect(reverse("collection"))


def _write(request: Request, case: Any, call: Any, data: dict[str, Any]) -> str:
    request.access.require(WORK, store_id=case.store_id, owner_id=case.collector_id)
    if call is None:
        raise Refusal("no-call", "先拨打，再登记结果", "call first, then write the result")
    promised = data["result"] == "promise"
    contact_result(
        contact_id=call.pk,
        result=data["result"],
        actor=request.actor,
        next_on=data["next_on"],
        note=data["note"],
        promise_amount=data["amount"] if promised else None,
        promise_on=data["due_on"] if promised else None,
    )
    in_queue = selectors.plan_line(case.pk, clock.business_date()) is not None
    return reverse("collection") if in_queue else reverse("collection_case", args=[case.pk])
