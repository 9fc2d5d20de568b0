"""The style page: every component alive, a form that can be sent, an upload that keeps nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.platform.errors import Refusal
from chedai.platform.files.rules import media_type
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.style.forms import SampleForm
from chedai.web.style.samples import DOTS, context


@require_http_methods(["GET", "POST"])
@door("home.read")
def style(request: Request) -> HttpResponse:
    """Every component; the form on it can be sent and refuses what the pattern refuses."""
    if request.POST.get("toast"):
        messages.success(request, str(_("已发补件链接")), extra_tags=reverse("style_undo"))
        return HttpResponseRedirect(reverse("style"))
    page = FormPage(
        key="style.sample",
        form=SampleForm,
        template="web/style/style.html",
        save=_save,
        done=_("已收到示例表单"),
        context=context(),
    )
    return form_page(request, page)


@require_GET
@door("home.read")
def customer(request: Request) -> HttpResponse:
    """The frame of a page for customers."""
    return render(request, "web/style/customer.html", {"dots": DOTS})


@require_POST
@door("home.read")
def undo(request: Request) -> HttpResponse:
    """Undo what was never done, and say so."""
    messages.success(request, str(_("已撤销")))
    return HttpResponseRedirect(reverse("style"))


@require_POST
@door("home.read")
def upload(request: Request) -> HttpResponse:
    """Say what kind of file came, by its content, and forget it."""
    given = request.FILES.getlist("file")
    found = [(one.name, one.size, media_type(one.read())) for one in given]
    if request.headers.get("HX-Request"):
        return render(request, "web/style/parts/uploaded.html", {"files": found})
    return HttpResponseRedirect(reverse("style"))


def _save(data: dict[str, Any], request: Request) -> str:
    """Save nothing; refuse as a service would."""
    if data["down"] * 100 < data["price"] * 15:
        limit = data["price"] * 15 // 100
        zh = f"首付 {data['down'] * 100 / data['price']:.0f}% 低于江河银行下限 15%，至少 {limit / 100:,.2f}。"
        en = f"{data['down'] * 100 / data['price']:.0f}% down is below the lender's 15%: at least {limit / 100:,.2f}."
        raise Refusal("down-payment-low", zh, en, field="down")
    return reverse("style")
