"""Running a form from the first look to the answer.

@door("staff.manage")
def staff_new(request: Request) -> HttpResponse:
    return form_page(request, FormPage(
        key="staff.new", form=StaffForm, template="web/staff/new.html", save=_join, done=_("已建立员工账号"),
    ))

`save(data, request)` calls services and returns the address to go to. What it refuses (`Refusal`) is shown at its field
and on top; nothing that was typed is lost. A draft is kept while somebody types, unless the page says `drafts=False`.
`look(data, request)` is what the person sees before it is carried out (added to the context); None once they saw it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language

from chedai.platform.errors import Conflict, Refusal, Refusals
from chedai.platform.work import work
from chedai.web import selectors, services
from chedai.web.doors import Request

SENT_KEY = "form_key"


@dataclass(frozen=True, slots=True)
class FormPage:
    """One form on one page. `context` is what the template needs besides `form`, `draft` and `sent_key`."""

    key: str
    form: type[forms.Form]
    template: str
    save: Callable[[dict[str, Any], Request], str]
    done: str | Promise = ""
    initial: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    drafts: bool = True
    look: Callable[[dict[str, Any], Request], Mapping[str, Any] | None] | None = None


def form_page(request: Request, page: FormPage) -> HttpResponse:
    """The page, or, once the form is right and carried out, the way to its answer."""
    if request.method == "POST":
        return _sent(request, page)
    draft = selectors.draft_of(page.key, request.actor.ref) if page.drafts else None
    initial = dict(page.initial)
    if draft is not None:
        initial |= _values(page.form, draft[0])
    form = page.form(initial=initial, **page.options)
    return _show(request, page, form, kept_at=draft[1] if draft else None)


def _sent(request: Request, page: FormPage) -> HttpResponse:
    form = page.form(request.POST, request.FILES, initial=dict(page.initial), **page.options)
    key = _key(request)
    if not form.is_valid():
        return _show(request, page, form, status=422)
    try:
        seen = page.look(form.cleaned_data, request) if page.look is not None and not _answered(request, key) else None
        if seen is not None:
            return _show(request, replace(page, context={**page.context, **seen}), form)
        with work():
            address = page.save(form.cleaned_data, request)
            services.submission_take(key=key, answer=address, actor=request.actor)
    except Refusal as refused:
        again = _answered(request, key)
        if again is not None:  # the first sending did it, the second one only asks again
            return HttpResponseRedirect(again)
        refuse(form, refused)
        return _show(request, page, form, status=409 if isinstance(refused, Conflict) else 422)
    services.draft_drop(form_key=page.key, actor=request.actor)
    if page.done:
        messages.success(request, str(page.done))
    return HttpResponseRedirect(address)


def _answered(request: Request, key: UUID) -> str | None:
    """Where the first sending of this form went; None where this is the first."""
    return selectors.submission_answer(key, request.actor.ref)


def refuse(form: forms.BaseForm, refused: Refusal) -> None:
    """Show what a service refused: each sentence at its field, or on top where the form has no such field."""
    language = get_language() or "zh-hans"
    for one in refused.refusals if isinstance(refused, Refusals) else (refused,):
        form.add_error(one.field if one.field in form.fields else None, one.text(language))


def _show(
    request: Request, page: FormPage, form: forms.BaseForm, *, status: int = 200, kept_at: Any = None
) -> HttpResponse:
    sent_key = request.POST.get(SENT_KEY) or str(uuid4())
    frame = {"form": form, "sent_key": sent_key, "kept_at": kept_at, "draft_key": page.key if page.drafts else ""}
    return render(request, page.template, {**page.context, **frame}, status=status)


def _key(request: Request) -> UUID:
    """The key hidden in the form; a form that came without one counts as new."""
    try:
        return UUID(request.POST.get(SENT_KEY, ""))
    except ValueError:
        return uuid4()


def _values(form: type[forms.Form], kept: Mapping[str, list[str]]) -> dict[str, Any]:
    """What a draft holds, as the widgets of the form read it."""
    data = QueryDict(mutable=True)
    for name, texts in kept.items():
        data.setlist(name, texts)
    fields: Mapping[str, forms.Field] = form.base_fields
    return {name: f.widget.value_from_datadict(data, data, name) for name, f in fields.items() if name in data}
