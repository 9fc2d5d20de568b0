"""The pages of imports: bring a file, say which column is which, look at the dry run, write, take back."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.platform import clock
from chedai.platform.imports import running, services
from chedai.platform.imports.kinds import template as empty_workbook
from chedai.platform.imports.selectors import batch_heads, batch_pace, undo_until
from chedai.platform.imports.states import BatchState, RowState
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.imports import words
from chedai.web.imports.forms import BringForm, ColumnsForm
from chedai.web.imports.lists import IMPORTS
from chedai.web.imports.seen import batch_for, bringer, kind_for, kinds_for
from chedai.web.lists.export import XLSX
from chedai.web.lists.page import list_page
from chedai.web.services import list_exported

RUN: Final = "import.run"
_BAD: Final = (RowState.BAD, RowState.KEPT)


@require_http_methods(["GET", "POST"])
@door(RUN)
def imports(request: Request) -> HttpResponse:
    """Every import the person may see."""
    return list_page(request, IMPORTS)


@require_http_methods(["GET", "POST"])
@door(RUN)
def import_new(request: Request) -> HttpResponse:
    """Choose a kind, take its template along, bring a file."""
    allowed = kinds_for(request)
    page = FormPage(
        key="import.new",
        form=BringForm,
        template="web/imports/new.html",
        save=_bring,
        options={"kinds": allowed},
        context={"kinds": [(kind, words.kind_words(kind), _heads(kind)) for kind in allowed]},
        drafts=False,
    )
    return form_page(request, page)


@require_GET
@door(RUN)
def template(request: Request, code: str) -> HttpResponse:
    """The empty workbook of a kind."""
    kind = kind_for(request, code)
    return _workbook(empty_workbook(kind, _language()), f"{words.kind_words(kind)}.xlsx")


@require_http_methods(["GET", "POST"])
@door(RUN)
def batch(request: Request, pk: int) -> HttpResponse:
    """One import, wherever it stands."""
    found = batch_for(request, pk)
    said, tint = words.STATES[found.state]
    context = {
        "batch": found,
        "kind": words.kind_named(found.kind),
        "state": said,
        "tint": tint,
        "bringer": bringer(found),
        "file": found.paper.name.in_full(),
        "figures": _figures(found),
        "bad": sum(found.counts.get(state, 0) for state in _BAD),
        "undo_until": undo_until(found),
        "pace": batch_pace(found),
    }
    if found.state != BatchState.BROUGHT and "columns" not in request.GET:
        return render(request, "web/imports/batch.html", context)
    return _columns(request, found, context)


@require_GET
@door(RUN)
def progress(request: Request, pk: int) -> HttpResponse:
    """How far the work is; once it is done the page is loaded anew."""
    found = batch_for(request, pk)
    pace = batch_pace(found)
    if pace is None or pace.failed:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "web/imports/progress.html", {"batch": found, "pace": pace})


@require_GET
@door(RUN)
def bad_rows(request: Request, pk: int) -> HttpResponse:
    """The rows that could not come in, with the reason; that they leave the house is on record."""
    found = batch_for(request, pk)
    stamp = f"{request.actor.name} {clock.now().astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    body = running.bad_rows(found, _language(), watermark=stamp)
    rows = sum(found.counts.get(state, 0) for state in _BAD)
    list_exported(list_key=f"import:{pk}", rows=rows, columns=["bad"], actor=request.actor)
    return _workbook(body, f"{_('问题行')}-{pk:06}.xlsx")


@require_POST
@door(RUN)
def write(request: Request, pk: int) -> HttpResponse:
    """The word to go."""
    services.batch_write(batch_id=batch_for(request, pk).pk, actor=request.actor)
    return HttpResponseRedirect(reverse("import", args=[pk]))


@require_POST
@door(RUN)
def undo(request: Request, pk: int) -> HttpResponse:
    """Take the rows out again."""
    services.batch_undo(batch_id=batch_for(request, pk).pk, actor=request.actor)
    messages.success(request, _("正在撤销这次导入"))
    return HttpResponseRedirect(reverse("import", args=[pk]))


def _bring(data: dict[str, Any], request: Request) -> str:
    kind = kind_for(request, data["kind"])
    file = data["file"]
    brought = services.batch_bring(kind=kind.code, name=file.name, content=file.read(), actor=request.actor)
    return reverse("import", args=[brought.pk])


def _columns(request: Request, found: Any, context: dict[str, Any]) -> HttpResponse:
    """Which head is which column: what was answered last time, or what the words tell, is chosen already."""
    kind, heads = kind_for(request, found.kind), batch_heads(found)

    def save(data: dict[str, Any], request: Request) -> str:
        places = {name: int(at) for name, at in data.items() if at}
        services.batch_check(batch_id=found.pk, places=places, actor=request.actor)
        return reverse("import", args=[found.pk])

    page = FormPage(
        key=f"import.columns.{found.pk}",
        form=ColumnsForm,
        template="web/imports/columns.html",
        save=save,
        done=gettext_lazy("已记下各列，正在试算"),
        initial={name: str(at) for name, at in found.places.items()},
        options={"kind": kind, "heads": heads, "language": _language()},
        context={**context, "left": _left(found.places, heads), "back": reverse("imports")},
        drafts=False,
    )
    return form_page(request, page)


def _left(places: dict[str, int], heads: tuple[str, ...]) -> list[str]:
    """The heads nothing is taken from."""
    return [head for at, head in enumerate(heads) if head and at not in places.values()]


def _heads(kind: Any) -> list[tuple[str, bool]]:
    return [(column.head(_language()), column.required) for column in kind.columns]


def _figures(found: Any) -> list[tuple[Any, int, str, Any]]:
    """The counts to show: those that are, and the ones a dry run always answers."""
    always = (RowState.GOOD, RowState.SAME, RowState.BAD) if found.state == BatchState.CHECKED else ()
    return [
        (said, found.counts.get(state, 0), tint if found.counts.get(state) else "", note)
        for state, said, tint, note in words.COUNTS
        if state in always or found.counts.get(state)
    ]


def _workbook(body: bytes, name: str) -> HttpResponse:
    disposition = content_disposition_header(True, name) or "attachment"
    return HttpResponse(body, content_type=XLSX, headers={"Content-Disposition": disposition})


def _language() -> str:
    return get_language() or "zh-hans"
