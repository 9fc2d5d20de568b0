"""The style page. Its figures are those of the design, in fen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from chedai.platform.errors import Refusal
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.style.forms import SampleForm

_HOURS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """A column of the compare table."""

    lender: Any
    product: Any
    down: int
    monthly: int | None
    more: int
    simple: int | None
    compound: int | None
    cheapest: bool = False
    chosen: bool = False


PLANS = (
    Plan(_("全款"), _("不贷款"), 12_500_000, None, 0, None, None),
    Plan(_("江河银行"), _("专项车贷 · 等额本息"), 2_500_000, 303_676, 932_336, 5_880_000, 6_040_000, chosen=True),
    Plan(_("长桥银行"), _("信用分期 · 每期手续费"), 2_500_000, 309_778, 1_152_000, 7_220_000, 7_460_000),
    Plan(_("远达汽金"), _("厂家贴息 · 0 利率"), 2_500_000, 416_667, 400_000, 3_950_000, 4_020_000, cheapest=True),
)
CLOCKS = ((3 * _HOURS + timedelta(minutes=20), 24 * _HOURS), (16 * _HOURS, 24 * _HOURS), (54 * _HOURS, 48 * _HOURS))
STEPS = (
    (_("报价"), "11-18", "done"),
    (_("进件"), "11-18", "done"),
    (_("资料"), "11-19", "done"),
    (_("送审"), "11-19", "done"),
    (_("批复"), _("第 2 轮"), "now"),
    (_("合同"), "", ""),
    (_("放款"), "", ""),
)


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
        context={"plans": PLANS, "clocks": CLOCKS, "steps": STEPS, "amounts": (12_500_000, 0, -60_000, None)},
    )
    return form_page(request, page)


@require_POST
@door("home.read")
def undo(request: Request) -> HttpResponse:
    """Undo what was never done, and say so."""
    messages.success(request, str(_("已撤销")))
    return HttpResponseRedirect(reverse("style"))


def _save(data: dict[str, Any], request: Request) -> str:
    """Save nothing; refuse as a service would."""
    if data["down"] * 100 < data["price"] * 15:
        limit = data["price"] * 15 // 100
        zh = f"首付 {data['down'] * 100 / data['price']:.0f}% 低于江河银行下限 15%，至少 {limit / 100:,.2f}。"
        en = f"{data['down'] * 100 / data['price']:.0f}% down is below the lender's 15%: at least {limit / 100:,.2f}."
        raise Refusal("down-payment-low", zh, en, field="down")
    return reverse("style")
