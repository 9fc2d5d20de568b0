"""The pipeline in three layouts, and the pages of one deal that belong to no other room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.deals.pipeline.selectors import deal_of_number
from chedai.deals.pipeline.services import deal_hand_over, deal_lose, note_write
from chedai.deals.pipeline.states import LostReason
from chedai.org.selectors import staff_in
from chedai.platform import clock
from chedai.web import selectors
from chedai.web.deals.board import lanes, month
from chedai.web.deals.jacket import happenings, jacket, stays
from chedai.web.deals.lists import DEALS
from chedai.web.deals.words import LOST, MODES
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.page import list_page
from chedai.web.lists.state import State, read


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to look at the same set of deals."""

    word: Promise
    icon: str
    name: str

    @property
    def url(self) -> str:
        """Its address."""
        return reverse(self.name)


LAYOUTS: Final = (
    Layout(gettext_lazy("看板"), "layout-kanban", "deals_board"),
    Layout(gettext_lazy("列表"), "list", "deals"),
    Layout(gettext_lazy("日历"), "calendar", "deals_calendar"),
)


def _state(request: Request) -> State:
    return read(DEALS, request.GET, selectors.columns_of(DEALS.key, request.actor.ref))


@require_http_methods(["GET", "POST"])
@door("deal.read")
def deals(request: Request) -> HttpResponse:
    """The deals as a list."""
    return list_page(request, DEALS, {"layouts": LAYOUTS})


@require_http_methods(["GET", "POST"])
@door("deal.read")
def board(request: Request) -> HttpResponse:
    """The open deals as lanes."""
    extra = {"layouts": LAYOUTS, "body": "web/deals/board.html", "lanes": lanes(request, _state(request))}
    return list_page(request, DEALS, extra)


@require_http_methods(["GET", "POST"])
@door("deal.read")
def calendar(request: Request) -> HttpResponse:
    """The open deals on the days they are due."""
    state = _state(request)
    shown = month(request, state, _day(request.GET.get("month", "")))
    kept = state.query()
    around = {
        name: f"{request.path}?{kept}{'&' if kept else ''}month={day:%Y-%m}"
        for name, day in (("before_url", shown.before), ("after_url", shown.after))
    }
    extra = {"layouts": LAYOUTS, "body": "web/deals/calendar.html", "month": shown, **around}
    return list_page(request, DEALS, extra)


def _day(text: str) -> date:
    """The first day of a month as the address gives it, else of the month the books are in."""
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        return clock.business_date()
    return asked if 2000 <= asked.year <= 2100 else clock.business_date()


@require_GET
@door("deal.read")
def deal(request: Request, number: str) -> HttpResponse:
    """A deal at a glance."""
    context = jacket(request, number, "overview")
    found = context["deal"]
    context |= {
        "stays": stays(found),
        "mode": MODES[found.mode],
        "lost": LOST.get(found.lost_reason, ""),
        "may_customer": request.access.may(
            "customer.read", store_id=found.customer.store_id, owner_id=found.customer.owner_id
        ),
    }
    return render(request, "web/deals/overview.html", context)


@require_GET
@door("deal.read")
def record(request: Request, number: str) -> HttpResponse:
    """Everything that happened to a deal."""
    context = jacket(request, number, "record")
    return render(request, "web/deals/record.html", {**context, "everything": list(happenings(context["deal"]))})


@require_POST
@door("deal.work")
def note(request: Request, number: str) -> HttpResponse:
    """Write a line on a deal."""
    found = _opened(request, number, "deal.work")
    pinned = request.POST.get("pinned") == "1"
    note_write(
        deal_id=found.pk,
        staff_id=request.access.staff_id,
        text=request.POST.get("text", ""),
        pinned=pinned,
        actor=request.actor,
    )
    messages.success(request, _("已写下备注"))
    return HttpResponseRedirect(reverse("deal", args=[found.number]))


class HandOverForm(forms.Form):
    """Who takes the stage, and why."""

    owner = forms.ChoiceField(label=gettext_lazy("转交给"))
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200)

    def __init__(self, *args: Any, staff: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = staff  # type: ignore[attr-defined]


class LoseForm(forms.Form):
    """Why the deal comes to nothing."""

    reason = forms.ChoiceField(label=gettext_lazy("原因"), choices=list(LOST.items()))
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)


@require_http_methods(["GET", "POST"])
@door("deal.hand_over")
def hand_over(request: Request, number: str) -> HttpResponse:
    """Give the stage to somebody else of the store."""
    found = _opened(request, number, "deal.hand_over")
    people = [(str(pk), name) for pk, name in staff_in(found.store_id) if pk != found.owner_id]

    def save(data: dict[str, Any], request: Request) -> str:
        deal_hand_over(deal_id=found.pk, owner_id=int(data["owner"]), reason=data["reason"], actor=request.actor)
        return reverse("deal", args=[found.number])

    said = _("转交 %s") % found.number
    return form_page(
        request,
        FormPage(
            key=f"deal.hand_over.{found.pk}",
            form=HandOverForm,
            template="web/staff/form.html",
            save=save,
            done=_("已转交"),
            options={"staff": people},
            context={"title": said, "verb": _("转交这一单"), "lead": _("环节的计时继续，转交不清零。")},
        ),
    )


@require_http_methods(["GET", "POST"])
@door("deal.lose")
def lose(request: Request, number: str) -> HttpResponse:
    """Close a deal that comes to nothing."""
    found = _opened(request, number, "deal.lose")

    def save(data: dict[str, Any], request: Request) -> str:
        deal_lose(deal_id=found.pk, reason=LostReason(data["reason"]), note=data["note"], actor=request.actor)
        return reverse("deal", args=[found.number])

    return form_page(
        request,
        FormPage(
            key=f"deal.lose.{found.pk}",
            form=LoseForm,
            template="web/staff/form.html",
            save=save,
            done=_("已关闭案卷"),
            context={"title": _("关闭 %s") % found.number, "verb": _("关闭这一单")},
        ),
    )


def _opened(request: Request, number: str, right: str) -> Any:
    """The deal, for who may do this to it. Errors: `NotFound`, `NotAllowed`."""
    found = deal_of_number(number)
    request.access.require(right, store_id=found.store_id, owner_id=found.officer_id)
    return found
