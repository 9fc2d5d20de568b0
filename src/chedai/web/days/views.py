"""The page of the business date."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from chedai.platform import clock
from chedai.platform.days.services import business_day, business_day_turn
from chedai.web.days.forms import TurnForm
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page


@require_http_methods(["GET", "POST"])
@door("business_date.turn")
def business_date(request: Request) -> HttpResponse:
    """Turn the books to a day, or let them follow the calendar again."""
    page = FormPage(
        key="business_date",
        form=TurnForm,
        template="web/days/turn.html",
        save=_turn,
        done=_("已调整营业日期"),
        initial={"to": business_day()},
        context={
            "books": clock.business_date(),
            "calendar": clock.wall_date(),
            "is_turned": business_day() is not None,
            "verb": _("调整营业日期"),
            "back": reverse("home"),
        },
        drafts=False,
    )
    return form_page(request, page)


def _turn(data: dict[str, Any], request: Request) -> str:
    # One date for all stores: who turns it must hold the right for the whole group.
    request.access.require_for("business_date.turn", None)
    business_day_turn(to=data["to"], reason=data["reason"], actor=request.actor)
    return reverse("business_date")
