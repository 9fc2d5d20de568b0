"""The pages of watching: alerts with their evidence, playbooks, indicators, the watch list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.book.risk import selectors
from chedai.book.risk.alerts import alert_act, alert_close, drill_begin, step_done
from chedai.book.risk.states import AlertState, Outcome
from chedai.book.risk.watching import watch_review
from chedai.org.selectors import open_stores
from chedai.platform import clock
from chedai.platform.errors import Refusal
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.page import list_page
from chedai.web.risk import words
from chedai.web.risk.lists import ALERTS, WATCHED


class NoteForm(forms.Form):
    """What was done."""

    text = forms.CharField(
        label=gettext_lazy("处理情况"), max_length=500, widget=forms.Textarea(attrs={"rows": 3, "data-echo": "count"})
    )


class ReviewForm(forms.Form):
    """What a review of a watched loan found."""

    text = forms.CharField(
        label=gettext_lazy("复核意见"), max_length=500, widget=forms.Textarea(attrs={"rows": 3, "data-echo": "count"})
    )
    ends = forms.BooleanField(label=gettext_lazy("移出关注名单"), required=False)


@require_http_methods(["GET", "POST"])
@door("risk.read")
def alerts(request: Request) -> HttpResponse:
    """The alerts the person may see."""
    return list_page(request, ALERTS)


@require_http_methods(["GET", "POST"])
@door("risk.read")
def alert(request: Request, alert_id: int) -> HttpResponse:
    """One alert: the figures, the loans, the playbook, what was done; a note is written below."""
    found = selectors.alert_seen(request.access, alert_id)
    page = FormPage(
        key=f"alert.{alert_id}",
        form=NoteForm,
        template="web/risk/alert.html",
        save=lambda data, req: _note(req, found, data["text"]),
        context=_context(request, found),
        done=gettext_lazy("已记下"),
    )
    return form_page(request, page)


def _context(request: Request, found: Any) -> dict[str, Any]:
    words.name_products([found])
    run = selectors.run_of(found)
    numbers = list(found.evidence.get("numbers") or [])
    keys = selectors.loans_named(numbers)
    return {
        "alert": found,
        "name": words.indicator(found.indicator),
        "formula": words.formula(found.indicator),
        "subject": words.subject(found),
        "value": words.figure(found.indicator, found.value),
        "limit": words.figure(found.indicator, found.limit),
        "state": words.STATES[found.state],
        "outcome": words.OUTCOMES.get(found.outcome, ""),
        "evidence": words.evidence(found),
        "numbers": [number for number in numbers if number in keys],
        "notes": list(found.notes.select_related("by")),
        "playbook": words.playbook(run.playbook) if run else "",
        "steps": _steps(run),
        "acts": _may_act(request, found),
        "is_open": found.state != AlertState.CLOSED,
        "outcomes": list(words.OUTCOMES.items()),
    }


def _steps(run: Any) -> list[tuple[Any, str, bool]]:
    if run is None:
        return []
    today = clock.business_date()
    chinese = words.is_chinese()
    return [
        (step, step.zh if chinese else step.en, step.done_on is None and step.due_on < today)
        for step in selectors.steps_of(run)
    ]


def _may_act(request: Request, found: Any) -> bool:
    if found.store_id is None:
        return request.access.stores("risk.act") is None
    return request.access.may("risk.act", store_id=found.store_id)


def _require(request: Request, store_id: int | None) -> None:
    request.access.require_for("risk.act", store_id)


def _note(request: Request, found: Any, text: str) -> str:
    _require(request, found.store_id)
    alert_act(alert_id=found.pk, text=text, actor=request.actor)
    return reverse("alert", args=[found.pk])


@require_POST
@door("risk.act")
def close(request: Request, alert_id: int) -> HttpResponse:
    """Close an alert with what it turned out to be."""
    found = selectors.alert_seen(request.access, alert_id)
    _require(request, found.store_id)
    said = request.POST.get("outcome", "")
    if said not in set(Outcome):
        raise Refusal("outcome-unknown", "请选择结论", "choose what it turned out to be", field="outcome")
    alert_close(alert_id=alert_id, outcome=Outcome(said), text=request.POST.get("text", "")[:500], actor=request.actor)
    messages.success(request, _("已关闭预警"))
    return HttpResponseRedirect(reverse("alert", args=[alert_id]))


@require_http_methods(["GET", "POST"])
@door("risk.step")
def step(request: Request, step_id: int) -> HttpResponse:
    """One step of a playbook: what happened, what is asked of whom until when; it is ticked off with a note."""
    found = selectors.step_seen(request.access, step_id)
    request.access.require("risk.step", store_id=found.run.store_id, owner_id=found.owner_id)
    if found.owner_id != request.access.staff_id:
        _require(request, found.run.store_id)
    if request.method == "POST":
        done = step_done(step_id=step_id, note=request.POST.get("note", "")[:500], actor=request.actor)
        messages.success(request, _("已完成第 %(n)d 步") % {"n": done.place})
        return HttpResponseRedirect(_after_step(request, found))
    alert = found.run.alert
    words.name_products([alert] if alert else [])
    context = {
        "step": found,
        "text": words.step_text(found),
        "playbook": words.playbook(found.run.playbook),
        "alert": alert,
        "name": words.indicator(alert.indicator) if alert else "",
        "subject": words.subject(alert) if alert else "",
        "numbers": list(alert.evidence.get("numbers") or []) if alert else [],
        "late": found.done_on is None and found.due_on < clock.business_date(),
        "back": _after_step(request, found),
    }
    return render(request, "web/risk/step.html", context)


def _after_step(request: Request, found: Any) -> str:
    """Where the run is shown; who does not read what is watched goes back to the day."""
    if not request.access.may("risk.read"):
        return reverse("home")
    return reverse("alert", args=[found.run.alert_id]) if found.run.alert_id else reverse("indicators")


@require_GET
@door("risk.read")
def indicators(request: Request) -> HttpResponse:
    """Every indicator in words with its limit and record; the playbooks, and the drills held."""
    day, chinese = clock.business_date(), words.is_chinese()
    found = selectors.indicator_summaries(request.access, day)
    lines = [
        {
            "it": one,
            "name": words.indicator(one.watched.indicator),
            "formula": words.formula(one.watched.indicator),
            "by": words.GROUPS[one.watched.by],
            "limit": words.figure(one.watched.indicator, one.watched.limit),
            "playbook": words.playbook(one.watched.playbook) if one.watched.playbook else "",
        }
        for one in found
    ]
    books = [
        (code, words.playbook(code), [(s, s.zh if chinese else s.en) for s in book.steps])
        for code, book in selectors.playbooks(day).items()
    ]
    drills = [(run, words.playbook(run.playbook), _steps(run)) for run in selectors.drills_seen(request.access)[:10]]
    stores = request.access.stores("risk.act")
    context = {
        "lines": lines,
        "books": books,
        "drills": drills,
        "stores": [(pk, name) for pk, name in open_stores() if stores is None or pk in stores],
        "policy": found[0].watched.policy if found else "",
    }
    return render(request, "web/risk/indicators.html", context)


@require_POST
@door("risk.act")
def drill(request: Request) -> HttpResponse:
    """Begin a playbook as a drill in a store."""
    typed = request.POST.get("store", "")
    if not (typed.isdecimal() and len(typed) < 10):
        raise Refusal("store-missing", "请选择门店", "choose the store", field="store")
    store_id = int(typed)
    _require(request, store_id)
    drill_begin(playbook=request.POST.get("playbook", ""), store_id=store_id, actor=request.actor)
    messages.success(request, _("已开始演练"))
    return HttpResponseRedirect(reverse("indicators"))


@require_http_methods(["GET", "POST"])
@door("risk.read")
def watch(request: Request) -> HttpResponse:
    """The watch list."""
    return list_page(request, WATCHED)


@require_http_methods(["GET", "POST"])
@door("risk.read")
def watched(request: Request, item_id: int) -> HttpResponse:
    """One item: the loan, its reviews, and the next review."""
    records = request.access.records("risk.read", store="loan__store_id", owner="loan__officer_id")
    item = selectors.watch_item(records, item_id)
    context = {
        "item": item,
        "reason": words.REASONS[item.reason],
        "reviews": list(item.reviews.select_related("by").order_by("-pk")),
        "acts": item.ended_on is None and request.access.may("risk.act", store_id=item.loan.store_id),
        "late": item.ended_on is None and item.review_due < clock.business_date(),
    }

    def save(data: dict[str, Any], req: Request) -> str:
        _require(req, item.loan.store_id)
        watch_review(item_id=item.pk, text=data["text"], ends=data["ends"], actor=req.actor)
        return reverse("watch_item", args=[item.pk])

    page = FormPage(
        key=f"watch.{item_id}",
        form=ReviewForm,
        template="web/risk/watch_item.html",
        save=save,
        context=context,
        done=gettext_lazy("已写下复核意见"),
    )
    return form_page(request, page)
