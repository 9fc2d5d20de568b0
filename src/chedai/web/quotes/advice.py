"""The advice library on the screen, and sending a note on cost from a quote."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from chedai.deals.quotes import advice as services
from chedai.deals.quotes.selectors import plans_of
from chedai.deals.quotes.states import AdviceState
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.page import list_page
from chedai.web.lists.spec import Choice, Column, Kind, ListSpec, Primary, Row, Search
from chedai.web.quotes.sheets import seen

READ: Final = "advice.read"
WRITE: Final = "advice.write"
PUBLISH: Final = "advice.publish"
STATES: Final = {
    AdviceState.DRAFT: gettext_lazy("待发布"),
    AdviceState.PUBLISHED: gettext_lazy("已发布"),
    AdviceState.RETIRED: gettext_lazy("已停用"),
}
TINTS: Final = {AdviceState.PUBLISHED.value: "green", AdviceState.DRAFT.value: "amber"}


def _publisher(text: Row) -> str:
    return text.published_by.user.display_name if text.published_by else "—"


TEXTS: Final = ListSpec(
    key="advice",
    title=gettext_lazy("建议文库"),
    unit=gettext_lazy("份"),
    permission=READ,
    rows=lambda request: services.texts(),
    columns=(
        Column(
            "title",
            gettext_lazy("标题"),
            lambda text: text.title,
            sort="title",
            link=lambda text: reverse("advice_text", args=[text.pk]),
            note=lambda text: text.code,
        ),
        Column("version", gettext_lazy("版本"), lambda text: text.version, Kind.NUMBER),
        Column(
            "state",
            gettext_lazy("状态"),
            lambda text: STATES[text.state],
            Kind.TAG,
            sort="state",
            group="state",
            tint=lambda text: TINTS.get(text.state, ""),
        ),
        Column("writer", gettext_lazy("撰写"), lambda text: text.written_by.user.display_name),
        Column("publisher", gettext_lazy("审阅发布"), _publisher),
        Column("written", gettext_lazy("撰写时间"), lambda text: text.written_at, Kind.MOMENT, sort="pk"),
    ),
    sort="-written",
    filters=(
        Choice("state", gettext_lazy("状态"), lambda request: list(STATES.items()), lambda value: Q(state=value)),
    ),
    search=Search(gettext_lazy("标题、代码"), lambda typed: Q(title__icontains=typed) | Q(code__icontains=typed)),
    primary=Primary(gettext_lazy("写一份"), "advice_new", "plus", WRITE),
    empty=gettext_lazy("还没有建议文本。"),
)


class TextForm(forms.Form):
    """A text with its figures in braces."""

    code = forms.SlugField(
        label=gettext_lazy("代码"), max_length=40, help_text=gettext_lazy("同一代码的新文稿是下一版")
    )
    title = forms.CharField(label=gettext_lazy("标题"), max_length=60)
    body = forms.CharField(
        label=gettext_lazy("正文"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=gettext_lazy("可用的数字：%s；不得承诺结果") % "、".join(f"{{{name}}}" for name in services.FIGURES),
    )


@require_http_methods(["GET", "POST"])
@door(READ)
def texts(request: Request) -> HttpResponse:
    """Every version of every text."""
    return list_page(request, TEXTS)


@require_http_methods(["GET", "POST"])
@door(WRITE)
def text_new(request: Request) -> HttpResponse:
    """Write a text, or the next version of one (`from`)."""
    number = request.GET.get("from", "")
    before = services.text_read(int(number)) if number.isdecimal() and len(number) < 18 else None

    def save(data: dict[str, Any], request: Request) -> str:
        made = services.advice_write(**data, staff_id=request.access.staff_id, actor=request.actor)
        return reverse("advice_text", args=[made.pk])

    initial = {} if before is None else {"code": before.code, "title": before.title, "body": before.body}
    context = {"title": _("写建议文本"), "verb": _("存为待发布"), "back": reverse("advice")}
    page = FormPage(
        "advice.new",
        TextForm,
        "web/staff/form.html",
        save,
        gettext_lazy("已存，待另一人审阅发布"),
        initial,
        context=context,
    )
    return form_page(request, page)


@require_http_methods(["GET"])
@door(READ)
def text(request: Request, pk: int) -> HttpResponse:
    """One version, who wrote and who published it."""
    found, may = services.text_read(pk), request.access.may
    is_draft = found.state == AdviceState.DRAFT
    context = {
        "text": found,
        "state": STATES[AdviceState(found.state)],
        "tint": TINTS.get(found.state, ""),
        "may_write": may(WRITE),
        "may_publish": is_draft and may(PUBLISH) and found.written_by_id != request.access.staff_id,
        "is_own": is_draft and found.written_by_id == request.access.staff_id,
    }
    return render(request, "web/quotes/advice_text.html", context)


@require_POST
@door(PUBLISH)
def publish(request: Request, pk: int) -> HttpResponse:
    """A second person has read it."""
    services.advice_publish(text_id=pk, staff_id=request.access.staff_id, actor=request.actor)
    messages.success(request, _("已发布"))
    return HttpResponseRedirect(reverse("advice_text", args=[pk]))


@require_http_methods(["GET", "POST"])
@door("quote.make")
def advise(request: Request, quote_id: int) -> HttpResponse:
    """The published texts with the figures of the preferred plan, each to be sent; what was sent before."""
    quote = seen(request, quote_id, "quote.make")
    if request.method == "POST":
        chosen = request.POST.get("text", "")
        services.advice_send(
            quote_id=quote.pk,
            plan=quote.preferred,
            text_id=int(chosen) if chosen.isdecimal() and len(chosen) < 18 else 0,
            staff_id=request.access.staff_id,
            actor=request.actor,
        )
        messages.success(request, _("已提交发送"))
        return HttpResponseRedirect(reverse("quote_advice", args=[quote.pk]))
    plan, notes = plans_of(quote)[quote.preferred], list(services.notes_of(quote.number))
    sent = {note.text_id for note in notes if note.quote_id == quote.pk and note.plan == quote.preferred}
    published = services.texts().filter(state=AdviceState.PUBLISHED)
    context = {
        "quote": quote,
        "to": (quote.deal.customer if quote.deal else None) or quote.customer,
        "texts": [(one, services.filled(one, plan), one.pk in sent) for one in published],
        "notes": notes,
    }
    return render(request, "web/quotes/advice.html", context)
