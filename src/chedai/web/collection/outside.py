"""Agencies: their contracts and reviews, their cases, their log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms as django_forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chedai.book.collection.services import outside
from chedai.book.collection.services.outside import Reported
from chedai.platform import clock
from chedai.platform.errors import NotFound, Refusal, Refusals
from chedai.web.collection.acts import PLAIN
from chedai.web.collection.forms import AgencyForm, LogForm, ReviewForm
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page

AGENCIES = "agency.read"
MANAGE = "agency.manage"
_COLUMNS = 5


@require_GET
@door(AGENCIES)
def agencies(request: Request) -> HttpResponse:
    """Every agency, when its review is due, and why it gets no case."""
    day = clock.business_date()
    rows = [_row(one, day) for one in outside.agencies()]
    may = request.access.may(MANAGE)
    return render(request, "web/collection/agencies.html", {"rows": rows, "may": may, "today": day})


@require_GET
@door(AGENCIES)
def agency(request: Request, agency_id: int) -> HttpResponse:
    """One agency: its reviews and the cases it has."""
    found = outside.agency_read(agency_id)
    context = {
        "agency": found,
        "row": _row(found, clock.business_date()),
        "reviews": outside.reviews_of(found.pk),
        "placements": outside.placements_of(found.pk)[:50],
        "may": request.access.may(MANAGE),
    }
    return render(request, "web/collection/agency.html", context)


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def agency_new(request: Request) -> HttpResponse:
    """A firm under contract."""

    def save(data: dict[str, Any], request: Request) -> str:
        made = outside.agency_open(actor=request.actor, **data)
        return reverse("collection_agency", args=[made.pk])

    return _form(request, "agency.new", AgencyForm, save, _("登记机构"), reverse("collection_agencies"))


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def agency_act(request: Request, agency_id: int, what: str) -> HttpResponse:
    """Review an agency, or take its log."""
    found = outside.agency_read(agency_id)
    back = reverse("collection_agency", args=[found.pk])

    def review(data: dict[str, Any], request: Request) -> str:
        points = {"conduct_points": data["conduct"], "recovery": data["recovery"], "complaints": data["complaints"]}
        outside.agency_review(agency_id=found.pk, conclusion=data["conclusion"], actor=request.actor, **points)
        return back

    def log(data: dict[str, Any], request: Request) -> str:
        outside.agency_log_take(agency_id=found.pk, rows=rows_of(data["lines"]), actor=request.actor)
        return back

    if what == "review":
        return _form(request, f"agency.review.{agency_id}", ReviewForm, review, _("年度评价"), back)
    if what == "log":
        return _form(request, f"agency.log.{agency_id}", LogForm, log, _("导入联系记录"), back)
    raise NotFound("no-such-act", "没有这个办理事项", "there is nothing of this kind to do")


def rows_of(text: str) -> list[Reported]:
    """The contacts of a log as it was typed. Errors: `Refusals`, one a line that cannot be read."""
    rows, refused = [], []
    for at, line in enumerate((line for line in text.splitlines() if line.strip()), start=1):
        cells = [cell.strip() for cell in line.replace("，", ",").replace("\t", ",").split(",")]
        try:
            rows.append(_reported(cells))
        except ValueError:
            zh = f"第 {at} 行无法读取：须为贷款编号、号码编号、时间、结果代码、秒数"
            refused.append(Refusal("log-line", zh, f"line {at} cannot be read", field="lines"))
    if refused:
        raise Refusals(refused)
    return rows


def _reported(cells: list[str]) -> Reported:
    if len(cells) != _COLUMNS:
        raise ValueError(cells)
    moment = datetime.strptime(cells[2], "%Y-%m-%d %H:%M").replace(tzinfo=clock.SHANGHAI)
    return Reported(cells[0], int(cells[1]), moment, cells[3], int(cells[4]))


def _row(one: Any, day: Any) -> dict[str, Any]:
    refused = outside.placement_refusal(one, day)
    due = outside.review_due(one, day)
    language = get_language() or "zh-hans"
    return {"it": one, "due": due, "late": due < day, "why": refused.text(language) if refused is not None else ""}


def _form(request: Request, key: str, form: type[django_forms.Form], save: Any, title: str, back: str) -> HttpResponse:
    page = FormPage(
        key=key,
        form=form,
        template=PLAIN,
        save=save,
        done=_("已保存"),
        context={"title": title, "verb": title, "back": back},
        drafts=False,
    )
    return form_page(request, page)
