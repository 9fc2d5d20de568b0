"""The texts messages are written from: a change is a new version, and what it will look like stands beside it."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chedai.platform.errors import Refusal
from chedai.platform.messages import rules, selectors
from chedai.platform.messages.channels import channels
from chedai.platform.messages.services import template_write
from chedai.platform.messages.states import Category
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.page import list_page
from chedai.web.lists.spec import Column, Kind, ListSpec, Primary
from chedai.web.messages.views import CATEGORIES

LANGUAGES: Final = list(settings.LANGUAGES)
SAMPLES: Final[dict[str, Promise]] = {
    "name": gettext_lazy("王女士"),
    "store": gettext_lazy("城东店"),
    "amount": gettext_lazy("3,036.76 元"),
    "date": gettext_lazy("2026-12-20"),
    "link": gettext_lazy("https://…"),
}
"""What stands for the names of a text in its preview; any other name stands for itself."""

TEMPLATES: Final = ListSpec(
    key="templates",
    title=gettext_lazy("消息模板"),
    unit=gettext_lazy("个"),
    permission="message.template",
    rows=lambda request: selectors.templates(),
    columns=(
        Column(
            "code",
            gettext_lazy("代码"),
            lambda t: t.code,
            sort="code",
            link=lambda t: reverse("template", args=[t.pk]),
            note=lambda t: t.title,
        ),
        Column("channel", gettext_lazy("渠道"), lambda t: t.channel, Kind.CODE, sort="channel"),
        Column("language", gettext_lazy("语言"), lambda t: dict(LANGUAGES).get(t.language, t.language)),
        Column("category", gettext_lazy("类别"), lambda t: CATEGORIES[t.category]),
        Column("version", gettext_lazy("版本"), lambda t: t.version, Kind.NUMBER),
        Column("written_at", gettext_lazy("写于"), lambda t: t.written_at, Kind.MOMENT, sort="pk"),
    ),
    sort="code",
    primary=Primary(gettext_lazy("新建模板"), "template_new", "plus", "message.template"),
    empty=gettext_lazy("还没有消息模板。"),
)


class TextForm(forms.Form):
    """Title and text, with {names} that are filled in when it is sent."""

    category = forms.ChoiceField(label=gettext_lazy("类别"), choices=list(CATEGORIES.items()))
    title = forms.CharField(label=gettext_lazy("标题"), max_length=200, required=False)
    body = forms.CharField(
        label=gettext_lazy("正文"),
        max_length=20_000,
        help_text=gettext_lazy("花括号里的名称在发送时填入：{name}、{store}、{amount}、{date}、{link}"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        watched = {"hx-post": reverse("template_preview"), "hx-trigger": "input changed delay:300ms, load"}
        watched |= {"hx-target": "#preview", "hx-include": "closest form", "rows": "8"}
        self.fields["body"].widget = forms.Textarea(attrs=watched)


class NewForm(TextForm):
    """The same, for a text there is not yet."""

    field_order = ("code", "channel", "language", "category", "title", "body")
    code = forms.RegexField(r"^[a-z][a-z0-9_.]{1,58}$", label=gettext_lazy("代码"))
    channel = forms.ChoiceField(label=gettext_lazy("渠道"))
    language = forms.ChoiceField(label=gettext_lazy("语言"), choices=LANGUAGES)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["channel"].choices = [(name, name) for name in channels()]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@door("message.template")
def templates(request: Request) -> HttpResponse:
    """The newest version of every text."""
    return list_page(request, TEMPLATES)


@require_http_methods(["GET", "POST"])
@door("message.template")
def template_new(request: Request) -> HttpResponse:
    """A text there is not yet."""

    def save(data: dict[str, Any], request: Request) -> str:
        made = template_write(**data | {"category": Category(data["category"])}, actor=request.actor)
        return reverse("template", args=[made.pk])

    page = FormPage(
        key="template.new",
        form=NewForm,
        template="web/messages/template.html",
        save=save,
        done=gettext_lazy("已保存新版本"),
        context={"title": _("新建模板"), "back": reverse("templates")},
    )
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door("message.template")
def template(request: Request, pk: int) -> HttpResponse:
    """One text: its versions, and the next one beside its preview."""
    found = selectors.template_read(pk)

    def save(data: dict[str, Any], request: Request) -> str:
        made = template_write(
            code=found.code,
            channel=found.channel,
            language=found.language,
            category=Category(data["category"]),
            title=data["title"],
            body=data["body"],
            actor=request.actor,
        )
        return reverse("template", args=[made.pk])

    page = FormPage(
        key=f"template.{found.code}.{found.channel}.{found.language}",
        form=TextForm,
        template="web/messages/template.html",
        save=save,
        done=gettext_lazy("已保存新版本"),
        initial={"category": found.category, "title": found.title, "body": found.body},
        context={
            "title": found.code,
            "found": found,
            "versions": selectors.versions_of(found),
            "back": reverse("templates"),
        },
    )
    return form_page(request, page)


@require_POST
@door("message.template")
def preview(request: Request) -> HttpResponse:
    """What the text will look like, with samples for its names, or what is wrong with it."""
    typed = {name: request.POST.get(name, "")[:20_000] for name in ("title", "body")}
    try:
        names = rules.names_in(typed["title"]) | rules.names_in(typed["body"])
        values = {name: str(SAMPLES.get(name, f"〔{name}〕")) for name in names}
        shown = {part: rules.fill(text, values) for part, text in typed.items()}
    except Refusal as refused:
        wrong = refused.text(get_language() or settings.LANGUAGE_CODE)
        return render(request, "web/messages/preview.html", {"wrong": wrong})
    return render(request, "web/messages/preview.html", shown)
