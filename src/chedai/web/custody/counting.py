"""盘点, made for the phone: tick or scan the labels of a safe, close it, and answer for what differs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.deals.custody import selectors
from chedai.deals.custody.services.counting import count_close, count_open, count_tick, count_untick, finding_settle
from chedai.deals.custody.states import CountState, FindingState
from chedai.org.selectors import open_stores
from chedai.platform.errors import Refusal
from chedai.web.custody.forms import CountForm, SettleForm
from chedai.web.custody.lists import COUNTED
from chedai.web.custody.words import COUNTS, FINDINGS, KINDS, SETTLED
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.page import list_page

PLAIN = "web/staff/form.html"


@require_http_methods(["GET", "POST"])
@door("custody.count")
def counts(request: Request) -> HttpResponse:
    """Every count, the newest first."""
    return list_page(request, COUNTED)


@require_http_methods(["GET", "POST"])
@door("custody.count")
def begin(request: Request) -> HttpResponse:
    """Begin to count a safe."""
    reach = request.access.stores("custody.count")
    stores = [(pk, name) for pk, name in open_stores() if reach is None or pk in reach]

    def save(data: dict[str, Any], req: Request) -> str:
        req.access.require("custody.count", store_id=data["store_id"])
        return _address(count_open(store_id=data["store_id"], actor=req.actor).pk)

    page = FormPage(
        key="custody.count",
        form=CountForm,
        template=PLAIN,
        save=save,
        done=_("已开始盘点"),
        options={"stores": stores},
        context={"title": _("开始盘点"), "verb": _("开始盘点")},
        drafts=False,
    )
    return form_page(request, page)


@require_GET
@door("custody.count")
def count(request: Request, count_id: int) -> HttpResponse:
    """One count: what was seen, what is still to see, and what differs once it is closed."""
    found = _count(request, count_id)
    seen = selectors.ticked(found.pk)
    going = found.state == CountState.OPEN
    held = selectors.safe_of(found.store_id) if going else []
    labels = {one.item.label for one in held}
    context = {
        "count": found,
        "state": COUNTS[found.state],
        "going": going,
        "waiting": [(KINDS[one.item.kind], one) for one in held if one.item.label not in seen],
        "seen": [(label, label in labels) for label in seen],
        "expected": len(held) if going else found.expected,
        "ticked": sum(1 for label in seen if label in labels) if going else found.seen,
        "findings": [_finding(one) for one in selectors.findings_of(found.pk)],
    }
    return render(request, "web/custody/count.html", context)


@require_POST
@door("custody.count")
def tick(request: Request, count_id: int) -> HttpResponse:
    """A thing was seen."""
    found = _count(request, count_id)
    try:
        new = count_tick(count_id=found.pk, label=request.POST.get("label", "")[:60], actor=request.actor)
    except Refusal as refused:
        messages.error(request, refused.text(request.LANGUAGE_CODE))
    else:
        messages.success(request, _("已点到") if new else _("这件已点过"))
    return HttpResponseRedirect(_address(found.pk))


@require_POST
@door("custody.count")
def untick(request: Request, count_id: int) -> HttpResponse:
    """It was ticked by mistake."""
    found = _count(request, count_id)
    count_untick(count_id=found.pk, label=request.POST.get("label", "")[:60], actor=request.actor)
    return HttpResponseRedirect(_address(found.pk))


@require_POST
@door("custody.count")
def close(request: Request, count_id: int) -> HttpResponse:
    """The end of a count."""
    found = _count(request, count_id)
    count_close(count_id=found.pk, actor=request.actor)
    messages.success(request, _("盘点已结束"))
    return HttpResponseRedirect(_address(found.pk))


@require_http_methods(["GET", "POST"])
@door("custody.count")
def settle(request: Request, finding_id: int) -> HttpResponse:
    """Answer for what differs."""
    found = selectors.finding_read(finding_id)
    request.access.require("custody.count", store_id=found.count.store_id)

    def save(data: dict[str, Any], req: Request) -> str:
        write_off = data["result"] == "write_off"
        if write_off:
            req.access.require("custody.write_off", store_id=found.count.store_id)
        finding_settle(finding_id=found.pk, write_off=write_off, reason=data["reason"], actor=req.actor)
        return _address(found.count_id)

    page = FormPage(
        key=f"custody.finding.{found.pk}",
        form=SettleForm,
        template=PLAIN,
        save=save,
        done=_("已处理差异"),
        context={
            "title": f"{FINDINGS[found.kind][0]} · {found.label}",
            "verb": _("登记结果"),
            "lead": _("盘亏核销须由盘点人以外的人办理，并写明原因。"),
        },
        drafts=False,
    )
    return form_page(request, page)


def _count(request: Request, count_id: int) -> Any:
    found = selectors.count_read(count_id)
    request.access.require("custody.count", store_id=found.store_id)
    return found


def _finding(one: Any) -> dict[str, Any]:
    word, tint = FINDINGS[one.kind]
    return {
        "it": one,
        "word": word,
        "tint": tint,
        "settled": SETTLED[one.state],
        "open": one.state == FindingState.OPEN,
    }


def _address(count_id: int) -> str:
    return reverse("custody_count", args=[count_id])
