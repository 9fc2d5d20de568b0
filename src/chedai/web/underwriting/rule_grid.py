"""Drafting a rule set in a grid: rows added, moved and removed, each cell held against the lint before it is saved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from chedai.deals.underwriting import rulebooks, selectors
from chedai.deals.underwriting.rules.book import rule_set, text_digest
from chedai.deals.underwriting.rules.fields import FIELDS
from chedai.deals.underwriting.rules.grid import fits
from chedai.deals.underwriting.services.drafting import rule_draft_write, versions_taken
from chedai.platform import clock
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.underwriting import grid_cells, words
from chedai.web.underwriting.grid_form import RuleGridForm

DRAFT = "rules.draft"


@require_http_methods(["GET", "POST"])
@door(DRAFT)
def write(request: Request, name: str) -> HttpResponse:
    """Draft a rule set anew in the grid, beginning with what is in force."""
    text = rulebooks.text_on(name, clock.business_date())
    return _grid(request, name, text, reverse("rule_write", args=[name]), None)


@require_http_methods(["GET", "POST"])
@door(DRAFT)
def edit(request: Request, draft_id: int) -> HttpResponse:
    """Go on with a draft in the grid."""
    draft = selectors.rule_draft_read(draft_id)
    return _grid(request, draft.name, draft.content, reverse("rule_draft_edit", args=[draft_id]), draft)


def _grid(request: Request, name: str, text: str, as_text: str, draft: Any) -> HttpResponse:
    if not fits(name, text):
        messages.warning(request, _("这份草案的写法表格放不下，请在文本里修改"))
        return HttpResponseRedirect(as_text)

    def save(data: dict[str, Any], request: Request) -> str:
        written = rule_draft_write(
            name=name,
            content=data["content"],
            reason=data["reason"],
            base_digest=data["base"],
            draft_id=draft.pk if draft else None,
            actor=request.actor,
        )
        return reverse("rule_draft", args=[written.pk])

    return form_page(request, _page(name, text, as_text, draft, save))


def _page(name: str, text: str, as_text: str, draft: Any, save: Callable[[dict[str, Any], Request], str]) -> FormPage:
    """The grid as a form: what is in force beneath it, a version nobody has used."""
    today = clock.business_date()
    in_force = rulebooks.text_on(name, today)
    one, taken = rule_set(in_force), versions_taken(name)
    began = rule_set(text) if draft else None
    return FormPage(
        key=f"grid.{name}.{draft.pk if draft else 0}",
        form=RuleGridForm,
        template="web/underwriting/rule_grid.html",
        save=save,
        done=gettext_lazy("已保存草案"),
        initial={
            "base": text_digest(in_force),
            "reason": draft.reason if draft else "",
            "version": began.version if began and began.version not in taken else _free(taken, today),
            "valid_from": began.valid_from if began else today,
        },
        options={"name": name, "text": text, "taken": taken},
        context={
            "name": name,
            "title": words.said(one.zh, one.en),
            "as_text": as_text,
            "back": reverse("rule_draft", args=[draft.pk]) if draft else reverse("rule_set", args=[name]),
            "lists": _lists(),
            "columns": grid_cells.columns_of(name),
            "shared": grid_cells.lists(),
        },
        drafts=False,
    )


def _free(taken: set[str], today: date) -> str:
    """A version nobody has used: the day, with a number where the day is taken."""
    day = today.isoformat()
    return next(one for one in (day, *(f"{day}-{n}" for n in range(2, len(taken) + 3))) if one not in taken)


def _lists() -> list[tuple[str, list[str]]]:
    """The words of each fact that is a word, offered where they are typed."""
    return [(name, [words.said(zh, en) for _code, zh, en in one.words]) for name, one in FIELDS.items() if one.words]
