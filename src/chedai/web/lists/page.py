"""The page of a list, and what is done on it: saved views, columns, bulk acts, export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from chedai.org.selectors import team_of
from chedai.platform.errors import NotFound, Refusal
from chedai.web import selectors, services
from chedai.web.doors import Request
from chedai.web.lists.build import build, count
from chedai.web.lists.chips import chips
from chedai.web.lists.export import export
from chedai.web.lists.spec import Bulk, ListSpec
from chedai.web.lists.state import State, read, whole

EXPORT = "export.run"
_MOST_AT_ONCE = 500


def list_page(request: Request, spec: ListSpec, extra: Mapping[str, Any] | None = None) -> HttpResponse:
    """The page, a part of it for htmx, or what was asked of it."""
    state = read(spec, request.GET, selectors.columns_of(spec.key, request.actor.ref))
    if request.method == "POST":
        return _act(request, state)
    if "counts" in request.GET:
        return render(request, "web/lists/counts.html", {"views": _counted(request, state)})
    return render(request, _template(request), {**_context(request, state), **(extra or {})})


def _template(request: Request) -> str:
    return "web/lists/list.html#list" if request.headers.get("HX-Target") == "list" else "web/lists/list.html"


def _context(request: Request, state: State) -> dict[str, Any]:
    spec, may = state.spec, request.access.may
    built = build(request, state)
    return {
        "spec": spec,
        "state": state,
        "built": built,
        "here": request.path,
        "query": state.query(page=state.page),
        "tabs": _tabs(request, state),
        "chips": chips(request, state),
        "bulk": [act for act in spec.bulk if may(act.permission)],
        "may_export": may(EXPORT),
        "primary": spec.primary if spec.primary and may(spec.primary.permission) else None,
        "primary_url": reverse(spec.primary.name) if spec.primary else "",
        "groups": [(c, state.query(group=c.key)) for c in spec.columns if c.group],
        "ungroup": state.query(group=""),
        "unsearch": state.query(search=""),
        "columns": [(c, c in state.columns) for c in spec.columns[1:]],
        "previous": state.query(page=state.page - 1) if state.page > 1 else None,
        "next": state.query(page=state.page + 1) if state.page < built.pages else None,
        "span": len(state.columns) + bool(spec.bulk) + bool(spec.acts),
    }


@dataclass(frozen=True, slots=True)
class Tab:
    """A view above the list. `pk` is the number of one that somebody saved."""

    id: str
    label: str
    query: str
    current: bool
    red: bool = False
    pk: int = 0
    mine: bool = False
    shared: bool = False
    count: int = 0


def _tabs(request: Request, state: State) -> list[Tab]:
    """The views: everything, those that come with the list, those people saved."""
    now, me = state.query(), request.actor.ref
    tabs = [Tab("all", _("全部"), "", current=not now)]
    for at, view in enumerate(state.spec.views):
        tabs.append(Tab(f"v{at}", str(view.label), view.query, current=_same(view.query, now), red=view.red))
    for saved in selectors.views_of(state.spec.key, me):
        mine, shared = saved.owner_id == me, saved.team_id is not None
        current = _same(saved.query, now)
        tabs.append(Tab(f"s{saved.pk}", saved.name, saved.query, current, pk=saved.pk, mine=mine, shared=shared))
    return tabs


def _same(one: str, other: str) -> bool:
    return sorted(parse_qsl(one)) == sorted(parse_qsl(other))


def _counted(request: Request, state: State) -> list[Tab]:
    """How many rows each view has, for the figures on its tab."""
    tabs = _tabs(request, state)
    return [replace(tab, count=count(request, read(state.spec, QueryDict(tab.query), None))) for tab in tabs]


def _act(request: Request, state: State) -> HttpResponse:
    act = request.POST.get("act", "")
    if act == "export":
        request.access.require(EXPORT)
        return export(request, state)
    if act == "columns":
        shown = [c.key for c in state.spec.columns if c.key in request.POST.getlist("column")]
        services.columns_choose(list_key=state.spec.key, shown=shown, actor=request.actor)
    elif act == "view":
        _save_view(request, state)
    elif act == "forget":
        number = whole(request.POST.get("view", ""))
        gone = services.view_delete(view_id=number or 0, actor=request.actor)
        messages.success(request, _("已删除视图 %s") % gone.name)
    else:
        _bulk(request, state.spec, act)
    return HttpResponseRedirect(_here(request, state.query(page=state.page)))


def _save_view(request: Request, state: State) -> None:
    shared = request.POST.get("shared") == "team"
    team = team_of(request.access.staff_id) if shared else None
    if shared and team is None:
        raise Refusal("no-team", "你不在任何小组，只能存为自己的视图", "you are in no team: save the view for yourself")
    name = request.POST.get("name", "")
    services.view_save(list_key=state.spec.key, name=name, query=state.query(), team_id=team, actor=request.actor)
    messages.success(request, _("已存为视图 %s") % name)


def _bulk(request: Request, spec: ListSpec, key: str) -> None:
    act = next((b for b in spec.bulk if f"bulk:{b.key}" == key), None)
    if act is None:
        raise NotFound("no-such-act", "没有这个操作", "there is no such act")
    request.access.require(act.permission)
    messages.success(request, act.run(request, _picked(request, act)))


def _picked(request: Request, act: Bulk) -> list[int]:
    picked = [number for text in request.POST.getlist("pick") if (number := whole(text)) is not None]
    if not picked:
        raise Refusal("nothing-picked", f"请先选中要{act.label}的行", "select rows first")
    return picked[:_MOST_AT_ONCE]


def _here(request: Request, query: str) -> str:
    return f"{request.path}?{query}" if query else request.path
