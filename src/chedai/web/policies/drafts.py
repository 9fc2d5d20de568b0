"""Writing a draft, testing it while it is written, submitting it, giving it up."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.org.policies import publication_steps
from chedai.platform import clock
from chedai.platform.policies import selectors
from chedai.platform.policies.comparing import compare_texts
from chedai.platform.policies.laying_over import digest_of
from chedai.platform.policies.services import draft_submit, draft_withdraw, draft_write, text_test
from chedai.platform.policies.states import DraftState
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.page import list_page
from chedai.web.policies import words
from chedai.web.policies.forms import DraftForm
from chedai.web.policies.lists import DRAFTS
from chedai.web.policies.shown import difference, faults
from chedai.web.policies.views import READ, day_asked

DRAFT = "policy.draft"
_TEMPLATE: Final = "web/policies/write.html"
_BEGIN: Final = """title_zh = ""
title_en = ""

[[policy]]
key = ""
title_zh = ""
title_en = ""
kind = "number"
unit = "months"
evaluated_at = "contract"

[[policy.row]]
id = "{year}"
from = {day}
value = 0
source = ""
confidence = "A"
"""


@require_http_methods(["GET", "POST"])
@door(READ)
def drafts(request: Request) -> HttpResponse:
    """Every draft."""
    return list_page(request, DRAFTS)


@require_http_methods(["GET", "POST"])
@door(DRAFT)
def file_new(request: Request) -> HttpResponse:
    """Draft a file the book does not have yet."""
    today = clock.business_date()
    return _write(request, "", _BEGIN.format(year=today.year, day=today.isoformat()), "", reverse("policy_files"))


@require_http_methods(["GET", "POST"])
@door(DRAFT)
def file_write(request: Request, name: str) -> HttpResponse:
    """Draft a file anew, beginning with what is in force."""
    selectors.editions(name)
    text = selectors.text_in_force(name)
    return _write(request, name, text, digest_of(text), reverse("policy_file", args=[name]))


@require_http_methods(["GET", "POST"])
@door(DRAFT)
def draft_edit(request: Request, pk: int) -> HttpResponse:
    """Go on with a draft. Saving it says that its writer has seen what is in force now."""
    found = selectors.draft_read(pk)
    base = digest_of(selectors.text_in_force(found.name))
    back = reverse("policy_draft", args=[pk])
    return _write(request, found.name, found.content, base, back, draft=found)


def _write(request: Request, name: str, text: str, base: str, back: str, draft: Any = None) -> HttpResponse:
    def save(data: dict[str, Any], request: Request) -> str:
        written = draft_write(
            name=data["name"],
            content=data["content"],
            base_digest=data["base"],
            draft_id=draft.pk if draft else None,
            actor=request.actor,
        )
        return reverse("policy_draft", args=[written.pk])

    content = request.POST.get("content", text)
    named = request.POST.get("name", name)
    page = FormPage(
        key=f"policy.draft.{draft.pk}" if draft else f"policy.file.{name}",
        form=DraftForm,
        template=_TEMPLATE,
        save=save,
        done=gettext_lazy("已保存草案"),
        initial={"name": name, "content": text, "base": base},
        options={"is_new": not name},
        context={
            "name": name,
            "title": words.title_of(selectors.titles_in_force().get(name)) or _("新政策文件"),
            "back": back,
            "draft": draft,
            "moved": draft is not None and draft.base_digest != base,
            "is_pending": draft is not None and draft.state == DraftState.PENDING,
            **_tested(named or "new.toml", content),
        },
    )
    return form_page(request, page)


@require_POST
@door(DRAFT)
def check(request: Request) -> HttpResponse:
    """What the book would say of the text as it stands in the page; nothing is kept."""
    tested = _tested(request.POST.get("name", ""), request.POST.get("content", ""))
    return render(request, "web/policies/findings.html", tested)


@require_GET
@door(READ)
def draft(request: Request, pk: int) -> HttpResponse:
    """One draft: its findings, what it changes, and what may be done with it."""
    found = selectors.draft_read(pk)
    on = day_asked(request.GET)
    mine = found.written_by_id == request.actor.ref and request.access.may(DRAFT)
    is_open = found.state in (DraftState.DRAFT, DraftState.PENDING)
    said, tint = words.DRAFTS[found.state]
    base = selectors.base_text(found.name, found.base_digest)
    tested = _tested(found.name, found.content, on) if is_open else {"faults": (), "is_tested": False}
    context = {
        "draft": found,
        "state": said,
        "tint": tint,
        "is_open": is_open,
        "is_pending": found.state == DraftState.PENDING,
        "mine": mine and is_open,
        "moved": is_open and found.base_digest != digest_of(selectors.text_in_force(found.name)),
        "today": clock.business_date(),
        **tested,
        **difference(
            selectors.compare_files_if_readable(found.name, base, found.content),
            compare_texts(base, found.content),
            on,
        ),
    }
    return render(request, "web/policies/draft.html", context)


@require_POST
@door(DRAFT)
def submit(request: Request, pk: int) -> HttpResponse:
    """Ask for publication."""
    draft_submit(draft_id=pk, steps=publication_steps(clock.business_date()), actor=request.actor)
    messages.success(request, _("已提交发布，等待另一人审批"))
    return HttpResponseRedirect(reverse("policy_draft", args=[pk]))


@require_POST
@door(DRAFT)
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Give a draft up."""
    draft_withdraw(draft_id=pk, actor=request.actor)
    messages.success(request, _("已撤回草案"))
    return HttpResponseRedirect(reverse("policy_drafts"))


def _tested(name: str, content: str, on: date | None = None) -> dict[str, Any]:
    """The findings of a text, and how many rows it changes."""
    tested = text_test(name=name, content=content, on=on or clock.business_date())
    return {
        "faults": faults(tested.places),
        "errors": len(tested.errors),
        "is_tested": True,
        "changing": len(tested.changing),
        "rewriting": len(tested.rewriting),
    }
